package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"ehlo/session/certificate/pkitest"
	"ehlo/session/record"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
)

// Every way in which a handshake can die has a finding of its own, with a sentence that says who did what. The messages
// up to there are kept.
func TestHandshakeFailures(t *testing.T) {
	p := pkitest.Lab()
	good := func(change func(*tls.Config)) *tls.Config {
		c := p.Server("mail.lab")
		change(c)
		return c
	}
	upTo12 := func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }
	rsaSuite := func(c *tls.Config) { // its key is ECDSA
		upTo12(c)
		c.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
	}
	stranger := func(c *Config) {
		own := p.Sign(pkitest.UsedFor(pkitest.Host("laptop.lab"), x509.ExtKeyUsageClientAuth), nil, nil)
		c.TLS.Certificates = []tls.Certificate{{Certificate: [][]byte{own.Raw}, PrivateKey: p.Key}}
	}
	seen, codes := map[string]string{}, map[string]bool{}
	for _, test := range []struct {
		name     string
		finding  string
		sentence string
		messages string // the last two that were seen
		server   *tls.Config
		script   string // after the 220 to STARTTLS
		client   func(*Config)
	}{
		{"no common version", "tls-no-common-version",
			"the server ended the handshake with protocol_version (70): it accepts none of the offered versions, TLS 1.3, TLS 1.2",
			"C ClientHello, S Alert", good(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }), "TLS", nil},
		{"suites too weak", "tls-no-common-suite",
			"the server ended the handshake with insufficient_security (71): it requires stronger cipher suites than the ",
			"C ClientHello, S Alert", nil, "HELLO\n" + `R: "\x15\x03\x03\x00\x02\x02\x47"`, func(c *Config) { c.TLS.MaxVersion = tls.VersionTLS12 }},
		{"nothing in common", "tls-no-common-parameters",
			"the server ended the handshake with handshake_failure (40): it accepts nothing in the offer and does not say what is missing; the offer was TLS 1.3, TLS 1.2 with 13 ",
			"C ClientHello, S Alert", good(rsaSuite), "TLS", nil},
		{"a group that was not offered", "tls-no-common-group",
			"this client ended the handshake with illegal_parameter (47): the server insists on the group x448, which was not offered (X25519MLKEM768, ",
			"S HelloRetryRequest, C Alert", nil, "HELLO\nR: " + aRetry, nil},
		{"certificate required in TLS 1.2", "tls-certificate-required",
			"the server ended the handshake with handshake_failure (40): it requires a client certificate and got none",
			"C Finished, S Alert", good(func(c *tls.Config) { upTo12(c); c.ClientAuth = tls.RequireAnyClientCert }), "TLS", nil},
		{"certificate required in TLS 1.3", "tls-certificate-required",
			"after the handshake the server ended the connection with certificate_required (116): it requires a client certificate and got none",
			"C Finished, S Alert", good(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }), "TLS", nil},
		{"a client certificate of an unknown CA in TLS 1.2", "tls-client-certificate-refused",
			"the server ended the handshake with unknown_ca (48): it refuses the client's certificate. ",
			"C Finished, S Alert", good(func(c *tls.Config) { upTo12(c); c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, p.Roots }), "TLS", stranger},
		{"a client certificate of an unknown CA in TLS 1.3", "tls-client-certificate-refused",
			"after the handshake the server ended the connection with unknown_ca (48): it refuses the client's certificate. ",
			"C Finished, S Alert", good(func(c *tls.Config) { c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, p.Roots }), "TLS", stranger},
		{"plain text", "tls-plaintext",
			"mail.lab answered 220 to STARTTLS, and answered the ClientHello with cleartext, “250 not changed over”",
			"C ClientHello, S not TLS", nil, "HELLO\nS: 250 not changed over", nil},
		{"no TLS and no text", "tls-not-tls",
			"the server answered with bytes that are not TLS: fffe000102",
			"C ClientHello, S not TLS", nil, `HELLO` + "\n" + `R: "\xff\xfe\x00\x01\x02"`, nil},
		{"closed at once", "tls-closed-silently",
			"the server closed the connection in answer to the ClientHello of ",
			"C ClientHello", nil, "HELLO\nCLOSE", nil},
		{"closed in the middle", "tls-closed",
			"the connection was closed during the handshake without an alert, after ServerHello from the server",
			"C ClientHello, S ServerHello", nil, "HELLO\nR: " + aServerHello + "\nCLOSE", nil},
		{"closed in a message", "tls-damaged",
			"incomplete record from the server was incomplete when the connection ended: 20 bytes of it arrived, and 27 more were announced",
			"C ClientHello, S incomplete record", nil, "HELLO\nR: " + aServerHello[:1+4*20] + "\"\nCLOSE", nil},
		{"silent", "tls-no-answer", "the server did not answer the ClientHello of ",
			"C ClientHello", nil, "HELLO\nWAIT 1h", nil},
		{"silent half-way", "tls-timeout", "nothing arrived after ServerHello from the server: it stopped in the middle of its answer",
			"C ClientHello, S ServerHello", nil, "HELLO\nR: " + aServerHello + "\nWAIT 1h", nil},
		{"unknown name", "tls-unknown-name",
			"the server ended the handshake with unrecognized_name (112): it does not know the requested host name, mail.lab",
			"C ClientHello, S Alert", &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }}, "TLS", nil},
		{"silent in a message", "tls-timeout", "the server stopped in the middle of a record: 20 bytes of it arrived, and 27 more were announced",
			"C ClientHello, S incomplete record", nil, "HELLO\nR: " + aServerHello[:1+4*20] + "\"\nWAIT 1h", nil},
		{"closed with close_notify", "tls-closed",
			"the server closed the connection during the handshake with close_notify (0): an orderly close that gives no reason",
			"C ClientHello, S Alert", nil, "HELLO\n" + `R: "\x15\x03\x03\x00\x02\x01\x00"` + "\nCLOSE", nil},
		{"closed after a warning", "tls-closed",
			"the connection was closed during the handshake after a warning alert from the server, unrecognized_name (112): it does not know the requested host name, mail.lab",
			"C ClientHello, S Alert", nil, "HELLO\n" + `R: "\x15\x03\x03\x00\x02\x01\x70"` + "\nCLOSE", nil},
		{"a message of 16 MiB", "tls-message-too-long",
			"this client ended the handshake with internal_error (80): the server's message ServerHello declares 16777215 bytes",
			"C Alert", nil, "HELLO\n" + `R: "\x16\x03\x03\x00\x06\x02\xff\xff\xff\x03\x03"`, nil},
		{"a key share changed on the path", "tls-tampered",
			"this client ended the handshake with bad_record_mac (20): the server's first encrypted record failed decryption: the two sides saw different messages",
			"S encrypted record, S incomplete record, C ChangeCipherSpec, C Alert", nil, "TLS", damaging(600)},
		{"damaged", "tls-damaged",
			"this client ended the handshake with bad_record_mac (20): record could not be decrypted",
			"C ChangeCipherSpec, C Alert", nil, "TLS", damaging(1500)},
	} {
		t.Run(test.name, func(t *testing.T) {
			sc := scene{policy: "require", server: test.server, script: beforeTLS + test.script, hasty: true, config: test.client}
			w := walkThrough(t, sc)
			end := w.last(record.KindEnd).End
			if e := end.Cause; !strings.HasPrefix(strings.ToLower(e), strings.ToLower(strings.ReplaceAll(test.sentence, `\"`, `"`))) || !strings.HasSuffix(e, ".") || verdictWords(end) == "" {
				t.Errorf("%s / %s\nwant %s", e, verdictWords(end), test.sentence)
			}
			found := slices.DeleteFunc(w.findings(), func(c string) bool { return c == "control-attempt" }) // told before what it helps to judge
			if len(found) == 0 || found[0] != test.finding {
				t.Errorf("found %v, want %s", found, test.finding)
			}
			if got := w.ladder(); !strings.HasSuffix(got, test.messages) {
				t.Errorf("the messages are %s, want them to end with %s", got, test.messages)
			}
			if !w.state().FailedAt(record.PhaseHandshake) || end.Exit != record.ExitHandshake && end.Exit != record.ExitTimeout && (end.Exit != record.ExitCertificate || end.Advice[0].Do != record.GiveClientCertificate) {
				t.Errorf("%+v, exit %d", w.state(), end.Exit)
			}
			if before, twice := seen[end.Cause]; twice {
				t.Errorf("%q is said of %s too", end.Cause, before)
			}
			seen[end.Cause] = test.name
			codes[test.finding] = true
			for _, e := range w.log {
				if e.TLS != nil && e.TLS.Error != "" && e.TLS.Decided != nil && len(e.TLS.Decided.Summary().Notes) > 0 {
					t.Errorf("a dead handshake has consequences: %v", e.TLS.Decided.Summary().Notes)
				}
			}
		})
	}
	if len(codes) < 6+6 {
		t.Errorf("only %d findings: %v", len(codes), codes)
	}
}

