package ui

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/engine"
	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// scene is an engine that plays canned events, with a clock that stands still. What it says is the same in every run.
type scene struct {
	log      *record.Log
	state    record.State
	snap     record.Snapshot // what the log comes to
	now      time.Duration
	step     record.Verb
	mu       sync.Mutex
	did      []record.Step
	verified bool
	refuse   map[record.Verb]string // replies to give instead of the good ones
	guards   map[record.Verb]walk.Guard
	hold     chan struct{} // steps wait for it, if there is one
	declined *walk.Guard
	found    record.FindingCode // of a step that is refused; empty is wrong credentials
	changes  []record.Change
	means    []engine.Means
	verdict  record.Verdict // of the end event
	ends     int
	closed   bool
	offers   string // the mechanisms inside TLS
	right    string // the end of the AUTH line that Check takes for right
	// challenges are what the mechanisms ask for in which the server speaks first
	challenges map[string]func(*scene)
}

func newScene() *scene {
	s := &scene{log: &record.Log{}, state: record.NewState(), verified: true, offers: "PLAIN LOGIN", refuse: map[record.Verb]string{}, guards: map[record.Verb]walk.Guard{},
		challenges: map[string]func(*scene){"CRAM-MD5": (*scene).challenge, "SCRAM-SHA-256": (*scene).scramChallenge}}
	s.add(record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format, Program: "ehlo test", Time: epoch, Plan: scenePlan()}})
	s.settle()
	return s
}

// scenePlan is what is wanted of the scene.
func scenePlan() record.Plan {
	return record.Plan{Target: record.Target{Host: "mail.lab", Port: 587, Lab: true}, Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire},
		Scenario: "submission", Title: "submission on port 587", Story: "Ann sends a message to Bob.",
		User: "ann", Has: []string{"password"}, EHLOName: "laptop.lab.test", From: "ann@lab.test", To: []string{"bob@lab.test"}}
}

// taskLive is a session with a long task.
func taskLive() *Live {
	sc := newScene()
	sc.snap.Start.Task = "Walk from the name lookup to QUIT, and say after each step what client and server know of each other."
	return sc.live()
}

func (s *scene) live() *Live {
	g := walk.Goal{EHLOName: "laptop.lab.test", From: "ann@lab.test", To: []string{"bob@lab.test"}, Subject: "a test", Body: "Hello Bob."}
	g.Credentials.Username, g.Credentials.Password = "ann", sasl.NewSecret("tulip-42")
	return &Live{Engine: s, Source: s.log, Goal: g, Path: "/state/ehlo/one.ehlo.ndjson", Stop: func() error { return nil },
		Accounts: []Account{{User: "ann", Password: "tulip-42", Note: "an ordinary user", Token: "practice-token-ann"},
			{User: "bob", Password: "bicycle-7", Note: "has two-step verification on", AppPassword: "wxyz-practice-abcd", Token: "practice-token-bob"}}}
}

func (s *scene) Log() *record.Log { return s.log }
func (s *scene) Close() error     { s.closed = true; return nil }

func (s *scene) Reveal(on bool) {
	e := record.Event{Kind: record.KindReveal, Reveal: &record.Reveal{On: on}}
	follows := walk.Took(&s.snap, &e)
	for _, e := range append([]record.Event{e}, follows...) {
		s.add(e)
	}
}

// Check knows the right answer and nothing else.
func (s *scene) Check(st record.Step) []string {
	if strings.HasSuffix(st.Line, s.right) {
		return nil
	}
	return []string{"passwd has a different value"}
}

func (s *scene) Note(n record.Note) {
	s.log.Append(record.Event{T: s.now, Kind: record.KindNote, Note: &n})
}

func (s *scene) Outcome() record.Verdict {
	return walk.Outcome(s.snap, walk.Ending{Declined: s.declined})
}

