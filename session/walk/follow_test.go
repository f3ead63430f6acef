package walk

import (
	"crypto/x509"
	"strings"
	"testing"

	"ehlo/session/certificate"
	"ehlo/session/certificate/pkitest"
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

// An attempt that an advice puts behind says why it went no further, where no step of it failed: a certificate that is not trusted, and a
// password that is not there.
func TestWhatAnAttemptCameToIsLeft(t *testing.T) {
	untrusted := record.Snapshot{Start: &record.Start{Plan: record.Plan{Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire}}},
		State: record.State{Stage: record.StageReady, Security: record.SecurityUnverified},
		TLS:   &record.TLS{Version: "TLS 1.3", Checks: record.Listed([]record.Check{{Name: "chain", Finding: record.FoundCertificateUnknownIssuer, Text: "the issuer is not trusted"}})}}
	_, c, err := Follow(untrusted, Goal{}, record.Advice{Do: record.TrustCA}, "")
	if err != nil || c.Left == nil || c.Left.Finding != record.FoundCertificateUnknownIssuer || c.Left.Cause == "" || c.Left.Outcome != record.OutcomeUnsafe {
		t.Errorf("%+v, %v", c.Left, err)
	}
	untrusted.Failures = []record.Failure{{Finding: &record.Finding{Code: record.FoundCredentialsWrong}}}
	if _, c, _ := Follow(untrusted, Goal{}, record.Advice{Do: record.TrustCA}, ""); c.Left != nil {
		t.Errorf("beside a failure: %+v", c.Left)
	}
	fine := record.Snapshot{Start: &record.Start{}, State: record.State{Stage: record.StageIdle}}
	if _, c, _ := Follow(fine, Goal{}, record.Advice{Do: record.RetryAfter}, ""); c.Left != nil {
		t.Errorf("before any step: %+v", c.Left)
	}
}

// Before roots are trusted a person sees which they are.
func TestTrustIsAskedForWithAFingerprint(t *testing.T) {
	root := pkitest.Lab().Root
	g := Trusts(record.Snapshot{}, certificate.Roots{New: []*x509.Certificate{root}, Handed: certificate.HandedOver(root)})
	if want := certificate.DescribeCertificate(root).SHA256; strings.Count(g.Why, want) != 2 || !strings.Contains(g.Why, "Handed over by the administrator: ") || !strings.Contains(g.Question, "trust Lab Root") {
		t.Errorf("%s\n%s", g.Question, g.Why)
	}
}

// Nothing is said to be looked up where nothing is.
func TestAnAddressIsNotLookedUp(t *testing.T) {
	for want, plan := range map[string]record.Plan{
		"look up mail.lab":                          {Target: record.Target{Host: "mail.lab", Port: 25}},
		"use the address 192.0.2.25":                {Target: record.Target{Host: "192.0.2.25", Port: 25}},
		"leave the lookup of mail.lab to the proxy": {Target: record.Target{Host: "mail.lab", Port: 25}, Via: "a proxy"},
		"look up 192.0.2.26":                        {Target: record.Target{Host: "192.0.2.26", Port: 25}, Lookups: []record.Question{{}}},
	} {
		s := record.Snapshot{Start: &record.Start{Plan: plan}, State: record.State{Stage: record.StageIdle}}
		o := Propose(s, Goal{})
		if got := o.Label(s); got != want || strings.HasPrefix(got, "look up") != strings.HasPrefix(o.Why, "find the addresses") {
			t.Errorf("%s: %s, want %s", got, o.Why, want)
		}
	}
}
