package words

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

func send(s *record.Send) Line {
	return Line{Mark: Mark{Sign: ToServer, TLS: s.TLS}, Raw: Sent(s), Remark: List("; ", when(s.Edited, ByHand), InGroup(s), Practice(s))}
}

// Sent is what went to the server as a person reads it: a PROXY header of version 2 is no text, and is told in words.
func Sent(s *record.Send) wire.Raw {
	if text := wire.ShownProxyHeader(s.Raw); text != "" {
		return wire.Raw(text + "\r\n")
	}
	return s.Raw
}

// InGroup says that commands were sent together, or what experiment they are; empty for a command that was sent alone.
func InGroup(s *record.Send) string {
	if s.Experiment != "" {
		return "experiment " + wire.VisibleString(s.Experiment)
	}
	return when(s.Group > 0, Number(s.Group, "command")+" in one group")
}

// Practice says that a line has a secret of a practice account, with what base64 hides in it; empty for a line that has none.
func Practice(s *record.Send) string {
	if s.Practice == "" {
		return ""
	}
	const most = 60
	line := strings.TrimRight(string(s.Raw), "\r\n")
	data, err := base64.StdEncoding.DecodeString(line[strings.LastIndexByte(line, ' ')+1:])
	if err != nil || len(data) > most || !utf8.Valid(data) {
		return "practice " + s.Practice
	}
	text := wire.VisibleString(string(data))
	switch parts := strings.Split(string(data), "\x00"); {
	case len(parts) == 3: // authzid NUL authcid NUL passwd (RFC 4616 §2)
		return "practice " + List(", ", "user "+wire.VisibleString(parts[1]), s.Practice+" "+wire.VisibleString(parts[2]), Labelled("acts as ", wire.VisibleString(parts[0])))
	case s.Practice != password: // which alone is sent as it is, by LOGIN; the others are a part of a message
		return "practice " + s.Practice + ", in: " + text
	}
	return "practice " + s.Practice + ": " + text
}

// password is what a whole password hides, as LOGIN sends it.
const password = "password"

// What is special about a line.
const (
	ByHand      = "typed by hand"
	Unsolicited = "no command asked for this reply"
)

// Content is what was done to a message on its way out; none for a command.
func Content(s *record.Send) []Part {
	if !s.Content {
		return nil
	}
	parts := []Part{{Name: "content", Value: Number(max(s.Size, len(s.Raw)), "byte") + " on the wire"}}
	if s.Stuffed > 0 {
		parts = append(parts, Part{Name: "dots", Value: Number(s.Stuffed, "line") + " began with a dot and got a second dot (RFC 5321 §4.5.2)"})
	}
	if s.Normalized > 0 {
		parts = append(parts, Part{Name: "line endings", Value: Number(s.Normalized, "line ending") + " changed to CRLF (RFC 5321 §2.3.8)"})
	}
	return parts
}

func reply(r *record.Reply) Line {
	bad := r.Error != "" || r.Unasked || r.Code >= 400 || r.Code == 0
	return Line{Mark: Mark{Sign: FromServer, TLS: r.TLS, Bad: bad}, Raw: r.Raw, Remark: when(r.Unasked, Unsolicited)}
}

// NoReply is what there is to say of a reply that did not come, or not whole; empty where it did.
func NoReply(r *record.Reply) string {
	if len(r.Raw) == 0 {
		return Labelled("no reply: ", r.Error)
	}
	return r.Error
}

// Waited says how long a reply was waited for, and how long it took to arrive where that is long.
func Waited(r *record.Reply) string {
	if !Slow(r) {
		return after(r.Wait)
	}
	return "first byte " + after(r.Wait) + ", complete after " + Duration(r.Wait+r.Took)
}

// Slow reports whether a reply came in pieces far enough apart to be noticed.
func Slow(r *record.Reply) bool { return r.Took >= 50*time.Millisecond }

// after says how long something was waited for, unless nobody measured it.
func after(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return "after " + Duration(d)
}

// Duration rounds to what a person compares: 0.04 ms, 2.4 ms, 12 ms, 1.2 s, 5 min 3 s.
func Duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return strconv.FormatFloat(float64(max(d, 0))/1e6, 'f', 2, 64) + " ms"
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(float64(d)/1e6, 'f', 1, 64) + " ms"
	case d < time.Second:
		return strconv.Itoa(int(d.Milliseconds())) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	}
	return strconv.Itoa(int(d.Minutes())) + " min " + strconv.Itoa(int(d.Seconds())%60) + " s"
}

