package detail

import (
	"cmp"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// end sums a session up: what was proved and protected, what an eavesdropper could have seen, what to remember.
func (w *writer) end(s Subject, e *record.End) {
	w.heading(dialogue.EndMeaning(e))
	w.paragraph(e.Error)
	w.said("Try", e.Hint)
	r := s.review()
	w.gap()
	w.prose("server", paint.Plain, r.server())
	w.prose("client", paint.Plain, r.client()+"; "+r.message())
	w.prose("listener", paint.Plain, r.listener())
	for _, f := range r.findings[:min(len(r.findings), mostRemembered)] {
		m, ink := dialogue.Severity(f.Severity)
		w.add(paint.Hang(ink.Line(m+" "), paint.Wrap(paint.Plain, f.Text, w.width-2))...)
	}
	if more := len(r.findings) - mostRemembered; more > 0 {
		w.ink(paint.Dim, "and "+dialogue.Number(more, "more finding")+" above")
	}
}

// mostRemembered bounds the findings that a summary names.
const mostRemembered = 4

// review is what a whole session comes to.
type review struct {
	record.Snapshot
	tls      *record.TLS // of the last handshake that ended well
	clear    bool        // something crossed the wire in plain text
	exposed  []string    // the secrets among it
	sent     bool        // something was sent at all
	findings []*record.Finding
}

// review reads the session up to the row.
func (s Subject) review() review {
	var r review
	for i := range min(s.Row.Event, s.Upto) {
		e := s.Index.Event(i)
		r.Snapshot = r.Next(e)
		switch {
		case e.TLS != nil && e.TLS.Error == "":
			r.tls = e.TLS
		case e.Send != nil:
			r.crossed(e.Send.TLS, e.Send.Masked)
		case e.Reply != nil:
			r.crossed(e.Reply.TLS, nil)
		case e.Finding != nil:
			r.remember(e.Finding)
		}
	}
	slices.SortStableFunc(r.findings, func(a, b *record.Finding) int { return cmp.Compare(a.Severity, b.Severity) }) // danger before warn
	return r
}

func (r *review) crossed(tls bool, masked []string) {
	r.sent = true
	if tls {
		return
	}
	r.clear = true
	for _, hides := range masked {
		if hides == "typed" {
			hides = "line typed by hand"
		}
		if !slices.Contains(r.exposed, hides) {
			r.exposed = append(r.exposed, hides)
		}
	}
}

// remember keeps what is more than worth knowing, each once.
func (r *review) remember(f *record.Finding) {
	same := func(g *record.Finding) bool { return g.Text == f.Text }
	if f.Severity != "info" && !slices.ContainsFunc(r.findings, same) {
		r.findings = append(r.findings, f)
	}
}

// server says how far the server proved who it is.
func (r *review) server() string {
	switch {
	case r.tls == nil && !r.sent:
		return "nothing was said to it"
	case r.tls == nil:
		return "no TLS: not protected, and the server proved nothing"
	case r.tls.Verified:
		return dialogue.Version(r.tls) + ", and the certificate proved that it is " + r.tls.Reference
	}
	return dialogue.Version(r.tls) + ", but the certificate was not verified: it could have been anybody"
}

// client says whether we proved who we are.
func (r *review) client() string {
	switch {
	case r.State.Auth != record.AuthDone:
		return "not authenticated"
	case r.State.User == "":
		return "authenticated with " + r.State.Mechanism
	}
	return "authenticated as " + r.State.User + " with " + r.State.Mechanism
}

// message says what the server took responsibility for (RFC 5321 §6.1).
func (r *review) message() string {
	if n := r.State.Delivered; n > 0 {
		return dialogue.Number(n, "message") + " delivered"
	}
	return "no message delivered"
}

// listener says what somebody on the path could have read.
func (r *review) listener() string {
	switch {
	case !r.sent:
		return "an eavesdropper saw nothing of SMTP"
	case len(r.exposed) > 0:
		return "an eavesdropper could read the " + strings.Join(r.exposed, " and the ")
	case r.tls == nil:
		return "an eavesdropper could read every line"
	case r.clear:
		return "an eavesdropper could read the lines before TLS, then only sizes"
	}
	return "an eavesdropper saw the handshake, then only sizes"
}
