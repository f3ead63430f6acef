package detail

import (
	"fmt"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// byKind says what an event means that came without an annotation.
func (w *writer) byKind(e *record.Event) {
	switch e.Kind {
	case record.KindResolve:
		w.heading("the name was looked up")
		w.paragraph("DNS returned the addresses of this name, to which a client can connect.")
	case record.KindConnect:
		w.heading("a TCP connection")
		w.paragraph("Two addresses and two ports identify the connection. TCP needs one round trip to open it; then one side has to send the first bytes.")
	case record.KindTLS:
		w.outcome(e.TLS)
	case record.KindAuth:
		w.mechanism(e.Auth)
	case record.KindChange:
		w.change(e.Change)
	case record.KindForgot:
		w.topic("second EHLO", "both sides discard everything from before TLS")
	case record.KindCapabilities:
		w.topic("second EHLO", "the list differs inside TLS")
	case record.KindState:
		w.heading(words.Of(e).Head)
		w.paragraph("Replies can no longer be matched to commands. Close the connection and start again.")
	}
}

// change says how the session goes on once an advice was followed.
func (w *writer) change(c *record.Change) {
	if c.ByHand() {
		w.heading("settings were changed by hand")
		w.paragraph("The steps from here on are taken with: " + words.Change(c) + ".")
		return
	}
	w.heading("you followed the advice")
	if skipped := words.Skipped(c); skipped != "" {
		w.paragraph(strings.ToUpper(skipped[:1]) + skipped[1:] + ". The times of the session and of the message continue from there.")
	}
	if c.Reconnect {
		w.paragraph(fmt.Sprintf("The next attempt is made on a new connection, to port %d of %s. It keeps no state of the previous one.", c.Plan.Target.Port, c.Plan.Target.Called()))
		return
	}
	w.paragraph("The session continues on the same connection, and you can try the failed step again.")
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
	w.heading(words.Version(t) + " is up")
	w.paragraph("From here on everything is encrypted. " + words.Trust(t))
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