func (s *scene) Finish() record.Verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ends++; s.ends == 1 {
		s.verdict = s.Outcome()
		s.add(record.Event{Kind: record.KindEnd, End: &s.verdict})
	}
	return s.verdict
}

// Change goes on by another plan: what failed is put behind, or the connection is.
func (s *scene) Change(c record.Change, m engine.Means) {
	s.changes, s.means, s.declined = append(s.changes, c), append(s.means, m), nil
	s.state.Failed = nil
	if c.Reconnect {
		s.state = record.NewState()
	}
	s.add(record.Event{Kind: record.KindChange, Change: &c})
	s.settle()
}

// Do plays the events of a step.
func (s *scene) Do(ctx context.Context, st record.Step) error {
	if s.hold != nil {
		select {
		case <-s.hold:
		case <-ctx.Done():
			return s.silence(ctx, st)
		}
	}
	if g, ok := s.guards[st.Verb]; ok && !confirmed(st, g.Code) {
		s.declined = &g
		return &walk.GuardError{Guard: g, Step: st}
	}
	s.mu.Lock()
	s.did = append(s.did, st)
	s.mu.Unlock()
	s.declined = nil
	s.step = st.Verb
	defer func() { s.step = "" }()
	err := s.play(st)
	s.settle()
	return err
}

// silence is a step in which nothing came: only who gave up waiting has learnt something.
func (s *scene) silence(ctx context.Context, st record.Step) error {
	if !errors.Is(context.Cause(ctx), record.ErrGaveUp) {
		return &record.Error{Verb: st.Verb, Text: "The step was stopped.", Err: record.ErrCanceled}
	}
	s.step = st.Verb
	defer func() { s.step = "" }()
	f := record.NewFinding(record.FoundTimeout, "mail.lab said nothing more.")
	f.Phase, f.Waited, f.Remedy = walk.PhaseOf(st.Verb, s.state), true, "try again"
	return s.fail(f)
}

// fail appends the finding that says why a step failed.
func (s *scene) fail(f *record.Finding) error {
	s.add(record.Event{Kind: record.KindFinding, Finding: f})
	s.state = s.state.WithFailed(f.Phase)
	s.settle()
	return &record.Error{Phase: f.Phase, Code: f.Reply, Text: f.Text, Hint: f.Remedy, Finding: f.Code, Err: record.ErrRefused}
}

func confirmed(st record.Step, code record.FindingCode) bool {
	for _, c := range st.Confirmed {
		if c == code {
			return true
		}
	}
	return false
}

func (s *scene) play(st record.Step) error {
	switch st.Verb {
	case record.VerbResolve:
		s.add(record.Event{Kind: record.KindResolve, Resolve: &record.Resolve{Host: "mail.lab", Network: "ip", Addresses: []string{"127.0.0.1", "::1"}, Took: 310 * time.Microsecond}})
		s.state.Stage = record.StageResolved
		s.done(record.PhaseResolve)
	case record.VerbConnect:
		s.add(record.Event{Kind: record.KindConnect, Connect: &record.Connect{Local: "127.0.0.1:40012", Remote: "127.0.0.1:587", Took: 200 * time.Microsecond}})
		s.state.Stage = record.StageConnected
		s.done(record.PhaseConnect)
	case record.VerbGreeting:
		s.reply("220 mail.lab ESMTP practice server\r\n", "the server is ready", "The greeting: the server takes mail and waits for EHLO.")
		s.state.Stage = record.StageGreeted
		s.done(record.PhaseGreeting)
	case record.VerbHandshake:
		return s.handshake()
	default:
		return s.command(st)
	}
	return nil
}

