package ui

import (
	"context"
	"reflect"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/course"
	"ehlo/session/predict"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/ui/detail"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// walk is a session on the screen: a log, a position in it, and what is proposed next.
type explorer struct {
	env     env
	theme   *paint.Theme
	bridge  *bridge
	live    *Live   // nil for a replay
	replay  *Replay // nil for a live session
	goal    walk.Goal
	logged  walk.Goal // as the log has it: what was changed by hand since is recorded with the next step
	home    bool      // there is a home screen to go back to
	lesson  bool      // a lesson has opened it, which is gone back to
	checked bool      // a page has, such as that of a survey

	src      *window
	pane     *dialogue.Pane
	timeline *record.Timeline
	pos      int                  // how many events are shown
	snap     record.Snapshot      // what is known at pos
	options  func() []walk.Option // what can be done at pos, the proposal first; worked out once, when someone asks
	chosen   int                  // the option that is prepared
	stuck    []record.Advice      // what can be done where a failure leaves nothing but to close
	follow   bool                 // the selection goes with the newest event
	returned bool                 // a step forward has just led back to the present: enter shows the proposal before it sends

	view   detail.View
	reader reader // the window onto the view
	zoomed bool   // the compact layout shows the view instead of the dialogue
	above  int    // how many lines stood above the rows of the dialogue, as last drawn
	low    bool   // the screen, as last drawn, has so few lines that a verdict matters more than the dialogue
	// leftOut is how many sentences and advices of the verdict are not shown, as last drawn.
	leftOut int

	busy    *busy           // a step that runs
	verdict *record.Verdict // what the session has come to, in place of the next step; nil while there is one to take
	// came is what a log without an end has come to at a position, so that no frame judges it again
	came struct {
		verdict *record.Verdict
		pos     int
	}
	closing bool          // the log is to be closed
	over    bool          // the log has been closed
	onward  bool          // another session is about to begin
	trail   trail         // what of a recorded session is to be taken again
	lead    leading       // the part that a lesson is about
	fault   *record.Fault // a panic of the engine, nil if there was none

	filter  *filter // which rows are shown; nil for all
	keys    []binding
	sheet   sheet        // what takes the keys, nil if nothing does
	bench   *workbench   // what a person has built responses of AUTH with; nil if none was
	begins  *int         // where a replay begins, until it has been read so far; nil then
	arrived int          // the end of a file that has been read up to it, as long as it is shown; 0 before
	player  *player      // plays the session; nil where a person moves by hand
	noting  *record.Note // a note that is on its way to the log; nil while none is
	signs   *string      // who has signed the last note; nil while nobody has
	draft   *connection  // what was typed into the form of another connection and left; nil for nothing
	notice  string       // something to tell once
	gen     int          // of the beat that counts

	gaveNone bool      // no secret was given where one was asked for
	answered time.Time // when the last question was

	made    course.Attempt // of the exercise that the scenario is
	asks    bool           // a lesson wants its question answered, and it was not shown since the last step
	solving bool           // a lesson has opened it to be solved

	asked    []predict.Way // how was asked before steps, in order
	foretold *foretold     // what was asked before the step that is taken; nil for nothing
	show     *presenter    // shows the session to a class; nil while nobody presents
}

// busy is a step that runs, or has run and is not all in the source yet.
type busy struct {
	step   record.Step
	label  string
	since  time.Time
	first  int // how many events there were before it
	upto   int // how many there will be after it, 0 while it runs
	err    error
	cancel context.CancelCauseFunc
	led    bool       // it comes before the step that a lesson begins at
	left   bool       // a person no longer waits: what the silence means is found out
	goal   *walk.Goal // what is wanted once it is done; nil if that does not change
}

func newWalk(e env, theme *paint.Theme, b *bridge) *explorer {
	src := &window{Source: b.source}
	w := &explorer{env: e, lead: newLeading(e.part), theme: theme, bridge: b, live: b.live, follow: true, keys: newBindings(),
		options: func() []walk.Option { return nil },
		src:     src, pane: dialogue.NewPane(dialogue.NewIndex(src), theme), timeline: record.NewTimeline(src)}
	if w.live != nil {
		w.pane.Attempts, w.made = w.attemptsBefore(), w.live.Made
		w.goal, w.logged, w.trail = w.live.Goal, w.live.Goal, trail{left: w.live.Trail, all: len(w.live.Trail)}
	}
	if e.streams {
		w.stream()
		return w
	}
	w.read()
	return w
}

// stream lets in all that there is, and leaves it to whoever draws how far rows are made of it.
func (w *explorer) stream() {
	w.src.n = w.src.Source.Len()
	w.timeline.Extend()
	w.pane.Stream()
}

// init waits for news.
func (w *explorer) init() tea.Cmd { return tea.Batch(w.listen(), w.retrace()) }

// window is the part of a source that has been let in. A file of a hundred thousand events, or a server that never
// stops, comes in batches, with frames and keys between them.
type window struct {
	record.Source
	n int
}

// Len implements [session.Source].
func (s *window) Len() int { return s.n }

// batch is how many events are let in at a time, and breath for how long that goes on before a frame or a key has its turn.
const (
	batch  = 512
	breath = 5 * time.Millisecond
)

// Skim implements [record.Skimmer].
func (s *window) Skim(i int) *record.Event { return record.Skim(s.Source, i) }

func (s *window) grow()        { s.n = min(s.n+batch, s.Source.Len()) }
func (s *window) behind() bool { return s.n < s.Source.Len() }

// read lets in a batch of what the source has gained, and moves on with it unless a person looks at the past.
func (w *explorer) read() {
	atEnd, had := w.atEnd(), w.pane.Len()
	defer func() { w.begin(); w.showNoted(had) }()
	for begun := time.Now(); ; {
		w.src.grow()
		w.timeline.Extend()
		w.pane.Extend()
		if !w.src.behind() || time.Since(begun) > breath {
			break
		}
	}
	switch {
	case w.follow && w.reading() && w.pos > 0:
	case w.pane.Len() > had && atEnd && !w.presentsFile() || w.held():
		was, chosen := w.snap.State, w.chosen
		w.moveTo(w.pane.Len())
		if w.busy == nil && reflect.DeepEqual(was, w.snap.State) { // a note or the like: what was prepared still is
			w.chosen = min(chosen, len(w.options())-1)
		}
	}
	if w.live == nil && w.follow && w.finished() && w.arrived != w.pos { // that the last event was the last is known after it
		w.arrived = w.pos
		w.selectNewest()
	}
}

// reading reports whether there is more of a file than has been let in.
func (w *explorer) reading() bool { return w.src.behind() || w.live == nil && !w.replay.whole() }

// held holds while a file is read whose end is to be shown: what comes before it does not pass over the screen.
func (w *explorer) held() bool { return w.follow && !w.atEnd() }

// news takes in events and waits for more.
func (w *explorer) news() tea.Cmd {
	w.read()
	return tea.Batch(w.settle(), w.listen(), w.retrace(), w.observe(), w.sift())
}

// listen waits for news; what is there already is news at once.
func (w *explorer) listen() tea.Cmd {
	if w.src.behind() {
		return func() tea.Msg { return newsMsg{w.bridge} }
	}
	return w.bridge.news()
}

// promised is how many events there are to be shown once the recorder has written them all.
func (w *explorer) promised() int {
	if w.live == nil {
		return w.bridge.source.Len()
	}
	return w.live.Engine.Log().Len()
}

// atEnd reports whether all events that have been read are shown.
func (w *explorer) atEnd() bool { return w.pos == w.pane.Len() }

// moveTo shows the first n events.
func (w *explorer) moveTo(n int) {
	w.pos = max(min(n, w.pane.Len()), 0)
	w.snap = w.timeline.At(w.pos)
	w.pane.Place(w.pos)
	if w.live == nil && w.snap.Start != nil {
		w.goal = walk.GoalOf(w.snap.Start.Plan)
	}
	w.propose()
	if w.follow || !w.atEnd() {
		w.selectNewest()
	}
}

// propose prepares what would be done next, from all that can be done.
func (w *explorer) propose() {
	snap, goal := w.snap, w.goal
	w.options, w.chosen = sync.OnceValue(func() []walk.Option { return walk.Options(snap, goal) }), 0
	w.stuck = nil
	if w.verdict != nil && w.atEnd() { // a person does not go on
		w.chosen = max(walk.Parting(w.snap, w.options()), 0)
	}
	if w.snap.Failing() == nil || len(w.options()) == 0 || w.options()[0].Step.Verb != record.VerbQuit {
		return
	}
	if v := walk.Outcome(w.snap, walk.Ending{}); v.Failed() {
		w.stuck = v.Advice
	}
}

// option is the step that is prepared; ok is false when there is none.
func (w *explorer) option() (walk.Option, bool) {
	if w.chosen >= len(w.options()) {
		return walk.Option{}, false
	}
	return w.options()[w.chosen], true
}

// blocked says why the step that is prepared is to stop; nil where it is not.
func (w *explorer) blocked() *record.Finding {
	if options := w.options(); w.chosen < len(options) {
		return options[w.chosen].Blocked
	}
	return nil
}

// unchoose goes back to the proposal.
func (w *explorer) unchoose() tea.Cmd { w.chosen = 0; return nil }

// selectNewest selects what the newest events are best understood from: the last row, or the first line of a reply of
// many. At the end that is what decided.
func (w *explorer) selectNewest() {
	rows := w.pane.Upto(w.pos)
	w.pane.Tail = true
	w.pane.Select(w.pane.First(rows-1), rows)
	w.toCause()
}

// canSend reports whether a step may be taken now: a live session, all of it on the screen, nothing running.
func (w *explorer) canSend() bool {
	return w.live != nil && w.atEnd() && w.busy == nil && !w.closing && len(w.options()) > 0
}

// walking reports whether there is a step to be taken next: nothing has come to its end.
func (w *explorer) walking() bool { return w.canSend() && w.verdict == nil }

// open reports whether leaving would end a session in the middle.
func (w *explorer) open() bool {
	if w.live == nil || w.over {
		return false
	}
	stage := w.timeline.At(w.pane.Len()).State.Stage
	return w.busy != nil || (stage != record.StageIdle && stage != record.StageClosed)
}
