package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/spinner"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// nextLines draws the bar at the bottom: what will be done next and why, or what takes its place.
func (w *explorer) nextLines(width, height int) []paint.Line {
	if w.sheetBelow() {
		return w.sheet.lines(width, height)
	}
	if c, choosing := w.sheet.(*chooser); choosing {
		return stepLines(c.option(), w.snap, width, height)
	}
	switch {
	case w.busy != nil:
		return w.busyLines(width)
	case !w.atEnd():
		return w.pastLines(width, height)
	case w.isBack():
		return w.returnedLines(width, height)
	case w.between():
		return w.betweenLines(width, height)
	case w.finished():
		return w.finishedLines(width, height)
	case w.live == nil:
		return []paint.Line{paint.Dim.Line(fmt.Sprintf("reading: event %s of %s", dialogue.Count(w.pos), dialogue.Count(w.src.Source.Len())))}
	}
	return w.proposalLines(width, height)
}

// proposalLines shows the step that is prepared.
func (w *explorer) proposalLines(width, height int) []paint.Line {
	o, ok := w.option()
	if !ok {
		return []paint.Line{paint.Dim.Line("starting")} // the first event is not there yet
	}
	return stepLines(o, w.snap, width, height)
}

// stepLines shows a step as it will be sent, and what it is for.
func stepLines(o walk.Option, s record.Snapshot, width, height int) []paint.Line {
	head := paint.Accent.Line("› ").And(paint.Strong, showOption(o, s))
	if tag := tagOf(o); tag.Width() > 0 {
		head = head.Flush(tag, width)
	}
	return append([]paint.Line{head}, limit(optionWhy(o, width), height-1)...)
}

func tagOf(o walk.Option) paint.Line {
	switch {
	case o.Guard != nil:
		return paint.Warn.Line("! asks first")
	case o.Missing != "":
		return paint.Warn.Line("! " + standing(sasl.Choice{Missing: o.Missing}))
	case !o.Proposed:
		return paint.Dim.Line("your choice")
	}
	return nil
}

// optionWhy says what a step is for, what to expect of one out of order, and why a walk has to stop.
func optionWhy(o walk.Option, width int) []paint.Line {
	indent := paint.Text("  ")
	switch {
	case o.Blocked != nil:
		out := paint.Hang(paint.Bad.Line("! "), paint.Wrap(paint.Plain, sentence(o.Why), width-2))
		return append(out, paint.Hang(paint.Accent.Line("  Try  "), paint.Wrap(paint.Plain, hintHere(o.Blocked), width-7))...)
	case !o.Legal:
		return paint.Hang(paint.Warn.Line("! "), paint.Wrap(paint.Plain, withSource("out of order: "+o.Expect, o.Ref), width-2))
	}
	return paint.Hang(indent, paint.Wrap(paint.Dim, withSource(o.Why, o.Ref), width-2))
}

// hintHere is the hint of an error with the keys of the screen in place of the flags.
func hintHere(e *record.Error) string {
	if e.Finding == "cert-unverified" {
		return "read the findings, then QUIT; tab and EHLO go on all the same, after a question"
	}
	return onScreen(e.Hint)
}

// withSource cites where a text comes from, unless it does so itself.
func withSource(text, ref string) string {
	if ref == "" || strings.Contains(text, "(RFC ") {
		return text
	}
	return text + " (" + ref + ")"
}

// showOption is the step as a person sees it: the line, or what is done where no line is sent.
func showOption(o walk.Option, s record.Snapshot) string {
	if o.Show != "" && o.Step.Verb != record.VerbRaw {
		return o.Show
	}
	target := "the server"
	host := target
	if s.Start != nil {
		target, host = s.Start.Target.String(), s.Start.Target.Host
	}
	switch o.Step.Verb {
	case record.VerbResolve:
		return "look up " + host
	case record.VerbConnect:
		return "connect to " + target
	case record.VerbGreeting:
		return "wait for the greeting"
	case record.VerbHandshake:
		return "start the TLS handshake"
	case record.VerbRespond:
		if p := s.State.Pending; p != nil && p.Line == "" {
			return "an empty line"
		}
		return "answer the challenge"
	case record.VerbContent:
		return "the message, then a dot"
	case record.VerbRaw:
		return "any line you type"
	}
	return strings.ToUpper(string(o.Step.Verb))
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
	text := fmt.Sprintf("%s · %s · gives up after %s", awaited(b.step.Verb), seconds(waited), limitOf(w.deadline(b.step.Verb)))
	if b.upto > 0 {
		text = "writing the transcript"
	}
	return append([]paint.Line{paint.Accent.Line(frame(waited)+" ").And(paint.Strong, b.label)},
		paint.Hang(paint.Text("  "), paint.Wrap(paint.Dim, text, width-2))...)
}

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

