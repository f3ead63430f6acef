package lab

import (
	"crypto/sha256"
	"fmt"
	"net/smtp"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
)

// What the stories say of records is so in the practice zone: each row is an answer by its data, or the status.
func TestRecordsOfScenarios(t *testing.T) {
	rows := map[string]string{
		"A mx1.backup.example":              "127.0.0.11",
		"PTR 20.2.0.192.in-addr.arpa":       "NXDOMAIN",
		"PTR 30.2.0.192.in-addr.arpa":       "host30.isp.example.",
		"A host30.isp.example":              "192.0.2.31",
		"A 77.113.0.203.list.example":       "127.0.0.10",
		"TXT 77.113.0.203.list.example":     `"203.0.113.77 is a home address, see https://list.example/?203.0.113.77"`,
		"A 25.2.0.192.list.example":         "NXDOMAIN",
		"TXT shop.example":                  `"v=spf1 ip4:192.0.2.25 -all"`,
		"TXT 2026._domainkey.news.example":  "NXDOMAIN",
		"TXT 2025._domainkey.news.example":  `"v=DKIM1; k=ed25519; p=HRdWqsSSXN6fgK6Qv8bnK6j+X1NayFobThY66C3EpVU="`,
		"TXT bulk.example":                  `"v=spf1 ip4:192.0.2.60 -all"`,
		"TXT _dmarc.bank.example":           `"v=DMARC1; p=reject; rua=mailto:dmarc@bank.example"`,
		"TXT _mta-sts.sts.example":          `"v=STSv1; id=20261015"`,
		"policy sts.example":                "version: STSv1; mode: enforce; mx: mx.sts.example; max_age: 604800",
		"TLSA _25._tcp.mx.dane.example":     "NXDOMAIN", // the scenario adds it
		"TLSA _25._tcp.mx.old-dane.example": "3 0 1 870ba4a0508509f62c3a68a8445c5558ade828986c600ee9e559857b4af0431c",
		"TXT _smtp._tls.reports.example":    `"v=TLSRPTv1; rua=mailto:tls-reports@reports.example"`,
	}
	l := scenario(t, "")
	for _, sc := range Scenarios() {
		for _, q := range record.Questions(sc.Lookups) {
			want, known := rows[q.String()]
			answer := l.Ask(t.Context(), q)
			got := answer.Status
			if len(answer.Answers) > 0 {
				got = strings.Join(answer.Of(q.Type), " | ")
			}
			if !known || got != want {
				t.Errorf("%s: %s is %s, want %s", sc.Name, q, got, want)
			}
		}
	}
}

// The TLSA record of the scenario about DANE is that of the certificate in the session, and that of the other one is not.
func TestTLSA(t *testing.T) {
	for name, want := range map[string]bool{"dane": true, "dane-mismatch": false} {
		l := scenario(t, name)
		conn := dial(t, l, 25).conn
		c, err := smtp.NewClient(conn, "mx.lab")
		check(t, err)
		check(t, c.StartTLS(clientConfig(l)))
		state, _ := c.TLSConnectionState()
		answer := l.Ask(t.Context(), record.Questions(l.Scenario().Lookups)[0])
		sum := fmt.Sprintf("3 0 1 %x", sha256.Sum256(state.PeerCertificates[0].Raw))
		if got := answer.Of("TLSA"); len(got) != 1 || (got[0] == sum) != want || !answer.Proved {
			t.Errorf("%s: %v, the certificate is %s", name, answer, sum)
		}
	}
}

// A policy lists the hosts of the domain's MX records where it is in force (RFC 8461 §4.1).
func TestPolicies(t *testing.T) {
	l := scenario(t, "")
	for _, domain := range []string{"lab.test", "sts.example"} {
		policy := l.Ask(t.Context(), record.Question{Type: record.TypePolicy, Name: domain}).Of(record.TypePolicy)
		for _, mx := range l.Ask(t.Context(), record.Question{Type: "MX", Name: domain}).Of("MX") {
			_, host, _ := strings.Cut(strings.TrimSuffix(mx, "."), " ")
			if len(policy) != 1 || !strings.Contains(policy[0], "mx: "+host+";") || !strings.Contains(policy[0], "mode: enforce") {
				t.Errorf("%s: %q has no %s", domain, policy, host)
			}
		}
	}
	if got := l.Ask(t.Context(), record.Question{Type: record.TypePolicy, Name: "shop.example"}); !got.Empty() {
		t.Errorf("%+v", got)
	}
}

// The server names the client by the address that the story gives it.
func TestClientAddress(t *testing.T) {
	for _, sc := range Scenarios() {
		if client := sc.Knobs.Client; client != "" && !sc.Knobs.SPF && !slices.ContainsFunc(sc.Knobs.Answers, func(a answer) bool { return strings.Contains(a.Reply, "["+client+"]") }) {
			t.Errorf("%s: no reply names %s", sc.Name, client)
		}
	}
}

// The log names a client as a mail server does that has looked its address up.
func TestClientName(t *testing.T) {
	for name, want := range map[string]string{"submission": "localhost", "dnsbl": "dyn-203-0-113-77.isp.example", "dmarc-reject": "out.bulk.example", "no-reverse-dns": "unknown", "reverse-dns-mismatch": "unknown"} {
		f := &front{lab: scenario(t, name)}
		if got := f.peerName(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
