package tlswire

import (
	"fmt"
	"slices"
	"strings"
)

// alert explains a fatal alert by who sent it and what went before.
func (c inquest) alert(m Message) Diagnosis {
	_, description, _ := m.Alert()
	var d Diagnosis
	if m.Dir == ServerToClient {
		d = c.fromServer(description)
	} else {
		d = c.fromClient(description)
	}
	if d.Code == "" {
		d = c.plain(description)
	}
	d.Sentence = fmt.Sprintf("%s with %s (%d): %s", c.ending(m), AlertName(description), description, d.Sentence)
	return d
}

// ending says what an alert ended. In TLS 1.3 a server judges the client's
// certificate after the client's handshake is over (RFC 9846 §4.5.1.3).
func (c inquest) ending(m Message) string {
	before := slices.IndexFunc(c.messages, func(o Message) bool { return o.Seq == m.Seq && o.Dir == m.Dir })
	switch over := before > 0 && Describe(c.messages[:before]).Complete; {
	case !over:
		return party(m.Dir) + " ended the handshake"
	case m.Dir == ServerToClient:
		return "after the handshake the server refused it"
	}
	return "after the handshake the client ended the connection"
}

// fromServer is the likely cause of an alert of the server.
func (c inquest) fromServer(description uint8) Diagnosis {
	switch description {
	case alertProtocolVersion:
		return Diagnosis{"tls-no-common-version", "it speaks none of the versions offered, " + names(c.sum.Version.Offered),
			"offer a wider range of versions, or better have the server speak TLS 1.2 and 1.3"}
	case alertInappropriate:
		return Diagnosis{"tls-fallback-refused", "it speaks a higher version than the client tried", "do not fall back to a lower version; the first failure had another cause"}
	case alertHandshakeFailure:
		return c.nothingInCommon()
	case alertInsufficientSecurity:
		return Diagnosis{"tls-no-common-suite", "it wants stronger cipher suites than the " + fmt.Sprint(len(c.sum.Suite.Offered)) + " offered", "have the server accept ECDHE with AES-GCM or ChaCha20; nothing stronger is in use"}
	case alertCertificateRequired:
		return c.wantsCertificate()
	case alertBadCertificate, alertUnsupportedCert, alertCertificateRevoked, alertCertificateExpired, alertCertificateUnknown, alertUnknownCA, alertAccessDenied:
		return c.refusedCertificate(description)
	case alertUnrecognizedName:
		return Diagnosis{"tls-unknown-name", "it does not know the host name asked for, " + quoted(c.sum.ServerName), "ask for a name the server has (--server-name), or add this one to the server"}
	case alertNoApplication:
		return Diagnosis{"tls-no-common-protocol", "it speaks none of the protocols offered by ALPN, " + strings.Join(c.sum.Protocol.Offered, ", "), "offer no ALPN: mail needs none"}
	case alertInternalError:
		return Diagnosis{"tls-server-broken", "something is wrong on the server", "often its certificate or key is missing or cannot be read: see the server's log"}
	case alertMissingExtension:
		return Diagnosis{"tls-missing-extension", "the hello lacks an extension it wants; without a host name (SNI) some servers refuse", "give a host name (--server-name)"}
	case alertUnexpectedMessage:
		return Diagnosis{"tls-unexpected-message", "it did not expect this message now", "both sides are out of step; a server that speaks another protocol on this port answers like this too"}
	case alertDecryptError:
		return Diagnosis{"tls-proof-failed", "a signature or checksum of the client did not verify", "if the client sent a certificate, check that its key belongs to it"}
	}
	return Diagnosis{}
}

// nothingInCommon: handshake_failure says only that the offer does not do.
func (c inquest) nothingInCommon() Diagnosis {
	switch {
	case c.sum.CertificateRequested && !c.sum.CertificateSent:
		return c.wantsCertificate()
	case c.sum.Version.Chosen.Name != "":
		return Diagnosis{"tls-server-gave-up", "what came after the ServerHello did not suit it", "see the last messages; a client certificate or its signature is the usual reason"}
	}
	return c.refusedOffer()
}

func (c inquest) wantsCertificate() Diagnosis {
	return Diagnosis{"tls-certificate-required", "it wants a client certificate and got none", "give a client certificate with --cert and --key, or have the server ask for none"}
}

