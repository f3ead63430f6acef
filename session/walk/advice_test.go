package walk

import (
	"testing"

	"ehlo/session/record"
)

// A password helps where the server offers a login. A relay that has none is left for a submission port.
func TestAPasswordIsAdvisedWhereThereIsALogin(t *testing.T) {
	for keyword, want := range map[string]record.Advice{
		"AUTH PLAIN": {Do: record.GivePassword, Text: "log in on a submission port"}, "HELP": {Do: record.DoAsTold, Text: "log in on a submission port"},
	} {
		s := record.Snapshot{Start: &record.Start{}, Capabilities: listed("x", keyword)}
		s.Start.Target.Port = record.PortRelay
		s.State.Security = record.SecurityVerified
		f := record.NewFinding(record.FoundRelayingDenied, "x")
		if got := AdviceOn(s, f); len(got) < 3 || got[2] != want {
			t.Errorf("a server with %s: %+v", keyword, got)
		}
	}
}

// What is nobody's to repair but the reader's is not sent to the operator.
func TestTheOperatorIsNotAskedForNothing(t *testing.T) {
	s := record.Snapshot{Start: &record.Start{}}
	for who, want := range map[record.Who]int{record.WhoYou: 0, record.WhoOperator: 1} {
		f := &record.Finding{Code: record.FoundReplyMalformed, Who: who, Advice: []record.Advice{{Do: record.AskOperator}}}
		if got := AdviceOn(s, f); len(got) != want {
			t.Errorf("%s: %+v", who, got)
		}
	}
}
