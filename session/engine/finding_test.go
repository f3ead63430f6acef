package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/explain"
	"ehlo/session/record"
)

// Every code that the engine and its parts can put into a finding is explained, and every one that a guard asks for.
func TestFindingsAreExplained(t *testing.T) {
	codes := findingCodes(t)
	if len(codes) < 60 {
		t.Errorf("only %d codes were found in the source: %v", len(codes), codes)
	}
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, code := range codes {
		e, ok := explain.Finding(code)
		switch {
		case !kebab.MatchString(code):
			t.Errorf("%q is not kebab-case", code)
		case !ok:
			t.Errorf("%s is not explained", code)
		case record.Rank(e.Severity) == 0 || e.Text == "":
			t.Errorf("%s: %+v", code, e)
		}
	}
}

// findingCodes are the codes in the source of this package, of sasl and of tlswire.
func findingCodes(t *testing.T) []string {
	var codes []string
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if code, _ := strconv.Unquote(lit.Value); code != "" {
				codes = append(codes, code)
			}
		}
	}
	for _, dir := range []string{".", "../record", "../walk", "../certificate", "../sasl", "../tlswire"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || dir == "../sasl" && filepath.Base(name) != "finding.go" || dir == "../tlswire" && !strings.HasPrefix(filepath.Base(name), "diagnose") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool { collect(n, dir, add); return true })
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// collect adds the codes of one node: find("code", …), fails(name, "code", …) and its kin, Finding: "code", e.Finding = "code", the
// keys of the guards' questions, sasl's constants and tlswire's diagnoses.
func collect(n ast.Node, dir string, add func(ast.Expr)) {
	switch n := n.(type) {
	case *ast.CallExpr:
		switch name := nameOf(n.Fun); {
		case name == "find" || name == "NewFinding" || name == "explainFinding":
			add(n.Args[0])
		case name == "noAnswer":
			add(n.Args[0])
		case name == "fails" || name == "leavesOpen":
			add(n.Args[1])
		}
	case *ast.KeyValueExpr:
		if name := nameOf(n.Key); name == "Finding" {
			add(n.Value)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if name := nameOf(left); (name == "Finding" || name == "code") && len(n.Rhs) == len(n.Lhs) {
				add(n.Rhs[i])
			}
		}
	case *ast.ReturnStmt: // of interrupted, which gives the code first
		if len(n.Results) == 5 {
			add(n.Results[0])
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			switch {
			case name.Name == "questions":
				for _, e := range n.Values[0].(*ast.CompositeLit).Elts {
					add(e.(*ast.KeyValueExpr).Key)
				}
			case dir == "../sasl" && strings.HasPrefix(name.Name, "Code") && i < len(n.Values):
				add(n.Values[i])
			}
		}
	case *ast.CompositeLit:
		if nameOf(n.Type) == "Diagnosis" && len(n.Elts) > 0 {
			add(n.Elts[0])
		}
	}
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
