package tlswire

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
	{Value: typeHelloRequest, Name: "HelloRequest", Ref: "RFC 5246 §7.4.1.1"},
	{Value: typeClientHello, Name: "ClientHello", Ref: "RFC 9846 §4.2.2"},
	{Value: typeServerHello, Name: "ServerHello", Ref: "RFC 9846 §4.2.3"},
	{Value: typeNewSessionTicket, Name: "NewSessionTicket", Ref: "RFC 9846 §4.7.1, RFC 5077 §3.3"},
	{Value: typeEndOfEarlyData, Name: "EndOfEarlyData", Ref: "RFC 9846 §4.6"},
	{Value: typeEncryptedExtensions, Name: "EncryptedExtensions", Ref: "RFC 9846 §4.4.1"},
	{Value: typeCertificate, Name: "Certificate", Ref: "RFC 9846 §4.5.1, RFC 5246 §7.4.2"},
	{Value: typeServerKeyExchange, Name: "ServerKeyExchange", Ref: "RFC 5246 §7.4.3"},
	{Value: typeCertificateRequest, Name: "CertificateRequest", Ref: "RFC 9846 §4.4.2, RFC 5246 §7.4.4"},
	{Value: typeServerHelloDone, Name: "ServerHelloDone", Ref: "RFC 5246 §7.4.5"},
	{Value: typeCertificateVerify, Name: "CertificateVerify", Ref: "RFC 9846 §4.5.2, RFC 5246 §7.4.8"},
	{Value: typeClientKeyExchange, Name: "ClientKeyExchange", Ref: "RFC 5246 §7.4.7"},
	{Value: typeFinished, Name: "Finished", Ref: "RFC 9846 §4.5.3, RFC 5246 §7.4.9"},
	{Value: typeCertificateURL, Name: "CertificateURL", Ref: "RFC 6066 §5"},
	{Value: typeCertificateStatus, Name: "CertificateStatus", Ref: "RFC 6066 §8"},
	{Value: typeSupplementalData, Name: "SupplementalData", Ref: "RFC 4680 §2"},
	{Value: typeKeyUpdate, Name: "KeyUpdate", Ref: "RFC 9846 §4.7.3"},
	{Value: typeCompressedCertificate, Name: "CompressedCertificate", Ref: "RFC 8879 §4"},
	{Value: typeMessageHash, Name: "message_hash", Ref: "RFC 9846 §4.1"},
}

// handshakeTypeName names a handshake type, "99 (unknown)" if it has none.
func handshakeTypeName(t uint8) string { return name8(handshakeTypes, t) }

var contentTypes = []Code{
	{contentChangeCipherSpec, "change_cipher_spec", "from here on this side encrypts (TLS 1.2); in TLS 1.3 a dummy for old middleboxes", "RFC 5246 §7.1, RFC 9846 §5", ""},
	{contentAlert, "alert", "reports an error (or, up to TLS 1.2, a warning), or announces the end of the connection", "RFC 9846 §6", ""},
	{contentHandshake, "handshake", "messages of the handshake", "RFC 9846 §4", ""},
	{contentApplicationData, "application_data", "the data that TLS protects; in TLS 1.3 every protected record has this type", "RFC 9846 §5.2", ""},
	{contentHeartbeat, "heartbeat", "a keep-alive, known for the Heartbleed bug of 2014", "RFC 6520 §3", "no longer used"},
}

// ContentTypeName names a record's content type.
func ContentTypeName(t uint8) string { return name8(contentTypes, t) }
