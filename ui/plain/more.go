package plain

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// deep is what the first depth leaves out of a step, and how much of it was told.
type deep struct {
	from, to int
	layers   []layer
	told     int
}

// layer is what is told at once.
type layer struct {
	name  string
	lines []string
}

// Bounds of what is told at once; the rest of a message is in its transcript.
const (
	mostContent = 20  // lines of a message
	mostFields  = 400 // of a message of TLS
	deepest     = 12
)

// more tells what the first depth leaves out of the step that was told last: a sentence or a few for each event, and then, each
// time it is asked, the details of one event.
func (v *view) more() {
	from := stepStart(v.src, v.pos-1)
	if v.deep.from != from || v.deep.to != v.pos {
		v.deep = deep{from: from, to: v.pos, layers: v.layers(from)}
	}
	d := &v.deep
	if d.told == len(d.layers) {
		v.print("nothing more is known about this step; x starts again from the beginning")
		d.told = 0
		return
	}
	for _, line := range d.layers[d.told].lines {
		v.print(wire.VisibleString(line))
	}
	if d.told++; d.told < len(d.layers) {
		v.printf("x again shows %s", d.layers[d.told].name)
		return
	}
	v.print("that was all about this step")
}

// layers are what there is to tell about the events from one on up to the position.
func (v *view) layers(from int) []layer {
	first := layer{}
	var rest []layer
	for i := from; i < v.pos; i++ {
		e := v.src.At(i)
		first.lines = append(first.lines, sentences(e)...)
		if l := details(e, v.began()); len(l.lines) > 0 {
			rest = append(rest, l)
		}
	}
	if len(first.lines) == 0 {
		return rest
	}
	return append([]layer{first}, rest...)
}

// began is when the session did; zero where nobody has said so.
func (v *view) began() (t time.Time) {
	if v.src.Len() > 0 && v.src.At(0).Start != nil {
		t = v.src.At(0).Start.Time
	}
	return t
}

// name is what an event is called in lines about it, so that each is understood alone.
func name(e *record.Event) string {
	switch {
	case e.Finding != nil:
		return titled(e.Finding.Code)
	case e.TLSMessage != nil:
		return words.MessageName(e.TLSMessage)
	case e.Kind == record.KindSend:
		return cmp.Or(called(e.Step), "the command")
	case e.Kind == record.KindReply && e.Step == record.VerbGreeting:
		return "the greeting"
	case e.Kind == record.KindReply:
		return "the reply" + words.Labelled(" to ", called(e.Step))
	}
	return cmp.Or(names.Of(e.Kind), "event "+words.Count(e.Seq))
}

// names are what events of other kinds are called.
var names = lazy.Table[record.Kind, string]{{record.KindStart, "the session"}, {record.KindLookup, "the DNS response"}, {record.KindResolve, "the name lookup"},
	{record.KindConnect, "the connection"}, {record.KindProbe, "the second connection"}, {record.KindCapabilities, "the capabilities"}, {record.KindTLS, "the handshake"},
	{record.KindAuth, "AUTH"}, {record.KindForgot, "what was learned before TLS"}, {record.KindChange, "the change"}}

// about are sentences about an event, each with a label.
type about struct {
	*record.Event
	lines []string
}

// tell adds a sentence of this program, unless it is empty.
func (a *about) tell(label, text string) {
	if text != "" {
		a.lines = append(a.lines, own(words.List(": ", words.List(", ", name(a.Event), label), text))...)
	}
}

// sentences are an event in the second depth, after its number: what crossed the wire, what it means, what was decided.
func sentences(e *record.Event) []string {
	lines := told(e)
	if len(lines) > 0 {
		lines[0] = "event " + words.Count(e.Seq) + ", " + lines[0]
	}
	return lines
}

func told(e *record.Event) []string {
	a := &about{Event: e}
	l := words.Of(e)
	switch e.Kind {
	case record.KindState, record.KindEnd, record.KindNote, record.KindServerLog, record.KindOnPath: // which have words of their own
		return nil
	case record.KindTLSMessage:
		a.message(e.TLSMessage, l)
		return a.lines
	case record.KindCapabilities:
		if e.Capabilities.Changes == nil { // the first depth has told them
			return nil
		}
	case record.KindStart:
		a.tell("", l.Remark)
	case record.KindResolve:
		if list := e.Resolve.Addresses; len(list) > 1 {
			a.tell("addresses", strings.Join(list, " and "))
		}
	case record.KindConnect:
		a.tell("", words.List(" ", "to "+spelled(e.Connect.Remote), words.Labelled("from ", spelled(e.Connect.Local))))
	case record.KindSend:
		a.onTheWire(e.Send.Raw, e.Send.Content, e.Send.Masked)
	case record.KindReply:
		a.onTheWire(e.Reply.Raw, false, nil)
		for _, d := range e.Reply.Defects {
			a.tell("not as it should be", words.Defect(d))
		}
	case record.KindTLS:
		a.tell("agreed", l.Remark)
	}
	a.tell("waited", strings.TrimPrefix(words.Took(e), "after "))
	a.parts(words.Parts(e), false)
	a.meaning()
	return a.lines
}