// An SMTP greeting in place of TLS is told with its words, not with the five bytes that the library looks at.
func TestGreetingInPlaceOfTLS(t *testing.T) {
	for said, want := range map[string]string{
		"220 hi.example ESMTP\r\n":                           `(“220 hi.example ESMTP”)`,
		"220-hi.example\r\n220 \x1b[31mready\r\n":            `(“220-hi.example”)`,
		"220 " + strings.Repeat("long ", 100) + "banner\r\n": `…”)`,
	} {
		w := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", hasty: true, script: "HELLO\nR: " + quoted(said)})
		end := w.last(record.KindEnd).End
		if !strings.Contains(end.Cause, want) || strings.Contains(end.Cause, "\x1b") || len(end.Cause) > 600 {
			t.Errorf("%s, want %s", end.Cause, want)
		}
		w.found("implicit-tls-on-starttls-port")
	}
}

// A highest version below 1.2 takes the lowest along, and that is told.
func TestObsoleteOffer(t *testing.T) {
	for highest, want := range map[uint16]string{tls.VersionTLS11: "The client offers only TLS 1.1", tls.VersionTLS12: ""} {
		w := walkThrough(t, scene{target: "mail.lab:465", policy: "implicit", hasty: true, script: "TLS", config: func(c *Config) {
			c.TLS.MinVersion, c.TLS.MaxVersion = highest, highest
		}, server: secure(func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 })})
		said := ""
		for _, e := range w.log {
			if e.Kind == record.KindFinding && e.Finding.Code == "tls-obsolete-offer" {
				said = e.Finding.Text
			}
		}
		if end := w.last(record.KindEnd).End; (said == "") != (want == "") || !strings.Contains(said, want) || !strings.Contains(verdictWords(end), "offer more TLS versions first") {
			t.Errorf("%q, %s", said, verdictWords(end))
		}
	}
}

