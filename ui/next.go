package ui

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/spinner"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/transcripts/places"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// nextLines draws the bar at the bottom: what will be done next and why, or what takes its place.
func (w *explorer) nextLines(width, height int) []paint.Line {
	if w.sheetBelow() {
		return w.sheet.lines(width, height)
	}
	if c, choosing := w.sheet.(*chooser); choosing {
		return w.stepLines(c.option(), width, height)
	}
	if _, revealing := w.sheet.(*revelation); revealing { // who has to act is not told before the answer
		return []paint.Line{paint.Dim.Line("the next step is shown after this one")}
	}
	switch {
	case w.busy != nil:
		return w.busyLines(width)
	case w.held():
		return w.readingLines()
	case !w.atEnd():
		return w.pastLines(width, height)
	case w.isBack():
		return w.returnedLines(width, height)
	case w.summing():
		return w.verdictLines(width, height)
	case w.finished() && w.unended():
		head := paint.Accent.Line("○ ").And(paint.Strong, "the session is still running; new events appear here as they happen")
		return append([]paint.Line{head.Cut(width)}, paint.Hang(paint.Text("  "), w.keptLines(width-2))...)
	case w.finished():
		return w.finishedLines(width, height)
	case w.live == nil:
		return w.readingLines()
	}
	return w.proposalLines(width, height)
}

func (w *explorer) readingLines() []paint.Line {
	return []paint.Line{paint.Dim.Line(fmt.Sprintf("reading: %s so far", dialogue.Number(w.pane.Len(), "event")))}
}

// proposalLines shows the step that is prepared.
func (w *explorer) proposalLines(width, height int) []paint.Line {
	o, ok := w.option()
	if !ok {
		return []paint.Line{paint.Dim.Line("starting")} // the first event is not there yet
	}
	return w.stepLines(o, width, height)
}

// stepLines shows a step as it will be sent, and what it is for.
func (w *explorer) stepLines(o walk.Option, width, height int) []paint.Line {
	label := showOption(o, w.snap)
	if o.Proposed && w.owes() { // enter asks for it, and the way out comes after that
		label = "AUTH as " + w.goal.Credentials.Username
	}
	head := paint.Accent.Line("› ").And(paint.Strong, label)
	if tag := w.tagOf(o); tag.Width() > 0 {
		head = head.Flush(tag, width)
	}
	if o.Blocked != nil {
		return append([]paint.Line{head}, w.blockedLines(o, width, height-1)...)
	}
	var keys []paint.Line
	if o.Proposed {
		keys = limit(w.adviceRows(paint.Text("  "), width), height-2)
	}
	return append(append([]paint.Line{head}, limit(optionWhy(o, width), height-1-len(keys))...), keys...)
}

// blockedLines say why the walk cannot go on as asked, in whole sentences, and what can be done about it, each with its key.
func (w *explorer) blockedLines(o walk.Option, width, height int) []paint.Line {
	most := max(height/2, 1)
	try := w.adviceRows(paint.Text("  "), width)
	switch {
	case len(try) == 0 && o.Blocked.Remedies() != "":
		try = limit(paint.Hang(paint.Accent.Line("  Try  "), paint.Wrap(paint.Plain, o.Blocked.Remedies(), width-7)), most)
	case len(try) > most:
		try, _ = w.adviceInBrief(record.Verdict{Advice: w.applicable()}, width, most)
	}
	why, _ := causeInBrief(sentence(o.Why), width-2, height-len(try))
	return append(paint.Hang(paint.Bad.Line("! "), why), try...)
}

func (w *explorer) tagOf(o walk.Option) paint.Line {
	switch {
	case o.Blocked != nil && holdsBack(w.advised()):
		return paint.Bad.Line("! " + words.Advice(record.Advice{Do: record.SendNoSecret}))
	case o.Guard != nil:
		return paint.Warn.Line("! asks first")
	case o.Missing != "":
		return paint.Warn.Line("! " + standing(sasl.Choice{Missing: o.Missing}))
	case !o.Proposed:
		return paint.Dim.Line("your choice")
	}
	return nil
}

// optionWhy says what a step is for, and what to expect of one out of order.
func optionWhy(o walk.Option, width int) []paint.Line {
	indent := paint.Text("  ")
	if !o.Legal {
		return paint.Hang(paint.Warn.Line("! "), paint.Wrap(paint.Plain, o.Sourced("out of order: "+o.Expect), width-2))
	}
	return paint.Hang(indent, paint.Wrap(paint.Dim, o.Sourced(o.Why), width-2))
}

// showOption is the step as a person sees it. A line that was typed is not shown here.
func showOption(o walk.Option, s record.Snapshot) string {
	if o.Step.Verb == record.VerbRaw {
		o.Show = ""
	}
	return o.Label(s)
}

// editable reports whether the line can be shown whole, so that a person can change it.
func editable(o walk.Option) bool {
	switch o.Step.Verb {
	case record.VerbRaw, record.VerbAuth, record.VerbRespond: // the workbench is for the latter two
		return false
	}
	return !strings.Contains(o.Show, sasl.Mask)
}

// busyLines says what is awaited, for how long, and when it will be given up.
func (w *explorer) busyLines(width int) []paint.Line {
	b := w.busy
	waited := w.env.now().Sub(b.since)
	text := words.Awaited(b.step.Verb)
	if beside := words.Meanwhile(w.snap, b.step.Verb, b.left); beside != "" && (b.left || waited > lull) {
		text += " · " + beside
	}
	text += fmt.Sprintf(" · %s of at most %s", seconds(waited), limitOf(w.deadline(b.step.Verb)))
	switch {
	case b.upto > 0:
		text = "writing the transcript"
	case b.goal != nil:
		text = "reading the input for the advice · " + seconds(waited)
	}
	return append([]paint.Line{paint.Accent.Line(frame(waited)+" ").And(paint.Strong, b.label)},
		paint.Hang(paint.Text("  "), paint.Wrap(paint.Dim, text, width-2))...)
}

