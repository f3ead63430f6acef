package tlswire

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// message parses the whole message by its kind.
func (p *parser) message() {
	m := p.msg
	switch {
	case m.Encrypted && m.Key == "":
		p.fail("protected record", m.Reason)
	case m.Kind == KindHandshake:
		p.handshake()
	case m.Kind == KindAlert:
		p.alert()
	case m.Kind == KindChangeCipherSpec:
		p.number("type", 1, changeCipherSpecMeaning(m.Version), "RFC 5246 §7.1, RFC 9846 §5")
	default:
		p.foreign()
	}
}

func changeCipherSpecMeaning(version uint16) string {
	if version == versionTLS13 {
		return "always 1: a dummy that makes old middleboxes take this for a resumed TLS 1.2 session; it changes nothing"
	}
	return "always 1: the sender encrypts everything after this message"
}

func (p *parser) alert() {
	p.code8("level", alertLevels)
	if p.msg.Version == versionTLS13 && !p.failed {
		p.last().Meaning = "in TLS 1.3 the level has no meaning: close_notify and user_canceled are not errors, all others are fatal"
	}
	p.point8("description", kindAlert, alerts)
}

// foreign shows bytes that are no TLS, as text if they are.
func (p *parser) foreign() {
	b := p.peek(p.left())
	p.fail("bytes", p.msg.Reason)
	if text, ok := printable(b); ok {
		p.last().Value = text
	}
}

// printable returns the bytes as quoted text if they are text in the main.
func printable(b []byte) (string, bool) {
	if len(b) == 0 || !utf8.Valid(b) {
		return "", false
	}
	text := fmt.Sprintf("%q", b[:min(len(b), 512)])
	return text, strings.Count(text, `\x`)+strings.Count(text, `\u`) <= len(b)/16
}

// handshake parses a handshake message (RFC 9846 §4, RFC 5246 §7.4).
func (p *parser) handshake() {
	p.point8("msg_type", kindMessage, handshakeTypes)
	length := p.number("length", 3, "bytes that follow", "RFC 9846 §4")
	if p.failed {
		return
	}
	if length > p.left() {
		p.last().Meaning = fmt.Sprintf("bytes that follow; only %d are there", p.left())
	}
	if length < p.left() {
		p.group("body", length, "", "", (*parser).body)
		p.end()
		return
	}
	p.body()
	if length > p.limit-handshakeHeaderLen {
		p.fail("missing bytes", cmp.Or(p.msg.Reason, "the message is not complete"))
	}
}

func (p *parser) body() {
	tls13 := p.msg.Version == versionTLS13
	switch p.msg.Type {
	case typeClientHello:
		p.clientHello()
	case typeServerHello:
		p.serverHello()
	case typeEncryptedExtensions:
		p.extensions("RFC 9846 §4.4.1")
	case typeCertificate:
		pick(tls13, (*parser).certificate13, (*parser).certificate12)(p)
	case typeCompressedCertificate:
		p.compressedCertificate()
	case typeCertificateRequest:
		pick(tls13, (*parser).certificateRequest13, (*parser).certificateRequest12)(p)
	case typeCertificateVerify:
		p.signature("RFC 9846 §4.5.2, RFC 5246 §7.4.8")
	case typeCertificateStatus:
		p.certificateStatus()
	case typeServerKeyExchange:
		p.serverKeyExchange()
	case typeClientKeyExchange:
		p.clientKeyExchange()
	case typeNewSessionTicket:
		pick(tls13, (*parser).newSessionTicket13, (*parser).newSessionTicket12)(p)
	case typeKeyUpdate:
		p.code8("request_update", keyUpdateRequests)
	case typeFinished:
		p.rest("verify_data", "keyed checksum over every handshake message before this one", "RFC 9846 §4.5.3, RFC 5246 §7.4.9")
	case typeHelloRequest, typeServerHelloDone, typeEndOfEarlyData:
	default:
		p.rest("body", "this program does not decode this message", "")
	}
}

func pick(cond bool, yes, no func(*parser)) func(*parser) {
	if cond {
		return yes
	}
	return no
}

func (p *parser) clientHello() {
	p.legacyVersion("the highest version that the client supports (up to TLS 1.2)")
	p.bytes("random", 32, "the client's random value; it identifies this handshake in a key log", "RFC 9846 §4.2.2")
	p.opaque("legacy_session_id", 1, "session_id", "a session to resume in TLS 1.2; in TLS 1.3 random bytes for middleboxes", "RFC 9846 §4.2.2, RFC 5246 §7.4.1.2")
	p.list("cipher_suites", 2, "the offered cipher suites, preferred ones first", "RFC 9846 §4.2.2", func(p *parser) { p.code16("cipher_suite", suiteOf) })
	p.list("legacy_compression_methods", 1, "always null today", "RFC 9846 §4.2.2", func(p *parser) { p.code8("compression_method", compressionMethods) })
	p.optionalExtensions("RFC 9846 §4.3")
}

func (p *parser) serverHello() {
	p.legacyVersion("the version that the server chose (up to TLS 1.2)")
	p.serverRandom()
	p.opaque("legacy_session_id_echo", 1, "session_id", "the client's session ID, echoed (TLS 1.3, or a resumed session), or a new ID for this session", "RFC 9846 §4.2.3, RFC 5246 §7.4.1.3")
	p.code16("cipher_suite", suiteOf)
	p.code8("legacy_compression_method", compressionMethods)
	p.optionalExtensions("RFC 9846 §4.3")
}

