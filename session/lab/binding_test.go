package lab

import (
	"bufio"
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"ehlo/session/sasl"
)

// A login through a device that has TLS on both sides succeeds without
// channel binding, and with it fails whatever it binds to.
func TestChannelBinding(t *testing.T) {
	for _, tc := range []struct {
		version uint16
		kinds   []string
	}{
		{tls.VersionTLS12, []string{sasl.BindingUnique, sasl.BindingEndPoint, sasl.BindingExporter}},
		{tls.VersionTLS13, []string{sasl.BindingExporter, sasl.BindingEndPoint}},
	} {
		for _, rules := range [][]rule{nil, {{Do: intercept}}, {{Do: inspect}}} {
			sc := find(t, "auth-all")
			sc.Knobs.Wire = rules
			l := start(t, sc, Options{})
			for _, kind := range tc.kinds {
				for _, name := range []string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"} {
					c := unverified(t, l, tc.version)
					a := c.authenticate(name, credentials(l, "ann"), sasl.WithBinding(kind))
					if rules == nil {
						a.accepted(t)
					} else {
						a.refused(t, "535 5.7.8 login refused: the channel binding does not match")
					}
				}
			}
			c := unverified(t, l, tc.version)
			c.authenticate("SCRAM-SHA-256", credentials(l, "ann")).accepted(t)
		}
	}
}

// unverified walks to the EHLO after STARTTLS, no matter who is there.
func unverified(t *testing.T, l *Lab, version uint16) *client {
	t.Helper()
	c := dial(t, l, 587)
	c.starttls()
	check(t, c.upgradeWith(&tls.Config{InsecureSkipVerify: true, MaxVersion: version}))
	c.say("EHLO laptop", "250-")
	return c
}

// TestBindingOnImplicitTLS: the server takes the data from the same handshake
// on port 465, with a certificate of any kind.
func TestBindingOnImplicitTLS(t *testing.T) {
	for _, kind := range []certificate{good, selfSigned, weakKey} {
		sc := find(t, "auth-all")
		sc.Knobs.Certificate = kind
		l := start(t, sc, Options{})
		c := dial(t, l, 465)
		check(t, c.upgradeWith(&tls.Config{InsecureSkipVerify: true}))
		c.expect("220 ")
		c.authenticate("SCRAM-SHA-256-PLUS", credentials(l, "ann"), sasl.WithBinding(sasl.BindingEndPoint)).accepted(t)
	}
}

// The device of tls-inspection passes a careful check, and only the login
// notices; that of downgraded-binding is noticed by the server.
func TestInspected(t *testing.T) {
	l := scenario(t, "tls-inspection")
	chain, err := presented(t, l, 587)
	if err != nil || chain[0].Issuer.CommonName != "TLS Inspection CA" {
		t.Errorf("issued by %s, %v", chain[0].Issuer, err)
	}
	c := suggested(t, find(t, "downgraded-binding"))
	if got := c.offers(); got != "SCRAM-SHA-256 PLAIN LOGIN" {
		t.Errorf("the device leaves %q", got)
	}
	c.say("AUTH SCRAM-SHA-256 "+b64("y,,n=ann,r=abc"), "334 "+b64("e=server-does-support-channel-binding"))
	c.say("", "535 5.7.8 login refused: the channel binding does not match")
	c.play("AUTH PLAIN " + plain("ann", "tulip-42") + "  235") // which cannot notice
}

func TestOmit(t *testing.T) {
	for before, after := range map[string]string{
		"250-a\r\n250-AUTH SCRAM-SHA-1 PLAIN\r\n250 B\r\n": "250-a\r\n250-AUTH PLAIN\r\n250 B\r\n",
		"250 AUTH SCRAM-SHA-1-PLUS SCRAM-SHA-256\r\n":      "250 AUTH\r\n",
		"250-AUTHOR SCRAM\r\n250 SCRAM\r\n":                "250-AUTHOR SCRAM\r\n250 SCRAM\r\n",
		"250 AUTH\r\n":                                     "250 AUTH\r\n",
	} {
		if got := string(omitted([]byte(before), "SCRAM")); got != after {
			t.Errorf("%q gives %q, want %q", before, got, after)
		}
	}
}

// TestClientCertificateRequired: TLS 1.2 refuses inside the handshake, TLS 1.3
// after the client has finished it.
func TestClientCertificateRequired(t *testing.T) {
	l := scenario(t, "client-certificate-required")
	alert := "tls: certificate required"
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, port := range []int{587, 465} {
			c := dial(t, l, port)
			if port == 587 {
				c.starttls()
			}
			config := clientConfig(l)
			config.MaxVersion = version
			err := c.upgradeWith(config)
			if version == tls.VersionTLS12 {
				if err == nil {
					t.Error("TLS 1.2 without a certificate is accepted")
				}
				continue
			}
			check(t, err)
			c.in = bufio.NewReader(c.conn)
			if _, err = c.in.ReadByte(); err == nil || !strings.Contains(err.Error(), alert) {
				t.Errorf("port %d: %v, want the alert %q", port, err, alert)
			}
		}
	}
	c := certifiedClient(t, l, tls.VersionTLS13)
	c.authenticate("EXTERNAL", credentials(l, "ann")).accepted(t)
}

// TestStrangersCertificate: one from another authority is no proof.
func TestStrangersCertificate(t *testing.T) {
	l, other := scenario(t, "auth-external"), scenario(t, "auth-external")
	c := dial(t, l, 587)
	c.starttls()
	config := withCertificate(t, other, "ann", tls.VersionTLS13)
	config.RootCAs = l.RootCAs()
	// Given outright: a client asked by name of authority would not show it.
	own := config.Certificates[0]
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own, nil }
	if err := c.upgradeWith(config); err == nil {
		if _, err = c.in.ReadByte(); err == nil {
			t.Error("accepted")
		}
	}
}

// TestClockOfClientCertificates: the lab's own clock judges them.
func TestClockOfClientCertificates(t *testing.T) {
	later := func() time.Time { return fixedClock().AddDate(10, 0, 0) }
	l := start(t, find(t, "auth-external"), Options{Now: later})
	certifiedClient(t, l, tls.VersionTLS13).authenticate("EXTERNAL", credentials(l, "ann")).accepted(t)
	l = start(t, find(t, "tls-inspection"), Options{Now: later})
	c := dial(t, l, 587)
	c.secure()
}
