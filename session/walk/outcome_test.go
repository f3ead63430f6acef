package walk

import (
	"testing"

	"ehlo/session/record"
)

// What a server listed before STARTTLS is no success where the handshake after it was stopped, also where the policy does
// without TLS.
func TestAStoppedHandshakeDecidesNothing(t *testing.T) {
	for _, upgrading := range []bool{false, true} {
		s, want := waiting(25), record.OutcomeDone
		s.Start.Policy.Must = record.MustOpportunistic
		s.State = s.State.WithDone(record.PhaseEHLO)
		if upgrading {
			s.State, want = s.State.WithDone(record.PhaseSTARTTLS), record.OutcomeStopped
		}
		s.State.Stage = record.StageClosed
		if v := Outcome(s, Ending{}); v.Outcome != want {
			t.Errorf("STARTTLS accepted %v: %+v", upgrading, v)
		}
	}
}
