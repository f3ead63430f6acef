package session

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

	"ehlo/session/explain"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// Config is what a session needs to know before its first step.
type Config struct {
	Target Target
	Policy Policy
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
	log   Log
	began time.Time
	busy  atomic.Bool
	ended sync.Once
	exit  Exit

	// What follows belongs to the goroutine that runs the step.
	snap  Snapshot
	state State
	step  Verb
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
	s := &Session{cfg: withDefaults(cfg), state: NewState(), tickets: tls.NewLRUClientSessionCache(1)}
	s.began = s.cfg.Now()
	s.append(Event{Kind: KindStart, Start: &Start{Format: Format, Program: cfg.Program, Time: s.began.UTC(), Target: cfg.Target,
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
func (s *Session) Log() *Log { return &s.log }

// Do runs one step to its end and appends what happens to the log. The error is an [*Error]; a [*GuardError] when a
// person has to agree first, nothing having been sent; or [ErrBusy]. ctx ends the step at any moment.
func (s *Session) Do(ctx context.Context, st Step) (err error) {
	if !s.busy.CompareAndSwap(false, true) {
		return ErrBusy
	}
	defer s.busy.Store(false)
	st = s.acquaint(asTyped(s.state, st))
	s.step = st.Verb
	defer func() { s.step = "" }()
	defer func() {
		if r := recover(); r != nil {
			err = s.crashed(r)
		}
	}()
	if g := guardFor(s.snap, st); g != nil {
		return &GuardError{Guard: *g, Step: st}
	}
	return s.run(ctx, st)
}

// run bounds a step in time, does it, and appends the state it led to.
func (s *Session) run(ctx context.Context, st Step) error {
	do, ok := steps[st.Verb]
	if !ok {
		return &Error{Verb: st.Verb, Text: fmt.Sprintf("no such step: %q", st.Verb), Exit: ExitInternal}
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
func (s *Session) acceptRisk(st Step) {
	if s.state.Security == SecurityUnverified && st.confirmed("cert-unverified") {
		s.state.Security = SecurityAccepted
	}
}

var steps map[Verb]func(*Session, context.Context, Step) error

func init() { // a table that its own functions refer to
	steps = map[Verb]func(*Session, context.Context, Step) error{
		VerbResolve: (*Session).resolve, VerbConnect: (*Session).connect, VerbGreeting: (*Session).greeting,
		VerbEHLO: (*Session).hello, VerbHELO: (*Session).hello,
		VerbSTARTTLS: (*Session).starttls, VerbHandshake: (*Session).handshake,
		VerbAuth: (*Session).authenticate, VerbRespond: (*Session).respond, VerbCancel: (*Session).cancelAuth,
		VerbMail: (*Session).command, VerbRcpt: (*Session).command, VerbData: (*Session).command,
		VerbContent: (*Session).content, VerbBdat: (*Session).bdat,
		VerbRset: (*Session).command, VerbNoop: (*Session).command, VerbVrfy: (*Session).command,
		VerbExpn: (*Session).command, VerbHelp: (*Session).command, VerbQuit: (*Session).quit,
		VerbRaw: (*Session).raw,
	}
}

// crashed turns a panic into evidence. What was passed to panic may hold anything, so only its type and place are told.
func (s *Session) crashed(r any) error {
	s.hangUp()
	f := NewFault("the step "+string(s.step), r)
	e := &Error{Verb: s.step, Phase: phaseOf(s.step, s.state), Finding: "internal", Exit: ExitInternal, Text: f.Error(), Hint: f.Hint(), Err: f}
	defer s.settle()
	return s.fail(e)
}

// append stamps an event and adds it to the log and to what is known.
func (s *Session) append(e Event) *Event {
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
	s.append(Event{Kind: KindState, State: &state})
}

// find appends a finding; text replaces the general one when there is more to say.
func (s *Session) find(code, text string) {
	s.append(Event{Kind: KindFinding, Finding: newFinding(code, text)})
}

func newFinding(code, text string) *Finding {
	f := &Finding{Code: code, Severity: "warn", Text: text}
	if e, ok := explain.Finding(code); ok {
		f.Severity, f.Remedy, f.Refs = e.Severity, e.Remedy, e.Refs
		if text == "" {
			f.Text = e.Text
		}
	}
	return f
}

// fail records an error as a finding and in the state, and returns it.
func (s *Session) fail(e *Error) error {
	if e.Verb == "" {
		e.Verb = s.step
	}
	if e.Phase == "" {
		e.Phase = phaseOf(e.Verb, s.state)
	}
	if e.Finding != "" {
		f := newFinding(e.Finding, e.Text)
		f.Remedy = orElse(e.Hint, f.Remedy) // the one knows this place, the other all places
		s.append(Event{Kind: KindFinding, Finding: f})
	}
	s.state = s.state.failed(e.Phase)
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
	f := newFinding(code, text)
	s.log.Append(Event{T: s.cfg.Now().Sub(s.began), Kind: KindFinding, Finding: f})
}

// Note appends a person's remark on event seq.
func (s *Session) Note(seq int, text string) {
	s.log.Append(Event{T: s.cfg.Now().Sub(s.began), Kind: KindNote, Note: &Note{On: seq, Text: text}})
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
func (s *Session) Finish(err error) Exit {
	s.ended.Do(func() {
		s.Close()
		end := &End{Phase: lastPhase(s.state), Unverified: s.state.Security.Unverified()}
		describeOutcome(end, err)
		s.exit = end.Exit
		s.append(Event{Kind: KindEnd, End: end})
	})
	return s.exit
}

func lastPhase(s State) Phase {
	if n := len(s.Failed); n > 0 {
		return s.Failed[n-1]
	}
	if n := len(s.Done); n > 0 {
		return s.Done[n-1]
	}
	return PhaseResolve
}

func describeOutcome(end *End, err error) {
	var failure *Error
	var guard *GuardError
	switch {
	case err == nil:
	case errors.As(err, &failure):
		end.Exit, end.Error, end.Hint = failure.Exit, failure.Text, failure.Hint
		end.Phase = Phase(orElse(string(failure.Phase), string(end.Phase)))
	case errors.As(err, &guard):
		end.Exit, end.Error, end.Hint = guard.Exit(), guard.Error(), guard.Hint()
		end.Phase = Phase(orElse(string(phaseOf(guard.Step.Verb, State{})), string(end.Phase)))
	case errors.Is(err, context.Canceled), errors.Is(err, ErrCancelled):
		end.Exit, end.Error = ExitInterrupted, "interrupted"
	default:
		end.Exit, end.Error = ExitInternal, "internal error"
	}
}

// hangUp closes the connection and says so in the state.
func (s *Session) hangUp() {
	s.Close()
	s.state.Stage = StageClosed
}
