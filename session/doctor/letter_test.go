package doctor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/session/wire"
)

// Every row is found by a name that something has, and has what its reader needs.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rows.Get() {
		for _, name := range r.names {
			plain := name
			for _, c := range conditions {
				plain = strings.TrimSuffix(plain, c.words)
			}
			finding, phase, at := strings.Cut(plain, " at ")
			_, known := record.FindingCode(finding).Row()
			known = known || slices.Contains([]string{"no-domain"}, finding) // of a route
			switch {
			case seen[name]:
				t.Errorf("%s: there are two", name)
			case !known && !isStep(finding), at && !slices.Contains(record.AllPhases, record.Phase(phase)):
				t.Errorf("%s: that is no finding and no step", name)
			case r.to == nobody && (r.text == "" || r.subject+r.ask+r.mended+r.sending != ""), r.to != nobody && (r.text == "" || r.subject == "" || r.ask == "" || r.mended == ""):
				t.Errorf("%s: too much or too little: %+v", name, r)
			case !slices.Contains([]string{nobody, server, string(Operator), string(Postmaster), string(Firewall), string(DNS), string(Provider)}, r.to):
				t.Errorf("%s: to %q", name, r.to)
			}
			seen[name] = true
		}
	}
	for _, s := range steps {
		if !seen[s.name] {
			t.Errorf("there is no letter for %s", s.name)
		}
	}
}

func isStep(name string) bool {
	for _, s := range steps {
		if s.name == name {
			return true
		}
	}
	return false
}

// Whatever a session ends with, at any step, there is a letter without a gap or a reason why there is none; also where the session has
// shown nothing, and where what it has shown is hostile.
func TestEveryFinding(t *testing.T) {
	hostile := "x\x1b[2J\r\n{cause}\u202e" + strings.Repeat("y", 2000)
	full := &reading{start: record.Start{Time: time.Now(), Plan: record.Plan{Target: record.Target{Host: "mail.example.org", Port: 25}, To: []string{"bob@example.net"}}},
		connect: &record.Connect{Local: "192.0.2.7:40000", Address: "192.0.2.25", Remote: "192.0.2.25:25"}, ehlo: hostile, from: hostile, asked: []string{"<" + hostile + ">"},
		refusal: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(hostile), Lines: []wire.Line{{Text: "blocked using " + hostile + " blocked using bl.example.net " + hostile + " https://bl.example.net/" + hostile}}}}, hello: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(hostile)}}, resolve: &record.Resolve{Error: hostile}, missed: []*record.Connect{{Error: hostile}, {Error: hostile, Remote: hostile, Host: hostile}}, tls: &record.TLS{Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Chain: record.Listed([]record.Certificate{{Issuer: hostile, Names: []string{hostile}}})}}
	for _, f := range record.Findings {
		for _, s := range steps {
			offering := *full // a session that was not refused, and had no TLS
			offering.refusal, offering.tls = nil, nil
			for _, r := range []*reading{full, &offering, {}} {
				v := record.Verdict{Finding: f.Code, Outcome: record.OutcomeFailed, Cause: "The cause."}
				l, why := letterFor(r, &v, s.name)
				if (l == nil) == (why == "") {
					t.Fatalf("%s at %s: %+v, %q", f.Code, s.name, l, why)
				}
				if l == nil {
					continue
				}
				text := l.To + l.Subject + l.Sending + strings.Join(l.Body, "")
				if strings.ContainsAny(text, "\x1b\r\n\u202e") || strings.Contains(text, "{host}") {
					t.Errorf("%s at %s: %q", f.Code, s.name, text)
				}
			}
		}
	}
}

// Who is written to at a server for a domain is its postmaster, and at one for mail clients its operator.
func TestReaders(t *testing.T) {
	plan := func(port int, user string, mx bool, to ...string) *reading {
		return &reading{start: record.Start{Plan: record.Plan{Target: record.Target{Host: "h.example.org", Port: port}, User: user, MX: mx, To: to}}}
	}
	for _, test := range []struct {
		r    *reading
		want string
	}{
		{plan(25, "", false, "bob@example.net"), "postmaster@example.net"},
		{plan(25, "", true), "postmaster@h.example.org"},
		{plan(25, "", false), "the operator of h.example.org, such as its hosting company"},
		{plan(587, "ann", false, "bob@example.net"), "the operator of h.example.org, such as its hosting company"},
	} {
		if got := test.r.named(test.r.reader(server)); got != test.want {
			t.Errorf("%+v: %q, want %q", test.r.start.Plan, got, test.want)
		}
	}
}

// A private address is of use to who runs its network alone.
func TestClient(t *testing.T) {
	const translated = "behind address translation; your log has its public address"
	for _, test := range []struct{ local, beside, server, other, firewall string }{
		{"192.168.1.5:4000", "", "192.0.2.25", translated, "192.168.1.5"},
		{"198.51.100.7:4000", "", "192.0.2.25", "198.51.100.7", "198.51.100.7"},
		{"", "10.0.0.2", "192.0.2.25", translated, "10.0.0.2"},
		{"100.64.1.5:4000", "", "192.0.2.25", translated, "100.64.1.5"},
		{"192.168.1.5:4000", "", "10.0.0.25", "192.168.1.5", "192.168.1.5"},
		{"", "", "192.0.2.25", "", ""},
	} {
		r := &reading{beside: Beside{Client: test.beside}, connect: &record.Connect{Local: test.local, Address: test.server}}
		if o, f := r.client(Operator, StepTLS), r.client(Firewall, StepTLS); o != test.other || f != test.firewall {
			t.Errorf("%+v: %q, %q", test, o, f)
		}
	}
}

