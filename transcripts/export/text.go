// Package export writes sessions in other forms than that of a transcript. [Text] is annotated text for a terminal, a
// pipe or a ticket, [Markdown] is for a ticket or a lesson, [HTML] a page that stands alone, [JSON] for other programs. [SVG]
// and [Cast] are for the screen as a face draws it.
//
// Nothing that came from a server, a file or a person reaches the output as it is: all of it is made visible first,
// also what a transcript gives as the program's own words, since anyone can write a transcript.
package export

import (
	"io"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// Depth is how much is said about an event.
type Depth int

// The depths.
const (
	Normal Depth = iota // the dialogue, a line of annotation for each part of it, what else happens
	Quiet               // the verdict alone: the cause, who has to act, what to do
	Brief               // the dialogue, a line for TLS, warnings and dangers, the verdict with its facts
	Full                // everything: also paragraphs, sources, and the fields of TLS messages
)

// Text turns events into lines of text, one after the other. The zero value is ready. It remembers the state it has
// told last, to tell only what changed, and when the session began; it is not safe for concurrent use.
type Text struct {
	// Width is where annotations are wrapped, in columns; 0 never wraps. What crossed the wire is never wrapped, so
	// that it can be copied.
	Width int
	// Color adds colors. They mean nothing that the marks do not say as well.
	Color bool
	Depth Depth
	// ServerLog and OnPath tell after each step what the practice server logged in it, and what was seen and done on the path.
	ServerLog, OnPath bool
	// How says how an advice is done on this face, empty where it cannot be; nil for a face that says nothing.
	How func(record.Advice) string

	began    time.Time // by the start event; zero before it
	tries    int       // that were followed by another
	headed   bool      // the attempts have headings elsewhere
	state    record.State
	compared bool // the next list of capabilities is told by what TLS has changed
}

// Event is the event as lines without line ends; none if there is nothing to say at this depth.
func (t *Text) Event(e *record.Event) []string {
	p := &page{Text: t, event: e}
	if e.Kind == record.KindStart {
		p.began = e.Start.Time
	}
	if p.Depth != Quiet || e.Kind == record.KindEnd {
		p.body()
	}
	return p.lines
}

// Write writes a whole session: each note below the event that it is about, the server's log and what was done on the path as parts of
// their own, the verdict last.
func (t *Text) Write(w io.Writer, s *Session) error {
	out := newOutput(w)
	for e := range s.told() {
		if e.Kind == record.KindEnd && t.Depth != Quiet {
			t.apart(out, s)
		}
		out.lines(t.Event(e))
		if out.err != nil {
			return out.err
		}
	}
	p := &page{Text: t}
	p.say(markWarn, s.Incomplete)
	out.lines(p.lines)
	return out.end()
}

// page collects the lines of one event.
type page struct {
	*Text
	event *record.Event
	lines []string
}

func (p *page) body() {
	switch e := p.event; e.Kind {
	case record.KindSend:
		p.send(e.Send)
	case record.KindReply:
		p.reply(e.Reply)
	case record.KindCapabilities:
		p.capabilities(e.Capabilities)
	case record.KindTLSMessage:
		p.message(e.TLSMessage)
	case record.KindAuth:
		p.auth(e.Auth)
	case record.KindState:
		p.moved(e.State)
	case record.KindFinding:
		p.finding(e.Finding)
	case record.KindNote:
		p.note()
	case record.KindEnd:
		p.end(e.End)
	case record.KindServerLog, record.KindOnPath:
		p.beside(e)
	case record.KindChange:
		p.change()
	default:
		p.around()
	}
}

// change sets a heading where an advice was followed: what comes is another attempt.
func (p *page) change() {
	if p.headed || !followsAdvice(p.event) {
		p.around()
		return
	}
	p.tries++
	p.lines = append(p.lines, "=== attempt "+strconv.Itoa(p.tries+1)+": "+wire.VisibleString(words.Of(p.event).Head)+" ===")
}

// explained does what is left out at the depth Brief.
func (p *page) explained(do func()) {
	if p.Depth == Normal || p.Depth == Full {
		do()
	}
}

// say adds a statement: a mark and text, wrapped.
func (p *page) say(m mark, text string) {
	for _, line := range wrap(wire.VisibleString(text), p.Width-len(m.text)) {
		p.line(m, line)
		m.text = strings.Repeat(" ", len(m.text))
	}
}

// show adds a line with a mark that must stay one line.
func (p *page) show(m mark, text string) { p.line(m, wire.VisibleString(text)) }

// line adds a line of text that has been made visible.
func (p *page) line(m mark, text string) {
	text = m.text + text
	if p.Color && m.color != "" {
		text = m.color + text + colorOff
	}
	p.lines = append(p.lines, text)
}

// moment is when the event happened; zero if nobody has said when the session began.
func (p *page) moment() time.Time {
	if p.began.IsZero() {
		return p.began
	}
	return p.began.Add(p.event.T)
}

// add adds lines of annotation, wrapped, under the mark.
func (p *page) add(text string) { p.addAt(0, text) }

// showAt adds a line of annotation that must stay one line.
func (p *page) showAt(depth int, text string) {
	if text != "" {
		p.show(mark{strings.Repeat(" ", annotation+2*depth), colorDim}, text)
	}
}

// addAt adds annotation that is indented by depth more steps.
func (p *page) addAt(depth int, text string) {
	m := mark{strings.Repeat(" ", annotation+2*depth), colorDim}
	for _, line := range wrap(wire.VisibleString(text), p.Width-len(m.text)) {
		p.line(m, line)
	}
}

// annotation is how far annotation is indented: further than any mark.
const annotation = 7