// message is a message of TLS in a sentence.
func (a *about) message(m *tlswire.Message, l words.Line) {
	who := strings.TrimSuffix(speaker(words.Mark{Sign: l.Mark.Sign, TLS: m.Encrypted}, false), ": ")
	if m.Encrypted {
		who = strings.TrimSuffix(speaker(words.Mark{Sign: l.Mark.Sign}, false), " in cleartext: ") + ", encrypted"
	}
	a.tell(who, words.List(": ", words.Number(len(m.Raw), "byte"), words.List("; ", l.Remark, m.Reason)))
}

// onTheWire are lines as they crossed it.
func (a *about) onTheWire(raw wire.Raw, content bool, hides []string) {
	lines, most := split(raw), mostLines
	if content {
		most = mostContent
	}
	for _, line := range lines[:min(len(lines), most)] {
		if line == "" {
			line = "an empty line"
		}
		a.lines = append(a.lines, name(a.Event)+", as sent on the wire: "+named(shorten(line), hides))
	}
	if more := len(lines) - most; more > 0 {
		a.tell("", "and "+words.Number(more, "more line"))
	}
}

// meaning is the longer text of an explanation, with its cause, its remedy and its sources.
func (a *about) meaning() {
	x := a.Explain
	if f := a.Finding; f != nil {
		a.tell("source", explain.Cite(f.Refs))
	}
	if x == nil {
		return
	}
	a.tell("meaning", x.Text)
	a.tell("wording of", x.Vendor)
	if a.Kind != record.KindTLS {
		a.tell("cause", x.Cause)
		a.tell("remedy", explain.Remedies(x.Remedy, x.Operator))
	}
	a.tell("source", explain.Cite(x.Refs))
}

// parts are the values of an event: those for everyone, or those for a reader who wants to know everything.
func (a *about) parts(list []words.Part, deep bool) {
	for _, p := range list {
		if p.Deep != deep {
			continue
		}
		text := words.List(", ", p.Value, p.Note)
		if deep {
			text = words.List(", ", text, p.Ref)
		}
		a.tell(p.Name, text)
	}
}

// details are an event in the third depth: of a message of TLS its fields, of all others what few people ask for.
func details(e *record.Event, began time.Time) layer {
	a := &about{Event: e}
	if m := e.TLSMessage; m != nil {
		a.meaning()
		at := began
		if !began.IsZero() {
			at = began.Add(e.T)
		}
		f := &fields{of: words.MessageName(m)}
		f.tell("", m.Fields(at, explain.Meaning), 0)
		return layer{"the fields of " + words.MessageName(m), append(a.lines, f.bounded()...)}
	}
	a.parts(words.Parts(e), true)
	switch {
	case e.Send != nil:
		a.tell("seen on the path", ciphertext(e.Send.Cipher))
	case e.Reply != nil:
		a.tell("seen on the path", ciphertext(e.Reply.Cipher))
	}
	return layer{"the details of " + name(e), a.lines}
}

// ciphertext is how much an eavesdropper saw of a step: nobody listens to the bytes.
func ciphertext(c *record.Cipher) string {
	if c == nil || c.Withheld {
		return words.Cipher(c)
	}
	return words.Number(c.Total, "byte") + " of TLS records"
}

// fields are those of a message of TLS, a sentence each.
type fields struct {
	of    string
	lines []string
	more  int
}

// silent are the fields that only say how long something is, or what its name says as well.
var silent = []string{"length", "extension_type", "DER header", "extnID"}

// tell tells fields and those in them, each with the name of what it stands in.
func (f *fields) tell(in string, list []tlswire.Field, depth int) {
	for _, x := range list {
		if depth > deepest || slices.Contains(silent, x.Name) {
			continue
		}
		f.add(in, x)
		f.tell(x.Name, x.Children, depth+1)
	}
}

// add tells a field, unless it is only a wrapper of others.
func (f *fields) add(in string, x tlswire.Field) {
	text := words.List("; ", amount(x.Value), strings.ReplaceAll(x.Meaning, "\n", " "), words.Labelled("damaged: ", x.Bad))
	switch {
	case text == "":
	case len(f.lines) == mostFields:
		f.more++
	default:
		f.lines = append(f.lines, own(words.List(", ", f.of, in, x.Name)+": "+text)...)
	}
}

func (f *fields) bounded() []string {
	if f.more > 0 {
		return append(f.lines, f.of+": and "+words.Number(f.more, "more field"))
	}
	return f.lines
}

// amount tells bytes in hexadecimal by how many they are and by how they begin: nobody listens to all of them.
func amount(value string) string {
	m := bytesInHex.Get().FindStringSubmatch(value)
	if m == nil {
		return shorten(value)
	}
	return words.List(", ", cmp.Or(m[1], words.Number(len(value)/2, "byte")), "the first four "+strings.Join([]string{value[:2], value[2:4], value[4:6], value[6:8]}, " "))
}

// bytesInHex matches what tlswire writes for bytes, and how many of them there are where it writes only the first.
var bytesInHex = lazy.Pattern{Text: `^(?:[0-9a-fA-F]{2}){9,}(?:… \(([0-9]+ bytes)\))?$`}
