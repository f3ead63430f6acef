package plain

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
)

// step does the step that was announced.
func (w *explorer) step(ctx context.Context, next walk.Option) error {
	proposed, before := w.chosen == nil, w.shown
	err := w.do(ctx, next.Step)
	if w.foreteller.on { // which asks about it
		w.release()
	}
	w.stuck = proposed && w.shown == before
	return err
}

// do runs a step, asking first what has to be asked.
func (w *explorer) do(ctx context.Context, st record.Step) error {
	if st.Verb == record.VerbRaw && st.Line == "" {
		return w.raw(ctx)
	}
	if err := w.credentials(ctx, &st); err != nil {
		return err
	}
	w.chosen = nil
	if st.Verb != record.VerbQuit {
		w.declined = nil
	}
	w.stuck = false
	if c, changed := walk.Settled(w.snap, w.logged, w.goal); changed && walk.Settles(st.Verb) {
		w.logged = w.goal
		w.engine.Change(c, engine.Means{})
	}
	return w.confirmed(ctx, st)
}

// confirmed runs a step; whatever guards it is asked, one after the other.
func (w *explorer) confirmed(ctx context.Context, st record.Step) error {
	err := w.run(ctx, st)
	g, guarded := errors.AsType[*walk.GuardError](err)
	if !guarded || slices.Contains(st.Confirmed, g.Guard.Code) {
		if err != nil {
			w.report(err)
		}
		return nil
	}
	w.printf("warning: %s", g.Guard.Why)
	yes, err := w.yes(ctx, g.Guard.Question)
	switch {
	case err != nil:
		return err
	case !yes:
		w.declined, w.advised = &g.Guard, 0
		w.print("the step was not taken; nothing was sent")
		return nil
	}
	return w.confirmed(ctx, st.Confirm(g.Guard.Code))
}

// run does one step, showing events as they come. An interrupt ends the wait, and leaves the session to go on with what is
// left of it; a second one ends the session.
func (w *explorer) run(ctx context.Context, st record.Step) error {
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	done := make(chan error, 1)
	go func() { done <- record.Try("the engine", func() error { return w.engine.Do(ctx, st) }) }()
	finished, told := make(chan struct{}), make(chan string, 2)
	before := w.snap
	var err error
	go func() {
		defer close(finished)
		for late := w.late(); ; {
			select {
			case err = <-done:
				return
			case <-late:
				told <- words.List("; ", words.Awaited(st.Verb), words.Meanwhile(before, st.Verb, false)) + "; ctrl-c stops waiting"
			case <-w.Interrupt:
				if w.leaving = errors.Is(context.Cause(ctx), record.ErrGaveUp); !w.leaving {
					told <- words.List("; ", "no longer waiting", words.Meanwhile(before, st.Verb, true))
				}
				giveUp(record.ErrGaveUp)
			}
		}
	}()
	w.listen(finished, told)
	return err
}

// catchUp shows what the log has.
func (w *explorer) catchUp() { w.listen(nil, nil) }

// listen shows what the log has until running is closed, and then the rest; beside that it says what is told about the wait. The
// source may lag behind the log: a recorder writes first.
func (w *explorer) listen(running <-chan struct{}, told <-chan string) {
	wake, stop := w.src.Watch()
	defer stop()
	for {
		select {
		case <-running:
			running = nil
		default:
		}
		over, all := running == nil, w.engine.Log().Len()
		w.tell(told)
		w.fresh(w.src.Len())
		if over && w.shown >= all {
			return
		}
		select {
		case <-wake:
		case text := <-told:
			w.print(text)
		case <-running:
			running = nil
		}
	}
}

// tell says what is told by now.
func (w *explorer) tell(told <-chan string) {
	for {
		select {
		case text := <-told:
			w.print(text)
		default:
			return
		}
	}
}

// fresh shows events that were never shown. Who looks back goes on looking there.
func (w *explorer) fresh(to int) {
	at, looking := w.pos, w.pos < w.shown
	w.pos = w.shown
	w.show(to)
	for ; w.shown < w.pos; w.shown++ {
		w.snap = w.snap.Next(w.src.At(w.shown))
	}
	if looking {
		w.pos = at
	}
}

