package walk

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// most bounds what may follow from one observation: the findings of a reply, each kind once, and the state.
const most = 40

// FuzzTook: whatever a server sends in answer to whatever step, what follows is bounded, is fit for a terminal, and does not
// depend on anything but what was known and seen.
func FuzzTook(f *testing.F) {
	for _, reply := range []string{"220 mail.lab ESMTP Postfix\r\n", "250-mail.lab\r\n250-XXXXXXXA\r\n250 AUTH PLAIN\r\n", "334 \r\n", "235 2.7.0 ok\r\n",
		"535 5.7.8 no\r\n", "421 4.3.2 \x1b[2J\u202e\r\n", "250-a\r\n550 b\r\n", "500 PROXY TCP4 1.2.3.4\r\n", "HTTP/1.1 400\r\n", "\x15\x03\x01\x00\x02\x02\x28", "250-half", "999 x\n", ""} {
		for i := range verbs() {
			f.Add([]byte(reply), uint8(i), uint8(i*7), "MAIL FROM:<a@b> SIZE=9")
		}
	}
	f.Add([]byte("235 ok\r\n"), uint8(slices.IndexFunc(verbs(), func(r verb) bool { return r.verb == record.VerbAuth })), uint8('1'), "AUTH \x7f")
	f.Add([]byte("500 no\r\n"), uint8('7'), uint8('8'), "RCPT TO:<\x7f")
	troubles := []record.Trouble{"", record.TroubleTimeout, record.TroubleGaveUp, record.TroubleCanceled, record.TroubleClosed, record.TroubleCutOff, record.TroubleReset,
		record.TroubleTLSBytes, record.TroubleNotSMTP, record.TroubleTooLong, record.TroubleDamaged, "unheard of"}
	f.Fuzz(func(t *testing.T, data []byte, verb, situation uint8, line string) {
		list := situations()
		sit := list[int(situation)%len(list)]
		s := snapshotOf(sit.s, sit.caps)
		v := verbs()[int(verb)%len(verbs())].verb
		s = taken(t, s, record.Event{Kind: record.KindSend, Step: v, Send: &record.Send{Raw: wire.Raw(line)}})
		reply, err := wire.NewReader(strings.NewReader(string(data)), wire.Limits{}).ReadReply()
		r := &record.Reply{Reply: reply, Unasked: situation%5 == 0}
		if err != nil {
			r.Trouble, r.Error = troubles[int(situation)%len(troubles)], wire.VisibleString(err.Error())
		}
		s = taken(t, s, record.Event{Kind: record.KindReply, Step: v, Reply: r})
		judged(t, s)
	})
}

// taken folds an event and what follows from it.
func taken(t *testing.T, s record.Snapshot, e record.Event) record.Snapshot {
	t.Helper()
	again := e
	follows := Took(&s, &e)
	if len(follows) > most {
		t.Fatalf("%d events follow from %+v", len(follows), e)
	}
	if a, b := written(t, Took(&s, &again)), written(t, follows); a != b || written(t, e) != written(t, again) {
		t.Fatalf("once\n%s\nand once\n%s", b, a)
	}
	s = s.Next(&e)
	for _, f := range follows {
		if f.Kind.Observed() {
			t.Fatalf("%s does not follow, it is observed", f.Kind)
		}
		if text := written(t, f); wire.VisibleString(text) != text || len(text) > 1<<20 {
			t.Fatalf("not fit for a terminal: %.2000q", text)
		}
		s = s.Next(&f)
	}
	return s
}

// judged wants a whole verdict, whatever the session.
func judged(t *testing.T, s record.Snapshot) {
	t.Helper()
	for _, how := range []Ending{{}, {CutOff: true}} {
		v := Outcome(s, how)
		if v.Cause == "" || v.Outcome == "" || v.Phase == "" || (v.Exit == record.ExitOK) != (v.Outcome == record.OutcomeDone) {
			t.Fatalf("%+v\nof %+v", v, s)
		}
		if text := written(t, v); wire.VisibleString(text) != text {
			t.Fatalf("not fit for a terminal: %q", text)
		}
	}
}

