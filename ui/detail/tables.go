package detail

import (
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// capabilities lists what the server offers, each line explained, with what TLS changed marked.
func (w *writer) capabilities(c *record.Capabilities) {
	w.gap()
	w.field("server", c.Domain)
	list := words.Keywords(c)
	for _, p := range list[:min(len(list), most)] {
		if p.In > 0 {
			w.under(p.Value)
			continue
		}
		mark, ink := changed(p.Note)
		w.add(paint.Hang(ink.Line(mark+" "), paint.Chop(paint.Plain, p.Name, w.width-2))...)
		w.under(p.Value)
		w.under(p.Note)
	}
	w.omitted(len(list), "line")
}

// changed marks what became of a line inside TLS.
func changed(note string) (mark string, ink paint.Ink) {
	switch {
	case note == words.New:
		return "+", paint.Good
	case note == words.Gone:
		return "−", paint.Warn
	case note != "":
		return "~", paint.Accent
	}
	return " ", paint.Plain
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
		w.parts(words.Plan(e.Start))
	case record.KindLookup:
		w.lookup(e.Lookup)
	case record.KindResolve:
		w.resolve(e.Resolve)
	case record.KindConnect:
		w.connect(e.Connect)
	case record.KindCapabilities:
		w.capabilities(e.Capabilities)
	case record.KindFinding:
		w.findingFields(e.Finding)
	case record.KindForgot:
		w.parts(words.Parts(e))
	case record.KindState:
		w.field("stage", string(e.State.Stage))
		w.field("security", string(e.State.Security))
	case record.KindEnd:
		w.endFields(e.End)
	}
}

func (w *writer) resolve(r *record.Resolve) {
	w.field("name", r.Host)
	w.field("asked for", map[string]string{"ip": "IPv4 and IPv6", "ip4": "IPv4 only", "ip6": "IPv6 only"}[r.Network])
	for i, a := range r.Addresses[:min(len(r.Addresses), most)] {
		w.field(fmt.Sprintf("address %d", i+1), a)
		if i < len(r.Hosts) {
			w.under("of " + r.Hosts[i])
		}
	}
	w.field("waited", words.Duration(r.Took)+" for the resolver")
	w.fieldInk("cause", paint.Bad, r.Error)
}

func (w *writer) lookup(l *record.Lookup) {
	w.field("name", l.Name)
	w.field("type", l.Type)
	w.field("asked", l.Server)
	w.field("status", l.Status)
	for i, a := range l.Answers {
		w.field(fmt.Sprintf("answer %d", i+1), words.Data(a))
		w.under(words.Kept(a))
	}
	if l.Proved {
		w.field("proof", "the name server has checked the signatures (DNSSEC)")
	}
	w.field("waited", words.Duration(l.Took)+" for the name server")
	w.fieldInk("cause", paint.Bad, l.Error)
}

func (w *writer) connect(c *record.Connect) {
	w.field("from", c.Local)
	if c.Local != "" {
		w.meaning("this computer's address, and a port that its system chose")
	}
	w.field("to", c.Remote)
	w.meaning("the server's address and port: the four together name this connection")
	w.field("waited", words.Duration(c.Took)+" for the server's system")
	if c.Error == "" {
		w.meaning("one round trip: SYN, SYN-ACK")
	}
	w.fieldInk("cause", paint.Bad, c.Error)
}

func (w *writer) findingFields(f *record.Finding) {
	m, ink := dialogue.Severity(f.Severity)
	w.field("code", string(f.Code))
	w.fieldInk("severity", ink, m+" "+string(f.Severity))
	w.prose("text", paint.Plain, f.Text)
	w.prose("remedy", paint.Plain, f.Remedies())
	w.prose("sources", paint.Plain, explain.Cite(f.Refs))
}

func (w *writer) endFields(v *record.Verdict) {
	w.field("phase", string(v.Phase))
	w.field("outcome", string(v.Outcome))
	w.field("exit code", fmt.Sprintf("%d, %s", v.Exit, words.Meaning(v.Exit)))
	if v.Code != 0 {
		w.field("reply", strings.TrimSpace(fmt.Sprintf("%d %s", v.Code, enhanced(v))))
	}
	w.field("finding", string(v.Finding))
	w.prose("cause", paint.Plain, v.Cause)
	w.field("must act", string(v.Who))
	for _, a := range v.Advice {
		w.field("advice", a.String())
	}
	w.parts(words.Facts(&v.Facts))
}

func enhanced(v *record.Verdict) string {
	if v.Enhanced.IsZero() {
		return ""
	}
	return v.Enhanced.String()
}
