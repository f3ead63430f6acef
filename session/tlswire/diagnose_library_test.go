package tlswire

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// clientFiles are the files of crypto/tls whose errors a client may meet.
var clientFiles = []string{"handshake_client.go", "handshake_client_tls13.go", "key_agreement.go", "key_schedule.go", "auth.go", "conn.go", "common.go"}

// notMet are the errors in them that this client does not meet, by how they begin.
var notMet = map[string][]string{
	"a server's": {"invalid ClientKeyExchange message", "certificate private key does not implement crypto.Decrypter", "no supported elliptic curves offered",
		"certificate private key of type", "certificate cannot be used with the selected cipher suite", "failed to sign ECDHE parameters",
		"received new session ticket from a client", "invalid client key share length", "no certificates configured", "VerifyHostname called on TLS server", "unable to generate random session ticket key", "keys must have at least one key"},
	"of settings that are not made": {"either ServerName or InsecureSkipVerify", "no supported elliptic curves for ECDHE", "CurvePreferences includes unsupported curve",
		"MinVersion must be", "MaxVersion must be", "EncryptedClientHelloConfigList contains", "FIPS 140-3 requires", "no FIPS compatible",
		"unknown Renegotiation value", "failed to verify certificate", "peer doesn't support the certificate custom signature algorithms", "received record"},
	"of Encrypted Client Hello, which is not sent": {"unexpected encrypted client hello extension in server hello", "unexpected server_name extension in server hello",
		"malformed encrypted client hello extension", "server sent encrypted client hello retry configs"},
	"of QUIC": {"server did not select an ALPN protocol", "server did not send a quic", "server sent an unexpected quic", "invalid early data for QUIC",
		"received unexpected key update message", "handshake buffer not empty before setting read traffic secret"},
	"of 0-RTT and renegotiation, which are not done": {"server accepted 0-RTT", "server's identity changed during renegotiation", "incorrect renegotiation extension contents",
		"server selected TLS 1.3 in a renegotiation"},
	"of this machine, in words of their own": {"short read from Rand", "failed to write to key log"},
	"of the library itself": {"internal error", "unsupported key exchange", "invalid server key share length", "protocol is shutdown",
		"failed to send closeNotify", "CloseWrite called", "handshake has not yet been performed", "handshake did not verify"},
}

// Every error that crypto/tls of the Go in use can give to a client has a row, and every row is an error that it has.
func TestLibraryErrors(t *testing.T) {
	found := libraryTexts(t)
	if len(found) < 80 {
		t.Fatalf("only %d errors were found", len(found))
	}
	var left []string
	for _, list := range notMet {
		left = append(left, list...)
	}
	starts := func(text string) func(string) bool {
		return func(start string) bool { return strings.HasPrefix(text, start) }
	}
	for _, text := range found {
		if _, ok := libraryErrorOf(errors.New("tls: " + text)); !ok && !slices.ContainsFunc(left, starts(text)) {
			t.Errorf("no row says what %q means", text)
		}
	}
	for _, e := range libraryErrors {
		if !slices.ContainsFunc(found, func(text string) bool { return strings.HasPrefix(text, e.text) }) {
			t.Errorf("crypto/tls has no error %q", e.text)
		}
	}
}

// librarySource is the folder of crypto/tls, of the Go that runs the tests.
func librarySource(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "crypto/tls").Output()
	if err != nil {
		t.Skip("the library's source is not installed")
	}
	return strings.TrimSpace(string(out))
}

// libraryTexts are the texts of the errors that crypto/tls makes in the files of a client.
func libraryTexts(t *testing.T) (texts []string) {
	dir := librarySource(t)
	for _, name := range clientFiles {
		file, err := goparser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, _ := strconv.Unquote(lit.Value)
				if text, ok := strings.CutPrefix(text, "tls: "); ok && text != "" {
					texts = append(texts, text)
				} else if strings.HasPrefix(text, "received record with version") {
					texts = append(texts, text)
				}
			}
			return true
		})
	}
	return texts
}

// Whatever the library says, no sentence holds a type of Go, and a row that has one makes a whole one.
func TestLibraryWords(t *testing.T) {
	for _, text := range libraryTexts(t) {
		err := errors.New("tls: " + strings.NewReplacer("%T", "*tls.finishedMsg", "*%T", "*ed25519.PrivateKey").Replace(text))
		d, _ := inquest{err: err}.library()
		for _, said := range []string{ErrorWords(err), d.Sentence, d.Hint} {
			if strings.ContainsAny(said, "*{}") || strings.Contains(said, "Msg") {
				t.Errorf("%q says %q", text, said)
			}
		}
	}
	got := ErrorWords(errors.New("tls: received unexpected handshake message of type *tls.certificateMsgTLS13 when waiting for *tls.encryptedExtensionsMsg"))
	if want := "the server sent Certificate where EncryptedExtensions was expected"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := ErrorWords(errors.New("tls: received unexpected handshake message of type <nil>")); strings.Contains(got, "<") {
		t.Error(got)
	}
}