// lull is how long a server may be silent before the screen says what is done about it.
const lull = 2 * time.Second

// spinning is how fast the spinner turns.
const spinning = 120 * time.Millisecond

func frame(d time.Duration) string {
	frames := spinner.MiniDot.Frames
	return frames[int(d/spinning)%len(frames)]
}

func (w *explorer) deadline(v record.Verb) time.Duration {
	if w.live.Timeout > 0 {
		return w.live.Timeout
	}
	return walk.Deadline(v)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%d s", int(d.Seconds())) }

func limitOf(d time.Duration) string {
	if d >= time.Minute && d%time.Minute == 0 {
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return seconds(d)
}

// pastLines shows what came next at a position in the past, and what had been proposed there.
func (w *explorer) pastLines(width, height int) []paint.Line {
	left := w.pane.Len() - w.pos
	head := paint.Dim.Line("○ " + dialogue.Number(left, "event") + " ahead")
	if w.live != nil {
		head = paint.Dim.Line("○ looking back: " + dialogue.Number(left, "event") + " ahead")
	}
	if w.withinStep() {
		return append([]paint.Line{head}, limit(paint.Hang(paint.Text("  "), paint.Wrap(paint.Dim, "in the middle of a step: → shows its result", width-2)), height-1)...)
	}
	if done := w.doneNext(); done != "" {
		head = head.And(paint.Dim, " · next ").And(paint.Strong, "› "+done)
	}
	o, ok := w.option()
	switch {
	case w.summed():
		v := w.cameTo()
		cause, _ := causeInBrief(v.Cause, width-2, height-2)
		return append([]paint.Line{head.Cut(width), verdictHead(v).Cut(width)}, paint.Hang(paint.Text("  "), cause)...)
	case !ok:
		return []paint.Line{head}
	}
	lead := "  for: "
	if w.strayed(o) {
		lead = "  proposed: " + showOption(o, w.snap) + ": "
	}
	why := paint.Hang(paint.Dim.Line(lead), paint.Wrap(paint.Dim, o.Why, width-paint.Width(lead)))
	return append([]paint.Line{head.Cut(width)}, limit(why, height-1)...)
}

// withinStep reports whether the position is after a part of a step that was not over: nothing was proposed there.
func (w *explorer) withinStep() bool {
	if w.pos <= 0 || w.pos >= w.src.Len() {
		return false
	}
	start, end := places.StepStart(w.src, w.pos), places.StepEnd(w.src, w.pos)
	return w.anyOfAStep(start, w.pos) && w.anyOfAStep(w.pos, end)
}

// anyOfAStep reports whether one of the events from first up to last belongs to a step: what happens outside of steps may come long
// before one, or after it.
func (w *explorer) anyOfAStep(first, last int) bool {
	for i := first; i < last; i++ {
		if record.Skim(w.src, i).Step != "" {
			return true
		}
	}
	return false
}

// returnedLines says that the present is reached: the key that led there must not send when it is pressed once too often.
func (w *explorer) returnedLines(width, height int) []paint.Line {
	head := paint.Good.Line("■ ").And(paint.Strong, "back at the live step; nothing was sent")
	text := "Enter shows the next step; another enter sends it."
	if w.summing() {
		text = "Enter shows the result of the session."
	}
	return append([]paint.Line{head}, limit(paint.Hang(paint.Text("  "), paint.Wrap(paint.Plain, text, width-2)), height-1)...)
}

// finishedLines say what it came to, and where the transcript is. On a low screen its path is the first to go; that there is none, or not a
// whole one, is said in any case.
func (w *explorer) finishedLines(width, height int) []paint.Line {
	kept := w.keptLines(width - 2)
	out := w.verdictLines(width, height-len(kept))
	if w.leftOut > 0 && w.low && !w.lost() {
		out = w.verdictLines(width, height)
	}
	return append(out, limit(paint.Hang(paint.Text("  "), kept), height-len(out))...)
}

// keptRows is how many lines say where the transcript is, below a verdict.
func (w *explorer) keptRows(width int) int {
	if !w.finished() {
		return 0
	}
	return len(w.keptLines(width - 4))
}

// lost reports whether the session is not in a file as it was.
func (w *explorer) lost() bool {
	return w.replay.damage() != "" || w.path() == "" || w.live != nil && w.bridge.failed() != nil
}

func (w *explorer) keptLines(width int) []paint.Line {
	switch {
	case w.replay.damage() != "":
		return paint.Wrap(paint.Warn, w.replay.damage(), width)
	case w.live != nil && w.path() != "" && w.bridge.failed() != nil:
		return paint.Wrap(paint.Warn, "no longer recorded"+w.unkept(": "), width)
	case w.path() != "":
		if text := "transcript: " + w.path(); paint.Width(text) <= width {
			return []paint.Line{paint.Dim.Line(text)}
		}
		return []paint.Line{paint.Dim.Line("transcript: " + filepath.Base(w.path())).Cut(width)} // the whole stands with the story
	}
	return paint.Wrap(paint.Warn, "no transcript was kept"+w.unkept(": "), width)
}

func (w *explorer) path() string {
	if w.replay != nil {
		return w.replay.Path
	}
	return w.live.Path
}
