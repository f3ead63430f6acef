package plain

import (
	"context"
	"errors"
	"io"
	"time"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts"
)

// Replay goes through a transcript step by step.
type Replay struct {
	Console
	File *transcripts.File
	// Follow tells what there is, and what comes as long as the session is running, before anything is asked; the file has to be one
	// that is followed.
	Follow bool
	// At is where it begins: the number of an event, 0 for the start, -1 for the end.
	At int
	// After replaces [time.After] for the waits of what is played; nil is that.
	After func(time.Duration) <-chan time.Time
	// Author signs notes; empty leaves them unsigned.
	Author string
	// Predict has a question come before each step.
	Predict bool
	// TakeUp takes the steps of a trail again in a live session, on the console that is given, and says itself what goes wrong; an
	// error is that of the console. nil if no session can be started.
	TakeUp func(ctx context.Context, c Console, t walk.Trail) error
	// Compare compares the file with another one; nil if nothing is compared.
	Compare Compare
}

// Run shows the first step and then what is asked for, until the person ends it or the input does; that is no error.
func (r Replay) Run(ctx context.Context) error {
	w := &replay{view: view{dialog: newDialog(r.Console), src: r.File, notes: r.File.Notes(), author: r.Author}, moments: record.NewTimeline(r.File), after: r.After, file: r.File, takesUp: r.TakeUp, compares: r.Compare}
	w.foreteller = foreteller{dialog: w.dialog, on: r.Predict}
	w.print(greeting)
	w.introduce()
	if w.after == nil {
		w.after = time.After
	}
	if r.Follow {
		if err := w.listen(ctx); err != nil {
			return err
		}
	} else {
		w.begin(r.At)
	}
	for {
		done, err := w.turn(ctx)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, errInterrupted):
			w.print("")
			return nil
		case err != nil || done:
			return err
		}
	}
}

type replay struct {
	view
	foreteller foreteller
	moments    *record.Timeline // what was known at each place
	listens    bool             // to more about the step told last: what came next was announced
	after      func(time.Duration) <-chan time.Time
	file       *transcripts.File
	takesUp    func(ctx context.Context, c Console, t walk.Trail) error
	compares   Compare
}

// begin tells the step with which it begins.
func (r *replay) begin(at int) {
	switch {
	case at < 0:
		r.open(r.src.Len() - 1)
	case at > 0:
		r.jump(at)
	default:
		r.forward()
	}
}

// listen tells what comes until the session is over, or the person has heard enough.
func (r *replay) listen(ctx context.Context) error {
	wake, stop := r.src.Watch()
	defer stop()
	for {
		r.show(r.src.Len())
		if r.broken != nil || r.file.Whole() && !r.file.Running() && r.pos == r.src.Len() {
			return r.broken
		}
		select {
		case <-wake:
		case <-r.Interrupt:
			r.print("")
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *replay) keys() []key {
	first := keyForward
	if r.pos >= r.src.Len() {
		first = keyHeard
	}
	keys := []key{first, keyBack, keyJump, keyPhase, keyFinding, keyNoted, keyPlay, keyPredict, keyNumbers, keyNote, keyNotes, keyRewrite, keyErase, keyAuthor, keyTitle, keyTags, keyExplain, keyCards, keySearch, keyOnly, keyLog, keyPath, keySame, keyQuit, keyHelp}
	if r.end != nil {
		keys = append(keys, keyFacts)
	}
	if r.compares != nil {
		keys = append(keys, keyCompare)
	}
	if r.takesUp != nil {
		keys = append(keys, keyLive)
	}
	return keys
}

// turn asks once and does what is asked.
func (r *replay) turn(ctx context.Context) (done bool, err error) {
	if r.broken != nil {
		return true, r.broken
	}
	switch {
	case r.ahead != "":
	case r.pos >= r.src.Len():
		r.atEnd()
	case !r.listens:
		r.announce()
	}
	line, err := r.key(ctx, r.keys())
	if err != nil {
		return true, err
	}
	t, ok := match(line, r.keys())
	if !ok {
		return false, r.other(ctx, line)
	}
	r.echo(t.echoed())
	r.listens = t.key != keyForward && t.key != keyBack && t.key != keyJump && t.key != keyPhase && t.key != keyFinding && t.key != keyNoted
	return t.key == keyQuit || t.key == keyHeard, r.do(ctx, t)
}

func (r *replay) do(ctx context.Context, t typed) error {
	if reads, err := r.learn(ctx, t); reads {
		return err
	}
	switch t.key {
	case keyLive:
		return r.takeUp(ctx)
	case keyForward:
		return r.onward(ctx)
	case keyPredict:
		r.foreteller.turn()
	case keyBack:
		if !r.back() {
			r.print("this is the first step")
		}
	case keyJump:
		r.jump(t.n)
	case keyFacts:
		r.facts(r.end.Facts)
	case keyExplain:
		r.more()
	case keyLog, keyPath:
		r.beside(t.key)
	case keyHelp:
		r.help(r.keys(), t.rest)
	case keyTitle, keyTags:
		r.title(t)
	case keyCompare:
		r.compareWith(r.compares, t.rest)
	case keySame:
		r.sameAs(r.moments.At(r.pos), t.rest)
	case keyPhase, keyFinding, keyNoted:
		r.move(t)
	case keyPlay:
		return r.play(ctx, t.rest)
	case keyNumbers:
		r.number()
	default:
		return r.onNotes(ctx, t, r.keepNote)
	}
	return nil
}

func (r *replay) keepNote(n record.Note) error {
	if err := r.file.AddNote(n); err != nil {
		return err
	}
	switch r.notes = r.file.Notes(); {
	case n.Text == "":
		r.printf("note %d is removed", n.Edits)
	case n.Edits != 0:
		r.printf("note %d is rewritten", n.Edits)
	default:
		r.printf("note %d is on event %d now", r.file.Len(), n.On)
	}
	return nil
}

// atEnd says once what a session without an end came to, and where the file stops being a transcript.
func (r *replay) atEnd() {
	if r.file.Running() {
		r.print("the session is still running, and this is all of it so far")
		return
	}
	if v := r.file.Verdict(); v != nil && v.Facts.CutOff && v.Cause != r.said {
		r.sumUp(*v)
		r.end = v
	}
	if d := r.file.Damage(); d != nil {
		r.printf("the transcript is %s", d)
		r.printf("hint: %s", d.Hint)
		return
	}
	r.print("this is the end of the transcript")
}

// problem prints an error with its hint.
func (d *dialog) problem(err error) {
	d.printf("warning: %v", err)
	var e *transcripts.Error
	if errors.As(err, &e) && e.Hint != "" {
		d.printf("hint: %s", e.Hint)
	}
}
