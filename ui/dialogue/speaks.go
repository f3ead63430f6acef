package dialogue

import (
	"bytes"

	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// speaks reports whether an event of a kind without lines has a row. State changes and lists of capabilities are told
// by the header and by the reply they come from; only what changes the course of the session is said again.
func speaks(e *record.Event) bool {
	switch e.Kind {
	case record.KindStart:
		return e.Start != nil
	case record.KindLookup:
		return e.Lookup != nil
	case record.KindResolve:
		return e.Resolve != nil
	case record.KindConnect:
		return e.Connect != nil
	case record.KindProbe:
		return e.Probe != nil
	case record.KindChange:
		return e.Change != nil
	case record.KindTLS:
		return e.TLS != nil
	case record.KindAuth:
		return e.Auth != nil && (len(e.Auth.Values) > 0 || e.Auth.Outcome != "")
	case record.KindFinding:
		return e.Finding != nil
	case record.KindForgot:
		return e.Forgot != nil
	case record.KindEnd:
		return e.End != nil
	case record.KindCapabilities:
		return e.Capabilities != nil && differs(e.Capabilities)
	case record.KindState:
		return e.State != nil && e.State.Stage == record.StageBroken
	}
	return false
}

// differs reports whether the list is not what it was before TLS.
func differs(c *record.Capabilities) bool {
	return c.Changes != nil && len(c.Changes.Added)+len(c.Changes.Removed)+len(c.Changes.Changed) > 0
}

// sentLines is how many lines of what was sent there are to show.
func sentLines(s *record.Send) int {
	raw := words.Sent(s)
	n := bytes.Count(raw, []byte("\n"))
	if !bytes.HasSuffix(raw, []byte("\n")) {
		n++
	}
	return n
}
