package explain

import (
	"strings"
	"testing"
)

func TestKeywordLinesArePutIntoWords(t *testing.T) {
	for _, c := range []struct {
		line  string
		short string
		text  string
	}{
		{"SIZE", "checks the size before you send", ""},
		{"SIZE 10240000", "messages up to 9.77 MiB", "10240000 bytes"},
		{"size 0", "no fixed size limit", "states no fixed limit"},
		{"SIZE 1000", "messages up to 1000 bytes", ""},
		{"SIZE 1048064", "messages up to 1 MiB", ""},
		{"SIZE 99999999999999999999", "checks the size before you send", "not a number"},
		{"SIZE -5", "checks the size before you send", "not a number"},
		{"AUTH PLAIN LOGIN", "log in: PLAIN LOGIN", "send the password itself"},
		{"AUTH PLAIN SCRAM-SHA-256", "log in: PLAIN SCRAM-SHA-256", "Offered: PLAIN, SCRAM-SHA-256."},
		{"AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-256", "log in: PLAIN LOGIN CRAM-MD5 +2", ""},
		{"AUTH FOO PLAIN", "log in: PLAIN FOO", "Offered: PLAIN, FOO. Not known here: FOO."},
		{"AUTH FOO BAR", "log in: FOO BAR", "Not known here: FOO, BAR."},
		{"AUTH OTP SCRAM-SHA-512 PLAIN", "log in: OTP SCRAM-SHA-512 PLAIN", "Offered: OTP, SCRAM-SHA-512, PLAIN."},
		{"AUTH foo? \x1b[2J", "no known mechanism", ""},
		{"AUTH=LOGIN PLAIN", "AUTH, in an old form", "'='"},
		{"LIMITS MAILMAX=20 RCPTMAX=100", "up to 20 messages per session, …", "100 recipients per message"},
		{"LIMITS RCPTMAX=many", "states its limits for a session", ""},
		{"DELIVERBY 240", "deadline of 4 minutes or more", ""},
		{"FUTURERELEASE 864000 2026-12-31T00:00:00Z", "can hold mail for 10 days", ""},
		{"MT-PRIORITY STANAG4406", "priorities after one policy", ""},
		{"BURL imap imap://imap.example.com", "can fetch the message by IMAP URL", "parameter imap"},
		{"STARTTLS NOW", "TLS can start on this connection", "does not allow"},
		{"XFOO bar", "private keyword", ""},
		{"XXXXXXXX", "a device overwrote a keyword here", "as STARTTLS has"},
		{"XXXXXXXXXXXZ", "a device overwrote a keyword here", ""},
		{"XXXFOO", "private keyword", ""},
		{"XXXXXXXA", "a device overwrote a keyword here", "as STARTTLS has"},
	} {
		words := strings.Fields(c.line)
		e, ok := Keyword(words[0], words[1:])
		if !ok || e.Short != c.short || !strings.Contains(e.Text, c.text) {
			t.Errorf("%s: %v\n got %q, %q\nwant %q, %q", c.line, ok, e.Short, e.Text, c.short, c.text)
		}
		if len([]rune(e.Short)) > MaxShort || len([]rune(e.Text)) > MaxText {
			t.Errorf("%s: too long", c.line)
		}
	}
}

func TestUnregisteredKeyword(t *testing.T) {
	if e, ok := Keyword("FROBNICATE", nil); ok || e.Short != "unknown keyword" {
		t.Errorf("%v %q", ok, e.Short)
	}
}

func TestKeywordRepeatsNothingUnknown(t *testing.T) {
	const evil = "\x1b]52;c;evil"
	for _, keyword := range []string{"AUTH", "LIMITS", "SIZE", "BURL", "NO-SOLICITING", "MT-PRIORITY", "FUTURERELEASE"} {
		e, _ := Keyword(keyword, []string{evil, "PLAIN", evil})
		if strings.Contains(e.Short+e.Text, "evil") {
			t.Errorf("%s repeats the server's text: %q", keyword, e.Text)
		}
	}
}

func TestOctets(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1023: "1023 bytes", 1024: "1 KiB", 1536: "1.5 KiB", 10240000: "9.77 MiB",
		26214400: "25 MiB", 1<<20 - 1: "1 MiB", 36700160: "35 MiB", 1 << 62: "4 EiB", 157286400: "150 MiB",
	} {
		if got := octets(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
