package walk

import (
	"testing"

	"ehlo/session/record"
)

// What is judged in the handshake counts from the next handshake on; what a login needs is given on the connection that there is.
func TestAdviceAboutTheHandshakeConnectsAgain(t *testing.T) {
	s := record.Snapshot{Start: &record.Start{}, State: record.State{Stage: record.StageReady}}
	for do, again := range map[record.Action]bool{record.TrustCA: true, record.GiveClientCertificate: true, record.RetryAfter: true, record.GivePassword: false, record.TryMechanism: false} {
		_, change, err := Follow(s, Goal{}, record.Advice{Do: do}, "")
		if err != nil || change.Reconnect != again {
			t.Errorf("%s: connects again %v, want %v, %v", do, change.Reconnect, again, err)
		}
	}
}