// command plays a line and its reply.
func (s *scene) command(st record.Step) error {
	line := st.Line
	switch {
	case st.Verb == record.VerbAuth && s.challenges[st.Mechanism] != nil:
		line = "AUTH " + st.Mechanism
	case st.Verb == record.VerbAuth:
		line = "AUTH PLAIN " + sasl.Mask
	case st.Verb == record.VerbRespond:
		line = sasl.Mask
	}
	s.send(st, line)
	if text, ok := s.refuse[st.Verb]; ok {
		r := s.reply(text, "refused", "The server said no.")
		f := record.NewFinding(cmp.Or(s.found, record.FoundCredentialsWrong), "The server refused: "+strings.TrimSpace(text))
		f.Phase, f.Reply, f.Remedy = walk.PhaseOf(st.Verb, s.state), r.Code, "check the name and the password"
		if st.Verb == record.VerbRcpt {
			s.state.Refused = append(s.state.Refused, "bob@lab.test")
		}
		return s.fail(f)
	}
	s.accept(st)
	return nil
}

func (s *scene) send(st record.Step, line string) {
	send := &record.Send{Raw: wire.Raw(line + "\r\n"), Edited: st.Edited, TLS: s.state.Security.Encrypted()}
	if st.Verb == record.VerbContent {
		send.Raw, send.Content = wire.Raw("From: ann@lab.test\r\nTo: bob@lab.test\r\nSubject: a test\r\n\r\nHello Bob.\r\n.\r\n"), true
	}
	if send.TLS {
		send.Cipher = &record.Cipher{Bytes: []byte("\x17\x03\x03\x00\x10 sixteen of them"), Total: 21}
	}
	if strings.Contains(line, sasl.Mask) {
		send.Masked, send.Cipher = []string{sasl.HidesPassword}, &record.Cipher{Withheld: true}
	}
	s.add(record.Event{Kind: record.KindSend, Send: send, Explain: &explain.Explanation{Short: "what " + strings.ToUpper(string(st.Verb)) + " is for", Text: "A longer explanation of the command.", Refs: []explain.Ref{{Doc: "RFC 5321", Section: "4.1"}}}})
}

const firstEHLO = "250-mail.lab greets laptop.lab.test\r\n250-PIPELINING\r\n250-SIZE 10485760\r\n250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250 HELP\r\n"

var secondEHLO = strings.Replace(firstEHLO, "STARTTLS", "AUTH PLAIN LOGIN", 1)

// accept plays the good reply to a command and what follows from it.
func (s *scene) accept(st record.Step) {
	switch st.Verb {
	case record.VerbEHLO:
		s.ehlo()
	case record.VerbSTARTTLS:
		s.reply("220 2.0.0 ready to start TLS\r\n", "go ahead with TLS", "The server waits for the TLS handshake.")
		s.state.Stage = record.StageUpgrading
		s.done(record.PhaseSTARTTLS)
	case record.VerbAuth:
		if play := s.challenges[st.Mechanism]; play != nil {
			play(s)
			return
		}
		s.auth()
	case record.VerbRespond:
		s.reply("235 2.7.0 authentication successful\r\n", "logged in", "Authentication succeeded.")
		s.state.Auth, s.state.User, s.state.Pending = record.AuthDone, "ann", nil
		s.done(record.PhaseAuth)
	case record.VerbCancel:
		s.reply("501 5.7.0 authentication canceled\r\n", "canceled", "The exchange was canceled.")
		s.state.Auth, s.state.Pending, s.state.Failed = record.AuthNone, nil, []record.Phase{record.PhaseAuth}
	case record.VerbMail:
		s.reply("250 2.1.0 sender ok\r\n", "sender accepted", "A transaction is open.")
		s.state.Transaction, s.state.Sender = record.TransactionMail, "ann@lab.test"
		s.done(record.PhaseMail)
	case record.VerbRcpt:
		s.reply("250 2.1.5 recipient ok\r\n", "recipient accepted", "The server takes mail for this recipient.")
		s.state.Transaction, s.state.Recipients = record.TransactionRcpt, []string{"bob@lab.test"}
		s.done(record.PhaseRcpt)
	case record.VerbData:
		s.reply("354 go ahead\r\n", "send the message", "The server waits for the message.")
		s.state.Transaction = record.TransactionData
	case record.VerbContent:
		s.reply("250 2.0.0 queued as LAB0001\r\n", "message taken", "The server is responsible for the message now.")
		s.state.Transaction, s.state.Delivered = record.TransactionNone, 1
		s.done(record.PhaseData)
	case record.VerbQuit:
		s.reply("221 2.0.0 closing\r\n", "goodbye", "The server closes.")
		s.state.Stage = record.StageClosed
		s.done(record.PhaseQuit)
	default:
		s.reply("250 2.0.0 ok\r\n", "done", "The command was carried out.")
	}
}

