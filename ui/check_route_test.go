package ui

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/doctor"
	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/survey"
)

// shownRoute has a server that works, one that fails, and one that is not contacted, with a finding of each weight.
func shownRoute() *Routed {
	done := record.Verdict{Outcome: record.OutcomeDone, Cause: "TLS 1.3 with mx1.example.org works, and the certificate is verified."}
	closed := record.Verdict{Outcome: record.OutcomeFailed, Exit: record.ExitTimeout, Who: record.WhoOperator, Cause: "mx2.example.org port 25 did not answer: the connection timed out."}
	r := &route.Report{Domain: "example.org", Server: "127.0.0.53:53", Way: route.WayMX, Hosts: []route.Host{
		{Preference: 10, Name: "mx1.example.org", Addresses: []route.Address{{Address: "192.0.2.1", Names: []string{"mx1.example.org"}, Confirmed: "mx1.example.org", Port: &survey.Cell{Address: "192.0.2.1", Port: 25, State: survey.StateSTARTTLS, Verdict: done}}}},
		{Preference: 20, Name: "mx2.example.org", Failing: true, Addresses: []route.Address{{Address: "192.0.2.2", Port: &survey.Cell{Address: "192.0.2.2", Port: 25, State: survey.StateFiltered, Verdict: closed}}}},
		{Preference: 30, Name: "mx3.example.org", Addresses: []route.Address{{Address: "10.0.0.1", Special: "private"}}},
	}, Reports: []string{"mailto:tls@example.org"}, Findings: []route.Finding{
		{Severity: record.SeverityDanger, Subject: "mx2.example.org", Host: "mx2.example.org", Text: "The mail server mx2.example.org takes no connection.", Refs: "RFC 5321 §5.1", Who: record.WhoOperator, Mend: "open port 25", Stops: "mail that is sent while mx1.example.org is down"},
		{Severity: record.SeverityInfo, Subject: "example.org", Text: "The domain example.org has no SPF record.", Refs: "RFC 7208 §3", Who: record.WhoRecipient, Mend: "publish an SPF record", Stops: "nothing that arrives"},
	}}
	r.Verdict = route.Verdict{Outcome: record.OutcomeDone, Cause: "Mail for example.org goes to mx1.example.org, and mx1.example.org answers in TLS 1.3.", Faults: 1}
	return &Routed{Report: r}
}

// shownDiagnosis stops at the certificate, with a letter.
func shownDiagnosis(t *testing.T) *doctor.Diagnosis {
	sc := newScene()
	t.Cleanup(func() { sc.live().Stop() })
	return &doctor.Diagnosis{Steps: []doctor.Check{{Name: "name", State: doctor.OK, Text: "mail.example.org has 1 address: 192.0.2.1."}, {Name: "route", State: doctor.Unseen, Text: "The host was named, so no MX record is followed."},
		{Name: "port", State: doctor.Note, Text: "Port 587 takes connections, after 4 s.", Todo: "ask why it takes so long"}, {Name: "certificate", State: doctor.Fault, Text: "Verification of mail.example.org failed: the server's certificate expired on 2026-11-20, 3 days ago."}, {Name: "AUTH", State: doctor.Unseen}},
		Verdict: record.Verdict{Phase: record.PhaseHandshake, Exit: record.ExitCertificate, Outcome: record.OutcomeUnsafe, Who: record.WhoOperator, Cause: "Verification of mail.example.org failed: the server's certificate expired on 2026-11-20, 3 days ago.",
			Advice: []record.Advice{{Do: record.AskOperator, Text: "renew the certificate and have the server load it"}}},
		Letter:  &doctor.Letter{To: "the operator of mail.example.org", Subject: "The certificate of mail.example.org expired", Body: []string{"Hello,", "", "  Time:         2026-11-23 10:00:00 UTC", "", "Kind regards"}},
		Session: sc.log}
}

