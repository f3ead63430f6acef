package engine

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
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
	// Watch, where it is set, is told of each connection of the session once it stands, also of those that ask something beside
	// it, with the log that says what becomes of it. The observer sees all that crosses, secrets included: nil, unless a person
	// asked for exactly that.
	Watch func(wire.Opened, *record.Log) wire.Observer
	// Beside, where it is set, tells after each step what others wrote down and did meanwhile: events of the kinds that
	// [record.Kind.Beside] names. It waits for them as long as it takes, at most until ctx ends.
	Beside func(ctx context.Context) []record.Event
	// Public, where it is set, tells of a secret whether it is one that everyone is told, as those of the practice server: it is
	// recorded as it is, and marked, unless a person wants it masked.
	Public func(secret string) bool
	// Unexplained leaves out what the events mean, see [walk.Unexplained].
	Unexplained bool
	// Timeout replaces the deadlines of RFC 5321 §4.5.3.2 for every step; 0 keeps them.
	Timeout time.Duration
	Limits  wire.Limits
	// Program goes into the start event, and Plan but for the target and the policy, which stand here.
	Program string
	Plan    record.Plan
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Resolver is the part of [net.Resolver] that a session uses.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// RecordResolver is a Resolver that has other records than addresses too. Where the plan asks for some, it is needed.
type RecordResolver interface {
	Resolver
	Ask(context.Context, record.Question) record.Lookup
}

// TLSConfig is what a person may choose about TLS.
type TLSConfig struct {
	RootCAs *x509.CertPool // nil is the system's
	// RootsFrom says in a few words where the roots of RootCAs are from, such as "in the given file".
	RootsFrom string
	// AddedRoots are those that somebody added to the system's on this machine, as far as that shows; nil knows none. It is
	// called where the system's roots are used.
	AddedRoots func() []*x509.Certificate
	// ServerName is sent as SNI and held against the certificate; empty means the target's host.
	ServerName             string
	SNI                    string // is sent in its place where that is another; empty sends ServerName
	Certificates           []tls.Certificate
	MinVersion, MaxVersion uint16 // 0 leaves the choice to crypto/tls
	// Suites are the cipher suites to offer up to TLS 1.2; nil leaves the choice to crypto/tls.
	Suites []uint16
	// Legacy offers what crypto/tls can do of old times as well: TLS 1.0 and 1.1, key exchange by RSA, CBC and 3DES, and
	// signatures with SHA-1 by way of AllowSHA1.
	Legacy bool
	// AllowSHA1 makes the program offer signatures with SHA-1, which is a setting of the whole process. It is called before
	// each handshake that offers obsolete TLS; nil offers none.
	AllowSHA1 func()
	ALPN      []string
	// KeyLog gets the secrets of each handshake in the format of RFC 9850: anyone who has them and the recorded bytes reads
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

	// What follows belongs to the goroutine that runs the step.
	snap     record.Snapshot // what the log comes to
	step     record.Verb
	beyond   context.Context      // the step's without its limit in time
	agreed   []record.FindingCode // the guards that a person said yes to for this step
	declined *walk.Guard          // the last guard that was asked about, with nothing done since
	addrs    []netip.Addr
	hosts    []string // of each of addrs, where MX records gave them
	host     string   // of the address that was dialed, likewise
	// dialed is the address as it was dialed, which need not be the one the socket has
	dialed      string
	reader      *wire.Reader
	tap         tap
	tls         *tls.Conn
	keyLogError error             // why the key log that was asked for is not written
	held        []tlswire.Message // alerts that are to be appended after the reply they came with
	auth        *exchange
	chunks      *chunks // of the message that is sent with BDAT; nil where none is
	place       int     // which command of a group is to be answered next, 0 for none
	secrets     secrets
	sentSecret  bool          // on this connection, masked
	veiled      bool          // since others were asked what they saw
	early       []record.Deed // with a greeting that nobody has read yet

	// tickets lets a second connection of this session resume TLS; sessions is what the decoder needs to read it
	tickets  tls.ClientSessionCache
	sessions tlswire.Sessions

	mu   sync.Mutex // guards conn and link, which Close uses from other goroutines
	conn *wire.Conn // the TCP connection
	link net.Conn   // conn, or TLS over it
}