// report says what went wrong where no finding that was told has said it.
func (w *explorer) report(err error) {
	if f, crashed := errors.AsType[*record.Fault](err); crashed {
		w.fault = f
	}
	var e *record.Error
	if errors.As(err, &e) && e.Finding != "" && (w.only == nil || slices.Contains(w.spoken.found, e.Finding)) {
		return
	}
	w.printf("warning: %s", err)
	if e != nil && e.Hint != "" {
		w.printf("hint: %s", e.Hint)
	}
}

// credentials asks for what an AUTH command needs and nobody has given yet.
func (w *explorer) credentials(ctx context.Context, st *record.Step) (err error) {
	info, known := sasl.Lookup(st.Mechanism)
	if st.Verb != record.VerbAuth || st.Line != "" {
		return nil
	}
	if !known || !info.Supported { // the bare command shows what the server says to it
		st.Line, st.Edited = "AUTH "+st.Mechanism, true
		return nil
	}
	c := &w.goal.Credentials
	needs := info.Needs == sasl.NeedsPassword || info.Needs == sasl.NeedsToken
	if needs && c.Username == "" {
		if c.Username, err = w.line(ctx, "username:", false); err != nil {
			return err
		}
	}
	if info.Needs == sasl.NeedsPassword && c.Password.IsZero() {
		c.Password, err = w.secret(ctx, "password of "+c.Username+":")
	}
	if info.Needs == sasl.NeedsToken && c.Token.IsZero() {
		c.Token, err = w.secret(ctx, "access token of "+c.Username+":")
	}
	st.Credentials = *c
	return err
}

// edit takes another line for a step. It is announced before it is sent, like every step.
func (w *explorer) edit(ctx context.Context, o walk.Option) error {
	line, err := w.line(ctx, "new line, empty keeps it:", maskedStep(o))
	if err != nil || line == "" {
		return err
	}
	o.Step.Line, o.Step.Edited, o.Show = line, true, line
	if maskedStep(o) {
		o.Show = sasl.Mask
		w.compare(o.Step)
	}
	w.chosen = &o
	return nil
}

// raw takes any line and sends it.
func (w *explorer) raw(ctx context.Context) error {
	line, err := w.line(ctx, "line to send, empty for none:", w.snap.State.Auth == record.AuthExchange)
	if err != nil || line == "" {
		return err
	}
	return w.do(ctx, record.Step{Verb: record.VerbRaw, Line: line, Edited: true, Credentials: w.goal.Credentials})
}

// line reads a line for the server. What may be a secret is typed unseen.
func (w *explorer) line(ctx context.Context, prompt string, secret bool) (string, error) {
	if secret {
		s, err := w.secret(ctx, prompt)
		return s.Reveal(), err
	}
	line, err := w.ask(ctx, prompt)
	if err == nil && !w.terminal {
		w.print("") // not repeated: the event will show it, masked where it must be
	}
	return line, err
}

// choose lists what can be done and takes one of it as the next step.
func (w *explorer) choose(ctx context.Context) error {
	options := walk.Options(w.snap, w.goal)
	for i, o := range options {
		order := ""
		if !o.Legal {
			order = "out of order: " + o.Expect
		}
		w.printf("%d: %s", i+1, words.List("; ", words.List(": ", w.label(o), purpose(o)), order))
	}
	line, err := w.ask(ctx, "number, empty for none:")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(line)
	if err != nil || n < 1 || n > len(options) {
		w.echo("")
		w.print("no step was chosen")
		return nil
	}
	w.echo(line)
	w.chosen = &options[n-1]
	return nil
}

// keepNote hands a note to the session and waits until it is in the file.
func (w *explorer) keepNote(n record.Note) error {
	if n.On < 1 || n.On > w.shown {
		w.printf("there is no event %d; the last is %d", n.On, w.shown)
		return nil
	}
	w.engine.Note(n)
	w.catchUp()
	return nil
}
