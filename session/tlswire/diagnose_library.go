package tlswire

import (
	"cmp"
	"fmt"
	"strings"
)

// libraryError says what an error of crypto/tls means. A client of crypto/tls sends one alert for many faults, so its
// alert tells less than its error.
type libraryError struct {
	text     string // how the error begins, after "tls: "
	code     string // empty where the alert and the messages tell more
	sentence string // {version}, {suite}, {signature} and {protocol} are what the server chose, {last} what it sent last
	hint     string
}

const (
	mendServer = "the server's operator: update the TLS library of the server, or of the proxy that answers in its place"
	compare    = "send nothing; compare from another network; if the result is the same there, the server's operator: update the TLS library of the server"
	mendOwn    = "use a client certificate with an RSA key of at least 2048 bits, or an ECDSA key on P-256"
)

// libraryErrors has the errors that a client meets in a handshake and after it. One that stands here twice begins
// another: the longer comes first.
var libraryErrors = []libraryError{
	{"downgrade attempt detected", "tls-downgrade", "the server chose {version}, but its random value says that it supports a higher version. The ClientHello was probably changed on the path",
		"send nothing; compare from another network; a TLS-inspecting firewall that copies the server's random value also causes this: its operator has to update it"},

	{"server selected unsupported protocol version", "", "", ""},
	{"received record with version", "tls-server-choice", "a record from the server has a version other than the one agreed on, {version}", compare},
	{"server echoed TLS 1.3 compatibility session ID", "tls-server-choice", "the server claims to resume a session that does not exist: in {version} it returns the session ID that the client sends only for TLS 1.3", compare},
	{"server chose an unconfigured cipher suite", "tls-server-choice", "the server chose the cipher suite {suite}, which was not offered for {version}", compare},
	{"received unexpected CertificateStatus message", "tls-server-choice", "the server sent CertificateStatus without having announced it", compare},
	{"server selected unsupported compression format", "tls-server-choice", "the server chose compression, which was not offered", compare},
	{"server offered only incompatible point formats", "tls-server-choice", "the server does not accept uncompressed curve points, which every implementation must support (RFC 8422 §5.1.2, obsoleted by RFC 9846)", compare},
	{"initial handshake had non-empty renegotiation extension", "tls-tampered", "the server treats this first handshake as a renegotiation: an attacker may have made the first handshake with it (RFC 5746 §3.4)", compare},
	{"server resumed a session with a different version", "tls-server-choice", "the server resumed an earlier session with another version, {version}", compare},
	{"server resumed a session with a different cipher suite", "tls-server-choice", "the server resumed an earlier session with another cipher suite, {suite}", compare},
	{"server resumed a session with a different EMS extension", "tls-server-choice", "the server resumed an earlier session but handles extended_master_secret differently (RFC 7627 §5.3, obsoleted by RFC 9846)", compare},
	{"server advertised unrequested ALPN extension", "tls-server-choice", "the server selected an ALPN protocol, although none was offered", mendServer},
	{"server selected unadvertised ALPN protocol", "tls-server-choice", "the server chose the ALPN protocol {protocol}, which was not offered", mendServer},
	{"server's Finished message was incorrect", "tls-tampered", "the server's Finished does not match the messages that arrived here: the two sides saw different messages, or the server computed it wrongly", compare},
	{"server sent unrequested session ticket", "tls-server-choice", "the server sent a session ticket without having announced it", compare},

	{"failed to parse certificate from server", "", "", ""},
	{"server sent certificate containing RSA key larger than", "tls-certificate-refused", "a certificate of the server has an RSA key of more than 8192 bits, and this client refuses to verify a key of that length", "the server's operator: install a certificate with an RSA key of 2048 to 4096 bits, or an ECDSA key"},
	{"server's certificate contains an unsupported type of public key", "tls-certificate-refused", "the key in the server's certificate is of a type that this client does not support, such as DSA, Ed448 or ML-DSA", "the server's operator: install a certificate with an RSA or ECDSA key as well"},
	{"unsupported public key", "tls-certificate-refused", "the key in the server's certificate is of a type that this client does not support", "the server's operator: install a certificate with an RSA or ECDSA key as well"},
	{"Ed25519 public keys are not supported before TLS 1.2", "tls-server-choice", "the server chose {version} with an Ed25519 key, which needs TLS 1.2", mendServer},
	{"received empty certificates message", "tls-protocol-violation", "the server's Certificate message contains no certificate (RFC 9846 §4.5.1)", "the server's operator: install a certificate"},
	{"certificate used with invalid signature algorithm", "tls-server-choice", "the server signed with {signature}, which was not offered or does not match the type of its key", mendServer},
	{"invalid signature by the server certificate", "tls-proof-failed", "the server's signature failed verification with the key in its certificate", "send nothing; compare from another network; the server's operator: check that the private key belongs to the certificate"},

	{"server selected TLS 1.3 using the legacy version field", "tls-server-choice", "the server chose TLS 1.3 in the field for older versions, not in supported_versions (RFC 9846 §4.2.3)", compare},
	{"server selected an invalid version after a HelloRetryRequest", "tls-server-choice", "the server chose another version after its HelloRetryRequest, {version}", compare},
	{"server sent an incorrect legacy version", "tls-server-choice", "the ServerHello has a wrong legacy_version (RFC 9846 §4.2.3)", compare},
	{"server sent a ServerHello extension forbidden in TLS 1.3", "tls-server-choice", "the ServerHello has an extension that TLS 1.3 forbids there (RFC 9846 §4.3)", compare},
	{"server did not echo the legacy session ID", "tls-server-choice", "the ServerHello does not return the session ID that was sent (RFC 9846 §4.2.3): ClientHello or ServerHello was changed, or the server is faulty", compare},
	{"server sent non-zero legacy TLS compression method", "tls-server-choice", "the server chose compression, which TLS 1.3 does not have", compare},
	{"server changed cipher suite after a HelloRetryRequest", "tls-server-choice", "the server chose another cipher suite after its HelloRetryRequest, {suite}", compare},
	{"unexpected encrypted client hello extension in serverHello", "tls-server-choice", "the server accepts Encrypted Client Hello, which was not offered", compare},
	{"server sent an unnecessary HelloRetryRequest", "tls-server-choice", "the server's HelloRetryRequest asks for nothing that the first ClientHello lacked", compare},
	{"received malformed key_share extension", "tls-server-choice", "key_share in the server's HelloRetryRequest is malformed", compare},
	{"malformed key_share extension", "tls-server-choice", "key_share in the ServerHello is malformed", compare},
	{"server selected unsupported group", "tls-no-common-group", "the server chose a group that was not offered", "have the server allow x25519 or secp256r1 for the key exchange"},
	{"server sent two HelloRetryRequest messages", "tls-server-choice", "the server sent HelloRetryRequest twice", compare},
	{"server sent a cookie in a normal ServerHello", "tls-server-choice", "the ServerHello has a cookie, which is allowed only in a HelloRetryRequest", compare},
	{"server did not send a key share", "tls-server-choice", "the ServerHello has no key_share", compare},
	{"server selected an invalid PSK", "tls-server-choice", "the server resumed a session that was not offered, or chose a cipher suite whose hash differs from that session's", compare},
	{"invalid server key share", "tls-server-choice", "the server's key share is not valid for its group", compare},
	{"server sent an unexpected early_data extension", "tls-protocol-violation", "the server accepts 0-RTT data, which was not offered", mendServer},
	{"invalid server finished hash", "tls-protocol-violation", "the server's Finished is wrong, although its signature over the handshake was valid", mendServer},
	{"received a session ticket with invalid lifetime", "tls-protocol-violation", "the server sent a session ticket with a lifetime of more than seven days (RFC 9846 §4.7.1)", mendServer},
	{"received a session ticket with empty opaque ticket label", "tls-protocol-violation", "the server sent an empty session ticket (RFC 9846 §4.7.1)", mendServer},

	{"invalid ServerKeyExchange message", "tls-server-choice", "the server's ServerKeyExchange is malformed", compare},
	{"unexpected ServerKeyExchange", "tls-server-choice", "the server sent ServerKeyExchange, which {suite} does not use", compare},
	{"missing ServerKeyExchange message", "tls-server-choice", "the server sent no ServerKeyExchange, which {suite} needs", compare},
	{"server certificate contains incorrect key type", "tls-server-choice", "the key in the server's certificate does not match the cipher suite {suite}", mendServer},
	{"server selected unsupported curve", "tls-no-common-group", "the server's ServerKeyExchange names no curve, or one that cannot be used for ECDHE in this TLS version", "have the server allow x25519 or secp256r1 for the key exchange"},
	{"server selected unoffered curve", "tls-no-common-group", "the server chose a curve that was not offered", "have the server allow x25519 or secp256r1 for the key exchange"},

	{"client certificate private key of type", "tls-client-certificate-refused", "the key of the client certificate cannot be used to sign in TLS", mendOwn},
	{"failed to sign handshake", "tls-client-certificate-refused", "the key of the client certificate could not sign the handshake", mendOwn},
	{"missing signature_algorithms from TLS 1.2 peer", "tls-server-choice", "the server requests a client certificate but lists no signature algorithm for it", mendServer},
	{"peer doesn't support any of the certificate's signature algorithms", "tls-client-certificate-refused", "the server's CertificateRequest lists no signature algorithm that the key of this client certificate supports", "use a client certificate with a key of another type, or have the server accept this type"},
	{"unsupported certificate", "tls-client-certificate-refused", "the key of the client certificate is of a type, or on a curve, that this program does not support", mendOwn},
	{"certificate private key (", "tls-client-certificate-refused", "the key of the client certificate cannot be used to sign in TLS", mendOwn},
	{"certificate RSA key size too small", "tls-client-certificate-refused", "the RSA key of the client certificate is too short for any signature that the server accepts", mendOwn},

	{"invalid NextProtos value", "tls-no-common-protocol", "an ALPN protocol name must have 1 to 255 bytes", "give ALPN protocol names of 1 to 255 bytes, or none"},
	{"NextProtos values too large", "tls-no-common-protocol", "the ALPN protocol names are longer than 65535 bytes in total", "give fewer ALPN protocol names, or none"},
	{"no supported versions satisfy MinVersion and MaxVersion", "tls-no-common-version", "no TLS version is left to offer", "widen the range of TLS versions"},

	{"handshake message of length", "", "", ""},
	{"received unexpected handshake message of type", "tls-unexpected-message", "", ""},
	{"too many ignored records", "tls-protocol-violation", "the server sent more than 16 records in a row that have no effect", mendServer},
	{"too many non-advancing records", "tls-protocol-violation", "the server sent more than 16 messages in a row that carry no data, the last of them {last}", mendServer},
}

