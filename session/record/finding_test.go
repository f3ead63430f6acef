package record

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ehlo/session/sasl"
)

// Every constant of a code has one row.
func TestFindingsHaveARow(t *testing.T) {
	names := map[string]int{}
	for _, name := range constants(t) {
		names[name] = 0
	}
	if len(names) < 100 {
		t.Fatalf("only %d constants were found", len(names))
	}
	for _, name := range firstFields(t) {
		names[name]++
	}
	for name, rows := range names {
		if rows != 1 {
			t.Errorf("%s has %d rows", name, rows)
		}
	}
}

// A row is whole: a code in the form of all, a severity, and what it means for a session that it decides.
func TestFindingRows(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[FindingCode]bool{}
	for _, row := range Findings {
		if seen[row.Code] || !kebab.MatchString(string(row.Code)) || Rank(row.Severity) == 0 {
			t.Errorf("%+v", row)
		}
		seen[row.Code] = true
		if decides := row.Outcome != ""; decides && (row.Who == "" || row.Outcome == OutcomeDone) || row.Exit == ExitDeferred && row.Outcome != OutcomeDeferred {
			t.Errorf("%s: %+v", row.Code, row)
		}
		if found, ok := row.Code.Row(); !ok || found.Severity != row.Severity {
			t.Errorf("%s: %+v, %v", row.Code, found, ok)
		}
	}
	if row, ok := FindingCode("unheard-of").Row(); ok || row.Severity != SeverityWarn || row.Who != WhoUnknown {
		t.Errorf("%+v, %v", row, ok)
	}
}

// Whatever a mechanism can find has a row.
func TestFindingsOfMechanisms(t *testing.T) {
	for _, code := range []string{sasl.CodeUnsupported, sasl.CodeCredential, sasl.CodePreparation, sasl.CodeRandom, sasl.CodeState, sasl.CodeNoBinding,
		sasl.CodeBindingUnused, sasl.CodeSHA1, sasl.CodeWeakDigest, sasl.CodeUnproven, sasl.CodeServerProof, sasl.CodeServerSilent, sasl.CodeUnchecked,
		sasl.CodeTooEarly, sasl.CodeContradiction, sasl.CodeRefused, sasl.CodeToken, sasl.CodeMismatch, sasl.CodeStripped, sasl.CodeBindingType,
		sasl.CodeIterationsLow, sasl.CodeIterationsHigh, sasl.CodeNonce, sasl.CodeExtension, sasl.CodeNotBase64, sasl.CodeTooLong, sasl.CodeMalformed,
		sasl.CodeUnexpected, sasl.CodeFirstNotEmpty, sasl.CodeInitialIgnored, sasl.CodeOddChallenge, sasl.CodeOddPrompt, sasl.CodePasswordFirst} {
		if _, ok := FindingCode(code).Row(); !ok {
			t.Errorf("%s has no row", code)
		}
	}
}

// So has whatever the messages of TLS are diagnosed with.
func TestFindingsOfTLS(t *testing.T) {
	files, err := filepath.Glob("../tlswire/diagnose*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	diagnoses := 0
	for _, name := range files {
		inspect(t, name, func(n ast.Node) {
			value, ok := n.(*ast.BasicLit)
			if !ok || !regexp.MustCompile(`^"tls-[a-z-]+"$`).MatchString(value.Value) {
				return
			}
			diagnoses++
			if _, ok := FindingCode(strings.Trim(value.Value, `"`)).Row(); !ok {
				t.Errorf("%s has no row", value.Value)
			}
		})
	}
	if diagnoses < 20 {
		t.Errorf("only %d diagnoses were found", diagnoses)
	}
}

// constants are the names of the codes.
func constants(t *testing.T) (names []string) {
	inspect(t, "finding.go", func(n ast.Node) {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 && strings.HasPrefix(v.Names[0].Name, "Found") {
			names = append(names, v.Names[0].Name)
		}
	})
	return names
}

// firstFields are the constants that rows begin with.
func firstFields(t *testing.T) (names []string) {
	inspect(t, "finding.go", func(n ast.Node) {
		if row, ok := n.(*ast.CompositeLit); ok && row.Type == nil && len(row.Elts) > 3 {
			if name, ok := row.Elts[0].(*ast.Ident); ok {
				names = append(names, name.Name)
			}
		}
	})
	return names
}

func inspect(t *testing.T, name string, look func(ast.Node)) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool { look(n); return true })
}