// New makes a session and does no I/O. The log begins with a start and a state event.
func New(cfg Config) *Session {
	s := &Session{cfg: withDefaults(cfg), snap: record.Snapshot{State: record.NewState()}, tickets: tls.NewLRUClientSessionCache(1)}
	s.began = s.cfg.Now()
	plan := s.cfg.Plan
	plan.Target, plan.Policy, plan.ServerName = s.cfg.Target, s.cfg.Policy, s.cfg.TLS.ServerName
	if s.cfg.Network != "ip" {
		plan.Network = s.cfg.Network
	}
	if v := s.cfg.TLS.MaxVersion; v != 0 {
		plan.TLSMax = strings.TrimPrefix(tls.VersionName(v), "TLS ")
	}
	plan.SNI, plan.LegacyTLS, plan.Captured = s.cfg.TLS.SNI, s.cfg.TLS.Legacy, s.cfg.Watch != nil
	s.cfg.Plan = plan
	s.secrets.plan(plan)
	s.observe(record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format, Program: cfg.Program, Time: s.began.UTC(), Plan: plan}})
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

// Do runs one step to its end and appends what happens to the log. The error is a [*record.Error]; a [*walk.GuardError] when
// a person has to agree first, nothing having been sent; or [record.ErrBusy]. ctx ends the step at any moment; with the cause
// [record.ErrGaveUp] it ends the wait alone, and what the silence means is recorded.
func (s *Session) Do(ctx context.Context, st record.Step) (err error) {
	if !s.busy.CompareAndSwap(false, true) {
		return record.ErrBusy
	}
	defer s.busy.Store(false)
	defer func() { s.step = "" }()
	if st.Message == nil {
		st.Message = record.MessageOf(nil)
	}
	before := s.log.Len()
	defer func() {
		if r := recover(); r != nil {
			err = s.crashed(r)
		}
		err = s.failure(before, err)
	}()
	p := s.prepare(st)
	st = p.Step
	s.step = st.Verb
	if p.Guard != nil {
		s.declined = p.Guard
		return &walk.GuardError{Guard: *p.Guard, Step: st}
	}
	if st.Verb != record.VerbQuit {
		s.declined = nil
	}
	return s.run(ctx, st)
}

// run bounds a step in time and does it.
func (s *Session) run(ctx context.Context, st record.Step) error {
	do := stepOf(st.Verb)
	if do == nil {
		return unsendable(st.Verb, fmt.Sprintf("There is no such step: %q.", st.Verb), "")
	}
	s.beyond = ctx
	ctx, cancel := context.WithTimeout(ctx, s.deadline(st.Verb))
	defer cancel()
	s.agreed = st.Confirmed
	defer func() { s.agreed = nil }()
	before := s.log.Len()
	err := do(s, ctx, st)
	s.drainTLS()
	if s.log.Len() > before {
		s.beside(s.beyond, st.Verb)
	}
	return err
}

// beside appends what others did while a step ran. What was masked on its way to the server stays so.
func (s *Session) beside(ctx context.Context, verb record.Verb) {
	if s.cfg.Beside == nil {
		return
	}
	for _, e := range s.inTheirSteps(s.cfg.Beside(ctx), verb) {
		if e.ServerLog != nil {
			for i := range e.ServerLog.Lines {
				s.hideIn(&e.ServerLog.Lines[i].Text)
			}
		}
		if e.OnPath != nil {
			for i := range e.OnPath.Deeds {
				s.hideIn(&e.OnPath.Deeds[i].What)
				s.hideIn(&e.OnPath.Deeds[i].Became)
				if s.veiled && e.OnPath.Deeds[i].From == "C" {
					e.OnPath.Deeds[i].Bytes = 0 // it would tell the length of what is masked
				}
			}
		}
		s.observe(e)
	}
	s.veiled = false
}

// inTheirSteps keeps what a device did with the greeting, which is on its way as soon as the connection stands (RFC 5321 §3.1), for the
// step that reads it.
func (s *Session) inTheirSteps(events []record.Event, verb record.Verb) []record.Event {
	i := slices.IndexFunc(events, func(e record.Event) bool { return e.OnPath != nil })
	if i < 0 && len(s.early) > 0 {
		events, i = slices.Insert(events, 0, record.Event{Kind: record.KindOnPath, OnPath: &record.OnPath{}}), 0
	}
	if i < 0 {
		return events
	}
	deeds := append(s.early, events[i].OnPath.Deeds...)
	s.early = nil
	if verb == record.VerbConnect {
		ofServer := slices.IndexFunc(deeds, func(d record.Deed) bool { return d.From == "S" })
		if ofServer >= 0 {
			deeds, s.early = deeds[:ofServer:ofServer], deeds[ofServer:]
		}
	}
	if events[i].OnPath.Deeds = deeds; len(deeds) == 0 {
		return slices.Delete(events, i, i+1)
	}
	return events
}

