package transcripts

import (
	"encoding/json"
	"time"

	"ehlo/session"
)

// KindUnreadable is the kind of an event whose line is sound but whose payload is missing or does not have the
// types that its kind prescribes. Only a reader makes it; it is never written.
const KindUnreadable session.Kind = "unreadable"

// decode reads a line that was checked before. Of the payloads only the one that the kind names is kept, and when
// the kind is one of [session.Kind] it is there: nobody behind this needs to ask.
func decode(line []byte, seq int) *session.Event {
	var e session.Event
	if err := json.Unmarshal(line, &e); err != nil || e.Seq != seq {
		h, _ := readHead(line)
		return &session.Event{Seq: seq, T: time.Duration(h.T), Kind: KindUnreadable}
	}
	only := session.Event{Seq: e.Seq, T: e.T, Kind: e.Kind, Step: e.Step, Explain: e.Explain}
	if known, there := keep(&only, &e); known && !there {
		only.Kind = KindUnreadable
	}
	return &only
}

// keep copies the payload that the kind names.
func keep(to, from *session.Event) (known, there bool) {
	switch from.Kind {
	case session.KindStart:
		return true, move(&to.Start, from.Start)
	case session.KindResolve:
		return true, move(&to.Resolve, from.Resolve)
	case session.KindConnect:
		return true, move(&to.Connect, from.Connect)
	case session.KindSend:
		return true, move(&to.Send, from.Send)
	case session.KindReply:
		return true, move(&to.Reply, from.Reply)
	case session.KindCapabilities:
		return true, move(&to.Capabilities, from.Capabilities)
	case session.KindTLSMessage:
		return true, move(&to.TLSMessage, from.TLSMessage)
	case session.KindTLS:
		return true, move(&to.TLS, from.TLS)
	case session.KindAuth:
		return true, move(&to.Auth, from.Auth)
	case session.KindState:
		return true, move(&to.State, from.State)
	case session.KindFinding:
		return true, move(&to.Finding, from.Finding)
	case session.KindNote:
		return true, move(&to.Note, from.Note)
	case session.KindForgot:
		return true, move(&to.Forgot, from.Forgot)
	case session.KindEnd:
		return true, move(&to.End, from.End)
	}
	return false, false
}

func move[T any](to **T, from *T) bool {
	*to = from
	return from != nil
}
