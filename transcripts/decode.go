package transcripts

import (
	"encoding/json"
	"time"

	"ehlo/session/record"
)

// kindUnreadable is the kind of an event whose line is sound but whose payload is missing or does not have the
// types that its kind prescribes. Only a reader makes it; it is never written.
const kindUnreadable record.Kind = "unreadable"

// decode reads a line that was checked before. Of the payloads only the one that the kind names is kept, and when
// the kind is one of [session.Kind] it is there: nobody behind this needs to ask.
func decode(line []byte, seq int) *record.Event {
	var e record.Event
	if err := json.Unmarshal(line, &e); err != nil || e.Seq != seq {
		h, _ := readHead(line)
		return &record.Event{Seq: seq, T: time.Duration(h.T), Kind: kindUnreadable}
	}
	only := record.Event{Seq: e.Seq, T: e.T, Kind: e.Kind, Step: e.Step, Explain: e.Explain}
	if known, there := keep(&only, &e); known && !there {
		only.Kind = kindUnreadable
	}
	return &only
}

// keep copies the payload that the kind names.
func keep(to, from *record.Event) (known, there bool) {
	switch from.Kind {
	case record.KindStart:
		return true, move(&to.Start, from.Start)
	case record.KindResolve:
		return true, move(&to.Resolve, from.Resolve)
	case record.KindConnect:
		return true, move(&to.Connect, from.Connect)
	case record.KindSend:
		return true, move(&to.Send, from.Send)
	case record.KindReply:
		return true, move(&to.Reply, from.Reply)
	case record.KindCapabilities:
		return true, move(&to.Capabilities, from.Capabilities)
	case record.KindTLSMessage:
		return true, move(&to.TLSMessage, from.TLSMessage)
	case record.KindTLS:
		return true, move(&to.TLS, from.TLS)
	case record.KindAuth:
		return true, move(&to.Auth, from.Auth)
	case record.KindState:
		return true, move(&to.State, from.State)
	case record.KindFinding:
		return true, move(&to.Finding, from.Finding)
	case record.KindNote:
		return true, move(&to.Note, from.Note)
	case record.KindForgot:
		return true, move(&to.Forgot, from.Forgot)
	case record.KindProbe:
		return true, move(&to.Probe, from.Probe)
	case record.KindReveal:
		return true, move(&to.Reveal, from.Reveal)
	case record.KindChange:
		return true, move(&to.Change, from.Change)
	case record.KindFault:
		return true, move(&to.Fault, from.Fault)
	case record.KindEnd:
		return true, move(&to.End, from.End)
	}
	return false, false
}

func move[T any](to **T, from *T) bool {
	*to = from
	return from != nil
}