// hideIn masks in a text of someone else what must not come back.
func (s *Session) hideIn(text *string) {
	*text = wire.VisibleString(string(s.hideEchoes([]byte(*text))))
}

// stepOf is what does a step; nil for a verb that nobody knows. A command without an entry of its own is a line and its reply.
func stepOf(v record.Verb) func(*Session, context.Context, record.Step) error {
	switch v {
	case record.VerbResolve:
		return (*Session).resolve
	case record.VerbConnect:
		return (*Session).connect
	case record.VerbProxy:
		return (*Session).proxyHeader
	case record.VerbGreeting:
		return (*Session).greeting
	case record.VerbSTARTTLS:
		return (*Session).starttls
	case record.VerbHandshake:
		return (*Session).handshake
	case record.VerbAuth:
		return (*Session).authenticate
	case record.VerbRespond:
		return (*Session).respond
	case record.VerbCancel:
		return (*Session).cancelAuth
	case record.VerbContent:
		return (*Session).content
	case record.VerbBdat:
		return (*Session).bdat
	case record.VerbQuit:
		return (*Session).quit
	case record.VerbExperiment:
		return (*Session).experiment
	case record.VerbGroup:
		return (*Session).group
	case record.VerbRaw:
		return (*Session).raw
	}
	if walk.IsCommand(v) {
		return (*Session).command
	}
	return nil
}

// observe appends what was seen or done, and what follows from it. Nobody is written to after the session is out of sync, so
// the connection goes then.
func (s *Session) observe(e record.Event) { s.keep(&e) }

// keep is observe for an event that is the log's from now on.
func (s *Session) keep(e *record.Event) {
	if e.T == 0 {
		e.T = s.cfg.Now().Sub(s.began)
	}
	follows := s.took(e)
	s.append(e)
	for i := range follows {
		s.append(&follows[i])
	}
	over := s.snap.State.Stage == record.StageClosed || s.snap.State.Stage == record.StageBroken
	if over && e.Step != record.VerbQuit { // which says goodbye in TLS too
		s.Close()
	}
}

// took thinks an event of this step through.
func (s *Session) took(e *record.Event) []record.Event {
	e.Step = s.step
	if s.cfg.Unexplained {
		return walk.Unexplained(&s.snap, e)
	}
	return walk.Took(&s.snap, e)
}

func (s *Session) append(e *record.Event) {
	s.log.Keep(e)
	s.snap.Take(e)
}

// failure is the error for what the log says went wrong since it had n events; err is the system's own word.
func (s *Session) failure(n int, err error) error {
	list := s.snap.Failures
	if len(list) == 0 || list[len(list)-1].Seq <= n {
		return err
	}
	f := list[len(list)-1]
	v := walk.VerdictOf(s.snap, f)
	e := &record.Error{Phase: v.Phase, Verb: f.Step, Command: f.Line, Code: v.Code, Enhanced: v.Enhanced, Finding: v.Finding,
		Text: f.Finding.Text, Hint: f.Finding.Remedies(), Exit: v.Exit, Err: errors.Join(sentinel(f), err)}
	if f.Reply != nil {
		for _, l := range f.Reply.Lines {
			e.Lines = append(e.Lines, l.Text)
		}
	}
	return e
}

// sentinel is the kind of a failure, for [errors.Is].
func sentinel(f record.Failure) error {
	switch {
	case f.Finding.Waited:
		return record.ErrTimeout
	case f.Finding.Code == record.FoundSTARTTLSInjection:
		return record.ErrInjected
	case f.Finding.Code == record.FoundOutOfSync, f.Finding.Code == record.FoundReplyUnexpected:
		return record.ErrOutOfSync
	case f.Reply != nil:
		return record.ErrRefused
	}
	return nil
}

// unsendable is an error about a step of which nothing went out: it is not in the log.
func unsendable(v record.Verb, text, hint string) *record.Error {
	return &record.Error{Verb: v, Phase: walk.PhaseOf(v, record.State{}), Exit: record.ExitUsage, Text: text, Hint: hint}
}

