package foreign

import (
	"fmt"
	"strings"
	"testing"

	"ehlo/session/record"
)

const swaksHello = `=== Trying mail.example.com:587...
=== Connected to mail.example.com.
<-  220 mail.example.com ESMTP
 -> EHLO client.example
<-  250-mail.example.com
<-  250-PIPELINING
<-  250 STARTTLS
`

const swaksHelloTold = "greeting< 220; ehlo> EHLO client.example; ehlo< 250; "

// What is particular to swaks: its marks, its own words, what it shows in another way than it was sent.
func TestSwaks(t *testing.T) {
	const tls2020 = "=== TLS started with cipher TLSv1.3:TLS_AES_256_GCM_SHA384:256\n=== TLS no local certificate set\n=== TLS peer DN=\"/CN=mail.example.com\"\n"
	const tls2024 = "=== TLS started with cipher TLSv1.3:TLS_AES_256_GCM_SHA384:256\n=== TLS client certificate not requested and not sent\n" +
		"=== TLS peer[0]   subject=[/CN=mail.example.com]\n===               commonName=[mail.example.com], subjectAltName=[DNS:mail.example.com] notAfter=[2026-10-01T00:00:00Z]\n"
	for _, test := range []struct{ name, text, told, cause, masked string }{
		{"a dot-stuffed message with QUIT in it, in a group", swaksHello + ` -> MAIL FROM:<a@a.example>
 -> RCPT TO:<b@b.example>
 -> DATA
<-  250 2.1.0 Ok
<-  250 2.1.5 Ok
<-  354 End data with <CR><LF>.<CR><LF>
 -> Subject: test
 -> 
 -> QUIT
 -> ..
 -> .
<-  250 2.0.0 Ok: queued
 -> QUIT
<-  221 2.0.0 Bye
=== Connection closed with remote host.
`, swaksHelloTold + "mail> MAIL FROM:<a@a.example>; mail< 250; rcpt> RCPT TO:<b@b.example>; rcpt< 250; data> DATA; data< 354; content> Subject: test//QUIT/../.; content< 250; quit> QUIT; quit< 221",
			"accepted 1 message for b@b.example", ""},
		{"TLS as told in 2020", swaksHello + " -> STARTTLS\n<-  220 go\n" + tls2020 + " ~> EHLO client.example\n<~  250 mail.example.com\n ~> QUIT\n<~  221 Bye\n",
			swaksHelloTold + "starttls> STARTTLS; starttls< 220; tls; ehlo> EHLO client.example; ehlo< 250; quit> QUIT; quit< 221", "TLS 1.3 with mail.example.com works; whether", ""},
		{"TLS as told in 2024, verified", swaksHello + " -> STARTTLS\n<-  220 go\n" + tls2024 +
			"=== TLS peer certificate passed CA verification, passed host verification (using host mail.example.com to verify)\n" +
			" ~> EHLO client.example\n<~  250 mail.example.com\n ~> QUIT\n<~  221 Bye\n",
			swaksHelloTold + "starttls> STARTTLS; starttls< 220; tls; ehlo> EHLO client.example; ehlo< 250; quit> QUIT; quit< 221", "the certificate is verified", ""},
		{"TLS as told in 2024, not verified", swaksHello + " -> STARTTLS\n<-  220 go\n" + tls2024 +
			"=== TLS peer certificate failed CA verification (self-signed certificate), passed host verification (using host mail.example.com to verify)\n" +
			" ~> EHLO client.example\n<~  250 mail.example.com\n ~> QUIT\n<~  221 Bye\n",
			swaksHelloTold + "starttls> STARTTLS; starttls< 220; tls; ehlo> EHLO client.example; ehlo< 250; quit> QUIT; quit< 221", "failed verification", ""},
		{"cleartext put in before TLS", swaksHello + " -> STARTTLS\n<-  220 go\n" + tls2020 + "<~  250 injected\n ~> QUIT\n<~  221 Bye\n",
			swaksHelloTold + "starttls> STARTTLS; starttls< 220; starttls< 0 unasked; tls; quit> QUIT; quit< 221", "in cleartext arrived from mail.example.com after the 220", ""},
		{"errors first, as where stderr is not held back", "*** Remote host closed connection unexpectedly.\n" + swaksHello + " -> MAIL FROM:<a@a.example>\n<** \n",
			swaksHelloTold + "mail> MAIL FROM:<a@a.example>; mail< 0 closed", "closed the connection instead of sending the reply to MAIL", ""},
		{"no stderr", swaksHello + " -> MAIL FROM:<a@a.example>\n<** 550 5.7.1 go away\n -> QUIT\n<-  221 Bye\n",
			swaksHelloTold + "mail> MAIL FROM:<a@a.example>; mail< 550; quit> QUIT; quit< 221", "550", ""},
		{"silence", swaksHello + " -> MAIL FROM:<a@a.example>\n<** Timeout (30 secs) waiting for server response\n",
			swaksHelloTold + "mail> MAIL FROM:<a@a.example>; mail< 0 timeout", "timed out", ""},
		{"no connection", "=== Trying mail.example.com:25...\n*** Error connecting to mail.example.com:25:\n*** \tIO::Socket::INET6: connect: Connection refused\n",
			"", "refused the connection", ""},
		{"AUTH in plain text", swaksHello + " -> AUTH PLAIN \\0ann\\0hunter2-pass\n<** 535 5.7.8 no\n -> AUTH LOGIN\n<-  334 Username:\n -> ann\n<-  334 Password:\n -> hunter2-pass\n<** 535 no\n -> QUIT\n<-  221 Bye\n",
			swaksHelloTold + "auth> AUTH PLAIN ••••••; auth< 535; auth> AUTH LOGIN; auth< 334; respond> YW5u; respond< 334; respond> ••••••; respond< 535; quit> QUIT; quit< 221",
			"ann", "the password of AUTH PLAIN, the password of AUTH LOGIN"},
		{"hexadecimal dumps", swaksHello + " -> QUIT\n  > 0000: 51 55 49 54  0D 0A                                     QUIT..\n<   0000: 32 32 31 20  42 79 65 0D  0A                           221.Bye..\n<-  221 Bye\n",
			swaksHelloTold + "quit> QUIT; quit< 221", "up to QUIT", ""},
		{"no hints", "Trying mail.example.com:25...\nConnected to mail.example.com.\n220 mail.example.com ESMTP\nEHLO client.example\n250-mail.example.com\n250 SIZE\nMAIL FROM:<a@a.example>\n250 ok\nRCPT TO:<b@b.example>\n550 5.1.1 no such user\nQUIT\n221 Bye\nConnection closed with remote host.\n",
			swaksHelloTold + "mail> MAIL FROM:<a@a.example>; mail< 250; rcpt> RCPT TO:<b@b.example>; rcpt< 550; quit> QUIT; quit< 221", "b@b.example", ""},
		{"a message that is summed up", swaksHello + " -> MAIL FROM:<a@a.example>\n<-  250 ok\n -> RCPT TO:<b@b.example>\n<-  250 ok\n -> DATA\n<-  354 go\n -> 12 lines sent\n<** 552 5.3.4 too big\n -> QUIT\n<-  221 Bye\n",
			swaksHelloTold + "mail> MAIL FROM:<a@a.example>; mail< 250; rcpt> RCPT TO:<b@b.example>; rcpt< 250; data> DATA; data< 354; content> .; content< 552; quit> QUIT; quit< 221", "552", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := Read([]byte(test.text), "")
			if err != nil || len(list) != 1 {
				t.Fatal(len(list), err)
			}
			got := list[0].Log("test")
			if told := told(got.Log); told != test.told {
				t.Errorf("the log says\n%s\nand not\n%s", told, test.told)
			}
			if !strings.Contains(got.Verdict.Cause, test.cause) || strings.Join(got.Masked, ", ") != test.masked {
				t.Errorf("%s; masked %q", got.Verdict.Cause, got.Masked)
			}
			derives(t, got.Log)
		})
	}
}

