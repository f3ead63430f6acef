package tlswire

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
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
	d, ok := Diagnose(s.messages, err)
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
		wantCovered(t, m.Name, m.Fields(m.At), 0, len(m.Raw))
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
	wantDiagnosis(t, s, s.clientErr, "tls-no-common-suite", "the server", "handshake_failure (40)", "for TLS 1.2: 1 cipher suite, the groups x25519,")
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
		wantDiagnosis(t, s, s.clientErr, "tls-certificate-refused", "the client ended", "server's certificate")
	}
}

// TestWrongKey: the server signs with a key that is not its certificate's.
func TestWrongKey(t *testing.T) {
	for _, kind := range []string{"rsa", "ecdsa"} {
		for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
			client, server := configs(t, kind, version, false)
			server.Certificates[0].Certificate = issue(t, kind).Certificate
			if kind == "rsa" { // all of them have the same key
				server.Certificates[0].PrivateKey, _ = rsa.GenerateKey(rand.Reader, 2048)
			}
			s := converse(t, Limits{}, client, server)
			wantDiagnosis(t, s, s.clientErr, "tls-proof-failed", "the client ended", "of the server did not verify")
		}
	}
}

// TestDamagedFinished: a bit of the server's Finished changes on the way.
func TestDamagedFinished(t *testing.T) {
	for version, flight := range map[uint16]int{tls.VersionTLS12: 2, tls.VersionTLS13: 1} {
		client, server := configs(t, "rsa", version, false)
		s := call(t, Limits{}, client, func(c net.Conn) error { return answer(tls.Server(&tamper{c, flight}, server)) })
		wantDiagnosis(t, s, s.clientErr, "tls-damaged", "the client ended the handshake with bad_record_mac (20)")
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
		wantDiagnosis(t, s, s.clientErr, "tls-plaintext", fmt.Sprintf("%q", text))
		if d, _ := Diagnose(s.messages, s.clientErr); !strings.Contains(d.Hint, hint) {
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
	wantDiagnosis(t, s, io.EOF, "tls-closed-silently", "without a word")
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
	if d, ok := Diagnose(whole.messages, nil); ok {
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
	wantDiagnosis(t, s, os.ErrDeadlineExceeded, "tls-timeout", "nothing came after incomplete record from the server")
}

// TestEveryAlertIsExplained: an alert of either side gets a sentence and a
// hint, whatever it is.
func TestEveryAlertIsExplained(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS13, false)
	hello := converse(t, Limits{}, client, server).messages[:1]
	for description := range 256 {
		for _, dir := range []Direction{ClientToServer, ServerToClient} {
			alert := Message{Dir: dir, Kind: KindAlert, Name: "Alert", Type: uint8(description), Raw: []byte{levelFatal, uint8(description)}}
			d, ok := Diagnose(append(hello[:1:1], alert), nil)
			if description == alertCloseNotify || description == alertUserCanceled || description == alertNoRenegotiation {
				continue
			}
			if !ok || d.Code == "" || d.Hint == "" || !strings.Contains(d.Sentence, AlertName(uint8(description))) {
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
	wantDiagnosis(t, s, s.clientErr, "tls-no-common-group", "the client ended the handshake with illegal_parameter (47): the server insists on the group x448, which was not offered (")
}

// TestRefusedOffer: the alert is the same for all of it, so the sentence goes
// as far as the offer does.
func TestRefusedOffer(t *testing.T) {
	for _, test := range []struct {
		min, max uint16
		code     string
		words    string
	}{
		{tls.VersionTLS13, tls.VersionTLS13, "tls-no-common-group", "most likely it knows none of the groups offered, "},
		{tls.VersionTLS12, tls.VersionTLS12, "tls-no-common-suite", "it can use nothing of what was offered for TLS 1.2: "},
		{tls.VersionTLS12, tls.VersionTLS13, "tls-no-common-parameters", "does not say what it lacks: TLS 1.3, TLS 1.2, "},
	} {
		client, _ := configs(t, "rsa", tls.VersionTLS13, false)
		client.MinVersion, client.MaxVersion, client.CipherSuites = test.min, test.max, nil
		s := call(t, Limits{}, client, says("\x15\x03\x03\x00\x02\x02\x28"))
		wantDiagnosis(t, s, s.clientErr, test.code, test.words)
		s = call(t, Limits{}, client, says("\x15\x03\x03\x00\x02\x02\x47")) // insufficient_security
		wantDiagnosis(t, s, s.clientErr, "tls-no-common-suite", "it wants stronger cipher suites")
	}
}

// TestNoAnswer: a ClientHello of two packets may be what is lost.
func TestNoAnswer(t *testing.T) {
	for version, hint := range map[uint16]bool{tls.VersionTLS12: false, tls.VersionTLS13: true} {
		client, _ := configs(t, "rsa", version, false)
		client.MinVersion, client.MaxVersion = tls.VersionTLS12, version
		s := call(t, Limits{}, client, says(""))
		wantDiagnosis(t, s, os.ErrDeadlineExceeded, "tls-no-answer", "nothing came back after the ClientHello (")
		if d, _ := Diagnose(s.messages, os.ErrDeadlineExceeded); strings.Contains(d.Hint, "--tls-max 1.2") != hint {
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
	d, _ := Diagnose(append(s.messages[:1:1], alert), insecure)
	if d.Code != "tls-certificate-refused" || !strings.Contains(d.Sentence, "decrypt_error (51): the key in the server's certificate is too short to be used") {
		t.Errorf("%+v", d)
	}
}
