package walk

import (
	"reflect"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// In LMTP a message is answered once for each recipient, in the order of RCPT (RFC 2033 §4.2).
func TestAnswersToEach(t *testing.T) {
	for _, test := range []struct {
		codes  []int
		to     []string // who got it
		done   bool     // the transaction is over
		failed bool
	}{
		{nil, nil, false, false},
		{[]int{250}, []string{"a"}, false, false},
		{[]int{250, 550}, []string{"a"}, true, false},
		{[]int{452, 250}, []string{"b"}, true, false},
		{[]int{250, 250}, []string{"a", "b"}, true, false},
		{[]int{550, 452}, nil, true, true},
	} {
		s := record.State{Stage: record.StageReady, LMTP: true, Transaction: record.TransactionData, Recipients: []string{"a", "b"}}
		for _, code := range test.codes {
			s = advance(s, record.VerbContent, "", &wire.Reply{Code: code})
		}
		if s.Answering != (len(test.codes) == 1) || !reflect.DeepEqual(s.DeliveredTo, test.to) || (s.Transaction == record.TransactionNone) != test.done || s.FailedAt(record.PhaseData) != test.failed {
			t.Errorf("%v: %+v", test.codes, s)
		}
		if want := min(len(test.to), 1); s.Delivered != want {
			t.Errorf("%v: %d messages, want %d", test.codes, s.Delivered, want)
		}
	}
}

// A state that a file holds may be one that no session comes to.
func TestAnswersToNobody(t *testing.T) {
	for _, answered := range []int{-1, 1, 7} {
		s := record.State{LMTP: true, Transaction: record.TransactionData, Recipients: []string{"a"}, Answered: answered}
		if s = advance(s, record.VerbContent, "", &wire.Reply{Code: 250}); s.Transaction != record.TransactionNone {
			t.Errorf("%d: %+v", answered, s)
		}
	}
}

func TestLHLOIsTyped(t *testing.T) {
	s := record.Snapshot{Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: "a", Scheme: record.SchemeLMTP}}}, State: record.State{Stage: record.StageGreeted}}
	p := Prepare(s, record.Step{Verb: record.VerbEHLO, Line: "lhlo me"}, nil)
	if v, ok := CommandVerb("LHLO me"); p.Step.Verb != record.VerbEHLO || v != record.VerbEHLO || !ok {
		t.Errorf("%v, %v", p.Step.Verb, v)
	}
	if line := Compose(s, Goal{EHLOName: "me"}, record.VerbEHLO).Line; line != "LHLO me" {
		t.Error(line)
	}
}