// library is what the library's own error says, ok false where the alert tells more.
func (c inquest) library() (d Diagnosis, ok bool) {
	e, found := libraryErrorOf(c.err)
	if !found || e.code == "" {
		return d, false
	}
	d = Diagnosis{e.code, c.filled(e.sentence), e.hint}
	if e.code == "tls-protocol-violation" && !c.authentic() { // then others than the server can have written it
		d.Code, d.Hint = "tls-server-choice", compare
	}
	if e.sentence == "" {
		d.Sentence, d.Hint = unexpected(c.err.Error()), c.mendUnexpected()
	}
	return d, true
}

// filled puts what the server chose into a sentence.
func (c inquest) filled(sentence string) string {
	if !strings.Contains(sentence, "{") {
		return sentence
	}
	return strings.NewReplacer("{version}", cmp.Or(c.sum.Version.Chosen.Name, "a version"), "{suite}", cmp.Or(c.sum.Suite.Chosen.Name, "none"),
		"{signature}", cmp.Or(c.sum.Signature.Chosen.Name, "an algorithm"), "{protocol}", fmt.Sprintf("%q", c.sum.Protocol.Chosen),
		"{last}", cmp.Or(c.lastOfServer().Name, "unknown")).Replace(sentence)
}

// mendUnexpected: what came encrypted was opened with the server's key, so nobody else wrote it.
func (c inquest) mendUnexpected() string {
	if c.authentic() {
		return mendServer
	}
	return compare
}

