package ask

import (
	"context"
	"crypto/tls"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/session/tlswire/tlstest"
)

// What a server of OpenSSL accepts is what it was told to, also what crypto/tls lacks.
func TestOpenSSL(t *testing.T) {
	pair := tlstest.NewPair(t, "rsa")
	for name, c := range map[string]struct {
		options string
		ciphers string // of TLS 1.2, as OpenSSL names them; all that it lists with them are to be accepted
		want    map[uint16]survey.Version
	}{
		"one of each": {"-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384 -groups X448", "",
			map[uint16]survey.Version{tls.VersionTLS13: {Suites: []string{"TLS_AES_256_GCM_SHA384"}, Groups: []string{"x448"}}}},
		"finite fields": {"-tls1_3 -ciphersuites TLS_AES_128_CCM_8_SHA256:TLS_AES_128_CCM_SHA256 -groups ffdhe2048:P-521 -cipher ALL:@SECLEVEL=0", "",
			map[uint16]survey.Version{tls.VersionTLS13: {Suites: []string{"TLS_AES_128_CCM_8_SHA256", "TLS_AES_128_CCM_SHA256"}, Groups: []string{"ffdhe2048", "secp521r1"}}}},
		"TLS 1.2": {"-tls1_2 -cipher ECDHE-RSA-CAMELLIA256-SHA384:DHE-RSA-AES128-GCM-SHA256 -groups brainpoolP384r1:P-256", "",
			map[uint16]survey.Version{tls.VersionTLS12: {Suites: []string{"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384"}, Groups: []string{"brainpoolP384r1", "secp256r1"}, Prime: 2048}}},
		"everything": {"-tls1_2 -cipher ALL:eNULL:@SECLEVEL=0", "ALL:eNULL:@SECLEVEL=0", map[uint16]survey.Version{tls.VersionTLS12: {}}},
		"old":        {"-no_tls1_2 -no_tls1_3 -cipher ALL:@SECLEVEL=0", "", map[uint16]survey.Version{tls.VersionTLS10: {}, tls.VersionTLS11: {}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := tlstest.Serve(t, append(pair.Args(), strings.Fields(c.options)...)...)
			got := accepted(t, server.Address)
			for _, v := range got.Versions {
				want, is := c.want[v.Number]
				if v.Accepted != is || v.Unfinished {
					t.Errorf("%s: accepted %t, unfinished %t; want accepted %t", v.Name, v.Accepted, v.Unfinished, is)
				}
				if c.ciphers != "" && is {
					want.Suites = listed(t, c.ciphers)
				}
				if len(want.Suites) > 0 && !slices.Equal(sorted(v.Suites), sorted(want.Suites)) {
					t.Errorf("%s: the suites are\n%q, want\n%q", v.Name, sorted(v.Suites), sorted(want.Suites))
				}
				if len(want.Groups) > 0 && (!slices.Equal(sorted(v.Groups), sorted(want.Groups)) || v.Prime != want.Prime) {
					t.Errorf("%s: the groups are %q, %d bits, want %q, %d", v.Name, v.Groups, v.Prime, want.Groups, want.Prime)
				}
			}
		})
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// accepted asks a server that begins with TLS.
func accepted(t *testing.T, address string) *survey.Accepts {
	t.Helper()
	target := record.Target{Host: "mail.example.org", Port: record.PortSubmissions, Implicit: true}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
	cfg := Config{Session: engine.Config{Target: target, Timeout: 20 * time.Second, Dial: dial}}
	return cfg.accepts(t.Context(), survey.Cell{Address: "127.0.0.1", Port: target.Port, State: survey.StateTLS})
}

// listed are the cipher suites of TLS 1.2 that openssl names, without those for which the server has no key.
func listed(t *testing.T, ciphers string) (list []string) {
	t.Helper()
	out, err := exec.Command(tlstest.OpenSSL(), "ciphers", "-s", "-tls1_2", "-stdname", ciphers).Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		name := strings.Fields(line)[0]
		if !strings.Contains(name, "PSK") && !strings.Contains(name, "SRP") && !strings.Contains(name, "ECDSA") && !strings.Contains(name, "DSS") {
			list = append(list, name)
		}
	}
	return list
}
