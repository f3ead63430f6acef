package tlswire

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// alert explains a fatal alert by who sent it and what went before.
func (c inquest) alert(m Message) Diagnosis {
	_, description, _ := m.Alert()
	var d Diagnosis
	if m.Dir == ServerToClient && c.speaksSSL3(m) {
		d = Diagnosis{"tls-no-common-version", "its alert is in an SSL 3.0 record: it probably supports only SSL 3.0, which this client does not (RFC 7568)", "the server's operator: enable TLS 1.2 and 1.3"}
	} else if m.Dir == ServerToClient {
		d = c.fromServer(description)
	} else {
		d = c.fromClient(description)
	}
	if d.Code == "" {
		d = c.plain(description)
	}
	d.Sentence = fmt.Sprintf("%s with %s (%d): %s", c.ending(m), alertName(description), description, d.Sentence)
	return d
}

// speaksSSL3 reports whether the server answered the hello with an alert in a record of SSL 3.0. Newer servers put the
// version of the hello's record there, TLS 1.0, or their own.
func (c inquest) speaksSSL3(m Message) bool {
	return c.sum.Version.Chosen.Name == "" && len(m.Records) > 0 && m.Records[0].Version == versionSSL30
}

// ending says what an alert ended. In TLS 1.3 a server judges the client's
// certificate after the client's handshake is over (RFC 9846 §4.5.1.3).
func (c inquest) ending(m Message) string {
	before := slices.IndexFunc(c.messages, func(o Message) bool { return o.Seq == m.Seq && o.Dir == m.Dir })
	switch over := before > 0 && Describe(c.messages[:before]).Complete; {
	case !over && m.Dir == ServerToClient:
		return "the server ended the handshake"
	case !over:
		return "this client ended the handshake"
	case m.Dir == ServerToClient:
		return "after the handshake the server ended the connection"
	}
	return "after the handshake this client ended the connection"
}

// fromServer is the likely cause of an alert of the server.
func (c inquest) fromServer(description uint8) Diagnosis {
	if c.sum.Complete && aboutOffer(description) {
		return Diagnosis{"tls-alert", "the alert means: " + c.meaning(description) + "; the handshake was complete, so the offer is not the reason", "the server's operator: read the log around this time"}
	}
	switch description {
	case alertProtocolVersion:
		return c.noCommonVersion("it accepts none of the offered versions, " + names(c.sum.Version.Offered))
	case alertInappropriate:
		return Diagnosis{"tls-fallback-refused", "it supports a higher version than the client offered", "do not fall back to a lower version; find out why the first attempt failed, which was for another reason"}
	case alertHandshakeFailure:
		return c.nothingInCommon()
	case alertInsufficientSecurity:
		return c.tooWeak()
	case alertCertificateRequired:
		return c.wantsCertificate()
	case alertBadCertificate, alertUnsupportedCert, alertCertificateRevoked, alertCertificateExpired, alertCertificateUnknown, alertUnknownCA, alertAccessDenied:
		return c.refusedCertificate(description)
	case alertUnrecognizedName:
		return c.unknownName()
	case alertNoApplication:
		return c.noCommonProtocol()
	case alertInternalError:
		return c.serverBroken()
	case alertMissingExtension:
		return Diagnosis{"tls-missing-extension", "the ClientHello lacks an extension that it requires; some servers refuse a ClientHello without a host name (SNI)", "give a server name"}
	case alertUnexpectedMessage:
		return c.unexpectedByServer()
	case alertBadRecordMAC:
		return c.refusedFinished()
	case alertDecodeError:
		return c.unreadByServer()
	case alertDecryptError:
		if d := c.refusedFinished(); d.Code != "" && !c.sum.CertificateSent {
			return d
		}
		return c.refusedProof()
	}
	return Diagnosis{}
}

// refusedFinished: up to TLS 1.2 the client's Finished is the first message that tells the server whether it saw the same
// messages as the client (RFC 5246 §7.4.9).
func (c inquest) refusedFinished() Diagnosis {
	finished := func(dir Direction) bool {
		_, found := c.find(func(m Message) bool { return m.Dir == dir && m.is(typeFinished) })
		return found
	}
	if v := c.sum.Version.Chosen; v.Name == "" || v.Value == versionTLS13 || !finished(ClientToServer) || finished(ServerToClient) {
		return Diagnosis{}
	}
	return Diagnosis{"tls-tampered", "the client's Finished does not match the messages that arrived at the server: the two sides saw different messages, so a message was changed on the path", compare}
}

