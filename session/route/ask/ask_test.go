package ask

import (
	"crypto/tls"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/survey"
	surveys "ehlo/session/survey/ask"
	"ehlo/session/zone"
)

// What a person may name, and whether its word about signatures counts.
func TestNewResolver(t *testing.T) {
	for named, want := range map[string]string{
		"9.9.9.9": "9.9.9.9:53 no", "127.0.0.1": "127.0.0.1:53 yes", "127.0.0.1:5300": "127.0.0.1:5300 yes", "::1": "[::1]:53 yes", "[::1]:54": "[::1]:54 yes",
		"tls://9.9.9.9": "9.9.9.9:853 over TLS yes", "tls://dns.example:8853": "dns.example:8853 over TLS yes", "tls://[2620:fe::fe]": "[2620:fe::fe]:853 over TLS yes",
		"dns.example": "", "": "any", "9.9.9.9:0": "", "9.9.9.9:x": "", "tls://": "", "https://9.9.9.9": "", "tls://a b": "", "tls://ann@dns.example": "", "9.9.9.9:70000": "",
	} {
		r, err := NewResolver(named)
		switch {
		case want == "any":
		case err != nil && want != "" || err == nil && want == "":
			t.Errorf("%q: %v %v", named, r, err)
		case err == nil:
			if got := r.String() + map[bool]string{true: " yes", false: " no"}[r.Proves()]; got != want {
				t.Errorf("%q: %s, want %s", named, got, want)
			}
		}
	}
}

const records = `
shop.example.     SOA ns.example. host.example. 1 3600 900 604800 300
shop.example.     DNSKEY 257 3 15 r+IEfwbVIiEEz8FU4N6FWq/XDnNOH+WDu8wuef4DY0c=
shop.example.     MX 10 mx.shop.example.
mx.shop.example.  A 192.0.2.1
out.shop.example. A 5.0.0.1
out.shop.example. AAAA 2a00::1
out.shop.example. A 10.0.0.1
mta-sts.in.shop.example. A 127.0.0.1
`

func serve(t *testing.T) string {
	t.Helper()
	z, err := zone.Parse(records)
	if err != nil {
		t.Fatal(err)
	}
	s, err := zone.Serve(z, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.Addr
}

// The next resolver is asked where one does not answer.
func TestNextServer(t *testing.T) {
	r := &Resolver{Servers: []string{"127.0.0.1:1", serve(t)}}
	l := r.Ask(t.Context(), record.Question{Type: "MX", Name: "shop.example"})
	if data := l.Of("MX"); len(data) != 1 || data[0] != "10 mx.shop.example." || !l.Proved {
		t.Errorf("%+v", l)
	}
}

// The word of a resolver that is asked over the network in cleartext proves nothing.
func TestProofs(t *testing.T) {
	r := &Resolver{Servers: []string{serve(t), "192.0.2.1:53"}}
	if l := r.Ask(t.Context(), record.Question{Type: "MX", Name: "shop.example"}); l.Proved || l.Status != record.StatusNoError {
		t.Errorf("%+v", l)
	}
}

// A session gets no address into which no record of others may lead.
func TestLookupNetIP(t *testing.T) {
	r := &Resolver{Servers: []string{serve(t)}}
	for _, c := range []struct {
		network, host string
		private       bool
		want, err     string
	}{
		{"ip", "out.shop.example", false, "2a00::1 5.0.0.1", ""},
		{"ip4", "out.shop.example", false, "5.0.0.1", ""},
		{"ip", "out.shop.example", true, "2a00::1 5.0.0.1 10.0.0.1", ""},
		{"ip", "mx.shop.example", false, "", "not one of the public Internet"},
		{"ip", "nothing.shop.example", false, "", "no such host"},
	} {
		r.Private = c.private
		found, err := r.LookupNetIP(t.Context(), c.network, c.host)
		var list []string
		for _, a := range found {
			list = append(list, a.String())
		}
		if got := strings.Join(list, " "); got != c.want || (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s %s: %q %v, want %q %s", c.network, c.host, got, err, c.want, c.err)
		}
	}
}

// DNS over TLS: an answer counts only where the certificate passed.
func TestOverTLS(t *testing.T) {
	z, _ := zone.Parse(records)
	ready, ended := make(chan struct{}), make(chan error, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{Listener: tls.NewListener(l, pkitest.Lab().Server("dns.lab")), NotifyStartedFunc: func() { close(ready) },
		Handler: dns.HandlerFunc(func(w dns.ResponseWriter, asked *dns.Msg) { w.WriteMsg(z.Answer(asked)) })}
	go func() { ended <- s.ActivateAndServe() }()
	<-ready
	defer func() { s.Shutdown(); <-ended }()
	r := &Resolver{Servers: []string{l.Addr().String()}, TLS: trusting("dns.lab")}
	if got := r.Ask(t.Context(), record.Question{Type: "MX", Name: "shop.example"}); len(got.Of("MX")) != 1 || !got.Proved {
		t.Errorf("%+v", got)
	}
	r.TLS = trusting("other.lab")
	if got := r.Ask(t.Context(), record.Question{Type: "MX", Name: "shop.example"}); got.Trouble == "" {
		t.Errorf("%+v", got)
	}
}

// trusting is how a client verifies the certificate of a server of that name.
func trusting(name string) *tls.Config {
	return &tls.Config{ServerName: name, RootCAs: pkitest.Lab().Roots, Time: func() time.Time { return pkitest.Time }}
}

func practice(t *testing.T, scenario string) *setup.Setup {
	t.Helper()
	p, err := setup.New(setup.Request{Target: "lab:" + scenario, Unwatched: true})
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// The sessions of a route are those of a survey at port 25, with the name of the host in TLS.
func TestMeet(t *testing.T) {
	p := practice(t, "relay")
	meet := Meet(surveys.Config{Session: p.Config, EHLOName: p.Goal.EHLOName, Limit: time.Minute})
	cells := meet(t.Context(), "mx.lab", []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.1")})
	if len(cells) != 1 || cells[0].State != survey.StateSTARTTLS || cells[0].TLS == nil || !cells[0].TLS.Verified {
		t.Errorf("%+v", cells)
	}
	if cells := meet(t.Context(), "nothing.lab", []netip.Addr{netip.MustParseAddr("127.0.0.1")}); len(cells) != 0 {
		t.Errorf("an address that the practice server does not know was contacted: %+v", cells)
	}
}
