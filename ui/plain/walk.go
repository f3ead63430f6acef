package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/transcripts/export"
	"ehlo/ui/bench"
)

// Engine runs steps; [session.Session] is one.
type Engine interface {
	Do(ctx context.Context, st record.Step) error
	Log() *record.Log
	Note(on int, text string)
	Reveal(on bool)
	Check(st record.Step) []string
	Finish(err error) record.Exit
}

// Walk goes through a session step by step.
type Walk struct {
	Console
	Engine Engine
	// Events is what is shown: the recorder's view of the engine's log, or the log itself.
	Events record.Source
	Goal   walk.Goal
	Text   export.Text
}

// Run goes on until the person ends the session, the input ends, or ctx does. It always finishes the session. The
// error is that of the output, or a [*session.Fault]; what went wrong in the session is in the exit code and the end
// event.
func (w Walk) Run(ctx context.Context) (record.Exit, error) {
	w.Text.Numbers = true
	k := &explorer{view: view{dialog: newDialog(w.Console), src: w.Events, text: w.Text}, engine: w.Engine, goal: w.Goal}
	k.print(export.Legend())
	k.catchUp(nil)
	err := k.loop(ctx)
	switch {
	case errors.Is(err, errInterrupted), ctx.Err() != nil:
		k.failure = record.ErrCancelled
	case errors.Is(err, io.EOF):
		k.print("")
	case err != nil && k.broken == nil:
		k.broken = err
	}
	exit := k.engine.Finish(k.failure)
	k.pos = k.shown
	k.catchUp(nil)
	if f, crashed := errors.AsType[*record.Fault](k.failure); crashed {
		return exit, errors.Join(k.broken, f)
	}
	return exit, k.broken
}

type explorer struct {
	view
	engine  Engine
	goal    walk.Goal
	snap    record.Snapshot // after the events that were shown once
	shown   int             // how many those are
	chosen  *walk.Option    // instead of the proposal
	failure error           // what kept the session from going as asked
	bench   *bench.Bench    // what responses of AUTH are built with; nil if none was
	asked   bool            // for a password, in vain
	warned  bool            // that the transcript is not written any more
}

func (w *explorer) loop(ctx context.Context) error {
	for w.broken == nil {
		done, err := w.turn(ctx)
		if done || err != nil {
			return err
		}
	}
	return w.broken
}

// turn asks once and does what is asked.
func (w *explorer) turn(ctx context.Context) (done bool, err error) {
	next, err := w.next(ctx)
	if err != nil {
		return true, err
	}
	w.warn()
	keys := w.keys(next)
	if w.pos == w.shown {
		w.announce(next)
	}
	line, err := w.ask(ctx, prompt(keys))
	if err != nil {
		return true, err
	}
	t, ok := match(line, keys)
	if !ok {
		w.print("that is none of the keys; ? lists them")
		return false, nil
	}
	w.echo(t.echoed())
	return t.key == keyQuit || t.key == keyFinish, w.act(ctx, t, next)
}

func (w *explorer) act(ctx context.Context, t typed, next walk.Option) error {
	switch t.key {
	case keySend, keyGo:
		if next.Blocked != nil && w.failure == nil {
			w.failure = next.Blocked
		}
		return w.do(ctx, next.Step)
	case keyEdit:
		return w.edit(ctx, next)
	case keyOptions:
		return w.choose(ctx)
	case keyRaw:
		return w.raw(ctx)
	case keyNote:
		return w.note(ctx, t.rest, w.keepNote)
	case keyLogin:
		return w.login(ctx)
	case keyBuild:
		return w.build(ctx, next)
	case keyCancel:
		return w.do(ctx, record.Step{Verb: record.VerbCancel, Line: "*"})
	case keyReveal:
		return w.reveal(ctx)
	default:
		w.look(t)
	}
	return nil
}

// look moves the position, or says something about it.
func (w *explorer) look(t typed) {
	switch t.key {
	case keyForward:
		w.forward()
	case keyBack:
		if !w.back() {
			w.print("this is the first step")
		}
	case keyJump:
		w.jump(t.n)
	case keyLatest:
		w.open(w.shown - 1)
	case keyExplain:
		w.explain(t.rest)
	case keyWays:
		w.ways()
	case keyHelp:
		w.help(w.keys(w.proposal()))
	}
}

// warn says once that the recorder that is read from has failed.
func (w *explorer) warn() {
	r, ok := w.src.(interface{ Err() error })
	if !ok || w.warned || r.Err() == nil {
		return
	}
	w.warned = true
	w.problem(r.Err())
}

