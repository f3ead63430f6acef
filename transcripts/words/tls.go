package words

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
)

func message(m *tlswire.Message) Line {
	sign := ToServer
	if m.Dir == tlswire.ServerToClient {
		sign = FromServer
	}
	bad := m.Kind == tlswire.KindAlert && !closeNotify(m) || m.Kind == tlswire.KindUnknown
	return Line{Mark: Mark{Sign: sign, TLS: m.Encrypted, Bad: bad}, Head: MessageName(m)}
}

// closeNotify is the one alert that is no bad news (RFC 9846 §6.1).
func closeNotify(m *tlswire.Message) bool {
	_, description, ok := m.Alert()
	return ok && description == 0
}

// MessageName is the name of a message, of an alert with what it says.
func MessageName(m *tlswire.Message) string {
	if e, ok := alert(m); ok {
		return "Alert: " + e.Name
	}
	return m.Name
}

// MessageEntry explains a message of TLS, an alert by what it says.
func MessageEntry(m *tlswire.Message) (explain.Entry, bool) {
	if e, ok := alert(m); ok {
		return e, true
	}
	return explain.TLSMessage(m.Name)
}

func alert(m *tlswire.Message) (explain.Entry, bool) {
	_, description, ok := m.Alert()
	if !ok {
		return explain.Entry{}, false
	}
	return explain.Alert(strconv.Itoa(int(description)))
}

// Channel is what TLS gives from one moment on: what was agreed on, and what is known about the other end.
type Channel struct {
	Version, Suite string
	Trust          string // whether the server is the one that was meant, and Why that is known or not
	Why            string
	Sign           Sign // Good where it is
}

// OfChannel puts the outcome of a handshake that went well into the words of a [Channel].
func OfChannel(t *record.TLS) Channel {
	c := Channel{Version: Version(t), Suite: t.CipherSuite, Sign: Good, Trust: "verified" + Labelled(" for ", t.Reference)}
	switch {
	case t.Unjudged():
		c.Sign, c.Trust = Warn, "verification unknown"
	case !t.Verified:
		c.Sign, c.Trust = Warn, "not verified"+Labelled(": ", doubt(t))
	}
	return c
}

// What is said at the border at which TLS ends.
const (
	TLSEnds = "TLS ends"
	// Unnotified is the end of a connection that may have been cut on the way.
	Unnotified = "no close_notify from the server"
)

// InCleartext says what it means that something crossed the wire as it is.
const InCleartext = "in cleartext: anyone on the path can read it"

// Protection says whether anyone on the path could read something.
func Protection(encrypted bool) string {
	if encrypted {
		return "encrypted"
	}
	return "in cleartext"
}

// Key says which keys opened a message here; empty for one in cleartext.
func Key(m *tlswire.Message) string {
	switch {
	case !m.Encrypted:
		return ""
	case strings.Contains(m.Key, "handshake"):
		return "handshake keys"
	case strings.Contains(m.Key, "early"):
		return "early data key"
	case m.Key != "":
		return "session keys"
	}
	return "not decrypted"
}

// Beginning is the first of so many bytes in hexadecimal.
func Beginning(b []byte, of int) string {
	const most = 32
	b = b[:min(len(b), most)]
	switch len(b) {
	case 0:
		return Number(of, "byte") + " of TLS records"
	case of:
		return fmt.Sprintf("% x", b)
	}
	return fmt.Sprintf("% x … %s", b, Number(of, "byte"))
}

