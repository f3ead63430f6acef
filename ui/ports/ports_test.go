package ports

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/ui/paint"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A survey with one of each thing that is shown.
func example() *survey.Survey {
	day := func(month, day int) time.Time { return time.Date(2026, time.Month(month), day, 0, 0, 0, 0, time.UTC) }
	good := &survey.TLS{Version: "TLS 1.3", Suite: "TLS_AES_128_GCM_SHA256", Verified: true, Chain: 2,
		Certificate: record.Certificate{Issuer: "CN=Example CA", Names: []string{"mail.example.org"}, Key: "ECDSA P-256", NotBefore: day(11, 1), NotAfter: day(12, 31), SHA256: strings.Repeat("A1", 32)}}
	old := &survey.TLS{Version: "TLS 1.2", Suite: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", Chain: 1,
		Certificate: record.Certificate{Issuer: "CN=Example CA", Names: []string{"mail.example.org"}, Key: "RSA 2048", NotBefore: day(1, 1), NotAfter: day(11, 20), SHA256: strings.Repeat("0F", 32)},
		Faults: []record.Check{record.Check{Name: "time", Finding: record.FoundCertificateExpired, Text: "the server's certificate expired on 2026-11-20, 10 days ago"}.Mend(record.WhoOperator,
			"renew the certificate and have the server load it")}}
	done := record.Verdict{Outcome: record.OutcomeDone}
	modern := &survey.Accepts{Asked: 9, Versions: []survey.Version{{Number: 0x0302, Name: "TLS 1.1"}, {Number: 0x0303, Name: "TLS 1.2", Accepted: true, Unfinished: true,
		Suites: []string{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"}, Groups: []string{"x25519"}, Prime: 1024}}}
	s := &survey.Survey{Host: "mail.example.org", Addresses: []string{"192.0.2.1", "192.0.2.2", "2001:db8::1"}, Left: 3, Ports: []int{25, 465, 587, 143}}
	for _, a := range s.Addresses {
		cells := []survey.Cell{
			{Address: a, Port: 25, Role: "relay", State: survey.StateFiltered, Verdict: record.Verdict{Outcome: record.OutcomeFailed, Exit: record.ExitTimeout}},
			{Address: a, Port: 465, Role: "submissions", State: survey.StateTLS, ListedInside: true, AuthInside: []string{"PLAIN"}, TLS: good, Accepts: modern, Verdict: done},
			{Address: a, Port: 587, Role: "submission", State: survey.StateSTARTTLS, Listed: true, ListedInside: true, AuthBefore: []string{"PLAIN"}, TLS: good, Verdict: done, Greeting: "220 mail.example.org ESMTP", Connect: 12 * time.Millisecond, Greet: 6 * time.Second, Size: 10485760, Keywords: []string{"SIZE 10485760", "AUTH PLAIN", "DSN"}},
			{Address: a, Port: 143, Role: "IMAP", State: survey.StateForeign, Protocol: "IMAP", Verdict: done},
		}
		if a == "2001:db8::1" {
			cells[1].TLS = old
			cells[1].Verdict = record.Verdict{Outcome: record.OutcomeUnsafe, Exit: record.ExitCertificate, Who: record.WhoOperator, Cause: "Verification of mail.example.org failed: the server's certificate expired on 2026-11-20, 10 days ago.",
				Advice: []record.Advice{{Do: record.SendNoSecret}, {Do: record.AskOperator, Text: "renew the certificate and have the server load it"}}}
			cells[3].State, cells[3].Protocol = survey.StateSilent, ""
			cells[3].Verdict = record.Verdict{Outcome: record.OutcomeFailed, Exit: record.ExitTimeout, Who: record.WhoOperator, Cause: "mail.example.org sent nothing: waiting for the greeting timed out after 10 seconds."}
		}
		s.Cells = append(s.Cells, cells...)
	}
	s.Score = survey.Score(s)
	s.Verdict = survey.Judge(s)
	return s
}

// The text is as the golden file has it, and reads well at 80 columns.
func TestLines(t *testing.T) {
	lines := Lines(example(), 80, true)
	for _, l := range lines {
		if paint.Width(l) > 80 {
			t.Errorf("wider than 80 columns: %q", l)
		}
	}
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile("testdata/survey.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, _ := os.ReadFile("testdata/survey.txt")
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A narrow terminal gets the columns that matter most, and no line that is wider than it is.
func TestNarrow(t *testing.T) {
	for width, want := range map[int]string{80: "port role state TLS AUTH certificate verdict", 60: "port state TLS AUTH certificate verdict", 40: "port state TLS verdict"} {
		lines := Lines(example(), width, false)
		header := lines[slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "port ") })]
		if got := strings.Join(strings.Fields(header), " "); got != want {
			t.Errorf("%d columns: %q, want %q", width, got, want)
		}
		for _, l := range lines {
			if paint.Width(l) > width {
				t.Errorf("%d columns: %q is wider", width, l)
			}
		}
	}
}

// What a server sends is shown as text: nothing of it reaches the terminal as a command, and no line is longer for it.
func TestHostileText(t *testing.T) {
	const evil = "\x1b]0;owned\a\u202e\r\n" + "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
	s := example()
	for i := range s.Cells {
		c := &s.Cells[i]
		c.Greeting, c.AuthBefore, c.Keywords = evil, []string{evil}, []string{evil}
		c.Verdict.Cause = evil
		if c.TLS != nil {
			c.TLS.Certificate.Names, c.TLS.Certificate.Issuer = []string{evil}, evil
			c.TLS.Faults = append(c.TLS.Faults, record.Check{Finding: record.FoundCertificateWrongHost, Text: evil})
		}
	}
	s.Score, s.Verdict = survey.Score(s), survey.Judge(s)
	for _, line := range Lines(s, 80, true) {
		if strings.ContainsAny(line, "\x1b\a\r\n\u202e") || paint.Width(line) > 80 {
			t.Errorf("%q", line)
		}
	}
	if page := written(t, s); strings.ContainsAny(page, "\x1b\a\r\u202e") {
		t.Errorf("%q", page)
	}
}

func written(t *testing.T, s *survey.Survey) string {
	t.Helper()
	var b strings.Builder
	if err := Page(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The page has what the text has, and nothing runs or loads there.
func TestPage(t *testing.T) {
	page := written(t, example())
	for _, want := range []string{"default-src &#39;none&#39;", "default-src 'none'", "Survey of mail.example.org", "expired on 2026-11-20", "port 587 at 2001:db8::1", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "Scorecard of the submission service", "not checked: 3 more addresses"} {
		if strings.Contains(page, want) != !strings.Contains(want, "&#39;") {
			t.Errorf("%q: %v", want, strings.Contains(page, want))
		}
	}
}

// Whatever a server sends is text there: the page has the elements and attributes of this package alone, and as many with markup in
// its texts as without.
func TestPageIsOnlyText(t *testing.T) {
	const markup = `"><script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:x'>&lt;`
	shape := func(text string) (list []string) {
		s := example()
		for i := range s.Cells {
			c := &s.Cells[i]
			c.Greeting, c.AuthBefore, c.AuthInside, c.Keywords, c.Protocol, c.Verdict.Cause = text, []string{text}, []string{text}, []string{text}, text, text
			if c.TLS != nil {
				c.TLS.Version, c.TLS.Suite, c.TLS.Certificate.Names, c.TLS.Certificate.Issuer = text, text, []string{text}, text
			}
			if c.Accepts != nil {
				c.Accepts.Versions[1].Suites, c.Accepts.Versions[1].Groups = []string{text}, []string{text}
			}
		}
		s.Host, s.Verdict.Cause, s.Score[0].Reason = text, text, text
		root, err := html.Parse(strings.NewReader(written(t, s)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Type == html.ElementNode {
				list = append(list, fmt.Sprint(n.Data, n.Attr))
			}
		}
		return list
	}
	if plain, marked := shape("text"), shape(markup); !slices.Equal(plain, marked) {
		t.Errorf("%q\nwant\n%q", marked, plain)
	}
}
