package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

func session(t *testing.T) *record.Log {
	t.Helper()
	l := &record.Log{}
	l.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: "mail.lab", Port: 587}}}})
	l.Append(record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("EHLO laptop.test\r\n")}})
	l.Append(record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Code: 250, Raw: wire.Raw("250-mail.lab\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n")}}})
	state := record.NewState()
	l.Append(record.Event{Kind: record.KindState, State: &state})
	l.Append(record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "cert-expired", Severity: record.SeverityDanger, Text: "The certificate expired on 1 May."}})
	l.Append(record.Event{Kind: record.KindNote, Note: &record.Note{On: 2, Text: "Ümläute"}})
	return l
}

func query(t *testing.T, line string) Query {
	t.Helper()
	q, err := Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Every word has to stand in one line, in whatever case; the line that holds them is told.
func TestFindsTheLine(t *testing.T) {
	l := session(t)
	for typed, want := range map[string]string{
		"ehlo":           "1.0 EHLO laptop.test",
		"LOGIN auth":     "2.2 250 AUTH PLAIN LOGIN",
		"size":           "2.1 250-SIZE 1000",
		"size auth":      "",
		"cert-expired":   "4.0 danger cert-expired: The certificate expired on 1 May.",
		"CERT 1 may":     "4.0 danger cert-expired: The certificate expired on 1 May.",
		"üml":            "5.0 note on event 2: Ümläute",
		"ÜMLÄUTE":        "5.0 note on event 2: Ümläute",
		"mail.lab:587":   "0.0 mail.lab:587 (submission), STARTTLS if it is offered, 0001-01-01 00:00:00 UTC",
		"":               "",
		"nowhere at all": "",
	} {
		var got []string
		hits, next := query(t, typed).Scan(l, 0, l.Len(), 100, time.Hour)
		for _, h := range hits {
			got = append(got, fmt.Sprintf("%d.%d %s", h.Event, h.Line, h.Text))
		}
		if strings.Join(got, "\n") != want || next != l.Len() {
			t.Errorf("%q finds %q up to %d, want %q", typed, got, next, want)
		}
	}
}

// endless is a session of a great many events, of which every third greets.
type endless struct {
	record.Source
	asked int
}

func (s *endless) At(i int) *record.Event {
	s.asked++
	text := "250 ok\r\n"
	if i%3 == 0 {
		text = "220 hello\r\n"
	}
	return &record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(text)}}}
}

// It stops at so many hits, and when its time is over, and goes on from there without leaving any out.
func TestGoesOnInPortions(t *testing.T) {
	src := &endless{}
	hits, next := query(t, "hello").Scan(src, 0, 1_000_000, 200, time.Hour)
	if len(hits) != 200 || next != 598 || src.asked != next {
		t.Errorf("%d hits, %d events asked for, next is %d", len(hits), src.asked, next)
	}
	all, portions := 0, 0
	for at := 0; at < 3000; portions++ {
		hits, at = query(t, "hello").Scan(src, at, 3000, 1000, 0)
		all += len(hits)
	}
	if all != 1000 || portions < 2 {
		t.Errorf("%d hits in %d portions", all, portions)
	}
	src.asked = 0
	if _, next := query(t, " ").Scan(src, 0, 1_000_000, 200, time.Hour); next != 1_000_000 || src.asked > 0 {
		t.Errorf("nothing was looked for in %d events", src.asked)
	}
}

// walked is a session with two EHLOs, a refusal and a verdict.
func walked() *record.Log {
	l := &record.Log{}
	add := func(step record.Verb, e record.Event) { e.Step = step; l.Append(e) }
	state := func(done ...record.Phase) record.Event {
		st := record.NewState()
		st.Done = done
		return record.Event{Kind: record.KindState, State: &st}
	}
	say := func(line string) record.Event {
		return record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(line + "\r\n")}}
	}
	answer := func(line string) record.Event {
		return record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(line + "\r\n")}}}
	}
	add("", record.Event{Kind: record.KindStart, Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: "mail.lab", Port: 587}}}})
	add(record.VerbEHLO, say("EHLO me"))
	add(record.VerbEHLO, answer("250 mail.lab"))
	add(record.VerbEHLO, state(record.PhaseEHLO))
	add(record.VerbSTARTTLS, say("STARTTLS"))
	add(record.VerbHandshake, record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Dir: tlswire.ServerToClient, Name: "ServerHello"}})
	add(record.VerbHandshake, state(record.PhaseEHLO, record.PhaseSTARTTLS))
	add(record.VerbEHLO, say("EHLO me again"))
	add(record.VerbMail, say("MAIL FROM:<a@lab.test>"))
	add(record.VerbMail, answer("550 no"))
	add(record.VerbMail, record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "cert-expired", Severity: record.SeverityDanger, Phase: record.PhaseHandshake, Text: "It expired."}})
	add("", record.Event{Kind: record.KindEnd, End: &record.Verdict{Phase: record.PhaseMail, Finding: "cert-expired", Cause: "It expired."}})
	return l
}

// Conditions hold by what an event is, together with each other and with words.
func TestConditions(t *testing.T) {
	l := walked()
	for typed, want := range map[string][]int{
		"kind:reply":                  {2, 9},
		"kind:reply,start":            {0, 2, 9},
		"Kind:Reply,START":            {0, 2, 9},
		"kind:state":                  {3, 6},
		"kind:state starttls":         nil,
		"dir:client":                  {1, 4, 7, 8},
		"dir:server":                  {2, 5, 9},
		"dir:client,server":           {1, 2, 4, 5, 7, 8, 9},
		"phase:ehlo":                  {1, 2},
		"phase:ehlo kind:state":       {3},
		"phase:ehlo-again":            {7},
		"phase:handshake":             {5, 10},
		"phase:mail":                  {8, 9, 11},
		"finding:expired":             {10, 11},
		"finding:greylisted":          nil,
		"severity:danger":             {10},
		"severity:info,warn":          nil,
		"kind:send MAIL from:<a@":     {8},
		`"kind:reply"`:                nil,
		`"ehlo me" dir:client`:        {1, 7},
		`"me again`:                   {7},
		"kind:reply dir:client":       nil,
		"mail.lab:587":                {0},
		"kind:reply  dir:server  550": {9},
	} {
		var got []int
		hits, _ := query(t, typed).Scan(l, 0, l.Len(), 100, time.Hour)
		for _, h := range hits {
			got = append(got, h.Event)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", typed, got, want)
		}
	}
}

// What cannot be asked for is said, with what can.
func TestConditionsThatAreNone(t *testing.T) {
	for typed, want := range map[string]string{
		"kind:lunch":       `there is no kind of event "lunch"; there is about, auth, capabilities, change, connect, end,`,
		"dir:up":           `there is no side "up"; there is client, server`,
		"dir:":             "dir: needs a value: client, server",
		"phase:ehlo,,mail": "phase: needs a value: resolve, connect,",
		"finding:":         "finding: needs a part of the code of a finding",
		"severity:bad 550": `there is no severity "bad"; there is info, warn, danger`,
	} {
		if _, err := Parse(typed); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", typed, err, want)
		}
	}
}
