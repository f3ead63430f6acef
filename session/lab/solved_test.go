package lab_test

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"ehlo/session/course"
	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// An exercise is solved by what it says solves it, and by nothing less: the proposals alone solve only what is to be walked.
func TestExercisesAreSolved(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			e, p := course.Of(sc.Name), practise(t, sc.Name)
			v := p.walk(t)
			if got := e.Reached(p.known(), true); got != (e.Goal == course.GoalWalk) {
				t.Fatalf("reached by the proposals alone: %v; exit %d, %s: %s", got, v.Exit, v.Finding, v.Cause)
			}
			if e.Goal != course.GoalDone {
				return
			}
			p.follow(t, v, e.Do, e.Given)
			if v = p.walk(t); !e.Reached(p.known(), true) {
				t.Errorf("not reached after %s %s: exit %d, %s: %s", e.Do, e.Given, v.Exit, v.Finding, v.Cause)
			}
		})
	}
}

// Advice that can be followed and is no solution of an exercise leads to the end all the same.
func TestAdviceSolves(t *testing.T) {
	for _, c := range []struct {
		scenario string
		do       record.Action
	}{
		{"self-signed", record.AcceptUnverified},
		{"old-tls", record.AllowLegacyTLS},
		{"ipv6-broken", record.OtherAddressFamily},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			t.Parallel()
			p := practise(t, c.scenario)
			if _, err := p.lab.LookupNetIP(t.Context(), "ip6", "mail.lab"); err != nil && c.do == record.OtherAddressFamily {
				t.Skip("no IPv6 here")
			}
			p.follow(t, p.walk(t), c.do, "")
			if v := p.walk(t); v.Outcome != record.OutcomeDone {
				t.Errorf("after %s: exit %d, %s: %s", c.do, v.Exit, v.Finding, v.Cause)
			}
		})
	}
}

// practice is a person at a scenario.
type practice struct {
	lab    *lab.Lab
	engine *engine.Session
	goal   walk.Goal
}

func practise(t *testing.T, name string) *practice {
	t.Helper()
	sc, err := lab.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.Start(sc, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	target, err := record.ParseTarget(sc.Target, sc.User != "")
	if err != nil {
		t.Fatal(err)
	}
	target.Lab = true
	policy, _ := record.ParsePolicy(sc.TLS, target, sc.User != "")
	p := &practice{lab: l, goal: walk.Goal{EHLOName: "laptop.lab.test", From: sc.From, To: []string{sc.To},
		Mechanism: sc.Mechanism, Insist: sc.Insist, Credentials: sasl.Credentials{Username: sc.User}}}
	if m := l.Message(); m != nil {
		p.goal.Message = record.MessageOf(m)
	}
	for _, a := range l.Accounts() {
		if a.User == sc.User {
			p.goal.Credentials.Password, p.goal.Credentials.Token = sasl.NewSecret(cmp.Or(sc.Password, a.Password)), sasl.NewSecret(a.Token)
		}
	}
	config := engine.TLSConfig{RootCAs: l.RootCAs()}
	if own, err := l.OwnCertificate(); err != nil {
		t.Fatal(err)
	} else if own != nil {
		config.Certificates = []tls.Certificate{*own}
	}
	plan := p.goal.Plan()
	plan.MX, plan.Lookups = sc.MX, record.Questions(sc.Lookups)
	p.engine = engine.New(engine.Config{Target: target, Policy: policy, Resolver: l, Dial: l.DialContext, Timeout: 2 * time.Second,
		TLS: config, Plan: plan})
	t.Cleanup(func() { p.engine.Close() })
	return p
}

// walk goes by the proposals until they end, and says what the session has come to.
func (p *practice) walk(t *testing.T) record.Verdict {
	t.Helper()
	engine.Walk(t.Context(), p.engine, p.goal)
	return walk.Outcome(p.known(), walk.Ending{})
}

// known is what the log tells.
func (p *practice) known() (s record.Snapshot) {
	log := p.engine.Log()
	for i := range log.Len() {
		s = s.Next(log.At(i))
	}
	return s
}

// follow does what a verdict advises, with what a person gives for it.
func (p *practice) follow(t *testing.T, v record.Verdict, do record.Action, given string) {
	t.Helper()
	for _, a := range v.Advice {
		if a.Do != do {
			continue
		}
		goal, change, err := walk.Follow(p.known(), p.goal, a, given)
		if err != nil {
			t.Fatalf("%s: %v", do, err)
		}
		p.goal = p.withSecret(goal, do, given)
		p.lab.Advance(a.After)
		p.engine.Change(change, p.means(t, do))
		return
	}
	t.Fatalf("%s is not among the advice %v", do, v.Advice)
}

func (p *practice) withSecret(g walk.Goal, do record.Action, given string) walk.Goal {
	switch do {
	case record.GivePassword:
		g.Credentials.Username = cmp.Or(g.Credentials.Username, "ann")
		g.Credentials.Password = sasl.NewSecret(given)
	case record.GiveToken:
		g.Credentials.Token = sasl.NewSecret(given)
	}
	return g
}

// means are what the lab gives out for an advice.
func (p *practice) means(t *testing.T, do record.Action) (m engine.Means) {
	t.Helper()
	switch do {
	case record.TrustCA:
		pem, err := p.lab.PrivateRoot()
		if m.Roots = x509.NewCertPool(); err != nil || !m.Roots.AppendCertsFromPEM(pem) {
			t.Fatalf("no root: %v", err)
		}
	case record.GiveClientCertificate:
		own, err := p.lab.ClientCertificate("ann")
		if err != nil {
			t.Fatal(err)
		}
		m.Certificate = &tls.Certificate{Certificate: own.Certificate, PrivateKey: own.PrivateKey}
	}
	return m
}
