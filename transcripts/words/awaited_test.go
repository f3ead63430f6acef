package words

import (
	"testing"

	"ehlo/session/record"
)

// A second connection is told of where there is one: not on port 25, where a pause is how servers catch robots, and not in TLS.
func TestMeanwhile(t *testing.T) {
	for _, c := range []struct {
		port     int
		security record.Security
		verb     record.Verb
		left     bool
		told     bool
	}{
		{587, record.SecurityPlain, record.VerbGreeting, false, true}, {25, record.SecurityPlain, record.VerbGreeting, false, false},
		{465, record.SecurityVerified, record.VerbGreeting, false, false}, {587, record.SecurityPlain, record.VerbGreeting, true, false},
		{587, record.SecurityPlain, record.VerbEHLO, false, false}, {587, record.SecurityPlain, record.VerbHandshake, false, false},
		{25, record.SecurityPlain, record.VerbHandshake, true, true},
	} {
		s := record.Snapshot{Start: &record.Start{Plan: record.Plan{Target: record.Target{Port: c.port}}}, State: record.NewState()}
		s.State.Security = c.security
		if got := Meanwhile(s, c.verb, c.left); (got != "") != c.told {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
