package dialogue

import (
	"bytes"
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

// lookSend draws one line of what the client sent.
func lookSend(s *record.Send, line int) Look {
	look := Look{
		Mark: paint.Of(paint.Client, "C"),
		Rail: rail(s.TLS),
		Text: paint.Client.Line(string(nthLine(s.Raw, line))),
	}
	if s.Edited {
		look.Margin = "typed by hand"
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

// lookReply draws one line of what the server answered, as it was sent.
func lookReply(e *record.Event, line int) Look {
	r := e.Reply
	look := Look{Mark: paint.Of(paint.Server, "S"), Rail: rail(r.TLS)}
	if line >= len(r.Lines) {
		look.Text = unread(r)
		return look
	}
	look.Text = replyLine(r.Lines[line])
	look.Margin = replyMargin(e, line)
	return look
}

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
		return paint.Bad.Line("no reply").And(paint.Dim, ": "+r.Error)
	}
	return paint.Server.Line(strings.TrimRight(string(r.Raw[:min(len(r.Raw), 512)]), "\r\n"))
}

// replyMargin explains the lines of an EHLO reply one by one, any other reply as a whole.
func replyMargin(e *record.Event, line int) string {
	switch {
	case e.Reply.Unasked && line == 0:
		return "the server spoke out of turn"
	case line == 0 || e.Step != record.VerbEHLO || e.Reply.Code != 250:
		return ""
	}
	entry, ok := KeywordOf(e, line)
	if !ok {
		return "not a keyword known here"
	}
	return entry.Short
}

// KeywordOf explains the keyword in one line of an EHLO reply.
func KeywordOf(e *record.Event, line int) (explain.Entry, bool) {
	words := strings.Fields(e.Reply.Lines[line].Text)
	if len(words) == 0 {
		return explain.Entry{}, false
	}
	return explain.Keyword(words[0], words[1:])
}

// lookMore draws the head of the lines that are folded away.
func (x *Index) lookMore(r Row, open bool) Look {
	f := x.folds[r.fold]
	word := "more lines"
	if open {
		return Look{Mark: paint.Of(paint.Accent, markOpen), Text: paint.Dim.Line(fmt.Sprintf("%s %s", Count(int(f.last-f.first)), word))}
	}
	return Look{Mark: paint.Of(paint.Accent, markClosed), Text: paint.Dim.Line(fmt.Sprintf("%s %s · space shows them", Count(int(f.last-f.first)), word))}
}

// Count writes a number with a comma between thousands.
func Count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Number writes how many of something there are: "1 message", "9 messages".
func Number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "ch") {
		noun += "e"
	}
	return Count(n) + " " + noun + "s"
}
