package engine

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"ehlo/session/certificate/pkitest"
	"net"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
)

// implicit is a session on the port for implicit TLS, up to its end.
const implicit = `
	TLS
	S: 220 mail.lab
	C: EHLO …
	S: 250 mail.lab` + goodBye

func secure(change func(*tls.Config)) *tls.Config {
	c := pkitest.Lab().Server("mail.lab")
	change(c)
	return c
}

func messages(p played) (names []string) {
	for _, e := range p.log {
		if e.Kind == record.KindTLSMessage {
			names = append(names, e.TLSMessage.Dir+" "+e.TLSMessage.Name)
		}
	}
	return names
}

// Every message of the handshake is there, decrypted, with a summary after it.
func TestHandshake13(t *testing.T) {
	p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit})
	p.ends(record.ExitOK)
	got := strings.Join(messages(p), ", ")
	for _, want := range []string{"C ClientHello, S ServerHello", "S EncryptedExtensions, S Certificate, S CertificateVerify, S Finished", "C Finished"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	s := p.last(record.KindTLS).TLS
	if s.Version != "TLS 1.3" || !strings.HasPrefix(s.CipherSuite, "TLS_") || s.Group == "" || s.ServerName != "mail.lab" || s.Reference != "mail.lab" ||
		len(s.Chain.List()) != 2 || s.Sent < 300 || s.Received < 1000 || s.Resumed {
		t.Errorf("%+v", s)
	}
	for _, e := range p.log {
		if m := e.TLSMessage; m != nil && (len(m.Raw) == 0 || m.Kind == tlswire.KindUnknown || e.Explain == nil || e.Explain.Short == "") {
			t.Errorf("%s: %+v", m.Name, e.Explain)
		}
		if r := e.Reply; r != nil && (!r.TLS || r.Cipher == nil || len(r.Cipher.Bytes) == 0 || bytes.Contains(r.Cipher.Bytes, []byte("mail.lab"))) {
			t.Errorf("%q: an eavesdropper saw %+v", r.Raw, r.Cipher)
		}
	}
}

func TestHandshake12(t *testing.T) {
	p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit, server: secure(func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 })})
	p.ends(record.ExitOK)
	if got := strings.Join(messages(p), ", "); !strings.Contains(got, "S Certificate, S ServerKeyExchange, S ServerHelloDone, C ClientKeyExchange, C ChangeCipherSpec, C Finished") {
		t.Error(got)
	}
	if s := p.last(record.KindTLS).TLS; s.Version != "TLS 1.2" || !s.Verified {
		t.Errorf("%+v", s)
	}
}

func TestHandshakeObsolete(t *testing.T) {
	old := secure(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 })
	p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: "TLS", server: old})
	p.ends(record.ExitHandshake, "version")
	p = walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit, server: old, config: func(c *Config) { c.TLS.MinVersion = tls.VersionTLS10 }})
	p.ends(record.ExitOK)
	p.found("tls-obsolete-version")
}

// An address is no name to ask for (RFC 6066 §3), but one to be held against the certificate.
func TestHandshakeAddress(t *testing.T) {
	template := pkitest.Host("mail.lab")
	template.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 25)}
	pki := pkitest.Lab()
	seen := "nothing"
	config := pki.Serve(pki.Sign(template, pki.Middle, nil), pki.Middle)
	config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) { seen = h.ServerName; return nil, nil }
	p := walkThrough(t, scene{target: "192.0.2.25:465", policy: "implicit", script: implicit, server: config})
	p.ends(record.ExitOK)
	if s := p.last(record.KindTLS).TLS; s.ServerName != "" || seen != "" || s.Reference != "192.0.2.25" || !s.Verified {
		t.Errorf("%+v, the server saw %q", s, seen)
	}
	p = walkThrough(t, scene{target: "192.0.2.25:465", policy: "implicit", script: implicit, server: config, config: func(c *Config) { c.TLS.ServerName = "mail.lab" }})
	if s := p.last(record.KindTLS).TLS; s.ServerName != "mail.lab" || seen != "mail.lab" || s.Reference != "mail.lab" || !s.Verified {
		t.Errorf("%+v, the server saw %q", s, seen)
	}
}

