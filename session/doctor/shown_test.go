package doctor

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/survey"
)

// met is a session with a host of two addresses, of which one was met.
func met() *reading {
	return &reading{ehlo: "client.example.net", resolve: &record.Resolve{Host: "mail.example.org", Addresses: []string{"192.0.2.25", "2001:db8::25"}}, tls: &record.TLS{},
		start:   record.Start{Plan: record.Plan{Target: record.Target{Host: "mail.example.org", Port: 587}, Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire}}},
		connect: &record.Connect{Address: "2001:db8::25", Remote: "[2001:db8::25]:587"}}
}

// A command leads to where the session went, with the same name, roots and certificate, however the session came there.
func TestCommands(t *testing.T) {
	const verifies = " -starttls smtp -name client.example.net -servername mail.example.org -verify_return_error -verify_hostname mail.example.org"
	for _, test := range []struct {
		name   string
		change func(*reading)
		want   string
	}{
		{"another address of the name", func(*reading) {}, "openssl s_client -connect '[2001:db8::25]:587'" + verifies + " -crlf -quiet"},
		{"the only address", func(r *reading) { r.resolve.Addresses = []string{"2001:db8::25"} }, "openssl s_client -connect mail.example.org:587" + verifies + " -crlf -quiet"},
		{"one family", func(r *reading) { r.resolve.Addresses, r.start.Network = []string{"2001:db8::25"}, "ip6" }, "openssl s_client -connect '[2001:db8::25]:587'" + verifies + " -crlf -quiet"},
		{"a survey of one address", func(r *reading) {
			r.start.Address, r.beside.Ports = "2001:db8::25", &survey.Survey{Addresses: []string{"2001:db8::25"}}
		}, "openssl s_client -connect mail.example.org:587" + verifies + " -crlf -quiet"},
		{"a survey of two", func(r *reading) {
			r.start.Address, r.resolve.Addresses, r.beside.Ports = "2001:db8::25", r.resolve.Addresses[1:], &survey.Survey{Addresses: r.resolve.Addresses}
		}, "openssl s_client -connect '[2001:db8::25]:587'" + verifies + " -crlf -quiet"},
		{"the MX host of one address", func(r *reading) {
			r.start.Target.Host, r.connect.Host, r.resolve.Hosts = "example.org", "mail.example.org", []string{"other.example.org", "mail.example.org"}
		}, "openssl s_client -connect mail.example.org:587" + verifies + " -crlf -quiet"},
		{"roots of one's own", func(r *reading) {
			r.resolve, r.beside.Files.Roots = nil, "/home/ann/own roots.pem"
		}, "openssl s_client -connect mail.example.org:587" + verifies + " -CAfile 'own roots.pem' -crlf -quiet"},
		{"a certificate of one's own", func(r *reading) {
			r.resolve, r.tls.ClientCertificate, r.beside.Files = nil, true, Files{Certificate: "/home/ann/ann.pem", Key: "/home/ann/ann.key"}
		}, "openssl s_client -connect mail.example.org:587" + verifies + " -cert ann.pem -key ann.key -crlf -quiet"},
		{"another name to verify", func(r *reading) { r.resolve, r.start.ServerName = nil, "mail.example.net" },
			"openssl s_client -connect mail.example.org:587 -starttls smtp -name client.example.net -servername mail.example.net -verify_return_error -verify_hostname mail.example.net -crlf -quiet"},
		{"LMTP", func(r *reading) { r.resolve, r.start.Target.Scheme = nil, "lmtp" },
			"openssl s_client -connect mail.example.org:587" + strings.Replace(verifies, "smtp", "lmtp", 1) + " -crlf -quiet"},
		{"a header that a load balancer sends", func(r *reading) { r.start.Proxy = &record.ProxyHeader{Version: 1} }, ""},
	} {
		r := met()
		if test.change(r); r.with("openssl", false) != test.want {
			t.Errorf("%s:\n%s, want\n%s", test.name, r.with("openssl", false), test.want)
		}
	}
}

// Each connection that failed has a line and a command, whichever address and port it was to.
func TestConnecting(t *testing.T) {
	r := met()
	r.connect.Error, r.connect.Trouble = "connection refused", record.TroubleRefused
	r.missed = []*record.Connect{{Address: "192.0.2.25", Remote: "192.0.2.25:587", Trouble: record.TroubleRefused, Error: "connection refused"}, r.connect}
	r.beside.Ports = &survey.Survey{Addresses: r.resolve.Addresses, Cells: []survey.Cell{{Address: "192.0.2.25", Port: 465, State: survey.StateTLS}, {Address: "2001:db8::25", Port: 465, State: survey.StateFiltered}, {Address: "192.0.2.25", Port: 587, State: survey.StateRefused}}}
	lines := []string{"2001:db8::25 port 587: connection refused, after 0 ms", "192.0.2.25 port 587: connection refused, after 0 ms", "192.0.2.25 port 465: connected, with TLS", "2001:db8::25 port 465: no answer"}
	commands := []string{"nc -vz -w 10 2001:db8::25 587", "nc -vz -w 10 192.0.2.25 587", "nc -vz -w 10 2001:db8::25 465"}
	if got := r.triedLines(); !slices.Equal(got, lines) {
		t.Errorf("%q", got)
	}
	if got := r.connecting(); !slices.Equal(got, commands) {
		t.Errorf("%q", got)
	}
	if got := r.rowFor(&record.Verdict{Finding: "refused", Phase: record.PhaseConnect}, StepPort).names; !slices.Equal(got, []string{"refused beside open ports"}) {
		t.Errorf("%q", got)
	}
}

// Every state of a port has its words.
func TestStates(t *testing.T) {
	for _, s := range []survey.State{survey.StateUnknown, survey.StateRefused, survey.StateFiltered, survey.StateUnreachable, survey.StateSilent, survey.StateClosed, survey.StateRejects, survey.StateForeign, survey.StateCleartext, survey.StateSTARTTLS, survey.StateTLS} {
		if states.Of(s) == "" {
			t.Errorf("%s has none", s)
		}
	}
}
