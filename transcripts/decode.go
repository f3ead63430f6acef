package transcripts

import (
	"encoding/json"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
)

// kindUnreadable is the kind of an event whose line is sound but whose payload is missing or does not have the
// types that its kind prescribes. Only a reader makes it; it is never written.
const kindUnreadable record.Kind = "unreadable"

// decode reads a line that was checked before. Of the payloads only the one that the kind names is kept, and when
// the kind is one of [session.Kind] it is there: nobody after this needs to ask.
func decode(line []byte, seq int) *record.Event { return decodeAs(line, seq, nil) }

// skim is decode without what neither a snapshot nor a row is made of.
func skim(line []byte, seq int, light *lightly) *record.Event { return decodeAs(line, seq, light) }

func decodeAs(line []byte, seq int, light *lightly) *record.Event {
	var e record.Event
	if !quickly(line, &e, light) {
		e = record.Event{}
		if json.Unmarshal(line, &e) != nil {
			e.Seq = 0
		}
	}
	if e.Seq != seq {
		h, _ := readHead(line)
		return &record.Event{Seq: seq, T: time.Duration(h.T), Kind: kindUnreadable}
	}
	only := record.Event{Seq: e.Seq, T: e.T, Kind: e.Kind, Step: e.Step, Explain: e.Explain}
	if keep, known := keepers.Find(e.Kind); known && !keep(&only, &e) {
		only.Kind = kindUnreadable
	}
	return &only
}

// keepers has for each kind how its payload is kept; each reports whether there was one.
var keepers = lazy.Table[record.Kind, func(to, from *record.Event) bool]{
	{record.KindStart, func(to, from *record.Event) bool { return move(&to.Start, from.Start) }},
	{record.KindLookup, func(to, from *record.Event) bool { return move(&to.Lookup, from.Lookup) }},
	{record.KindResolve, func(to, from *record.Event) bool { return move(&to.Resolve, from.Resolve) }},
	{record.KindConnect, func(to, from *record.Event) bool { return move(&to.Connect, from.Connect) }},
	{record.KindSend, func(to, from *record.Event) bool { return move(&to.Send, from.Send) }},
	{record.KindReply, func(to, from *record.Event) bool { return move(&to.Reply, from.Reply) }},
	{record.KindCapabilities, func(to, from *record.Event) bool { return move(&to.Capabilities, from.Capabilities) }},
	{record.KindTLSMessage, func(to, from *record.Event) bool { return move(&to.TLSMessage, from.TLSMessage) }},
	{record.KindTLS, func(to, from *record.Event) bool { return move(&to.TLS, from.TLS) }},
	{record.KindAuth, func(to, from *record.Event) bool { return move(&to.Auth, from.Auth) }},
	{record.KindState, func(to, from *record.Event) bool { return move(&to.State, from.State) }},
	{record.KindFinding, func(to, from *record.Event) bool { return move(&to.Finding, from.Finding) }},
	{record.KindNote, func(to, from *record.Event) bool { return move(&to.Note, from.Note) }},
	{record.KindAbout, func(to, from *record.Event) bool { return move(&to.About, from.About) }},
	{record.KindForgot, func(to, from *record.Event) bool { return move(&to.Forgot, from.Forgot) }},
	{record.KindProbe, func(to, from *record.Event) bool { return move(&to.Probe, from.Probe) }},
	{record.KindReveal, func(to, from *record.Event) bool { return move(&to.Reveal, from.Reveal) }},
	{record.KindChange, func(to, from *record.Event) bool { return move(&to.Change, from.Change) }},
	{record.KindFault, func(to, from *record.Event) bool { return move(&to.Fault, from.Fault) }},
	{record.KindServerLog, func(to, from *record.Event) bool { return move(&to.ServerLog, from.ServerLog) }},
	{record.KindOnPath, func(to, from *record.Event) bool { return move(&to.OnPath, from.OnPath) }},
	{record.KindEnd, func(to, from *record.Event) bool { return move(&to.End, from.End) }},
}

func move[T any](to **T, from *T) bool {
	*to = from
	return from != nil
}
