package tlswire

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"net"
	"strings"
	"testing"
	"time"
)

// forge changes what a server of TLS 1.3 says under its own keys: nothing on the path could. It gets each message in the
// clear and returns what goes out in its place.
type forge struct {
	net.Conn
	d       *Decoder // knows the keys
	change  func(name string, raw []byte) []byte
	in, out *aead13
}

func (f *forge) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	f.d.Bytes(ClientToServer, b[:n], time.Now())
	return n, err
}

func (f *forge) Write(b []byte) (int, error) {
	n := len(b)
	var out []byte
	for len(b) > 0 {
		size := recordHeaderLen + int(binary.BigEndian.Uint16(b[3:]))
		out = append(out, f.record(b[:size])...)
		b = b[size:]
	}
	if _, err := f.Conn.Write(out); err != nil {
		return 0, err
	}
	return n, nil
}

func (f *forge) record(raw []byte) []byte {
	if raw[0] != contentApplicationData {
		f.d.Bytes(ServerToClient, raw, time.Now())
		return raw
	}
	if f.in == nil {
		f.rekey(labelServerHandshake)
	}
	typ, plain, err := f.in.open(RecordInfo{ContentType: raw[0], Version: versionTLS12, Length: len(raw) - recordHeaderLen}, raw[recordHeaderLen:])
	if err != nil || typ != contentHandshake {
		return f.seal(typ, plain)
	}
	name := handshakeName(plain)
	out := f.seal(typ, f.change(name, bytes.Clone(plain)))
	if name == "Finished" {
		f.rekey(labelServerTraffic)
		if more := f.change("after", nil); more != nil {
			out = append(out, f.seal(typ, more)...)
		}
	}
	return out
}

func (f *forge) rekey(label string) {
	for _, c := range []**aead13{&f.in, &f.out} {
		made, err := newCipher13(f.d.conn.suite, f.d.secret(label))
		if err != nil {
			panic(err)
		}
		*c = made.(*aead13)
	}
}

func (f *forge) seal(typ uint8, plain []byte) []byte {
	if plain == nil {
		return nil
	}
	inner := append(bytes.Clone(plain), typ)
	header := RecordInfo{ContentType: contentApplicationData, Version: versionTLS12, Length: len(inner) + f.out.aead.Overhead()}.Header()
	sealed := f.out.aead.Seal(header, appendNonce(nil, f.out.iv[:], f.out.seq), inner, header)
	f.out.seq++
	return sealed
}

// handshakeMessage is one with that body.
func handshakeMessage(typ uint8, body string) []byte {
	return append([]byte{typ, 0, byte(len(body) >> 8), byte(len(body))}, body...)
}

// What a server does against the rules under its own keys is named, nobody on the path is suspected, and its certificate's key
// only where the signature is wrong.
func TestForgedByTheServer(t *testing.T) {
	instead := func(of string, forged []byte) func(string, []byte) []byte {
		return func(name string, raw []byte) []byte {
			if name == of {
				return forged
			}
			return raw
		}
	}
	damaged := func(of string) func(string, []byte) []byte {
		return func(name string, raw []byte) []byte {
			if name == of {
				raw[len(raw)-1] ^= 1
			}
			return raw
		}
	}
	const ticket = "\x00\x00\x00\x01\x00\x00\x00\x00\x01n" // age_add and a nonce
	for _, test := range []struct {
		name        string
		change      func(string, []byte) []byte
		code, words string
	}{
		{"an answer to ALPN", instead("EncryptedExtensions", handshakeMessage(typeEncryptedExtensions, "\x00\x0b\x00\x10\x00\x07\x00\x05\x04smtp")), "tls-server-choice", "the server selected an ALPN protocol, although none was offered"},
		{"no extensions at all", instead("EncryptedExtensions", handshakeMessage(typeEncryptedExtensions, "\x00")), "tls-protocol-violation", "the server's EncryptedExtensions is malformed"},
		{"no CA in a list of them", instead("Certificate", handshakeMessage(typeCertificateRequest, "\x00\x00\x06\x00\x2f\x00\x02\x00\x00")), "tls-protocol-violation", "empty certificate_authorities"},
		{"no certificate", instead("Certificate", handshakeMessage(typeCertificate, "\x00\x00\x00\x00")), "tls-protocol-violation", "contains no certificate"},
		{"Finished too early", instead("Certificate", handshakeMessage(typeFinished, strings.Repeat("f", 32))), "tls-unexpected-message", "the server sent Finished where Certificate was expected"},
		{"a wrong signature", damaged("CertificateVerify"), "tls-proof-failed", "the server's signature failed verification with the key in its certificate"},
		{"a wrong Finished", damaged("Finished"), "tls-protocol-violation", "the server's Finished is wrong, although its signature over the handshake was valid"},
		{"a ticket for eight days", instead("after", handshakeMessage(typeNewSessionTicket, "\x00\x0a\x8c\x00"+ticket[4:]+"\x00\x01t\x00\x00")), "tls-protocol-violation", "lifetime of more than seven days"},
		{"an empty ticket", instead("after", handshakeMessage(typeNewSessionTicket, ticket+"\x00\x00\x00\x00")), "tls-protocol-violation", "the server sent an empty session ticket"},
		{"a request after the handshake", instead("after", handshakeMessage(typeCertificateRequest, "\x01c\x00\x08\x00\x0d\x00\x04\x00\x02\x04\x03")), "tls-renegotiation", "requests a client certificate after the handshake, although this client did not offer post-handshake authentication"},
		{"a hello after the handshake", instead("after", handshakeMessage(typeServerHello, strings.Repeat("h", 40))), "tls-protocol-violation", "the server's ServerHello is malformed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, server := configs(t, "rsa", tls.VersionTLS13, false)
			client.ClientSessionCache = tls.NewLRUClientSessionCache(1) // or tickets are not looked at
			s := call(t, Limits{}, client, func(c net.Conn) error {
				f := &forge{Conn: c, d: NewDecoder(Limits{}), change: test.change}
				server.KeyLogWriter = f.d.KeyLog()
				return answer(tls.Server(f, server))
			})
			if s.clientErr == nil {
				t.Fatal("the client takes it")
			}
			d, ok := Diagnose(s.messages, s.clientErr, means)
			if late, found := DiagnoseLate(s.messages, s.clientErr, means); found {
				d, ok = late, true
			}
			if !ok || d.Code != test.code || !strings.Contains(d.Sentence, test.words) {
				t.Errorf("%v: %+v, want %s: %s", s.clientErr, d, test.code, test.words)
			}
			if said := d.Sentence + d.Hint; strings.Contains(said, "the two sides saw") || strings.ContainsAny(said, "*{}") || test.code != "tls-proof-failed" && strings.Contains(said, "key belongs") {
				t.Errorf("%+v", d)
			}
		})
	}
}
