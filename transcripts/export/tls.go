package export

import (
	"fmt"
	"strings"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
)

// tlsMessage is one rung of the ladder that a handshake makes: direction, name, size, whether it was protected.
func (p *page) tlsMessage(m *tlswire.Message) {
	p.quietly(func() {
		protection := "clear"
		if m.Encrypted {
			protection = "encrypted"
		}
		short := ""
		if x := p.event.Explain; x != nil {
			short = x.Short
		}
		bad := m.Kind == tlswire.KindAlert && !closeNotify(m) || m.Kind == tlswire.KindUnknown
		rung := "TLS  " + padRight(m.Name, 22) + padLeft(itoa(len(m.Raw)), 6) + padRight(plural(len(m.Raw), " byte"), 8) + padRight(protection, 11) + short
		p.show(arrow(m.Dir == tlswire.ServerToClient, m.Encrypted, bad), strings.TrimRight(rung, " "))
		p.add(m.Reason)
		if p.Depth == Full {
			p.explainOnly()
			p.records(m)
			p.fields(m.Fields(p.moment(), explain.Meaning), 0)
		}
	})
}

// records shows what an eavesdropper saw of a message that was encrypted.
func (p *page) records(m *tlswire.Message) {
	if m.Kind == tlswire.KindHandshake && !m.Encrypted {
		p.add("on the wire: in the clear, everybody on the path reads it")
	}
	for _, r := range m.Records {
		switch {
		case len(r.Bytes) > 0:
			p.add("on the wire: " + beginning(r.Bytes, len(r.Header())+r.Length) + " (" + tlswire.ContentTypeName(r.ContentType) + ")")
		case m.Encrypted && m.Key != "":
			p.add("on the wire: in a record that is shown with a message before this one")
		}
	}
}

// beginning is the first of so many bytes in hexadecimal.
func beginning(b []byte, of int) string {
	const most = 32
	b = b[:min(len(b), most)]
	switch len(b) {
	case 0:
		return count(of, "byte") + " of TLS records"
	case of:
		return fmt.Sprintf("% x", b)
	}
	return fmt.Sprintf("% x … %s", b, count(of, "byte"))
}

// explainOnly adds the paragraph without its first line, which stands on the rung.
func (p *page) explainOnly() {
	if x := p.event.Explain; x != nil {
		p.add(x.Text)
		p.add(labelled("see ", refs(x.Refs)))
	}
}

// closeNotify is the one alert that is no bad news (RFC 9846 §6.1).
func closeNotify(m *tlswire.Message) bool {
	_, description, ok := m.Alert()
	return ok && description == 0
}

const maxFieldDepth = 12

// fields adds the tree of a message, a field a line.
func (p *page) fields(fields []tlswire.Field, depth int) {
	if depth > maxFieldDepth {
		return
	}
	for _, f := range fields {
		line := list(" = ", f.Name, p.shortened(f.Value))
		p.addAt(depth, list(" ", list(": ", line, strings.ReplaceAll(f.Meaning, "\n", " ")), labelled("· ", f.Ref), labelled("! ", f.Bad)))
		p.fields(f.Children, depth+1)
	}
}

// shortened cuts the hexadecimal of long fields: all bytes are in the transcript.
func (p *page) shortened(value string) string {
	const most = 96
	if len(value) <= most {
		return value
	}
	return value[:most] + "…"
}

func (p *page) tls(t *record.TLS) {
	m := markOwn
	if !t.Verified {
		m = markWarn
	}
	if t.Error != "" {
		p.say(m, "handshake failed: "+t.Error)
		p.tell(t.Error)
	} else {
		p.say(m, list(", ", t.Version, t.CipherSuite, t.Group, labelled("ALPN ", t.ALPN), when(t.Resumed, "resumed"),
			when(t.ClientCertificate, "with a client certificate"), verdict(t)))
	}
	p.quietly(func() {
		p.explain(after(t.Took), count(t.Sent, "byte")+" sent", count(t.Received, "byte")+" received",
			labelled("SNI ", t.ServerName), trips(t.Decided))
		p.decided(t.Decided)
		p.checks(t)
		p.path(t)
		for i, c := range t.Chain {
			p.certificate(i, c)
		}
	})
}

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

func verdict(t *record.TLS) string {
	if t.Verified {
		return "certificate holds" + labelled(" for ", t.Reference)
	}
	return "certificate does not hold" + labelled(" for ", t.Reference)
}

// checks names those that failed; the others only at the depth Full.
func (p *page) checks(t *record.TLS) {
	for _, c := range t.Checks {
		switch {
		case c.Failed():
			p.say(markWarn, "check "+c.Name+": no"+labelled(", see ", c.Finding)) // the finding behind it has the sentence
			if p.Depth == Full {
				p.add(c.Text)
			}
		case p.Depth != Full:
		case c.Open:
			p.add("check " + c.Name + ": open, " + c.Text)
		default:
			p.add("check " + c.Name + ": yes, " + c.Text)
		}
	}
}

