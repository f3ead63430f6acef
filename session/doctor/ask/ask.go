// Package ask makes a diagnosis: it looks a name up, looks at the ports of the host, and has the session that was meant. It sends no
// message, unless to the practice server.
package ask

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"

	"ehlo/session/doctor"
	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/setup"
	"ehlo/session/survey"
	ports "ehlo/session/survey/ask"
	"ehlo/session/walk"
)

// Config is what a diagnosis needs to know.
type Config struct {
	// Asked is what a person named, as it is shown to them.
	Asked string
	// Setup is the session that is meant, started.
	Setup *setup.Setup
	// Ports are those to look at, none where the port was named: the session then goes there.
	Ports []int
	// On is the session with another port of the same host; it need not be started.
	On func(port int) (*setup.Setup, error)
	// Domain is a mail domain whose MX records lead to the server, empty where a host is meant; Route is how it is looked at.
	Domain string
	Route  route.Options
	// Files are those that the session takes beside the system's.
	Files doctor.Files
	// Told, where it is set, is called for each port that is done.
	Told func(done, all int, c survey.Cell)
	// Known, where it is set, is called with what is known so far while a session goes on, from one goroutine at a time.
	Known func(*doctor.Diagnosis)
}

// others are what the other ports of a host do where one takes no connection: that tells a firewall from a host that is down. Nil is where
// nobody asks.
func (cfg Config) others(ctx context.Context, log record.Source) *survey.Survey {
	end := log.At(log.Len() - 1).End
	if end == nil || end.Phase != record.PhaseConnect || !end.Failed() || end.Outcome == record.OutcomeStopped || cfg.Setup.Via != "" || cfg.Setup.MX {
		return nil
	}
	here := func(port int) bool { return port == cfg.Setup.Config.Target.Port }
	return cfg.survey(ctx, slices.DeleteFunc(survey.DefaultPorts(), here))
}

// survey looks at ports of the host.
func (cfg Config) survey(ctx context.Context, numbers []int) *survey.Survey {
	one := cfg.Setup.Config
	return ports.Ask(ctx, ports.Config{Session: one, EHLOName: cfg.Setup.Goal.EHLOName, Ports: numbers, Quick: true, Limit: stepsPerPort * one.Timeout, Told: cfg.Told})
}

// stepsPerPort is how many limits of a step all that is done at a port may take.
const stepsPerPort = 6

// Ask makes the diagnosis. Where ctx ends, what is known by then is given. The error is one of making a session.
func Ask(ctx context.Context, cfg Config) (*doctor.Diagnosis, error) {
	cfg.Known = keeping(cfg.Known)
	switch {
	case cfg.Domain != "":
		return cfg.domain(ctx), nil
	case len(cfg.Ports) == 0:
		log := cfg.session(ctx, cfg.Setup.Session(), cfg.Setup.Goal, doctor.Beside{})
		return cfg.read(log, cfg.others(ctx, log)), nil
	}
	if log := cfg.name(ctx); failed(log) {
		return cfg.read(log, nil), nil
	}
	found := cfg.survey(ctx, cfg.Ports)
	if c := found.Decides(); c != nil && len(c.Sessions) > 0 {
		return cfg.surveyed(c.Sessions[0], found), nil
	}
	return cfg.best(ctx, found)
}

// keeping tells what is known with what was known before: another session begins without it.
func keeping(known func(*doctor.Diagnosis)) func(*doctor.Diagnosis) {
	if known == nil {
		return nil
	}
	var before []doctor.Check
	return func(d *doctor.Diagnosis) {
		for i := range before {
			if d.Steps[i].Text == "" {
				d.Steps[i] = before[i]
			}
		}
		before = d.Steps
		known(d)
	}
}

// domain follows the records of a domain, and has a session with the server that they lead to.
func (cfg Config) domain(ctx context.Context) *doctor.Diagnosis {
	found := route.Route(ctx, cfg.Domain, cfg.Route)
	if found.Verdict.Exit != record.ExitOK {
		return doctor.ReadRoute(cfg.Asked, found, cfg.Setup.Goal.To)
	}
	if cfg.Known != nil {
		cfg.Known(doctor.SoFar(cfg.Asked, nil, doctor.Beside{Route: found}))
	}
	log := cfg.session(ctx, cfg.Setup.Session(), cfg.Setup.Goal, doctor.Beside{Route: found})
	return doctor.Read(cfg.Asked, log, doctor.Beside{Route: found, Client: cfg.client(log), Files: cfg.Files})
}

