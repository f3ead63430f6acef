package plain

import (
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// spoken puts events into lines that are understood by ear, each without the one before it: who spoke, and whether anyone could
// listen. It says the first depth: what was said, what went wrong, and what changed. The zero value is ready.
type spoken struct {
	state    record.State // the one that was told last
	compared bool         // the next EHLO reply is told by what TLS has changed in it
}

// Bounds of what is said of long things; the explanation has the rest.
const (
	mostLines   = 100
	mostContent = 20
	longest     = 1000 // bytes of a line
)

// event is an event in lines; none where the first depth has nothing to say. They may hold what a server wrote.
func (s *spoken) event(e *record.Event) []string {
	l := words.Of(e)
	switch e.Kind {
	case record.KindSend:
		return append(s.wire(l, e.Send.Raw, e.Send.Content), nonempty(words.Masked(e.Send.Masked))...)
	case record.KindReply:
		return s.reply(e, l)
	case record.KindTLSMessage:
		return bad(l)
	case record.KindAuth:
		if e.Auth.Outcome == "" {
			return nil
		}
	case record.KindCapabilities:
		if s.compared = false; e.Capabilities.Changes == nil {
			return nil
		}
	case record.KindState:
		return s.moved(*e.State)
	case record.KindStart:
		return nonempty(whole(l), l.Remark)
	case record.KindFinding:
		return nonempty(whole(l), words.Labelled("remedy: ", e.Finding.Remedies()))
	case record.KindFault:
		return nonempty(whole(l), e.Fault.Hint())
	case record.KindForgot:
		s.compared = len(e.Forgot.Capabilities) > 0
	}
	return nonempty(whole(l))
}

// signs say what kind of line it is, where its words do not.
var signs = map[words.Sign]string{words.Info: "remark: ", words.Warn: "warning: ", words.Danger: "danger: "}

// whole is a headline. A finding leads with its severity and code.
func whole(l words.Line) string {
	text := l.Whole()
	if l.Lead == "" && text != "" {
		text = signs[l.Mark.Sign] + text
	}
	if l.Doubt {
		text += ", unverified"
	}
	return text
}

func bad(l words.Line) []string {
	if !l.Mark.Bad {
		return nil
	}
	return nonempty(speaker(l.Mark) + "TLS " + l.Whole())
}

// speaker is who said something, and whether anyone on the path could listen.
func speaker(m words.Mark) string {
	text := "client"
	switch {
	case m.Sign == words.FromServer && m.Bad:
		text = "server refuses"
	case m.Sign == words.FromServer:
		text = "server"
	}
	if m.TLS {
		return text + " inside TLS: "
	}
	return text + " in cleartext: "
}

// wire is what crossed it, line by line.
func (s *spoken) wire(l words.Line, raw wire.Raw, content bool) []string {
	most := mostLines
	if content {
		most = mostContent
	}
	var lines []string
	all := split(raw)
	for _, line := range all[:min(len(all), most)] {
		if line == "" {
			line = "an empty line"
		}
		lines = append(lines, speaker(l.Mark)+shorten(line))
	}
	if more := len(all) - most; more > 0 {
		lines = append(lines, "and "+words.Number(more, "more line"))
	}
	return lines
}

// split takes what crossed the wire apart. Only a proper line end is left out; another one is part of what is to be told.
func split(raw wire.Raw) []string {
	text, ended := strings.CutSuffix(string(raw), "\r\n")
	if text == "" && !ended {
		return nil
	}
	return strings.Split(text, "\r\n")
}

func shorten(line string) string {
	if len(line) <= longest {
		return line
	}
	return line[:longest] + " … " + words.Number(len(line)-longest, "more byte")
}

// reply is a reply and what it means. The lines of an EHLO reply are explained; those that were explained before TLS are told
// by what has changed.
func (s *spoken) reply(e *record.Event, l words.Line) []string {
	var lines []string
	said := s.wire(l, e.Reply.Raw, false)
	for i, line := range said {
		entry, known := words.Keyword(e, i)
		if known && s.compared {
			continue
		}
		lines = append(lines, line)
		if known {
			lines = append(lines, nonempty(entry.Short)...)
		}
	}
	if e.Reply.Error != "" {
		return append(lines, words.NoReply(e.Reply))
	}
	slow := ""
	if words.Slow(e.Reply) {
		slow = words.Waited(e.Reply)
	}
	return append(lines, nonempty(l.Remark, slow)...)
}

// moved tells what is different from the state told last, but for what the replies and the next step tell.
func (s *spoken) moved(now record.State) []string {
	before := s.state
	s.state = now
	switch now.Stage {
	case record.StageClosed, record.StageBroken, record.StageRefused:
	default:
		before.Stage = now.Stage
	}
	before.Transaction, before.Recipients = now.Transaction, now.Recipients
	if now.User == "" { // as whom is told with the outcome of AUTH
		before.Auth = now.Auth
	}
	return nonempty(whole(words.Moved(before, now)))
}

func nonempty(texts ...string) []string {
	var kept []string
	for _, t := range texts {
		if t != "" {
			kept = append(kept, t)
		}
	}
	return kept
}

// say says an event: its number first, for a jump or a note.
func (v *view) say(e *record.Event) {
	for i, line := range v.spoken.event(e) {
		if i == 0 {
			v.printf("%5d  %s", e.Seq, line)
		} else {
			v.print("       " + wire.VisibleString(line))
		}
	}
}