// maxPath bounds the links that are told: a file may name any number.
const maxPath = 12

// path tells the chain that was judged, from the server's own certificate up, and each link that does not hold; at the
// depth Full every check of every link.
func (p *page) path(t *record.TLS) {
	if len(t.Path) == 0 {
		return
	}
	var names []string
	sound := true
	links := t.Path[:min(len(t.Path), maxPath)]
	for _, l := range links {
		names = append(names, linkName(t, l))
		sound = sound && l.Holds()
	}
	top := links[len(links)-1]
	p.add("chain: " + strings.Join(names, ", issued by ") + labelled(", trusted: ", top.Trusted) + when(sound, "; every signature on the way holds"))
	for i, l := range links {
		for _, c := range l.Checks {
			switch {
			case !c.OK:
				p.addAt(1, names[i]+": no, "+c.Text)
			case p.Depth == Full:
				p.addAt(1, names[i]+": yes, "+c.Text)
			}
		}
	}
	for _, place := range t.Surplus() {
		p.add("sent too, and not part of that chain: certificate " + itoa(place) + ", " + t.Chain[place-1].CommonName())
	}
}

func linkName(t *record.TLS, l record.Link) string {
	c := t.LinkCertificate(l)
	if c == nil {
		return "a certificate that is not in this file"
	}
	return c.CommonName() + when(l.Sent == 0, " (not sent)")
}

// certificate says who it is for and how long; of the rest of the chain only at the depth Full.
func (p *page) certificate(i int, c record.Certificate) {
	if i > 0 && p.Depth != Full {
		return
	}
	p.add("certificate " + itoa(i+1) + ": " + c.Subject + ", issued by " + c.Issuer + ", " +
		c.NotBefore.UTC().Format(time.DateOnly) + " to " + c.NotAfter.UTC().Format(time.DateOnly))
	if p.Depth == Full {
		p.addAt(1, list(", ", labelled("for ", strings.Join(c.Names, " ")), labelled("key ", c.Key), labelled("signed with ", c.Signature),
			when(c.CA, "may sign others"), labelled("SHA-256 ", c.SHA256)))
	}
}

// decided tells what the handshake chose of what was offered, and what follows from it; before the depth Full only what
// people ask first.
func (p *page) decided(decided *record.Decided) {
	if decided == nil {
		return
	}
	d := decided.Summary()
	if p.Depth == Full {
		p.choices(d)
	}
	for _, n := range d.Notes {
		if p.Depth == Full || n.Headline() {
			p.add(list(" ", n.Text, labelled("(", labelled(n.Ref, ")"))))
		}
	}
}

func (p *page) choices(d tlswire.Summary) {
	for _, c := range []struct {
		what string
		tlswire.Choice
	}{{"version", d.Version}, {"cipher suite", d.Suite}, {"group", d.Group}, {"signature", d.Signature}} {
		if len(c.Offered) > 0 {
			p.add(list("; ", c.what+": "+orNone(c.Chosen.Name)+", of "+offeredFor(c.Choice, d.Version.Chosen.Name), c.Why))
		}
	}
	if len(d.Protocol.Offered) > 0 {
		p.add("ALPN: " + orNone(d.Protocol.Chosen) + ", of " + strings.Join(d.Protocol.Offered, ", "))
	}
	p.add(labelled("keys from ", d.Exchange))
	p.add(list(", ", when(d.Retry, "a round trip more for a HelloRetryRequest"), when(d.Resumed, "resumed"), when(!d.Resumed && d.Complete, "a full handshake")))
	p.add(encryptedFrom("client", d.ClientEncrypted))
	p.add(encryptedFrom("server", d.ServerEncrypted))
}

// offeredFor counts what was offered, and apart from it what of it belongs to the version chosen.
func offeredFor(c tlswire.Choice, version string) string {
	if c.Usable == 0 || c.Usable == len(c.Offered) {
		return itoa(len(c.Offered)) + " offered"
	}
	return itoa(c.Usable) + " offered for " + version + " (" + itoa(len(c.Offered)) + " in all)"
}

// trips says how long the client had to wait before it could send data.
func trips(decided *record.Decided) string {
	if decided == nil {
		return ""
	}
	d := decided.Summary()
	return when(d.Complete, count(d.RoundTrips, "round trip")+" before data")
}

func orNone(name string) string {
	if name == "" {
		return "none chosen"
	}
	return name
}

// encryptedFrom says where the encryption of one side begins.
func encryptedFrom(side string, s tlswire.Start) string {
	if s.Message == "" {
		return ""
	}
	return fmt.Sprintf("the %s encrypts from its byte %d on, %s", side, s.Offset, s.Message)
}
