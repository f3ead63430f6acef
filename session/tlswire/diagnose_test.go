package tlswire

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"ehlo/session/wire/keytest"
)

// says is a server that reads the ClientHello, says something and hangs up.
func says(text string) func(net.Conn) error {
	return func(c net.Conn) error {
		defer c.Close()
		if _, err := c.Read(make([]byte, 4096)); err != nil {
			return err
		}
		_, err := io.WriteString(c, text)
		return err
	}
}

func wantDiagnosis(t *testing.T, s liveSession, err error, code string, words ...string) {
	t.Helper()
	d, ok := Diagnose(s.messages, err, means)
	if !ok || d.Code != code {
		t.Fatalf("diagnosis %v %+v, want %s\n%s", ok, d, code, strings.Join(script(s.messages), "\n"))
	}
	for _, w := range words {
		if !strings.Contains(d.Sentence, w) {
			t.Errorf("%q is not in %q", w, d.Sentence)
		}
	}
	if d.Hint == "" {
		t.Error("no hint")
	}
	wantCoveredAll(t, s.messages)
}

func wantCoveredAll(t *testing.T, messages []Message) {
	t.Helper()
	for _, m := range messages {
		wantCovered(t, m.Name, m.Fields(m.At, means), 0, len(m.Raw))
	}
}

func TestNoCommonVersion(t *testing.T) {
	client, _ := configs(t, "rsa", tls.VersionTLS12, false)
	_, server := configs(t, "rsa", tls.VersionTLS13, false)
	s := converse(t, Limits{}, client, server)
	wantDiagnosis(t, s, s.clientErr, "tls-no-common-version", "the server", "protocol_version (70)", "TLS 1.2")
}

func TestNoCommonSuite(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS12, false)
	client.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	s := converse(t, Limits{}, client, server)
	wantDiagnosis(t, s, s.clientErr, "tls-no-common-parameters", "the server", "handshake_failure (40)", "the offer was TLS 1.2 with 1 cipher suite; the groups x25519,", "of type RSA, ECDSA, Ed25519")
}

func TestClientCertificateRequired(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := configs(t, "rsa", version, true)
		client.Certificates = nil
		s := converse(t, Limits{}, client, server)
		wantDiagnosis(t, s, s.clientErr, "tls-certificate-required", "client certificate and got none")
	}
}

func TestClientCertificateRefused(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := configs(t, "rsa", version, true)
		server.ClientCAs = x509.NewCertPool()
		client.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &client.Certificates[0], nil }
		s := converse(t, Limits{}, client, server)
		wantDiagnosis(t, s, s.clientErr, "tls-client-certificate-refused", "the server")
	}
}

func TestServerCertificateRefused(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := configs(t, "rsa", version, false)
		client.RootCAs = x509.NewCertPool()
		s := converse(t, Limits{}, client, server)
		wantDiagnosis(t, s, s.clientErr, "tls-certificate-refused", "this client ended", "server's certificate")
	}
}

// TestWrongKey: the server signs with a key that is not its certificate's.
func TestWrongKey(t *testing.T) {
	for _, kind := range []string{"rsa", "ecdsa"} {
		for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
			client, server := configs(t, kind, version, false)
			server.Certificates[0].Certificate = issue(t, kind).Certificate
			if kind == "rsa" { // all of them have the same key
				server.Certificates[0].PrivateKey = keytest.Other()
			}
			s := converse(t, Limits{}, client, server)
			wantDiagnosis(t, s, s.clientErr, "tls-proof-failed", "this client ended", "server's signature failed verification")
		}
	}
}

// TestDamagedFinished: a bit of the server's Finished changes on the path.
func TestDamagedFinished(t *testing.T) {
	for version, flight := range map[uint16]int{tls.VersionTLS12: 2, tls.VersionTLS13: 1} {
		client, server := configs(t, "rsa", version, false)
		s := call(t, Limits{}, client, func(c net.Conn) error { return answer(tls.Server(&tamper{c, flight}, server)) })
		wantDiagnosis(t, s, s.clientErr, "tls-damaged", "this client ended the handshake with bad_record_mac (20)")
	}
}

