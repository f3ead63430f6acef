package diff

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// server is what a session of a test meets.
type server struct {
	start   record.Plan
	events  []record.Event
	verdict *record.Verdict
}

// log is a session in which what is given happens, in this order.
func (s server) log(name string) Session {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Plan: s.start, Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}})
	for _, e := range s.events {
		log.Append(e)
	}
	if s.verdict != nil {
		log.Append(record.Event{Kind: record.KindEnd, End: s.verdict})
	}
	return Session{Name: name, Source: log}
}

func sent(verb record.Verb, line string) record.Event {
	return record.Event{Kind: record.KindSend, Step: verb, Send: &record.Send{Raw: wire.Raw(line + "\r\n")}}
}

func answered(verb record.Verb, code int, texts ...string) record.Event {
	r := &record.Reply{Reply: wire.Reply{Code: code}}
	for _, text := range texts {
		r.Lines = append(r.Lines, wire.Line{Text: text})
	}
	return record.Event{Kind: record.KindReply, Step: verb, Reply: r}
}

func offers(keywords ...string) record.Event {
	c := &record.Capabilities{Capabilities: wire.Capabilities{Domain: "mx.example"}}
	for _, k := range keywords {
		fields := strings.Fields(k)
		c.Keywords = append(c.Keywords, wire.Capability{Keyword: fields[0], Params: fields[1:]})
	}
	return record.Event{Kind: record.KindCapabilities, Step: record.VerbEHLO, Capabilities: c}
}

// told are the differences, each with its topic.
func told(c *Comparison) (lines []string) {
	for _, d := range c.Differences {
		lines = append(lines, string(d.Topic)+": "+d.Text)
	}
	return lines
}

