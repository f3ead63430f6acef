package walk

import (
	"fmt"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// trailLog is a log with a start and what is observed after it.
func trailLog(events ...record.Event) *record.Log {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: "mail.example", Port: 587}, User: "ann", SendMessage: true}}})
	for _, e := range events {
		log.Append(e)
	}
	return log
}

func sent(v record.Verb, line string, edited bool) record.Event {
	return record.Event{Kind: record.KindSend, Step: v, Send: &record.Send{Raw: wire.Raw(line + "\r\n"), Edited: edited}}
}

func answered(v record.Verb, code int) record.Event {
	return record.Event{Kind: record.KindReply, Step: v, Reply: &record.Reply{Reply: wire.Reply{Code: code}}}
}

// A log comes apart into its steps, each with what came of it; an attempt before the last one and QUIT at the end are left out.
func TestRetrace(t *testing.T) {
	changed := record.Plan{Target: record.Target{Host: "mail.example", Port: 465}}
	log := trailLog(
		record.Event{Kind: record.KindResolve, Step: record.VerbResolve, Resolve: &record.Resolve{Trouble: record.TroubleNotFound}},
		record.Event{Kind: record.KindChange, Change: &record.Change{Plan: changed, Reconnect: true}},
		record.Event{Kind: record.KindConnect, Step: record.VerbConnect, Connect: &record.Connect{Trouble: record.TroubleRefused, Left: 1}},
		record.Event{Kind: record.KindConnect, Step: record.VerbConnect, Connect: &record.Connect{}},
		record.Event{Kind: record.KindTLS, Step: record.VerbHandshake, TLS: &record.TLS{}},
		answered(record.VerbGreeting, 220),
		record.Event{Kind: "later", Step: "later"}, record.Event{Kind: record.KindFinding, Step: "later", Finding: &record.Finding{}},
		sent(record.VerbEHLO, "EHLO a", false), record.Event{Kind: record.KindState, Step: record.VerbEHLO, State: &record.State{}}, answered(record.VerbEHLO, 250),
		sent(record.VerbRcpt, "RCPT TO:<a@b>", false), answered(record.VerbRcpt, 250),
		sent(record.VerbRcpt, "RCPT TO:<c@d>", true), answered(record.VerbRcpt, 550),
		sent(record.VerbQuit, "QUIT", false), answered(record.VerbQuit, 221))
	words := func(trail Trail) (out []string) {
		for _, s := range trail.Steps {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s=%s", s.Verb, s.Line, s.Answer)))
		}
		return out
	}
	want := []string{"connect =", "handshake =", "greeting =220", "ehlo EHLO a=250", "rcpt RCPT TO:<a@b>=250", "rcpt RCPT TO:<c@d>=550"}
	trail := Retrace(log, log.Len())
	if got := words(trail); strings.Join(got, "; ") != strings.Join(want, "; ") || trail.Plan.Target.Port != 465 {
		t.Errorf("%v by %+v", got, trail.Plan)
	}
	if got := words(Retrace(log, 10)); strings.Join(got, "; ") != strings.Join(want[:4], "; ") { // the reply to EHLO is read on
		t.Errorf("up to the EHLO: %v", got)
	}
	if got := Retrace(log, 1); len(got.Steps) != 0 || got.Wanted().SendMessage {
		t.Errorf("at the start: %+v", got)
	}
}

// A step is taken as the session would take it now; what a person typed is sent as it was, and what is not in a transcript is for
// the person.
func TestAgain(t *testing.T) {
	s := record.Snapshot{Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: "mail.example", Port: 587}}}, State: record.NewState(),
		Capabilities: &record.Capabilities{Capabilities: wire.Capabilities{Keywords: []wire.Capability{{Keyword: "AUTH", Params: []string{"PLAIN"}}}}}}
	s.State.Stage, s.State.ESMTP, s.State.Security = record.StageReady, true, record.SecurityVerified
	g := Goal{EHLOName: "new.example", Credentials: sasl.Credentials{Username: "ann"}}
	for _, test := range []struct {
		taken       Taken
		line, yours string
	}{
		{Taken{Verb: record.VerbEHLO, Line: "EHLO old.example"}, "EHLO new.example", ""},
		{Taken{Verb: record.VerbEHLO, Line: "EHLO old.example", Edited: true}, "EHLO old.example", ""},
		{Taken{Verb: record.VerbRaw, Line: "XCLIENT A=B", Edited: true}, "XCLIENT A=B", ""},
		{Taken{Verb: record.VerbRaw, Line: "PASS " + sasl.Mask, Edited: true}, "", "contains a masked secret"},
		{Taken{Verb: record.VerbAuth, Line: "AUTH PLAIN " + sasl.Mask}, "", "a password is needed"},
		{Taken{Verb: record.VerbContent}, "", "cannot be taken here"},
	} {
		o, yours := test.taken.Again(s, g)
		if o.Step.Line != test.line || !strings.Contains(yours, test.yours) || (yours != "") != (test.yours != "") {
			t.Errorf("%+v: %q, yours %q", test.taken, o.Step.Line, yours)
		}
	}
	g.Credentials.Password = sasl.NewSecret("secret")
	if o, yours := (Taken{Verb: record.VerbAuth, Line: "AUTH PLAIN " + sasl.Mask}).Again(s, g); o.Step.Mechanism != "PLAIN" || yours != "" {
		t.Errorf("with a password: %+v, yours %q", o.Step, yours)
	}
}

// What the server says otherwise is told with both answers.
func TestDiffers(t *testing.T) {
	rcpt := Taken{Verb: record.VerbRcpt, Answer: "250"}
	for _, test := range []struct {
		now  Taken
		want string
	}{
		{Taken{Verb: record.VerbRcpt, Line: "other", Answer: "250"}, ""},
		{Taken{Verb: record.VerbRcpt, Answer: "550"}, "RCPT ended with 550, but with 250 in the transcript"},
		{Taken{Verb: record.VerbRcpt, Answer: "timeout"}, "RCPT ended with timeout"},
		{Taken{Verb: record.VerbQuit, Answer: "250"}, "differs from the recorded"},
	} {
		if got := rcpt.Differs(test.now); !strings.Contains(got, test.want) || (got != "") != (test.want != "") {
			t.Errorf("%+v: %q", test.now, got)
		}
	}
}
