package explain

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// The lists below are what the package promises to know.

func TestKnowsEveryCommand(t *testing.T) {
	for _, verb := range strings.Fields(`EHLO HELO LHLO MAIL RCPT DATA BDAT BURL RSET NOOP VRFY EXPN HELP QUIT
		STARTTLS AUTH ETRN ATRN TURN SEND SOML SAML VERB ONEX XCLIENT XFORWARD X-EXPS . *`) {
		e, ok := Command(verb)
		if !ok {
			t.Errorf("%s is missing", verb)
		}
		if e.Form == "" || len(e.Success)+len(e.Failure) == 0 {
			t.Errorf("%s: form or codes are missing", verb)
		}
		for _, code := range append(e.Success, e.Failure...) {
			if _, ok := Code(code); !ok {
				t.Errorf("%s: %d is no reply code", verb, code)
			}
		}
	}
	if e, _ := Command(""); e.Name != "(greeting)" {
		t.Errorf("the empty verb is %q", e.Name)
	}
}

func TestKnowsEveryKeyword(t *testing.T) {
	for _, keyword := range strings.Fields(`8BITMIME SIZE PIPELINING ENHANCEDSTATUSCODES DSN STARTTLS AUTH CHUNKING
		BINARYMIME SMTPUTF8 REQUIRETLS LIMITS DELIVERBY FUTURERELEASE MT-PRIORITY RRVS BURL MTRK NO-SOLICITING CONPERM
		CONNEG ETRN ATRN CHECKPOINT SUBMITTER UTF8SMTP VRFY EXPN HELP SEND SOML SAML TURN VERB ONEX XCLIENT XFORWARD
		X-ANONYMOUSTLS X-EXPS X-LINK2STATE XEXCH50 XRDST PIPE_CONNECT PRDR`) {
		e, ok := Keyword(keyword, nil)
		if !ok || e.Name != keyword {
			t.Errorf("%s: got %q, %v", keyword, e.Name, ok)
		}
		if e.Form == "" || e.Status == "" {
			t.Errorf("%s: form or status is missing", keyword)
		}
	}
}

func TestKnowsEveryParameter(t *testing.T) {
	for verb, params := range map[string]string{
		"MAIL": `SIZE=1 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x AUTH=<> REQUIRETLS BY=120;R HOLDFOR=60 HOLDUNTIL=x
			MT-PRIORITY=3 MTRK=x SOLICIT=x CONPERM TRANSID=<x> SUBMITTER=x ALT-ADDRESS=x`,
		"RCPT": `NOTIFY=NEVER ORCPT=rfc822;x RRVS=x CONNEG`,
	} {
		for _, param := range strings.Fields(params) {
			if e, ok := Parameter(verb, param); !ok || e.Requires == "" {
				t.Errorf("%s %s: found %v, requires %q", verb, param, ok, e.Requires)
			}
		}
	}
}

func TestKnowsEveryReplyCode(t *testing.T) {
	for _, code := range []int{
		211, 214, 220, 221, 235, 250, 251, 252, 253, 334, 354, 421, 432, 450, 451, 452, 453, 454, 455, 458, 459,
		500, 501, 502, 503, 504, 521, 523, 524, 525, 530, 534, 535, 538, 550, 551, 552, 553, 554, 555, 556,
	} {
		if replyTable.find(fmt.Sprint(code)) == nil {
			t.Errorf("%d is missing", code)
		}
	}
	for code := 200; code <= 559; code++ {
		e, ok := Code(code)
		if possible := code/10%10 <= 5; ok != possible {
			t.Errorf("%d: known %v", code, ok)
		} else if ok && (e.Short == "" || e.Text == "" || e.Name != fmt.Sprint(code) || len([]rune(e.Short)) > MaxShort) {
			t.Errorf("%d: %q %q", code, e.Name, e.Short)
		}
	}
}

func TestKnowsEveryEnhancedCode(t *testing.T) {
	details := []int{0: 0, 1: 10, 2: 4, 3: 6, 4: 7, 5: 6, 6: 10, 7: 30}
	for subject, last := range details {
		for detail := range last + 1 {
			if enhancedTable.find(fmt.Sprintf("X.%d.%d", subject, detail)) == nil {
				t.Errorf("X.%d.%d is missing", subject, detail)
			}
		}
	}
	for _, class := range []int{2, 4, 5} {
		for subject := range 10 {
			e, ok := Enhanced(class, subject, 99)
			if !ok || e.Name != fmt.Sprintf("%d.%d.99", class, subject) || len([]rune(e.Short)) > MaxShort {
				t.Errorf("%d.%d.99: %q %q", class, subject, e.Name, e.Short)
			}
		}
	}
}

