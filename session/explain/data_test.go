package explain

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"ehlo/session/explain/internal/fold"
)

func TestEveryEntryHasItsDepths(t *testing.T) {
	for _, e := range All() {
		if e.Name == "" || e.Short == "" || e.Text == "" {
			t.Errorf("%s: name, short or text is missing", e.ID())
		}
		if n := utf8.RuneCountInString(e.Short); n > MaxShort {
			t.Errorf("%s: short has %d characters", e.ID(), n)
		}
		if n := utf8.RuneCountInString(e.Text); n > MaxText {
			t.Errorf("%s: text has %d characters", e.ID(), n)
		}
		if n := strings.Count(e.Text+" ", ". "); n > 4 {
			t.Errorf("%s: %d sentences", e.ID(), n)
		}
	}
}

// The documents besides RFCs that entries may point to.
var otherDocs = []string{
	"IANA SASL Mechanisms", "IANA Service Names and Ports", "IANA SMTP Enhanced Status Codes",
	"draft-murchison-sasl-login",
}

// Findings about the program and its files, of which no document speaks.
var aboutEhlo = []string{"event-not-recorded", "internal", "secrets-masked", "secrets-revealed"}

func TestEveryReferenceIsWellFormed(t *testing.T) {
	section := regexp.MustCompile(`^([1-9]\d*|[A-H])(\.[1-9]\d*)*$`)
	rfc := regexp.MustCompile(`^RFC [1-9]\d{2,3}$`)
	for _, e := range All() {
		if len(e.Refs) == 0 && e.Kind != KindSoftware && !slices.Contains(aboutEhlo, e.Name) {
			t.Errorf("%s: no reference", e.ID())
		}
		for _, ref := range e.Refs {
			if !rfc.MatchString(ref.Doc) && !slices.Contains(otherDocs, ref.Doc) {
				t.Errorf("%s: document %q", e.ID(), ref.Doc)
			}
			if ref.Section != "" && !section.MatchString(ref.Section) {
				t.Errorf("%s: section %q", e.ID(), ref.Section)
			}
		}
		if len(JoinRefs(e.Refs)) != len(e.Refs) {
			t.Errorf("%s: a reference is given twice", e.ID())
		}
	}
}

// Documents that were replaced: what is cited is the one in force.
func TestNoReferenceToAReplacedDocument(t *testing.T) {
	replaced := []string{"RFC 2821", "RFC 2554", "RFC 2487", "RFC 4409", "RFC 7489", "RFC 8446", "RFC 7525", "RFC 1652"}
	for _, e := range All() {
		for _, ref := range e.Refs {
			if slices.Contains(replaced, ref.Doc) {
				t.Errorf("%s cites %s", e.ID(), ref)
			}
		}
	}
}

func TestEverySeeLeadsSomewhere(t *testing.T) {
	for _, e := range All() {
		for _, id := range e.See {
			target, ok := ByID(id)
			if !ok {
				t.Errorf("%s: see %q leads nowhere", e.ID(), id)
			} else if target.ID() == e.ID() {
				t.Errorf("%s: sees itself", e.ID())
			}
		}
	}
}

func TestNamesAreUniqueWithinAKind(t *testing.T) {
	for _, table := range tables {
		owner := map[string]string{}
		for _, e := range table.entries {
			for _, name := range append([]string{e.Name}, e.Also...) {
				if other, ok := owner[fold.Name(name)]; ok {
					t.Errorf("%s: %q belongs to %q and %q", table.kind, name, other, e.Name)
				}
				owner[fold.Name(name)] = e.Name
				if len(name) > maxName {
					t.Errorf("%s: the name %q is too long to be looked up", table.kind, name)
				}
			}
		}
	}
}

func TestVoice(t *testing.T) {
	please := regexp.MustCompile(`(?i)\b(please|simply|just|easily|utilize|behavior|color|organization|recogniz|authoriz)`)
	for _, e := range All() {
		for _, s := range []string{e.Name, e.Short, e.Text, e.Remedy, e.Form} {
			switch {
			case strings.Contains(s, "!"):
				t.Errorf("%s: exclamation mark in %q", e.ID(), s)
			case please.MatchString(s):
				t.Errorf("%s: %q in %q", e.ID(), please.FindString(s), s)
			case strings.TrimSpace(s) != s || strings.Contains(s, "  "):
				t.Errorf("%s: stray space in %q", e.ID(), s)
			}
		}
		if !strings.HasSuffix(e.Text, ".") {
			t.Errorf("%s: text does not end in a full stop", e.ID())
		}
		if strings.HasSuffix(e.Short, ".") || strings.HasSuffix(e.Remedy, ".") {
			t.Errorf("%s: short or remedy ends in a full stop", e.ID())
		}
	}
}

func TestFindingsAndPhrasesSayWhatToDo(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, e := range slices.Concat(findingTable.entries, phraseTable.entries) {
		if !kebab.MatchString(e.Name) {
			t.Errorf("%s: not kebab-case", e.ID())
		}
		if e.Kind == KindFinding && !slices.Contains([]string{"info", "warn", "danger"}, e.Severity) {
			t.Errorf("%s: severity %q", e.ID(), e.Severity)
		}
		if e.Kind == KindFinding && e.Remedy == "" {
			t.Errorf("%s: no remedy", e.ID())
		}
	}
	for i, w := range phraseWordings {
		if e := phraseTable.entries[i]; e.Remedy == "" && slices.Max(append([]int{0}, w.codes...)) >= 400 {
			t.Errorf("%s: no remedy", e.ID())
		}
	}
}

// Fragments are compared with a text in lower case and with single spaces.
func TestFragmentsCanMatch(t *testing.T) {
	entries := slices.Concat(phraseTable.entries, softwareTable.entries)
	for i, w := range slices.Concat(phraseWordings, softwareWordings) {
		if len(w.match)+len(w.host) == 0 {
			t.Errorf("%s: matches nothing", entries[i].ID())
		}
		for _, fragment := range slices.Concat(append(w.match, w.host)...) {
			if fragment != squeeze(fragment) || len(fragment) < 3 {
				t.Errorf("%s: fragment %q can never match, or always", entries[i].ID(), fragment)
			}
		}
	}
}

func TestEnhancedTextsLeaveRoomForTheClass(t *testing.T) {
	for _, general := range enhancedTable.entries {
		parts := strings.Split(general.Name, ".")
		if len(parts) != 3 || parts[0] != "X" || parts[2] == "X" {
			continue
		}
		for _, class := range []string{"2", "4", "5"} {
			code, _ := parseEnhanced(class + general.Name[1:])
			e, ok := Enhanced(code[0], code[1], code[2])
			if !ok || utf8.RuneCountInString(e.Text) > MaxText {
				t.Errorf("%s.%s.%s: found %v, %d characters", class, parts[1], parts[2], ok, utf8.RuneCountInString(e.Text))
			}
		}
	}
}

func TestResultsDoNotShareMemory(t *testing.T) {
	e, _ := Command("MAIL")
	e.Refs[0].Doc, e.See[0], e.Failure[0] = "changed", "changed", 0
	again, _ := Command("MAIL")
	if again.Refs[0].Doc == "changed" || again.See[0] == "changed" || again.Failure[0] == 0 {
		t.Error("a caller can change the table")
	}
}