// A server that wants a client certificate refuses after the client believes that all is well (RFC 9846 §4.5.1.3): the
// sentence names the refusal, not a lost connection.
func TestClientCertificate(t *testing.T) {
	pki := pkitest.Lab()
	demand := secure(func(c *tls.Config) { c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, pki.Roots })
	p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: "TLS", server: demand})
	p.ends(record.ExitCertificate, "certificate", "give-client-certificate")
	p.found("tls-certificate-required")
	if !slices.Contains(messages(p), "S Alert") {
		t.Error(p.trail())
	}
	client := pki.Sign(pkitest.UsedFor(pkitest.Host("laptop.lab"), x509.ExtKeyUsageClientAuth), pki.Middle, nil)
	own := tls.Certificate{Certificate: [][]byte{client.Raw, pki.Middle.Raw}, PrivateKey: pki.Key}
	p = walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit, server: demand,
		config: func(c *Config) { c.TLS.Certificates = []tls.Certificate{own} }})
	p.ends(record.ExitOK)
	if !p.last(record.KindTLS).TLS.ClientCertificate {
		t.Errorf("%+v", p.last(record.KindTLS).TLS)
	}
	p = walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit, config: func(c *Config) { c.TLS.Certificates = []tls.Certificate{own} }})
	if p.last(record.KindTLS).TLS.ClientCertificate {
		t.Error("nobody asked for a certificate")
	}
}

func TestHandshakeALPN(t *testing.T) {
	p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit, server: secure(func(c *tls.Config) { c.NextProtos = []string{"smtp"} }),
		config: func(c *Config) { c.TLS.ALPN = []string{"smtp"} }})
	p.ends(record.ExitOK)
	if p.last(record.KindTLS).TLS.ALPN != "smtp" {
		t.Errorf("%+v", p.last(record.KindTLS).TLS)
	}
	p = walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: "TLS", server: secure(func(c *tls.Config) { c.NextProtos = []string{"imap"} }),
		config: func(c *Config) { c.TLS.ALPN = []string{"smtp"} }})
	p.ends(record.ExitHandshake, "no_application_protocol")
}

// A handshake that dies still shows how far it came.
func TestHandshakeDies(t *testing.T) {
	for _, test := range []struct {
		script string
		words  string
		names  string
	}{
		{"HELLO\nCLOSE", "closed", "C ClientHello"},
		{"HELLO\nR: \"\\x15\\x03\\x03\\x00\\x02\\x02\\x46\"", "protocol_version", "C ClientHello, S Alert"},
		{"HELLO\nR: \"\\x16\\x03\\x03\\x00\\x10\\x02\\x00\\x00\\x50abcdefghijkl\"\nCLOSE", "was incomplete when the connection ended", "C ClientHello, S ServerHello"},
		{"HELLO\nR: \"* OK IMAP4 ready\\r\\n\"", "IMAP", "C ClientHello, S not TLS"},
	} {
		p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: test.script})
		p.ends(record.ExitHandshake, test.words)
		if got := strings.Join(messages(p), ", "); got != test.names {
			t.Errorf("%q shows %s, want %s", test.script, got, test.names)
		}
		if s := p.last(record.KindTLS).TLS; s.Error == "" || s.Verified || p.state().Security != record.SecurityPlain {
			t.Errorf("%+v", s)
		}
	}
}

// The secrets of a handshake go to a person who asked for them, and the log says so.
func TestKeyLog(t *testing.T) {
	var keys bytes.Buffer
	p := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", script: implicit, config: func(c *Config) { c.TLS.KeyLog = &keys }})
	p.ends(record.ExitOK)
	p.found("keylog-written")
	secret := strings.Fields(keys.String())
	if len(secret) < 3 {
		t.Fatalf("%q", keys.String())
	}
	leaks(t, p, secret[2])
}

// A ClientHello out of order is a step like the others.
func TestHandshakeOutOfOrder(t *testing.T) {
	p := act(t, scene{script: "S: 220 mail.lab\nHELLO\nS: 500 5.5.2 what"}, func(ctx context.Context, s *Session) error {
		upTo(ctx, t, s, walk.Goal{}, record.VerbEHLO)
		return s.Do(ctx, record.Step{Verb: record.VerbHandshake})
	})
	p.ends(record.ExitHandshake, "like an SMTP server that expects STARTTLS")
	if p.state().Stage != record.StageClosed {
		t.Errorf("%+v", p.state())
	}
}
