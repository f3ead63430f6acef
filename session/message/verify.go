package message

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"ehlo/session/dkim"
)

// verify checks the signatures with their keys (RFC 6376 §6.1). A signature that expired is not checked, which does not make it invalid; one that did so after the message arrived was valid then.
func (r *Report) verify(m *mail, keys dkim.Keys) {
	if m.cut {
		return
	}
	at := m.places(signatureField)
	for i := range r.Signatures {
		s := &r.Signatures[i]
		if when := cmp.Or(r.arrived(), time.Now()); !s.Expires.IsZero() && when.After(s.Expires) {
			s.Reason = "it expired at " + clock(s.Expires)
			continue
		}
		s.come(m.signed().Check(at[i], keys))
	}
}

const signatureField = "DKIM-Signature"

// come takes what a check came to.
func (s *Signature) come(err error) {
	if s.Checked, s.Reason = checked(err); s.Checked == Valid {
		s.Body = BodySame
	}
}

// checked is what a check came to, and why.
func checked(err error) (Checked, string) {
	silent, isSilent := errors.AsType[*dkim.NoAnswer](err)
	switch {
	case err == nil:
		return Valid, ""
	case errors.Is(err, dkim.ErrNoKey):
		return NoKey, ""
	case isSilent:
		return NoAnswer, shown(silent.Error())
	}
	return Invalid, shown(err.Error())
}

// places are the numbers of the fields of a name, from 0.
func (m *mail) places(name string) (list []int) {
	for i := range m.fields {
		if strings.EqualFold(m.fields[i].name, name) {
			list = append(list, i)
		}
	}
	return list
}