func (s *scene) ehlo() {
	text, phase := firstEHLO, record.PhaseEHLO
	if s.state.Security.Encrypted() {
		text, phase = strings.Replace(secondEHLO, "AUTH PLAIN LOGIN", "AUTH "+s.offers, 1), record.PhaseEHLOAgain
	}
	r := s.reply(text, "here is what the server can do", "Every further line is one extension.")
	c := &record.Capabilities{Capabilities: wire.ParseCapabilities(*r), TLS: s.state.Security.Encrypted()}
	if c.TLS {
		first := wire.ParseCapabilities(*parse(firstEHLO))
		changes := wire.Diff(first, c.Capabilities)
		c.Changes = &changes
	}
	s.add(record.Event{Kind: record.KindCapabilities, Capabilities: c})
	s.state.Stage, s.state.ESMTP = record.StageReady, true
	s.done(phase)
}

// challenge is the one of RFC 2195 §2.
func (s *scene) challenge() {
	s.reply("334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n", "the next piece of AUTH", "The server wants the next piece.")
	s.add(record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "CRAM-MD5", Round: 1, From: "S", Values: []sasl.Value{
		{Name: "challenge", Text: "<1896.697170952@postoffice.reston.mci.net>", How: "should be new each time", Ref: "RFC 2195 §2"}}}})
	s.state.Auth, s.state.Mechanism = record.AuthExchange, "CRAM-MD5"
	s.state.Pending = &record.Pending{Line: sasl.Mask, Hides: sasl.HidesDigest}
}

// scramChallenge is the one of RFC 7677 §3.
func (s *scene) scramChallenge() {
	const first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
	s.add(record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "SCRAM-SHA-256", From: "C", Values: []sasl.Value{
		{Name: "gs2-header", Text: "n,,"}, {Name: "client-first-message-bare", Text: "n=user,r=rOprNGfwEbeRWgbNEkqO"}}}})
	s.reply("334 "+sasl.EncodeBase64([]byte(first))+"\r\n", "the next piece of AUTH", "The server wants the next piece.")
	challenge, _ := sasl.OpenChallenge("SCRAM-SHA-256", []byte(sasl.EncodeBase64([]byte(first))))
	s.add(record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "SCRAM-SHA-256", Round: 1, From: "S", Values: challenge.Values}})
	s.state.Auth, s.state.Mechanism = record.AuthExchange, "SCRAM-SHA-256"
	s.state.Pending = &record.Pending{Line: sasl.Mask, Hides: sasl.HidesProof}
}

func (s *scene) auth() {
	s.state.Failed = nil
	s.add(record.Event{Kind: record.KindAuth, Auth: &record.Auth{Mechanism: "PLAIN", From: "C", Values: []sasl.Value{
		{Name: "authzid"}, {Name: "authcid", Text: "ann"}, {Name: "passwd", Text: "tulip-42", Hides: sasl.HidesPassword, How: "as typed", Ref: "RFC 4616 §2"}}}})
	s.reply("235 2.7.0 authentication successful\r\n", "logged in", "Authentication succeeded.")
	s.state.Auth, s.state.User, s.state.Mechanism = record.AuthDone, "ann", "PLAIN"
	s.done(record.PhaseAuth)
}

