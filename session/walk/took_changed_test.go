package walk

import (
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

// A certificate that is not the remembered one is pointed at, with what speaks for a renewal and what against.
func TestCertificateChanged(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	known := record.KnownCertificate{Server: "mail.example:465", SHA256: "AA", Issuer: "CN=R1", NotBefore: now.AddDate(0, 0, -10), NotAfter: now.AddDate(0, 0, 80), Seen: now.AddDate(0, 0, -5)}
	with := func(change func(*record.KnownCertificate)) *record.KnownCertificate {
		k := known
		change(&k)
		return &k
	}
	for name, test := range map[string]struct {
		known        *record.KnownCertificate
		sha256, want string // nothing is found where want is empty
	}{
		"nothing is remembered": {nil, "BB", ""},
		"the same":              {&known, "AA", ""},
		"of another server":     {with(func(k *record.KnownCertificate) { k.Server = "mail.example:587" }), "BB", ""},
		"same issuer":           {&known, "BB", "than on 24 February 2026: its SHA-256 was AA and is BB. The issuer is the same, and the earlier certificate was not about to expire: it is valid until 20 May 2026."},
		"another issuer":        {with(func(k *record.KnownCertificate) { k.Issuer = "CN=R2" }), "BB", "The issuer differs: CN=R2 before, CN=R1 now, and"},
		"about to expire":       {with(func(k *record.KnownCertificate) { k.NotAfter = now.AddDate(0, 0, 4) }), "BB", "was about to expire, on 5 March 2026"},
		"expired":               {with(func(k *record.KnownCertificate) { k.NotAfter = now.AddDate(0, 0, -1) }), "BB", "expired on 28 February 2026, so a new one was due"},
	} {
		s := record.Snapshot{State: record.NewState(), Start: &record.Start{Time: now, Plan: record.Plan{Target: record.Target{Host: "mail.example", Port: 465}, Known: test.known}}}
		e := record.Event{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.3", Verified: true, Chain: record.Listed([]record.Certificate{{SHA256: test.sha256, Issuer: "CN=R1"}})}}
		got := ""
		for _, o := range Took(&s, &e) {
			if o.Finding != nil && o.Finding.Code == record.FoundCertificateChanged {
				got = o.Finding.Text
			}
		}
		if !strings.Contains(got, test.want) || got != "" != (test.want != "") {
			t.Errorf("%s: found %q, want %q", name, got, test.want)
		}
	}
}
