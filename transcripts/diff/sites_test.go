package diff

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
)

// Several sessions make a table with a column for each, and what is not alike is named, whatever a server put into it.
func TestTable(t *testing.T) {
	done := record.Verdict{Outcome: record.OutcomeDone, Facts: record.Facts{TLS: "TLS 1.3", Verified: true, SHA256: "AB12AB12AB12AB12FFFF"}}
	refused := record.Verdict{Outcome: record.OutcomeDeferred, Exit: 75, Finding: record.FoundServiceUnavailable}
	at := func(name, greeting string, v record.Verdict, keywords ...string) Session {
		events := []record.Event{answered(record.VerbGreeting, 220, greeting)}
		if keywords != nil {
			events = append(events, sent(record.VerbEHLO, "EHLO a"), answered(record.VerbEHLO, 250, "mx"), offers(keywords...))
		}
		return server{events: events, verdict: &v}.log(name)
	}
	got := Tabulate("at", []Session{at("192.0.2.1", "mx ESMTP", done, "SIZE 100", "DSN"), at("192.0.2.2", "mx ESMTP", done, "SIZE 200", "DSN", "CHUNKING"),
		at("2001:db8::3", "\x1b[2Jclosing", refused)}).Lines(76)
	want := []string{
		"               192.0.2.1           192.0.2.2           2001:db8::3",
		"  outcome      done                done                deferred 75",
		"                                                       service-unavailable",
		"  STARTTLS     not offered         not offered         -",
		"  TLS          TLS 1.3             TLS 1.3             -",
		"  suite        -                   -                   -",
		"  certificate  AB12AB12AB12AB12    AB12AB12AB12AB12    -",
		"  verified     yes                 yes                 -",
		"  banner       mx ESMTP            mx ESMTP            \\x1b[2Jclosing",
		"  AUTH         -                   -                   -",
		"  round trips  2                   2                   1",
		"  in cleartext 8 bytes             8 bytes             0 bytes",
		"  inside TLS   0 bytes             0 bytes             0 bytes",
		"  waited       0.00 ms             0.00 ms             0.00 ms",
		"Different: outcome, STARTTLS, TLS, certificate, verified, banner, EHLO reply.",
		"  CHUNKING: not at 192.0.2.1; listed at 192.0.2.2",
		"  SIZE: 100 at 192.0.2.1; 200 at 192.0.2.2"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	for names, want := range map[[2]string]string{
		{"good.ehlo.ndjson", "bad.ehlo.ndjson"}: "good bad",
		{"good.ehlo.ndjson", "swaks.txt"}:       "good.ehlo.ndjson swaks.txt",
	} {
		head := Tabulate("in", []Session{at(names[0], "mx", done), at(names[1], "mx", done)}).Lines(76)[0]
		if got := strings.Join(strings.Fields(head), " "); got != want {
			t.Errorf("the columns are %q, want %q", got, want)
		}
	}
	if alike := Tabulate("at", []Session{at("192.0.2.1", "mx", done), at("192.0.2.2", "mx", done)}); !alike.Equal() {
		t.Errorf("%q", alike.Different())
	}
}