// Where no connection was made, no log of the server has the client's address.
func TestClientWithoutConnection(t *testing.T) {
	r := &reading{beside: Beside{Client: "10.0.0.2"}, connect: &record.Connect{Trouble: record.TroubleRefused, Error: "connection refused"}}
	if got := r.client(Operator, StepPort); strings.Contains(got, "log") || got == "" {
		t.Error(got)
	}
}

// Who is written to depends on what else the session shows: nobody where the client has to change.
func TestRowFor(t *testing.T) {
	on := func(port int, user string) reading {
		return reading{start: record.Start{Plan: record.Plan{Target: record.Target{Host: "h.example.org", Port: port}, User: user}}}
	}
	with := func(r reading, change func(*reading)) *reading { change(&r); return &r }
	offering := &record.Capabilities{Capabilities: wire.Capabilities{Keywords: []wire.Capability{{Keyword: "STARTTLS"}}}}
	open := Beside{Ports: &survey.Survey{Cells: []survey.Cell{{Port: 587, State: survey.StateSTARTTLS}, {Port: 465, State: survey.StateTLS}}}}
	for _, test := range []struct {
		finding record.FindingCode
		r       *reading
		want    string
	}{
		{"timeout", with(on(25, "ann"), func(r *reading) { r.beside, r.connect = open, &record.Connect{Error: "no answer"} }), "timeout at connect beside submission"},
		{"timeout", with(on(25, ""), func(r *reading) { r.beside, r.connect = open, &record.Connect{Error: "no answer"} }), "timeout at connect beside open ports"},
		{"timeout", with(on(587, "ann"), func(r *reading) { r.beside, r.connect = open, &record.Connect{Error: "no answer"} }), "timeout at connect beside open ports"},
		{"timeout", with(on(25, "ann"), func(*reading) {}), "timeout at connect"},
		{"auth-not-possible", with(on(587, "ann"), func(*reading) {}), "auth-not-possible"},
		{"auth-not-possible", with(on(587, "ann"), func(r *reading) { r.before = offering }), "auth-not-possible beside STARTTLS"},
		{"auth-not-possible", with(on(587, "ann"), func(r *reading) { r.before, r.tls = offering, &record.TLS{} }), "auth-not-possible inside TLS"},
		{"auth-not-possible", with(on(25, "ann"), func(r *reading) { r.tls = &record.TLS{} }), "auth-not-possible on port 25"},
		{"auth-not-possible", with(on(587, "ann"), func(r *reading) { r.start.Mechanism, r.verdict.Facts.Offered = "CRAM-MD5", []string{"PLAIN"} }), "auth-not-possible by a named mechanism"},
		{"auth-not-possible", with(on(587, "ann"), func(r *reading) { r.verdict.Facts.Offered = []string{"XOAUTH2"} }), "auth-not-possible beside tokens"},
		{"auth-not-possible", with(on(587, "ann"), func(r *reading) { r.start.Has, r.verdict.Facts.Offered = []string{"token"}, []string{"XOAUTH2"} }), "auth-not-possible"},
		{"login-refused", refusedWith("log in with your web browser first, then try again"), "login-refused in a browser"},
		{"login-refused", refusedWith("not from here"), StepAuth},
	} {
		step := map[bool]string{true: StepPort, false: StepAuth}[test.finding == "timeout"]
		v := &record.Verdict{Finding: test.finding, Phase: map[bool]record.Phase{true: record.PhaseConnect, false: record.PhaseAuth}[step == StepPort]}
		if got := test.r.rowFor(v, step).names; !slices.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", test.finding, got, test.want)
		}
	}
}

// The postmaster is that of the recipient whom the fault is about, also where there are several.
func TestDomainOfSeveral(t *testing.T) {
	r := &reading{start: record.Start{Plan: record.Plan{Target: record.Target{Host: "h.example.org", Port: 25}, To: []string{"ann@a.example", "bob@b.example"}}},
		asked: []string{"<ann@a.example>", "<bob@b.example>"}, answered: []string{"<ann@a.example>", "<bob@b.example>"}}
	if got := r.named(Postmaster); got != "postmaster@b.example" {
		t.Error(got)
	}
}

// A step that a session failed at is that of its phase, but for a certificate, and for a domain that has no way.
func TestStepOf(t *testing.T) {
	for _, test := range []struct {
		v    record.Verdict
		mx   bool
		want string
	}{
		{record.Verdict{Outcome: record.OutcomeDone, Phase: record.PhaseQuit}, false, ""},
		{record.Verdict{Outcome: record.OutcomeStopped, Phase: record.PhaseAuth}, false, ""},
		{record.Verdict{Outcome: record.OutcomeFailed, Phase: record.PhaseResolve, Finding: record.FoundNameNotFound}, false, StepName},
		{record.Verdict{Outcome: record.OutcomeFailed, Phase: record.PhaseResolve, Finding: record.FoundNullMX}, true, StepRoute},
		{record.Verdict{Outcome: record.OutcomeUnsafe, Phase: record.PhaseHandshake, Finding: record.FoundCertificateExpired}, false, StepCertificate},
		{record.Verdict{Outcome: record.OutcomeFailed, Phase: record.PhaseHandshake, Finding: record.FoundTLSReset}, false, StepTLS},
		{record.Verdict{Outcome: record.OutcomeDeferred, Phase: record.PhaseRcpt}, false, StepPolicy},
	} {
		if got := stepOf(&test.v, test.mx); got != test.want {
			t.Errorf("%+v: %q, want %q", test.v, got, test.want)
		}
	}
	for _, p := range record.AllPhases {
		if phases.Get()[p] == "" {
			t.Errorf("the phase %s belongs to no step", p)
		}
	}
}