// authentic reports whether the last message of the server was opened with its key.
func (c inquest) authentic() bool { return c.lastOfServer().Key != "" }

// lastOfServer is the last message of the server that our side may have read: not the beginning of a record, nor a record for
// which it had no key yet, such as a ticket after the Finished that did not suit it.
func (c inquest) lastOfServer() (last Message) {
	for _, m := range c.messages {
		if m.Dir == ServerToClient && m.Name != incompleteRecord && m.Reason != keyNotLogged {
			last = m
		}
	}
	return last
}

// ErrorWords is an error of a handshake or of TLS for people: what it means where it is one of crypto/tls, else its own
// words, without the names of Go.
func ErrorWords(err error) string {
	text := lastWords(err)
	switch e, found := libraryErrorOf(err); {
	case found && e.sentence != "" && !strings.Contains(e.sentence, "{"):
		return e.sentence
	case strings.HasPrefix(text, "received unexpected handshake message of type"):
		return unexpected(text)
	}
	for _, goes := range []string{" of type *", " (*", ": private key is "} {
		text, _, _ = strings.Cut(text, goes)
	}
	return text
}

// libraryErrorOf is the row of an error.
func libraryErrorOf(err error) (e libraryError, found bool) {
	text := lastWords(err)
	for _, e := range libraryErrors {
		if text != "" && strings.HasPrefix(text, e.text) {
			return e, true
		}
	}
	return e, false
}

// lastWords is the text of an error without what calls and packages put before it.
func lastWords(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	if _, after, found := strings.Cut(text, "tls: "); found {
		return after
	}
	return text
}

// unexpected names the messages of the error "received unexpected handshake message of type *tls.finishedMsg when waiting
// for *tls.serverHelloMsg".
func unexpected(text string) string {
	_, types, _ := strings.Cut(text, "of type ")
	came, due, waiting := strings.Cut(types, " when waiting for ")
	if waiting {
		return fmt.Sprintf("the server sent %s where %s was expected", messageOf(came), messageOf(due))
	}
	return fmt.Sprintf("the server sent %s, which is not allowed after the handshake", messageOf(came))
}

// messageOf is the standard's name of a message type of crypto/tls: Finished of *tls.finishedMsg.
func messageOf(goType string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(goType, "*tls."), "TLS13"), "Msg")
	if name == "" || strings.ContainsAny(name, "*.<> ") {
		return "a message"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
