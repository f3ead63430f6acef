package detail

import (
	"fmt"
	"strings"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

func (w *writer) tlsMessage(m *tlswire.Message, at time.Time) {
	w.field("message", words.MessageName(m))
	w.field("from", party(m.Dir))
	w.field("size", octets(len(m.Raw)))
	w.field("on the wire", records(m))
	if m.Encrypted {
		w.field("decrypted with", m.Key)
	}
	w.prose("note", paint.Warn, m.Reason)
	w.gap()
	left := most
	w.tree(m.Fields(at, explain.Meaning), 0, &left)
}

// tree lists the fields of a message, each below the one it is a part of.
func (w *writer) tree(fields []tlswire.Field, depth int, left *int) {
	for _, f := range fields {
		if *left--; *left < 0 {
			w.meaning("and more, see the bytes")
			return
		}
		indent := paint.Text(paint.Blank(2 * min(depth, 6)))
		label := indent.And(paint.Accent, f.Name).Cut(w.width*2/3).And(paint.Plain, "  ")
		w.add(paint.Hang(label, paint.Fold(paint.Plain, f.Value, max(w.width-label.Width(), 8)))...)
		for _, more := range []string{f.Meaning, f.Bad} {
			if more != "" {
				w.add(paint.Hang(indent.And(paint.Plain, "  "), paint.Wrap(paint.Dim, more, max(w.width-indent.Width()-2, 8)))...)
			}
		}
		w.tree(f.Children, depth+1, left)
	}
}

// records says in what the message crossed the wire.
func records(m *tlswire.Message) string {
	return words.Protection(m.Encrypted) + ", " + dialogue.Number(len(m.Records), "record")
}

// tls lists what a handshake decided, what it means, and what was found out about the certificate.
func (w *writer) tls(s Subject, e *record.Event) {
	t, h := e.TLS, s.handshake()
	w.prose("error", paint.Bad, t.Error)
	w.decided(h, t)
	w.field("took", words.Duration(t.Took))
	w.field("bytes", fmt.Sprintf("%s sent, %s received", dialogue.Count(t.Sent), dialogue.Count(t.Received)))
	w.checks(t)
	w.chain(t)
	w.consequences(h.Notes)
	w.offered(h)
	chain := t.Chain.List()
	for i, c := range chain[:min(len(chain), most)] {
		w.certificate(fmt.Sprintf("certificate %d of the chain", i+1), c)
	}
	for _, c := range unsent(t) {
		w.certificate("the trusted root, which was not sent", *c)
	}
}

// unsent are the certificates of the path that did not come from the server: a root at its end.
func unsent(t *record.TLS) []*record.Certificate {
	var list []*record.Certificate
	path := t.Path.List()
	for _, l := range path[:min(len(path), maxLinks)] {
		if l.Sent == 0 && l.Certificate != nil {
			list = append(list, l.Certificate)
		}
	}
	return list
}

func (w *writer) certificate(title string, c record.Certificate) {
	w.gap()
	w.add(paint.Strong.Line(title))
	w.field("subject", c.Subject)
	w.field("issuer", c.Issuer)
	w.prose("names", paint.Plain, strings.Join(c.Names, ", "))
	w.field("valid from", day(c.NotBefore))
	w.field("until", day(c.NotAfter))
	w.field("key", c.Key)
	w.field("signature", c.Signature)
	w.field("SHA-256", c.SHA256)
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }
