package tlswire

import "slices"

// Handshake types (RFC 9846 §4 and appendix B.3, RFC 5246 §7.4).
const (
	typeHelloRequest          = 0
	typeClientHello           = 1
	typeServerHello           = 2
	typeNewSessionTicket      = 4
	typeEndOfEarlyData        = 5
	typeEncryptedExtensions   = 8
	typeCertificate           = 11
	typeServerKeyExchange     = 12
	typeCertificateRequest    = 13
	typeServerHelloDone       = 14
	typeCertificateVerify     = 15
	typeClientKeyExchange     = 16
	typeFinished              = 20
	typeCertificateURL        = 21
	typeCertificateStatus     = 22
	typeSupplementalData      = 23
	typeKeyUpdate             = 24
	typeCompressedCertificate = 25
	typeMessageHash           = 254
)

var handshakeTypes = []Code{
	{typeHelloRequest, "HelloRequest", "the server asks for a new handshake on the same connection (TLS 1.2 and older)", "RFC 5246 §7.4.1.1", "gone in TLS 1.3"},
	{typeClientHello, "ClientHello", "what the client offers: versions, cipher suites, groups, extensions", "RFC 9846 §4.2.2", ""},
	{typeServerHello, "ServerHello", "what the server chose of the offer", "RFC 9846 §4.2.3", ""},
	{typeNewSessionTicket, "NewSessionTicket", "a ticket with which the client may resume this session later", "RFC 9846 §4.7.1, RFC 5077 §3.3", ""},
	{typeEndOfEarlyData, "EndOfEarlyData", "the client's 0-RTT data ends here", "RFC 9846 §4.6", ""},
	{typeEncryptedExtensions, "EncryptedExtensions", "the server's answers to extensions that need not be in the clear", "RFC 9846 §4.4.1", ""},
	{typeCertificate, "Certificate", "the sender's certificate and the chain above it", "RFC 9846 §4.5.1, RFC 5246 §7.4.2", ""},
	{typeServerKeyExchange, "ServerKeyExchange", "the server's signed half of the key exchange (TLS 1.2 and older)", "RFC 5246 §7.4.3", "gone in TLS 1.3"},
	{typeCertificateRequest, "CertificateRequest", "the server asks for a client certificate", "RFC 9846 §4.4.2, RFC 5246 §7.4.4", ""},
	{typeServerHelloDone, "ServerHelloDone", "the server has said all it has to say for now (TLS 1.2 and older)", "RFC 5246 §7.4.5", "gone in TLS 1.3"},
	{typeCertificateVerify, "CertificateVerify", "a signature over the handshake: the sender owns the key of its certificate", "RFC 9846 §4.5.2, RFC 5246 §7.4.8", ""},
	{typeClientKeyExchange, "ClientKeyExchange", "the client's half of the key exchange (TLS 1.2 and older)", "RFC 5246 §7.4.7", "gone in TLS 1.3"},
	{typeFinished, "Finished", "a checksum over the whole handshake: both sides saw the same messages", "RFC 9846 §4.5.3, RFC 5246 §7.4.9", ""},
	{typeCertificateURL, "CertificateURL", "where the client's certificate can be fetched", "RFC 6066 §5", "hardly used"},
	{typeCertificateStatus, "CertificateStatus", "the OCSP answer for the server's certificate, stapled (TLS 1.2 and older)", "RFC 6066 §8", ""},
	{typeSupplementalData, "SupplementalData", "data for the application", "RFC 4680 §2", "hardly used"},
	{typeKeyUpdate, "KeyUpdate", "the sender changes to its next key", "RFC 9846 §4.7.3", ""},
	{typeCompressedCertificate, "CompressedCertificate", "a Certificate message, compressed", "RFC 8879 §4", ""},
	{typeMessageHash, "message_hash", "stands for the first ClientHello in the transcript hash after a HelloRetryRequest; never sent", "RFC 9846 §4.1", ""},
}

// HandshakeTypes lists the known handshake types.
func HandshakeTypes() []Code { return slices.Clone(handshakeTypes) }

// HandshakeTypeName names a handshake type, "99 (unknown)" if it has none.
func HandshakeTypeName(t uint8) string { return name8(handshakeTypes, t) }

var contentTypes = []Code{
	{contentChangeCipherSpec, "change_cipher_spec", "from here on this side encrypts (TLS 1.2); in TLS 1.3 a dummy for old middleboxes", "RFC 5246 §7.1, RFC 9846 §5", ""},
	{contentAlert, "alert", "a warning or the end of the connection", "RFC 9846 §6", ""},
	{contentHandshake, "handshake", "messages of the handshake", "RFC 9846 §4", ""},
	{contentApplicationData, "application_data", "the data TLS is for; in TLS 1.3 every protected record looks like this", "RFC 9846 §5.2", ""},
	{contentHeartbeat, "heartbeat", "a keep-alive, known for the Heartbleed bug of 2014", "RFC 6520 §3", "not used any more"},
}

// ContentTypes lists the known content types of records.
func ContentTypes() []Code { return slices.Clone(contentTypes) }

// ContentTypeName names a record's content type.
func ContentTypeName(t uint8) string { return name8(contentTypes, t) }