var ladder = []struct {
	dir       tlswire.Direction
	name      string
	size      int
	encrypted bool
}{{"C", "ClientHello", 1495, false}, {"S", "ServerHello", 1210, false}, {"S", "EncryptedExtensions", 10, true}, {"S", "Certificate", 951, true},
	{"S", "CertificateVerify", 79, true}, {"S", "Finished", 36, true}, {"C", "Finished", 36, true}}

func (s *scene) handshake() error {
	for i, m := range ladder {
		s.add(record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Seq: i, Dir: m.dir, Kind: tlswire.KindHandshake, Name: m.name,
			Raw: make([]byte, m.size), Encrypted: m.encrypted, Records: make([]tlswire.RecordInfo, 1)}})
	}
	check := record.Check{Name: "time", OK: s.verified, Text: "valid for another 44 days, until 2027-01-07"}
	if !s.verified {
		check.Text, check.Finding, check.Fix = "the server's certificate ended 3 days ago", "cert-expired", "renew it on the server"
	}
	s.add(record.Event{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", Group: "X25519MLKEM768",
		ServerName: "mail.lab", Reference: "mail.lab", Verified: s.verified, Checks: record.Listed([]record.Check{check, {Name: "host", OK: true, Text: "the certificate names mail.lab"}}),
		Took: 1400 * time.Microsecond, Sent: 1564, Received: 2382}})
	s.state.Security = record.SecurityVerified
	if !s.verified {
		s.state.Security = record.SecurityUnverified
		s.add(record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "cert-expired", Severity: "danger", Text: "the server's certificate ended 3 days ago", Remedy: "renew it on the server"}})
	}
	s.add(record.Event{Kind: record.KindForgot, Forgot: &record.Forgot{Greeting: "mail.lab ESMTP", Capabilities: []string{"PIPELINING", "SIZE", "STARTTLS"}}})
	s.state.Stage, s.state.ESMTP = record.StageGreeted, false
	s.done(record.PhaseHandshake)
	return nil
}

func (s *scene) done(p record.Phase) {
	s.state.Done = append(append([]record.Phase(nil), s.state.Done...), p)
}

func (s *scene) add(e record.Event) {
	s.now += 7 * time.Millisecond
	e.T, e.Step = s.now, s.step
	s.snap = s.snap.Next(s.log.Append(e))
}

func (s *scene) settle() {
	state := s.state
	s.add(record.Event{Kind: record.KindState, State: &state})
}

func (s *scene) reply(text, short, long string) *wire.Reply {
	r := &record.Reply{Reply: *parse(text), Wait: 3 * time.Millisecond, Took: 40 * time.Microsecond, TLS: s.state.Security.Encrypted()}
	if r.TLS {
		r.Cipher = &record.Cipher{Bytes: []byte("\x17\x03\x03\x00\x20 a few of those bytes"), Total: 37}
	}
	s.add(record.Event{Kind: record.KindReply, Reply: r, Explain: &explain.Explanation{Short: short, Text: long, Refs: []explain.Ref{{Doc: "RFC 5321", Section: "4.2"}, {Doc: "RFC 5321", Section: "4.3.1"}}}})
	return &r.Reply
}

// parse reads a reply as the engine does.
func parse(text string) *wire.Reply {
	r, _ := wire.NewReader(strings.NewReader(text), wire.Limits{}).ReadReply()
	return &r
}

func (s *scene) steps() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var verbs []string
	for _, st := range s.did {
		verbs = append(verbs, string(st.Verb))
	}
	return strings.Join(verbs, " ")
}

func (s *scene) last() record.Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.did[len(s.did)-1]
}

// walked is a scene after n presses of enter.
func walked(t *testing.T, n, width, height int) (*sim, *scene) {
	t.Helper()
	sc := newScene()
	s := simLive(t, sc.live(), width, height)
	for range n {
		s.press("enter")
	}
	return s, sc
}

var errDisk = errors.New("no space left on device")