// One bit that changes on the path from the server, wherever it is, ends the handshake or what comes after it. What ends
// the handshake is explained by more than the words of the library.
func TestDamageAnywhere(t *testing.T) {
	t.Parallel()
	for version, expected := range map[uint16][]string{
		tls.VersionTLS12: {"tls-damaged", "tls-not-tls", "tls-server-choice", "tls-proof-failed"},
		tls.VersionTLS13: {"tls-damaged", "tls-not-tls", "tls-server-choice", "tls-tampered"},
	} {
		server := pkitest.Lab().Server("mail.lab")
		server.MaxVersion = version
		sc := scene{target: "mail.lab:465", policy: "implicit", server: server, hasty: true, script: `
			TLS
			S: 220 mail.lab
			C: EHLO [192.0.2.1]
			S: 250 mail.lab` + goodBye}
		found := map[string]bool{}
		for at, n := 0, sizeOf(t, sc); at < n; at += 3 {
			sc.config, sc.count = damaging(at), nil
			w := walkThrough(t, sc)
			if !w.state().FailedAt(record.PhaseHandshake) {
				damagedLater(t, w)
				continue
			}
			code := w.findings()[0]
			if found[code] = true; code == "tls-handshake-failed" || code == "internal" {
				t.Errorf("%s, a bit in byte %d: %s", tls.VersionName(version), at, w.trail())
			}
		}
		for _, code := range expected {
			if !found[code] {
				t.Errorf("%s: no bit leads to %s, only to %v", tls.VersionName(version), code, found)
			}
		}
	}
}

// damagedLater: a record that is damaged after the handshake has a finding of its own. That of a session ticket or of the
// last good-bye hurts nobody.
func damagedLater(t *testing.T, w played) {
	t.Helper()
	if w.exit == record.ExitOK || w.exit == record.ExitTimeout { // a length that grew has the client wait for the rest
		return
	}
	end := w.last(record.KindEnd).End
	if w.exit != record.ExitProtocol || w.findings()[0] != "tls-record-damaged" || verdictWords(end) == "" ||
		!strings.Contains(end.Cause, "A TLS record from mail.lab failed decryption") || !strings.Contains(end.Cause, "It arrived instead of the ") {
		t.Errorf("%s", w.trail())
	}
	for _, e := range w.log {
		if r := e.Reply; r != nil && strings.Contains(r.Error, "tls: ") {
			t.Errorf("a reply says %q", r.Error)
		}
	}
}

// aServerHello is one of TLS 1.2, as a Go string: x25519 is not in it, for nobody gets that far.
var aServerHello = quoted("\x16\x03\x03\x00\x2a" + "\x02\x00\x00\x26" + "\x03\x03" + strings.Repeat("r", 32) + "\x00" + "\xc0\x2b" + "\x00")

// aRetry is a HelloRetryRequest for x448 with an empty legacy_session_id_echo, as a Go string.
var aRetry = quoted("\x16\x03\x03\x00\x38" + "\x02\x00\x00\x34" + "\x03\x03" + retryRandom + "\x00" + "\x13\x01" + "\x00" +
	"\x00\x0c" + "\x00\x2b\x00\x02\x03\x04" + "\x00\x33\x00\x02\x00\x1e")

// retryRandom makes a ServerHello a HelloRetryRequest (RFC 9846 §4.2.3).
const retryRandom = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

// quoted writes every byte as \x12.
func quoted(b string) string {
	var out strings.Builder
	for i := range len(b) {
		fmt.Fprintf(&out, `\x%02x`, b[i])
	}
	return `"` + out.String() + `"`
}

// ladder names the TLS messages of the log, in order.
func (p played) ladder() string {
	var list []string
	for _, e := range p.log {
		if m := e.TLSMessage; m != nil {
			list = append(list, m.Dir+" "+m.Name)
		}
	}
	return strings.Join(list, ", ")
}

// damaging changes one bit on the path from the server.
func damaging(at int) func(*Config) {
	return func(c *Config) {
		dial := c.Dial
		c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			return &faulty{Conn: conn, at: at}, err
		}
	}
}

type faulty struct {
	net.Conn
	at, read int
}

func (f *faulty) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	if i := f.at - f.read; i >= 0 && i < n {
		b[i] ^= 1
	}
	f.read += n
	return n, err
}
