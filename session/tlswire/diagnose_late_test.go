package tlswire

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
)

// later is a good session with one more message of the server, as it comes inside TLS.
func later(t *testing.T, version uint16, m Message) []Message {
	t.Helper()
	client, server := configs(t, "rsa", version, false)
	whole := converse(t, Limits{}, client, server).messages
	var list []Message
	for _, o := range whole {
		if o.Kind != KindAlert && o.Name != "NewSessionTicket" {
			list = append(list, o)
		}
	}
	m.Seq, m.Dir, m.Version, m.Encrypted, m.Key = len(whole), ServerToClient, version, true, "a key"
	return append(list, m)
}

// What ends TLS after a good handshake is named, and nobody on the path is suspected of what came inside.
func TestLateEnds(t *testing.T) {
	handshake := func(typ uint8, name string) Message {
		return Message{Kind: KindHandshake, Type: typ, Name: name, Raw: []byte{typ, 0, 0, 0}}
	}
	for _, test := range []struct {
		version     uint16
		last        Message
		err         string
		code, words string
	}{
		{tls.VersionTLS12, handshake(typeHelloRequest, "HelloRequest"), "no renegotiation", "tls-renegotiation", "this client does not renegotiate"},
		{tls.VersionTLS13, handshake(typeCertificateRequest, "CertificateRequest"), "received unexpected handshake message of type *tls.certificateRequestMsgTLS13", "tls-renegotiation", "after the handshake"},
		{tls.VersionTLS13, handshake(typeKeyUpdate, "KeyUpdate"), "too many non-advancing records", "tls-protocol-violation", "more than 16 messages in a row that carry no data, the last of them KeyUpdate"},
		{tls.VersionTLS13, handshake(typeNewSessionTicket, "NewSessionTicket"), "received a session ticket with invalid lifetime", "tls-protocol-violation", "more than seven days"},
		{tls.VersionTLS13, handshake(typeFinished, "Finished"), "received unexpected handshake message of type *tls.finishedMsg", "tls-unexpected-message", "the server sent Finished, which is not allowed after the handshake"},
	} {
		d, ok := DiagnoseLate(later(t, test.version, test.last), errors.New("tls: "+test.err), means)
		if !ok || d.Code != test.code || !strings.Contains(d.Sentence, test.words) || strings.Contains(d.Sentence+d.Hint, "on the way") || strings.Contains(d.Sentence, "*") {
			t.Errorf("%s: %v %+v", test.err, ok, d)
		}
	}
	if d, ok := DiagnoseLate(later(t, tls.VersionTLS13, handshake(typeNewSessionTicket, "NewSessionTicket")), errors.New("local error: tls: bad record MAC"), means); ok {
		t.Errorf("a damaged record is %+v", d)
	}
}

// An alert in cleartext after the keys is nobody's word.
func TestAlertInCleartext(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS13, false)
	s := call(t, Limits{}, client, func(c net.Conn) error { return answer(tls.Server(&injector{Conn: c}, server)) })
	wantDiagnosis(t, s, s.clientErr, "tls-alert-in-cleartext", "an alert in cleartext, handshake_failure (40), arrived after encryption had begun")
	if d, _ := Diagnose(s.messages, s.clientErr, means); !strings.HasPrefix(d.Sentence, "this client ended") {
		t.Error(d.Sentence)
	}
}

// injector puts an alert after the server's hello.
type injector struct {
	net.Conn
	done bool
}

func (c *injector) Write(b []byte) (int, error) {
	if c.done || len(b) < recordHeaderLen || b[0] != contentHandshake {
		return c.Conn.Write(b)
	}
	c.done = true
	n := recordHeaderLen + int(b[3])<<8 + int(b[4])
	first, rest := b[:min(n, len(b))], b[min(n, len(b)):]
	out := append(append(append([]byte{}, first...), contentAlert, 3, 3, 0, 2, levelFatal, alertHandshakeFailure), rest...)
	if _, err := c.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(b), nil
}

// All of Java's servers send user_canceled before close_notify, and cancel nothing.
func TestUserCanceledBeforeTheEnd(t *testing.T) {
	client, _ := configs(t, "rsa", tls.VersionTLS13, false)
	s := call(t, Limits{}, client, says("\x15\x03\x03\x00\x02\x01\x5a\x15\x03\x03\x00\x02\x01\x00"))
	wantDiagnosis(t, s, io.EOF, "tls-closed", "the server closed the connection during the handshake with close_notify (0): an orderly close")
}

func TestServersOfAnotherAge(t *testing.T) {
	client, _ := configs(t, "rsa", tls.VersionTLS13, false)
	s := call(t, Limits{}, client, says("\x15\x03\x00\x00\x02\x02\x28"))
	wantDiagnosis(t, s, s.clientErr, "tls-no-common-version", "in an SSL 3.0 record: it probably supports only SSL 3.0")
	s = call(t, Limits{}, client, refuse(levelFatal, alertAccessDenied))
	wantDiagnosis(t, s, s.clientErr, "tls-server-refused", "it denies access, and no client certificate was sent")
}