// tamper changes the last byte of one flight of the server.
type tamper struct {
	net.Conn
	flight int
}

func (c *tamper) Write(b []byte) (int, error) {
	if c.flight--; c.flight == 0 {
		b = bytes.Clone(b)
		b[len(b)-1] ^= 1
	}
	return c.Conn.Write(b)
}

func TestNoCommonProtocol(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS13, false)
	client.NextProtos, server.NextProtos = []string{"h2"}, []string{"smtp"}
	s := converse(t, Limits{}, client, server)
	wantDiagnosis(t, s, s.clientErr, "tls-no-common-protocol", "no_application_protocol (120)", "h2")
}

func TestPlaintextInsteadOfTLS(t *testing.T) {
	for text, hint := range map[string]string{
		"220 mail.lab ESMTP\r\n":                 "STARTTLS",
		"500 5.5.2 Error: bad syntax\r\n":        "220 to STARTTLS",
		"HTTP/1.1 400 Bad Request\r\n\r\n<html>": "web server",
		"* OK IMAP4rev1 ready\r\n":               "IMAP",
	} {
		client, _ := configs(t, "rsa", tls.VersionTLS13, false)
		s := call(t, Limits{}, client, says(text))
		wantDiagnosis(t, s, s.clientErr, "tls-plaintext", fmt.Sprintf("%q", strings.SplitN(text, "\r\n", 2)[0]))
		if d, _ := Diagnose(s.messages, s.clientErr, means); !strings.Contains(d.Hint, hint) {
			t.Errorf("%q: hint %q", text, d.Hint)
		}
	}
}

func TestBytesThatAreNoTLS(t *testing.T) {
	client, _ := configs(t, "rsa", tls.VersionTLS13, false)
	s := call(t, Limits{}, client, says("\xff\xfe\x00\x00\x01\x02\x03\x04"))
	wantDiagnosis(t, s, s.clientErr, "tls-not-tls", "fffe0000")
}

func TestClosedWithNothing(t *testing.T) {
	client, _ := configs(t, "rsa", tls.VersionTLS13, false)
	s := call(t, Limits{}, client, says(""))
	wantDiagnosis(t, s, io.EOF, "tls-closed-silently", "without an alert")
	wantDiagnosis(t, s, os.ErrDeadlineExceeded, "tls-no-answer")
	wantDiagnosis(t, s, syscall.ECONNRESET, "tls-reset")
	wantDiagnosis(t, liveSession{}, io.EOF, "tls-nothing")
}

// TestCutHandshake ends a good handshake after every message.
func TestCutHandshake(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS12, true)
	whole := converse(t, Limits{}, client, server)
	for n := 1; n < len(whole.messages)-2; n++ {
		cut := liveSession{messages: whole.messages[:n]}
		switch last := whole.messages[n-1]; {
		case n == 1:
			wantDiagnosis(t, cut, io.EOF, "tls-closed-silently")
		case Describe(cut.messages).CertificateRequested && !Describe(cut.messages).CertificateSent:
			wantDiagnosis(t, cut, io.EOF, "tls-certificate-required")
		case Describe(cut.messages).Complete:
		default:
			wantDiagnosis(t, cut, io.EOF, "tls-closed", "after "+last.Name)
			wantDiagnosis(t, cut, os.ErrDeadlineExceeded, "tls-timeout", "after "+last.Name)
		}
	}
	if d, ok := Diagnose(whole.messages, nil, means); ok {
		t.Errorf("a good session is diagnosed with %+v", d)
	}
}

