// Package ask makes a survey: it has a session with each port at each address of a host, all at the same time. It sends no secret and no
// message.
package ask

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/session/walk"
)

// Config is what a survey needs to know.
type Config struct {
	// Session is what the sessions have in common: resolver, dialer, roots, the limit of each step. Its target is the host.
	Session engine.Config
	// EHLOName is the name that the client gives itself; empty means the default of [walk.Goal].
	EHLOName string
	Ports    []int
	// Named says that a person named the ports.
	Named bool
	// Quick leaves out what is asked with ClientHellos of its own: which versions, cipher suites and groups are accepted.
	Quick bool
	// RelayTo, where it is set, is a mailbox elsewhere for which each port is asked, without a login, by MAIL and RCPT and no further.
	RelayTo string
	// Limit bounds all that is done at one port, whatever its steps may take.
	Limit time.Duration
	// Began, where it is set, is called once the addresses are known: nothing is known of the ports then.
	Began func(s survey.Survey)
	// Told, where it is set, is called for each pair of port and address that is done, from one goroutine at a time.
	Told func(done, all int, c survey.Cell)
}

// Ask makes the survey. Where ctx ends, what is known by then is given.
func Ask(ctx context.Context, cfg Config) *survey.Survey {
	began := time.Now()
	s := &survey.Survey{Format: survey.Format, Host: cfg.Session.Target.Host, Ports: cfg.Ports, Named: cfg.Named, Began: began.UTC()}
	found, failed := cfg.addresses(ctx)
	if failed != nil {
		s.Verdict = survey.Verdict{Exit: failed.Exit, Outcome: failed.Outcome, Cause: failed.Cause, Who: failed.Who, Advice: failed.Advice}
		s.Took = time.Since(began)
		return s
	}
	if len(found) > survey.MostAddresses {
		found, s.Left = found[:survey.MostAddresses], len(found)-survey.MostAddresses
	}
	for _, a := range found {
		s.Addresses = append(s.Addresses, a.String())
	}
	s.Cells = cfg.unseen(found)
	if cfg.Began != nil {
		began := *s
		began.Cells = slices.Clone(s.Cells)
		cfg.Began(began)
	}
	cfg.look(ctx, s.Cells)
	s.Stopped, s.Took = ctx.Err() != nil, time.Since(began)
	s.Score = survey.Score(s)
	s.Verdict = survey.Judge(s)
	return s
}

// addresses are those of the host, each once. Where there are none the verdict of a session that looks for them says why.
func (cfg Config) addresses(ctx context.Context) ([]netip.Addr, *record.Verdict) {
	goal := walk.Goal{Until: record.PhaseResolve}
	session := cfg.Session
	session.Plan = goal.Plan()
	asked := engine.New(session)
	engine.Walk(ctx, asked, goal)
	verdict := asked.Finish()
	var list []netip.Addr
	for i := range asked.Log().Len() {
		if r := asked.Log().At(i).Resolve; r != nil {
			list = parsed(r.Addresses)
		}
	}
	if len(list) == 0 {
		return nil, &verdict
	}
	return list, nil
}

func parsed(addresses []string) (list []netip.Addr) {
	seen := map[netip.Addr]bool{}
	for _, text := range addresses {
		if a, err := netip.ParseAddr(text); err == nil && !seen[a] {
			seen[a] = true
			list = append(list, a)
		}
	}
	return list
}

// unseen are all pairs of address and port, before anything is known of them.
func (cfg Config) unseen(addresses []netip.Addr) []survey.Cell {
	cells := make([]survey.Cell, 0, len(addresses)*len(cfg.Ports))
	for _, a := range addresses {
		for _, p := range cfg.Ports {
			cells = append(cells, survey.Cell{Address: a.String(), Port: p, Role: cfg.target(p).Role(), State: survey.StateUnknown})
		}
	}
	return cells
}

// look looks at each pair by itself: a slow one delays none but its own.
func (cfg Config) look(ctx context.Context, cells []survey.Cell) {
	var mu sync.Mutex
	var running sync.WaitGroup
	done := 0
	for i := range cells {
		running.Go(func() {
			c := cfg.cell(ctx, cells[i])
			mu.Lock()
			defer mu.Unlock()
			cells[i] = c
			if done++; cfg.Told != nil {
				cfg.Told(done, len(cells), c)
			}
		})
	}
	running.Wait()
}

// target is the host with a port. Those for reading mail over TLS begin with it too (RFC 8314 §7.1, §7.2).
func (cfg Config) target(port int) record.Target {
	t := cfg.Session.Target.WithPort(port, "")
	t.Scheme = ""
	t.Implicit = t.Implicit || port == 993 || port == 995
	return t
}

// cell looks at one port at one address, with as many sessions as it takes.
func (cfg Config) cell(ctx context.Context, c survey.Cell) survey.Cell {
	ctx, cancel := context.WithTimeout(ctx, cfg.Limit)
	defer cancel()
	policy, more := survey.First(cfg.target(c.Port)), true
	for n := 0; more && n < mostSessions && ctx.Err() == nil; n++ {
		seen := cfg.session(ctx, c, policy)
		if n == 0 {
			c = seen
		} else {
			c = c.And(seen)
		}
		policy, more = c.Further()
	}
	if cfg.RelayTo != "" && survey.Answers(c) {
		c.Relay = cfg.relay(ctx, c)
	}
	if !cfg.Quick {
		c.Accepts = cfg.accepts(ctx, c)
	}
	return c
}

// relay asks whether a port relays for strangers. The sender is the null one, so that nobody is written to about it.
func (cfg Config) relay(ctx context.Context, c survey.Cell) *survey.Relay {
	goal := walk.Goal{EHLOName: cfg.EHLOName, From: walk.NullSender, To: []string{cfg.RelayTo}, Until: record.PhaseRcpt}
	policy := record.Policy{Start: record.StartSTARTTLS, Must: record.MustOpportunistic, AllowUnverified: true}
	if c.State == survey.StateTLS {
		policy.Start, policy.Must = record.StartImplicit, record.MustRequire
	}
	s := engine.New(cfg.engine(c, policy, goal))
	engine.Walk(ctx, s, goal)
	s.Finish()
	return survey.ReadRelay(s.Log())
}

// mostSessions is how many ways there are to meet a port: as it is meant, in the other way, past a bad certificate, without TLS.
const mostSessions = 4

// session has one session and reads it.
func (cfg Config) session(ctx context.Context, c survey.Cell, policy record.Policy) survey.Cell {
	goal := walk.Goal{EHLOName: cfg.EHLOName}
	if survey.Mailbox(c.Port) {
		goal.Until = record.PhaseGreeting
	}
	s := engine.New(cfg.engine(c, policy, goal))
	engine.Walk(ctx, s, goal)
	s.Finish()
	return survey.Read(s.Log())
}

// engine is how one session is had: at one address, which is not looked up again.
func (cfg Config) engine(c survey.Cell, policy record.Policy, goal walk.Goal) engine.Config {
	one := cfg.Session
	one.Target, one.Policy, one.Plan = cfg.target(c.Port), policy, goal.Plan()
	one.Plan.Address = c.Address
	if addr, err := netip.ParseAddr(c.Address); err == nil {
		one.Resolver = fixed{addr}
	}
	one.TLS.Certificates, one.Beside, one.Watch = nil, nil, nil
	return one
}

// fixed is a resolver that knows one address.
type fixed struct{ netip.Addr }

// LookupNetIP implements [engine.Resolver].
func (f fixed) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	return []netip.Addr{f.Addr}, ctx.Err()
}
