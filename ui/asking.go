package ui

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/explain"
	"ehlo/session/quiz"
	"ehlo/ui/paint"
)

// asking shows a question, takes an answer, and tells what it is worth. It is a part of a sheet, which says what comes after.
type asking struct {
	it    *quiz.Item
	judge func(answer string) quiz.Result
	// look shows the answer without one being given; ok is false where that is not allowed. nil does not offer it.
	look func() (ok bool)
	// silent tells nothing about an answer: the sheet goes on by itself.
	silent bool
	// aloud is before a class, which answers aloud: of an answer that was not given nothing is said but the answer.
	aloud bool

	input  input
	told   string       // why what was typed is no answer
	result *quiz.Result // nil until there is one
	given  string       // what it judges
	looked bool
	page   text // what of it is in sight
}

// newAsking asks a question by its own key.
func newAsking(it *quiz.Item) *asking {
	a := &asking{it: it, judge: it.Judge, look: func() bool { return true }, input: newInput("")}
	a.page.page = a.whole
	return a
}

// askAloud asks a class.
func askAloud(it *quiz.Item) *asking {
	a := newAsking(it)
	a.aloud = true
	return a
}

// over reports whether there is nothing to answer any more.
func (a *asking) over() bool { return a.result != nil || a.looked }

// line reports whether the answer is put together in a line before it counts.
func (a *asking) line() bool {
	return a.it.Kind == quiz.Type || a.it.Kind == quiz.Order || a.it.Kind == quiz.Match
}

// press takes a key; those that it has no use for scroll.
func (a *asking) press(k tea.KeyMsg) {
	name := k.String()
	switch {
	case name == "tab" && !a.over() && a.look != nil:
		if a.look() {
			a.looked, a.page.tops.Sel = true, 0
		}
	case a.over(), name == "up", name == "down", name == "pgup", name == "pgdown":
		a.page.press(tea.KeyMsg(k))
	case !a.line():
		if a.it.Answers(name) {
			a.give(name)
			return
		}
		a.page.press(k)
	case name == "enter":
		a.give(a.input.Value())
	default:
		a.told = ""
		a.input.press(k)
	}
}

// give judges an answer. What is none may be typed again.
func (a *asking) give(answer string) {
	res := a.judge(answer)
	if !res.Understood {
		a.told = res.Why
		return
	}
	a.result, a.given, a.told, a.page.tops.Sel = &res, answer, "", 0
}

// hints are the keys that answer, or nothing where there is no more to answer.
func (a *asking) hints() (out []key.Help) {
	switch {
	case a.over():
	case a.line():
		out = append(out, key.Help{Key: "enter", Desc: "answer"})
	default:
		out = append(out, key.Help{Key: a.it.Numbers(), Desc: "answer"})
	}
	if !a.over() && a.look != nil {
		out = append(out, key.Help{Key: "tab", Desc: "show the answer"})
	}
	if a.page.tops.Sel > 0 || a.page.last < a.page.all {
		out = append(out, key.Help{Key: "↑↓", Desc: "scroll"})
	}
	return out
}

// part says which lines are in sight, where that are not all.
func (a *asking) part() string {
	if a.page.tops.Sel == 0 && a.page.last >= a.page.all {
		return ""
	}
	return fmt.Sprintf(" · lines %d–%d of %d", a.page.tops.Sel+1, a.page.last, a.page.all)
}

// lines draws it. What is being typed stays in sight.
func (a *asking) lines(width, height int) []paint.Line {
	var foot []paint.Line
	if a.line() && !a.over() {
		label := paint.Accent.Line("› ")
		foot = append(foot, label.Then(a.input.line(width-label.Width())))
	}
	switch wanted := a.it.Kind == quiz.Order || a.it.Kind == quiz.Match; {
	case a.told != "":
		foot = append(foot, paint.Wrap(paint.Warn, a.told, width)...)
	case wanted && !a.over():
		foot = append(foot, paint.Wrap(paint.Dim, a.it.Wanted(), width)...)
	}
	body := a.page.lines(width, max(height-len(foot), 1))
	if len(body) > 0 && len(body)+len(foot) < height && len(foot) > 0 {
		body = append(body, paint.Line{})
	}
	return append(body, foot...)
}

// whole is the question with all that there is to tell about it.
func (a *asking) whole(width int) (out []paint.Line) {
	if a.over() {
		out = append(a.verdict(width), paint.Line{})
	}
	out = append(out, paint.Wrap(paint.Strong, a.it.Prompt, width)...)
	out = append(append(out, paint.Line{}), a.material(width)...)
	if a.it.Kind == quiz.Type {
		return out
	}
	for i, c := range a.it.Choices {
		out = append(out, a.choice(i, c, width)...)
	}
	if len(a.it.Pairs) > 0 {
		out = append(out, paint.Line{})
	}
	for i, p := range a.it.Pairs {
		out = append(out, paint.Hang(paint.Accent.Line(a.it.Letter(i)+"  "), paint.Wrap(paint.Plain, p, width-3))...)
	}
	return out
}

// choice is one of them; once the right one is known it is marked, and so is a wrong one that was given.
func (a *asking) choice(i int, c quiz.Choice, width int) []paint.Line {
	n := strconv.Itoa(a.it.Number(i))
	number, ink := paint.Accent.Line(n+"  "), paint.Plain
	switch {
	case !a.over() || a.line():
	case n == a.it.Answer:
		number, ink = paint.Good.Line("✓  "), paint.Strong
	case n == a.given:
		number = paint.Bad.Line("✗  ")
	}
	return paint.Hang(number, paint.Wrap(ink, c.Text, width-3))
}

// material is what there is to read: it is shown as it is, and breaks only where it has to. Where a line is asked for, each has its number.
func (a *asking) material(width int) (out []paint.Line) {
	if a.it.Show == "" {
		return nil
	}
	for i, line := range strings.Split(a.it.Show, "\n") {
		number, bar := "", paint.Dim.Line("│ ")
		if a.it.Kind == quiz.Spot {
			number = fmt.Sprintf("%2d ", i+1)
		}
		below := paint.Text(paint.Blank(len(number))).Then(bar)
		out = append(out, paint.Beside(paint.Dim.Line(number).Then(bar), below, paint.Chop(paint.Plain, line, width-below.Width()))...)
	}
	return append(out, paint.Line{})
}

// verdict tells what the answer is worth, which one is right, why, and where that is written.
func (a *asking) verdict(width int) (out []paint.Line) {
	switch {
	case a.result == nil && a.aloud:
	case a.result == nil:
		out = append(out, paint.Strong.Line("the answer; it is not counted"))
	case a.result.Right:
		out = append(out, paint.Good.Line("✓ ").And(paint.Strong, "right"))
	default:
		out = append(out, paint.Bad.Line("✗ ").And(paint.Strong, "wrong"))
		out = append(out, paint.Wrap(paint.Plain, a.result.Why, width)...)
	}
	if a.result == nil || !a.result.Right || a.line() {
		for i, line := range a.it.Key() {
			label := map[bool]string{true: "answer  "}[i == 0]
			out = append(out, paint.Hang(paint.Accent.Line(label).Pad(8), paint.Wrap(paint.Strong, line, width-8))...)
		}
	}
	out = append(out, paint.Wrap(paint.Plain, a.it.Why, width)...)
	return append(out, paint.Wrap(paint.Dim, explain.Cite(a.it.Source), width)...)
}