func TestCutMessage(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS12, false)
	whole := converse(t, Limits{}, client, server)
	d := NewDecoder(Limits{})
	d.Bytes(ClientToServer, whole.wire[0].bytes, whole.wire[0].at)
	d.Bytes(ServerToClient, whole.wire[1].bytes[:40], whole.wire[1].at)
	s := liveSession{messages: d.Finish()}
	wantDiagnosis(t, s, io.EOF, "tls-damaged", "incomplete record from the server")
	wantDiagnosis(t, s, os.ErrDeadlineExceeded, "tls-timeout", "the server stopped in the middle of a record: 40 bytes of it arrived, and ")
}

// TestEveryAlertIsExplained: an alert of either side gets a sentence and a
// hint, whatever it is.
func TestEveryAlertIsExplained(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS13, false)
	hello := converse(t, Limits{}, client, server).messages[:1]
	for description := range 256 {
		for _, dir := range []Direction{ClientToServer, ServerToClient} {
			alert := Message{Dir: dir, Kind: KindAlert, Name: "Alert", Type: uint8(description), Raw: []byte{levelFatal, uint8(description)}}
			d, ok := Diagnose(append(hello[:1:1], alert), nil, means)
			if description == alertCloseNotify || description == alertUserCanceled || description == alertNoRenegotiation {
				continue
			}
			if !ok || d.Code == "" || d.Hint == "" || !strings.Contains(d.Sentence, alertName(uint8(description))) {
				t.Errorf("alert %d from %s: %+v", description, dir, d)
			}
		}
	}
}

// retry answers a ClientHello with a HelloRetryRequest for a group.
func retry(group byte) func(net.Conn) error {
	return func(c net.Conn) error {
		defer c.Close()
		hello := make([]byte, 4096)
		if _, err := c.Read(hello); err != nil {
			return err
		}
		id := hello[43 : 44+int(hello[43])] // legacy_session_id with its length
		body := append(append([]byte{3, 3}, retryRandom[:]...), id...)
		body = append(body, 0x13, 0x01, 0, 0, 12, 0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, group)
		raw := append([]byte{22, 3, 3, 0, byte(4 + len(body)), 2, 0, 0, byte(len(body))}, body...)
		if _, err := c.Write(raw); err != nil {
			return err
		}
		_, err := c.Read(hello)
		return err
	}
}

// TestGroupNotOffered: a HelloRetryRequest for a group that the client does
// not have says for certain what is missing.
func TestGroupNotOffered(t *testing.T) {
	client, _ := configs(t, "rsa", tls.VersionTLS13, false)
	s := call(t, Limits{}, client, retry(30))
	wantDiagnosis(t, s, s.clientErr, "tls-no-common-group", "this client ended the handshake with illegal_parameter (47): the server insists on the group x448, which was not offered (")
}

// refuse answers a ClientHello with an alert.
func refuse(level, description byte) func(net.Conn) error {
	return says(string([]byte{contentAlert, 3, 3, 0, 2, level, description}))
}

// offering is a client that offers these versions, and what goes with them.
func offering(t *testing.T, lowest, highest uint16) *tls.Config {
	client, _ := configs(t, "rsa", tls.VersionTLS13, false)
	client.MinVersion, client.MaxVersion, client.CipherSuites = lowest, highest, nil
	return client
}

func wantHint(t *testing.T, s liveSession, words ...string) {
	t.Helper()
	d, _ := Diagnose(s.messages, s.clientErr, means)
	for _, w := range words {
		if without, not := strings.CutPrefix(w, "!"); strings.Contains(d.Hint, without) == not {
			t.Errorf("%q in the hint %q", w, d.Hint)
		}
	}
}

