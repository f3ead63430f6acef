package words

import (
	"strings"

	"ehlo/session/record"
)

// Awaited says who is waited for while a step runs.
func Awaited(v record.Verb) string {
	switch v {
	case record.VerbResolve:
		return "waiting for the resolver"
	case record.VerbConnect:
		return "waiting for the server's system to answer"
	case record.VerbGreeting:
		return "waiting for the server to send first"
	case record.VerbHandshake:
		return "waiting for the server's part of the handshake"
	case record.VerbGroup:
		return "waiting for the server's replies to the group"
	case record.VerbContent, record.VerbBdat:
		return "waiting for the server to accept the message"
	case record.VerbRespond, record.VerbAuth:
		return "waiting for the server's answer to AUTH"
	case record.VerbRaw:
		return "waiting for the server's reply"
	}
	return "waiting for the server's reply to " + strings.ToUpper(string(v))
}

// Meanwhile says what is done about a silence that lasts, or after a person has stopped waiting; empty where nothing is.
func Meanwhile(s record.Snapshot, v record.Verb, left bool) string {
	switch {
	case s.Start == nil:
		return ""
	case v == record.VerbGreeting && !left && !s.State.Security.Encrypted() && s.Start.Target.Port != record.PortRelay:
		return "a second connection tests whether this port expects TLS from the first byte"
	case v == record.VerbHandshake && left:
		return "a second connection offers less, to find the cause of the silence"
	}
	return ""
}
