package dialogue

import (
	"bytes"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// lookSend draws one line of what the client sent.
func lookSend(l words.Line, line int) Look {
	look := Look{Mark: signOf(l).span(), Rail: rail(l.Mark.TLS), Text: paint.Client.Line(string(nthLine(l.Raw, line)))}
	if line == 0 {
		look.Margin = l.Remark
	}
	if strings.Trim(string(l.Raw), "\r\n") == "" {
		look.Text = paint.Dim.Line("(empty line)")
	}
	return look
}

// nthLine is a line of raw without its line end.
func nthLine(raw []byte, n int) []byte {
	for range n {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}

// lookReply draws one line of what the server answered, as it was sent. The lines of an EHLO reply are explained one by
// one, any other reply as a whole.
func lookReply(e *record.Event, l words.Line, line int) Look {
	r := e.Reply
	look := Look{Mark: signOf(l).span(), Rail: rail(r.TLS)}
	if line >= len(r.Lines) {
		look.Text = unread(r)
	} else {
		look.Text, look.Hang = replyLine(r.Lines[line]), codeWidth
	}
	if line == 0 {
		look.Margin = l.Remark
	} else if entry, ok := words.Keyword(e, line); ok {
		look.Margin = entry.Short
	}
	return look
}

// codeWidth is the column of codes, with what divides them from the text.
const codeWidth = 4

// replyLine sets the code apart: it alone is for the client to act on (RFC 5321 §4.2).
func replyLine(l wire.Line) paint.Line {
	text := strings.TrimRight(string(l.Raw), "\r\n")
	if !strings.HasPrefix(text, l.Code) {
		return paint.Server.Line(text)
	}
	return codeInk(l.Code).Line(l.Code).And(paint.Server, text[len(l.Code):])
}

func codeInk(code string) paint.Ink {
	switch {
	case strings.HasPrefix(code, "4"):
		return paint.Warn
	case strings.HasPrefix(code, "5"):
		return paint.Bad
	}
	return paint.Good
}

// unread stands for a reply of which no line was understood.
func unread(r *record.Reply) paint.Line {
	if len(r.Raw) == 0 {
		return paint.Bad.Line(words.NoReply(r))
	}
	return paint.Server.Line(strings.TrimRight(string(r.Raw[:min(len(r.Raw), 512)]), "\r\n"))
}

// lookMore draws the head of the lines that are folded away.
func (x *Index) lookMore(r Row, open bool) Look {
	f := x.folds[r.fold]
	text := paint.Dim.Line(Count(int(f.last-f.first)) + " more lines")
	if !open {
		text = text.And(paint.Dim, " · ").Then(withKey(foldKey + " shows them"))
	}
	return Look{Fold: foldMark(open), Text: text}
}

// Count writes a number with a comma between thousands.
func Count(n int) string { return words.Count(n) }

// Place writes where one is in a list of n: "3 of 90". i is counted from 0.
func Place(i, n int) string {
	if n == 0 {
		return "none"
	}
	return Count(i+1) + " of " + Count(n)
}

// Number writes how many of something there are: "1 message", "9 messages".
func Number(n int, noun string) string { return words.Number(n, noun) }
