package detail

import (
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/ui/dialogue"
)

// byKind says what an event means that came without an annotation.
func (w *writer) byKind(e *record.Event) {
	switch e.Kind {
	case record.KindResolve:
		w.heading("the name was looked up")
		w.paragraph("DNS turned the name into the addresses a connection can be made to.")
	case record.KindConnect:
		w.heading("a TCP connection")
		w.paragraph("Two addresses and two ports name the connection. TCP needs one round trip to open it; then nothing happens until somebody speaks.")
	case record.KindTLS:
		w.outcome(e.TLS)
	case record.KindAuth:
		w.mechanism(e.Auth)
	case record.KindForgot:
		w.topic("second EHLO", "everything said before TLS is forgotten")
	case record.KindCapabilities:
		w.topic("second EHLO", "the list differs inside TLS")
	case record.KindState:
		w.topic("", "the session is out of sync")
		w.paragraph("Replies can no longer be matched to commands, so nothing more is sent. Close the connection and start again.")
	}
}

func (w *writer) topic(name, heading string) {
	w.heading(heading)
	if entry, ok := explain.Topic(name); ok {
		w.paragraph(entry.Text)
		w.refs(entry.Refs)
	}
}

func (w *writer) outcome(t *record.TLS) {
	if t.Error != "" {
		w.heading("the handshake failed")
		w.paragraph(t.Error)
		return
	}
	w.heading(dialogue.Version(t) + " is up")
	w.paragraph("From here on everything is encrypted. " + trust(t))
}

// came says in short what a handshake came to, whose messages are in front of its outcome.
func (w *writer) came(s Subject, e *record.Event) {
	if s.event() != e { // a note shows the event that it is about
		s.Row.Event = e.Seq - 1
	}
	h := s.handshake()
	if e.TLS.Error != "" {
		w.died(h, e.TLS)
		return
	}
	w.inShort(h)
}

func trust(t *record.TLS) string {
	if t.Verified {
		return "The certificate was checked, and the server is the one that was meant."
	}
	var doubts []string
	for _, c := range t.Checks {
		if c.Failed() {
			doubts = append(doubts, c.Text)
		}
	}
	return "But nobody vouches for who is at the other end: " + strings.Join(doubts, "; ") + "."
}

func (w *writer) mechanism(a *record.Auth) {
	entry, ok := explain.Mechanism(a.Mechanism)
	if !ok {
		w.heading(a.Mechanism)
		return
	}
	w.heading(entry.Name + ": " + entry.Short)
	entry.Short = ""
	w.entry(entry)
}