// What other libraries say where OpenSSL says handshake_failure: GnuTLS where it requires a client certificate, Java where no
// group is shared. A server that failed after the handshake had a certificate and a key.
func TestWordsOfOtherLibraries(t *testing.T) {
	alert := func(seq int, description uint8) Message {
		return Message{Seq: seq, Dir: ServerToClient, Kind: KindAlert, Name: "Alert", Type: description, Raw: []byte{levelFatal, description}}
	}
	client, server := configs(t, "rsa", tls.VersionTLS12, true)
	client.Certificates = nil
	all := converse(t, Limits{}, client, server).messages
	asked := all[:len(all)-1] // without the alert of this server
	for _, test := range []struct {
		before      []Message
		description uint8
		code, words string
	}{
		{asked, alertDecodeError, "tls-certificate-required", "the server ended the handshake with decode_error (50): it requested a client certificate and got none"},
		{all[:1], alertDecodeError, "tls-damaged", "the server ended the handshake with decode_error (50)"},
		{all[:1], alertUnexpectedMessage, "tls-unexpected-message", "the server ended the handshake with unexpected_message (10): it did not expect the ClientHello: the service may speak another protocol, or support none of the groups offered, x25519, "},
		{asked, alertUnexpectedMessage, "tls-unexpected-message", "it did not expect this message at this point"},
	} {
		messages := append(test.before[:len(test.before):len(test.before)], alert(len(test.before), test.description))
		if d, ok := Diagnose(messages, nil, means); !ok || d.Code != test.code || !strings.HasPrefix(d.Sentence, test.words) && !strings.HasSuffix(d.Sentence, test.words) {
			t.Errorf("%+v, want %s: %s", d, test.code, test.words)
		}
	}
	client, server = configs(t, "rsa", tls.VersionTLS12, true)
	proved := converse(t, Limits{}, client, server).messages
	own := slices.IndexFunc(proved, func(m Message) bool { return m.Dir == ClientToServer && m.is(typeFinished) }) + 1
	d, _ := Diagnose(append(proved[:own:own], alert(own, alertDecryptError)), nil, means)
	if d.Code != "tls-proof-failed" || !strings.HasSuffix(d.Sentence, "the two sides saw different messages, or the server checks it wrongly") || strings.Contains(d.Hint, "belongs") {
		t.Errorf("a proof that was refused: %+v", d)
	}
	d, _ = Diagnose(later(t, tls.VersionTLS13, alert(0, alertDecryptError)), nil, means)
	if d.Code != "tls-proof-failed" || !strings.HasSuffix(d.Sentence, "in TLS 1.3 both are encrypted, so no one on the path can have changed them") || d.Hint != mendServer {
		t.Errorf("a proof that was refused in TLS 1.3: %+v", d)
	}
	for _, description := range []uint8{alertProtocolVersion, alertInsufficientSecurity, alertUnrecognizedName, alertNoApplication, alertUnexpectedMessage} {
		d, _ := Diagnose(later(t, tls.VersionTLS13, alert(0, description)), nil, means)
		if said := d.Sentence + d.Hint; !strings.HasPrefix(d.Sentence, "after the handshake the server ended") || strings.Contains(said, "offered") || strings.Contains(said, "host") {
			t.Errorf("alert %d after the handshake: %+v", description, d)
		}
	}
	late := alert(0, alertInternalError)
	if d, _ := Diagnose(later(t, tls.VersionTLS13, late), nil, means); d.Code != "tls-server-broken" || strings.Contains(d.Hint, "key is missing") {
		t.Errorf("after the handshake: %+v", d)
	}
}

// An empty list of CAs breaks the rules, and is named.
func TestEmptyAuthorities(t *testing.T) {
	m := Message{Kind: KindHandshake, Type: typeCertificateRequest, Name: "CertificateRequest",
		Raw: []byte{typeCertificateRequest, 0, 0, 9, 0, 0, 6, 0, extCertificateAuthorities, 0, 2, 0, 0}}
	client, server := configs(t, "rsa", tls.VersionTLS13, false)
	hellos := converse(t, Limits{}, client, server).messages[:2]
	m.Seq, m.Dir, m.Version, m.Encrypted, m.Key = 2, ServerToClient, versionTLS13, true, "a key"
	alert := Message{Seq: 3, Dir: ClientToServer, Kind: KindAlert, Name: "Alert", Type: alertDecodeError, Raw: []byte{levelFatal, alertDecodeError}}
	d, ok := Diagnose(append(hellos[:2:2], m, alert), fmt.Errorf("local error: tls: error decoding message"), means)
	if !ok || d.Code != "tls-protocol-violation" || !strings.Contains(d.Sentence, "empty certificate_authorities") {
		t.Errorf("%+v", d)
	}
}
