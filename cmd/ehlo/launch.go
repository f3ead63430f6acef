package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/transcripts"
	"ehlo/ui"
)

// plan is a session that has been thought through and not started.
type plan struct {
	cfg  engine.Config
	goal walk.Goal
	lab  *lab.Lab // nil for a real server
	// reveal shows secrets, because a person asked for it
	reveal bool
}

// labTarget reports whether target means the practice server, and which scenario.
func labTarget(target string) (scenario string, ok bool) {
	rest, ok := strings.CutPrefix(target, "lab:")
	return strings.TrimPrefix(rest, "//"), ok
}

// planFor thinks a session through. prompt allows asking for a password.
func planFor(ctx context.Context, std streams, o *options, target string, prompt bool) (*plan, error) {
	o.keep()
	if scenario, ok := labTarget(target); ok {
		return planLab(ctx, std, o, scenario)
	}
	t, err := o.target(target)
	if err != nil {
		return nil, usage(err)
	}
	p := &plan{reveal: o.reveal}
	if p.cfg, err = o.config(ctx, t); err != nil {
		return nil, err
	}
	p.goal, err = o.goal(ctx, std, prompt)
	return p, err
}

// planLab starts the practice server and takes from the scenario what the flags leave open.
func planLab(ctx context.Context, std streams, o *options, name string) (*plan, error) {
	sc, err := lab.Find(name)
	if err != nil {
		return nil, unknownScenario(err)
	}
	own := *o
	own.takeFrom(sc)
	if err := own.checkSettings(); err != nil { // of the scenario's mechanism
		return nil, usage(err)
	}
	t, err := own.target(sc.Target)
	if err != nil {
		return nil, err
	}
	t.Lab = true
	own.timeout = cmp.Or(own.timeout, labTimeout)
	p := &plan{reveal: o.reveal}
	if p.cfg, err = own.config(ctx, t); err != nil {
		return nil, err
	}
	if p.goal, err = own.goal(ctx, std, false); err != nil {
		return nil, err
	}
	if p.lab, err = lab.Start(sc, lab.Options{}); err != nil {
		return nil, fmt.Errorf("the practice server did not start: %w", err)
	}
	if err := p.useLab(sc); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// labTimeout bounds a step with the practice server: its silence is a lesson, and that takes seconds.
const labTimeout = 8 * time.Second

func unknownScenario(err error) error {
	f := &failure{record.ExitUsage, err.Error(), "ehlo lab --list names all scenarios"}
	var unknown *lab.UnknownScenarioError
	if errors.As(err, &unknown) && len(unknown.Near) > 0 {
		f.hint = "did you mean " + strings.Join(unknown.Near, ", ") + "?"
	}
	return f
}

// takeFrom fills in what the scenario suggests.
func (o *options) takeFrom(sc lab.Scenario) {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	o.practice = o.user == ""
	set(&o.user, sc.User)
	if o.mechanism == "" {
		o.mechanism, o.login.Insist = sc.Mechanism, sc.Insist
	}
	set(&o.tls, sc.TLS)
	if sc.User == "" || sc.From != sc.User+"@"+lab.Domain { // else it is whoever logs in
		set(&o.from, sc.From)
	}
	o.domain = lab.Domain
	set(&o.ehloName, "laptop."+lab.Domain)
	if len(o.to) == 0 && sc.To != "" {
		o.to = []string{sc.To}
	}
}

// labRoots says where the roots of the practice server are from.
const labRoots = "as the practice server's own"

func (p *plan) useLab(sc lab.Scenario) error {
	p.cfg.Resolver, p.cfg.Dial = p.lab, p.lab.DialContext
	if p.cfg.TLS.RootCAs == nil {
		p.cfg.TLS.RootCAs, p.cfg.TLS.RootsFrom = p.lab.RootCAs(), labRoots
	}
	p.cfg.Plan.Scenario, p.cfg.Plan.Title, p.cfg.Plan.Story, p.cfg.Plan.Task = sc.Name, sc.Title, sc.Story, sc.Task
	p.useAccount(sc)
	if m := p.lab.Message(); m != nil && p.goal.Message == nil && p.goal.Body == "" {
		p.goal.Message = record.MessageOf(m)
	}
	if !sc.ClientCertificate || p.cfg.TLS.Certificates != nil {
		return nil
	}
	cert, err := p.lab.ClientCertificate(sc.User)
	if err != nil {
		return fmt.Errorf("the practice server made no client certificate: %w", err)
	}
	p.cfg.TLS.Certificates = []tls.Certificate{*cert}
	return nil
}

// useAccount fills in what the practice account has and the person did not give.
func (p *plan) useAccount(sc lab.Scenario) {
	c := &p.goal.Credentials
	for _, a := range p.lab.Accounts() {
		if a.User != c.Username {
			continue
		}
		if c.Password.IsZero() {
			c.Password = sasl.NewSecret(a.Password)
			if sc.Password != "" && a.User == sc.User {
				c.Password = sasl.NewSecret(sc.Password)
			}
		}
		if c.Token.IsZero() {
			c.Token = sasl.NewSecret(a.Token)
		}
	}
}

func (p *plan) close() error {
	if p.lab == nil {
		return nil
	}
	return p.lab.Close()
}

// session makes the session of the plan; nothing is sent yet.
func (p *plan) session() *engine.Session {
	cfg, told := p.cfg, p.cfg.Plan
	cfg.Plan = p.goal.Plan()
	cfg.Plan.Scenario, cfg.Plan.Title, cfg.Plan.Story, cfg.Plan.Task = told.Scenario, told.Title, told.Story, told.Task
	s := engine.New(cfg)
	s.Reveal(p.reveal)
	return s
}

// launch starts a plan for a screen: engine, recorder, and how to end both.
func (p *plan) launch(again func() (*ui.Live, error)) (*ui.Live, error) {
	s := p.session()
	live := &ui.Live{Engine: s, Goal: p.goal, Timeout: p.cfg.Timeout, Again: again}
	rec, err := newTranscript(s.Log(), p.cfg.Target)
	if err != nil { // a session without a transcript is worth more than none
		live.Source, live.Failed = s.Log(), func() error { return err }
		live.Stop = func() error { return errors.Join(s.Close(), p.close()) }
	} else {
		live.Source, live.Path, live.Failed = rec, rec.Path(), rec.Err
		live.Stop = func() error { return errors.Join(s.Close(), rec.Close(), p.close()) }
	}
	p.tellStory(live)
	return live, nil
}

// newTranscript begins a transcript under a name of its own: another session may take a name in between.
func newTranscript(log *record.Log, target record.Target) (*transcripts.Recorder, error) {
	dir, err := transcripts.Dir()
	if err != nil {
		return nil, err
	}
	for tries := 0; ; tries++ {
		rec, err := transcripts.Record(log, transcripts.NewPath(dir, time.Now(), target))
		if err == nil || !errors.Is(err, fs.ErrExist) || tries == 100 {
			return rec, err
		}
	}
}

func (p *plan) tellStory(live *ui.Live) {
	if p.lab == nil {
		return
	}
	sc := p.lab.Scenario()
	live.Roots, live.Advance = p.labRoots, p.lab.Advance
	live.Certificate = func() (*tls.Certificate, error) {
		return p.lab.ClientCertificate(cmp.Or(p.goal.Credentials.Username, sc.User))
	}
	for _, a := range p.lab.Accounts() {
		live.Accounts = append(live.Accounts, ui.Account{User: a.User, Password: a.Password, AppPassword: a.AppPassword, Token: a.Token, Note: a.Story})
	}
}

// labRoots are the practice server's own root and that of the company that the scenario is about.
func (p *plan) labRoots() (*x509.CertPool, string, error) {
	roots := p.lab.RootCAs()
	company, err := p.lab.PrivateRoot()
	roots.AppendCertsFromPEM(company)
	return roots, labRoots, err
}

// launcher starts the same session as often as it is asked.
func launcher(ctx context.Context, std streams, o *options, target string) func() (*ui.Live, error) {
	var start func() (*ui.Live, error)
	start = func() (*ui.Live, error) {
		p, err := planFor(ctx, std, o, target, true)
		if err != nil {
			return nil, err
		}
		return p.launch(start)
	}
	return start
}
