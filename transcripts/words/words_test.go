package words

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// Each action has a phrase: an imperative that names no key and no flag, with its value in it.
func TestEveryActionHasAPhrase(t *testing.T) {
	if len(phrases.Get()) != len(record.Actions) {
		t.Errorf("%d phrases for %d actions", len(phrases.Get()), len(record.Actions))
	}
	for _, do := range record.Actions {
		for _, a := range []record.Advice{{Do: do}, {Do: do, Port: 465}, {Do: do, Name: "NAME"}, {Do: do, Text: "A text."}} {
			phrase := Advice(a)
			if phrase == "" || strings.Contains(phrase, "%") || strings.Contains(phrase, "--") || strings.HasPrefix(phrase, string(do)) {
				t.Errorf("%+v is %q", a, phrase)
			}
		}
	}
	for advice, want := range map[record.Advice]string{
		{Do: record.UseTLS, Port: 465}:                           "use TLS from the first byte, on port 465",
		{Do: record.RetryAfter, After: 5 * time.Minute}:          "try again after 5 minutes",
		{Do: record.RetryAfter}:                                  "try again later",
		{Do: record.AskOperator, Text: "Renew the certificate."}: "tell the server's operator: Renew the certificate",
		{Do: "from-the-future", Name: "x"}:                       "from-the-future: x",
	} {
		if got := Advice(advice); got != want {
			t.Errorf("%v: %q, want %q", advice, got, want)
		}
	}
}

// Each outcome of an exchange of AUTH has a word.
func TestEveryOutcomeHasAWord(t *testing.T) {
	for _, o := range []record.AuthOutcome{record.AuthSucceeded, record.AuthFailed, record.AuthCanceled, record.AuthUnproved, record.AuthUnanswerable, record.AuthImpossible} {
		if l := Of(&record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "X", Outcome: o}}); l.Head != "AUTH X "+outcomes.Of(o) || l.Mark.Bad != (o != record.AuthSucceeded) {
			t.Errorf("%s: %+v", o, l)
		}
	}
}