// keys are those that work now. Looking back, only looking works.
func (w *explorer) keys(next walk.Option) []key {
	if w.pos < w.shown {
		return []key{keyForward, keyBack, keyJump, keyLatest, keyNote, keyExplain, keyQuit, keyHelp}
	}
	keys := []key{keyGo}
	switch {
	case w.chosen == nil && over(w.snap):
		keys = []key{keyFinish}
	case next.Show != "":
		keys = []key{keySend}
	}
	if next.Editable {
		keys = append(keys, keyEdit)
	}
	keys = append(append(keys, keyOptions), w.authKeys(next)...)
	if w.snap.State.Connected() {
		keys = append(keys, keyRaw)
	}
	return append(keys, keyReveal, keyBack, keyJump, keyNote, keyExplain, keyQuit, keyHelp)
}

// over reports whether the walk has come to its end. A connection that closes because TLS failed is none where the
// policy lets it go on without.
func over(s record.Snapshot) bool {
	if s.State.Stage != record.StageClosed {
		return false
	}
	return !s.State.FailedAt(record.PhaseHandshake) || s.Start == nil || s.Start.Policy.Must != record.MustOpportunistic
}

func (w *explorer) proposal() walk.Option {
	if w.chosen != nil {
		return *w.chosen
	}
	options := walk.Options(w.snap, w.goal)
	if len(options) == 0 {
		return walk.Option{Step: record.Step{Verb: record.VerbResolve}}
	}
	return options[0]
}

// next is the step to announce. Where the walk is blocked for want of a password, it is asked for, once.
func (w *explorer) next(ctx context.Context) (walk.Option, error) {
	o := w.proposal()
	c := w.goal.Credentials
	if o.Blocked == nil || o.Blocked.Finding != "auth-not-possible" || w.asked || c.Username == "" ||
		!c.Password.IsZero() || !c.Token.IsZero() || w.snap.Capabilities == nil || len(w.snap.Capabilities.AuthMechanisms()) == 0 {
		return o, nil
	}
	w.asked = true
	secret, err := w.secret(ctx, "password of "+c.Username+" >")
	if err != nil {
		return o, err
	}
	w.goal.Credentials.Password = secret
	return w.proposal(), nil
}

// announce says what comes next and why.
func (w *explorer) announce(o walk.Option) {
	w.print("")
	if w.chosen == nil && over(w.snap) {
		w.print("the session is over")
		return
	}
	if o.Blocked != nil {
		w.printf("stopped: %s", w.again(o.Blocked.Text))
		w.hint(w.text.Fresh(onPrompt(o.Blocked.Hint)))
	}
	w.printf("next%s: %s", w.doubt(), w.label(o))
	if o.Blocked == nil {
		w.printf("  %s", reason(o))
	}
	if o.Expect != "" {
		w.printf("  out of order: %s", o.Expect)
	}
	if o.Guard != nil {
		w.printf("  will be asked first: %s", o.Guard.Question)
	}
}

// doubt goes with every step that is proposed over TLS to nobody knows whom.
func (w *explorer) doubt() string {
	if w.snap.State.Security.Unverified() {
		return " (TLS unverified)"
	}
	return ""
}

// again is a text that may have been printed with the events: then it points there.
func (w *explorer) again(text string) string {
	switch fresh := w.text.Fresh(text); fresh {
	case text:
		return text
	case "":
		return "as said above"
	default:
		return fresh + ", as said above"
	}
}

func (w *explorer) hint(hint string) {
	if hint != "" {
		w.printf("  %s", hint)
	}
}

// reason is why, with its source unless that is said already.
func reason(o walk.Option) string {
	if o.Ref == "" || strings.Contains(o.Why, "RFC ") {
		return o.Why
	}
	return o.Why + " (" + o.Ref + ")"
}

// label is the line that is sent, or what is done where there is none.
func (w *explorer) label(o walk.Option) string {
	var target record.Target
	if w.snap.Start != nil {
		target = w.snap.Start.Target
	}
	switch {
	case o.Show != "":
		return o.Show
	case o.Step.Verb == record.VerbResolve:
		return "look up " + target.Host
	case o.Step.Verb == record.VerbConnect:
		return fmt.Sprintf("connect to port %d", target.Port)
	case o.Step.Verb == record.VerbGreeting:
		return "wait for the greeting"
	case o.Step.Verb == record.VerbHandshake:
		return "TLS handshake"
	case o.Step.Verb == record.VerbRespond && w.snap.State.Pending != nil:
		return "an empty line"
	case o.Step.Verb == record.VerbRaw:
		return "any line"
	}
	return string(o.Step.Verb)
}

// maskedStep reports whether what would be typed in place of the step is likely to be a secret.
func maskedStep(o walk.Option) bool {
	return o.Step.Verb == record.VerbAuth || o.Step.Verb == record.VerbRespond || strings.Contains(o.Show, sasl.Mask)
}
