package walk

import (
	"slices"
	"testing"

	"ehlo/session/record"
	"ehlo/session/tlswire"
)

// A server of TLS 1.2 whose hello lacks renegotiation_info is pointed at: other clients refuse it. TLS 1.3 has no use for it.
func TestNoSecureRenegotiation(t *testing.T) {
	for _, test := range []struct {
		version string
		secure  bool
		want    bool
	}{{"TLS 1.2", false, true}, {"TLS 1.0", false, true}, {"TLS 1.2", true, false}, {"TLS 1.3", false, false}} {
		s := record.Snapshot{State: record.NewState(), Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: "mail.example"}}}}
		e := record.Event{Kind: record.KindTLS, TLS: &record.TLS{Version: test.version,
			Decided: &record.Decided{Stored: &tlswire.Summary{Complete: true, SecureRenegotiation: test.secure}}}}
		found := slices.ContainsFunc(Took(&s, &e), func(o record.Event) bool {
			return o.Finding != nil && o.Finding.Code == record.FoundTLSNoSecureRenegotiation
		})
		if found != test.want {
			t.Errorf("%s, renegotiation_info %v: found %v", test.version, test.secure, found)
		}
	}
}