func expect(t *testing.T, c *Comparison, want ...string) {
	t.Helper()
	if got := told(c); !slices.Equal(got, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What differs in a list of capabilities is told keyword by keyword, each mechanism by itself.
func TestKeywords(t *testing.T) {
	session := func(keywords ...string) Session {
		return server{events: []record.Event{sent(record.VerbEHLO, "EHLO a"), answered(record.VerbEHLO, 250, "mx.example"), offers(keywords...)}}.log("x")
	}
	expect(t, Compare(session("SIZE 100", "STARTTLS", "DSN", "AUTH PLAIN LOGIN"), session("AUTH LOGIN XOAUTH2", "SIZE 200")),
		"EHLO: A was offered SIZE 100, B SIZE 200.",
		"EHLO: A was offered STARTTLS, DSN; B was not.",
		"EHLO: A was offered AUTH PLAIN, B was not.",
		"EHLO: B was offered AUTH XOAUTH2, A was not.")
	expect(t, Compare(session("DSN", "SIZE 100"), session("SIZE 100", "DSN"))) // their order says nothing
}

// Replies and lines are compared without what the servers and the clients make up.
func TestReplies(t *testing.T) {
	session := func(line, reply string) Session {
		return server{start: record.Plan{EHLOName: "client.example"}, events: []record.Event{sent(record.VerbMail, line), answered(record.VerbMail, 250, reply)}}.log("x")
	}
	expect(t, Compare(session("MAIL FROM:<a@b.c> SIZE=199", "queued as 4Sg6lJ2Kzdz9rxY"), session("MAIL FROM:<a@b.c> SIZE=1201", "queued as 12345")))
	expect(t, Compare(session("MAIL FROM:<a@b.c>", "ok"), session("MAIL FROM:<>", "not ok")),
		"mail: A sent MAIL FROM:<a@b.c>, B sent MAIL FROM:<>.",
		"mail: MAIL: 250 “ok” in A, 250 “not ok” in B.")
}

// What only one session came to is named once, and what was found there.
func TestStepsOfOne(t *testing.T) {
	short := server{events: []record.Event{answered(record.VerbGreeting, 220, "hi"), sent(record.VerbQuit, "QUIT")}}.log("x")
	long := server{events: []record.Event{answered(record.VerbGreeting, 220, "hi"), sent(record.VerbRset, "RSET"), answered(record.VerbRset, 250, "ok"),
		sent(record.VerbNoop, "NOOP"), sent(record.VerbNoop, "NOOP"),
		{Kind: record.KindFinding, Step: record.VerbNoop, Finding: &record.Finding{Code: "x-bad", Severity: record.SeverityWarn, Text: "It is bad."}},
		{Kind: record.KindFinding, Step: record.VerbNoop, Finding: &record.Finding{Code: "x-known", Severity: record.SeverityInfo, Text: "It is so."}},
		sent(record.VerbQuit, "QUIT")}}.log("x")
	expect(t, Compare(short, long), "steps: B took steps that A did not: RSET, NOOP, NOOP.", "findings: Only in B: warn x-bad: It is bad.")
}

// A handshake that stands at another place is compared all the same.
func TestMovedHandshake(t *testing.T) {
	hands := func(version string) record.Event {
		return record.Event{Kind: record.KindTLS, Step: record.VerbHandshake, TLS: &record.TLS{Version: version, Chain: record.Listed([]record.Certificate{{Key: "RSA 2048"}}), Verified: true}}
	}
	greeting := answered(record.VerbGreeting, 220, "hi")
	first := server{events: []record.Event{hands("TLS 1.3"), greeting, sent(record.VerbEHLO, "EHLO a")}}.log("x")
	later := server{events: []record.Event{greeting, sent(record.VerbSTARTTLS, "STARTTLS"), hands("TLS 1.2"), sent(record.VerbEHLO, "EHLO a")}}.log("x")
	expect(t, Compare(first, later), "TLS: The version is TLS 1.3 in A, TLS 1.2 in B.", "steps: B took steps that A did not: STARTTLS.")
}

// The certificates of a server are compared, those that the practice server makes each time are not.
func TestCertificates(t *testing.T) {
	session := func(isLab bool, last int, hash string) Session {
		c := record.Certificate{Key: "RSA 2048", SHA256: hash, NotAfter: time.Date(2026, 4, last, 0, 0, 0, 0, time.UTC)}
		return server{start: record.Plan{Target: record.Target{Lab: isLab}}, events: []record.Event{
			{Kind: record.KindTLS, Step: record.VerbHandshake, TLS: &record.TLS{Chain: record.Listed([]record.Certificate{c}), Verified: true}}}}.log("x")
	}
	expect(t, Compare(session(false, 1, "A1B2C3D4E5"), session(false, 30, "F1F2F3F4F5")),
		"certificate: The certificate's validity end is 2026-04-01 in A, 2026-04-30 in B.",
		"certificate: The certificate's SHA-256 fingerprint is A1B2C3D4E5 in A, F1F2F3F4F5 in B.")
	expect(t, Compare(session(true, 1, "A1B2C3D4E5"), session(true, 30, "F1F2F3F4F5")))
}

// Verdicts differ by what decided, and the finding that does is not told again.
func TestVerdicts(t *testing.T) {
	session := func(exit record.Exit, finding record.FindingCode, cause string) Session {
		events := []record.Event{sent(record.VerbRcpt, "RCPT TO:<a@b.c>")}
		if finding != "" {
			events = append(events, record.Event{Kind: record.KindFinding, Step: record.VerbRcpt, Finding: &record.Finding{Code: finding, Severity: record.SeverityWarn, Text: cause}})
		}
		outcome := record.OutcomeDone
		if exit != 0 {
			outcome = record.OutcomeRefused
		}
		return server{events: events, verdict: &record.Verdict{Phase: record.PhaseRcpt, Exit: exit, Outcome: outcome, Finding: finding, Cause: cause}}.log("x")
	}
	expect(t, Compare(session(0, "", "It went."), session(12, record.FoundRecipientUnknown, "Nobody is there.")),
		"verdict: The outcomes differ.\nA: done at rcpt, exit code 0. It went.\nB: refused at rcpt, exit code 12. Nobody is there.")
	expect(t, Compare(session(0, "", "It took 3.2 s on 2026-03-01."), session(0, "", "It took 40 ms on 2026-03-02.")))
}

// Nothing that came from outside reaches a terminal as it is, also where it looks like a place in a sentence.
func TestHostile(t *testing.T) {
	a := server{start: record.Plan{User: "\x1b[2J{b}"}, events: []record.Event{answered(record.VerbGreeting, 220, "{a}\x1b]0;x\a")}}.log("a\x1b[31m")
	b := server{events: []record.Event{answered(record.VerbGreeting, 220, "\u202e{b}")}}.log("b\nc")
	c := Compare(a, b)
	for _, line := range slices.Concat(c.Lines(80), Tabulate("in", []Session{a, b, a}).Lines(40)) {
		if wire.VisibleString(line) != line {
			t.Errorf("%q", line)
		}
	}
	if want := `greeting: The greeting: 220 “{a}\x1b]0;x\x07” in A, 220 “\u202e{b}” in B.`; !slices.Contains(told(c), want) {
		t.Errorf("%q", told(c))
	}
}

// Long sessions are compared in pieces, and what was inserted far from the beginning is found.
func TestLong(t *testing.T) {
	var events []record.Event
	for range 1500 {
		events = append(events, sent(record.VerbNoop, "NOOP"), answered(record.VerbNoop, 250, "ok"))
	}
	a := server{events: events}.log("x")
	b := server{events: slices.Insert(slices.Clone(events), 2222, sent(record.VerbRset, "RSET"))}.log("x")
	expect(t, Compare(a, b), "steps: B took steps that A did not: RSET.")
}

// What a recording of another program does not hold is no difference: the lookup of the name, the rest of what was asked for, and whether the
// certificate was verified.
func TestWhatARecordingLacks(t *testing.T) {
	hands := func(checks ...record.Check) record.Event {
		return record.Event{Kind: record.KindTLS, Step: record.VerbHandshake, TLS: &record.TLS{Version: "TLS 1.3", Chain: record.Listed([]record.Certificate{{Key: "RSA 2048"}}), Checks: record.Listed(checks), Verified: len(checks) > 0}}
	}
	target := record.Target{Host: "mail.example", Port: 25}
	live := server{start: record.Plan{Target: target, Scenario: "relay", Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire}}, events: []record.Event{
		{Kind: record.KindResolve, Step: record.VerbResolve, Resolve: &record.Resolve{Host: "mail.example"}}, answered(record.VerbGreeting, 220, "hi"), hands(record.Check{OK: true})}, verdict: &record.Verdict{}}
	seen := server{start: record.Plan{Target: target, Imported: true, Policy: record.Policy{Start: record.StartSTARTTLS}}, events: []record.Event{answered(record.VerbGreeting, 220, "hi"), hands()}, verdict: &record.Verdict{}}
	expect(t, Compare(live.log("a"), seen.log("b")))
	if sum := Sum(Compare(live.log("a"), seen.log("b")).Facing()); sum != "" {
		t.Errorf("marked: %s", sum)
	}
	expect(t, Compare(seen.log("a"), live.log("b")))
	seen.start.Target.Port = 587
	expect(t, Compare(live.log("a"), seen.log("b")), "requested: The port is 25 in A, 587 in B.")
}
