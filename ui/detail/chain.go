package detail

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"ehlo/session"
	"ehlo/ui/paint"
)

// maxLinks bounds the certificates that are opened and checked: a signature takes time.
const maxLinks = 8

// chain draws the certificates as a tree, the one that signed above the one it signed, each link with its check. Whether
// the top is trusted is what the check of the chain said when the handshake was made.
func (w *writer) chain(t *session.TLS, at time.Time) {
	if len(t.Chain) == 0 {
		return
	}
	w.heading("the chain")
	list := t.Chain[:min(len(t.Chain), maxLinks)]
	top := len(list) - 1
	trusted := w.anchor(t, list[top])
	for i := top; i >= 0; i-- {
		w.link(list, i, at, trusted)
	}
	if len(list) < len(t.Chain) {
		w.ink(paint.Dim, fmt.Sprintf("and %d more", len(t.Chain)-len(list)))
	}
}

// anchor is what the chain hangs from: a trusted root that was not sent, or nothing.
func (w *writer) anchor(t *session.TLS, top session.Certificate) (trusted bool) {
	for _, c := range t.Checks {
		switch {
		case c.Name != "chain":
		case c.OK:
			w.rung(0, paint.Good.Line("✓ "), c.Text)
			trusted = true
		case !endsOutside(c):
			w.rung(0, paint.Bad.Line("✗ "), c.Text)
		case top.Subject == top.Issuer:
			w.rung(0, paint.Bad.Line("✗ "), "nobody that is trusted here stands above "+commonName(top.Subject))
		default:
			w.rung(0, paint.Bad.Line("✗ "), commonName(top.Issuer)+": not sent, and not among the trusted roots")
		}
	}
	return trusted
}

// endsOutside reports whether all that is wrong with a chain is that nobody who is trusted stands above it.
func endsOutside(c session.Check) bool {
	switch c.Finding {
	case "cert-self-signed", "cert-unknown-issuer", "cert-missing-intermediate":
		return true
	}
	return false
}

// rung is a line of the tree at a depth.
func (w *writer) rung(depth int, mark paint.Line, text string) {
	lead := paint.Text("")
	if depth > 0 {
		lead = paint.Text(paint.Blank(2*(depth-1))).And(paint.Dim, "└ ")
	}
	w.add(paint.Hang(lead.Then(mark), paint.Wrap(paint.Plain, text, max(w.width-lead.Width()-2, 8)))...)
}

// link is a certificate with what holds it to the one above, and what is wrong with it.
func (w *writer) link(list []session.Certificate, i int, at time.Time, trusted bool) {
	c, depth := list[i], len(list)-i
	signed, ok := signature(list, i)
	valid, inTime := validity(c, at)
	mark := paint.Good.Line("✓ ")
	switch {
	case !ok || !inTime:
		mark = paint.Bad.Line("✗ ")
	case depth == 1 && !trusted: // nothing to check it with
		mark = paint.Warn.Line("? ")
	}
	w.rung(depth, mark, commonName(c.Subject))
	pad := 2*depth + 2
	for _, text := range []string{signed, valid} {
		w.add(paint.Hang(paint.Text(paint.Blank(pad)), paint.Wrap(paint.Dim, text, max(w.width-pad, 8)))...)
	}
}

// signature checks a certificate's signature with the key of the one above it.
func signature(list []session.Certificate, i int) (text string, ok bool) {
	child, err := x509.ParseCertificate(list[i].Raw)
	if err != nil {
		return "cannot be read: " + err.Error(), false
	}
	self := bytes.Equal(child.RawIssuer, child.RawSubject)
	switch {
	case i+1 < len(list):
		return signedBy(child, list[i+1])
	case self:
		return "signed by its own key", true
	}
	return "signed by " + commonName(list[i].Issuer) + ", which was not sent", true
}

func signedBy(child *x509.Certificate, above session.Certificate) (text string, ok bool) {
	parent, err := x509.ParseCertificate(above.Raw)
	if err != nil {
		return "the one above cannot be read", false
	}
	if !bytes.Equal(child.RawIssuer, parent.RawSubject) {
		return "names " + commonName(child.Issuer.String()) + " as its issuer, which is not the one above", false
	}
	var insecure x509.InsecureAlgorithmError
	switch err := child.CheckSignatureFrom(parent); {
	case err == nil:
		return "signed by the one above: the signature holds (" + child.SignatureAlgorithm.String() + ")", true
	case errors.As(err, &insecure):
		return "signed with " + child.SignatureAlgorithm.String() + ", which can be forged", false
	default:
		return "not signed by the one above: " + strings.TrimPrefix(err.Error(), "x509: "), false
	}
}

func validity(c session.Certificate, at time.Time) (text string, ok bool) {
	until := "valid until " + c.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case at.IsZero():
		return until, true
	case at.After(c.NotAfter):
		return "ended " + c.NotAfter.UTC().Format(time.DateOnly), false
	case at.Before(c.NotBefore):
		return "begins only " + c.NotBefore.UTC().Format(time.DateOnly), false
	}
	return until, true
}

// commonName is the name in a distinguished name that people know it by.
func commonName(dn string) string {
	for part := range strings.SplitSeq(dn, ",") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(part), "CN="); ok {
			return name
		}
	}
	return dn
}

// checks lists the questions asked of the certificate with their answers, and for each that did not hold what would put
// it right and who can.
func (w *writer) checks(t *session.TLS) {
	if len(t.Checks) > 0 {
		w.heading("the certificate, checked for " + t.Reference)
	}
	for _, c := range t.Checks {
		mark, ink := "✓ ", paint.Good
		switch {
		case c.Failed():
			mark, ink = "✗ ", paint.Bad
		case c.Open:
			mark, ink = "? ", paint.Warn
		}
		w.add(paint.Hang(ink.Line(mark).And(paint.Dim, c.Name).Pad(labelWidth), paint.Wrap(paint.Plain, c.Text, w.room()))...)
		if c.Fix != "" {
			w.prose("", paint.Plain, "to put it right: "+c.Fix)
			w.prose("", paint.Plain, "who can: "+c.Who)
		}
	}
}
