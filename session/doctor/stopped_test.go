package doctor

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// A session that a person stops has the steps that were through, and none of what was going on.
func TestStopped(t *testing.T) {
	start := record.Event{Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: "mail.example.org", Port: 587}}}}
	resolve := record.Event{Resolve: &record.Resolve{Addresses: []string{"192.0.2.25"}}}
	connect := record.Event{Connect: &record.Connect{Remote: "192.0.2.25:587"}}
	greeting := record.Event{Step: record.VerbGreeting, Reply: &record.Reply{Reply: wire.Reply{Code: 220, Lines: []wire.Line{{Text: "mail.example.org"}}}}}
	for _, c := range []struct {
		phase  record.Phase
		events []record.Event
		want   string
	}{
		{record.PhaseResolve, []record.Event{start}, ""},
		{record.PhaseResolve, []record.Event{start, {Resolve: &record.Resolve{Error: "canceled"}}}, ""},
		{record.PhaseResolve, []record.Event{start, resolve}, "name"},
		{record.PhaseConnect, []record.Event{start, resolve, connect}, "name, port"},
		{record.PhaseEHLO, []record.Event{start, resolve, connect, greeting}, "name, port, greeting"},
		{record.PhaseSTARTTLS, []record.Event{start, resolve, connect, greeting}, "name, port, greeting"},
		{record.PhaseHandshake, []record.Event{start, resolve, connect, greeting, {TLS: &record.TLS{Version: "TLS 1.3"}}}, "name, port, greeting, TLS"},
		{record.PhaseAuth, []record.Event{start, resolve, connect, greeting, {TLS: &record.TLS{Version: "TLS 1.3", Verified: true}}}, "name, port, greeting, TLS"},
	} {
		var log record.Log
		for _, e := range append(c.events, record.Event{End: &record.Verdict{Phase: c.phase, Outcome: record.OutcomeStopped, Exit: record.ExitStopped, Who: record.WhoYou}}) {
			log.Append(e)
		}
		var seen []string
		for _, step := range Read("mail.example.org", &log, Beside{}).Steps {
			if step.State == OK {
				seen = append(seen, step.Name)
			}
		}
		if got := strings.Join(seen, ", "); got != c.want {
			t.Errorf("stopped after %s: %q, want %q", c.phase, got, c.want)
		}
	}
}
