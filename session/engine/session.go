package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// Config is what a session needs to know before its first step.
type Config struct {
	Target record.Target
	Policy record.Policy
	// Network is "ip", "ip4" or "ip6"; empty means "ip".
	Network string
	// Resolver looks names up; nil is the system's.
	Resolver Resolver
	// Dial opens connections; nil is the system's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	TLS  TLSConfig
	// Timeout replaces the deadlines of RFC 5321 §4.5.3.2 for every step; 0 keeps them.
	Timeout time.Duration
	Limits  wire.Limits
	// Program, Scenario, Title and Story go into the start event.
	Program, Scenario, Title, Story string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Resolver is the part of [net.Resolver] that a session uses.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// TLSConfig is what a person may choose about TLS.
type TLSConfig struct {
	RootCAs *x509.CertPool // nil is the system's
	// RootsFrom says in a few words where the roots of RootCAs are from, such as "in the file of --ca".
	RootsFrom string
	// ServerName is sent as SNI and held against the certificate; empty means the target's host.
	ServerName             string
	Certificates           []tls.Certificate
	MinVersion, MaxVersion uint16 // 0 leaves the choice to crypto/tls
	ALPN                   []string
	// KeyLog gets the secrets of each handshake in the format of RFC 9850: whoever has them and the recorded bytes reads
	// everything. Nil, unless a person asked for exactly that.
	KeyLog io.Writer
}

// Session is one conversation, perhaps over several connections. Its methods may be called from any goroutine; one
// step runs at a time.
type Session struct {
	cfg   Config
	log   record.Log
	began time.Time
	busy  atomic.Bool
	ended sync.Once
	exit  record.Exit

	// What follows belongs to the goroutine that runs the step.
	snap  record.Snapshot
	state record.State
	step  record.Verb
	addrs []netip.Addr
	// dialled is the address as it was dialled, which need not be the one the socket has
	dialled     string
	reader      *wire.Reader
	tap         tap
	tls         *tls.Conn
	keyLogError error             // why the key log that was asked for is not written
	held        []tlswire.Message // alerts that are to be appended behind the reply they came with
	auth        *exchange
	told        told   // what no reply may bring back
	own         told   // the secrets that are known, sent or not: no typed line may show them
	exposed     string // what the step gave away where it is not protected, as [sasl.Response.Hides] has it
	sentSecret  bool   // on this connection, masked
	// software is what the greeting claims to be; phrases of vendors are told apart by it
	software string

	// tickets lets a second connection of this session resume TLS; sessions is what the decoder needs to read it
	tickets  tls.ClientSessionCache
	sessions tlswire.Sessions

	revealed atomic.Bool // secrets of steps to come are recorded as they are

	mu   sync.Mutex // guards conn and link, which Close uses from other goroutines
	conn *wire.Conn // the TCP connection
	link net.Conn   // conn, or TLS over it
}

// New makes a session and does no I/O. The log begins with a start and a state event.
func New(cfg Config) *Session {
	s := &Session{cfg: withDefaults(cfg), state: record.NewState(), tickets: tls.NewLRUClientSessionCache(1)}
	s.began = s.cfg.Now()
	s.append(record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format, Program: cfg.Program, Time: s.began.UTC(), Target: cfg.Target,
		Policy: cfg.Policy, Scenario: cfg.Scenario, Title: cfg.Title, Story: cfg.Story}})
	s.appendState()
	return s
}

func withDefaults(cfg Config) Config {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Network == "" {
		cfg.Network = "ip"
	}
	if cfg.Resolver == nil {
		cfg.Resolver = net.DefaultResolver
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{}).DialContext
	}
	return cfg
}

// Log is the session's record. It only grows.
func (s *Session) Log() *record.Log { return &s.log }

// Do runs one step to its end and appends what happens to the log. The error is an [*Error]; a [*GuardError] when a
// person has to agree first, nothing having been sent; or [ErrBusy]. ctx ends the step at any moment.
func (s *Session) Do(ctx context.Context, st record.Step) (err error) {
	if !s.busy.CompareAndSwap(false, true) {
		return record.ErrBusy
	}
	defer s.busy.Store(false)
	st = s.acquaint(walk.AsTyped(s.state, st))
	s.step = st.Verb
	defer func() { s.step = "" }()
	defer func() {
		if r := recover(); r != nil {
			err = s.crashed(r)
		}
	}()
	if g := walk.GuardFor(s.snap, st); g != nil {
		return &walk.GuardError{Guard: *g, Step: st}
	}
	return s.run(ctx, st)
}

// run bounds a step in time, does it, and appends the state it led to.
func (s *Session) run(ctx context.Context, st record.Step) error {
	do, ok := steps[st.Verb]
	if !ok {
		return &record.Error{Verb: st.Verb, Text: fmt.Sprintf("no such step: %q", st.Verb), Exit: record.ExitInternal}
	}
	ctx, cancel := context.WithTimeout(ctx, s.deadline(st.Verb))
	defer cancel()
	s.acceptRisk(st)
	err := do(s, ctx, st)
	s.drainTLS()
	s.findExposed()
	s.settle()
	return err
}

// acceptRisk records that a person chose to go on with a certificate that does not hold.
func (s *Session) acceptRisk(st record.Step) {
	if s.state.Security == record.SecurityUnverified && st.HasConfirmed("cert-unverified") {
		s.state.Security = record.SecurityAccepted
	}
}

var steps map[record.Verb]func(*Session, context.Context, record.Step) error

