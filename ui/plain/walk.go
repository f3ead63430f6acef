package plain

import (
	"context"
	"errors"
	"io"
	"time"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
	"ehlo/ui/bench"
)

// Engine runs steps; [engine.Session] is one.
type Engine interface {
	Do(ctx context.Context, st record.Step) error
	Change(c record.Change, m engine.Means)
	Log() *record.Log
	Note(n record.Note)
	Reveal(on bool)
	Check(st record.Step) []string
	Finish() record.Verdict
}

// Walk goes through a session step by step.
type Walk struct {
	Console
	Engine Engine
	// Compare compares the session so far with a transcript; nil if nothing is compared.
	Compare Compare
	// Events is what is shown: the recorder's view of the engine's log, or the log itself.
	Events record.Source
	Goal   walk.Goal
	Means  Means
	// Author signs notes; empty leaves them unsigned.
	Author string
	// Predict has a question come before each step.
	Predict bool
	// Trail are the steps of a recorded session that this one takes first; none for a session of its own.
	Trail []walk.Taken
	// Part is what a lesson is about in it; nil for a session of its own.
	Part *Part
	// Accounts introduce the practice server's users, a sentence each, to who logs in as another; nil on other servers.
	Accounts []string
	// Exercise is what the scenario of the practice server asks for; nil where nothing is asked.
	Exercise *Exercise
	// Arrived are the messages in the mailboxes of the practice server; nil on other servers.
	Arrived func() []setup.Arrival
	// Late tells when a step that still runs has run so long that a person should hear what it waits for; nil is after two seconds.
	Late func() <-chan time.Time
	// Next makes another session with the same server once this one has ended; nil if that cannot be done.
	Next func() (Engine, record.Source)
}

// Run goes on until the person ends the session, the input ends, or ctx does. It always finishes the session. The
// error is that of the output, or a [*record.Fault]; what the session came to is in the verdict, that of the last one where an
// advice was followed after the end.
func (w Walk) Run(ctx context.Context) (record.Verdict, error) {
	k := &explorer{view: view{dialog: newDialog(w.Console), src: w.Events, author: w.Author, holds: true}, engine: w.Engine, goal: w.Goal, logged: w.Goal, means: w.Means, accounts: w.Accounts, exercise: w.Exercise, compares: w.Compare, arrived: w.Arrived,
		trail: trail{left: w.Trail, all: len(w.Trail)}, part: w.Part, late: w.Late}
	k.foreteller = foreteller{dialog: k.dialog, on: w.Predict}
	if k.late == nil {
		k.late = func() <-chan time.Time { return time.After(2 * time.Second) }
	}
	k.task, k.atHand = w.Part.task(), w.Means.atHand()
	k.clock = w.Means.Advance != nil
	k.print(greeting)
	k.catchUp()
	for {
		verdict, ended := k.toTheEnd(ctx)
		if !ended {
			return verdict, k.failed()
		}
		next, err := k.followOn(ctx, w.Next)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, errInterrupted) && ctx.Err() == nil && k.broken == nil {
			k.broken = err
		}
		if next == nil {
			k.unsolved()
			return verdict, k.failed()
		}
		k = next
	}
}

// toTheEnd goes through a session and finishes it. ended says that the person came to its end, and did not leave.
func (w *explorer) toTheEnd(ctx context.Context) (v record.Verdict, ended bool) {
	err := w.loop(ctx)
	ended = err == nil && w.over() && !w.left
	switch {
	case errors.Is(err, errInterrupted), ctx.Err() != nil:
	case errors.Is(err, io.EOF):
		w.print("")
	case err != nil && w.broken == nil:
		w.broken = err
	}
	v = w.engine.Finish()
	w.pos, w.mute = w.shown, w.left && w.pointMade() // there is no more to hear of what was left when its point was made
	w.catchUp()
	w.observe()
	return v, ended && w.broken == nil && w.fault == nil
}

// failed is what broke: the output, or the engine.
func (w *explorer) failed() error {
	if w.fault != nil {
		return errors.Join(w.broken, w.fault)
	}
	return w.broken
}

