package detail

import (
	"fmt"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// most bounds the parts of one event that are listed; the bytes view has the rest.
const most = 200

func fieldsPage(s Subject, width int) Page {
	w := &writer{width: width}
	e := s.event()
	w.field("event", fmt.Sprintf("%s · %s · after %s", dialogue.Count(e.Seq), e.Kind, words.Duration(e.T)))
	switch e.Kind {
	case record.KindSend:
		w.send(s, e)
	case record.KindReply:
		w.reply(s, e)
	case record.KindTLSMessage:
		w.tlsMessage(e.TLSMessage, s.moment(e))
	case record.KindTLS:
		w.tls(s, e)
	case record.KindAuth:
		w.auth(e.Auth)
	default:
		w.around(e)
	}
	return w.out
}

func (w *writer) send(s Subject, e *record.Event) {
	if before := s.before(); before != nil && before.Step != e.Step {
		w.field("waited", words.Duration(e.T-before.T)+" for the person at the keyboard")
	}
	switch {
	case e.Send.Content:
		w.content(e.Send)
	case inAuth(e):
		w.response(e)
	default:
		w.command(e.Send)
	}
	w.field("protection", words.Protection(e.Send.TLS))
	if e.Send.Edited {
		w.field("origin", words.ByHand)
	}
	for i, hides := range e.Send.Masked {
		w.field("hidden "+strconv.Itoa(i+1), behindMask(hides))
	}
	w.values(s.round())
}

// behindMask says what a mask stands for.
func behindMask(hides string) string {
	if hides == "typed" {
		return sasl.Mask + " was typed by hand, and is treated as a secret"
	}
	return sasl.Mask + " is a " + hides
}

// command divides a line into its verb, its argument and its parameters.
func (w *writer) command(s *record.Send) {
	line := strings.TrimRight(string(words.Sent(s)), "\r\n")
	verb, rest, _ := strings.Cut(line, " ")
	w.field("command", verb)
	if entry, ok := explain.Command(verb); ok {
		w.meaning(entry.Short)
		w.field("form", entry.Form)
		w.field("success", codes(entry.Success))
		w.field("failure", codes(entry.Failure))
	}
	w.field("argument", rest)
	for i, p := range strings.Fields(rest) {
		if entry, ok := explain.Parameter(verb, p); ok && i > 0 {
			w.field("parameter", p)
			w.meaning(entry.Short)
		}
	}
	if len(s.Masked) > 0 {
		w.field("length", "withheld: it would reveal the length of the secret")
		return
	}
	w.field("length", octets(len(s.Raw))+" with CRLF")
}

func codes(list []int) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = strconv.Itoa(c)
	}
	return strings.Join(words, " ")
}

func octets(n int) string { return dialogue.Number(n, "byte") }

func (w *writer) content(s *record.Send) {
	w.parts(words.Content(s))
	if len(s.Raw) < s.Size {
		w.meaning("the first " + octets(len(s.Raw)) + " are kept")
	}
}

func (w *writer) reply(s Subject, e *record.Event) {
	r := e.Reply
	if r.Code != 0 {
		w.code(r)
	}
	if words.Slow(r) {
		w.field("first byte", "after "+words.Duration(r.Wait))
		w.field("complete", "after "+words.Duration(r.Wait+r.Took))
	} else {
		w.field("waited", words.Duration(r.Wait)+" for the server")
	}
	w.fieldInk("error", paint.Bad, r.Error)
	if r.Unasked {
		w.fieldInk("unsolicited", paint.Warn, words.Unsolicited)
	}
	if r.Masked != "" {
		w.field("hidden", sasl.Mask+" is a "+r.Masked)
	}
	w.field("protection", words.Protection(r.TLS))
	w.defects(r.Defects)
	if c := s.after(record.KindCapabilities); c != nil {
		w.capabilities(c.Capabilities)
		return
	}
	w.replyLines(r.Lines)
	w.values(s.round())
}

func (w *writer) code(r *record.Reply) {
	w.field("code", strconv.Itoa(r.Code))
	if entry, ok := explain.Code(r.Code); ok {
		w.meaning(entry.Short)
	}
	if r.Enhanced.IsZero() {
		return
	}
	w.field("enhanced", r.Enhanced.String())
	if entry, ok := explain.Enhanced(r.Enhanced.Class, r.Enhanced.Subject, r.Enhanced.Detail); ok {
		w.meaning(entry.Short)
	}
}

func (w *writer) defects(list []wire.Defect) {
	for _, d := range list {
		w.prose("defect", paint.Warn, words.Defect(d))
	}
}

func (w *writer) replyLines(list []wire.Line) {
	for i, l := range list[:min(len(list), most)] {
		sep := " "
		if l.Sep == '-' {
			sep = "-"
		}
		w.field(fmt.Sprintf("line %d", i+1), l.Code+sep+l.Text)
	}
	if len(list) > 1 {
		w.meaning("a hyphen after the code means that more lines follow, and a space that this is the last line")
	}
	w.omitted(len(list), "line")
}

func (w *writer) omitted(n int, noun string) {
	if n > most {
		w.meaning("and " + dialogue.Number(n-most, "more "+noun) + ", see the bytes")
	}
}