// TestRefusedOffer: the alert is the same for all of it, so nothing is called
// the cause. Where the offer was narrowed, that is the first thing to undo.
func TestRefusedOffer(t *testing.T) {
	for _, test := range []struct {
		lowest, highest uint16
		words           string
		weak            string // what insufficient_security is
		hint            []string
	}{
		{tls.VersionTLS13, tls.VersionTLS13, "TLS 1.3 with 3 cipher suites; the groups X25519MLKEM768, ", "tls-no-common-parameters",
			[]string{"offer more TLS versions first: the offer was limited to TLS 1.3 by the lowest version"}},
		{tls.VersionTLS12, tls.VersionTLS12, "TLS 1.2 with ", "tls-no-common-suite",
			[]string{"offer more TLS versions first: the offer was limited to TLS 1.2 by the highest version"}},
		{tls.VersionTLS12, tls.VersionTLS13, "TLS 1.3, TLS 1.2 with ", "tls-no-common-parameters",
			[]string{"offer TLS 1.2 alone, then TLS 1.3 alone", "!limited"}},
	} {
		s := call(t, Limits{}, offering(t, test.lowest, test.highest), refuse(levelFatal, alertHandshakeFailure))
		wantDiagnosis(t, s, s.clientErr, "tls-no-common-parameters", "does not say what is missing; the offer was "+test.words, "of type RSA, ECDSA, Ed25519")
		wantHint(t, s, append(test.hint, "Ed448")...)
		s = call(t, Limits{}, offering(t, test.lowest, test.highest), refuse(levelFatal, alertInsufficientSecurity))
		wantDiagnosis(t, s, s.clientErr, test.weak)
	}
}

// TestRefusedVersion: a server is not told to enable what was not offered.
func TestRefusedVersion(t *testing.T) {
	for _, test := range []struct {
		lowest, highest uint16
		hint            []string
	}{
		{tls.VersionTLS12, tls.VersionTLS13, []string{"the server's operator: enable TLS 1.2 and 1.3", "!limited"}},
		{tls.VersionTLS10, tls.VersionTLS13, []string{"the server's operator: enable TLS 1.2 and 1.3", "!limited"}},
		{tls.VersionTLS12, tls.VersionTLS12, []string{"offer more TLS versions first: the offer was limited to TLS 1.2 by the highest version", "refused too"}},
		{tls.VersionTLS10, tls.VersionTLS11, []string{"offer more TLS versions first: the offer was limited to TLS 1.1, TLS 1.0 by the highest version"}},
		{tls.VersionTLS13, tls.VersionTLS13, []string{"offer more TLS versions first: the offer was limited to TLS 1.3 by the lowest version"}},
	} {
		s := call(t, Limits{}, offering(t, test.lowest, test.highest), refuse(levelFatal, alertProtocolVersion))
		wantDiagnosis(t, s, s.clientErr, "tls-no-common-version", "it accepts none of the offered versions")
		wantHint(t, s, test.hint...)
	}
}

// TestLastWord: an alert that ends nothing by itself may still be the reason.
func TestLastWord(t *testing.T) {
	for _, test := range []struct {
		level, description byte
		sentence, late     string
	}{
		{levelFatal, alertCloseNotify, "the server closed the connection during the handshake with close_notify (0): ", "close_notify (0)"},
		{levelWarning, alertCloseNotify, "the server closed the connection during the handshake with close_notify (0): ", "close_notify (0)"},
		{levelWarning, alertUnrecognizedName, "after a warning alert from the server, unrecognized_name (112): it does not know the requested host name, mail.lab", "unrecognized_name (112)"},
		{levelWarning, alertUserCanceled, "after a warning alert from the server, user_canceled (90): ", "user_canceled (90)"},
	} {
		client, _ := configs(t, "rsa", tls.VersionTLS13, false)
		client.ServerName = "mail.lab"
		s := call(t, Limits{}, client, refuse(test.level, test.description))
		wantDiagnosis(t, s, io.EOF, "tls-closed", test.sentence)
		wantDiagnosis(t, s, os.ErrDeadlineExceeded, "tls-timeout", test.late)
	}
}

