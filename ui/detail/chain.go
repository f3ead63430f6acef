package detail

import (
	"fmt"

	"ehlo/session/record"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// maxLinks bounds the certificates that are drawn and opened: a server may send hundreds, and a file may name more.
const maxLinks = 10

// chain draws the path that was judged as a tree, the one that signed above the one it signed, each with its checks. What
// else was sent stands apart.
func (w *writer) chain(t *record.TLS) {
	path := t.Path.List()
	if len(path) == 0 {
		return
	}
	w.heading("the chain, from the root down")
	list := path[:min(len(path), maxLinks)]
	for i := len(list) - 1; i >= 0; i-- {
		w.link(t, list[i], len(list)-1-i)
	}
	w.surplus(t)
	for _, c := range t.Checks.List() {
		if c.Name == "order" {
			w.add(paint.Hang(paint.Warn.Line("! "), paint.Wrap(paint.Plain, c.Text+". TLS 1.2 requires that (RFC 5246 §7.4.2, obsoleted by RFC 9846); "+
				"with TLS 1.3 clients should sort (RFC 9846 §4.5.1), and not all do.", w.width-2))...)
		}
	}
}

// link is a certificate at its depth in the tree, with what was asked of it.
func (w *writer) link(t *record.TLS, l record.Link, depth int) {
	lead := paint.Text("")
	if depth > 0 {
		lead = paint.Text(paint.Blank(2*(depth-1))).And(paint.Dim, "└ ")
	}
	mark, ink := "✓ ", paint.Good
	if !l.Holds() {
		mark, ink = "✗ ", paint.Bad
	}
	c, name := t.LinkCertificate(l), words.LinkName(t, l)
	head := paint.Wrap(paint.Strong, name+" · "+origin(l), max(w.width-lead.Width()-2, 8))
	w.add(paint.Hang(lead.Then(ink.Line(mark)), head)...)
	pad := 2*depth + 2
	if l.Trusted != "" {
		w.rung(pad, paint.Good.Line("✓ "), "trusted: "+l.Trusted)
	}
	for _, check := range l.Checks[:min(len(l.Checks), maxLinks)] {
		m, ink := answer(check)
		w.rung(pad, ink.Line(m), check.Text)
	}
	if c != nil && l.Trusted != "" {
		w.rung(pad, paint.Text("  "), c.Key+", SHA-256 "+short(c.SHA256))
	}
}

// rung is a line of the tree below the certificate that it is about.
func (w *writer) rung(pad int, mark paint.Line, text string) {
	w.add(paint.Hang(paint.Text(paint.Blank(pad)).Then(mark), paint.Wrap(paint.Dim, text, max(w.width-pad-2, 8)))...)
}

// origin says where a certificate of the path came from.
func origin(l record.Link) string {
	switch {
	case l.Sent == 1:
		return "the server's own"
	case l.Sent > 0:
		return fmt.Sprintf("sent as number %d", l.Sent)
	}
	return "not sent, and not needed"
}

// short is the beginning of a fingerprint: the whole is below, with the certificate.
func short(fingerprint string) string {
	if len(fingerprint) <= 16 {
		return fingerprint
	}
	return fingerprint[:16] + "…"
}

// surplus names what was sent and is not in the path: it proves nothing, and does no harm.
func (w *writer) surplus(t *record.TLS) {
	list := t.Surplus()
	for _, place := range list[:min(len(list), maxLinks)] {
		why := "also sent, but not needed for the path"
		if t.SentTwice(place) {
			why = "sent twice"
		}
		w.add(paint.Hang(paint.Dim.Line("· "), paint.Wrap(paint.Plain, fmt.Sprintf("number %d, %s: %s", place, t.Chain.List()[place-1].CommonName(), why), w.width-2))...)
	}
	if more := len(list) - maxLinks; more > 0 {
		w.ink(paint.Dim, "and "+dialogue.Number(more, "more certificate"))
	}
}

// answer is the mark of a check: it holds, it fails, there is something to say, or nobody knows.
func answer(c record.Check) (string, paint.Ink) {
	switch {
	case c.OK:
		return "✓ ", paint.Good
	case c.Failed():
		return "✗ ", paint.Bad
	case c.Finding != "":
		return "! ", paint.Warn
	}
	return "? ", paint.Warn
}

// checks lists the questions asked of the certificate with their answers, and for each that did not hold what would put
// it right and who can.
func (w *writer) checks(t *record.TLS) {
	if len(t.Checks.List()) > 0 {
		w.heading("the certificate, checked for " + t.Reference)
	}
	for _, c := range t.Checks.List() {
		mark, ink := answer(c)
		w.add(paint.Hang(ink.Line(mark).And(paint.Dim, c.Name+" ").Pad(checkWidth), paint.Wrap(paint.Plain, c.Text, max(w.width-checkWidth, 8)))...)
		if c.Fix != "" {
			for _, text := range []string{"to fix it: " + c.Fix, "who has to act: " + c.Who.String()} {
				w.add(paint.Hang(paint.Text(paint.Blank(checkWidth)), paint.Wrap(paint.Plain, text, max(w.width-checkWidth, 8)))...)
			}
		}
	}
}

// checkWidth is the column of names of the checks: the longest is revocation, after its mark.
const checkWidth = 13
