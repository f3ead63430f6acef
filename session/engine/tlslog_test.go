package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"net"
	"strings"
	"testing"
)

// shorts are the short explanations of the TLS messages of a name, in order.
func (p played) shorts(name string) (list []string) {
	for _, e := range p.log {
		if m := e.TLSMessage; m != nil && m.Dir+" "+m.Name == name {
			list = append(list, e.Explain.Short)
		}
	}
	return list
}

// A message is explained by its place and what it holds: the hello after a HelloRetryRequest does not save a round trip,
// an empty Certificate is none, and ChangeCipherSpec is one thing or the other.
func TestMessagesInTheirPlace(t *testing.T) {
	pki := pkitest.Lab()
	for version, ccs := range map[uint16]string{tls.VersionTLS12: "encryption starts", tls.VersionTLS13: "dummy without meaning"} {
		p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit, server: secure(func(c *tls.Config) {
			c.MaxVersion, c.ClientAuth, c.ClientCAs = version, tls.VerifyClientCertIfGiven, x509.NewCertPool()
			c.CurvePreferences = []tls.CurveID{tls.CurveP384}
		}), config: func(c *Config) { c.TLS.RootCAs = pki.Roots }})
		hellos := []string{"the client's offer"}
		if version == tls.VersionTLS13 {
			hellos = append(hellos, "the ClientHello, changed as requested")
		}
		for name, want := range map[string]string{
			"C ClientHello": strings.Join(hellos, ", "), "C Certificate": "no certificate", "S Certificate": "the certificate and its chain", "C ChangeCipherSpec": ccs, "S ChangeCipherSpec": ccs,
		} {
			if got := strings.Join(p.shorts(name), ", "); got != want {
				t.Errorf("%s, %s: %s, want %s", tls.VersionName(version), name, got, want)
			}
		}
	}
}

// What crosses first stands first: a warning of the server goes before the hello that follows it, and takes nothing away
// from what the handshake decided.
func TestWarningBeforeTheHello(t *testing.T) {
	pki := pkitest.Lab()
	for version := uint16(tls.VersionTLS12); version <= tls.VersionTLS13; version++ {
		p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit, server: secure(func(c *tls.Config) { c.MaxVersion = version }), config: func(c *Config) {
			c.TLS.RootCAs = pki.Roots
			dial := c.Dial
			c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				conn, err := dial(ctx, network, address)
				return &warning{Conn: conn, first: []byte("\x15\x03\x03\x00\x02\x01\x70")}, err
			}
		}})
		if got, want := p.ladder(), "C ClientHello, S Alert, S ServerHello, "; !strings.HasPrefix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
		if sum := p.last(record.KindTLS).TLS.Decided.Summary(); !sum.Complete || len(sum.Notes) == 0 {
			t.Errorf("decided %+v", sum)
		}
	}
}

// warning is a connection whose first bytes are others.
type warning struct {
	net.Conn
	first []byte
}

func (c *warning) Read(b []byte) (int, error) {
	if n := copy(b, c.first); n > 0 {
		c.first = c.first[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}