// aboutOffer reports whether an alert judges a ClientHello, where it has its own meaning.
func aboutOffer(description uint8) bool {
	return slices.Contains([]uint8{alertProtocolVersion, alertInappropriate, alertInsufficientSecurity, alertMissingExtension, alertUnrecognizedName, alertNoApplication}, description)
}

// unexpectedByServer: Java says unexpected_message to a ClientHello that has none of its groups.
func (c inquest) unexpectedByServer() Diagnosis {
	switch {
	case c.sum.Complete:
		return Diagnosis{"tls-unexpected-message", "it did not expect a message from the client at this point", "the server's operator: read the log around this time"}
	case c.sum.Version.Chosen.Name != "":
		return Diagnosis{"tls-unexpected-message", "it did not expect this message at this point", "check host and port: a server that speaks another protocol answers like this too"}
	}
	return Diagnosis{"tls-unexpected-message", "it did not expect the ClientHello: the service may speak another protocol, or support none of the groups offered, " + orNone(names(c.sum.Group.Offered)),
		"check host and port; the server's operator: allow x25519 or secp256r1 for the key exchange"}
}

// unreadByServer: GnuTLS cannot read an empty Certificate where it requires one.
func (c inquest) unreadByServer() Diagnosis {
	if !c.sum.CertificateRequested || c.sum.CertificateSent || c.sum.Complete {
		return Diagnosis{}
	}
	d := c.wantsCertificate()
	d.Sentence = "it requested a client certificate and got none, and it does not accept the empty Certificate message that says so"
	return d
}

// refusedProof: that a key belongs to its certificate is checked before it is shown. In TLS 1.3 both sides have the same keys
// only where both saw the same hellos, and nobody else writes what follows.
func (c inquest) refusedProof() Diagnosis {
	d := Diagnosis{"tls-proof-failed", "a signature or Finished of the client failed verification by the server: the two sides saw different messages, or the server checks it wrongly", compare}
	if c.sum.Version.Chosen.Value == versionTLS13 {
		d.Sentence, d.Hint = "a signature or Finished of the client failed verification by the server; in TLS 1.3 both are encrypted, so no one on the path can have changed them", mendServer
	}
	return d
}

// serverBroken: OpenSSL says internal_error too when its security level leaves nothing for the old versions offered.
func (c inquest) serverBroken() Diagnosis {
	d := Diagnosis{"tls-server-broken", "the server had an internal error", "the server's operator: read the log; often the certificate or the key is missing or unreadable"}
	if c.sum.Complete { // then its certificate and its key have served
		d.Hint = "the server's operator: read the log around this time"
	}
	if narrow := c.narrowed(); narrow != "" && !c.offersVersion(versionTLS12, versionTLS13) {
		d.Sentence += ", or it supports none of the old versions offered, " + names(c.sum.Version.Offered)
		d.Hint = narrow + "; if that fails too, " + d.Hint
	}
	return d
}

// tooWeak: insufficient_security is about cipher suites up to TLS 1.2 (RFC 5246 §7.2.2) and about any parameter since
// (RFC 9846 §6.2).
func (c inquest) tooWeak() Diagnosis {
	if c.offersVersion(versionTLS13, versionTLS13) {
		return Diagnosis{"tls-no-common-parameters", "it considers the offer too weak, but does not say which part; the offer was " + c.candidates(), c.narrowDown()}
	}
	return Diagnosis{"tls-no-common-suite", "it requires stronger cipher suites than the " + fmt.Sprint(len(c.sum.Suite.Offered)) + " offered",
		joined(c.narrowed(), "the server's operator: accept ECDHE with AES-GCM or ChaCha20")}
}

// unknownName: an address cannot be asked for by server_name (RFC 6066 §3).
func (c inquest) unknownName() Diagnosis {
	if c.sum.ServerName == "" {
		return Diagnosis{"tls-unknown-name", "it requires a host name (SNI), and the client sent none: an IP address is not sent as SNI (RFC 6066 §3)", "give a host name that the server knows"}
	}
	return Diagnosis{"tls-unknown-name", "it does not know the requested host name, " + c.sum.ServerName, "use a host name that the server knows; the server's operator: add this name"}
}

