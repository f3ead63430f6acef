package walk

import (
	"slices"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// What a goal has otherwise than before is in the plan, by its name, and a secret is not; the rest of the plan stays.
func TestSettled(t *testing.T) {
	before := Goal{From: "ann@lab.test", To: []string{"bbo@lab.test"}}
	s := record.Snapshot{Start: &record.Start{Plan: record.Plan{Scenario: "unknown-user", TLSMax: "1.2", Captured: true, From: before.From, To: before.To}}}
	if c, changed := Settled(s, before, before); changed {
		t.Errorf("%+v", c)
	}
	g := before
	g.Credentials.Password = sasl.NewSecret("tulip-42")
	if c, changed := Settled(s, before, g); changed {
		t.Errorf("a secret changes the plan: %+v", c)
	}
	g.To, g.Mechanism, g.Auth.Initial = []string{"bob@lab.test"}, "LOGIN", record.InitialNo
	c, changed := Settled(s, before, g)
	if !changed || !c.ByHand() || c.Reconnect || !slices.Equal(c.Settings, []string{"mechanism", "auth", "to"}) {
		t.Errorf("%+v", c)
	}
	if p := c.Plan; p.Mechanism != "LOGIN" || p.Auth == nil || p.Auth.Initial != record.InitialNo || p.To[0] != "bob@lab.test" || p.From != "ann@lab.test" || p.TLSMax != "1.2" || !p.Captured {
		t.Errorf("%+v", p)
	}
	next := s.Next(&record.Event{Kind: record.KindChange, Change: &c})
	if next.Start.To[0] != "bob@lab.test" || s.Start.To[0] != "bbo@lab.test" {
		t.Errorf("the plan after it is %+v", next.Start.Plan)
	}
}
