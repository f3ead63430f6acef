package foreign

import (
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// A session that a person typed has no marks: what begins with a reply code is the server's, what begins with a command the
// client's, and so is what stands where the server waits for a response or for a message.

// telnetWords are what telnet and nc say themselves.
var (
	telnetTo        = &lazy.Pattern{Text: `^(?:[$#>%]|.*[$#%>]) ?(?:telnet|nc|ncat)(?: -\S+)* (\S+?)[ :](\d+)`}
	telnetTrying    = &lazy.Pattern{Text: `^Trying (\S+?)\.\.\.`}
	telnetConnected = &lazy.Pattern{Text: `^Connected to (\S+?)\.?$`}
	telnetFails     = &lazy.Pattern{Text: `^(?:telnet: |nc: )?(?:Unable to connect to remote host|connect to address \S+|connect to \S+ port \d+.*failed): (.+)$`}
	telnetOver      = &lazy.Pattern{Text: `^Connection (?:closed|reset|to host lost)`}
)

// piped is a command line that sends all of a session at once.
var piped = &lazy.Pattern{Text: `(?:echo|printf)(?: -\w+)* ["'](.*?)["'] *\| *(?:nc|ncat|netcat|telnet)(?: -\S+)* (\S+) (\w+)`}

func fitsTyped(source []byte) bool {
	text, err := lines(source)
	if err != nil {
		return false
	}
	for _, c := range typed(text, "") {
		if len(c.Pieces) > 0 {
			return true
		}
	}
	return false
}

func readTyped(source []byte) ([]Conversation, error) {
	text, err := lines(source)
	if err != nil {
		return nil, err
	}
	return typed(text, "a session typed by hand"), nil
}

// typed reads a session without marks.
func typed(text []string, source string) []Conversation {
	s := &script{c: Conversation{Source: source}}
	for _, line := range text {
		typedLine(s, line)
	}
	if !s.spoken() && !s.failsAtOnce() && !greets(s) {
		return nil
	}
	return []Conversation{s.c}
}

// failsAtOnce reports whether there is no line of SMTP, and it is said why.
func (s *script) failsAtOnce() bool {
	if s.c.Host == "" || len(s.c.Pieces) == 0 || s.lines+s.replies > 0 {
		return false
	}
	first := s.c.Pieces[0]
	return first.Connect != nil || first.Ended != nil || first.TLS != nil && first.TLS.Error != ""
}

// greets reports whether all there is is a greeting, and perhaps the end.
func greets(s *script) bool { return s.replies > 0 && s.c.Host != "" }

func typedLine(s *script, line string) {
	switch {
	case s.content:
		s.client(line)
	case replyLine.Get().MatchString(line):
		s.server(line)
	case telnetSays(s, line), javaSays(s, line):
	case line == "." && s.spoken(): // a message that the server did not ask for
		s.client(line)
	case piped.Get().MatchString(line):
		m := piped.Get().FindStringSubmatch(line)
		for text := range strings.SplitSeq(strings.TrimSpace(unescaped(m[1])), "\n") {
			s.client(strings.TrimRight(text, "\r"))
		}
		s.c.Host, s.c.Port = m[2], port(m[3])
	case s.auth && strings.TrimSpace(line) != "":
		s.client(strings.TrimSpace(line))
	default:
		if _, ok := walk.CommandVerb(line); ok {
			s.client(strings.TrimRight(line, " "))
		}
	}
}

// What JavaMail says of itself in its debug output, whose lines of SMTP have no marks. It leaves the lines of AUTH out.
var (
	javaTo     = &lazy.Pattern{Text: `^DEBUG SMTP: (?:trying to connect|connected) to host "([^"]+)", port:? (\d+)(?:, isSSL (true|false))?`}
	javaHidden = &lazy.Pattern{Text: `^DEBUG SMTP: AUTH (\S+) command trace suppressed`}
	javaFails  = &lazy.Pattern{Text: `SSLHandshakeException: |SSLException: |Could not convert socket to TLS`}
	javaEnds   = &lazy.Pattern{Text: `^DEBUG SMTP: (?:EOF: |exception reading response|could not connect to host)`}
)

// javaSays takes a line of JavaMail about itself.
func javaSays(s *script, line string) bool {
	switch {
	case javaTo.Get().MatchString(line):
		m := javaTo.Get().FindStringSubmatch(line)
		s.c.Source, s.c.Host, s.c.Port = "the debug output of JavaMail", m[1], number(m[2])
		if m[3] == "true" {
			s.secured(&record.TLS{})
		}
	case javaHidden.Get().MatchString(line):
		s.client("AUTH " + javaHidden.Get().FindStringSubmatch(line)[1] + " (not shown)")
	case javaFails.Get().MatchString(line) && (s.upgrading() || !s.spoken()):
		s.add(Piece{TLS: s.c.failedTLS(line)})
	case javaEnds.Get().MatchString(line):
		s.add(Piece{Ended: &Ended{record.TroubleClosed, wire.VisibleString(line)}})
	default:
		return strings.HasPrefix(line, "DEBUG")
	}
	return true
}

// telnetSays takes a line of the program that was typed into.
func telnetSays(s *script, line string) bool {
	line = strings.TrimSpace(line)
	switch {
	case telnetTo.Get().MatchString(line):
		m := telnetTo.Get().FindStringSubmatch(line)
		s.c.Host, s.c.Port = m[1], number(m[2])
	case telnetTrying.Get().MatchString(line):
	case telnetConnected.Get().MatchString(line):
		if s.c.Host == "" {
			s.c.Host = telnetConnected.Get().FindStringSubmatch(line)[1]
		}
	case telnetFails.Get().MatchString(line):
		words := telnetFails.Get().FindStringSubmatch(line)[1]
		s.add(Piece{Connect: &record.Connect{Remote: s.c.remote(), Trouble: connectTrouble(words), Error: wire.VisibleString(words)}})
	case telnetOver.Get().MatchString(line):
		s.add(Piece{Ended: &Ended{record.TroubleClosed, "the connection was closed"}})
	default:
		return false
	}
	return true
}