// awaited says who is waited for.
func awaited(v record.Verb) string {
	switch v {
	case record.VerbResolve:
		return "waiting for the resolver"
	case record.VerbConnect:
		return "waiting for the server's system to answer"
	case record.VerbGreeting:
		return "waiting for the server to speak"
	case record.VerbHandshake:
		return "waiting for the server's part of the handshake"
	case record.VerbContent, record.VerbBdat:
		return "waiting for the server to take the message"
	case record.VerbRespond, record.VerbAuth:
		return "waiting for the server's answer to AUTH"
	case record.VerbRaw:
		return "waiting for the server's reply"
	}
	return "waiting for the server's reply to " + strings.ToUpper(string(v))
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
	head := paint.Dim.Line("○ looking back: " + dialogue.Number(left, "event") + " ahead")
	if w.withinStep() {
		return append([]paint.Line{head}, limit(paint.Hang(paint.Text("  "), paint.Wrap(paint.Dim, "in the middle of a step: → shows what came of it", width-2)), height-1)...)
	}
	o, ok := w.option()
	if !ok {
		return []paint.Line{head}
	}
	was := paint.Hang(paint.Dim.Line("  next, as it was: "), paint.Wrap(paint.Dim, showOption(o, w.snap)+" — "+o.Why, width-19))
	return append([]paint.Line{head}, limit(was, height-1)...)
}

// withinStep reports whether the position is behind a part of a step that was not over: nothing was proposed there.
func (w *explorer) withinStep() bool {
	if w.pos <= 0 || w.pos >= w.src.Len() {
		return false
	}
	before, after := w.src.At(w.pos-1), w.src.At(w.pos)
	return before.Step != "" && before.Step == after.Step && before.Kind != record.KindState
}

// returnedLines says that the present is reached: the key that led there must not send when it is pressed once too often.
func (w *explorer) returnedLines(width, height int) []paint.Line {
	head := paint.Good.Line("■ ").And(paint.Strong, "back at the present; nothing was sent")
	text := "Enter shows the next step; another enter sends it."
	if w.between() {
		text = "Enter shows what can be done now."
	}
	return append([]paint.Line{head}, limit(paint.Hang(paint.Text("  "), paint.Wrap(paint.Plain, text, width-2)), height-1)...)
}

// betweenLines says that the connection is over, and what can become of the session.
func (w *explorer) betweenLines(width, height int) []paint.Line {
	head := paint.Good.Line("■ ").And(paint.Strong, "the connection is closed")
	text := "Enter ends the session and sums it up; tab connects again within it."
	out := append([]paint.Line{head}, limit(paint.Hang(paint.Text("  "), paint.Wrap(paint.Plain, text, width-2)), height-1)...)
	if len(out) < height {
		out = append(out, paint.Text("  ").And(paint.Dim, w.choicesNow()))
	}
	return out
}

// finishedLines says how it ended and where the transcript is.
func (w *explorer) finishedLines(width, height int) []paint.Line {
	head := paint.Good.Line("■ ").And(paint.Strong, "the session is over")
	if w.live == nil {
		head = paint.Dim.Line("■ ").And(paint.Strong, "the end of the transcript")
	}
	if w.snap.End == nil {
		head = head.And(paint.Warn, " · it has no end event: the session was cut off")
	}
	out := append([]paint.Line{head}, limit(paint.Hang(paint.Text("  "), w.keptLines(width-2)), height-1)...)
	if len(out) < height {
		out = append(out, paint.Text("  ").And(paint.Dim, w.choicesNow()))
	}
	return out
}

func (w *explorer) keptLines(width int) []paint.Line {
	switch {
	case w.replay != nil && w.replay.Damage != "":
		return paint.Wrap(paint.Warn, w.replay.Damage, width)
	case w.path() != "":
		return paint.Chop(paint.Dim, "transcript: "+w.path(), width)
	}
	return paint.Wrap(paint.Warn, "no transcript was kept"+w.unkept(": "), width)
}

func (w *explorer) path() string {
	if w.replay != nil {
		return w.replay.Path
	}
	return w.live.Path
}
