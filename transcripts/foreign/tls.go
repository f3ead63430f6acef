package foreign

import (
	"cmp"
	"fmt"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// tlsWords are what libraries say of a handshake that failed, and what is behind it.
var tlsWords = []struct {
	says *lazy.Pattern
	code record.FindingCode
	text string
}{
	{&lazy.Pattern{Text: `(?i)wrong.version.number|unknown protocol|packet length too long|http request|first record does not look like a TLS`}, record.FoundImplicitTLSOnSTARTTLSPort,
		"the port answers a ClientHello with cleartext, like an SMTP server that expects STARTTLS"},
	{&lazy.Pattern{Text: `(?i)certificate.has.expired|certificate expired`}, record.FoundCertificateExpired, "the client did not accept the server's certificate: it has expired"},
	{&lazy.Pattern{Text: `(?i)host ?name.mismatch|does not match (?:target )?host|no alternative certificate subject name|doesn't match`}, record.FoundCertificateWrongHost,
		"the client did not accept the server's certificate: it is not for this host"},
	{&lazy.Pattern{Text: `(?i)self[- ]signed`}, record.FoundCertificateSelfSigned, "the client did not accept the server's certificate: it is self-signed, or a certificate of its chain is"},
	{&lazy.Pattern{Text: `(?i)unable to (?:get|verify)|unknown ca|unknown authority|unable to find valid certification path`}, record.FoundCertificateUnknownIssuer,
		"the client did not accept the server's certificate: it does not know the issuer"},
	{&lazy.Pattern{Text: `(?i)certificate.?verify.?failed|peer certificate cannot be authenticated|SSL certificate problem`}, record.FoundCertificateUnverified,
		"the client did not accept the server's certificate"},
	{&lazy.Pattern{Text: `(?i)no.renegotiation`}, "tls-renegotiation", "the server allows no renegotiation"},
	{&lazy.Pattern{Text: `(?i)unsupported protocol|alert protocol version|no protocols available|version too low|protocol_version`}, record.FoundTLSNoCommonVersion,
		"client and server have no TLS version in common"},
	{&lazy.Pattern{Text: `(?i)no shared cipher|no cipher(?:s)? (?:match|available)|no ciphers`}, "tls-no-common-suite", "client and server have no cipher suite in common"},
	{&lazy.Pattern{Text: `(?i)reset by peer|errno=104|ECONNRESET`}, record.FoundTLSReset, "the connection was reset during the handshake"},
}

// failedTLS is a handshake that failed, by the words of a program or its library.
func (c *Conversation) failedTLS(words string) *record.TLS {
	words = wire.VisibleString(strings.TrimRight(strings.TrimSpace(words), "."))
	t := &record.TLS{Trouble: record.TroubleFailed, Error: words}
	for _, w := range tlsWords {
		if w.says.Get().MatchString(words) {
			t.Diagnosis = &record.Diagnosis{Code: w.code, Text: strings.Replace(w.text, "the port", c.portInWords(), 1) + " (“" + words + "”)"}
			break
		}
	}
	return t
}

// portInWords names the port that was connected to.
func (c *Conversation) portInWords() string {
	if c.Port == 0 {
		return "the port"
	}
	return fmt.Sprintf("port %d of %s", c.Port, wire.VisibleString(cmp.Or(c.Host, "the server")))
}

// failedChecks are the numbers by which OpenSSL says why a certificate failed verification (openssl-verification-options(1)).
var failedChecks = lazy.Table[int, record.FindingCode]{
	{2, record.FoundCertificateUnknownIssuer}, {7, record.FoundCertificateBadSignature}, {9, record.FoundCertificateNotYetValid}, {10, record.FoundCertificateExpired},
	{18, record.FoundCertificateSelfSigned}, {19, record.FoundCertificateUnknownIssuer}, {20, record.FoundCertificateUnknownIssuer},
	{21, record.FoundCertificateMissingIntermediate}, {23, record.FoundCertificateRevoked}, {26, record.FoundCertificateWrongUsage},
	{62, record.FoundCertificateWrongHost}, {64, record.FoundCertificateWrongHost},
}

// verifiedBy is the check of a chain that a program made, by the number and the words of OpenSSL.
func verifiedBy(program string, code int, words string) record.Check {
	c := record.Check{Name: "chain", OK: code == 0, Text: program + " says: " + wire.VisibleString(words)}
	if code == 0 {
		return c
	}
	c.Who, c.Fix = record.WhoOperator, "send a certificate and a chain that clients can verify"
	if c.Finding = failedChecks.Of(code); c.Finding == "" {
		c.Finding = record.FoundCertificateUnverified
	}
	return c
}