// refusedCertificate: the server did not like the client's certificate. TLS
// 1.2 has no certificate_required, so bad_certificate may mean that too (RFC
// 5246 §7.4.6 leaves the alert open).
func (c inquest) refusedCertificate(description uint8) Diagnosis {
	if c.sum.CertificateRequested && !c.sum.CertificateSent {
		return c.wantsCertificate()
	}
	meaning, _ := AlertDescription(description)
	if !c.sum.CertificateSent {
		return Diagnosis{"tls-server-refused", meaning.Meaning, "the client sent no certificate, so this is odd: see the server's log"}
	}
	return Diagnosis{"tls-client-certificate-refused", "it refuses the client's certificate: " + meaning.Meaning, mendClientCertificate(description)}
}

func mendClientCertificate(description uint8) string {
	switch description {
	case alertUnknownCA:
		return "use a client certificate (--cert, --key) of a CA that the server trusts, with the chain up to that CA in the file; or have the server trust yours"
	case alertCertificateExpired:
		return "get a new client certificate: the one of --cert is out of date, or one of the two clocks is wrong"
	case alertCertificateRevoked:
		return "get a new client certificate, with a new key: the one of --cert was withdrawn"
	case alertUnsupportedCert:
		return "use a client certificate that is made for clients: clientAuth among its extended key usages"
	case alertAccessDenied:
		return "ask the server's operator to let the holder of this certificate in: it is valid, and not on the list"
	}
	return "check that the client certificate (--cert, --key) is in date, made for clients, and issued by a CA that the server trusts"
}

// fromClient is the likely cause of an alert of our own side.
func (c inquest) fromClient(description uint8) Diagnosis {
	if group, strange := c.strangeGroup(); strange && description != alertProtocolVersion {
		return c.groupNotOffered(group)
	}
	if description == alertIllegalParameter && c.signedShare() {
		description = alertDecryptError
	}
	if d, ok := c.unusableCertificate(); ok {
		return d
	}
	switch description {
	case alertProtocolVersion:
		return Diagnosis{"tls-no-common-version", fmt.Sprintf("the server chose %s, which was not offered (%s)", firstOf(c.sum.Version.Chosen.Name, "a version"), names(c.sum.Version.Offered)),
			"allow older versions (--tls-min) only to look at it; the server needs TLS 1.2 or 1.3"}
	case alertBadCertificate, alertUnsupportedCert, alertCertificateRevoked, alertCertificateExpired, alertCertificateUnknown, alertUnknownCA:
		return Diagnosis{"tls-certificate-refused", "it refuses the server's certificate", "the check of the certificate says which rule it breaks and who can mend it"}
	case alertHandshakeFailure, alertIllegalParameter, alertInsufficientSecurity:
		return Diagnosis{"tls-server-choice", fmt.Sprintf("the server chose what was not offered or is not allowed (%s)", firstOf(c.sum.Suite.Chosen.Name, "see its last message")), "the server's TLS is at fault; an update may mend it"}
	case alertUnexpectedMessage:
		return Diagnosis{"tls-unexpected-message", "the server's last message has no place there", "the server's TLS is at fault, or somebody changes the bytes on the way"}
	case alertDecryptError:
		return Diagnosis{"tls-proof-failed", "a signature or checksum of the server did not verify", "the server's key does not belong to its certificate, or somebody is in between"}
	}
	return Diagnosis{}
}

// unusableCertificate is a certificate that crypto/tls or crypto/rsa do not
// work with at all. Their alerts, decode_error and decrypt_error, do not say so.
func (c inquest) unusableCertificate() (Diagnosis, bool) {
	d := Diagnosis{"tls-certificate-refused", "", "the server's operator: install a certificate with a key of today's strength, in the form of RFC 5280"}
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

// plain is the meaning of an alert that needs no story.
func (c inquest) plain(description uint8) Diagnosis {
	a, ok := AlertDescription(description)
	switch {
	case !ok:
		return Diagnosis{"tls-alert", "an alert without a meaning here", "see the log of the side that sent it"}
	case description == alertBadRecordMAC || description == alertRecordOverflow || description == alertDecodeError:
		return Diagnosis{"tls-damaged", a.Meaning, "something on the way changes the bytes, or one side is at fault: try again, and from another network"}
	}
	return Diagnosis{"tls-alert", a.Meaning, "see the log of the side that sent it"}
}

func names(list []Code) string {
	all := make([]string, len(list))
	for i, c := range list {
		all[i] = c.Name
	}
	return strings.Join(all, ", ")
}

func quoted(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
