package explain

import (
	"regexp"
	"strings"
	"testing"
)

// pasted are lines that people paste, and what they have to be told first. Each
// stands for a kind: the wordings of a server or a service, the errors of another
// program, a piece of a record, a question.
var pasted = []struct{ line, says string }{
	{"certificate verify failed", "chain, name or dates?"},
	{"error:0A000418:SSL routines::tlsv1 alert unknown ca", "does not trust the certificate"},
	{"SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca", "does not trust the certificate"},
	{"error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure", "nothing acceptable in common"},
	{"tls: unknown certificate authority", "does not trust the certificate"},
	{"remote error: tls: certificate required", "client certificate"},
	{"PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target", "Java.* root"},
	{"The handshake failed due to an unexpected packet format.", "port and TLS mode do not match"},
	{"SMTP Error: Could not authenticate.", "535"},
	{"smtplib.SMTPServerDisconnected: Connection unexpectedly closed", "closed the connection"},
	{"STARTTLS extension not supported by server.", "EHLO reply does not offer STARTTLS"},
	{"unsafe legacy renegotiation disabled", "RFC 5746"},
	{"dh key too small", "Diffie-Hellman group .* too short"},
	{"AADSTS50076: Due to a configuration change made by your administrator", "second factor"},
	{"AADSTS50034", "Microsoft.*sign-in"},
	{"invalid_grant", "refresh token (is|has) .*(expired|revoked)"},
	{"554 5.7.9 Message not accepted for policy reasons.", "content or (the )?sender"},
	{"432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", "parallel connections"},
	{"553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list", "listed|block list"},
	{"553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "relay"},
	{"550 5.4.1 [bob@example.com]: Recipient address rejected: Access denied", "recipient .*(unknown|does not exist|not exist)"},
	{"451 5.7.3 STARTTLS is required to send mail", "TLS"},
	{"421 4.7.66 TLS 1.0 and 1.1 are not supported.", "TLS 1.2"},
	{"454 4.7.0 invalid username or password", "username or password"},
	{"454 Throttling failure: Maximum sending rate exceeded.", "sending rate|too fast"},
	{"513 Relaying denied.", "relay"},
	{"552 message line is too long", "998"},
	{"451 4.0.0 backend: invalid return path: not owned by user", "sender .*(not|another)"},
	{"550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", "EHLO"},
	{"535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "no reason"},
	{"curl: (67) Login denied", "log ?in.*(rejected|refused)|rejected the login"},
	{"5.7.139", "Microsoft"},
	{"5.7.57", "Microsoft"},
	{"5.7.60", "Microsoft"},
	{"5.7.64", "Microsoft"},
	{"5.7.515", "Microsoft"},
	{"5.7.705", "Microsoft"},
	{"5.7.708", "Microsoft"},
	{"4.7.500", "Microsoft"},
	{"Helo command rejected: need fully-qualified hostname", "EHLO|fully qualified"},
	{"what port should I use", "587"},
	{"why is my password rejected", "password"},
	{"443", "HTTPS"},
	{"VERP", "return path"},
	{"OTP", "one-time password"},
	{"SCRAM-SHA-512", "SHA-512"},
	{"GSSAPI", "Kerberos"},
	{"NTLM", "Microsoft"},
	{"X-EXPS", "Exchange"},
	{"250-AUTH OTP SCRAM-SHA-512 PLAIN", "OTP SCRAM-SHA-512 PLAIN"},
	{"starttls-not-supported", "STARTTLS"},
	{"certificate-host-mismatch", "name"},
	{"certificate-expired", "TLS report"},
	{"validation-failure", "report"},
	{"smtp.office365.com", "587"},
	{"smtp.gmail.com", "465"},
	{"backscatter", "bounce"},
	{"tarpit", "slow|delay"},
	{"SRS", "forward"},
	{"CNAME", "alias"},
	{"BIMI", "logo"},
	{"mynetworks", "Postfix"},
	{"catch-all", "every"},
	{"allow list", "exempt|let"},
	{"hotspot", "network"},
	{"p=quarantine", "DMARC"},
	{"spf=softfail", "SPF"},
	{"dkim=fail (body hash did not verify)", "DKIM|body"},
	{"v=spf1 include:_spf.example.net ~all", "SPF"},
	{"dsn=4.4.1", "connect|answer"},
	{"status=bounced", "returned|permanent"},
	{"error:0A000126:SSL routines::unexpected eof while reading", "closed the connection"},
	{"verify error:num=18:self-signed certificate", "server's own certificate"},
	{"verify error:num=19:self-signed certificate in certificate chain", "root that the client does not trust"},
	{"Temporary failure in name resolution", "resolver"},
	{"No route to host", "firewall"},
	{"A TLS fatal alert has been received: Certificate is bad", "certificate is corrupt"},
	{"Error: Greeting never received", "no greeting arrived"},
	{"javax.net.ssl.SSLException: Unsupported or unrecognized SSL message", "port and TLS mode do not match"},
	{"No appropriate protocol (protocol is disabled or cipher suites are inappropriate)", "TLS version"},
	{"Could not connect to SMTP host: smtp.example.org, port: 465, response: -1", "waits for TLS"},
	{"The remote certificate is invalid according to the validation procedure", "did not accept the server's certificate"},
	{"Unable to read data from the transport connection: net_io_connectionclosed.", "closed the connection"},
	{"unencrypted connection", "not encrypted"},
	{"stream_socket_enable_crypto(): SSL operation failed with code 1", "could not start TLS"},
	{"curl: (7) Failed to connect", "no TCP connection"},
	{"curl: (51) SSL: no alternative certificate subject name matches", "does not contain the host name"},
	{"0x800CCC0E", "port is wrong or blocked"},
	{"Task 'x' reported error (0x80042108)", "closed the connection"},
	{"0x800CCC92", "rejected"},
	{"554 Message not allowed - [PH01] Email not accepted for policy reasons", "content or sender"},
	{"550 SC-001 (BAY004-MC1F1) Unfortunately, messages from 192.0.2.1 weren't sent", "blocked"},
	{"421 RP-001 (BAY004-MC1F1) Unfortunately, some messages", "limits how much"},
	{"550 Mail content denied", "filter"},
	{"553 Mail from must equal authorized user", "differs from the account"},
	{"550 Verification failed for <x@example.org>", "sender's address exists"},
	{"451 Temporary local problem - please try later", "not at fault"},
	{"550 Maximum credits exceeded", "used up"},
	{"554 5.6.0 Message with invalid header rejected", "header"},
	{"AADSTS70008: The provided authorization code or refresh token has expired due to inactivity", "expired"},
	{"insufficient_scope", "token .*(other|scope)"},
	{"net::ERR_CERT_AUTHORITY_INVALID", "chain does not lead to a root"},
	{"smtplib.SMTPHeloError: (501, b'5.5.4 Invalid HELO')", "EHLO name"},
	{"smtp.strato.de", "465"},
	{"outlook.office365.com", "587"},
	{"SFV:SPM", "spam filter"},
	{"compauth=fail reason=000", "spam filter"},
	{"Untrusted TLS connection established to mx.example.com[192.0.2.1]:25: TLSv1.3", "not verified"},
	{"honeypot", "only spam"},
	{"feedback loop", "report"},
	{"535 5.7.8 Error: authentication failed: account disabled", "disabled"},
}

func TestPastedLines(t *testing.T) {
	for _, c := range pasted {
		if said := firstSaid(c.line); !regexp.MustCompile("(?i)" + c.says).MatchString(said) {
			t.Errorf("%s\n is told %s\n and not %q", c.line, said, c.says)
		}
	}
}

// firstSaid is the headline and the first two sentences of the best find.
func firstSaid(line string) string {
	found := Search(strings.Fields(line))
	if len(found) == 0 {
		return "nothing"
	}
	e := found[0]
	sentences := strings.SplitAfterN(e.Text, ". ", 3)
	return e.ID() + ": " + e.Short + ". " + strings.Join(sentences[:min(2, len(sentences))], "")
}

// The same words where they mean something else are not taken for those errors.
func TestNearMisses(t *testing.T) {
	for line, not := range map[string]string{
		"alert: disk full":                       "alert:",
		"tls: the new certificate is installed":  "alert:",
		"port 443":                               "reply:443",
		"450":                                    "port:",
		"PLAN":                                   "base64:",
		"Mailbox":                                "base64:",
		"250 2.1.0 Ok, sender of smtp.gmail.com": "wording:",
		"220 smtp.gmail.com ESMTP x - gsmtp":     "wording:",
		"450 4.2.0 Greylisted, try again":        "wording:",
		"550 5.1.1 <catch-all@example.org>: no user": "topic:",
		"the line is too long to read":               "phrase:line-too-long",
	} {
		if found := Search(strings.Fields(line)); len(found) > 0 && strings.HasPrefix(found[0].ID(), not) {
			t.Errorf("%s is taken for %s", line, found[0].ID())
		}
	}
}
