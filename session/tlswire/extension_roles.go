package tlswire

// place is a message other than the ClientHello that may have extensions. One
// and the same extension asks in the one and answers in the other (RFC 9846
// §4.3, table of extensions and messages).
type place uint8

const (
	inServerHello place = 1 << iota
	inRetry             // HelloRetryRequest
	inEncrypted         // EncryptedExtensions
	inCertificate
	inRequest // CertificateRequest
	inTicket  // NewSessionTicket

	// TLS 1.3 moved to EncryptedExtensions what need not be in the clear.
	inAnswer = inServerHello | inEncrypted
)

// placeOf is where the message of p stands, 0 for a ClientHello.
func (p *parser) placeOf() place {
	switch p.msg.Type {
	case typeServerHello:
		if isRetry(p.raw) {
			return inRetry
		}
		return inServerHello
	case typeEncryptedExtensions:
		return inEncrypted
	case typeCertificate:
		return inCertificate
	case typeCertificateRequest:
		return inRequest
	case typeNewSessionTicket:
		return inTicket
	}
	return 0
}

// role is what an extension means where it does not ask on behalf of a client.
type role struct {
	extension uint16
	in        place
	meaning   string
}

var roles = []role{
	{extServerName, inAnswer, "the server used the name that was asked for"},
	{extMaxFragmentLength, inAnswer, "the server agrees to the smaller records"},
	{extStatusRequest, inServerHello, "the server will staple an OCSP answer: it comes as CertificateStatus"},
	{extStatusRequest, inCertificate, "the stapled OCSP answer: what the issuer says about the revocation of this certificate"},
	{extStatusRequest, inRequest, "the server asks for an OCSP answer stapled to the client's certificate"},
	{extStatusRequestV2, inServerHello, "the server will staple OCSP answers for the chain: they come as CertificateStatus"},
	{extSupportedGroups, inEncrypted, "the groups the server would rather have, for the client's next connection"},
	{extECPointFormats, inServerHello, "how elliptic curve points may be written to the server"},
	{extSignatureAlgorithms, inRequest, "the signatures the server can check, best first"},
	{extHeartbeat, inAnswer, "what the server thinks of keep-alive messages"},
	{extALPN, inAnswer, "the protocol the server chose to speak inside TLS"},
	{extSCT, inAnswer | inCertificate, "the stapled proof that the certificate is in public logs"},
	{extSCT, inRequest, "the server asks for proof that the client's certificate is in public logs"},
	{extClientCertificateType, inAnswer, "the kind of client certificate the server chose"},
	{extServerCertificateType, inAnswer, "the kind of server certificate the server chose"},
	{extEncryptThenMAC, inServerHello, "the server agrees: CBC records are checked before they are decrypted"},
	{extExtendedMasterSecret, inServerHello, "the server agrees: the master secret depends on the whole handshake"},
	{extCompressCertificate, inRequest, "compressions of the client's Certificate message the server can undo"},
	{extRecordSizeLimit, inAnswer, "the longest record the server wants to get"},
	{extDelegatedCredential, inCertificate, "a short-lived key that the certificate signed: it signs the handshake in its place"},
	{extDelegatedCredential, inRequest, "the server takes short-lived keys that the client's certificate signed"},
	{extSessionTicket, inServerHello, "the server will give a ticket: it comes as NewSessionTicket"},
	{extPreSharedKey, inServerHello, "the server takes one of the sessions or keys that were offered: this handshake resumes"},
	{extEarlyData, inEncrypted, "the server takes the 0-RTT data"},
	{extEarlyData, inTicket, "this ticket may be used for 0-RTT data"},
	{extSupportedVersions, inServerHello | inRetry, "the version the server chose"},
	{extCookie, inRetry, "the client is to send it back: until then the server remembers nothing of it"},
	{extCertificateAuthorities, inRequest, "the authorities whose certificates the server takes"},
	{extSignatureAlgosCert, inRequest, "the signatures in certificates the server can check"},
	{extKeyShare, inServerHello, "the server's public half of the key exchange, in the group it chose"},
	{extKeyShare, inRetry, "the group for which the server wants a public half"},
	{extTicketRequest, inEncrypted, "how many tickets the server will send"},
	{extALPS, inEncrypted, "the server's settings of the application protocol"},
	{extALPSDraft, inEncrypted, "the server's settings of the application protocol, older number"},
	{extEncryptedClientHello, inEncrypted, "the server could not read the hidden ClientHello: configurations that would do"},
	{extEncryptedClientHello, inServerHello | inRetry, "tells the client whether the server read the hidden ClientHello"},
	{extRenegotiationInfo, inServerHello, "the server knows secure renegotiation"},
}

// role is what the extension means in the message of p: the registry's words
// are those of a ClientHello.
func (p *parser) role(typ uint16, c Code) string {
	at := p.placeOf()
	for _, r := range roles {
		if r.extension == typ && r.in&at != 0 {
			return r.meaning
		}
	}
	return joined(c.Meaning, c.Verdict)
}