func written(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// FuzzOutcome: a file may claim any state and any failures, and its verdict is whole all the same.
func FuzzOutcome(f *testing.F) {
	for seed := range uint64(128) {
		f.Add(seed, "550 5.1.1 no\r\n", "RCPT TO:<bob@mail.lab>")
	}
	f.Fuzz(func(t *testing.T, seed uint64, reply, line string) {
		r := rand.New(rand.NewPCG(seed, 1))
		var states []record.State
		everyState(func(s record.State) { states = append(states, s) })
		s, g := surround(r, states[r.IntN(len(states))])
		plan := g.Plan()
		plan.Target, plan.Policy = s.Start.Target, s.Start.Policy
		s.Start.Plan = plan
		answer, _ := wire.NewReader(strings.NewReader(reply), wire.Limits{}).ReadReply()
		for i := range r.IntN(4) {
			row := record.Findings[r.IntN(len(record.Findings))]
			s.Failures = append(s.Failures, record.Failure{Seq: i + 1, Step: verbs()[r.IntN(len(verbs()))].verb, Reply: some(r, nil, &record.Reply{Reply: answer}),
				Finding: &record.Finding{Code: row.Code, Text: "No.", Phase: some(r, record.AllPhases...), Reply: answer.Code, Waited: r.IntN(4) == 0}, Line: wire.VisibleString(line)})
		}
		judged(t, s)
	})
}

// FuzzEvents: a log may come from anywhere. Whatever it claims to have observed, what follows is bounded, and it gets a verdict.
func FuzzEvents(f *testing.F) {
	start := `{"kind":"start","start":{"format":"x","target":{"host":"mail.lab","port":25},"policy":{"start":"starttls","must":"require"},"user":"ann"}}`
	for _, lines := range []string{
		`{"kind":"resolve","step":"resolve","resolve":{"host":"a","trouble":"not-found","error":"no"}}`,
		`{"kind":"connect","step":"connect","connect":{"remote":"1.2.3.4:25","trouble":"refused","error":"refused"}}`,
		`{"kind":"probe","probe":{"remote":"x","raw":"220 \u001b"}}`,
		`{"kind":"tls","step":"handshake","tls":{"verified":true,"version":"TLS 1.3"}}` + "\n" + `{"kind":"reply","step":"ehlo","reply":{"raw":"250 x\r\n","code":250}}`,
		`{"kind":"tls","step":"handshake","tls":{"error":"x","foreign":"220 hi\r\n","checks":[{"name":"time","finding":"cert-expired","text":"a"}]}}`,
		`{"kind":"tls","step":"` + "\x7f" + `","tls":{"verified":false,"error":"x"}}`,
		`{"kind":"tls","tls":{"checks":[{"finding":"` + "\x7f" + `"}]}}`,
		`{"kind":"auth","step":"auth","auth":{"mechanism":"PLAIN","from":"S","outcome":"unproved","findings":[{"code":"x","text":"y"}]}}`,
		`{"kind":"send","step":"data","send":{"raw":"","content":true,"gives":"password","trouble":"reset","error":"x"}}`,
		`{"kind":"fault","step":"mail","fault":{"doing":"x"}}` + "\n" + `{"kind":"reveal","reveal":{"on":true}}`,
		`{"kind":"change","change":{"advice":{"do":"use-tls"},"plan":{"target":{"host":"b"}},"reconnect":true}}`,
		`{"kind":"tls-message","tls-message":{"name":"Alert","kind":"alert"}}`,
	} {
		f.Add(start + "\n" + lines)
	}
	f.Fuzz(func(t *testing.T, log string) {
		s := taken(t, record.Snapshot{State: record.NewState()}, record.Event{Kind: record.KindStart, Start: &record.Start{}})
		for line := range strings.Lines(log) {
			var e record.Event
			if json.Unmarshal([]byte(line), &e) != nil || !e.Kind.Observed() || !holds(e) {
				continue
			}
			s = taken(t, s, e)
		}
		judged(t, s)
	})
}

// holds reports whether an event has what its kind names, without which no reader lets it pass.
func holds(e record.Event) bool {
	switch e.Kind {
	case record.KindStart:
		return e.Start != nil
	case record.KindLookup:
		return e.Lookup != nil
	case record.KindResolve:
		return e.Resolve != nil
	case record.KindConnect:
		return e.Connect != nil
	case record.KindProbe:
		return e.Probe != nil
	case record.KindSend:
		return e.Send != nil
	case record.KindReply:
		return e.Reply != nil
	case record.KindTLSMessage:
		return e.TLSMessage != nil
	case record.KindTLS:
		return e.TLS != nil
	case record.KindAuth:
		return e.Auth != nil
	case record.KindReveal:
		return e.Reveal != nil
	case record.KindChange:
		return e.Change != nil
	case record.KindFault:
		return e.Fault != nil
	}
	return false
}
