package record

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Failed reports whether the certificate does not stand up to the question.
func (c Check) Failed() bool { return !c.OK && !c.Open }

// Yours is what the reader can do about it; empty if nothing can be done here.
func (c Check) Yours() string {
	if c.Who == WhoYou {
		return c.Fix
	}
	return c.Here
}

// Cautious is the same with what to hold back before it: until a check that failed is put right, nobody knows who is at the
// other end.
func (c Check) Cautious() string {
	const caution = "send no password here"
	switch yours := c.Yours(); {
	case !c.Failed():
		return yours
	case yours == "":
		return caution
	default:
		return caution + "; " + yours
	}
}

// Operators is what the operator of the server has to do to put it right.
func (c Check) Operators() string {
	if c.Who == WhoYou {
		return ""
	}
	return c.Fix
}

// Or adds what the reader can do instead.
func (c Check) Or(format string, args ...any) Check {
	c.Here = fmt.Sprintf(format, args...)
	return c
}

// Mend adds who has to do what about it.
func (c Check) Mend(who Who, format string, args ...any) Check {
	c.Who, c.Fix = who, fmt.Sprintf(format, args...)
	return c
}

// Holds reports whether nothing speaks against a link.
func (l Link) Holds() bool {
	for _, c := range l.Checks {
		if c.Failed() {
			return false
		}
	}
	return true
}

// Own is the certificate of the server itself, nil where there is no TLS and where none was sent.
func (t *TLS) Own() *Certificate {
	if t == nil || len(t.Chain.List()) == 0 {
		return nil
	}
	return &t.Chain.List()[0]
}

// LinkCertificate is the certificate of a link, nil where a transcript names one that it does not have.
func (t *TLS) LinkCertificate(l Link) *Certificate {
	switch {
	case l.Sent == 0:
		return l.Certificate
	case l.Sent > 0 && l.Sent <= len(t.Chain.List()):
		return &t.Chain.List()[l.Sent-1]
	}
	return nil
}

// Surplus are the places, counted from 1, of the certificates that were sent and are not in the path.
func (t *TLS) Surplus() []int {
	used := make([]bool, len(t.Chain.List()))
	path := t.Path.List()
	for _, l := range path {
		if l.Sent > 0 && l.Sent <= len(used) {
			used[l.Sent-1] = true
		}
	}
	var list []int
	for i, in := range used {
		if !in && len(path) > 0 {
			list = append(list, i+1)
		}
	}
	return list
}

// SentTwice reports whether the certificate at a place, counted from 1, was sent before.
func (t *TLS) SentTwice(place int) bool {
	chain := t.Chain.List()
	return slices.ContainsFunc(chain[:place-1], func(c Certificate) bool { return bytes.Equal(c.Raw, chain[place-1].Raw) })
}

// CommonName is the name that people know a certificate by: the common name of its subject, or the whole subject.
func (c Certificate) CommonName() string {
	for part := range strings.SplitSeq(c.Subject, ",") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(part), "CN="); ok {
			return name
		}
	}
	return c.Subject
}

// Unjudged reports whether nothing is known about the certificate of a handshake that went well: it was another program that
// met it, and its record does not say. A session of this program checks every certificate.
func (t *TLS) Unjudged() bool {
	return t.Error == "" && !t.Verified && !slices.ContainsFunc(t.Checks.AtHand(), Check.Failed)
}
