// Package export writes events in other forms than that of a transcript. [Text] is annotated text for a terminal, a
// pipe or a ticket.
//
// Nothing that came from a server, a file or a person reaches the output as it is: all of it is made visible first,
// also what a transcript gives as the program's own words, since anybody can write a transcript.
package export

import (
	"io"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// Depth is how much is said about an event.
type Depth int

// The depths.
const (
	Normal Depth = iota // the dialogue, a line of annotation for each part of it, what else happens
	Quiet               // the dialogue, warnings and the outcome
	Full                // also paragraphs, sources, and the fields of TLS messages
)

// Text turns events into lines of text, one after the other. The zero value is ready. It remembers the state it has
// told last, to tell only what changed, and when the session began; it is not safe for concurrent use.
type Text struct {
	// Width is where annotations are wrapped, in columns; 0 never wraps. What crossed the wire is never wrapped, so
	// that it can be copied.
	Width int
	// Colour adds colours. They mean nothing that the marks do not say as well.
	Colour bool
	Depth  Depth
	// Numbers puts each event's Seq in front of its first line.
	Numbers bool

	began time.Time // by the start event; zero before it
	state record.State
	told  []string // the sentences about what went wrong that have been told whole: they are not told whole again
}

// Resume makes Text go on as if the state had been told: for a reader that jumps.
func (t *Text) Resume(s record.State) { t.state, t.told = s, nil }

// Fresh is a text without the sentences that have been told whole already; empty if nothing is left of it.
func (t *Text) Fresh(text string) string {
	rest := text
	for _, s := range t.told {
		rest = strings.ReplaceAll(rest, s, "")
	}
	if rest == text {
		return text
	}
	return strings.Trim(rest, " ;:")
}

// tell notes that a sentence has been told.
func (t *Text) tell(sentence string) {
	const most, least = 16, 12 // the last few, and nothing that may be part of another sentence by chance
	if len(sentence) < least {
		return
	}
	if t.told = append(t.told, sentence); len(t.told) > most {
		t.told = t.told[len(t.told)-most:]
	}
}

// Write writes the legend and all that src holds now.
func (t *Text) Write(w io.Writer, src record.Source) error {
	if err := writeLines(w, Legend()); err != nil {
		return err
	}
	for i := range src.Len() {
		if err := writeLines(w, t.Event(src.At(i))...); err != nil {
			return err
		}
	}
	return nil
}

func writeLines(w io.Writer, lines ...string) error {
	if len(lines) == 0 {
		return nil
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// Event is the event as lines without line ends; none if there is nothing to say at this depth.
func (t *Text) Event(e *record.Event) []string {
	p := &page{Text: t, event: e}
	p.body()
	return p.lines
}

// page collects the lines of one event.
type page struct {
	*Text
	event *record.Event
	lines []string
}

func (p *page) body() {
	switch e := p.event; e.Kind {
	case record.KindStart:
		p.began = e.Start.Time
		p.start(e.Start)
	case record.KindResolve:
		p.resolve(e.Resolve)
	case record.KindConnect:
		p.connect(e.Connect)
	case record.KindSend:
		p.send(e.Send)
	case record.KindReply:
		p.reply(e.Reply)
	case record.KindCapabilities:
		p.capabilities(e.Capabilities)
	case record.KindTLSMessage:
		p.tlsMessage(e.TLSMessage)
	case record.KindTLS:
		p.tls(e.TLS)
	case record.KindAuth:
		p.auth(e.Auth)
	case record.KindState:
		p.moved(e.State)
	case record.KindFinding:
		p.finding(e.Finding)
	case record.KindNote:
		p.note(e.Note)
	case record.KindForgot:
		p.forgot(e.Forgot)
	case record.KindEnd:
		p.end(e.End)
	default:
		p.unknown()
	}
}

// unknown is for what a newer writer has put into a transcript, and for what cannot be read.
func (p *page) unknown() {
	p.quietly(func() {
		p.say(markOwn, "event of kind "+string(p.event.Kind)+", which is not known here")
		p.explain()
	})
}

// quietly does what is left out at the depth Quiet.
func (p *page) quietly(do func()) {
	if p.Depth != Quiet {
		do()
	}
}

// say adds a statement: a mark and text, wrapped.
func (p *page) say(m mark, text string) {
	for _, line := range wrap(wire.VisibleString(text), p.Width-len(m.text)-len(p.number())) {
		p.line(m, line)
		m.text = strings.Repeat(" ", len(m.text))
	}
}

// show adds a line with a mark that must stay one line.
func (p *page) show(m mark, text string) { p.line(m, wire.VisibleString(text)) }

// line adds a line of text that has been made visible.
func (p *page) line(m mark, text string) {
	text = m.text + text
	if p.Colour && m.colour != "" {
		text = m.colour + text + colourOff
	}
	p.lines = append(p.lines, p.number()+text)
}

// moment is when the event happened; zero if nobody has said when the session began.
func (p *page) moment() time.Time {
	if p.began.IsZero() {
		return p.began
	}
	return p.began.Add(p.event.T)
}

// number is the event's number in front of its first line, blank in front of the others.
func (p *page) number() string {
	if !p.Numbers {
		return ""
	}
	if len(p.lines) > 0 {
		return strings.Repeat(" ", numberWidth)
	}
	return padLeft(itoa(p.event.Seq), numberWidth-1) + " "
}

const numberWidth = 6

// add adds lines of annotation, wrapped, under the mark.
func (p *page) add(text string) { p.addAt(0, text) }

// addAt adds annotation that is indented by depth more steps.
func (p *page) addAt(depth int, text string) {
	m := mark{strings.Repeat(" ", annotation+2*depth), colourDim}
	for _, line := range wrap(wire.VisibleString(text), p.Width-len(m.text)-len(p.number())) {
		p.line(m, line)
	}
}

// annotation is how far annotation is indented: further than any mark.
const annotation = 7
