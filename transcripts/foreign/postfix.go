package foreign

import (
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// Postfix logs each line of SMTP where -v or debug_peer_list asks for it: < is what came in and > what went out, of smtpd (the server)
// and of smtp (the client) alike. It logs no message.

var (
	postfixLine    = &lazy.Pattern{Text: `(smtpd|smtp|lmtp)\[(\d+)\]: ([<>]) (\S*?)\[([^\]]*)\](?::(\d+))?: ?(.*)$`}
	postfixLog     = &lazy.Pattern{Text: `postfix\S*/(?:\w+/)*(?:smtpd|smtp|lmtp)\[\d+\]: `}
	postfixVerbose = &lazy.Pattern{Text: `(?m)(?:smtpd|smtp|lmtp)\[\d+\]: [<>] \S*?\[[^\]]*\](?::\d+)?: `}
	postfixAny     = &lazy.Pattern{Text: `(smtpd|smtp|lmtp)\[(\d+)\]: (.*)$`}
	postfixTLS     = &lazy.Pattern{Text: `^(Anonymous|Untrusted|Trusted|Verified)? ?TLS connection (established|reused) (?:from|to) [^ ]*\]?(?::\d+)?: (\S+) with cipher (\S+)`}
)

func fitsPostfix(source []byte) bool {
	source = source[:min(len(source), 1<<18)]
	return postfixVerbose.Get().Match(source) || postfixLog.Get().Match(source) && !fitsArrows(source)
}

func readPostfix(source []byte) ([]Conversation, error) {
	text, err := lines(source)
	if err != nil {
		return nil, err
	}
	p := &postfix{open: map[string]*postfixTalk{}}
	for _, line := range text {
		p.line(strings.TrimRight(line, " "))
	}
	for _, key := range slices.Clone(p.order) {
		p.close(key)
	}
	if len(p.list) == 0 {
		return nil, &Error{Text: "it is a Postfix log that is not verbose, so it contains no SMTP lines", Hint: "smtpd -v or smtp -v in master.cf, or debug_peer_list, makes it verbose; single lines of a normal log can be explained too"}
	}
	return p.list, nil
}

// postfix sorts the lines by the process that wrote them: a process has one session at a time.
type postfix struct {
	list  []Conversation
	open  map[string]*postfixTalk
	order []string
}

type postfixTalk struct {
	script
	clock
	serves bool // smtpd wrote it
}

func (p *postfix) line(line string) {
	m := postfixAny.Get().FindStringSubmatch(line)
	if m == nil {
		return
	}
	key := m[1] + m[2]
	if said := postfixLine.Get().FindStringSubmatch(line); said != nil {
		p.said(key, line, said)
		return
	}
	if strings.HasPrefix(m[3], "connect from ") || strings.HasPrefix(m[3], "disconnect from ") {
		p.close(key)
		return
	}
	if t := p.open[key]; t != nil {
		t.says(line, m[3])
	}
}

// said takes a line of SMTP.
func (p *postfix) said(key, line string, m []string) {
	t := p.open[key]
	serves := m[1] == "smtpd"
	server := (m[3] == ">") == serves
	if t != nil && server && t.over() && strings.HasPrefix(m[7], "220") {
		p.close(key)
		t = nil
	}
	if t == nil {
		t = p.begin(key, serves, m)
	}
	if !t.inside && t.upgrading() && !server {
		t.secured(&record.TLS{})
	}
	at := t.at(&t.c, line)
	if server {
		t.server(m[7])
	} else {
		if m[7] == "." { // of which the log has the end alone
			t.c.lack("The message itself is missing.")
		}
		t.client(m[7])
	}
	t.c.Pieces[len(t.c.Pieces)-1].T = at
}

func (p *postfix) begin(key string, serves bool, m []string) *postfixTalk {
	t := &postfixTalk{serves: serves}
	t.c.Source = "a verbose log of the Postfix SMTP client"
	if serves {
		t.c.Source = "a verbose log of the Postfix SMTP server"
	} else {
		t.c.Host, t.c.Port = m[4], number(m[6])
		if _, err := netip.ParseAddr(m[5]); err == nil {
			t.add(Piece{Connect: &record.Connect{Remote: record.Target{Host: m[5], Port: t.c.Port}.String(), Address: m[5]}})
		}
	}
	p.open[key] = t
	p.order = append(p.order, key)
	return t
}

// says takes what a process says beside the lines of SMTP.
func (t *postfixTalk) says(line, text string) {
	switch m := postfixTLS.Get().FindStringSubmatch(text); {
	case m != nil:
		s := &record.TLS{Version: version(m[3]), CipherSuite: suite(m[4])}
		if m[1] != "" && !t.serves {
			s.Verified = m[1] == "Verified"
			s.Checks = s.Checks.With(record.Check{Name: "chain", OK: m[1] != "Untrusted" && m[1] != "Anonymous", Open: !s.Verified, Text: "Postfix says: " + m[1] + " TLS connection"})
		}
		t.secured(s)
		t.c.Pieces[len(t.c.Pieces)-1].T = t.at(&t.c, line)
	case strings.HasPrefix(text, "SSL_accept error"), strings.HasPrefix(text, "SSL_connect error"), strings.Contains(text, "TLS library problem"):
		if t.upgrading() {
			t.add(Piece{TLS: t.c.failedTLS(text)})
			t.inside = true // what follows is no part of it
		}
	case !t.serves && strings.Contains(text, "lost connection with"):
		t.add(Piece{Ended: &Ended{record.TroubleClosed, wire.VisibleString(text)}})
	case !t.serves && strings.Contains(text, "timed out"):
		t.add(Piece{Ended: &Ended{record.TroubleTimeout, wire.VisibleString(text)}})
	}
}

// close ends the session that a process is in.
func (p *postfix) close(key string) {
	t := p.open[key]
	if t == nil {
		return
	}
	delete(p.open, key)
	p.order = slices.DeleteFunc(p.order, func(k string) bool { return k == key })
	if t.serves {
		t.c.Lacks = append(t.c.Lacks, "This is the log of the server.")
	}
	p.list = append(p.list, t.c)
}

// upgrading reports whether the server has just agreed to STARTTLS.
func (s *script) upgrading() bool {
	n := len(s.c.Pieces)
	return n > 1 && s.c.Pieces[n-1].From == wire.ServerToClient && strings.HasPrefix(string(s.c.Pieces[n-1].Bytes), "220") &&
		strings.EqualFold(strings.TrimSpace(string(s.c.Pieces[n-2].Bytes)), "STARTTLS")
}