// tls is a handshake that is over.
func tls(t *record.TLS) Line {
	l := Line{Mark: Mark{Sign: Good, TLS: true}}
	switch {
	case t.Error != "":
		return Line{Mark: failed(), Head: "the TLS handshake failed: " + t.Error}
	case t.Unjudged():
		l.Mark, l.Doubt = Mark{Sign: Warn, TLS: true}, true
		l.Head = Version(t) + ", unknown whether the certificate was verified"
	case t.Verified:
		l.Head = Version(t) + ", certificate verified" + Labelled(" for ", t.Reference)
	default:
		l.Mark, l.Doubt = Mark{Sign: Warn, TLS: true}, true
		l.Head = Version(t) + ", certificate not verified" + Labelled(" for ", t.Reference) + Labelled(": ", doubt(t))
	}
	l.Remark = List(", ", t.CipherSuite, t.Group, Labelled("ALPN ", t.ALPN), when(t.Resumed, "resumed"),
		when(t.ClientCertificate, "with a client certificate"))
	return l
}

// Version is the version of TLS that was agreed on, or TLS when it is not known.
func Version(t *record.TLS) string {
	if t == nil || t.Version == "" {
		return "TLS"
	}
	return t.Version
}

// doubt names the fault of a certificate in a few words: the finding has the sentence.
func doubt(t *record.TLS) string {
	for _, c := range t.Checks.List() {
		if !c.Failed() {
			continue
		}
		if e, ok := explain.Finding(string(c.Finding)); ok {
			return e.Short
		}
		return c.Text
	}
	return ""
}

// Trust says what TLS is worth here, in a sentence.
func Trust(t *record.TLS) string {
	if t.Verified {
		return "The certificate passed verification, so the server is the intended one."
	}
	var doubts []string
	for _, c := range t.Checks.List() {
		if c.Failed() {
			doubts = append(doubts, c.Text)
		}
	}
	return "But the server's identity is not verified" + Labelled(": ", strings.Join(doubts, "; ")) + "."
}

// handshake is what a handshake came to, part by part: its numbers, what follows from what was chosen, the checks of the
// certificate, the chain and its certificates.
func handshake(t *record.TLS) []Part {
	parts := kept([]Part{
		{Name: "took", Value: List(", ", when(t.Took != 0, Duration(t.Took)), when(!t.Unjudged(), Number(t.Sent, "byte")+" sent, "+Number(t.Received, "byte")+" received"),
			Labelled("SNI ", t.ServerName), trips(t.Decided))}})
	parts = append(parts, decided(t.Decided)...)
	parts = append(parts, checks(t)...)
	parts = append(parts, path(t)...)
	for i, c := range t.Chain.List() {
		parts = append(parts, certificate(i, c)...)
	}
	return parts
}

// checks are the questions asked of the certificate.
func checks(t *record.TLS) []Part {
	var parts []Part
	for _, c := range t.Checks.List() {
		part := Part{Name: "check " + c.Name, Value: "passed, " + c.Text, Deep: true}
		switch {
		case c.Failed():
			part = Part{Name: "check " + c.Name, Value: "failed, " + c.Text, Bad: true}
		case c.Open:
			part.Value = "open, " + c.Text
		}
		parts = append(parts, part)
	}
	return parts
}

// maxPath bounds the links that are told: a file may name any number.
const maxPath = 12

// path is the chain that was judged, from the server's own certificate up, each check of each link, and what else was sent.
func path(t *record.TLS) []Part {
	links := t.Path.List()
	if len(links) == 0 {
		return nil
	}
	var names []string
	sound := true
	links = links[:min(len(links), maxPath)]
	for _, l := range links {
		names = append(names, LinkName(t, l)+when(l.Sent == 0 && l.Certificate != nil, " (not sent)"))
		sound = sound && l.Holds()
	}
	parts := []Part{{Name: "chain", Value: strings.Join(names, ", issued by ") + Labelled(", trusted: ", links[len(links)-1].Trusted) +
		when(sound, "; every signature in it is valid")}}
	for i, l := range links {
		for _, c := range l.Checks {
			parts = append(parts, Part{Name: names[i], Value: result(c.OK) + ", " + c.Text, Bad: !c.OK, Deep: c.OK, In: 1})
		}
	}
	for _, place := range t.Surplus() {
		parts = append(parts, Part{Value: "also sent, but not part of that chain: certificate " + strconv.Itoa(place) + ", " + t.Chain.List()[place-1].CommonName()})
	}
	return parts
}