func (c inquest) noCommonProtocol() Diagnosis {
	if len(c.sum.Protocol.Offered) == 0 {
		return Diagnosis{"tls-no-common-protocol", "it requires an ALPN protocol, and the client offered none", "check host and port: SMTP does not use ALPN, so this may not be a mail server"}
	}
	return Diagnosis{"tls-no-common-protocol", "it supports none of the protocols offered by ALPN, " + strings.Join(c.sum.Protocol.Offered, ", "), "offer no ALPN protocol: SMTP uses none"}
}

// nothingInCommon: handshake_failure says only that the offer does not do.
func (c inquest) nothingInCommon() Diagnosis {
	switch {
	case c.sum.CertificateRequested && !c.sum.CertificateSent:
		return c.wantsCertificate()
	case c.sum.Version.Chosen.Name != "":
		return Diagnosis{"tls-server-gave-up", "it did not accept the client's messages after the ServerHello", "look at the last messages: a client certificate or its signature is the usual reason; the server's operator: read the log around this time"}
	}
	return c.refusedOffer()
}

func (c inquest) wantsCertificate() Diagnosis {
	return Diagnosis{"tls-certificate-required", "it requires a client certificate and got none", "give a client certificate and its key; the server's operator: make the client certificate optional"}
}

// refusedCertificate: the server did not like the client's certificate. TLS
// 1.2 has no certificate_required, so bad_certificate may mean that too (RFC
// 5246 §7.4.6 leaves the alert open).
func (c inquest) refusedCertificate(description uint8) Diagnosis {
	if c.sum.CertificateRequested && !c.sum.CertificateSent {
		return c.wantsCertificate()
	}
	if !c.sum.CertificateSent && description == alertAccessDenied {
		return Diagnosis{"tls-server-refused", "it denies access, and no client certificate was sent: a rule about this client's address or about the requested host name may be the reason",
			"ask the server's operator which clients are allowed"}
	}
	if !c.sum.CertificateSent {
		return Diagnosis{"tls-server-refused", "the alert means: " + c.meaning(description), "the server's operator: read the log: the client sent no certificate"}
	}
	return Diagnosis{"tls-client-certificate-refused", "it refuses the client's certificate. " + c.whyRefused(description), mendClientCertificate(description)}
}

// whyRefused is what an alert about the client's certificate says, which is not always what is wrong: libraries give some
// of them for whatever they do not like.
func (c inquest) whyRefused(description uint8) string {
	const loosely = ". Many servers send it for any certificate that they do not accept"
	switch description {
	case alertBadCertificate:
		return "By definition the alert means a corrupt certificate or a wrong signature in it" + loosely
	case alertUnsupportedCert:
		return "By definition the alert means a type of certificate that the server does not support. OpenSSL also sends it for a certificate that was not issued for client authentication"
	case alertCertificateUnknown:
		return "The alert gives no reason"
	case alertUnknownCA:
		return "The alert means that the server finds no chain from this certificate to a CA that it trusts: the CA is not in its list, or an intermediate certificate was not sent. Some servers send it for other faults of the chain too"
	}
	return "The alert means: " + c.meaning(description)
}

func (c inquest) meaning(description uint8) string {
	return c.means(kindAlert, uint16(description), "")
}

func mendClientCertificate(description uint8) string {
	switch description {
	case alertUnknownCA:
		return "use a client certificate of a CA that the server trusts, with the chain up to that CA; the server's operator: trust the CA of this client certificate"
	case alertCertificateExpired:
		return "get a new client certificate: this one has expired, or one of the two clocks is wrong"
	case alertCertificateRevoked:
		return "get a new client certificate, with a new key: this one was revoked"
	case alertUnsupportedCert:
		return "use a client certificate whose extended key usage includes clientAuth"
	case alertAccessDenied:
		return "the server's operator: allow the holder of this certificate; the certificate is valid, but access control refuses its holder"
	}
	return "check that the client certificate has not expired and was issued for client authentication by a CA that the server trusts"
}

