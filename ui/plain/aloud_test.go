package plain

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// Signs, units, days and hexadecimal numbers are words; what looks like them is left as it is.
func TestAloud(t *testing.T) {
	for text, want := range map[string]string{
		"RFC 5321 §4.1.1, §4.2":                      "RFC 5321 section 4.1.1, section 4.2",
		"RFC 5321 §A, RFC 9846 §F.3":                 "RFC 5321 appendix A, RFC 9846 appendix F.3",
		"AUTH PLAIN " + sasl.Mask:                    "AUTH PLAIN (masked)",
		"said “no”…":                                 `said "no", and so on`,
		"after 2.4 ms, up to 10 MiB":                 "after 2.4 milliseconds, up to 10 mebibytes",
		"expired on 2026-11-06, not 2026-13-06":      "expired on 6 November 2026, not 2026-13-06",
		"suite 0x1301 of 40x12":                      "suite hex 1301 of 40x12",
		"SHA-256 " + strings.Repeat("01AB23CD", 8):   "SHA-256 " + strings.TrimSuffix(strings.Repeat("0 1 A B, 2 3 C D, ", 8), ", "),
		"For others -all means fail, ~all softfail.": "For others minus all means fail, tilde all softfail.",
		"9 s and 9 seconds, TLS 1.3 server":          "9 seconds and 9 seconds, TLS 1.3 server",
	} {
		if got := aloud(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// A sign on which an answer can turn is heard.
func TestToRead(t *testing.T) {
	for line, want := range map[string]string{
		"250-SIZE 1000":                "250 hyphen SIZE 1000",
		"S: 250-STARTTLS":              "server: 250 hyphen STARTTLS",
		"S: 250 x-all":                 "server: 250 x-all",
		`"v=spf1 a ~all"`:              `"v=spf1 a tilde all"`,
		"v=spf1 ip4:192.0.2.0/24 -all": "v=spf1 ip4:192.0.2.0/24 minus all",
		"C: EHLO a":                    "client: EHLO a",
	} {
		if got := toRead(line); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}

// Of a line of AUTH that is told what its base64 holds; any other line is told as it is.
func TestDecoded(t *testing.T) {
	for _, test := range []struct {
		step       record.Verb
		line, want string
	}{
		{record.VerbRespond, "VXNlcm5hbWU6", `"Username:" in base64`},
		{record.VerbRespond, "AGFubgBwYXNz", `"NUL ann NUL pass" in base64`},
		{record.VerbRespond, "/////w==", "4 bytes in base64"},
		{record.VerbRespond, "an empty line", "an empty line"},
		{record.VerbRespond, "*", "*"},
		{record.VerbAuth, "AUTH LOGIN", "AUTH LOGIN"},
		{record.VerbAuth, "AUTH LOGIN YW5u", `AUTH LOGIN "ann" in base64`},
		{record.VerbAuth, "AUTH PLAIN " + sasl.Mask, "AUTH PLAIN " + sasl.Mask},
		{record.VerbHelp, "HELP ME YW5u", "HELP ME YW5u"},
	} {
		if got := decoded(test.step, test.line); got != test.want {
			t.Errorf("%s %q: %q, want %q", test.step, test.line, got, test.want)
		}
	}
}

// Bytes are told by how many they are and how they begin.
func TestAmount(t *testing.T) {
	for value, want := range map[string]string{
		"7ca125b30885f74707":               "9 bytes, the first four 7c a1 25 b3",
		"7ca125b30885f74707… (1184 bytes)": "1184 bytes, the first four 7c a1 25 b3",
		"7ca125b3":                         "7ca125b3",
		"mail.lab":                         "mail.lab",
	} {
		if got := amount(value); got != want {
			t.Errorf("%q is %q, want %q", value, got, want)
		}
	}
}
