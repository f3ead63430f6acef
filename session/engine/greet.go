package engine

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// greeting waits for the server to speak first (RFC 5321 §3.1).
func (s *Session) greeting(ctx context.Context, _ record.Step) error {
	if !s.state.Connected() {
		return s.cannotSend()
	}
	reply, err := s.awaitGreeting(ctx)
	if err != nil {
		return err
	}
	if software, _, ok := explain.Banner(reply.Text()); ok {
		s.software = software
		s.find("banner-software", "the banner names "+wire.VisibleString(software)+"; a banner is a claim, not a proof")
	}
	return s.judge(record.VerbGreeting, "", reply)
}

// awaitGreeting reads the greeting, or finds out that the server waits for TLS.
func (s *Session) awaitGreeting(ctx context.Context) (*wire.Reply, error) {
	release := s.bound(ctx)
	defer release()
	stop := s.suspectSilence(ctx)
	reply, event, err := s.read("", false)
	proved := stop()
	s.append(event)
	s.findDefects(reply)
	if err == nil && event.Reply.Wait > slowGreeting {
		s.find("greeting-delayed", "")
	}
	switch {
	case err != nil && proved:
		return nil, s.silentPort()
	case err != nil:
		return nil, s.unreadable(ctx, err, "")
	}
	return reply, nil
}

// silence is how long a server may say nothing before the client wonders whether it waits for TLS. Servers that make
// robots betray themselves wait up to six seconds and are not disturbed by a second connection.
const silence = 1500 * time.Millisecond

// slowGreeting is when a greeting counts as held back on purpose, or by a look-up that goes nowhere.
const slowGreeting = 4 * time.Second

// suspectSilence asks, on a second connection and once, whether a server that does not greet speaks TLS from the first
// byte. If it does the wait for a greeting is ended: both sides would wait for each other. The returned function stops
// asking and reports whether TLS was found.
func (s *Session) suspectSilence(ctx context.Context) (stop func() bool) {
	if s.state.Security.Encrypted() || s.cfg.Target.Port == record.PortRelay { // a pause there is how servers catch robots
		return func() bool { return false }
	}
	ctx, cancel := context.WithCancel(ctx)
	found, crashed := make(chan bool, 1), make(chan any, 1)
	conn, remote := s.conn, s.dialled
	asked := &atomic.Bool{}
	go func() {
		defer func() {
			if r := recover(); r != nil {
				crashed <- r
			}
		}()
		speaks := s.probeTLS(ctx, remote, func() bool { // not even a part of a greeting has come
			asked.Store(conn.BytesRead() == 0)
			return asked.Load()
		})
		if speaks {
			conn.SetDeadline(past)
		}
		found <- speaks
	}()
	return func() bool {
		cancel()
		select {
		case speaks := <-found:
			if asked.Load() {
				s.find("silence-probed", "")
			}
			return speaks
		case r := <-crashed:
			panic(r) // here it becomes an event
		}
	}
}

func (s *Session) silentPort() error {
	s.hangUp()
	return s.fail(&record.Error{Phase: record.PhaseGreeting, Finding: "silence-on-implicit-port", Exit: record.ExitGreeting,
		Text: fmt.Sprintf("port %d waits for TLS from the first byte: asked on a second connection it answered a ClientHello", s.cfg.Target.Port),
		Hint: s.implicitHint()})
}

// hello sends EHLO or HELO and reads the list of what the server can do.
func (s *Session) hello(ctx context.Context, st record.Step) error {
	line, err := s.checkLine(st)
	if err != nil {
		return err
	}
	o := s.typedLine(st)
	reply, err := s.ask(ctx, o)
	if err != nil {
		return err
	}
	if walk.CommandWord(line) == "EHLO" && walk.Positive(reply) {
		s.readCapabilities(reply)
	}
	return s.judge(st.Verb, o.line(), reply)
}

// readCapabilities records the list, compares it with the one before TLS and points at what is missing.
func (s *Session) readCapabilities(reply *wire.Reply) {
	c := &record.Capabilities{Capabilities: wire.ParseCapabilities(*reply), TLS: s.state.Security.Encrypted()}
	if before := s.snap.Forgotten; before != nil {
		changes := wire.Diff(before.Capabilities, c.Capabilities)
		c.Changes = &changes
	}
	s.append(record.Event{Kind: record.KindCapabilities, Capabilities: c, Explain: explainCapabilities(c)})
	s.judgeCapabilities(c)
}

func (s *Session) judgeCapabilities(c *record.Capabilities) {
	if !c.TLS && s.cfg.Policy.Start == record.StartSTARTTLS && !c.Has("STARTTLS") {
		if garbled := garbledKeyword(c.Capabilities); garbled != "" {
			s.find("starttls-stripped-garbled", fmt.Sprintf("%s stands where STARTTLS is expected: something on the path overwrites it", wire.VisibleString(garbled)))
		}
		s.find("starttls-missing", "")
	}
	if c.TLS && c.Has("STARTTLS") {
		s.find("starttls-inside-tls", "")
	}
	if !c.TLS && c.Has("AUTH") {
		s.find("auth-before-tls", "")
	}
	s.judgeMechanisms(c)
}

// garbledKeyword finds the trace of a firewall that overwrites keywords instead of removing the line.
func garbledKeyword(c wire.Capabilities) string {
	for _, k := range c.Keywords {
		if len(k.Keyword) >= 6 && strings.Trim(k.Keyword, "XA") == "" {
			return k.Keyword
		}
	}
	return ""
}

func explainCapabilities(c *record.Capabilities) *explain.Explanation {
	x := &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 5321", Section: "4.1.1.1"}}}
	x.Short = record.Plural(len(c.Keywords), "capability", "capabilities")
	x.Text = "Each line names an extension the server offers. A client uses only what is listed."
	if c.Changes != nil {
		x.Short = fmt.Sprintf("%d new, %d gone, %d changed", len(c.Changes.Added), len(c.Changes.Removed), len(c.Changes.Changed))
		x.Text = "The list inside TLS is the one that counts. STARTTLS goes, since TLS is active; AUTH often appears only now."
		x.Refs = append(x.Refs, explain.Ref{Doc: "RFC 3207", Section: "4.2"})
	}
	return x
}