// legacyVersion parses the version of a hello, which means something only
// without the extension that took its place (RFC 9846 §4.2.2, §4.3.1).
func (p *parser) legacyVersion(meaning string) {
	p.code16("legacy_version", versionOf)
	if p.failed {
		return
	}
	h, _ := readHello(p.msg.Type, p.raw)
	if _, ok := h.extension(extSupportedVersions); ok {
		p.last().Meaning = "fixed at TLS 1.2 for devices on the path; supported_versions has the real one"
		return
	}
	p.last().Meaning = joined(meaning, p.last().Meaning)
}

// Ends of a server's random that say: I would speak a higher version (RFC 9846
// §4.2.3).
const (
	downgrade12 = "DOWNGRD\x01"
	downgrade11 = "DOWNGRD\x00"
)

func (p *parser) serverRandom() {
	meaning := "the server's random value"
	switch b := p.peek(32); {
	case isRetry(p.raw):
		meaning = "the SHA-256 of \"HelloRetryRequest\": this ServerHello is one"
	case strings.HasSuffix(string(b), downgrade12):
		meaning += "; its last bytes say that the server supports TLS 1.3: if the client does too, this is a downgrade"
	case strings.HasSuffix(string(b), downgrade11):
		meaning += "; its last bytes say that the server supports TLS 1.2 or higher: if the client does too, this is a downgrade"
	}
	p.bytes("random", 32, meaning, "RFC 9846 §4.2.3")
}

// explain puts more words to the field made last.
func (p *parser) explain(more string) {
	if !p.failed {
		p.last().Meaning = joined(p.last().Meaning, more)
	}
}

// signature parses a signature: with its scheme since TLS 1.2 (RFC 5246 §4.7).
func (p *parser) signature(ref string) {
	if p.msg.Version == 0 || p.msg.Version >= versionTLS12 {
		p.code16("algorithm", SignatureScheme)
	}
	p.opaque("signature", 2, "signature", "made with the private key of the sender's certificate", ref)
}

func (p *parser) certificate13() {
	p.opaque("certificate_request_context", 1, "context", "empty in the handshake; names the request after it", "RFC 9846 §4.5.1")
	p.list("certificate_list", 3, "the sender's certificate first, then those above it", "RFC 9846 §4.5.1", func(p *parser) {
		p.certificateEntry()
		p.extensions("RFC 9846 §4.5.1")
	})
}

func (p *parser) certificate12() {
	p.list("certificate_list", 3, "the sender's certificate first, then those above it", "RFC 5246 §7.4.2", (*parser).certificateEntry)
}

func (p *parser) certificateEntry() {
	p.vector("cert_data", 3, "", "RFC 5280 §4.1", (*parser).certificate)
	if !p.failed && len(p.last().Children) > 1 {
		p.last().Value = p.last().Children[1].Value
	}
}

func (p *parser) compressedCertificate() {
	p.code16("algorithm", in(certificateCompressions))
	p.number("uncompressed_length", 3, "bytes of the Certificate message inside", "RFC 8879 §4")
	p.opaque("compressed_certificate_message", 3, "message", "", "RFC 8879 §4")
}

func (p *parser) certificateRequest13() {
	p.opaque("certificate_request_context", 1, "context", "empty in the handshake", "RFC 9846 §4.4.2")
	p.extensions("RFC 9846 §4.4.2")
}

func (p *parser) certificateRequest12() {
	p.list("certificate_types", 1, "accepted types of certificate", "RFC 5246 §7.4.4", func(p *parser) { p.code8("certificate_type", clientCertificateTypes) })
	if p.msg.Version >= versionTLS12 || p.msg.Version == 0 {
		p.list("supported_signature_algorithms", 2, "signature algorithms that the server can verify", "RFC 5246 §7.4.4", func(p *parser) { p.code16("algorithm", SignatureScheme) })
	}
	p.names("certificate_authorities", "CAs whose certificates are accepted; empty: any", "RFC 5246 §7.4.4")
}

func (p *parser) certificateStatus() {
	p.code8("status_type", statusTypes)
	p.vector("response", 3, "the CA's statement about the certificate's revocation", "RFC 6066 §8", (*parser).ocspResponse)
	if f := p.made(); f != nil && len(f.Children) > 1 {
		f.Value = f.Children[1].Value
	}
}

func (p *parser) newSessionTicket12() {
	p.seconds("ticket_lifetime_hint", "lifetime of the ticket; 0: not specified", "RFC 5077 §3.3")
	p.opaque("ticket", 2, "ticket", "the ticket: usually the session's state, encrypted by the server", "RFC 5077 §3.3")
}

func (p *parser) newSessionTicket13() {
	p.seconds("ticket_lifetime", "lifetime of the ticket, at most a week", "RFC 9846 §4.7.1")
	p.number("ticket_age_add", 4, "a value that the client adds to the ticket's age, so that an eavesdropper cannot link connections", "RFC 9846 §4.7.1")
	p.opaque("ticket_nonce", 1, "nonce", "makes the key of this ticket different from the keys of other tickets", "RFC 9846 §4.7.1")
	p.opaque("ticket", 2, "ticket", "the client sends it in pre_shared_key to resume the session", "RFC 9846 §4.7.1")
	p.extensions("RFC 9846 §4.7.1")
}

// seconds makes a field of a number of seconds.
func (p *parser) seconds(name, meaning, ref string) {
	v := p.number(name, 4, meaning, ref)
	if !p.failed {
		p.last().Value = fmt.Sprintf("%d s (%s)", v, time.Duration(v)*time.Second)
	}
}

// in looks a 16-bit code point up in a table.
func in(table []Code) func(uint16) (Code, bool) {
	return func(v uint16) (Code, bool) { return lookup16(table, v) }
}