// checkApp is a program with both.
func checkApp(t *testing.T) (*App, *surveyor) {
	f := newSurveyor(shownSurvey())
	app := f.app(t)
	app.Route = func(_ context.Context, domain string, news News[Routed]) (*Routed, error) {
		news(nil, "1 of 3 hosts")
		if domain != "example.org" {
			return nil, errors.New(domain + " is not a domain: want a name such as example.org")
		}
		return shownRoute(), nil
	}
	app.Doctor = func(context.Context, string, News[doctor.Diagnosis]) (*doctor.Diagnosis, error) {
		return shownDiagnosis(t), nil
	}
	return app, f
}

// routed and diagnosed are the pages of them.
func routed(t *testing.T, domain string, w, h int) (*sim, *surveyor) {
	app, f := checkApp(t)
	f.sim = simHome(t, app, w, h).tap("7", "down", "down", "enter").typed(domain).tap("enter")
	return f.sim.until("the page", func() bool { return f.sim.root.check != nil }).settle(), f
}

func diagnosed(t *testing.T, w, h int) (*sim, *surveyor) {
	app, f := checkApp(t)
	f.sim = simHome(t, app, w, h).tap("7", "end", "enter").typed("mail.example.org").tap("enter")
	return f.sim.until("the page", func() bool { return f.sim.root.check != nil }).settle(), f
}

// checkSituations are the pictures of a route and a diagnosis.
var checkSituations = []situation{
	{"route", func(t *testing.T, w, h int) *sim { s, _ := routed(t, "example.org", w, h); return s }},
	{"route-row", func(t *testing.T, w, h int) *sim {
		s, _ := routed(t, "example.org", w, h)
		return s.tap("up", "up")
	}},
	{"doctor", func(t *testing.T, w, h int) *sim { s, _ := diagnosed(t, w, h); return s }},
	{"doctor-letter", func(t *testing.T, w, h int) *sim { s, _ := diagnosed(t, w, h); return s.tap("down", "z") }},
}

// A mail server leads to a session with its port 25, and so does a finding about it; what is about no server leads nowhere.
func TestARouteOpensSessions(t *testing.T) {
	s, f := routed(t, "example.org", 80, 24)
	s.hides("enter walk").tap("home", "enter").until("the session", func() bool { return s.root.walk != nil }).settle().tap("esc").until("the page", func() bool { return s.root.walk == nil })
	s.tap("end", "up", "up", "enter").until("the session", func() bool { return s.root.walk != nil })
	for i, want := range []string{"mx1.example.org 192.0.2.1", "mx2.example.org 192.0.2.2"} {
		if r := f.went[i]; r.Target+" "+r.Address != want || r.Port != 25 || r.TLS != "opportunistic" {
			t.Errorf("it leads to %s port %d at %s by %s", r.Target, r.Port, r.Address, r.TLS)
		}
	}
	s, _ = routed(t, "example", 80, 24)
	s.shows("✗ example is not a domain", "R start over").tap("esc").shows("check a server")
}

// A practice domain is reached by the scenario that has it, under the name that the records give.
func TestARouteInTheLab(t *testing.T) {
	r := &Routed{Scenario: "relay"}
	if got := r.Reach("mx.alias.example", &survey.Cell{Port: 25, Address: "127.0.0.1", State: survey.StateSTARTTLS}); got.Target != "lab:relay" || got.ServerName != "mx.alias.example" || got.Port != 25 || !got.Bare {
		t.Errorf("got %+v", got)
	}
}

// A diagnosis leads to the session that decided it, live as it was asked for, and as it was.
func TestADiagnosisOpensItsSession(t *testing.T) {
	s, f := diagnosed(t, 80, 24)
	s.shows("enter walk it", ". replay").tap("enter").until("the session", func() bool { return s.root.walk != nil }).settle().tap("esc").until("the page", func() bool { return s.root.walk == nil })
	if r := f.went[0]; r.Target != "lab:submission" || r.Port != 587 || r.TLS != "require" {
		t.Errorf("it leads to %s port %d by %s", r.Target, r.Port, r.TLS)
	}
	s.tap(".").until("the replay", func() bool { return s.root.walk != nil }).settle().tap("esc").until("the page", func() bool { return s.root.walk == nil }).shows("doctor · ")
	s.tap("down", "y").until("the copy", func() bool { return len(s.emitted) > 0 }).shows("copied to the terminal's clipboard")
	s.root.check.env.clipboard = false
	s.tap("y").until("the file", func() bool { return strings.HasPrefix(s.root.check.notice, "copied to /") })
	if err := os.Remove(strings.TrimPrefix(s.root.check.notice, "copied to ")); err != nil {
		t.Error(err)
	}
	if !strings.Contains(s.tap("z").frame(), "Kind regards") {
		t.Errorf("the letter is not in\n%s", s.frame())
	}
}

