package predict

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// came is what came of a step.
type came struct {
	before, after record.Snapshot
	step          walk.Option
	events        []*record.Event
}

func newCame(before record.Snapshot, step walk.Option, events []*record.Event) came {
	c := came{before: before, after: before, step: step, events: events}
	for _, e := range events {
		c.after = c.after.Next(e)
	}
	return c
}

// last is the last event of a kind; nil if there is none.
func (c came) last(kind record.Kind) *record.Event {
	for _, e := range slices.Backward(c.events) {
		if e.Kind == kind {
			return e
		}
	}
	return nil
}

// reply is the reply to the step, or the one that came although it was not the server's turn where there is no other; nil if there is none.
func (c came) reply() *record.Event {
	var unasked *record.Event
	for _, e := range c.events {
		switch {
		case e.Kind != record.KindReply || e.Reply.Code == 0:
		case e.Reply.Unasked:
			unasked = cmp.Or(unasked, e)
		default:
			return e
		}
	}
	return unasked
}

// digit is the first digit of the reply, 0 where none came that is one (RFC 5321 §4.2).
func (c came) digit() int {
	e := c.reply()
	if e == nil || e.Reply.Code < 200 || e.Reply.Code > 599 {
		return 0
	}
	return e.Reply.Code / 100
}

// crossed says whether bytes of SMTP crossed the wire, and whether TLS encrypted them. What went wrong before anything was sent crossed nothing.
func (c came) crossed() (any, tls bool) {
	for _, e := range c.events {
		switch {
		case e.Kind == record.KindSend && e.Send.Error == "":
			return true, e.Send.TLS
		case e.Kind == record.KindReply && len(e.Reply.Raw) > 0:
			any, tls = true, e.Reply.TLS
		}
	}
	return any, tls
}

// handshake are the messages of the handshake in their order, without what only looks like one.
func (c came) handshake() (list []*tlswire.Message) {
	for _, e := range c.events {
		if e.Kind == record.KindTLSMessage && e.TLSMessage.Kind != tlswire.KindChangeCipherSpec {
			list = append(list, e.TLSMessage)
		}
	}
	return list
}

// afterMessage is what the server sent next after a message, by its name; nil for nothing.
func (c came) afterMessage(name string) *tlswire.Message {
	seen := false
	for _, m := range c.handshake() {
		if seen && m.Dir == tlswire.ServerToClient {
			return m
		}
		seen = seen || m.Name == name
	}
	return nil
}

// finding is the failure that the step ended with; nil if it did not.
func (c came) finding() *record.Event {
	for _, e := range slices.Backward(c.events) {
		if e.Kind == record.KindFinding && e.Finding.Phase != "" {
			return e
		}
	}
	return nil
}

// saidReply tells the reply, what it means, and whether it was to be expected.
func saidReply(c came) (why string, refs []explain.Ref) {
	e := c.reply()
	if e == nil {
		return saidFinding(c, "No reply came.")
	}
	why = fmt.Sprintf("The server replied %s.", quoted(&e.Reply.Reply))
	if x := e.Explain; x != nil {
		why, refs = why+" "+cmp.Or(x.Cause, x.Text), x.Refs
	}
	return why + expected(c), orGeneral(refs)
}

// quoted is the first line of a reply, no longer than one reads at a glance.
func quoted(r *wire.Reply) string {
	const most = 100
	line := strconv.Itoa(r.Code)
	if len(r.Lines) > 0 {
		line += " " + strings.TrimSpace(r.Lines[0].Enhanced.String()+" "+r.Lines[0].Text)
	}
	if runes := []rune(strings.TrimSpace(line)); len(runes) > most {
		line = string(runes[:most]) + "…"
	}
	return "“" + wire.VisibleString(strings.TrimSpace(line)) + "”"
}

// expected tells what was to be expected where the order of commands, or the server itself, had said so before.
func expected(c came) string {
	p := c.step.Predicted
	switch {
	case !p.Definite || p.Code == 0:
		return ""
	case p.Code/100 == c.digit():
		return " This was to be expected: " + p.Why + "."
	}
	return fmt.Sprintf(" The expected reply was %s, because %s.", p.Reply, p.Why)
}

// saidFinding tells what went wrong in the step, or that nothing is known of it.
func saidFinding(c came, lead string) (why string, refs []explain.Ref) {
	e := c.finding()
	if e == nil {
		return lead, orGeneral(nil)
	}
	return lead + " " + e.Finding.Text, orGeneral(refsOf(e))
}

// refsOf are the sources of a finding.
func refsOf(e *record.Event) []explain.Ref {
	if len(e.Finding.Refs) > 0 {
		return e.Finding.Refs
	}
	entry, _ := explain.Finding(string(e.Finding.Code))
	return entry.Refs
}

// orGeneral is where replies are defined, in place of nothing.
func orGeneral(refs []explain.Ref) []explain.Ref {
	if len(refs) > 0 {
		return refs
	}
	return []explain.Ref{{Doc: "RFC 5321", Section: "4.2"}}
}
