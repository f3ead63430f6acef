package walk

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// A group goes from MAIL to DATA, and no further than what was asked for (RFC 2920 §3.1).
func TestGroups(t *testing.T) {
	ready, mail := record.State{Stage: record.StageReady, ESMTP: true, Transaction: record.TransactionNone}, record.State{Stage: record.StageReady, ESMTP: true, Transaction: record.TransactionMail}
	g := Goal{From: "ann@lab.test", To: []string{"bob@lab.test", "carol@lab.test"}, Pipelining: true}
	var many []string
	for i := range 250 {
		many = append(many, fmt.Sprintf("%d@lab.test", i))
	}
	for name, test := range map[string]struct {
		state record.State
		goal  func(*Goal)
		caps  string
		verb  record.Verb
		want  string // the first words
		n     int
	}{
		"the envelope":         {ready, func(*Goal) {}, "PIPELINING", record.VerbGroup, "MAIL RCPT RCPT DATA", 4},
		"not offered":          {ready, func(*Goal) {}, "SIZE", record.VerbQuit, "", 0},
		"not asked for":        {ready, func(g *Goal) { g.Pipelining = false }, "PIPELINING", record.VerbMail, "", 0},
		"up to RCPT":           {ready, func(g *Goal) { g.Until = record.PhaseRcpt }, "PIPELINING", record.VerbGroup, "MAIL RCPT RCPT", 3},
		"up to MAIL":           {ready, func(g *Goal) { g.Until = record.PhaseMail }, "PIPELINING", record.VerbMail, "", 0},
		"chunks after it":      {ready, func(g *Goal) { g.Chunking = true }, "PIPELINING CHUNKING", record.VerbGroup, "MAIL RCPT RCPT", 3},
		"the rest":             {mail, func(*Goal) {}, "PIPELINING", record.VerbGroup, "RCPT RCPT DATA", 3},
		"more than is allowed": {ready, func(g *Goal) { g.To = many }, "PIPELINING", record.VerbGroup, "MAIL RCPT", mostInGroup},
	} {
		goal := g
		test.goal(&goal)
		s := snapshotOf(test.state, listed(strings.Fields(test.caps)...))
		s.Start.Policy.Start = record.StartNever
		st := Next(s, goal)
		var words []string
		for _, line := range st.Group {
			words = append(words, commandWord(line))
		}
		if st.Verb != test.verb || len(words) != test.n || !strings.HasPrefix(strings.Join(words, " "), test.want) {
			t.Errorf("%s: %s %v, want %s %s", name, st.Verb, words, test.verb, test.want)
		}
	}
}

// A group can be chosen where the server offers PIPELINING and there is more than one command to send, by those too who asked for none.
func TestGroupsCanBeChosen(t *testing.T) {
	ready := record.State{Stage: record.StageReady, ESMTP: true, Transaction: record.TransactionNone}
	for name, test := range map[string]struct {
		caps, to string
		want     bool
	}{"offered": {"PIPELINING", "bob@lab.test", true}, "not offered": {"SIZE", "bob@lab.test", false}, "nobody to write to": {"PIPELINING", "", false}} {
		s := snapshotOf(ready, listed(test.caps))
		s.Start.Policy.Start = record.StartNever
		options := Options(s, Goal{From: "ann@lab.test", To: strings.Fields(test.to)})
		i := slices.IndexFunc(options, func(o Option) bool { return o.Step.Verb == record.VerbGroup })
		if (i > 0) != test.want {
			t.Errorf("%s: %d", name, i)
		}
		if i > 0 && (options[i].Predicted.Reply != "250, 250, 354" || options[i].Why == "") {
			t.Errorf("%s: %+v", name, options[i].Predicted)
		}
	}
}

// A server may accept DATA although it refused every recipient; then the client sends no message.
func TestGroupWithoutRecipients(t *testing.T) {
	s := snapshotOf(record.State{Stage: record.StageReady, ESMTP: true, Transaction: record.TransactionData}, nil)
	st := Compose(s, Goal{To: []string{"bob@lab.test"}, Pipelining: true}, record.VerbContent)
	if st.Message.Size != 0 {
		t.Errorf("%d bytes", st.Message.Size)
	}
}

// What the commands of a recorded group came to can be taken again one by one.
func TestGroupRetraced(t *testing.T) {
	var log record.Log
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{}})
	log.Append(record.Event{Kind: record.KindSend, Step: record.VerbGroup, Send: &record.Send{Raw: wire.Raw("MAIL FROM:<a>\r\nRCPT TO:<b>\r\nRCPT TO:<c>\r\n"), Group: 3}})
	for i, v := range []record.Verb{record.VerbMail, record.VerbRcpt, record.VerbRcpt} {
		r := &record.Reply{Place: i + 1}
		r.Code = 250 + i
		log.Append(record.Event{Kind: record.KindReply, Step: v, Reply: r})
	}
	want := []Taken{{Verb: record.VerbMail, Line: "MAIL FROM:<a>", Answer: "250"}, {Verb: record.VerbRcpt, Line: "RCPT TO:<b>", Answer: "251"}, {Verb: record.VerbRcpt, Line: "RCPT TO:<c>", Answer: "252"}}
	if got := Retrace(&log, log.Len()).Steps; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