type explorer struct {
	view
	foreteller foreteller
	engine     Engine
	goal       walk.Goal
	logged     walk.Goal // as the log has it: what was changed by hand since is recorded with the next step
	means      Means
	accounts   []string
	exercise   *Exercise
	arrived    func() []setup.Arrival
	snap       record.Snapshot // after the events that were shown once
	shown      int             // how many those are
	trail      trail           // what of a recorded session is to be taken again
	part       *Part           // what of it a lesson is about; nil for no lesson
	chosen     *walk.Option    // instead of the proposal
	declined   *walk.Guard     // the guard that was said no to, with nothing done since
	stuck      bool            // the last step changed nothing: it would be proposed again and again
	advised    int             // the event up to which advice was listed, or summed up
	left       bool            // the person has left
	listens    bool            // to what was asked about the session: the next step was announced
	heard      int             // how many findings were told when the last step was announced
	offered    []record.Advice // what was told before the last step
	leaving    bool            // a second interrupt came during a step
	fault      *record.Fault   // a panic of the engine, nil if there was none
	late       func() <-chan time.Time
	bench      *bench.Bench // what responses of AUTH are built with; nil if none was
	warned     bool         // that the transcript is not written any more
	compares   Compare
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
	if w.leaving {
		return true, errInterrupted
	}
	if took, err := w.retrace(ctx); took || err != nil {
		return false, err
	}
	next := w.proposal()
	if !w.over() || w.advised == w.shown { // no verdict is said next
		w.release()
	}
	w.warn()
	w.observe()
	keys := w.keys(next)
	if w.pos == w.shown && w.ahead == "" && !w.listens {
		w.announce(next)
		w.askAtTheEnd()
	}
	line, err := w.key(ctx, keys)
	if err != nil {
		return true, err
	}
	t, ok := match(line, keys)
	if !ok {
		return false, w.other(ctx, line)
	}
	w.echo(t.echoed())
	if t.key == keyQuit && w.midway() && !w.pointMade() {
		if yes, err := w.yes(ctx, "the session is still open: quit anyway?"); err != nil || !yes {
			return err != nil, err
		}
	}
	w.left, w.listens = t.key == keyQuit || t.key == keyDone, t.key == keyExplain && t.rest == "" || w.only == nil && onlyTells(t.key)
	return w.left || t.key == keyFinish, w.act(ctx, t, next)
}

// onlyTells reports whether a key says something of a few lines, after which what comes next is as it was announced.
func onlyTells(k key) bool {
	switch k.name {
	case keyHint.name, keyTask.name, keyAnswer.name, keyShown.name, keyFacts.name, keyLog.name, keyPath.name:
		return true
	}
	return false
}

// midway reports whether leaving would end a session in the middle.
func (w *explorer) midway() bool {
	return w.snap.State.Connected() && !w.over()
}

func (w *explorer) act(ctx context.Context, t typed, next walk.Option) error {
	if t.key.does == keySend.does || t.key.does == keyGo.does { // which say another thing each time
		return w.goOn(ctx, next)
	}
	switch t.key {
	case keyEdit:
		return w.edit(ctx, next)
	case keyOptions:
		return w.choose(ctx)
	case keyRaw:
		return w.raw(ctx)
	case keyNote, keyNotes, keyRewrite, keyErase, keyAuthor:
		return w.onNotes(ctx, t, w.keepNote)
	case keyLogin:
		return w.login(ctx)
	case keyBuild:
		return w.build(ctx, next)
	case keyCancel:
		return w.do(ctx, record.Step{Verb: record.VerbCancel, Line: "*"})
	case keyReveal:
		return w.reveal(ctx)
	case keyCompare:
		w.compareWith(w.compares, t.rest)
		return nil
	case keySame:
		w.sameAs(w.snap, t.rest)
		return nil
	case keyPredict:
		w.foreteller.turn()
		return nil
	}
	if reads, err := w.learn(ctx, t); reads {
		return err
	}
	if w.practice(t) {
		return nil
	}
	if t.key.number() {
		return w.follow(ctx, t.n)
	}
	w.look(t)
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
		w.more()
	case keyLog, keyPath:
		w.beside(t.key)
	case keyWays:
		w.ways()
	case keyFacts:
		w.facts(w.verdict().Facts)
	case keyHelp:
		w.help(w.keys(w.proposal()), t.rest)
		w.offer(w.advice(), false)
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
		return []key{keyForward, keyBack, keyJump, keyLatest, keyNote, keyNotes, keyRewrite, keyErase, keyAuthor, keyExplain, keyCards, keySearch, keyOnly, keyLog, keyPath, keySame, keyQuit, keyHelp}
	}
	goOn := keyGo
	goOn.says = goings.Of(next.Step.Verb)
	keys := []key{goOn}
	switch {
	case w.over():
		keys = []key{keyFinish}
	case next.Show != "":
		send := keySend
		send.says += words.Labelled(" ", calledAs(next))
		keys = []key{send}
	}
	keys = append(keys, w.partKeys()...)
	if list := followable(w.advice()); len(list) > 0 {
		keys = append(keys, adviceKey(list, "", w.given))
	}
	if next.Editable && !w.over() {
		keys = append(keys, keyEdit)
	}
	keys = append(append(append(keys, w.exerciseKeys()...), keyOptions), w.authKeys(next)...)
	if w.snap.State.Connected() {
		keys = append(keys, keyRaw)
	}
	if w.compares != nil {
		keys = append(keys, keyCompare)
	}
	return append(keys, keyPredict, keyReveal, keyBack, keyJump, keyNote, keyNotes, keyRewrite, keyErase, keyAuthor, keyExplain, keyCards, keySearch, keyOnly, keyLog, keyPath, keyFacts, keySame, keyQuit, keyHelp)
}