// session has a session, and gives its log.
func (cfg Config) session(ctx context.Context, s *engine.Session, goal walk.Goal, beside doctor.Beside) record.Source {
	end := cfg.follow(s.Log(), beside)
	_ = engine.Walk(ctx, s, goal) // what went wrong is in the log
	s.Finish()
	end()
	return s.Log()
}

// follow tells what a session shows while it goes on, until end is called.
func (cfg Config) follow(log record.Source, beside doctor.Beside) (end func()) {
	if cfg.Known == nil {
		return func() {}
	}
	wake, stop := log.Watch()
	over := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		for ended := false; !ended; {
			select {
			case <-wake:
			case <-over:
				ended = true
			}
			cfg.Known(doctor.SoFar(cfg.Asked, log, beside)) // at the end too: a quick session can be over before it was looked at
		}
	})
	return func() {
		close(over)
		running.Wait()
		stop()
	}
}

func (cfg Config) read(log record.Source, found *survey.Survey) *doctor.Diagnosis {
	return doctor.Read(cfg.Asked, log, doctor.Beside{Ports: found, Client: cfg.client(log), Files: cfg.Files})
}

// client is the own address from which the host is reached, or the one that the practice server takes the client to have. Connecting a UDP
// socket sends nothing: the system looks for a route.
func (cfg Config) client(log record.Source) string {
	if played := cfg.Setup.Played(); played != "" || cfg.Setup.Via != "" {
		return played
	}
	for i := range log.Len() {
		r := log.At(i).Resolve
		if r == nil || len(r.Addresses) == 0 {
			continue
		}
		conn, err := cfg.dial()(context.Background(), "udp", net.JoinHostPort(r.Addresses[0], strconv.Itoa(record.PortRelay)))
		if err != nil {
			return ""
		}
		defer conn.Close()
		if own, err := netip.ParseAddrPort(conn.LocalAddr().String()); err == nil {
			return own.Addr().String()
		}
	}
	return ""
}

// dial is that of the session, which may leave by another way than the system's; within the practice server there is no such way.
func (cfg Config) dial() func(ctx context.Context, network, address string) (net.Conn, error) {
	if dial := cfg.Setup.Config.Dial; dial != nil && !cfg.Setup.IsPractice() {
		return dial
	}
	return (&net.Dialer{}).DialContext
}

// name looks the name up, and goes no further.
func (cfg Config) name(ctx context.Context) record.Source {
	goal := walk.Goal{Until: record.PhaseResolve}
	one := cfg.Setup.Config
	one.Plan, one.Beside, one.Watch = goal.Plan(), nil, nil
	return cfg.session(ctx, engine.New(one), goal, doctor.Beside{})
}

func failed(log record.Source) bool {
	end := log.At(log.Len() - 1).End
	return end != nil && end.Failed()
}

// surveyed is the diagnosis where the look at the ports decides. Its verdict knows of each advice whether it can help.
func (cfg Config) surveyed(log record.Source, found *survey.Survey) *doctor.Diagnosis {
	d := doctor.Read(cfg.Asked, log, doctor.Beside{Ports: found, Client: cfg.client(log), Files: cfg.Files, Cause: found.Verdict.Cause})
	d.Verdict.Advice = found.Verdict.Advice
	return d
}

// preferred are the ports that a client is to use, the best first (RFC 8314 §3.3), and those of servers.
var preferred = []int{record.PortSubmission, record.PortSubmissions, record.PortAlternate, record.PortRelay}

// best is the diagnosis where nothing is wrong with the ports: the session goes to the one that is best for it.
func (cfg Config) best(ctx context.Context, found *survey.Survey) (*doctor.Diagnosis, error) {
	open := func(port int) *survey.Cell {
		i := slices.IndexFunc(found.Cells, func(c survey.Cell) bool { return c.Port == port && c.State.Open() && len(c.Sessions) > 0 })
		if i < 0 {
			return nil
		}
		return &found.Cells[i]
	}
	for _, port := range preferred {
		c := open(port)
		switch {
		case c == nil:
			continue
		case cfg.Setup.Goal.Credentials.Username == "" && len(cfg.Setup.Goal.To) == 0:
			return cfg.read(c.Sessions[0], found), nil // it went as far as this one would
		}
		s, err := cfg.On(port)
		if err != nil {
			return nil, err
		}
		return cfg.read(cfg.session(ctx, s.Session(), s.Goal, doctor.Beside{Ports: found}), found), nil
	}
	return cfg.read(cfg.name(ctx), found), nil
}