func init() { // a table that its own functions refer to
	steps = map[record.Verb]func(*Session, context.Context, record.Step) error{
		record.VerbResolve: (*Session).resolve, record.VerbConnect: (*Session).connect, record.VerbGreeting: (*Session).greeting,
		record.VerbEHLO: (*Session).hello, record.VerbHELO: (*Session).hello,
		record.VerbSTARTTLS: (*Session).starttls, record.VerbHandshake: (*Session).handshake,
		record.VerbAuth: (*Session).authenticate, record.VerbRespond: (*Session).respond, record.VerbCancel: (*Session).cancelAuth,
		record.VerbMail: (*Session).command, record.VerbRcpt: (*Session).command, record.VerbData: (*Session).command,
		record.VerbContent: (*Session).content, record.VerbBdat: (*Session).bdat,
		record.VerbRset: (*Session).command, record.VerbNoop: (*Session).command, record.VerbVrfy: (*Session).command,
		record.VerbExpn: (*Session).command, record.VerbHelp: (*Session).command, record.VerbQuit: (*Session).quit,
		record.VerbRaw: (*Session).raw,
	}
}

// crashed turns a panic into evidence. What was passed to panic may hold anything, so only its type and place are told.
func (s *Session) crashed(r any) error {
	s.hangUp()
	f := record.NewFault("the step "+string(s.step), r)
	e := &record.Error{Verb: s.step, Phase: walk.PhaseOf(s.step, s.state), Finding: "internal", Exit: record.ExitInternal, Text: f.Error(), Hint: f.Hint(), Err: f}
	defer s.settle()
	return s.fail(e)
}

// append stamps an event and adds it to the log and to what is known.
func (s *Session) append(e record.Event) *record.Event {
	if e.T == 0 {
		e.T = s.cfg.Now().Sub(s.began)
	}
	e.Step = s.step
	added := s.log.Append(e)
	s.snap = s.snap.Next(added)
	return added
}

// settle appends the state if the step changed it.
func (s *Session) settle() {
	if !reflect.DeepEqual(s.state, s.snap.State) {
		s.appendState()
	}
}

func (s *Session) appendState() {
	state := s.state
	s.append(record.Event{Kind: record.KindState, State: &state})
}

// find appends a finding; text replaces the general one when there is more to say.
func (s *Session) find(code, text string) {
	s.append(record.Event{Kind: record.KindFinding, Finding: record.NewFinding(code, text)})
}

// fail records an error as a finding and in the state, and returns it.
func (s *Session) fail(e *record.Error) error {
	if e.Verb == "" {
		e.Verb = s.step
	}
	if e.Phase == "" {
		e.Phase = walk.PhaseOf(e.Verb, s.state)
	}
	if e.Finding != "" {
		f := record.NewFinding(e.Finding, e.Text)
		f.Remedy = record.OrElse(e.Hint, f.Remedy) // the one knows this place, the other all places
		s.append(record.Event{Kind: record.KindFinding, Finding: f})
	}
	s.state = s.state.WithFailed(e.Phase)
	return e
}

// Reveal switches the masks of this session's secrets off or on for the steps to come. What is recorded meanwhile holds
// passwords, proofs and tokens as they are, in the log and in everything made from it.
func (s *Session) Reveal(on bool) {
	if s.revealed.Swap(on) == on {
		return
	}
	code, text := "secrets-masked", "from here on secrets are masked again"
	if on {
		code, text = "secrets-revealed", "from here on the secrets of this session are shown and kept as they are: in the transcript too"
	}
	f := record.NewFinding(code, text)
	s.log.Append(record.Event{T: s.cfg.Now().Sub(s.began), Kind: record.KindFinding, Finding: f})
}

// Note appends a person's remark on event seq.
func (s *Session) Note(seq int, text string) {
	s.log.Append(record.Event{T: s.cfg.Now().Sub(s.began), Kind: record.KindNote, Note: &record.Note{On: seq, Text: text}})
}

// Close drops the connection without a word. It is safe at any time.
func (s *Session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil
	}
	if err := s.conn.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Finish drops the connection and closes the log with an end event: err is what the walk came to, nil if all went as
// asked. Later calls change nothing. Call it when no step runs.
func (s *Session) Finish(err error) record.Exit {
	s.ended.Do(func() {
		s.Close()
		end := &record.End{Phase: lastPhase(s.state), Unverified: s.state.Security.Unverified()}
		describeOutcome(end, err)
		s.exit = end.Exit
		s.append(record.Event{Kind: record.KindEnd, End: end})
	})
	return s.exit
}

func lastPhase(s record.State) record.Phase {
	if n := len(s.Failed); n > 0 {
		return s.Failed[n-1]
	}
	if n := len(s.Done); n > 0 {
		return s.Done[n-1]
	}
	return record.PhaseResolve
}

func describeOutcome(end *record.End, err error) {
	var failure *record.Error
	var guard *walk.GuardError
	switch {
	case err == nil:
	case errors.As(err, &failure):
		end.Exit, end.Error, end.Hint = failure.Exit, failure.Text, failure.Hint
		end.Phase = record.Phase(record.OrElse(string(failure.Phase), string(end.Phase)))
	case errors.As(err, &guard):
		end.Exit, end.Error, end.Hint = guard.Exit(), guard.Error(), guard.Hint()
		end.Phase = record.Phase(record.OrElse(string(walk.PhaseOf(guard.Step.Verb, record.State{})), string(end.Phase)))
	case errors.Is(err, context.Canceled), errors.Is(err, record.ErrCancelled):
		end.Exit, end.Error = record.ExitInterrupted, "interrupted"
	default:
		end.Exit, end.Error = record.ExitInternal, "internal error"
	}
}

// hangUp closes the connection and says so in the state.
func (s *Session) hangUp() {
	s.Close()
	s.state.Stage = record.StageClosed
}
