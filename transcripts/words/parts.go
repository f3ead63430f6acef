package words

import (
	"cmp"
	"strings"

	"ehlo/session/record"
)

// Parts are the values that belong to an event, most of them only for a reader who wants to know everything. Of a message
// of TLS they are its fields, which tlswire names.
func Parts(e *record.Event) []Part {
	switch e.Kind {
	case record.KindStart:
		return Plan(e.Start)
	case record.KindLookup:
		return Answers(e.Lookup)
	case record.KindSend:
		return Content(e.Send)
	case record.KindCapabilities:
		return Keywords(e.Capabilities)
	case record.KindTLS:
		return handshake(e.TLS)
	case record.KindAuth:
		return Values(e.Auth)
	case record.KindFinding:
		return kept([]Part{{Name: "remedy", Value: e.Finding.Remedies()}, {Name: "who has to act", Value: who(e.Finding), Deep: true}})
	case record.KindForgot:
		return kept([]Part{{Name: "greeting", Value: e.Forgot.Greeting, Deep: true}, {Name: "keywords", Value: strings.Join(e.Forgot.Capabilities, ", "), Deep: true}})
	case record.KindServerLog, record.KindOnPath:
		return Beside(e)
	case record.KindFault:
		return []Part{{Value: e.Fault.Hint()}, {Name: "where", Value: strings.Join(e.Fault.Trace, ", "), Deep: true}}
	}
	return nil
}

// who can do something about a finding; empty where nobody has to, or nobody knows.
func who(f *record.Finding) string {
	row, _ := f.Code.Row()
	if w := cmp.Or(f.Who, row.Who); w != "" && w != record.WhoUnknown {
		return w.String()
	}
	return ""
}

// Took says how long was waited for an event; empty where nobody waited.
func Took(e *record.Event) string {
	switch e.Kind {
	case record.KindLookup:
		return after(e.Lookup.Took)
	case record.KindResolve:
		return after(e.Resolve.Took)
	case record.KindConnect:
		return after(e.Connect.Took)
	case record.KindProbe:
		return after(e.Probe.Took)
	case record.KindReply:
		return Waited(e.Reply)
	}
	return ""
}
