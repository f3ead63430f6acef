package session

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/sasl"
)

// judgeMechanisms points at a list of mechanisms that looks as if somebody on the way had shortened it: to what hands
// the password over (RFC 4422 §6.1.2). What was said before TLS counts for nothing after it (RFC 3207 §4.2), and that is
// why the two lists can be compared.
func (s *Session) judgeMechanisms(c *Capabilities) {
	offered := c.AuthMechanisms()
	switch {
	case !c.TLS && !c.Has("STARTTLS") && onlyHandOver(offered):
		s.find("auth-downgraded", fmt.Sprintf("the list in clear text has no STARTTLS, and for AUTH only %s, which send the password as it is", visibleList(offered)))
	case c.TLS && s.snap.Forgotten != nil:
		before := s.snap.Forgotten.AuthMechanisms()
		if kept := keptBack(before, offered); onlyHandOver(before) && len(kept) > 0 {
			s.find("auth-list-shortened", fmt.Sprintf("before TLS the list was %s; inside TLS it also has %s, which a server has no reason to hold back in clear text",
				visibleList(before), visibleList(kept)))
		}
	}
}

// onlyHandOver reports whether every mechanism gives the password itself away.
func onlyHandOver(names []string) bool {
	return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return !handsOver(name) })
}

// handsOver reports whether a mechanism sends the password as it is.
func handsOver(name string) bool {
	info, ok := sasl.Lookup(name)
	return ok && info.NeedsTLS && info.PlaintextEquivalent
}

// keptBack lists what keeps the password and needs nothing of TLS, in the list of after and not in that of before.
func keptBack(before, after []string) []string {
	var kept []string
	for _, name := range after {
		info, ok := sasl.Lookup(name)
		if ok && info.Needs == sasl.NeedsPassword && !info.NeedsTLS && !offersMechanism(before, name) {
			kept = append(kept, strings.ToUpper(name))
		}
	}
	return kept
}

// foreseeAuth points at a password that is about to be handed over although the server offers a mechanism that keeps
// it, and that would notice somebody in between (RFC 5802 §6, §9).
func (s *Session) foreseeAuth(mechanism string) {
	if !handsOver(mechanism) {
		return
	}
	for _, c := range rankMechanisms(s.snap, Goal{}) {
		if info, _ := sasl.Lookup(c.Name); info.Supported && info.ProvesServer && info.Status == "standards track" {
			s.find("auth-stronger-offered", fmt.Sprintf("AUTH %s hands the password over; the server also offers %s, which keeps it and makes the server prove itself",
				strings.ToUpper(mechanism), c.Name))
			return
		}
	}
}
