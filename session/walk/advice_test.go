package walk

import (
	"strings"
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

// Whatever is found, the advice is what a server of this kind can have: none that takes mail from other servers on port 25, or by LMTP, takes
// it on the ports where users log in. Who is refused because of a missing login is a user after all, unless MX records led here.
func TestAdviceSuitsTheRoleOfTheServer(t *testing.T) {
	roles := []struct {
		name            string
		port            int
		scheme, user    string
		mx, users, asks bool // whether users log in there; whether the server may ask for a login
	}{
		{name: "relay", port: record.PortRelay, asks: true}, {name: "relay by MX", port: record.PortRelay, mx: true},
		{name: "LMTP", port: record.PortLMTP, scheme: record.SchemeLMTP}, {name: "a login on port 25", port: record.PortRelay, user: "ann", users: true},
		{name: "submission", port: record.PortSubmission, user: "ann", users: true}, {name: "submissions", port: record.PortSubmissions, user: "ann", users: true},
	}
	kept := map[string]bool{}
	for _, role := range roles {
		s := waiting(role.port)
		s.Start.Target.Scheme, s.Start.MX, s.Start.User = role.scheme, role.mx, role.user
		for _, row := range record.Findings {
			asked := role.asks && (row.Code == record.FoundRelayingDenied || row.Code == record.FoundLoginRequired)
			for _, a := range AdviceOn(s, record.NewFinding(row.Code, "x")) {
				if a.Port == 0 || a.Port == role.port {
					continue
				}
				if kept[role.name] = true; !role.users && !asked {
					t.Errorf("%s, %s: %s", role.name, row.Code, a)
				}
			}
		}
		if kept[role.name] != (role.users || role.asks) {
			t.Errorf("%s: other ports are advised: %t", role.name, kept[role.name])
		}
	}
}

// Port 25 that does not answer is opened for a mail server, and left by a user.
func TestABlockedPort25(t *testing.T) {
	for user, want := range map[string]record.Action{"": record.DoAsTold, "ann": record.UseSTARTTLS} {
		s := waiting(record.PortRelay)
		s.State, s.Start.User = record.NewState(), user
		for _, e := range Took(&s, &record.Event{Kind: record.KindConnect, Step: record.VerbConnect, Connect: &record.Connect{Remote: "192.0.2.1:25", Trouble: record.TroubleTimeout}}) {
			if e.Finding == nil {
				continue
			}
			if list := AdviceOn(s, e.Finding); len(list) < 2 || list[0].Do != want || !strings.Contains(list[0].Text+list[len(list)-1].Text, "port 25") {
				t.Errorf("%q: %+v", user, list)
			}
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
