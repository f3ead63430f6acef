package explain

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var sources = map[string]*string{
	KindCommand: &commandData, KindKeyword: &keywordData, KindParameter: &parameterData,
	KindReply: &replyData, KindEnhanced: &enhancedData, KindMechanism: &mechanismData,
	KindMessage: &messageData, KindExtension: &extensionData, KindAlert: &alertData,
	KindPort: &portData, KindTopic: &topicData, KindFinding: &findingData,
	KindPhrase: &phraseData, KindSoftware: &softwareData,
}

func TestEveryDataFileParses(t *testing.T) {
	for _, table := range tables {
		src, ok := sources[table.kind]
		if !ok {
			t.Fatalf("%s: no source listed in this test", table.kind)
		}
		rows, err := parseRows(table.kind, *src)
		if err != nil {
			t.Error(err)
		}
		if named := strings.Count("\n"+*src, "\nName: "); named != len(rows) {
			t.Errorf("%s: %d entries for %d names: an empty line is missing", table.kind, len(rows), named)
		}
	}
}

func TestParseRowsRefuses(t *testing.T) {
	for _, src := range []string{
		"Name: A\nColour: red",
		"Name: A\nSuccess: 250 ok",
		"Name: A\nRefs: §4.1",
	} {
		if _, err := parseRows(KindTopic, src); err == nil {
			t.Errorf("%q was taken", src)
		}
	}
}

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

func TestEveryReferenceIsWellFormed(t *testing.T) {
	section := regexp.MustCompile(`^([1-9]\d*|[A-H])(\.[1-9]\d*)*$`)
	rfc := regexp.MustCompile(`^RFC [1-9]\d{2,3}$`)
	for _, e := range All() {
		if len(e.Refs) == 0 && e.Kind != KindSoftware && e.Name != "message-masked" {
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
		if len(uniqueRefs(e.Refs)) != len(e.Refs) {
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
		for _, r := range table.rows() {
			for _, name := range append([]string{r.Name}, r.Also...) {
				if other, ok := owner[fold(name)]; ok {
					t.Errorf("%s: %q belongs to %q and %q", table.kind, name, other, r.Name)
				}
				owner[fold(name)] = r.Name
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
	for _, r := range append(slices.Clone(rowsOf(KindFinding)), rowsOf(KindPhrase)...) {
		if !kebab.MatchString(r.Name) {
			t.Errorf("%s: not kebab-case", r.ID())
		}
		if r.Remedy == "" && (r.Kind == KindFinding || slices.Max(append(r.codes, 0)) >= 400) {
			t.Errorf("%s: no remedy", r.ID())
		}
		if r.Kind == KindFinding && !slices.Contains([]string{"info", "warn", "danger"}, r.Severity) {
			t.Errorf("%s: severity %q", r.ID(), r.Severity)
		}
	}
}

// Fragments are compared with a text in lower case and with single spaces.
func TestFragmentsCanMatch(t *testing.T) {
	for _, r := range append(slices.Clone(rowsOf(KindPhrase)), rowsOf(KindSoftware)...) {
		if len(r.match)+len(r.host) == 0 {
			t.Errorf("%s: matches nothing", r.ID())
		}
		for _, alternative := range append(slices.Clone(r.match), r.host) {
			for _, fragment := range alternative {
				if fragment != squeeze(fragment) || len(fragment) < 3 {
					t.Errorf("%s: fragment %q can never match, or always", r.ID(), fragment)
				}
			}
		}
	}
}

func TestEnhancedTextsLeaveRoomForTheClass(t *testing.T) {
	for _, r := range rowsOf(KindEnhanced) {
		parts := strings.Split(r.Name, ".")
		if len(parts) != 3 || parts[0] != "X" || parts[2] == "X" {
			continue
		}
		for _, class := range []string{"2", "4", "5"} {
			code, _ := parseEnhanced(class + r.Name[1:])
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
