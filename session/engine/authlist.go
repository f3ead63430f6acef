package engine

import (
	"fmt"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// judgeMechanisms points at a list of mechanisms that looks as if somebody on the way had shortened it: to what hands
// the password over (RFC 4422 §6.1.2). What was said before TLS counts for nothing after it (RFC 3207 §4.2), and that is
// why the two lists can be compared.
func (s *Session) judgeMechanisms(c *record.Capabilities) {
	offered := c.AuthMechanisms()
	switch {
	case !c.TLS && !c.Has("STARTTLS") && walk.OnlyHandOver(offered):
		s.find("auth-downgraded", fmt.Sprintf("the list in clear text has no STARTTLS, and for AUTH only %s, which send the password as it is", walk.VisibleList(offered)))
	case c.TLS && s.snap.Forgotten != nil:
		before := s.snap.Forgotten.AuthMechanisms()
		if kept := walk.KeptBack(before, offered); walk.OnlyHandOver(before) && len(kept) > 0 {
			s.find("auth-list-shortened", fmt.Sprintf("before TLS the list was %s; inside TLS it also has %s, which a server has no reason to hold back in clear text",
				walk.VisibleList(before), walk.VisibleList(kept)))
		}
	}
}

// foreseeAuth points at a password that is about to be handed over although the server offers a mechanism that keeps
// it, and that would notice somebody in between (RFC 5802 §6, §9).
func (s *Session) foreseeAuth(mechanism string) {
	if !walk.HandsOver(mechanism) {
		return
	}
	for _, c := range walk.RankMechanisms(s.snap, walk.Goal{}) {
		if info, _ := sasl.Lookup(c.Name); info.Supported && info.ProvesServer && info.Status == "standards track" {
			s.find("auth-stronger-offered", fmt.Sprintf("AUTH %s hands the password over; the server also offers %s, which keeps it and makes the server prove itself",
				strings.ToUpper(mechanism), c.Name))
			return
		}
	}
}
