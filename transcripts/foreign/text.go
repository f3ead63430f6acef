package foreign

import (
	"slices"
	"strconv"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// What the readers of texts share.

// script collects what is said in a text that has one line for each line of SMTP.
type script struct {
	c       Conversation
	inside  bool
	content bool // the client sends a message, up to the line with a dot
	auth    bool // the server waits for a response
	data    bool // the last command was DATA
	lines   int  // of the client, that the source shows
	replies int
}

// client adds a line that was sent.
func (s *script) client(line string) {
	s.cutReply()
	if !s.inside && s.upgrading() {
		s.inside = true
	}
	s.add(said(wire.ClientToServer, line, s.inside))
	s.lines++
	if s.content {
		s.content = line != "."
		return
	}
	v, _ := walk.CommandVerb(line)
	s.data, s.auth = v == record.VerbData, false
}

// cutReply ends a reply of which a source has dropped the last line, or two replies would be one.
func (s *script) cutReply() {
	if s.goesOn() {
		s.c.Pieces[len(s.c.Pieces)-1].Bytes[3] = ' '
		s.c.lack("The end of a reply is missing.")
	}
}

// server adds a line that came.
func (s *script) server(line string) {
	if s.auth && !s.goesOn() {
		s.hidden()
	}
	s.add(said(wire.ServerToClient, line, s.inside))
	s.replies++
	s.content = s.data && strings.HasPrefix(line, "354")
	s.data = s.data && goesOn(line)
	s.auth = strings.HasPrefix(line, "334") && !goesOn(line)
}

// hidden adds a response that the source does not show.
func (s *script) hidden() {
	s.add(Piece{From: wire.ClientToServer, Hidden: true, Inside: s.inside})
	s.auth = false
}

func (s *script) add(p Piece) { s.c.Pieces = append(s.c.Pieces, p) }

// secured adds the end of a handshake; what follows is inside.
func (s *script) secured(t *record.TLS) {
	s.add(Piece{TLS: t})
	s.inside = t.Error == ""
}

// spoken reports whether both sides have said something.
func (s *script) spoken() bool { return s.replies > 0 && s.lines > 0 }

func goesOn(line string) bool { return len(line) > 3 && line[3] == '-' }

// lack says once that the source does not hold something.
func (c *Conversation) lack(sentence string) {
	if !slices.Contains(c.Lacks, sentence) {
		c.Lacks = append(c.Lacks, sentence)
	}
}

// replyLine is how a line of a reply begins (RFC 5321 §4.2).
var replyLine = &lazy.Pattern{Text: `^[2-5][0-9][0-9](?:[ -]|$)`}

// remote is the address of the server, as far as it is known.
func (c *Conversation) remote() string { return record.Target{Host: c.Host, Port: c.Port}.String() }

// connectTrouble is the kind of an error of connecting, by the words of the system.
func connectTrouble(words string) record.Trouble {
	words = strings.ToLower(words)
	for _, k := range []struct {
		says string
		is   record.Trouble
	}{{"refused", record.TroubleRefused}, {"timed out", record.TroubleTimeout}, {"timeout", record.TroubleTimeout}, {"unreachable", record.TroubleUnreachable},
		{"no route", record.TroubleUnreachable}, {"reset", record.TroubleReset}} {
		if strings.Contains(words, k.says) {
			return k.is
		}
	}
	return record.TroubleFailed
}

// afterLast is what stands after the last of a separator.
func afterLast(s, separator string) string { return s[strings.LastIndex(s, separator)+len(separator):] }

// number is the value of digits, 0 for anything else.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// version is how this program calls a version of TLS.
func version(name string) string { return registered("version", name) }

// suite is the IANA name of a cipher suite.
func suite(name string) string { return registered("suite", name) }

// registered is the name of a code point that programs call otherwise; what is not known stays as it is.
func registered(kind, name string) string {
	if r, ok := tlswire.RegistryOf(kind); ok {
		if c, ok := r.Named(name); ok {
			return c.Name
		}
	}
	return wire.VisibleString(name)
}
