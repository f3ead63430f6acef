package routes

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/spf"
	"ehlo/session/survey"
	"ehlo/ui/paint"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A route with one of each thing that is shown.
func example() *route.Report {
	good := &survey.Cell{State: survey.StateSTARTTLS, TLS: &survey.TLS{Version: "TLS 1.3", Certificate: record.Certificate{NotAfter: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)}}}
	expired := &survey.Cell{State: survey.StateSTARTTLS, TLS: &survey.TLS{Version: "TLS 1.2", Faults: []record.Check{{Finding: record.FoundCertificateExpired}}}}
	return &route.Report{
		Domain: "example.org", Server: "127.0.0.1:53", Way: route.WayMX, Proved: true, Left: 2,
		Hosts: []route.Host{
			{Preference: 10, Name: "mx1.example.org", DANE: route.DANEMatches, TLSA: make([]route.TLSA, 2),
				Addresses: []route.Address{{Address: "2a00:1450:4001:80f::1a", Names: []string{"mx1.example.org"}, Confirmed: "mx1.example.org", Port: good}, {Address: "5.0.0.1", Names: []string{"host-5-0-0-1.isp.example"}, Port: expired}}},
			{Preference: 10, Name: "mx2.example.org", Alias: "relay.example.net", Addresses: []route.Address{{Address: "10.0.0.1", Special: "private"}}},
			{Preference: 20, Name: "gone.example.org"},
			{Preference: 30, Name: "www.example.org", Addresses: []route.Address{{Address: "5.0.0.3", Port: &survey.Cell{State: survey.StateForeign, Protocol: "HTTP"}}}},
		},
		STS:      &route.STS{Mode: "testing", MX: []string{"mx1.example.org", "*.example.net"}, MaxAge: 12 * time.Hour},
		Reports:  []string{"mailto:tls@example.org"},
		SPF:      &route.SPF{Record: "v=spf1 mx -all", Client: "5.0.0.1", Result: spf.Pass, Term: "mx", Lookups: 1, Steps: []spf.Step{{Domain: "example.org", Term: "mx", Matches: true}}},
		DMARC:    &route.DMARC{At: "example.org", Policy: "reject", Reports: []string{"dmarc@example.org"}},
		DKIM:     []route.DKIM{{Selector: "2026", Key: "RSA 2048"}, {Selector: "2025"}},
		Services: []route.Service{{Name: "_submissions._tcp", Port: 465, Host: "mail.example.org"}, {Name: "_pop3._tcp"}},
		Settings: []string{"autoconfig.example.org", "autodiscover.example.org", "autodiscover.example.net"},
		Autoconfig: []route.Autoconfig{{URL: "https://autoconfig.example.org/mail/config-v1.1.xml", Domains: []string{"example.org"}, Servers: []route.Setting{
			{Kind: "smtp", Host: "mail.example.org", Port: 465, Socket: "SSL", Logins: []string{"OAuth2", "password-cleartext"}}, {Kind: "jmap"}}}},
		Pages: []route.Page{{URL: "https://mta-sts.example.org/.well-known/mta-sts.txt", Status: 200}, {URL: "https://autoconfig.example.org/mail/config-v1.1.xml", Status: 200, Type: "text/xml"},
			{URL: "https://example.org/.well-known/autoconfig/mail/config-v1.1.xml", Status: 404}, {URL: "https://autodiscover.example.org/autodiscover/autodiscover.xml", Status: 401, Logins: []string{"Negotiate", "NTLM"}},
			{URL: "https://mail.example.org:8443/autodiscover/autodiscover.xml", Status: 302, To: "https://exchange.example.com/"}},
		Lookups: []record.Lookup{{Type: "MX", Name: "example.org", Status: record.StatusNoError, Proved: true, Answers: []record.Answer{{Name: "example.org", Type: "MX", TTL: 300, Data: "10 mx1.example.org."}}},
			{Type: "A", Name: "gone.example.org", Status: record.StatusNXDomain}, {Type: "AAAA", Name: "gone.example.org", Trouble: record.TroubleTimeout, Error: "no answer"}},
		Findings: []route.Finding{{Code: "mx-no-host", Severity: record.SeverityWarn, Text: "gone.example.org, a mail server of example.org, does not exist in DNS.", Refs: "RFC 5321 §5.1", Who: record.WhoRecipient,
			Mend: "publish an address for the host, or remove its MX record", Stops: "mail to this host: a sender tries the next one, or returns the message"}},
		Verdict: route.Verdict{Outcome: record.OutcomeDone, Cause: "Mail for example.org goes to mx1.example.org and www.example.org, and mx1.example.org answers in TLS 1.3. 2 of 4 hosts fail."},
	}
}

// The text is as the golden file has it.
func TestLines(t *testing.T) {
	got := strings.Join(Lines(example(), 100, true), "\n") + "\n"
	if *update {
		if err := os.WriteFile("testdata/route.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, _ := os.ReadFile("testdata/route.txt"); got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A narrow terminal gets the columns that matter most, and no line that is wider than it is.
func TestNarrow(t *testing.T) {
	for _, width := range []int{100, 80, 75} {
		for _, line := range Lines(example(), width, false) {
			if paint.Width(line) > width {
				t.Errorf("%d columns: %q", width, line)
			}
		}
	}
}

// A failure says who has to act and what they can do.
func TestVerdict(t *testing.T) {
	r := &route.Report{Verdict: route.Verdict{Exit: record.ExitName, Outcome: record.OutcomeFailed, Cause: "The domain example.org does not exist in DNS.", Who: record.WhoYou, Mend: "check the spelling"}}
	want := "failed, exit code 3: The domain example.org does not exist in DNS.\n  who has to act: you\n  try: check the spelling"
	if got := strings.Join(Verdict(r, 80), "\n"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
