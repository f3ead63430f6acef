package export

import (
	"cmp"
	"strings"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// ladder is what crossed the wire as arrows between client and server, from the first to the last.
func (p *webpage) ladder(s *Session) {
	p.section("ladder", "Ladder", "All data that was sent, in the order in which it was sent. A double line means encrypted; anyone on the path can read data with a single line.")
	p.tags("<div class=\"ends\" aria-hidden=\"true\"><span>client</span><span>server</span></div>\n<ol class=\"ladder\">\n")
	for e := range s.told() {
		m := words.Of(e).Mark
		if !crossed(m) {
			continue
		}
		p.tags("<li class=\"", kindOf(m), " ", mood(m), "\">")
		p.in("<span class=\"time\">", words.Duration(e.T), "</span> ")
		p.tags("<span class=\"who\">", speaker(m), "</span> <a href=\"#e")
		p.number(e.Seq)
		p.tags("\">")
		p.text(cmp.Or(rung(e), "an empty line"))
		p.tags("</a></li>\n")
	}
	p.tags("</ol>\n</section>\n")
}

// rung is what an arrow carries, in a line.
func rung(e *record.Event) string {
	if m := e.TLSMessage; m != nil {
		return words.List(", ", "TLS "+words.MessageName(m), words.Number(len(m.Raw), "byte"))
	}
	raw := rawOf(e)
	first, rest, _ := strings.Cut(string(raw), "\n")
	more := strings.Count(strings.TrimSuffix(rest, "\n")+"\n", "\n")
	if rest == "" {
		more = 0
	}
	line := cut(wire.VisibleString(strings.TrimSuffix(first, "\r")), 72)
	switch {
	case line == "" && more == 0 && e.Reply != nil:
		return words.NoReply(e.Reply)
	case e.Send != nil && e.Send.Content:
		return "the message, " + words.Number(max(e.Send.Size, len(raw)), "byte")
	case more > 0:
		return line + " … " + words.Number(more, "more line")
	}
	return line
}

func rawOf(e *record.Event) wire.Raw {
	switch {
	case e.Send != nil:
		return e.Send.Raw
	case e.Reply != nil:
		return e.Reply.Raw
	}
	return nil
}

// eavesdropper is the same as someone on the path sees it.
func (p *webpage) eavesdropper(s *Session) {
	p.section("wire", "What an eavesdropper sees", "Anyone on the path can read data in cleartext. Of encrypted data they see only the TLS records: who sends, when, and how much.")
	p.tags("<ol class=\"rows\">\n")
	for e := range s.told() {
		m := words.Of(e).Mark
		if !crossed(m) {
			continue
		}
		p.tags("<li class=\"", kindOf(m), " seen\"><span class=\"who\">", speaker(m), "</span><div class=\"what\">")
		p.seen(e)
		p.tags("</div></li>\n")
	}
	p.tags("</ol>\n</section>\n")
}

func (p *webpage) seen(e *record.Event) {
	switch m := e.TLSMessage; {
	case m != nil && !m.Encrypted:
		p.in("<span class=\"head\">TLS ", words.MessageName(m)+", "+words.Number(len(m.Raw), "byte")+", readable", "</span>")
	case m != nil:
		p.records(m)
	case e.Send != nil && e.Send.TLS, e.Reply != nil && e.Reply.TLS:
		p.in("<code class=\"veiled\">", words.List(" ", words.Cipher(cipherOf(e))), "</code>")
		if words.Cipher(cipherOf(e)) == "" {
			p.tags("<span class=\"head\">TLS records</span>")
		}
	default:
		p.lines(&record.Event{}, string(rawOf(e)))
	}
}

func cipherOf(e *record.Event) *record.Cipher {
	if e.Send != nil {
		return e.Send.Cipher
	}
	return e.Reply.Cipher
}

// records are the records that carried an encrypted message.
func (p *webpage) records(m *tlswire.Message) {
	said := false
	for _, r := range m.Records {
		if len(r.Bytes) > 0 {
			p.in("<code class=\"veiled\">", words.Beginning(r.Bytes, len(r.Header())+r.Length)+" ("+tlswire.ContentTypeName(r.ContentType)+")", "</code>")
			said = true
		}
	}
	if !said {
		p.tags("<span class=\"head\">TLS records, with those beside this one</span>")
	}
}
