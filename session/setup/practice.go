package setup

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehlo/session/certificate"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// scenarioOf reports whether a target means the practice server, and which scenario.
func scenarioOf(target string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(target, "lab:")
	return strings.TrimPrefix(rest, "//"), ok
}

// find is the scenario of that name, one's own first.
func (r Request) find(name string) (lab.Scenario, error) {
	if i := slices.IndexFunc(r.Own, func(sc lab.Scenario) bool { return sc.Name == name }); i >= 0 {
		return r.Own[i], nil
	}
	return lab.Find(name)
}

// PracticeTimeout bounds a step with the practice server: its silence is a lesson, and that takes seconds.
const PracticeTimeout = 8 * time.Second

// over is the request with what a scenario suggests for all that was left open.
func (r Request) over(sc lab.Scenario) Request {
	g := &r.Goal
	r.Target, r.TLS, r.Timeout = sc.Target, cmp.Or(r.TLS, sc.TLS), cmp.Or(r.Timeout, PracticeTimeout)
	if g.Mechanism == "" && !g.EveryMechanism {
		g.Mechanism, g.Insist = sc.Mechanism, sc.Insist
	}
	if sc.User == "" || sc.From != sc.User+"@"+lab.Domain { // else it is the user who logs in
		g.From = cmp.Or(g.From, sc.From)
	}
	g.Credentials.Username, g.Domain = cmp.Or(g.Credentials.Username, sc.User), lab.Domain
	g.EHLOName = cmp.Or(g.EHLOName, sc.EHLOName)
	if sc.PRDR {
		e := record.Envelope{}
		if g.Envelope != nil {
			e = *g.Envelope
		}
		e.PRDR, g.Envelope = true, &e
	}
	g.Pipelining, g.Chunking, g.Chunk = g.Pipelining || sc.Pipelining, g.Chunking || sc.Chunk > 0, cmp.Or(g.Chunk, sc.Chunk)
	g.Experiment = cmp.Or(g.Experiment, sc.Experiment)
	if g.Proxy == nil && sc.ProxySource != "" {
		g.Proxy = &record.ProxyHeader{Version: 1, Source: sc.ProxySource}
	}
	if x, ok := walk.FindExperiment(g.Experiment); len(g.To) == 0 && sc.To != "" && (!ok || x.NeedsMessage()) && !g.EveryMechanism {
		g.To = strings.Split(sc.To, ", ")
	}
	return r
}

// startLab starts the practice server and puts it in the place of the network.
func (s *Setup) startLab(sc lab.Scenario) (err error) {
	if s.lab, err = lab.Start(sc, lab.Options{Inside: true, Watch: !s.unwatched, Seed: s.seed, After: s.after}); err != nil {
		return fmt.Errorf("the practice server did not start: %w", err)
	}
	s.Config.Resolver, s.Config.Dial = s.lab, s.lab.DialContext
	if !s.unwatched {
		s.Config.Beside = s.beside
	}
	s.Config.Public, s.Goal.Public = s.lab.Public, s.lab.Public
	if s.Config.TLS.RootCAs == nil {
		s.Config.TLS.RootCAs, s.Config.TLS.RootsFrom = s.lab.RootCAs(), practiceRoots
	}
	s.useAccount(s.staged)
	root, err := s.lab.HandedOver()
	if err != nil {
		return errors.Join(err, s.Close())
	}
	if root != nil {
		s.handed = certificate.HandedOver(root)
	}
	if m := s.lab.Message(); m != nil && s.Goal.Message == nil && s.Goal.Plain() {
		s.Goal.Message = record.MessageOf(m)
	}
	if err := s.useCertificate(); err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// beside is what the practice server has logged since it was asked last, and what was done on the path to it.
func (s *Setup) beside(ctx context.Context) (events []record.Event) {
	log, path := s.lab.Since(ctx)
	if len(path.Deeds) > 0 {
		events = append(events, record.Event{Kind: record.KindOnPath, OnPath: &path})
	}
	if len(log.Lines) > 0 {
		events = append(events, record.Event{Kind: record.KindServerLog, ServerLog: &log})
	}
	return events
}

// practiceRoots says where the roots of the practice server are from.
const practiceRoots = "as the practice server's own"

// useAccount fills in what the practice account has and the person did not give.
func (s *Setup) useAccount(sc lab.Scenario) {
	c := &s.Goal.Credentials
	for _, a := range s.lab.Accounts() {
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

// useCertificate shows the user's certificate where the scenario is about it and the person gave none.
func (s *Setup) useCertificate() error {
	if s.Config.TLS.Certificates != nil {
		return nil
	}
	cert, err := s.lab.OwnCertificate()
	if cert == nil && err == nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the practice server made no client certificate: %w", err)
	}
	s.Config.TLS.Certificates = []tls.Certificate{*cert}
	return nil
}

// IsPractice reports whether the practice server is the target. It tells its secrets itself.
func (s *Setup) IsPractice() bool { return s.scenario != nil }

// Played is the address that the practice server takes its client to have; empty where that is the one of the connection, and for other
// servers.
func (s *Setup) Played() string {
	if s.scenario == nil {
		return ""
	}
	return s.scenario.Knobs.Client
}

// OwnAccount reports whether the account is the scenario's, and not one that the person named. Secrets that lie ready for
// the person's own account are then for someone else.
func (s *Setup) OwnAccount() bool { return s.own }

// Practice is what the practice server gives to its clients.
type Practice struct {
	Scenario string // its name
	lab      *lab.Lab
	user     string
	trusted  bool   // its own root is trusted already
	handed   string // as [certificate.HandedOver] says it
}

// Practice is nil for a real server, and until [Setup.Start] has started the practice server.
func (s *Setup) Practice() *Practice {
	if s.lab == nil {
		return nil
	}
	return &Practice{s.scenario.Name, s.lab, cmp.Or(s.Goal.Credentials.Username, s.scenario.User), s.Config.TLS.RootsFrom == practiceRoots, s.handed}
}

// HasRoots holds where there is a root to give that is not trusted yet: the company's, or its own where others were asked for.
func (p *Practice) HasRoots() bool {
	company, err := p.lab.PrivateRoot()
	return !p.trusted || company != nil || err != nil
}

// Roots are the practice server's own root and that of the company that the scenario is about: the latter is what is new where there is one.
func (p *Practice) Roots() (certificate.Roots, error) {
	roots := certificate.Roots{Pool: p.lab.RootCAs(), From: practiceRoots, At: "among the files of the practice server", Handed: p.handed}
	company, err := p.lab.PrivateRoot()
	if err != nil {
		return roots, err
	}
	if company == nil {
		company = p.lab.CAPEM()
	}
	roots.Add(company)
	return roots, nil
}

// Certificate is that of the user, or of the user whom the scenario suggests.
func (p *Practice) Certificate() (*tls.Certificate, error) { return p.lab.ClientCertificate(p.user) }

// Advance moves the practice server's clock on.
func (p *Practice) Advance(d time.Duration) { p.lab.Advance(d) }

// Accounts are its users. Nothing in them is secret.
func (p *Practice) Accounts() []lab.Account { return p.lab.Accounts() }

// Arrival is a message in a mailbox of the practice server.
type Arrival = lab.Arrival

// Arrived are the messages that lie in the mailboxes of the practice server, oldest first.
func (p *Practice) Arrived() []Arrival { return p.lab.Arrived() }
