package explain

import (
	"strings"
	"testing"
)

// Nobody is named for words that others use too: the banner, the reply or a wording of its own has to say who it is.
func TestVendorsOnlyOnEvidence(t *testing.T) {
	for _, c := range []struct{ software, verb, line, vendor string }{
		{"", "RCPT", "452 4.2.2 mailbox over quota", ""},
		{"Postfix", "RCPT", "552 5.2.2 Over quota", ""},
		{"Gmail", "RCPT", "452 4.2.2 over quota", "Google"},
		{"", "RCPT", "452 4.2.2 The recipient's inbox is out of storage space. https://support.google.com - gsmtp", "Google"},
		{"", "STARTTLS", "454 4.7.0 TLS not available", ""},
		{"", "STARTTLS", "454 4.3.0 STARTTLS failed", ""},
		{"Sendmail", "STARTTLS", "454 4.3.3 TLS not available after start", "Sendmail"},
		{"", ".", "550 5.7.1 message looks suspicious", ""},
		{"", ".", "550 5.7.1 rejected, very low reputation", ""},
		{"Gmail", ".", "550 5.7.1 very low reputation of the sending domain", "Gmail"},
		{"", "", "421 4.3.2 Server busy", ""},
		{"", "RCPT", "421 4.7.0 temporary system problem", ""},
	} {
		x := Reply(contextOf(c.software, c.verb, c.line))
		said := x.Vendor + " " + x.Short + " " + x.Cause + " " + x.Text + " " + x.Remedy
		for _, name := range []string{"Google", "Gmail", "Sendmail", "Microsoft", "Outlook"} {
			if named := strings.Contains(said, name); named && c.vendor == "" {
				t.Errorf("%s: names %s: %s", c.line, name, said)
			}
		}
		if !strings.Contains(said, c.vendor) {
			t.Errorf("%s: %s is not named: %s", c.line, c.vendor, said)
		}
	}
}

// What a refusal means does not hang on who said it.
func TestRefusalsWithoutVendors(t *testing.T) {
	for line, want := range map[string]string{"452 4.2.2 mailbox over quota": "mailbox-full", "552 5.2.2 over quota": "mailbox-full"} {
		if got := Refusal(contextOf("", "RCPT", line)); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}