// Defect is a deviation that was tolerated.
func Defect(d wire.Defect) string {
	more := ""
	if d.More > 0 {
		more = "and " + Number(d.More, "more line")
	}
	return List(" ", "line "+strconv.Itoa(d.Line)+": "+d.Text, more, Labelled("(", Labelled(explain.Cited(d.Ref), ")")))
}

// Keyword explains one line of an EHLO reply, counted from 0; ok is false for a line that holds none.
func Keyword(e *record.Event, line int) (entry explain.Entry, ok bool) {
	if line == 0 || line >= len(e.Reply.Lines) || e.Step != record.VerbEHLO || e.Reply.Code != 250 {
		return explain.Entry{}, false
	}
	words := strings.Fields(e.Reply.Lines[line].Text)
	if len(words) == 0 {
		return explain.Entry{Short: unknownKeyword}, true
	}
	return keyword(words[0], words[1:]), true
}

const unknownKeyword = "not a known keyword"

func keyword(name string, params []string) explain.Entry {
	entry, ok := explain.Keyword(name, params)
	if !ok {
		entry.Short = unknownKeyword
	}
	return entry
}

// Keywords are the lines of an EHLO reply as a list, each explained, those that are gone last.
func Keywords(c *record.Capabilities) []Part {
	changes := map[int]string{}
	if c.Changes != nil {
		for _, k := range c.Changes.Added {
			changes[k.Line] = New
		}
		for _, k := range c.Changes.Changed {
			changes[k.After.Line] = changedFrom + string(k.Before.Raw)
		}
	}
	var parts []Part
	for i, k := range c.Keywords {
		parts = append(parts, keywordParts(k, changes[i+2])...)
	}
	if c.Changes == nil {
		return parts
	}
	for _, k := range c.Changes.Removed {
		parts = append(parts, keywordParts(k, Gone)...)
	}
	return parts
}

// keywordParts are a line as it was sent, and below it what is wrong with it.
func keywordParts(k wire.Capability, change string) []Part {
	parts := []Part{{Name: string(k.Raw), Value: keyword(k.Keyword, k.Params).Short, Note: change}}
	for _, d := range k.Defects {
		parts = append(parts, Part{Value: d.Text, Ref: d.Ref, Bad: true, In: 1})
	}
	return parts
}

// What became of a line of the EHLO reply inside TLS.
const (
	InsideTLS   = "inside TLS: "
	New         = "new inside TLS"
	Gone        = "gone inside TLS"
	changedFrom = "before TLS: "
)

func capabilities(c *record.Capabilities) Line {
	l := Line{Mark: Mark{Sign: Changed, TLS: c.TLS}}
	if c.Changes == nil {
		l.Head = Number(len(c.Keywords), "capability line")
		return l
	}
	var changed []string
	for _, pair := range c.Changes.Changed {
		changed = append(changed, capability(pair.Before)+" is now "+capability(pair.After))
	}
	l.Head = InsideTLS + List("; ", Labelled("new ", joined(c.Changes.Added)), Labelled("gone ", joined(c.Changes.Removed)),
		strings.Join(changed, ", "), AsBefore(c.Changes))
	return l
}

// AsBefore says how many lines of a list are the same before and inside TLS; empty where none is.
func AsBefore(c *wire.Changes) string {
	return when(len(c.Same) > 0, Number(len(c.Same), "line")+" as before")
}

func joined(all []wire.Capability) string {
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = capability(c)
	}
	return strings.Join(texts, ", ")
}

func capability(c wire.Capability) string { return List(" ", c.Keyword, strings.Join(c.Params, " ")) }

// Withheld says why ciphertext is not kept.
const Withheld = "withheld: this step carried a secret, and the length of a TLS record reveals the length of its content"

// Cipher is what an eavesdropper saw of a step; empty where nothing was kept.
func Cipher(c *record.Cipher) string {
	switch {
	case c == nil:
		return ""
	case c.Withheld:
		return "TLS records, " + Withheld
	}
	return Beginning(c.Bytes, c.Total)
}
