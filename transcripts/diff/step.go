package diff

import (
	"cmp"
	"strings"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// Step is what a session did at once: a command with its reply, a lookup, a handshake.
type Step struct {
	Verb record.Verb
	// From and To are the events of the step, counted from 0, the second one not included.
	From, To int
	// TLS says that it was protected.
	TLS bool
	// Said is what was sent, in a line, and Answered what came of it; empty where nothing was or did.
	Said, Answered string

	line   string        // what was sent first, without noise
	waited time.Duration // for the server, and for lookup, connection and handshake
	trips  int           // round trips
	sends  int
	got    int // replies
	facts  []fact
}

// titles are the names of steps that are no command.
var titles = lazy.Table[record.Verb, string]{
	{record.VerbResolve, "the name lookup"}, {record.VerbConnect, "the TCP connection"}, {record.VerbGreeting, "the greeting"},
	{record.VerbHandshake, "the TLS handshake"}, {record.VerbContent, "the message content"}, {record.VerbRespond, "the response to a challenge"},
	{record.VerbCancel, "AUTH canceled"}, {record.VerbRaw, "a typed line"},
}

// Title names the step in a sentence.
func (s *Step) Title() string {
	if name := titles.Of(s.Verb); name != "" {
		return name
	}
	return strings.ToUpper(string(s.Verb))
}

// Line is the step in a line: what was sent, or its name, and what came of it. It is empty where there is none.
func (s *Step) Line() string {
	if s == nil {
		return ""
	}
	return words.List(" → ", cmp.Or(s.Said, s.Title()), s.Answered)
}

// Spoke reports whether either side sent something by SMTP.
func (s *Step) Spoke() bool { return s.sends+s.got > 0 }

// did adds to what came of the step.
func (s *Step) did(what string) { s.Answered = words.List("; ", s.Answered, what) }

// topic is what a difference in the step is about.
func (s *Step) topic() Topic {
	switch s.Verb {
	case record.VerbResolve, record.VerbConnect:
		return TopicConnection
	case record.VerbGreeting:
		return TopicGreeting
	case record.VerbEHLO, record.VerbHELO:
		return TopicEHLO
	case record.VerbSTARTTLS, record.VerbHandshake:
		return TopicTLS
	case record.VerbAuth, record.VerbRespond, record.VerbCancel:
		return TopicAuth
	case record.VerbMail, record.VerbRcpt, record.VerbData, record.VerbContent, record.VerbBdat:
		return TopicMail
	}
	return TopicSteps
}