// fromClient is the likely cause of an alert of our own side.
func (c inquest) fromClient(description uint8) Diagnosis {
	if group, strange := c.strangeGroup(); strange && description != alertProtocolVersion {
		return c.groupNotOffered(group)
	}
	if d, ok := c.unusableCertificate(); ok {
		return d
	}
	if d, ok := c.forgedAlert(); ok {
		return d
	}
	if d, ok := c.library(); ok {
		return d
	}
	if description == alertIllegalParameter && c.signedShare() {
		description = alertDecryptError
	}
	if d, ok := c.tooLong(); ok {
		return d
	}
	switch description {
	case alertInternalError:
		return Diagnosis{"tls-alert", "it could not continue, " + cmp.Or(c.ownWords(), "for a reason of its own"), "look at the server's last messages; if they are correct, report this as a bug in this program"}
	case alertProtocolVersion:
		return c.noCommonVersion(fmt.Sprintf("the server chose %s, which was not offered (%s)", cmp.Or(c.sum.Version.Chosen.Name, "a version"), names(c.sum.Version.Offered)))
	case alertBadCertificate, alertUnsupportedCert, alertCertificateRevoked, alertCertificateExpired, alertCertificateUnknown, alertUnknownCA:
		return Diagnosis{"tls-certificate-refused", "it refuses the server's certificate", "read which check of the certificate failed"}
	case alertHandshakeFailure, alertIllegalParameter, alertInsufficientSecurity:
		return Diagnosis{"tls-server-choice", "the server's last message does not match the offer", compare}
	case alertUnexpectedMessage:
		return Diagnosis{"tls-unexpected-message", "the server's last message is not allowed at that point", c.mendUnexpected()}
	case alertDecryptError:
		return Diagnosis{"tls-proof-failed", "a signature or Finished of the server failed verification", compare}
	case alertBadRecordMAC:
		return c.unreadable()
	case alertDecodeError:
		return c.malformed()
	}
	return Diagnosis{}
}

// unreadable is a record of the server that failed decryption. In TLS 1.3 the keys come from the hellos: where not one
// record can be opened, the two sides do not have the same; where some could, the bytes of this one were changed.
func (c inquest) unreadable() Diagnosis {
	if _, opened := c.find(func(m Message) bool { return m.Dir == ServerToClient && m.Key != "" }); opened || c.sum.Version.Chosen.Value != versionTLS13 {
		return Diagnosis{}
	}
	return Diagnosis{"tls-tampered", "the server's first encrypted record failed decryption: the two sides saw different messages, so a message was changed on the path", compare}
}

// forgedAlert is an alert in cleartext that came in place of an encrypted record.
func (c inquest) forgedAlert() (Diagnosis, bool) {
	m, found := c.find(c.forgeable)
	if !found {
		return Diagnosis{}, false
	}
	_, description, _ := m.Alert()
	return Diagnosis{"tls-alert-in-cleartext", fmt.Sprintf("an alert in cleartext, %s (%d), arrived after encryption had begun: anyone on the path can send it, so it proves nothing about the server",
		alertName(description), description), compare}, true
}

// malformed is a message of the server that cannot be read, and that nobody but the server has written.
func (c inquest) malformed() Diagnosis {
	if !c.authentic() {
		return Diagnosis{}
	}
	if _, empty := c.find(c.emptyAuthorities); empty {
		return Diagnosis{"tls-protocol-violation", "the server's CertificateRequest has an empty certificate_authorities, which must name at least one CA (RFC 9846 §4.3.4)", mendServer}
	}
	if m, found := c.find(c.misshapen); found {
		return Diagnosis{"tls-protocol-violation", "the server's " + m.Name + " is malformed", mendServer}
	}
	return Diagnosis{"tls-protocol-violation", "an encrypted message from the server is malformed", mendServer}
}

// misshapen reports whether a message that came encrypted does not fit its structure. The library reads one message after
// the other, and stops at such a one; what came with it was opened here all the same.
func (c inquest) misshapen(m Message) bool {
	return m.Dir == ServerToClient && m.Key != "" && m.Kind == KindHandshake && slices.ContainsFunc(m.Fields(m.At, c.means), Field.bad)
}