// The messages of crypto/tls are called as in the standard.
func TestLibraryMessages(t *testing.T) {
	file, err := goparser.ParseFile(token.NewFileSet(), filepath.Join(librarySource(t), "handshake_messages.go"), nil, 0)
	if err != nil {
		t.Skip(err)
	}
	known := map[string]bool{}
	for typ := range 256 {
		known[handshakeName([]byte{byte(typ), 0, 0, 0})] = true
	}
	seen := 0
	for name := range file.Scope.Objects {
		if base, isMessage := strings.CutSuffix(strings.TrimSuffix(name, "TLS13"), "Msg"); isMessage && base != "" && base != "transcript" {
			if seen++; !known[messageOf("*tls."+name)] {
				t.Errorf("%s is called %s", name, messageOf("*tls."+name))
			}
		}
	}
	if seen < 12 {
		t.Errorf("only %d messages were found", seen)
	}
}

// between is a connection to a server by way of someone who changes the first ClientHello.
type between struct {
	net.Conn
	change func([]byte)
	done   bool
}

func (c *between) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if !c.done { // the library reads the record in one go
		c.change(b[:n])
		c.done = n > recordHeaderLen
	}
	return n, err
}

// through plays a handshake with someone between the two sides.
func through(t *testing.T, client, server *tls.Config, change func([]byte)) liveSession {
	t.Helper()
	return call(t, Limits{}, client, func(c net.Conn) error {
		return answer(tls.Server(&between{Conn: c, change: change}, server))
	})
}

// Someone on the path takes TLS 1.3 out of the ClientHello, or another suite: whichever side notices, the server is not
// blamed.
func TestTamperedHello(t *testing.T) {
	supportedVersions := []byte{0, 43, 0, 5, 4, 3, 4}
	without13 := func(b []byte) {
		if at := bytes.Index(b, supportedVersions); at >= 0 {
			b[at+5], b[at+6] = 0x0a, 0x0a
		}
	}
	otherName := func(b []byte) {
		if at := bytes.Index(b, []byte("h2")); at >= 0 {
			copy(b[at:], "h3")
		}
	}
	for _, test := range []struct {
		name        string
		min, max    uint16
		change      func([]byte)
		code, words string
	}{
		{"TLS 1.3 taken out", tls.VersionTLS12, tls.VersionTLS13, without13, "tls-downgrade", "this client ended the handshake with illegal_parameter (47): the server chose TLS 1.2, but its random value says that it supports a higher version"},
		{"another protocol in TLS 1.3", tls.VersionTLS13, tls.VersionTLS13, otherName, "tls-tampered", "this client ended the handshake with bad_record_mac (20): the server's first encrypted record failed decryption"},
		{"another protocol in TLS 1.2", tls.VersionTLS12, tls.VersionTLS12, otherName, "tls-tampered", "the client's Finished does not match the messages that arrived at the server"},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, server := configs(t, "rsa", tls.VersionTLS13, false)
			client.MinVersion, client.MaxVersion, client.NextProtos, client.CipherSuites = test.min, test.max, []string{"h2", "smtp"}, nil
			server.MinVersion, server.MaxVersion, server.NextProtos = tls.VersionTLS12, tls.VersionTLS13, []string{"smtp"}
			s := through(t, client, server, test.change)
			wantDiagnosis(t, s, s.clientErr, test.code, test.words)
			if d, _ := Diagnose(s.messages, s.clientErr, means); strings.HasPrefix(d.Hint, "the server") {
				t.Error(d.Hint)
			}
		})
	}
}

// A server whose CertificateRequest fits no key of ours is told as that, not as a choice of suites.
func TestClientKeyDoesNotFit(t *testing.T) {
	for _, text := range []string{"peer doesn't support any of the certificate's signature algorithms", "unsupported certificate key (*rsa.PublicKey)"} {
		alert := Message{Dir: ClientToServer, Kind: KindAlert, Name: "Alert", Type: alertHandshakeFailure, Raw: []byte{levelFatal, alertHandshakeFailure}}
		d, ok := Diagnose([]Message{alert}, fmt.Errorf("tls: %s", text), means)
		if !ok || d.Code != "tls-client-certificate-refused" {
			t.Errorf("%+v", d)
		}
	}
}