func result(ok bool) string {
	if ok {
		return "passed"
	}
	return "failed"
}

// LinkName is what a certificate of the chain is called; a file may name one that it does not have.
func LinkName(t *record.TLS, l record.Link) string {
	c := t.LinkCertificate(l)
	if c == nil {
		return "a certificate that is not in this file"
	}
	return c.CommonName()
}

func certificate(i int, c record.Certificate) []Part {
	deep := i > 0
	return append([]Part{{Name: "certificate " + strconv.Itoa(i+1), Deep: deep, Value: c.Subject + ", issued by " + c.Issuer + ", " +
		c.NotBefore.UTC().Format(time.DateOnly) + " to " + c.NotAfter.UTC().Format(time.DateOnly)}},
		kept([]Part{{In: 1, Deep: true, Value: List(", ", Labelled("for ", strings.Join(c.Names, " ")), Labelled("key ", c.Key), Labelled("signed with ", c.Signature),
			when(c.CA, "may sign others"), Labelled("SHA-256 ", c.SHA256))}})...)
}

// decided is what the handshake chose of what was offered, and what follows from it.
func decided(d *record.Decided) []Part {
	if d == nil {
		return nil
	}
	s := d.Summary()
	parts := choices(s)
	for _, n := range s.Notes {
		parts = append(parts, Part{Value: List(" ", n.Text, Labelled("(", Labelled(explain.Cited(n.Ref), ")"))), Deep: !n.Headline()})
	}
	return parts
}

func choices(d tlswire.Summary) []Part {
	var parts []Part
	for _, c := range []struct {
		what string
		tlswire.Choice
	}{{"version", d.Version}, {"cipher suite", d.Suite}, {"group", d.Group}, {"signature", d.Signature}} {
		if len(c.Offered) > 0 {
			parts = append(parts, Part{Name: c.what, Value: List("; ", chosen(c.Chosen.Name)+", of "+offered(c.Choice, d.Version.Chosen.Name), c.Why), Deep: true})
		}
	}
	if len(d.Protocol.Offered) > 0 {
		parts = append(parts, Part{Name: "ALPN", Value: chosen(d.Protocol.Chosen) + ", of " + strings.Join(d.Protocol.Offered, ", "), Deep: true})
	}
	return append(parts, kept([]Part{
		{Name: "keys", Value: Labelled("from ", d.Exchange), Deep: true},
		{Value: List(", ", when(d.Retry, "one more round trip for a HelloRetryRequest"), when(d.Resumed, "resumed"), when(!d.Resumed && d.Complete, "a full handshake")), Deep: true},
		{Value: encrypts("client", d.ClientEncrypted), Deep: true}, {Value: encrypts("server", d.ServerEncrypted), Deep: true}})...)
}

// offered counts what was offered, and apart from it what of it belongs to the version chosen.
func offered(c tlswire.Choice, version string) string {
	if c.Usable == 0 || c.Usable == len(c.Offered) {
		return strconv.Itoa(len(c.Offered)) + " offered"
	}
	return strconv.Itoa(c.Usable) + " offered for " + version + " (" + strconv.Itoa(len(c.Offered)) + " in all)"
}

func chosen(name string) string { return cmp.Or(name, "none chosen") }

// trips says how long the client had to wait before it could send data.
func trips(decided *record.Decided) string {
	if decided == nil {
		return ""
	}
	d := decided.Summary()
	return when(d.Complete, Number(d.RoundTrips, "round trip")+" before data")
}

// encrypts says where the encryption of one side begins.
func encrypts(side string, s tlswire.Start) string {
	if s.Message == "" {
		return ""
	}
	return fmt.Sprintf("the %s encrypts from its byte %d on, %s", side, s.Offset, s.Message)
}
