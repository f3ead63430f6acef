package doctor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
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
		refusal: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(hostile), Lines: []wire.Line{{Text: "blocked using " + hostile + " blocked using bl.example.net " + hostile + " https://bl.example.net/" + hostile}}}}, hello: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(hostile)}}, resolve: &record.Resolve{Error: hostile}, missed: []*record.Connect{{Error: hostile}, {Error: hostile, Remote: hostile, Host: hostile}}, tls: &record.TLS{Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Chain: []record.Certificate{{Issuer: hostile, Names: []string{hostile}}}}}
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
	for _, test := range []struct{ local, beside, other, firewall string }{
		{"192.168.1.5:4000", "", "behind address translation; your log has its public address", "192.168.1.5"},
		{"198.51.100.7:4000", "", "198.51.100.7", "198.51.100.7"},
		{"", "10.0.0.2", "behind address translation; your log has its public address", "10.0.0.2"},
		{"", "", "", ""},
	} {
		r := &reading{beside: Beside{Client: test.beside}, connect: &record.Connect{Local: test.local}}
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
