package foreign

import (
	"strings"
	"testing"
)

// JavaMail prints its lines of SMTP without marks among its own, and leaves out those of AUTH.
func TestJavaMail(t *testing.T) {
	const before = "DEBUG SMTP: useEhlo true, useAuth true\nDEBUG SMTP: trying to connect to host \"smtp.example.com\", port 587, isSSL false\n" +
		"220 smtp.example.com ESMTP\nDEBUG SMTP: connected to host \"smtp.example.com\", port: 587\nEHLO pc\n250-smtp.example.com\n250-STARTTLS\n250 AUTH LOGIN\n" +
		"DEBUG SMTP: Found extension \"STARTTLS\", arg \"\"\nSTARTTLS\n220 2.0.0 ready\n"
	for _, test := range []struct{ name, text, outcome, cause string }{
		{"login", before + "EHLO pc\n250-smtp.example.com\n250 AUTH LOGIN XOAUTH2\nDEBUG SMTP: AUTH LOGIN command trace suppressed\nDEBUG SMTP: AUTH LOGIN failed\n" +
			"535 5.7.8 Username and password not accepted.\n", "refused", "smtp.example.com answered 535 5.7.8 to AUTH LOGIN"},
		{"a certificate", before + "javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path to requested target\n", "unsafe",
			"did not accept the server's certificate: it does not know the issuer"},
		{"nothing comes", "DEBUG SMTP: trying to connect to host \"smtp.example.com\", port 465, isSSL false\nDEBUG SMTP: EOF: [EOF]\n", "failed", "Port 465 of smtp.example.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := Read([]byte(test.text), "")
			if err != nil || len(list) != 1 {
				t.Fatal(len(list), err)
			}
			got := list[0].Log("test")
			if v := got.Verdict; string(v.Outcome) != test.outcome || !strings.Contains(v.Cause, test.cause) {
				t.Errorf("%s: %s\n%s", v.Outcome, v.Cause, told(got.Log))
			}
			derives(t, got.Log)
		})
	}
}

// Bounds hold: a source that breaks one is refused with a reason.
func TestBounds(t *testing.T) {
	long := "220 mail.example ready\nEHLO x\n250 " + strings.Repeat("x", maxLine) + "\nQUIT\n221 bye\n"
	many := strings.Repeat("220 mail.example ready\nNOOP\n", maxPieces/2+1)
	for name, test := range map[string]struct{ text, want string }{
		"a line": {long, "is longer than 1 MiB"}, "pieces": {many, "more than 262144 lines"}, "nothing": {"", "it is empty"}, "words": {"What now?", "not a log of a known format"},
	} {
		from := "telnet"
		if name == "words" {
			from = ""
		}
		if _, err := Read([]byte(test.text), from); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
