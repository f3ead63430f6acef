package setup

import (
	"testing"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// A plan leads to a request that leads to the same plan, but for what was agreed to beforehand and for secrets.
func TestAgain(t *testing.T) {
	for _, asked := range []Request{
		{Target: "mail.example"}, {Target: "submissions://mail.example"}, {Target: "smtp://mail.example:465"}, {Target: "submissions://mail.example:4465"},
		{Target: "[2001:db8::1]:587", Network: "ip6"}, {Target: "mail.example", TLS: "off", Address: "192.0.2.1"}, {Target: "mail.example:587", TLS: "opportunistic"},
		{Target: "mail.example", TLS: "require", ServerName: "mx.example", TLSMax: "1.2", AllowUnverified: true, Goal: walk.Goal{EHLOName: "a.example", From: "a@b", To: []string{"c@d"}}},
		{Target: "lab:expired"}, {Target: "lab:", TLS: "implicit", Port: 465},
		{Target: "lab:", Port: 25, TLS: "opportunistic", Bare: true},
	} {
		s, err := New(asked)
		if err != nil {
			t.Fatal(err)
		}
		session := s.Session()
		first := session.Log().At(0).Start.Plan
		session.Close()
		again, err := New(Again(first, walk.Trail{Plan: first}.Wanted()))
		if err != nil {
			t.Errorf("%s: %v", asked.Target, err)
			continue
		}
		session = again.Session()
		second := session.Log().At(0).Start.Plan
		session.Close()
		first.Policy.AllowUnverified = false
		if first.Target != second.Target || first.Policy != second.Policy || first.ServerName != second.ServerName || first.TLSMax != second.TLSMax ||
			first.Scenario != second.Scenario || first.Title != second.Title || first.Address != second.Address || first.Network != second.Network || first.EHLOName != second.EHLOName || first.From != second.From {
			t.Errorf("%s:\n %+v\n %+v", asked.Target, first, second)
		}
	}
	if r := Again(record.Plan{SendMessage: true}, walk.Trail{Plan: record.Plan{SendMessage: true}}.Wanted()); r.Goal.SendMessage {
		t.Error("it is agreed to send a message")
	}
}
