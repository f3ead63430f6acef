package message

import (
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// verify checks the signatures with their keys (RFC 6376 §6.1). The names that are asked for are in the message, so its sender can see
// that someone asks.
func (r *Report) verify(m *mail, keys func(string) ([]string, error)) {
	if keys == nil || m.cut {
		return
	}
	fields := m.all(signatureField)
	for i := range r.Signatures {
		s := &r.Signatures[i]
		if s.Reason = s.unchecked(time.Now()); s.Reason == "" {
			s.verify(m.alone(fields[i]), keys)
		}
	}
}

// unchecked says why a signature is not checked, which does not make it invalid; empty where it is.
func (s *Signature) unchecked(now time.Time) string {
	switch {
	case slices.ContainsFunc(s.Fields, func(name string) bool { return strings.EqualFold(name, signatureField) }):
		return "it covers other signatures"
	case s.Partly:
		return "it covers only the beginning of the body, so it would prove nothing about the rest"
	case !s.Expires.IsZero() && now.After(s.Expires):
		return "it expired at " + clock(s.Expires)
	}
	return ""
}

const signatureField = "DKIM-Signature"

// verify checks one signature of a message that has no other.
func (s *Signature) verify(text string, keys func(string) ([]string, error)) {
	s.Checked = Invalid
	ask := func(name string) ([]string, error) {
		records, err := keys(name)
		switch {
		case err != nil:
			s.Checked, s.Reason = NoAnswer, shown(err.Error())
		case len(records) == 0:
			s.Checked = NoKey
		}
		return records, err
	}
	found, err := dkim.VerifyWithOptions(strings.NewReader(text), &dkim.VerifyOptions{LookupTXT: ask, MaxVerifications: 1})
	switch {
	case s.Checked != Invalid:
	case err != nil:
		s.Reason = shown(err.Error())
	case len(found) != 1:
		s.Reason = "it cannot be read"
	case found[0].Err != nil:
		s.Reason = shown(strings.TrimPrefix(found[0].Err.Error(), "dkim: "))
	default:
		s.Checked, s.Body = Valid, BodySame
	}
}

// alone is the message with one signature and none of the others, each line with CRLF.
func (m *mail) alone(signature *field) string {
	var b strings.Builder
	for i := range m.fields {
		if f := &m.fields[i]; f == signature || !strings.EqualFold(f.name, signatureField) {
			b.WriteString(f.raw)
		}
	}
	b.WriteString("\n" + m.body)
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), "\r\n", "\n"), "\n", "\r\n")
}