func TestKnowsEveryMechanism(t *testing.T) {
	for _, name := range strings.Fields(`PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-1-PLUS SCRAM-SHA-256
		SCRAM-SHA-256-PLUS EXTERNAL OAUTHBEARER XOAUTH2 GSSAPI GS2-KRB5 NTLM MSN ANONYMOUS PLAIN-CLIENTTOKEN XOAUTH`) {
		if e, ok := Mechanism(name); !ok || e.Name != name || e.Form == "" || e.Status == "" {
			t.Errorf("%s: %v %q %q", name, ok, e.Form, e.Status)
		}
	}
}

func TestKnowsTheWordsOfTLS(t *testing.T) {
	for _, c := range []struct {
		look  func(string) (Entry, bool)
		names string
	}{
		{TLSMessage, `ClientHello 1 ServerHello 2 NewSessionTicket 4 EndOfEarlyData 5 EncryptedExtensions 8 Certificate 11
			ServerKeyExchange 12 CertificateRequest 13 ServerHelloDone 14 CertificateVerify 15 ClientKeyExchange 16
			Finished 20 CertificateStatus 22 KeyUpdate 24 HelloRetryRequest - ChangeCipherSpec - Alert - ApplicationData -`},
		{TLSExtension, `server_name 0 max_fragment_length 1 status_request 5 supported_groups 10 ec_point_formats 11
			signature_algorithms 13 ALPN 16 SCT 18 padding 21 encrypt_then_mac 22 extended_master_secret 23
			compress_certificate 27 record_size_limit 28 session_ticket 35 pre_shared_key 41 early_data 42
			supported_versions 43 cookie 44 psk_key_exchange_modes 45 certificate_authorities 47 post_handshake_auth 49
			signature_algorithms_cert 50 key_share 51 quic_transport_parameters 57 ECH 65037 renegotiation_info 65281
			GREASE -`},
		{Alert, `close_notify 0 unexpected_message 10 bad_record_mac 20 handshake_failure 40 bad_certificate 42
			certificate_revoked 44 certificate_expired 45 certificate_unknown 46 unknown_ca 48 protocol_version 70
			insufficient_security 71 internal_error 80 inappropriate_fallback 86 missing_extension 109 unrecognized_name 112
			certificate_required 116 general_error 117 no_application_protocol 120`},
	} {
		words := strings.Fields(c.names)
		for i := 0; i < len(words); i += 2 {
			e, ok := c.look(words[i])
			if !ok || strings.TrimPrefix(words[i+1], "-") != e.Number {
				t.Errorf("%s: found %v, number %q", words[i], ok, e.Number)
			}
			if byNumber, _ := c.look(words[i+1]); e.Number != "" && byNumber.Name != e.Name {
				t.Errorf("%s: number %s is %q", words[i], words[i+1], byNumber.Name)
			}
		}
	}
}

func TestKnowsEveryPort(t *testing.T) {
	for _, port := range []int{21, 22, 23, 24, 25, 53, 80, 110, 143, 366, 443, 465, 587, 993, 995, 2525} {
		if _, ok := Port(port); !ok {
			t.Errorf("%d is missing", port)
		}
	}
}

