package ui

import (
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// briefly is a verdict in at most height lines where all of it takes more: the first sentence of its cause and the keys of its advice, and
// as much of the rest as fits whole. What does not is counted.
func (w *explorer) briefly(v record.Verdict, width, height int) []paint.Line {
	first := len(paint.Wrap(paint.Plain, words.Sentences(v.Cause)[0], width-2))
	least := min(len(w.applicable()), 1) // a row for the keys
	advice, untold := w.adviceInBrief(v, width, max(height-1-first, least))
	cause, unsaid := causeInBrief(v.Cause, width-2, height-1-len(advice))
	w.leftOut = untold + unsaid
	return append(append([]paint.Line{headWith(v, othersTurn(v) || v.Who == record.WhoOperator, width)}, paint.Hang(paint.Text("  "), cause)...), advice...)
}

// causeInBrief are the sentences of a cause that fit whole into so many lines, and how many are left out. The first is never left out, and
// cut only where it alone is longer than that.
func causeInBrief(cause string, width, height int) (lines []paint.Line, left int) {
	said := words.Sentences(cause)
	for n := len(said); n > 0; n-- {
		if lines = paint.Wrap(paint.Plain, strings.Join(said[:n], " "), width); len(lines) <= height {
			return lines, len(said) - n
		}
	}
	return limit(lines, height), len(said)
}

// piece is an advice in a row with others.
type piece struct {
	forms []paint.Line // its words, the fullest first
	whole int          // how many of them tell all of it
	shown int          // which of them is shown; as many as there are where it is left out
	told  bool         // no key follows it
}

// adviceInBrief is the advice in at most height rows, and how much of it is left out. What a key follows is never left out. The first advice
// has the fullest words, then what a key follows.
func (w *explorer) adviceInBrief(v record.Verdict, width, height int) (rows []paint.Line, left int) {
	label := paint.Text("  ")
	if v.Who == record.WhoYou {
		label = paint.Accent.Line("  You  ")
	}
	list := w.pieces(v)
	fits := func() bool { return len(inPieces(list, width-label.Width())) <= height }
	for i := len(list) - 1; i >= 0 && !fits(); i-- {
		list[i].shown = max(list[i].shown, len(list[i].forms)-1) // its key alone
	}
	for _, told := range []bool{false, true} {
		for i := range list {
			if i == 0 || list[i].told == told {
				list[i].fullest(fits)
			}
		}
	}
	for _, p := range list {
		if p.shown >= p.whole && len(p.forms) > 0 {
			left++
		}
	}
	return limit(paint.Hang(label, inPieces(list, width-label.Width())), height), left
}

// fullest gives a piece the fullest of its forms with which all of them fit.
func (p *piece) fullest(fits func() bool) {
	least := p.shown
	for p.shown = 0; p.shown < least && !fits(); p.shown++ {
	}
}

// pieces are all advice in the order in which it is given, each as short as it can be with words. What takes a secret back that others could
// read comes first, and what gives up a protection last.
func (w *explorer) pieces(v record.Verdict) (list []piece) {
	keys := w.applicable()
	var weak []piece
	for _, a := range v.Advice {
		switch n := slices.Index(keys, a); {
		case a.Do == record.SendNoSecret: // which has a place of its own
		case n < 0 && walk.TakesBack(w.snap, a):
			list = slices.Insert(list, 0, w.toldPiece(v, a))
		case n < 0:
			list = append(list, w.toldPiece(v, a))
		case a.Do.Weakens():
			weak = append(weak, weakPiece(strconv.Itoa(n+1), w.adviceWords(a), adviceInShort(a)))
		default:
			list = append(list, keyPiece(strconv.Itoa(n+1), w.adviceWords(a), adviceInShort(a)))
		}
	}
	return append(list, weak...)
}

// keyPiece is an advice that a key follows: in its words, in few, and the key alone.
func keyPiece(key, told, few string) piece {
	digit := paint.Accent.Line(key)
	return piece{forms: []paint.Line{digit.And(paint.Plain, " "+told), digit.And(paint.Plain, " "+few), digit}, whole: 2, shown: 1}
}

// weakPiece is one that gives up a protection: that it does is said in any form.
func weakPiece(key, told, few string) piece {
	least := paint.Bad.Line("! ").And(paint.Accent, key).And(paint.Bad, " "+words.NotSafe)
	return piece{forms: []paint.Line{least.And(paint.Plain, ": "+told), least.And(paint.Plain, ": "+few), least}, whole: 2, shown: 2}
}

// toldPiece is an advice that no key follows: all of it, or the beginning that can stand alone. Who it is for stands before it, but where
// that is the person here and who must act, and where the first line has said it and there is no room.
func (w *explorer) toldPiece(v record.Verdict, a record.Advice) (p piece) {
	theirs, mine, weak := w.adviceTexts(record.Verdict{Who: v.Who, Advice: []record.Advice{a}})
	label, bare := paint.Accent.Line("You: "), false
	switch {
	case theirs != "":
		label, bare = paint.Accent.Line("Operator: "), true
	case weak != "":
		label = notSafe()
	case v.Who == record.WhoYou:
		label = nil
	}
	p.told = true
	for i, text := range beginnings(theirs + mine + weak) {
		p.forms = append(p.forms, label.And(paint.Plain, text))
		if bare {
			p.forms = append(p.forms, paint.Text(text))
		}
		if i == 0 {
			p.whole = len(p.forms)
		}
	}
	p.shown = len(p.forms)
	return p
}

// beginnings are a text and what stands before each of its clauses, the longest first: each says what to do, and not all of it.
func beginnings(text string) (out []string) {
	lead := ""
	if told, ok := strings.CutPrefix(text, tellOperator); ok {
		lead, text = tellOperator, told
	}
	for end := len(text); end > 0; {
		out = append(out, lead+text[:end])
		from := -1
		for _, clause := range []string{"; ", ": ", ", and ", ", or ", " ("} {
			from = max(from, strings.LastIndex(text[:end], clause))
		}
		end = from
	}
	return out
}

// inPieces are those in rows of a width. A row breaks between two of them, and within one only where it is longer than a row.
func inPieces(list []piece, width int) (rows []paint.Line) {
	for _, p := range list {
		if p.shown == len(p.forms) {
			continue
		}
		form := p.forms[p.shown]
		if n := len(rows); n > 0 && rows[n-1].Width()+3+form.Width() <= width {
			rows[n-1] = rows[n-1].And(paint.Dim, " · ").Then(form)
			continue
		}
		rows = append(rows, form.Break(width, 2, form.Width())...)
	}
	return rows
}
