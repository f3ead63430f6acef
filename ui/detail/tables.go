package detail

import (
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// capabilities lists what the server offers, each line explained, with what TLS changed marked.
func (w *writer) capabilities(c *record.Capabilities) {
	w.gap()
	w.field("server", c.Domain)
	marks := changeMarks(c.Changes)
	for i, k := range c.Keywords[:min(len(c.Keywords), most)] {
		w.capability(k, marks[i+2])
	}
	w.omitted(len(c.Keywords), "line")
	if c.Changes == nil {
		return
	}
	for _, k := range c.Changes.Removed {
		w.capability(k, change{"−", paint.Warn, "gone inside TLS"})
	}
}

// change is how a line differs from the list before TLS.
type change struct {
	mark string
	ink  paint.Ink
	says string
}

// changeMarks finds the change of each line of an EHLO reply, counted from 1.
func changeMarks(c *wire.Changes) map[int]change {
	marks := map[int]change{}
	if c == nil {
		return marks
	}
	for _, k := range c.Added {
		marks[k.Line] = change{"+", paint.Good, "new inside TLS"}
	}
	for _, k := range c.Changed {
		marks[k.After.Line] = change{"~", paint.Accent, "before TLS: " + string(k.Before.Raw)}
	}
	return marks
}

func (w *writer) capability(k wire.Capability, c change) {
	if c.mark == "" {
		c.mark = " "
	}
	w.add(paint.Hang(c.ink.Line(c.mark+" "), paint.Chop(paint.Plain, string(k.Raw), w.width-2))...)
	entry, ok := explain.Keyword(k.Keyword, k.Params)
	if !ok {
		entry.Short = "not a keyword known here"
	}
	w.under(entry.Short)
	w.under(c.says)
	for _, d := range k.Defects {
		w.under(d.Text)
	}
}

// under is a dim line below the field it belongs to.
func (w *writer) under(text string) {
	if text != "" {
		w.add(paint.Hang(paint.Text("    "), paint.Wrap(paint.Dim, text, w.width-4))...)
	}
}

// around lists the parts of the events around the lines of SMTP.
func (w *writer) around(e *record.Event) {
	switch e.Kind {
	case record.KindStart:
		w.startFields(e.Start)
	case record.KindResolve:
		w.resolve(e.Resolve)
	case record.KindConnect:
		w.connect(e.Connect)
	case record.KindCapabilities:
		w.capabilities(e.Capabilities)
	case record.KindFinding:
		w.findingFields(e.Finding)
	case record.KindForgot:
		w.forgot(e.Forgot)
	case record.KindState:
		w.field("stage", string(e.State.Stage))
		w.field("security", string(e.State.Security))
	case record.KindNote:
		w.field("on event", dialogue.Count(e.Note.On))
		w.prose("note", paint.Plain, e.Note.Text)
	case record.KindEnd:
		w.endFields(e.End)
	}
}

func (w *writer) startFields(s *record.Start) {
	w.field("target", s.Target.String())
	w.field("role", s.Target.Role())
	w.field("TLS starts", Starts(s.Policy.Start))
	w.field("without it", Musts(s.Policy.Must))
	w.field("scenario", s.Scenario)
	w.field("program", s.Program)
	w.field("began", s.Time.Format("2006-01-02 15:04:05 -0700"))
	w.field("format", s.Format)
}

// Starts says when TLS starts.
func Starts(s record.TLSStart) string {
	switch s {
	case record.StartImplicit:
		return "with the first byte"
	case record.StartSTARTTLS:
		return "on request, with STARTTLS"
	}
	return "never"
}

// Musts says what happens without TLS.
func Musts(m record.TLSMust) string {
	switch m {
	case record.MustRequire:
		return "the session stops"
	case record.MustOpportunistic:
		return "the session goes on in plain text"
	}
	return "nothing: it is not tried"
}

func (w *writer) resolve(r *record.Resolve) {
	w.field("name", r.Host)
	w.field("asked for", map[string]string{"ip": "IPv4 and IPv6", "ip4": "IPv4 only", "ip6": "IPv6 only"}[r.Network])
	for i, a := range r.Addresses[:min(len(r.Addresses), most)] {
		w.field(fmt.Sprintf("address %d", i+1), a)
	}
	w.field("waited", Duration(r.Took)+" for the resolver")
	w.fieldInk("error", paint.Bad, r.Error)
}

func (w *writer) connect(c *record.Connect) {
	w.field("from", c.Local)
	if c.Local != "" {
		w.meaning("our address, and a port the system picked")
	}
	w.field("to", c.Remote)
	w.meaning("the server's address and port: the four together name this connection")
	w.field("waited", Duration(c.Took)+" for the server's system")
	if c.Error == "" {
		w.meaning("one round trip: SYN, SYN-ACK")
	}
	w.fieldInk("error", paint.Bad, c.Error)
}

func (w *writer) findingFields(f *record.Finding) {
	m, ink := dialogue.Severity(f.Severity)
	w.field("code", f.Code)
	w.fieldInk("severity", ink, m+" "+f.Severity)
	w.prose("text", paint.Plain, f.Text)
	w.prose("remedy", paint.Plain, f.Remedy)
	w.prose("sources", paint.Plain, cite(f.Refs))
}

func (w *writer) forgot(f *record.Forgot) {
	w.field("greeting", f.Greeting)
	w.prose("keywords", paint.Plain, strings.Join(f.Capabilities, ", "))
}

func (w *writer) endFields(e *record.End) {
	w.field("phase", string(e.Phase))
	w.field("exit code", fmt.Sprintf("%d, %s", e.Exit, dialogue.Meaning(e.Exit)))
	w.prose("error", paint.Bad, e.Error)
	w.prose("hint", paint.Plain, e.Hint)
}
