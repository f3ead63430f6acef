package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-osc52/v2"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/transcripts/search"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// summing reports whether the verdict stands where the next step would, and the log is still open.
func (w *explorer) summing() bool {
	return w.verdict != nil && w.atEnd() && w.busy == nil && !w.closing
}

// canPart holds where enter ends the session as SMTP has it, before the log is closed.
func (w *explorer) canPart() bool {
	return !w.returned && w.unfinished() && w.canSend() && walk.Parting(w.snap, w.options()) >= 0
}

// canConclude holds where enter closes the log.
func (w *explorer) canConclude() bool { return !w.returned && w.summing() && !w.canPart() }

// canReopen holds where a person has come to a verdict and the session has not come to its end.
func (w *explorer) canReopen() bool {
	return w.unfinished() && !w.canUnzoom()
}

// unfinished holds at a verdict where a person does not go on, and the session could.
func (w *explorer) unfinished() bool { return w.summing() && !walk.Over(w.snap, w.goal) }

// hasVerdict holds where there is a verdict to be read.
func (w *explorer) hasVerdict() bool { return w.summing() || w.finished() && !w.unended() }

// unended holds for the file of a session that still runs.
func (w *explorer) unended() bool { return w.snap.End == nil && w.replay.running() }

// summed holds at a position in the past where nothing was left to do: the verdict stood there in place of the next step.
func (w *explorer) summed() bool { return !w.atEnd() && w.snap.End == nil && walk.Over(w.snap, w.goal) }

// cameTo is the verdict that is shown: of a session that may still go on, else of the log as it is.
func (w *explorer) cameTo() record.Verdict {
	switch {
	case w.snap.End != nil:
		return *w.snap.End
	case w.verdict != nil && w.atEnd():
		return *w.verdict
	}
	if w.came.verdict == nil || w.came.pos != w.pos {
		v := walk.Outcome(w.snap, walk.Ending{CutOff: w.atEnd()})
		w.came.verdict, w.came.pos = &v, w.pos
	}
	return *w.came.verdict
}

// failed reports whether the session did not do what was asked.
func (w *explorer) failed() bool {
	v := w.cameTo()
	return v.Failed()
}

// toCause selects what decided a session that has failed, or what is graver and was found with it, unless a person has gone elsewhere:
// that is what the verdict is about, and not the QUIT after it. Who looks back to where the session had come to that finds it so.
func (w *explorer) toCause() {
	var v record.Verdict
	switch {
	case !w.atEnd() && walk.Over(w.snap, w.goal):
		v = walk.Outcome(w.snap, walk.Ending{})
	case w.follow && w.hasVerdict():
		v = w.cameTo()
	}
	if i := w.gravest(w.decided(v)); i >= 0 && w.pane.Lets(i) {
		w.pane.Select(w.unfolded(search.Hit{Event: i}), w.pane.Upto(w.pos))
	}
}

// decided is the event that a verdict is about, -1 where none is: a failure, or what was found out before the walk had to stop.
func (w *explorer) decided(v record.Verdict) int {
	const near = 4096 // how far back it is looked for
	if f := walk.Decided(w.snap); v.Finding != "" && f != nil && f.Seq > 0 && f.Finding.Code == v.Finding {
		return f.Seq - 1
	}
	for i := w.pos - 1; v.Finding != "" && i >= max(w.pos-near, 0); i-- {
		if e := w.pane.Event(i); e.Kind == record.KindFinding && e.Finding.Code == v.Finding {
			return i
		}
	}
	return -1
}

// gravest is the finding i, or the first of those found with it that is graver: a ‼ is not passed over for a !.
func (w *explorer) gravest(i int) int {
	if i < 0 || w.pane.Event(i).Kind != record.KindFinding {
		return i
	}
	best := i
	for _, way := range []int{-1, 1} {
		for at := i + way; at >= 0 && at < w.pos && w.pane.Event(at).Kind == record.KindFinding && w.pane.Event(at).Step == w.pane.Event(i).Step; at += way {
			if weight(w.pane.Event(at)) > weight(w.pane.Event(best)) {
				best = at
			}
		}
	}
	return best
}

