package explain

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func entriesOf(t *table) []*Entry {
	var out []*Entry
	for r := range t.rows() {
		out = append(out, r.entry())
	}
	return out
}

func TestEveryEntryHasItsDepths(t *testing.T) {
	for _, e := range All() {
		if e.Name == "" || e.Short == "" || e.Text == "" {
			t.Errorf("%s: name, short or text is missing", e.ID())
		}
		if n := utf8.RuneCountInString(e.Short); n > maxShortOf(e) {
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

func maxShortOf(e Entry) int {
	if e.Kind == KindFinding {
		return MaxHeadline
	}
	return MaxShort
}

// A verdict begins with the headline of its finding, so no two of them say the same.
func TestHeadlinesOfFindings(t *testing.T) {
	seen := map[string]string{}
	for _, e := range entriesOf(&findingTable) {
		if n := len(strings.Fields(e.Short)); n > 12 {
			t.Errorf("%s: %d words: %s", e.ID(), n, e.Short)
		}
		if other := seen[e.Short]; other != "" {
			t.Errorf("%s and %s: %s", e.ID(), other, e.Short)
		}
		seen[e.Short] = e.ID()
	}
}

// The documents besides RFCs that entries may point to.
var otherDocs = []string{
	"IANA SASL Mechanisms", "IANA Service Names and Ports", "IANA SMTP Enhanced Status Codes",
	"Exim Specification", "Postfix: virtual(8)", "SpamAssassin: Mail::SpamAssassin::Conf", "Google: Feedback Loop", "Microsoft: MS-OXCMAIL", "Microsoft: MS-OXDISCO",
	"Microsoft: Anti-spam message headers",
	"draft-murchison-sasl-login", "draft-agl-tls-nextprotoneg", "draft-vvv-tls-alps", "draft-hall-prdr", "draft-ietf-mailmaint-autoconfig-06", "Google: XOAUTH2 Mechanism",
}

// Findings about the program and its files, of which no document speaks.
var aboutEhlo = []string{"event-not-recorded", "internal", "secrets-masked", "secrets-revealed"}

func TestEveryReferenceIsWellFormed(t *testing.T) {
	section := regexp.MustCompile(`^([1-9]\d*|[A-H])(\.[1-9]\d*)*$`)
	rfc := regexp.MustCompile(`^RFC [1-9]\d{2,3}$`)
	for _, e := range All() {
		if len(e.Refs) == 0 && e.Kind != KindSoftware && e.Kind != KindWording && !slices.Contains(aboutEhlo, e.Name) {
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
		for _, e := range entriesOf(table) {
			for _, name := range append([]string{e.Name}, e.Also...) {
				if other, ok := owner[fold(name)]; ok {
					t.Errorf("%s: %q belongs to %q and %q", table.kind, name, other, e.Name)
				}
				owner[fold(name)] = e.Name
				if len(name) > maxName {
					t.Errorf("%s: the name %q is too long to be looked up", table.kind, name)
				}
			}
		}
	}
}

func TestVoice(t *testing.T) {
	please := regexp.MustCompile(`(?i)\b(please|simply|just|easily|utilize)`)
	for _, e := range All() {
		for _, s := range []string{e.Name, e.Short, e.Text, e.Remedy, e.Operator, e.Form} {
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
		if strings.HasSuffix(e.Short, ".") || strings.HasSuffix(e.Remedy, ".") || strings.HasSuffix(e.Operator, ".") {
			t.Errorf("%s: short or remedy ends in a full stop", e.ID())
		}
	}
}

var threeDigits = regexp.MustCompile(`^[2-5]\d\d( [2-5]\d\d)*$`)

func TestFindingsAndPhrasesSayWhatToDo(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, e := range slices.Concat(entriesOf(&findingTable), entriesOf(&phraseTable)) {
		if !kebab.MatchString(e.Name) {
			t.Errorf("%s: not kebab-case", e.ID())
		}
		if e.Kind == KindFinding && e.Remedy+e.Operator == "" {
			t.Errorf("%s: no remedy", e.ID())
		}
	}
	for r := range phraseTable.rows() {
		if codes := r.codes(); codes != "" && !threeDigits.MatchString(codes) {
			t.Errorf("%s: codes %q are not compared as they are written", r.name(), codes)
		}
		if codes, err := numbers(r.codes()); err != nil || Remedies(r.entry().Remedy, r.entry().Operator) == "" && slices.Max(append(codes, 0)) >= 400 {
			t.Errorf("%s: no remedy, or %v", r.name(), err)
		}
	}
}

// What a positive reply is explained by is all in the part of the file that is read for one.
func TestPositiveRepliesNeedOnePart(t *testing.T) {
	names := func(table *table) (list []string) {
		for r := range table.rows() {
			if codes, _ := numbers(r.codes()); slices.ContainsFunc(codes, isPositive) {
				list = append(list, r.name())
			}
		}
		return list
	}
	all, part := names(&phraseTable), names(&acceptedTable)
	if len(part) == 0 || !slices.Equal(all, part) {
		t.Errorf("positive replies are named by %q, of them in that part %q", all, part)
	}
}

// Fragments are compared with a text in lower case and with single spaces.
func TestFragmentsCanMatch(t *testing.T) {
	for _, table := range []*table{&phraseTable, &softwareTable, &wordingTable} {
		for r := range table.rows() {
			w := r.conditions()
			if len(w.match)+len(w.host) == 0 {
				t.Errorf("%s: matches nothing", r.name())
			}
			fragments := w.host
			for _, alternative := range w.match {
				fragments = append(fragments, strings.Split(alternative, " & ")...)
			}
			for _, fragment := range fragments {
				if fragment != squeeze(fragment) || len(fragment) < 3 || strings.Contains(fragment, "&") {
					t.Errorf("%s: fragment %q can never match, or always", r.name(), fragment)
				}
			}
		}
	}
}

func TestEnhancedTextsLeaveRoomForTheClass(t *testing.T) {
	forEveryDetail(func(e Entry) {
		if n := utf8.RuneCountInString(e.Text); n > MaxText {
			t.Errorf("%s: %d characters", e.Name, n)
		}
	})
}

// forEveryDetail calls do with each detail of the table, in each class.
func forEveryDetail(do func(Entry)) {
	for row := range enhancedTable.rows() {
		for _, class := range "245" {
			if code, ok := parseEnhanced(string(class) + row.name()[1:]); ok {
				e, _ := Enhanced(code[0], code[1], code[2])
				do(e)
			}
		}
	}
}

// What an enhanced code says has to be true of its class (RFC 3463 §2).
func TestEnhancedTextsFitTheirClass(t *testing.T) {
	wrong := map[byte][]string{
		'2': {"syntax error", "could not", "cannot be", "refuse", "not accepted", "no such", "does not exist", "530", "454", "try again"},
		'4': {"530", "behind most refusals", "given up", "for good"},
		'5': {"454", "for the moment", "this time", "at the moment", "try again later", " now,", " now:"},
	}
	forEveryDetail(func(e Entry) {
		for _, words := range wrong[e.Name[0]] {
			if strings.Contains(e.Short+". "+strings.TrimPrefix(e.Text, "Rejected permanently. ")+" "+e.Remedy, words) {
				t.Errorf("%s says %q: %s %s %s", e.Name, words, e.Short, e.Text, e.Remedy)
			}
		}
		if e.Name[0] == '2' && e.Remedy != "" {
			t.Errorf("%s: a success has nothing to remedy: %s", e.Name, e.Remedy)
		}
	})
}

// A certificate that fails says that nobody knows who answers. Advice to trust
// what is shown would do the work of an attacker in the middle, so it says
// first to stop, or what to hold back, and trusts nothing but what is known.
func TestNoAdviceTrustsWhatAServerShows(t *testing.T) {
	first := func(remedy string) string { clause, _, _ := strings.Cut(remedy, ";"); return clause }
	for _, e := range entriesOf(&findingTable) {
		if !strings.HasPrefix(e.Name, "cert-") || e.Name == "cert-chain-order" {
			continue
		}
		if f := first(e.Remedy); !strings.HasPrefix(f, "stop") && !strings.HasPrefix(f, "send no password") && e.Name != "cert-not-yet-valid" {
			t.Errorf("%s begins with %q", e.ID(), f)
		}
	}
	for _, e := range All() {
		for _, clause := range strings.Split(e.Remedy, ";") {
			risky := strings.Contains(clause, "root") || strings.Contains(clause, "trust it") || strings.Contains(clause, "as trusted") ||
				strings.Contains(clause, "in the certificate")
			safe := strings.Contains(clause, "known to be") || strings.Contains(clause, "trust no root") || strings.Contains(clause, "before you") ||
				strings.Contains(clause, "the address in the text")
			if risky && !safe {
				t.Errorf("%s advises %q", e.ID(), clause)
			}
		}
	}
}

// An extension is one thing in the hello and another in the answer to it.
func TestExtensionsSayWhatEachSideMeans(t *testing.T) {
	for _, name := range strings.Fields(`server_name status_request max_fragment_length supported_groups signature_algorithms ALPN
		signed_certificate_timestamp session_ticket pre_shared_key early_data supported_versions key_share encrypted_client_hello`) {
		e, ok := TLSExtension(name)
		if !ok || !strings.Contains(e.Text, "server") || !strings.Contains(e.Text, "client") && !strings.Contains(e.Text, "sender") {
			t.Errorf("%s: %q", name, e.Text)
		}
	}
	sni, _ := TLSExtension("server_name")
	message, _ := TLSMessage("EncryptedExtensions")
	if !strings.Contains(sni.Text, "empty") || !strings.Contains(message.Text, "contains no name") {
		t.Errorf("%q\n%q", sni.Text, message.Text)
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

// A remedy is for the reader, and what others have to do stands in a field of its own, or is what the reader asks them for.
func TestARemedyIsForTheReader(t *testing.T) {
	other := regexp.MustCompile(`(^|; )the [^:;]*(operator|owner|administrator|domain|organization|forwarder)[^:;]*:`)
	for _, e := range All() {
		if found := other.FindString(e.Remedy); found != "" {
			t.Errorf("%s: %q in %q", e.ID(), found, e.Remedy)
		}
	}
}
