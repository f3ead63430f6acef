// Package words puts the events of a session into words, each once. Every face says the same: it lays out, colors and cuts
// what stands here, and adds no sentence of its own about an event.
//
// Nothing here is made visible: a text may hold what a server, a file or a person wrote, and a face escapes it before it
// reaches a terminal.
package words

import (
	"cmp"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// Line is an event in words.
type Line struct {
	Mark Mark
	// Topic says in a word what it is about, for a face that has a column for it.
	Topic string
	// Lead goes before the headline where neither mark nor place tell it: the code of a finding, the event of a note.
	Lead string
	// Head is what happened: a headline or a sentence. Raw stands in its place for what crossed the wire.
	Head string
	Raw  wire.Raw
	// Remark is what it means, in a few words; Refs are its sources.
	Remark string
	Refs   []explain.Ref
	// Doubt says that it was reached over TLS with a certificate that failed verification.
	Doubt bool
}

// Whole is the headline with its lead, for a face that has neither marks nor columns.
func (l Line) Whole() string { return List(": ", l.Lead, l.Head) }

// Mark is what kind of line it is, who spoke, and how it bodes.
type Mark struct {
	Sign Sign
	TLS  bool           // what crossed the wire was encrypted
	Bad  bool           // refused, failed or wrong
	Came record.Outcome // of the verdict: what it came to
}

// Sign is what a mark stands for.
type Sign uint8

// The signs.
const (
	Own        Sign = iota // what this program did or says
	Good                   // and it went well
	Info                   // a finding, by its severity
	Warn                   //
	Danger                 //
	State                  // the session moved
	ToServer               // what crossed the wire
	FromServer             //
	Opened                 // the parts of a line of AUTH
	Changed                // the difference of two lists
	Noted                  // a person's remark
	Ended                  // the verdict
)

// Part is a value that belongs to an event, with its name.
type Part struct {
	Name  string // empty where Value is a sentence
	Alone string // the name where no other part stands before it; empty where that is Name
	Value string
	Note  string // what it means, or how it was made
	Ref   string
	Bad   bool // it speaks against the server
	Deep  bool // for a reader who wants to know everything
	In    int  // how far it stands below the part before it
}

// Text is the part as a line that is understood alone.
func (p Part) Text() string { return List(": ", cmp.Or(p.Alone, p.Name), p.Value) }

// Of is an event in words. What a state has changed is told by [Moved]; its line here tells only what ends a session.
func Of(e *record.Event) Line {
	l := line(e)
	if x := e.Explain; x != nil {
		l.Remark, l.Refs = cmp.Or(l.Remark, x.Short), x.Refs
	}
	if r := e.Reply; r != nil && strings.HasPrefix(NoReply(r), l.Remark) { // which stands in the place of the reply already
		l.Remark = ""
	}
	return l
}

func line(e *record.Event) Line {
	switch e.Kind {
	case record.KindStart:
		return start(e.Start)
	case record.KindLookup:
		return lookup(e.Lookup)
	case record.KindResolve:
		return resolve(e.Resolve)
	case record.KindConnect:
		return connect(e.Connect)
	case record.KindProbe:
		return probe(e.Probe)
	case record.KindSend:
		return send(e.Send)
	case record.KindReply:
		return reply(e.Reply)
	case record.KindCapabilities:
		return capabilities(e.Capabilities)
	case record.KindTLSMessage:
		return message(e.TLSMessage)
	case record.KindTLS:
		return tls(e.TLS)
	case record.KindAuth:
		return auth(e.Auth)
	}
	return beside(e)
}

// beside is a line about what does not cross the wire.
func beside(e *record.Event) Line {
	switch e.Kind {
	case record.KindState:
		return Line{}.orBroken(e.State)
	case record.KindFinding:
		return finding(e.Finding)
	case record.KindNote:
		return note(e.Note)
	case record.KindAbout:
		return about(e.About)
	case record.KindForgot:
		return forgot(e.Forgot)
	case record.KindReveal:
		return reveal(e.Reveal)
	case record.KindChange:
		return changeOfPlan(e.Change)
	case record.KindFault:
		return Line{Mark: Mark{Sign: Danger, Bad: true}, Topic: "fault", Head: e.Fault.Error()}
	case record.KindServerLog, record.KindOnPath:
		return besides(e)
	case record.KindEnd:
		s := Verdict(e.End)
		return Line{Mark: s.Mark, Lead: s.Lead(), Head: s.Cause, Doubt: s.Doubt}
	}
	return Line{Head: "event of kind " + string(e.Kind) + ", which this program does not know"}
}

// Severity is the sign of a finding.
func Severity(s record.Severity) Sign {
	switch s {
	case record.SeverityDanger:
		return Danger
	case record.SeverityWarn:
		return Warn
	}
	return Info
}

func finding(f *record.Finding) Line {
	return Line{Mark: Mark{Sign: Severity(f.Severity), Bad: f.Phase != ""}, Lead: List(" ", string(f.Severity), string(f.Code)), Head: f.Text}
}

// reveal names the switch; what it means is in the finding after it.
func reveal(r *record.Reveal) Line {
	if r.On {
		return Line{Mark: Mark{Sign: Warn}, Topic: "secrets", Head: "secrets revealed"}
	}
	return Line{Topic: "secrets", Head: "secrets masked"}
}

func forgot(f *record.Forgot) Line {
	what := record.Plural(len(f.Capabilities), "capability", "capabilities")
	if f.Greeting != "" {
		what = "the greeting and " + what
	}
	return Line{Head: "discarded: " + what + " from before TLS"}
}

// Count writes a number with a comma between thousands.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Number writes how many of something there are: "1 message", "9 matches".
func Number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "ch") {
		noun += "e"
	}
	return Count(n) + " " + noun + "s"
}

// List joins what is not empty.
func List(separator string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}

// Labelled is a label and a text, or nothing without the text.
func Labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + text
}

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

// Sentences divides a text after each full stop that ends one. What is quoted is one piece.
func Sentences(text string) (out []string) {
	quoted, from := false, 0
	for i, c := range text {
		switch {
		case c == '“', c == '”':
			quoted = c == '“'
		case c == ' ' && !quoted && i > 0 && text[i-1] == '.':
			out, from = append(out, text[from:i]), i+1
		}
	}
	return append(out, text[from:])
}
