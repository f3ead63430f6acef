package words

import (
	"fmt"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// mostCards bounds the cards of one event: more are not read.
const mostCards = 12

// Cards are the articles of the knowledge that an event has to do with, the most telling first: codes, verb, keyword, mechanism,
// message, suite, finding, and the terms that its explanation names. Of a reply of several lines they are those of one line,
// counted from 0.
func Cards(e *record.Event, line int) []explain.Entry {
	c := &cards{}
	switch {
	case e.Send != nil:
		c.sent(e)
	case e.Reply != nil:
		c.replied(e, line)
	case e.TLSMessage != nil:
		c.message(e.TLSMessage)
	case e.TLS != nil:
		c.ids("tls-version:"+e.TLS.Version, "tls-suite:"+e.TLS.CipherSuite, "tls-group:"+e.TLS.Group)
		for _, check := range e.TLS.Checks.List() {
			c.ids("finding:" + string(check.Finding))
		}
	case e.Finding != nil:
		c.ids("finding:" + string(e.Finding.Code))
	case e.Auth != nil:
		c.ids("mechanism:" + e.Auth.Mechanism)
	case e.End != nil:
		c.ended(e.End)
	default:
		c.around(e)
	}
	c.explained(e)
	return c.list
}

type cards struct{ list []explain.Entry }

// ids adds the cards with these IDs, as far as there are any, each once.
func (c *cards) ids(ids ...string) {
	for _, id := range ids {
		if e, ok := explain.ByID(id); ok {
			c.add(e)
		}
	}
}

func (c *cards) add(e explain.Entry) {
	for _, had := range c.list {
		if had.ID() == e.ID() {
			return
		}
	}
	if len(c.list) < mostCards {
		c.list = append(c.list, e)
	}
}

func (c *cards) sent(e *record.Event) {
	if e.Send.Content {
		c.ids("command:DATA", "topic:dot stuffing", "topic:envelope")
		return
	}
	words := strings.Fields(string(e.Send.Raw[:min(len(e.Send.Raw), wire.MaxAuthLine)]))
	if len(words) == 0 {
		return
	}
	c.ids("command:" + words[0])
	if strings.EqualFold(words[0], "AUTH") && len(words) > 1 {
		c.ids("mechanism:" + words[1])
	}
	for _, word := range words[1:] {
		name, _, _ := strings.Cut(word, "=")
		c.ids("parameter:" + name)
	}
}

// replied adds what a line of an EHLO reply offers, or what the codes of a reply mean where it stands.
func (c *cards) replied(e *record.Event, line int) {
	if keyword, ok := Keyword(e, line); ok && keyword.Name != "" {
		c.ids("keyword:" + keyword.Name)
		for _, word := range strings.Fields(e.Reply.Lines[line].Text)[1:] {
			c.ids("mechanism:" + word)
		}
		return
	}
	if x := e.Explain; x != nil {
		c.ids(x.Entries...)
	}
	c.ids("reply:" + strconv.Itoa(e.Reply.Code))
	for _, l := range e.Reply.Lines {
		if l.Enhanced != (wire.Enhanced{}) {
			c.ids("enhanced:" + l.Enhanced.String())
		}
	}
}

func (c *cards) message(m *tlswire.Message) {
	if e, ok := MessageEntry(m); ok {
		c.add(e)
	}
	if r, ok := tlswire.RegistryOf("tls-suite"); ok && m.Suite != 0 && m.Name == "ServerHello" {
		if suite, ok := r.Find(m.Suite); ok {
			c.ids("tls-suite:" + suite.Name)
		}
	}
}

func (c *cards) ended(v *record.Verdict) {
	c.ids("finding:" + string(v.Finding))
	if v.Code != 0 {
		c.ids("reply:" + strconv.Itoa(v.Code))
	}
	if v.Enhanced != (wire.Enhanced{}) {
		c.ids("enhanced:" + v.Enhanced.String())
	}
}

func (c *cards) around(e *record.Event) {
	switch {
	case e.Start != nil:
		c.ids(fmt.Sprintf("port:%d", e.Start.Target.Port), "topic:relay and submission")
	case e.Lookup != nil: // its explanation names them
	case e.Resolve != nil:
		c.ids("topic:MX", "topic:IPv4 and IPv6")
	case e.Connect != nil:
		c.ids("port:"+e.Connect.Remote[strings.LastIndexByte(e.Connect.Remote, ':')+1:], "topic:ports and sockets")
	case e.Forgot != nil:
		c.ids("topic:STARTTLS", "topic:STARTTLS injection")
	}
}

// explained adds the entries that an explanation rests on, and the terms in it.
func (c *cards) explained(e *record.Event) {
	text := Of(e).Head
	if x := e.Explain; x != nil {
		c.ids(x.Entries...)
		text += " " + x.Short + " " + x.Text + " " + x.Cause
	}
	if len(c.list) > 0 {
		first := c.list[0]
		text += " " + first.Text
		c.ids(first.See...)
	}
	for _, named := range explain.Mentioned(text, mostCards) {
		c.add(named)
	}
}