// What a session has shown is told whatever it came to, and nothing that it has not shown.
func TestFacts(t *testing.T) {
	if got := Facts(&record.Facts{}); got != nil {
		t.Errorf("nothing shown: %v", got)
	}
	var got []string
	for _, p := range Facts(&record.Facts{Peer: "mail.lab", Address: "[::1]:587", Offered: []string{"PLAIN", "LOGIN"}, Size: 10485760, Exposed: "proof",
		Earlier: []record.Attempt{{Phase: record.PhaseHandshake, Cause: "It died."}}}) {
		got = append(got, p.Text())
	}
	want := []string{"server: mail.lab at [::1]:587", "TLS: none", "AUTH: offered PLAIN, LOGIN", "size limit: 10,485,760 bytes",
		"exposed: a value from which the password can be guessed, to an eavesdropper", "attempt 1: handshake: It died."}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A good end needs nobody to act; a cause that is missing is told by the exit code.
func TestVerdict(t *testing.T) {
	good := Verdict(&record.Verdict{Phase: record.PhaseQuit, Outcome: record.OutcomeDone, Who: record.WhoYou, Cause: "All went well."})
	if good.Lead() != "done at quit, exit code 0" || good.Who != "" || good.Mark.Bad || good.Cause != "All went well." {
		t.Errorf("%+v", good)
	}
	bad := Verdict(&record.Verdict{Phase: record.PhaseAuth, Outcome: record.OutcomeUnsafe, Exit: record.ExitNoAuth, Who: record.WhoOperator, Facts: record.Facts{TLS: "TLS 1.3"}})
	if bad.Lead() != "unsafe at auth, exit code 10, unverified" || bad.Who != "the server's operator" || !bad.Mark.Bad || bad.Cause != Meaning(record.ExitNoAuth) {
		t.Errorf("%+v", bad)
	}
}

// The words of an event hold no secret that the event masks.
func TestMasksStay(t *testing.T) {
	a := &record.Auth{Mechanism: "PLAIN", From: "C", Values: []sasl.Value{{Name: "passwd", Text: "hunter2", Hides: sasl.HidesPassword}, {Name: "verdict", Text: "equal"}}}
	parts := Values(a)
	if len(parts) != 2 || parts[0].Name != "verdict" || parts[1].Value != sasl.Mask {
		t.Errorf("%+v", parts)
	}
}

// A line of a reply to EHLO is explained; the first, and lines of other replies, are not.
func TestKeyword(t *testing.T) {
	r, _ := wire.NewReader(strings.NewReader("250-mail.lab\r\n250-SIZE 100\r\n250 QUUX\r\n"), wire.Limits{}).ReadReply()
	e := &record.Event{Kind: record.KindReply, Step: record.VerbEHLO, Reply: &record.Reply{Reply: r}}
	for line, want := range []bool{false, true, true, false} {
		if _, ok := Keyword(e, line); ok != want {
			t.Errorf("line %d: %v", line, ok)
		}
	}
	if entry, _ := Keyword(e, 2); entry.Short != unknownKeyword {
		t.Errorf("QUUX is %q", entry.Short)
	}
}

// Headlines begin with no capital but that of a name, and end with no full stop.
func TestHeadlines(t *testing.T) {
	for _, e := range []record.Event{
		{Kind: record.KindResolve, Resolve: &record.Resolve{Host: "mail.lab", Literal: true}},
		{Kind: record.KindConnect, Connect: &record.Connect{Remote: "[::1]:25", Error: "refused"}},
		{Kind: record.KindProbe, Probe: &record.Probe{Remote: "[::1]:25"}},
		{Kind: record.KindForgot, Forgot: &record.Forgot{Greeting: "x"}},
		{Kind: record.KindReveal, Reveal: &record.Reveal{On: true}},
		{Kind: record.KindChange, Change: &record.Change{Advice: record.Advice{Do: record.TrustCA}}},
		{Kind: record.KindState, State: &record.State{Stage: record.StageBroken}},
		{Kind: "from the future"},
	} {
		if head := Of(&e).Head; head == "" || unicode.IsUpper(rune(head[0])) || strings.HasSuffix(head, ".") {
			t.Errorf("%s: %q", e.Kind, head)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1505: "1,505 bytes", 10485760: "10,485,760 bytes", -1505: "-1,505 bytes"} {
		if got := Number(n, "byte"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := Number(2, "match"); got != "2 matches" {
		t.Error(got)
	}
	for d, want := range map[time.Duration]string{-time.Second: "0.00 ms", 42 * time.Microsecond: "0.04 ms", 2449 * time.Microsecond: "2.4 ms",
		12600 * time.Microsecond: "12 ms", 1240 * time.Millisecond: "1.2 s", 5*time.Minute + 3*time.Second: "5 min 3 s"} {
		if got := Duration(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

// What the client of another program would have allowed is not in its record, so nothing is told of it.
func TestThePolicyOfAnotherClientIsUnknown(t *testing.T) {
	plan := record.Plan{Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire, AllowUnverified: true, AllowCleartextAuth: true}}
	if got, want := policy(&plan), "STARTTLS required, unverified certificates allowed, passwords in cleartext allowed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	plan.Imported = true
	if got, want := policy(&plan), "STARTTLS, client policy unknown"; got != want || !strings.HasPrefix(Without(&plan), "unknown") {
		t.Errorf("%q, want %q; without TLS %s", got, want, Without(&plan))
	}
}

// What stands in the place of a reply is not said a second time beside it.
func TestNoReplyIsSaidOnce(t *testing.T) {
	lost := record.Event{Kind: record.KindReply, Reply: &record.Reply{Error: "nothing more arrived"}, Explain: &explain.Explanation{Short: "no reply"}}
	if l := Of(&lost); l.Remark != "" || NoReply(lost.Reply) != "no reply: nothing more arrived" {
		t.Errorf("%q beside %q", l.Remark, NoReply(lost.Reply))
	}
}