// TestNothingAskedFor: an alert about what was not offered at all.
func TestNothingAskedFor(t *testing.T) {
	for description, sentence := range map[byte]string{
		alertUnrecognizedName: "it requires a host name (SNI), and the client sent none",
		alertNoApplication:    "the client offered none",
	} {
		client, _ := configs(t, "rsa", tls.VersionTLS13, false)
		client.ServerName, client.NextProtos = "192.0.2.1", nil
		s := call(t, Limits{}, client, refuse(levelFatal, description))
		d, _ := Diagnose(s.messages, s.clientErr, means)
		if !strings.HasSuffix(d.Code, "-unknown-name") && d.Code != "tls-no-common-protocol" || !strings.Contains(d.Sentence, sentence) || strings.Contains(d.Hint, "offer no ALPN") {
			t.Errorf("%+v", d)
		}
	}
}

// TestTooLong: a message of absurd length is the reason, not the alert that the
// library makes of it.
func TestTooLong(t *testing.T) {
	for _, said := range []string{
		"\x16\x03\x03\x00\x40" + strings.Repeat("\xff", 64),
		"\x16\x03\x03\x10\x00\x02\xff\xff\xff" + strings.Repeat("\x03", 4092),
	} {
		client, _ := configs(t, "rsa", tls.VersionTLS13, false)
		s := call(t, Limits{}, client, says(said))
		wantDiagnosis(t, s, s.clientErr, "tls-message-too-long", "this client ended the handshake with internal_error (80): the server's message ", " declares 16777215 bytes")
		wantHint(t, s, "!the log of the side that sent it")
	}
}

// TestDeadHandshake: what died has no consequences.
func TestDeadHandshake(t *testing.T) {
	for version := uint16(tls.VersionTLS12); version <= tls.VersionTLS13; version++ {
		client, server := configs(t, "rsa", version, false)
		client.RootCAs = x509.NewCertPool()
		s := converse(t, Limits{}, client, server)
		if sum := Describe(s.messages); sum.Group.Chosen.Name == "" || len(sum.Notes) != 0 {
			t.Errorf("%s: %v", sum.Version.Chosen.Name, sum.Notes)
		}
	}
}

// TestNoAnswer: a ClientHello of two packets may be what is lost.
func TestNoAnswer(t *testing.T) {
	for version, hint := range map[uint16]bool{tls.VersionTLS12: false, tls.VersionTLS13: true} {
		client, _ := configs(t, "rsa", version, false)
		client.MinVersion, client.MaxVersion = tls.VersionTLS12, version
		s := call(t, Limits{}, client, says(""))
		wantDiagnosis(t, s, os.ErrDeadlineExceeded, "tls-no-answer", "the server did not answer the ClientHello of")
		if d, _ := Diagnose(s.messages, os.ErrDeadlineExceeded, means); strings.Contains(d.Hint, "TLS 1.2 at most") != hint {
			t.Errorf("%s: %s / %s", tls.VersionName(version), d.Sentence, d.Hint)
		}
	}
}

// TestUnusableCertificate: the alert of crypto/tls tells less than its error.
func TestUnusableCertificate(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS13, false)
	server.Certificates[0].Certificate = [][]byte{{0x30, 0}}
	s := converse(t, Limits{}, client, server)
	wantDiagnosis(t, s, s.clientErr, "tls-certificate-refused", "decode_error (50): it cannot read the server's certificate: ")

	alert := Message{Seq: 9, Dir: ClientToServer, Kind: KindAlert, Name: "Alert", Type: alertDecryptError, Raw: []byte{levelFatal, alertDecryptError}}
	insecure := errors.New("tls: invalid signature by the server certificate: crypto/rsa: 512-bit keys are insecure")
	d, _ := Diagnose(append(s.messages[:1:1], alert), insecure, means)
	if d.Code != "tls-certificate-refused" || !strings.Contains(d.Sentence, "decrypt_error (51): the key in the server's certificate is too short to be used") {
		t.Errorf("%+v", d)
	}
}