// verdictLines are the verdict in at most height lines: what it came to, why, and who can do what about it. Where it has to be brief, what
// is left out is counted.
func (w *explorer) verdictLines(width, height int) []paint.Line {
	v := w.cameTo()
	out := []paint.Line{headWith(v, othersTurn(v), width)}
	cause := paint.Hang(paint.Text("  "), paint.Wrap(paint.Plain, v.Cause, width-2))
	told, keys := w.todo(v, width)
	if w.leftOut = 0; len(out)+len(cause)+len(told)+len(keys) <= height {
		return append(append(append(out, cause...), told...), keys...)
	}
	return w.briefly(v, width, height)
}

// headWith is the first line of a verdict, with who must act where that is to be said there, in as many words as fit.
func headWith(v record.Verdict, named bool, width int) paint.Line {
	head, hold := verdictHead(v), warning(v.Advice)
	for _, who := range []string{" · who must act: " + whose(v.Who), " · " + string(v.Who) + " must act"} {
		if line := head.And(paint.Dim, who).Then(hold); named && line.Width() <= width {
			return line
		}
	}
	return head.Then(hold).Cut(width)
}

// othersTurn holds where no advice is for who must act: all that is advised is for the person here.
func othersTurn(v record.Verdict) bool {
	return v.Who == record.WhoRecipient || v.Who == record.WhoNetwork
}

// warning is what to hold back before anything else is done: it stands where nothing is cut.
func warning(list []record.Advice) paint.Line {
	if !holdsBack(list) {
		return nil
	}
	return paint.Dim.Line(" · ").And(paint.Bad, words.Advice(record.Advice{Do: record.SendNoSecret}))
}

// holdsBack reports whether an advice is to send no secret.
func holdsBack(list []record.Advice) bool {
	return slices.ContainsFunc(list, func(a record.Advice) bool { return a.Do == record.SendNoSecret })
}

// verdictHead is a verdict in a line.
func verdictHead(v record.Verdict) paint.Line {
	mark, ink := dialogue.Outcome(v.Outcome)
	line := ink.Line(mark+" ").And(paint.Strong, string(v.Outcome))
	if title := words.Phase(v.Phase); title != "" {
		line = line.And(paint.Plain, " · "+title)
	}
	if v.Code != 0 {
		line = line.And(paint.Plain, " · "+strings.TrimSpace(fmt.Sprintf("%d %s", v.Code, enhanced(v))))
	}
	return line.And(paint.Dim, fmt.Sprintf(" · exit %d", v.Exit))
}

func enhanced(v record.Verdict) string {
	if v.Enhanced == (wire.Enhanced{}) {
		return ""
	}
	return v.Enhanced.String()
}

// narrow is the width below which the names of those who act are short.
const narrow = 72

// todo is whose turn it is and what they can do: what is told, and what a key does. What the operator has to do stands before
// what the person here can, and each is said to the one who can do it.
func (w *explorer) todo(v record.Verdict, width int) (told, keys []paint.Line) {
	theirs, mine, weak := w.adviceTexts(v)
	called := sentence(whose(v.Who))
	if v.Who == record.WhoOperator && width < narrow {
		called = "Operator"
	}
	who, here := paint.Accent.Line("  "+called+"  "), paint.Accent.Line("  You  ")
	switch {
	case v.Who == record.WhoOperator && (theirs != "" || mine == "" && !w.advising()):
		told, here = hung(who, theirs, width), here.Pad(who.Width())
	case v.Who == "" || v.Who == record.WhoUnknown:
		here = who
	}
	if mine != "" {
		told, here = append(told, hung(here, mine, width)...), paint.Text("").Pad(here.Width())
	}
	if weak != "" {
		told = append(told, hung(paint.Text("  ").Then(notSafe()), weak, width)...)
	}
	if w.advising() {
		keys = w.adviceRows(here, width)
	}
	return told, keys
}

// hung is a text after a word; the word alone where there is no text.
func hung(label paint.Line, text string, width int) []paint.Line {
	if text == "" {
		return []paint.Line{label}
	}
	return paint.Hang(label, paint.Wrap(paint.Plain, text, width-label.Width()))
}

