package dialogue

import (
	"bytes"

	"ehlo/session"
)

// speaks reports whether an event of a kind without lines has a row. State changes and lists of capabilities are told
// by the header and by the reply they come from; only what changes the course of the session is said again.
func speaks(e *session.Event) bool {
	switch e.Kind {
	case session.KindStart:
		return e.Start != nil
	case session.KindResolve:
		return e.Resolve != nil
	case session.KindConnect:
		return e.Connect != nil
	case session.KindTLS:
		return e.TLS != nil
	case session.KindAuth:
		return e.Auth != nil && (len(e.Auth.Values) > 0 || e.Auth.Outcome != "")
	case session.KindFinding:
		return e.Finding != nil
	case session.KindForgot:
		return e.Forgot != nil
	case session.KindEnd:
		return e.End != nil
	case session.KindCapabilities:
		return e.Capabilities != nil && differs(e.Capabilities)
	case session.KindState:
		return e.State != nil && e.State.Stage == session.StageBroken
	}
	return false
}

// differs reports whether the list is not what it was before TLS.
func differs(c *session.Capabilities) bool {
	return c.Changes != nil && len(c.Changes.Added)+len(c.Changes.Removed)+len(c.Changes.Changed) > 0
}

// sentLines is how many lines of what was sent there are to show.
func sentLines(s *session.Send) int {
	n := bytes.Count(s.Raw, []byte("\n"))
	if !bytes.HasSuffix(s.Raw, []byte("\n")) {
		n++
	}
	return n
}