// What DNS and a server say fits the window and is readable, whatever it is.
func TestAHostileRouteFits(t *testing.T) {
	t.Parallel()
	hostile := "郵便\x1b[2J\u202e\a" + strings.Repeat("漢", 300)
	app, f := checkApp(t)
	app.Route = func(context.Context, string, News[Routed]) (*Routed, error) {
		r := shownRoute()
		r.Domain, r.Server, r.Reports, r.Verdict.Cause = hostile, hostile, []string{hostile}, hostile
		for i := range r.Hosts {
			r.Hosts[i].Name, r.Hosts[i].Alias, r.Hosts[i].Addresses[0].Names = hostile, hostile, []string{hostile}
		}
		for i := range r.Findings {
			r.Findings[i].Text, r.Findings[i].Mend, r.Findings[i].Host = hostile, hostile, hostile
		}
		return r, nil
	}
	app.Doctor = func(context.Context, string, News[doctor.Diagnosis]) (*doctor.Diagnosis, error) {
		d := shownDiagnosis(t)
		d.Verdict.Cause, d.Letter.To, d.Letter.Subject, d.Letter.Body = hostile, hostile, hostile, []string{hostile}
		for i := range d.Steps {
			d.Steps[i].Text, d.Steps[i].Todo = hostile, hostile
		}
		return d, nil
	}
	f.sim = simHome(t, app, 80, 24)
	for _, msg := range []tea.Msg{routeMsg("x"), doctorMsg("x")} {
		f.sim.send(msg)
		f.sim.settle()
		for _, size := range []tea.WindowSizeMsg{{Width: 60, Height: 16}, {Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 300, Height: 100}} {
			f.sim.send(size)
			f.sim.tap("home")
			for range 12 {
				for _, k := range []string{"down", "z", "end", "esc"} {
					if fault := misfit(f.sim.tap(k).root.View(), size.Width, size.Height); fault != "" {
						t.Fatal(fault)
					}
				}
			}
		}
	}
}

// What is known of a route and of a diagnosis is shown while the rest is looked at: rows as they are found, without a verdict.
func TestARouteFillsWhileItRuns(t *testing.T) {
	app, f := checkApp(t)
	more := make(chan struct{})
	app.Route = func(_ context.Context, _ string, news News[Routed]) (*Routed, error) {
		so := shownRoute()
		so.Verdict, so.Findings, so.Reports = route.Verdict{}, nil, nil
		so.Hosts[1].Addresses[0].Port = nil
		news(so, "")
		news(nil, "looked at 2 of 3 hosts")
		<-more
		return shownRoute(), nil
	}
	app.Doctor = func(_ context.Context, _ string, news News[doctor.Diagnosis]) (*doctor.Diagnosis, error) {
		so := shownDiagnosis(t)
		so.Verdict, so.Letter, so.Session, so.Steps = record.Verdict{}, nil, nil, append(so.Steps[:3:3], doctor.Check{Name: "certificate", State: doctor.Unseen}, so.Steps[4])
		news(so, "")
		<-more
		return shownDiagnosis(t), nil
	}
	f.sim = simHome(t, app, 80, 24)
	for msg, want := range map[tea.Msg][2]string{routeMsg("example.org"): {"looked at 2 of 3 hosts", "mx2.example.org"}, doctorMsg("x"): {"looking at: certificate", "certificate  …"}} {
		f.sim.send(msg)
		f.sim.until("the first rows", func() bool {
			return f.sim.root.check != nil && strings.Contains(f.sim.frame(), want[0])
		})
		f.sim.shows(want[1], "…", "esc stop").hides("verdict")
		more <- struct{}{}
		f.sim.until("the end", func() bool { return !f.sim.root.check.running() }).shows("verdict").tap("esc")
	}
}
