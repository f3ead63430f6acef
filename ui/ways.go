package ui

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// ways shows the mechanisms that the server offers at the position, ranked, with what each needs and gives away.
func (w *explorer) ways() tea.Cmd {
	w.sheet = &text{name: "ways to log in", key: "l", page: w.waysPage}
	return nil
}

// canCompare holds once the server has said what it can do.
func (w *explorer) canCompare() bool { return w.snap.Capabilities != nil }

func (w *explorer) waysPage(width int) []paint.Line {
	offered, others := walk.Mechanisms(w.snap, w.goal)
	out := paint.Wrap(paint.Strong, w.offerHeading(len(offered)), width)
	for i, c := range offered {
		out = append(append(out, paint.Line{}), wayLines(i, c, width)...)
	}
	out = append(append(out, paint.Line{}), w.beforeTLS(width)...)
	var names []string
	for _, c := range others {
		names = append(names, c.Name)
	}
	out = append(out, paint.Line{}, paint.Dim.Line("not offered here; tab tries one on purpose; expect 504"))
	return append(out, paint.Hang(paint.Text("  "), paint.Wrap(paint.Plain, strings.Join(names, "  "), width-2))...)
}

func (w *explorer) offerHeading(n int) string {
	where := "in cleartext"
	switch {
	case w.snap.State.Security == record.SecurityVerified:
		where = "inside TLS with a verified certificate"
	case w.snap.State.Security.Encrypted():
		where = "inside TLS, with a certificate that failed verification"
	}
	if n == 0 {
		return "The server offers no AUTH " + where + "."
	}
	return "What the server offers " + where + ", best first:"
}

// wayLines tell of one mechanism: what happens, why it stands where it does, and what someone who listens could do.
func wayLines(i int, c sasl.Choice, width int) []paint.Line {
	ink := paint.Good
	if c.Missing != "" || c.Guard != "" {
		ink = paint.Warn
	}
	head := paint.Accent.Line(fmt.Sprintf("%2d  ", i+1)).And(paint.Strong, c.Name).And(paint.Plain, "  ").And(ink, standing(c))
	out := []paint.Line{head}
	say := func(label, text string) {
		if text != "" {
			out = append(out, paint.Hang(paint.Dim.Line("    "+label).Pad(16), paint.Wrap(paint.Plain, text, width-16))...)
		}
	}
	info, _ := sasl.Lookup(c.Name)
	say("", info.Summary)
	say("ranks here", c.Why)
	say("asks first", c.Guard)
	say("listener", info.Eavesdropper)
	say("status", words.List(", ", info.Status, info.Ref))
	return out
}

// beforeTLS recalls what was offered in cleartext, which an attacker on the path could have written.
func (w *explorer) beforeTLS(width int) []paint.Line {
	switch had := w.snap.Forgotten; {
	case had == nil:
		return nil
	case len(had.AuthMechanisms()) == 0:
		return paint.Wrap(paint.Dim, "Before TLS it offered none, which is right: a client would have sent a password in cleartext.", width)
	default:
		return paint.Wrap(paint.Warn, "Before TLS it offered "+strings.Join(had.AuthMechanisms(), " ")+": a list that anyone on the path could have changed.", width)
	}
}
