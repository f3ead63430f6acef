// Package setup makes a session of what a person asks for. It decides what was left open, takes from a scenario of the
// practice server what that suggests, and refuses what no server has to be asked about.
//
// It knows no flags and no forms, opens no files and asks nobody. A face fills in a [Request], [New] thinks it through, the
// face adds what only it can read (secrets, roots, certificates, a message), and [Setup.Start] and [Setup.Session] make the
// rest.
package setup

import (
	"time"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// Setup is a session that has been thought through and not started. What the face adds goes into Config and Goal before
// [Setup.Start].
type Setup struct {
	Config engine.Config
	Goal   walk.Goal

	// Address is the one to connect to; empty for any of the name.
	Address string
	// MX says that the target is a mail domain: its MX records lead to the server. Config.Resolver then has other records than addresses too.
	MX bool
	// Via is what connections lead through, as [record.Plan] has it, where Config.Dial does not lead straight to an address.
	Via string

	known     *record.KnownCertificate
	reveal    bool
	mask      bool // those of the practice accounts too
	own       bool // the account is the scenario's, not the person's
	seed      string
	after     func(time.Duration) <-chan time.Time
	unwatched bool          // nothing is recorded of the practice server's log and of the path
	scenario  *lab.Scenario // nil for a real server
	staged    lab.Scenario  // what it brings to the session: all of it, or only where the server is
	lab       *lab.Lab      // nil until it has been started
	handed    string        // what the administrator has handed over, for the task; "" until the lab has been started
}

// New thinks a request through; nothing is opened and nothing is sent. The error is an [*Error] or a
// [*lab.UnknownScenarioError].
func New(asked Request) (*Setup, error) {
	s := &Setup{Address: asked.Address, known: asked.Known, reveal: asked.Reveal, mask: asked.Mask, seed: asked.Seed, after: asked.After, unwatched: asked.Unwatched}
	r, err := s.suggested(asked)
	if err == nil {
		r, err = r.addressed()
	}
	if err == nil {
		err = r.check()
	}
	if err == nil {
		err = s.decide(r)
	}
	if err == nil {
		err = s.until(asked)
	}
	if err == nil {
		err = s.experiment(r)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// suggested is the request with what the scenario suggests, where the practice server is meant. What was asked about AUTH has to
// mean something by itself: a mechanism of the scenario does not make it right.
func (s *Setup) suggested(asked Request) (Request, error) {
	name, ok := scenarioOf(asked.Target)
	if !ok {
		return asked, nil
	}
	sc, err := asked.find(name)
	if err != nil {
		return asked, err
	}
	s.scenario, s.staged, s.own = &sc, sc, asked.Goal.Credentials.Username == ""
	if asked.Bare {
		s.staged = lab.Scenario{Name: sc.Name, Target: sc.Target, TLS: sc.TLS}
	}
	return asked.over(s.staged), asked.checkAuth()
}

// decide makes engine and goal of a request in which a scenario has its part.
func (s *Setup) decide(r Request) error {
	target, err := r.target()
	if err != nil {
		return err
	}
	target.Lab = s.scenario != nil
	s.Config = engine.Config{Target: target, Network: r.Network, Timeout: r.Timeout, Limits: r.Limits, Program: r.Program}
	if s.Config.Policy, err = r.policy(target); err != nil {
		return err
	}
	if r.Goal.HELO && (r.logsIn() || s.Config.Policy.Start == record.StartSTARTTLS && s.Config.Policy.Must == record.MustRequire) {
		return &Error{Field: FieldHELO, Text: "after HELO there is neither STARTTLS nor AUTH, and this session needs one of them"}
	}
	s.Config.TLS, err = r.tls()
	s.Goal = r.goal()
	return err
}

// Takes reports whether the mechanism that was named takes such a secret. Where none is named a password is what people
// have.
func (s *Setup) Takes(kind sasl.Needs) bool {
	info, ok := sasl.Lookup(s.Goal.Mechanism)
	if !ok {
		return kind == sasl.NeedsPassword
	}
	return info.Needs == kind
}

// Start starts the practice server, where the session is to meet it, and takes from it what the request left open.
// [Setup.Close] ends it.
func (s *Setup) Start() error {
	if s.scenario == nil {
		return nil
	}
	return s.startLab(*s.scenario)
}

// Session makes the session; nothing is sent yet.
func (s *Setup) Session() *engine.Session {
	cfg := s.Config
	cfg.Plan = s.Goal.Plan()
	cfg.Plan.Via, cfg.Plan.Address, cfg.Plan.Known, cfg.Plan.MX = s.Via, s.Address, s.known, s.MX
	if sc := s.staged; s.scenario != nil {
		cfg.Plan.Scenario, cfg.Plan.Title, cfg.Plan.Story, cfg.Plan.Task = sc.Name, sc.Title, sc.Story, s.task()
		cfg.Plan.MX, cfg.Plan.Lookups = s.MX || sc.MX, record.Questions(sc.Lookups)
	}
	made := engine.New(cfg)
	if s.reveal || s.mask {
		made.Reveal(s.reveal)
	}
	return made
}

// task is what there is to do, with what the administrator has handed over for it.
func (s *Setup) task() string {
	if s.staged.Task == "" || s.handed == "" {
		return s.staged.Task
	}
	return s.staged.Task + " " + s.handed
}

// Close ends the practice server, if there is one. It may be called more than once.
func (s *Setup) Close() error {
	if s.lab == nil {
		return nil
	}
	return s.lab.Close()
}