// canceled is the error of a step that a person stopped.
func canceled(v record.Verb, err error) error {
	return &record.Error{Verb: v, Phase: walk.PhaseOf(v, record.State{}), Exit: record.ExitStopped, Text: "The step was stopped.", Err: errors.Join(record.ErrCanceled, err)}
}

// crashed turns a panic into evidence. What was passed to panic may hold anything, so only its type and place are told.
func (s *Session) crashed(r any) error {
	f := record.NewFault("the step "+string(s.step), r)
	s.observe(record.Event{Kind: record.KindFault, Fault: f})
	return f
}

// Reveal switches the masks of this session's secrets off or on for the steps to come. What is recorded meanwhile holds
// passwords, proofs and tokens as they are, in the log and in everything made from it. Call it when no step runs.
func (s *Session) Reveal(on bool) {
	if s.snap.Revealed != on || !on && s.cfg.Public != nil && !s.snap.Veiled {
		s.observe(record.Event{Kind: record.KindReveal, Reveal: &record.Reveal{On: on}})
	}
}

// Next makes another session by the plan as it stands, with all that was given for it, in a log of its own. It is for going
// on after this one was finished, and does no I/O.
func (s *Session) Next() *Session {
	next := New(s.cfg)
	if s.snap.Revealed || s.snap.Veiled {
		next.Reveal(s.snap.Revealed)
	}
	return next
}

// Means are what following an advice may take that no plan holds.
type Means struct {
	Roots       *x509.CertPool // nil leaves those there are
	RootsFrom   string
	Certificate *tls.Certificate // nil likewise
}

// Change goes on by another plan: on a new connection if it says so. Call it when no step runs.
func (s *Session) Change(c record.Change, m Means) {
	plan := c.Plan
	if plan.Target.Host != s.cfg.Target.Host || plan.Network != s.cfg.Plan.Network {
		s.addrs, s.hosts = nil, nil
	}
	s.cfg.Target, s.cfg.Policy, s.cfg.Plan = plan.Target, plan.Policy, plan
	s.secrets.plan(plan)
	s.cfg.Network, s.cfg.TLS.ServerName = cmp.Or(plan.Network, "ip"), plan.ServerName
	if v := versionNamed(plan.TLSMax); v != 0 {
		s.cfg.TLS.MaxVersion = v
	}
	s.cfg.TLS.Legacy = plan.LegacyTLS
	if m.Roots != nil {
		s.cfg.TLS.RootCAs, s.cfg.TLS.RootsFrom = m.Roots, m.RootsFrom
	}
	if m.Certificate != nil {
		s.cfg.TLS.Certificates = []tls.Certificate{*m.Certificate}
	}
	if c.Skipped > 0 {
		now := s.cfg.Now
		s.cfg.Now = func() time.Time { return now().Add(c.Skipped) }
	}
	if c.Reconnect {
		s.restart()
	}
	s.declined = nil
	s.observe(record.Event{Kind: record.KindChange, Change: &c})
}

// versionNamed is the version of TLS that is called so, as in "1.2"; 0 if none is.
func versionNamed(name string) uint16 {
	for v := uint16(tls.VersionTLS10); v <= tls.VersionTLS13; v++ {
		if tls.VersionName(v) == "TLS "+name {
			return v
		}
	}
	return 0
}

// Note appends a person's remark on an event, or another form of one. A secret that the session knows is not kept in it, whatever
// Reveal says.
func (s *Session) Note(n record.Note) {
	now := s.cfg.Now()
	n.Text, n.Time = s.secrets.own.masked(n.Text), now
	s.log.Append(record.Event{T: now.Sub(s.began), Kind: record.KindNote, Note: &n})
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

// Outcome is what the session has come to so far; nothing is written. Call it when no step runs.
func (s *Session) Outcome() record.Verdict {
	return walk.Outcome(s.snap, walk.Ending{Declined: s.declined})
}

// Finish drops the connection and closes the log with the verdict. Later calls change nothing. Call it when no step runs.
func (s *Session) Finish() record.Verdict {
	s.ended.Do(func() {
		s.Close()
		s.beside(context.Background(), "")
		v := s.Outcome()
		s.append(&record.Event{T: s.cfg.Now().Sub(s.began), Kind: record.KindEnd, End: &v})
	})
	return *s.snap.End
}