func TestKnowsEveryTopic(t *testing.T) {
	for _, name := range strings.Split(`relay and submission;MUA;POP3;IMAP;LMTP;smart host;open relay;outbound port 25;spam;
		printer;SendGrid;smtplib;client settings;local sendmail;port 465 myth;N10-009;port is not encryption;socket;
		ephemeral port;IANA;UDP;OSI;IPv6;RFC lineage;banner;EHLO name;second EHLO;envelope;null sender;bounce;Received;
		ESMTPSA;dot stuffing;SMTP smuggling;pipelining;multiline;first digit;enhanced status codes;vendor clashes;STARTTLS;
		implicit TLS;explicit TLS;STARTTLS vs implicit TLS;TLS policy;opportunistic TLS;required TLS;STARTTLS stripping;
		STARTTLS injection;wrong version number;SSL and TLS;TLS versions;TLS handshake;cipher suite;forward secrecy;
		certificate chain;certificate names;certificate renewal;OCSP;mTLS;channel binding;end to end;S/MIME;eavesdropping;
		MITM;MTA-STS;DANE;DNSSEC;TLSRPT;SASL;base64;AUTH only after TLS;AUTH on port 25;app password;MFA;OAuth2;basic auth;
		API key;secrets;account disabled;MX;null MX;NXDOMAIN;PTR;DNSBL;reputation;SPF;DKIM;DMARC;ARC;spoofing;phishing;
		greylisting;rate limiting;postscreen;timeout;connection refused;diagnosis;telnet;netcat;openssl s_client;firewall;
		mail.log;server checklist;monitoring;patching;compliance;VPN;HDMI port;history`, ";") {
		if _, ok := Topic(strings.TrimSpace(name)); !ok {
			t.Errorf("%s is missing", strings.TrimSpace(name))
		}
	}
}

// What the articles that learners read have wrong has to be right here, and what this program had wrong stays right.
func TestTeachesTheRightThing(t *testing.T) {
	for _, c := range []struct{ id, says string }{
		{"port:465", "RFC 8314"},
		{"port:465", "N10-009 exam list SMTPS 587"},
		{"topic:SMTPS", "choose 587 there"},
		{"topic:TLS", "verifies the certificate"},
		{"topic:mail ports", "TLS from the first byte"},
		{"topic:certificate errors", "never because a server showed it"},
		{"finding:secret-exposed", "works for them from anywhere until it is changed or revoked"},
		{"finding:silence-on-implicit-port", "This proves that the port expects TLS from the first byte"},
		{"topic:port 465 myth", "submissions"},
		{"topic:port ranges", "25, 465 and 587 are well-known"},
		{"topic:port is not encryption", "587 starts in cleartext"},
		{"topic:TLS policy", "explicit does not mean optional"},
		{"topic:TCP and UDP", "User Datagram Protocol"},
		{"topic:MX", "lowest number is tried first"},
		{"topic:DMARC", "pct is gone"},
		{"topic:DKIM", "does not say who wrote the message"},
		{"topic:SPF", "softfail"},
		{"topic:MTA-STS", "nothing to do with 587 or 465"},
		{"topic:second EHLO", "forget"},
		{"topic:TLS handshake", "never sent"},
		{"topic:hop by hop", "between two machines"},
		{"topic:OAuth", "no mechanism called OAUTH2"},
		{"topic:N10-009 exam", "SMTPS 587"},
		{"mechanism:CRAM-MD5", "MD5's collisions do not matter"},
		{"mechanism:DIGEST-MD5", "historic"},
		{"mechanism:LOGIN", "never became an RFC"},
		{"topic:openssl s_client", "by default it accepts any certificate"},
		{"topic:required TLS", "public MX must not require TLS"},
		{"topic:TLS versions", "deprecated in 2021"},
		{"port:2525", "agreement only"},
		{"topic:port ranges", "Linux uses 32768 to 60999"},
		{"finding:cert-revoked", "a private key that was compromised"},
		{"topic:revocation", "compromised"},
		{"topic:subjectPublicKeyInfo", "at least 2048 bits (RFC 9325 §4.5)"},
		{"topic:subjectPublicKeyInfo", "CA/Browser Forum, which require at least 256"},
		{"topic:DMARC", "np, psd and t are new, a DNS tree walk"},
		{"topic:DMARC", "p=reject with pct=0 still had an effect"},
		{"topic:ARC", "experimental and is being retired"},
		{"parameter:BODY", "needs the keywords BINARYMIME and CHUNKING"},
		{"keyword:BINARYMIME", "has to offer CHUNKING as well"},
		{"phrase:tls-self-signed", "OpenSSL error 18"},
		{"phrase:tls-untrusted-root", "OpenSSL error 19"},
		{"reply:550", "or the server's policy refuses"},
		{"phrase:recipient-rejected", "a policy of the server refuses"},
		{"phrase:net-resolver", "says nothing about the name"},
		{"topic:DNS failure", "the resolver of this machine"},
		{"phrase:net-rejected", "A firewall that rejects the port is the usual cause"},
		{"finding:unreachable", "usually means that a firewall rejects the port"},
		{"alert:bad_certificate", "it concerns the client's own certificate"},
		{"alert:unsupported_certificate", "it concerns the client's own certificate"},
		{"alert:certificate_revoked", "it concerns the client's own certificate"},
		{"alert:certificate_expired", "it concerns the client's own certificate"},
		{"alert:certificate_unknown", "it concerns the client's own certificate"},
		{"alert:unknown_ca", "it concerns the client's own certificate"},
		{"alert:access_denied", "it concerns the client's own certificate"},
		{"finding:auth-binding-stripped", "a cluster whose nodes or front end are configured differently"},
		{"wording:host-gmail", "port 465 with TLS from the first byte, and on port 587"},
		{"wording:host-office365", "port 587 with STARTTLS, and not on 465"},
		{"topic:MTA-STS", "must not override a failure of DANE"},
		{"topic:DANE", "MTA-STS must not override a failure of DANE"},
		{"topic:TLSRPT", "TLSRPT only reports"},
		{"keyword:REQUIRETLS", "confirmed by DNSSEC or MTA-STS"},
		{"port:25", "a public MX must not require it of everyone"},
		{"topic:certificate names", "OpenSSL and curl still accept a common name where there is no DNS name; Go and browsers do not"},
		{"phrase:tls-legacy-cn", "OpenSSL and curl still do"},
	} {
		if e, ok := ByID(c.id); !ok || !strings.Contains(e.Text, c.says) {
			t.Errorf("%s does not say %q", c.id, c.says)
		}
	}
}

