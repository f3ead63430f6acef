package ui

import (
	"fmt"
	"strconv"
	"strings"

	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// mostBefore is how many attempts of sessions before this one stand above the dialogue.
const mostBefore = 2

// before are the sessions whose advice has led to this one.
func (w *explorer) before() []Ended {
	if w.live == nil {
		return nil
	}
	return w.live.Before
}

// attemptsBefore is how many attempts were made in them.
func (w *explorer) attemptsBefore() (n int) {
	for _, e := range w.before() {
		n += e.attempts()
	}
	return n
}

// beforeLines are the last of them, each in a line with its verdict and the key that tells more, as they stand above the dialogue of so many rows: it is what this
// attempt goes on from.
func (w *explorer) beforeLines(width, height int) (out []paint.Line) {
	const few, least = 10, 3 // rows, of which one is enough, or none
	most, n := mostBefore, w.attemptsBefore()
	switch {
	case height < least:
		most = 0
	case height < few:
		most = 1
	}
	for i := len(w.before()) - 1; i >= 0 && len(out) < most; i-- {
		e := w.before()[i]
		line := paint.Dim.Line("   ").And(paint.Strong, "attempt "+dialogue.Count(n)).And(paint.Dim, "  ").Then(verdictHead(e.Verdict)).And(paint.Dim, " · ").And(paint.Accent, "s").And(paint.Dim, " tells why")
		out = append([]paint.Line{line.Cut(width)}, out...)
		n -= e.attempts()
	}
	return out
}

// beforePage tells what each of them came to, and where its transcript is.
func (w *explorer) beforePage(width int) (out []paint.Line) {
	n := 0
	for _, e := range w.before() {
		n += e.attempts()
		said := words.Verdict(&e.Verdict)
		out = append(out, row(attemptName(n), paint.Plain, words.List(": ", string(e.Verdict.Outcome), said.Cause), width)...)
		if e.Path != "" {
			out = append(out, row("", paint.Dim, e.Path, width)...)
		}
	}
	return out
}

func attemptName(n int) string { return "attempt " + strconv.Itoa(n) }

// renumbered is the name of a fact of this session, counted on from the attempts before it.
func (w *explorer) renumbered(name string) string {
	digits, isAttempt := strings.CutPrefix(name, "attempt ")
	if n, err := strconv.Atoi(digits); isAttempt && err == nil {
		return attemptName(n + w.attemptsBefore())
	}
	return name
}

// attemptNow says which attempt this is, before the time; nothing where no session came before it.
func (w *explorer) attemptNow() paint.Line {
	if len(w.before()) == 0 {
		return nil
	}
	return paint.Dim.Line(fmt.Sprintf("attempt %d · ", w.attemptsBefore()+len(w.snap.Earlier)+1))
}
