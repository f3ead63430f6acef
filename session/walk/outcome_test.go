package walk

import (
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// What a server listed before STARTTLS is no success where TLS was to start after it, also where the policy does without TLS: not
// before STARTTLS is sent, not while its reply or the handshake is awaited. Where STARTTLS is not offered, or failed, it is.
func TestAListBeforeTLSDecidesNothing(t *testing.T) {
	for _, c := range []struct {
		offers string
		done   record.Phase
		failed record.Phase
		want   record.Outcome
		when   string
	}{
		{"PIPELINING", record.PhaseEHLO, "", record.OutcomeDone, "STARTTLS is not offered"},
		{"STARTTLS", record.PhaseEHLO, "", record.OutcomeStopped, "STARTTLS was not sent, or not answered"},
		{"STARTTLS", record.PhaseSTARTTLS, "", record.OutcomeStopped, "the handshake was stopped"},
		{"STARTTLS", record.PhaseEHLO, record.PhaseSTARTTLS, record.OutcomeDone, "STARTTLS was refused"},
		{"STARTTLS", record.PhaseEHLO, record.PhaseHandshake, record.OutcomeDone, "the handshake of an earlier connection failed"},
	} {
		s := waiting(25)
		s.Start.Policy.Must = record.MustOpportunistic
		s.Capabilities = &record.Capabilities{Capabilities: wire.Capabilities{Keywords: []wire.Capability{{Keyword: c.offers}}}}
		s.State = s.State.WithDone(record.PhaseEHLO).WithDone(c.done).WithFailed(c.failed)
		s.State.Stage = record.StageClosed
		if v := Outcome(s, Ending{}); v.Outcome != c.want {
			t.Errorf("%s: %s, want %s", c.when, v.Outcome, c.want)
		}
	}
}