// The files of knowledge cite what is in force where it says the same.
func TestCitesWhatIsInForce(t *testing.T) {
	hop, _ := ByID("topic:hop by hop")
	if got := Cite(hop.Refs); strings.Contains(got, "4880") || !strings.Contains(got, "RFC 9580") {
		t.Error(got)
	}
	curve := Lookup([]string{"secp256k1"}).Entries
	if len(curve) != 1 || strings.Contains(curve[0].Text, "small") || strings.Contains(curve[0].Text, "weak") {
		t.Errorf("%+v", curve)
	}
}

var vendorName = regexp.MustCompile(`Gmail|Google|Yahoo|Microsoft|Exchange`)

// A vendor is named on evidence only: what is said of a code alone names none, unless nobody else has the code.
func TestCodesNameNoVendor(t *testing.T) {
	for _, table := range []*table{&replyTable, &enhancedTable} {
		for _, e := range entriesOf(table) {
			own := strings.HasPrefix(e.Text, "Microsoft's own code")
			if text := e.Text + e.Remedy; vendorName.MatchString(text) && !own {
				t.Errorf("%s: %s", e.ID(), text)
			}
		}
	}
}

// A topic that goes by its initials says first what they stand for: who looks it up may know the letters alone.
func TestInitialsAreSpeltOut(t *testing.T) {
	told := map[string]string{
		"SMTP": "Simple Mail Transfer Protocol", "LMTP": "Local Mail Transfer Protocol", "TLS": "Transport Layer Security", "OCSP": "Online Certificate Status Protocol",
		"MTA-STS": "MTA Strict Transport Security", "DANE": "Authentication of Named Entities", "DNSSEC": "DNS Security Extensions", "TLSRPT": "TLS Reporting",
		"SASL": "Simple Authentication and Security Layer", "MX": "mail exchanger", "PTR": "pointer", "DNSBL": "DNS block list", "SPF": "Sender Policy Framework",
		"DKIM": "DomainKeys Identified Mail", "DMARC": "Domain-based Message Authentication, Reporting, and Conformance", "ARC": "Authenticated Received Chain",
		"VPN": "virtual private network", "VERP": "variable envelope return path", "SRS": "Sender Rewriting Scheme", "CNAME": "canonical name",
		"BIMI": "Brand Indicators for Message Identification", "SMTPS": "", "STARTTLS": "", // no initials, and a name that is no longer registered
	}
	initials := regexp.MustCompile(`^[A-Z][A-Z-]+$`)
	for _, area := range Areas() {
		for _, e := range area.Topics {
			first, _, _ := strings.Cut(e.Text, ". ")
			if long, ok := told[e.Name]; initials.MatchString(e.Name) && (!ok || !strings.Contains(first, long)) {
				t.Errorf("%s: the first sentence does not say what it stands for: %s", e.Name, first)
			}
		}
	}
}