// The certificates as swaks 20240103 tells them, in the ways in which they are shown in public: indented as in
// https://cloud.ibm.com/docs/event-notifications?topic=event-notifications-en-smtp-configurations, and with no more than one space in a row
// where a forum has taken the others. Its words about them are its judgment; what fails is named by what they say.
func TestSwaksCertificates(t *testing.T) {
	const block = "=== TLS started with cipher TLSv1.3:AEAD-CHACHA20-POLY1305-SHA256:256\n=== TLS client certificate not requested and not sent\n=== TLS no client certificate set\n" +
		"=== TLS peer[0]   subject=[/CN=example.com]\n===               commonName=[example.com], subjectAltName=[DNS:mail.example.com, DNS:*.example.com] notAfter=[2026-10-11T13:14:36Z]\n" +
		"=== TLS peer[1]   subject=[/C=US/O=Let's Encrypt/CN=YR1]\n===               commonName=[YR1], subjectAltName=[] notAfter=[2028-09-02T23:59:59Z]\n" +
		"=== TLS peer certificate %s (using host mail.example.com to verify)\n"
	const inside = " ~> EHLO client.example\n<~  250-mail.example.com\n<~  250 AUTH PLAIN\n ~> AUTH PLAIN AGFubgBodW50ZXIyLXBhc3M=\n<~* 535 5.7.8 AUTH invalid\n*** No authentication type succeeded\n ~> QUIT\n<~  221 So long\n=== Connection closed with remote host.\n"
	for _, test := range []struct {
		verified string
		finding  record.FindingCode // of what failed; empty where nothing did
	}{
		{"passed CA verification, passed host verification", ""},
		{"passed CA verification, failed host verification", record.FoundCertificateWrongHost},
		{"failed CA verification (self-signed certificate), passed host verification", record.FoundCertificateSelfSigned},
		{"failed CA verification (unable to get local issuer certificate), passed host verification", record.FoundCertificateUnknownIssuer},
		{"failed CA verification (certificate has expired), failed host verification", record.FoundCertificateExpired},
	} {
		whole := swaksHello + " -> STARTTLS\n<-  220 go\n" + fmt.Sprintf(block, test.verified) + inside
		forms := map[string]string{"": whole, "indented": "    " + strings.ReplaceAll(whole, "\n", "\n    "), "squeezed": squeezed(whole)}
		for form, text := range forms {
			list, err := Read([]byte(text), "")
			if err != nil || len(list) != 1 {
				t.Fatal(test.verified, form, len(list), err)
			}
			got := list[0].Log("test")
			var s *record.TLS
			for i := range got.Log.Len() {
				if e := got.Log.At(i); e.TLS != nil {
					s = e.TLS
				}
			}
			if s == nil || s.CipherSuite != "TLS_CHACHA20_POLY1305_SHA256" || s.Reference != "mail.example.com" || s.Verified != (test.finding == "") {
				t.Fatalf("%s %s: %+v", test.verified, form, s)
			}
			if s.Checks.List()[0].Text != "the certificate is for mail.example.com, *.example.com, and expires on 2026-10-11T13:14:36Z" || !s.Checks.List()[0].Open || len(s.Checks.List()) != 3 {
				t.Errorf("%s %s: %+v", test.verified, form, s.Checks.List())
			}
			failed := record.FindingCode("")
			for _, c := range s.Checks.List() {
				if failed == "" {
					failed = c.Finding
				}
			}
			if failed != test.finding || got.Verdict.Exit != record.ExitAuth {
				t.Errorf("%s %s: the check says %s, the verdict %d %s", test.verified, form, failed, got.Verdict.Exit, got.Verdict.Cause)
			}
			if strings.Join(got.Masked, "") != "the password of AUTH PLAIN" {
				t.Errorf("masked %q", got.Masked)
			}
		}
	}
}

// squeezed is a text in which a forum has left no two spaces in a row, and none at the beginning of a line.
func squeezed(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}