// whose says who has to act.
func whose(who record.Who) string {
	if who == "" || who == record.WhoUnknown {
		return "advice"
	}
	if who == record.WhoNetwork {
		return "the network" // its whole name leaves no room for the advice
	}
	return who.String()
}

// whole opens the verdict with its facts.
func (w *explorer) whole() tea.Cmd {
	w.sheet = &wholeVerdict{text: text{name: "verdict", key: "z", page: w.verdictPage}, w: w}
	return nil
}

// readingWhole holds while the whole verdict is open.
func (w *explorer) readingWhole() bool {
	_, whole := w.sheet.(*wholeVerdict)
	return whole
}

// wholeVerdict is the verdict as a page. What is for someone else to read can be copied, and a digit follows an advice.
type wholeVerdict struct {
	text
	w *explorer
}

func (s *wholeVerdict) hints() []key.Help {
	hints := s.text.hints()
	if s.letter() != "" {
		hints = append([]key.Help{{Key: "y", Desc: "copy what to tell the operator"}}, hints...)
	}
	if n := len(s.w.applicable()); n > 0 {
		hints = append([]key.Help{{Key: digits(n), Desc: "try"}}, hints...)
	}
	return hints
}

// letter is what to tell the operator of the server.
func (s *wholeVerdict) letter() string {
	v := s.w.cameTo()
	for _, a := range v.Advice {
		if a.Do == record.AskOperator {
			return strings.TrimSpace(v.Cause + " " + sentence(a.Text))
		}
	}
	return ""
}

func (s *wholeVerdict) press(k tea.KeyMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "y":
		letter := s.letter()
		if letter == "" || !s.w.env.clipboard {
			return nil, false
		}
		s.w.notice = "copied what to tell the operator to the terminal's clipboard"
		return s.w.env.emit(osc52.New(letter).String()), true
	}
	if n, err := strconv.Atoi(k.String()); err == nil && n >= 1 && n <= len(s.w.applicable()) {
		a := s.w.applicable()[n-1]
		s.w.sheet = nil
		return s.w.apply(a), false
	}
	return s.text.press(k)
}

// verdictPage is all there is to a verdict.
func (w *explorer) verdictPage(width int) []paint.Line {
	v := w.cameTo()
	said := words.Verdict(&v)
	out := []paint.Line{verdictHead(v), {}}
	out = append(out, paint.Wrap(paint.Plain, said.Cause, width)...)
	out = append(out, paint.Line{})
	if said.Who != "" {
		out = append(out, row("who must act", paint.Plain, said.Who, width)...)
	}
	for i, a := range said.Advice {
		label, ink := map[bool]string{true: "advice"}[i == 0], paint.Plain
		if a.Do.Weakens() {
			label, ink = words.NotSafe, paint.Bad
		}
		out = append(out, w.adviceRow(label, ink, a.Advice, width)...)
	}
	out = append(append(out, paint.Line{}), w.beforePage(width)...)
	for _, p := range said.Facts {
		ink := paint.Plain
		if p.Bad {
			ink = paint.Warn
		}
		out = append(out, row(w.renumbered(p.Name), ink, p.Value, width)...)
	}
	return out
}

// adviceRow is an advice on the page of the verdict, with the key that follows it.
func (w *explorer) adviceRow(label string, ink paint.Ink, a record.Advice, width int) []paint.Line {
	lead, told := paint.Dim.Line(label).Pad(fieldLabel), words.Advice(a)
	if n := slices.IndexFunc(w.applicable(), func(b record.Advice) bool { return a == b }); n >= 0 {
		if lead = lead.And(paint.Accent, strconv.Itoa(n+1)+" "); a.Text == "" {
			told = w.adviceWords(a) // as in the bar
		}
	}
	return paint.Hang(lead, paint.Wrap(ink, sentence(told), max(width-lead.Width(), 10)))
}

// row is a label and what stands after it.
func row(label string, ink paint.Ink, value string, width int) []paint.Line {
	return paint.Hang(paint.Dim.Line(label).Pad(fieldLabel), paint.Wrap(ink, value, max(width-fieldLabel, 10)))
}
