package engine_test

import (
	"context"
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/tlswire/tlstest"
)

// peer is the other side of an encounter.
type peer struct {
	address string
	name    string // in its certificate
	visit   func(context.Context, *engine.Session) error
	traces  func(testing.TB, int) []tlstest.Report // what it says of its first connections, if it says anything
}

// meet finds or starts the server of an encounter.
func (e encounter) meet(t *testing.T, pairs map[string]tlstest.Pair) peer {
	switch e.peer {
	case "openssl":
		return e.sServer(t, pairs[e.key])
	case "postfix":
		return e.postfix(t)
	case "lab":
		return e.lab(t)
	}
	return peer{address: serve(t, e.goServer(t, pairs[e.key])), name: tlstest.Host, visit: visited}
}

// sServer is OpenSSL, which says of each connection what it saw.
func (e encounter) sServer(t *testing.T, pair tlstest.Pair) peer {
	if e.group == hybrid {
		tlstest.NeedHybrid(t)
	}
	// in TLS 1.2 it wants the curve of a client's ECDSA certificate to be among its groups
	groups := map[string]string{x25519: "X25519:P-256", hybrid: hybrid, retry: "P-384"}[e.group]
	options := append(pair.Args(), "-num_tickets", "1", "-cipher", "ALL:@SECLEVEL=0", "-groups", groups)
	switch e.client {
	case "no":
	case "none":
		options = append(options, "-verify", "1")
	default:
		options = append(options, "-Verify", "1")
	}
	server := tlstest.Serve(t, options...)
	return peer{server.Address, tlstest.Host, visited, server.Traces}
}

// postfix is one of the services that .ci/lib/postfix.sh has for this: a key, whether it asks for a certificate, a group.
func (e encounter) postfix(t *testing.T) peer {
	services, name := setting(t, "EHLO_TEST_POSTFIX_TLS"), setting(t, "EHLO_TEST_SERVER_NAME")
	asks := "yes"
	if e.client == "no" {
		asks = "no"
	}
	want := e.key + "," + asks + "," + strings.Replace(e.group, retry, "secp384r1", 1) + "="
	for _, service := range strings.Fields(services) {
		if address, ok := strings.CutPrefix(service, want); ok {
			return peer{address: address, name: name, visit: upgraded}
		}
	}
	if e.group == hybrid {
		tlstest.NeedHybrid(t) // Postfix borrows the libraries of that openssl
	}
	t.Fatalf("Postfix has no service %s: start .ci/servers with EHLO_TEST_OPENSSL set as it is here", strings.TrimSuffix(want, "="))
	return peer{}
}

// lab is the practice server; the only RSA key it has is a weak one.
func (e encounter) lab(t *testing.T) peer {
	sc, err := lab.Find("")
	if err != nil {
		t.Fatal(err)
	}
	sc.Knobs.TLSMin, sc.Knobs.Groups = tls.VersionTLS10, e.curves()
	if e.key == "rsa" {
		weak, _ := lab.Find("weak-key")
		sc.Knobs.Certificate = weak.Knobs.Certificate
	}
	if e.client != "no" {
		sc.Knobs.ClientCert = tls.RequestClientCert
	}
	l, err := lab.Start(sc, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	i := slices.IndexFunc(l.Listeners(), func(p lab.Listener) bool { return p.Role == "submission" })
	return peer{address: l.Listeners()[i].Addr, name: l.Listeners()[i].Host, visit: upgraded}
}

func (e encounter) goServer(t *testing.T, pair tlstest.Pair) *tls.Config {
	c := &tls.Config{Certificates: []tls.Certificate{pair.Load(t)}, MinVersion: e.version, CurvePreferences: e.curves()}
	switch e.client {
	case "no":
	case "none":
		c.ClientAuth = tls.RequestClientCert
	default:
		c.ClientAuth = tls.RequireAnyClientCert
	}
	return c
}

func (e encounter) curves() []tls.CurveID {
	return map[string][]tls.CurveID{x25519: {tls.X25519}, hybrid: {tls.X25519MLKEM768}, retry: {tls.CurveP384}}[e.group]
}