// bad reports whether a field, or one inside of it, could not be parsed.
func (f Field) bad() bool { return f.Bad != "" || slices.ContainsFunc(f.Children, Field.bad) }

// emptyAuthorities reports whether a CertificateRequest of TLS 1.3 lists no CA where it has the list.
func (c inquest) emptyAuthorities(m Message) bool {
	if m.Dir != ServerToClient || !m.is(typeCertificateRequest) || m.Version != versionTLS13 {
		return false
	}
	b := cursor{b: m.Raw}
	b.take(handshakeHeaderLen)
	b.vec8()
	list, has := extensionList(b.vec16()).find(extCertificateAuthorities)
	return has && len(list) <= 2
}

// tooLong is a handshake message of the server that declares more than crypto/tls takes: 64 KiB, of a Certificate 256 KiB.
func (c inquest) tooLong() (Diagnosis, bool) {
	m, found := c.find(func(m Message) bool {
		return m.Dir == ServerToClient && m.Kind == KindHandshake && m.Partial && len(m.Raw) >= handshakeHeaderLen && bodyLength(m.Raw) > 1<<16
	})
	if !found {
		return Diagnosis{}, false
	}
	d := Diagnosis{"tls-message-too-long", fmt.Sprintf("the server's message %s declares %d bytes, more than is accepted", m.Name, bodyLength(m.Raw)),
		"check host and port, and compare from another network"}
	if m.Key != "" {
		d.Hint = mendServer
	}
	return d, true
}

// ownWords is the reason that the library gives, if it is more than the name of the alert.
func (c inquest) ownWords() string {
	if c.err == nil || strings.Contains(c.err.Error(), "local error") {
		return ""
	}
	return ErrorWords(c.err)
}

// unusableCertificate is a certificate that crypto/tls or crypto/rsa do not
// work with at all. Their alerts, decode_error and decrypt_error, do not say so.
func (c inquest) unusableCertificate() (Diagnosis, bool) {
	d := Diagnosis{"tls-certificate-refused", "", "the server's operator: install a valid certificate with an RSA key of 2048 bits or more, or an ECDSA P-256 key"}
	if c.err == nil {
		return d, false
	}
	_, reason, unread := strings.Cut(c.err.Error(), "failed to parse certificate from server: ")
	switch short := strings.Contains(c.err.Error(), "-bit keys are insecure"); {
	case unread:
		d.Sentence = "it cannot read the server's certificate: " + strings.TrimPrefix(reason, "x509: ")
	case short:
		d.Sentence = "the key in the server's certificate is too short to be used: less than 1024 bits"
	}
	return d, d.Sentence != ""
}

// signedShare reports whether the server's half of the exchange came in TLS 1.2 or older, in a group and with a
// signature that were offered. A client of crypto/tls that refuses it says illegal_parameter and means the signature,
// for which RFC 5246 §7.2.2 has decrypt_error.
func (c inquest) signedShare() bool {
	chosen := func(x Choice) bool {
		return slices.ContainsFunc(x.Offered, func(o Code) bool { return o.Value == x.Chosen.Value })
	}
	_, came := c.find(func(m Message) bool { return m.is(typeServerKeyExchange) })
	return came && chosen(c.sum.Group) && (chosen(c.sum.Signature) || c.sum.Version.Chosen.Value < versionTLS12)
}

// plain is the meaning of an alert whose name says why.
func (c inquest) plain(description uint8) Diagnosis {
	switch _, known := alertDescription(description); {
	case !known:
		return Diagnosis{"tls-alert", "an alert that this program does not know", "the server's operator: read the log around this time"}
	case description == alertDecodeError && c.authentic():
		return Diagnosis{"tls-alert", c.meaning(description), "the server's operator: read the log around this time"}
	case description == alertBadRecordMAC || description == alertRecordOverflow || description == alertDecodeError:
		return Diagnosis{"tls-damaged", c.meaning(description), "compare from another network"}
	}
	return Diagnosis{"tls-alert", c.meaning(description), "the server's operator: read the log around this time"}
}

func names(list []Code) string {
	all := make([]string, len(list))
	for i, c := range list {
		all[i] = c.Name
	}
	return strings.Join(all, ", ")
}

func orNone(s string) string { return cmp.Or(s, "none") }
