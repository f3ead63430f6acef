package lab

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/textproto"
	"strings"

	"ehlo/session/sasl"
	"ehlo/session/tlswire"
)

// The lines of the server's log, in the wording of Postfix: what one learns to read here stands so in a real mail log. Secrets are
// in none of them.

func (f *front) logf(format string, args ...any) {
	f.lab.journal.printf(f.service.Host, f.program("smtpd"), f.id, format, args...)
}

// program is the name of a program that serves this port: the log of a real server tells submission from relay by it.
func (f *front) program(name string) string {
	if f.service.Role == "relay" {
		return name
	}
	return f.service.Role + "/" + name
}

// peer is the client as the log names it.
func (f *front) peer() string { return f.peerName() + "[" + f.peerIP() + "]" }

// peerName is the client's host name: unknown where reverse DNS has none that leads back to its address.
func (f *front) peerName() string {
	if f.stated.name != "" {
		return f.stated.name
	}
	played, err := netip.ParseAddr(cmp.Or(f.stated.address, f.lab.scenario.Knobs.Client))
	if err != nil {
		return "localhost"
	}
	known, err := f.lab.names.records()
	if err != nil {
		return "unknown"
	}
	return cmp.Or(known.NameOf(played), "unknown")
}

// lost says that the client is gone without a QUIT.
func (f *front) lost() {
	if f.last != "QUIT" {
		f.logf("lost connection after %s from %s", f.last, f.peer())
	}
}

// logTLS says what the handshake came to. Who showed no certificate is anonymous.
func (f *front) logTLS() {
	who := "Anonymous"
	switch {
	case len(f.tls.VerifiedChains) > 0:
		who = "Trusted"
	case len(f.tls.PeerCertificates) > 0:
		who = "Untrusted"
	}
	version := strings.Replace(tls.VersionName(f.tls.Version), " 1.", "v1.", 1)
	bits := keyBits(f.tls.CipherSuite)
	f.logf("%s TLS connection established from %s: %s with cipher %s (%d/%d bits)", who, f.peer(), version, tlswire.CipherSuiteName(f.tls.CipherSuite), bits, bits)
}

// logNoTLS says why a handshake failed.
func (f *front) logNoTLS(err error) {
	if errors.Is(err, io.EOF) {
		f.logf("SSL_accept error from %s: lost connection", f.peer())
	} else {
		f.logf("SSL_accept error from %s: -1", f.peer())
		f.logf("warning: TLS library problem: %s", printable(err.Error()))
	}
	f.lost()
}

// keyBits is how long the key of a suite is.
func keyBits(suite uint16) int {
	switch name := tlswire.CipherSuiteName(suite); {
	case strings.Contains(name, "AES_128"), strings.Contains(name, "RC4_128"):
		return 128
	case strings.Contains(name, "3DES"):
		return 168
	}
	return 256
}

// logRefusal says what was refused. Before a message has a place in the queue it is called NOQUEUE.
func (f *front) logRefusal(verb, lines string) {
	text := printable(lines)
	switch {
	case !isText(verb): // a line of its own says why, or it was no command
	case verb == "AUTH" && f.mechanism() != "":
		f.logf("warning: %s: SASL %s authentication failed: %s", f.peer(), f.mechanism(), withoutCodes(text))
	case verb == "greeting":
		f.logf("NOQUEUE: reject: %s from %s: %s; proto=SMTP", f.last, f.peer(), text)
	case knownVerb(verb) != verb && f.strayed: // the lines of a letter say it once
	default:
		f.strayed = knownVerb(verb) != verb
		f.logf("%s: reject: %s from %s: %s%s", orNoQueue(f.queueID), knownVerb(verb), f.peer(), text, f.circumstances(verb))
	}
}

// mechanism is that of the login which was refused; "" for a word that is none, which could be a secret in the wrong place.
func (f *front) mechanism() string {
	name, _, _ := strings.Cut(strings.ToUpper(f.arg), " ")
	if _, known := sasl.Lookup(name); known && f.method == "" {
		return name
	}
	return f.method
}

func orNoQueue(id string) string {
	if id == "" {
		return "NOQUEUE"
	}
	return id
}

// withoutCodes is the text of a reply.
func withoutCodes(reply string) string {
	_, text, _ := strings.Cut(reply, " ")
	if enhanced, rest, ok := strings.Cut(text, " "); ok && strings.Count(enhanced, ".") == 2 && strings.Trim(enhanced, "0123456789.") == "" {
		return rest
	}
	return text
}

// circumstances are what is known of the message that was refused.
func (f *front) circumstances(verb string) string {
	var b strings.Builder
	switch {
	case verb == "MAIL":
		fmt.Fprintf(&b, " from=<%s>", printable(address(f.arg)))
	case f.mail || verb == "RCPT":
		fmt.Fprintf(&b, " from=<%s>", printable(f.sender))
	}
	if verb == "RCPT" {
		fmt.Fprintf(&b, " to=<%s>", printable(address(f.arg)))
	}
	if f.helo != "" {
		fmt.Fprintf(&b, " proto=%s helo=<%s>", f.speaks(), printable(f.helo))
	}
	if b.Len() == 0 {
		return ""
	}
	return ";" + b.String()
}

// address is what stands between the angle brackets of MAIL or RCPT, "" where there are none.
func address(arg string) string {
	_, rest, opened := strings.Cut(arg, "<")
	inside, _, closed := strings.Cut(rest, ">")
	if !opened || !closed {
		return ""
	}
	return inside
}

// accept gives the message its place in the queue with the first recipient.
func (f *front) accept() {
	if f.queueID != "" {
		return
	}
	f.queueID = f.lab.mailbox.nextID()
	login := ""
	if f.user != "" {
		login = fmt.Sprintf(", sasl_method=%s, sasl_username=%s", f.method, f.user)
	}
	if f.stated.forwarded != "" {
		login += ", orig_client=" + f.stated.forwarded
	}
	f.logf("%s: client=%s%s", f.queueID, f.peer(), login)
}

// logQueued says that a message has been taken.
func (f *front) logQueued(m stored, text []byte, size int) {
	f.logAbout(m, "cleanup", "message-id=%s", messageID(text))
	f.logAbout(m, "qmgr", "from=<%s>, size=%d, nrcpt=%d (queue active)", printable(m.From), size, len(m.To))
}

func (f *front) logAbout(m stored, program, format string, args ...any) {
	f.lab.journal.printf(f.service.Host, program, f.id, m.ID+": "+format, args...)
}

// logDelivered says what has become of a message: each recipient has a fate of its own.
func (f *front) logDelivered(m stored) {
	done := true
	for _, to := range m.To {
		fate := fateOf(to)
		f.logFate(m, to, fate)
		done = done && fate.status != "deferred"
	}
	if done {
		f.logAbout(m, "qmgr", "removed")
	}
}

func (f *front) logFate(m stored, to string, fate fate) {
	f.logAbout(m, fate.program, "to=<%s>, relay=%s, delay=0, delays=0/0/0/0, dsn=%s, status=%s (%s)", printable(to), fate.relay, fate.dsn, fate.status,
		strings.ReplaceAll(fate.text, "{domain}", domainOf(to)))
}

// logHandedOn says what the second hop came to; the reply is that of the next server, "" where it took the message.
func (f *front) logHandedOn(m stored, reply string) {
	handed := fate{program: "smtp", relay: "mx.lab[127.0.0.1]:25", dsn: "2.0.0", status: "sent", text: "accepted by mx.lab"}
	if reply != "" {
		handed.dsn, handed.status, handed.text = statusOf(reply), "bounced", "host mx.lab[127.0.0.1] said: "+reply
	}
	for _, to := range m.To {
		f.logFate(m, to, handed)
	}
	if reply == "" {
		f.logAbout(m, "qmgr", "removed")
	}
}

// logBounce says that a report goes back to the sender.
func (f *front) logBounce(m, report stored) {
	f.logAbout(m, "bounce", "sender non-delivery notification: %s", report.ID)
	f.logQueued(report, report.Data, len(report.Data))
	f.logDelivered(report)
	f.logAbout(m, "qmgr", "removed")
}

// messageID is that of the header, with its brackets.
func messageID(text []byte) string {
	head, _, _ := bytes.Cut(text, []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(string(head), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); ok && textproto.CanonicalMIMEHeaderKey(name) == "Message-Id" && len(value) < 200 {
			return printable(value)
		}
	}
	return "<>"
}

// fate is what becomes of a message for a recipient.
type fate struct {
	domains string // the ends of the domains it is for, separated by blanks; empty for all others
	program string
	relay   string
	dsn     string
	status  string
	text    string
}

// fates are tried in order. Nothing leaves the machine, and the names of RFC 2606 and RFC 6761 lead nowhere by design: so do the
// lines about them.
var fates = [...]fate{
	{Domain, "local", "local", "2.0.0", "sent", "delivered to mailbox"},
	{"invalid test", "smtp", "none", "5.4.4", "bounced", "Host or domain name not found. Name service error for name={domain} type=A: Host not found"},
	{"example example.com example.net example.org", "smtp", "none", "4.4.1", "deferred", "connect to {domain}[192.0.2.25]:25: Network is unreachable"},
	{"", "discard", "none", "2.0.0", "sent", "the practice server delivers nothing outside " + Domain},
}

func fateOf(to string) fate {
	domain := strings.ToLower(domainOf(to))
	for _, f := range fates {
		for end := range strings.FieldsSeq(f.domains) {
			if domain == end || strings.HasSuffix(domain, "."+end) {
				return f
			}
		}
	}
	if domain == "" { // postmaster
		return fates[0]
	}
	return fates[len(fates)-1]
}

func domainOf(to string) string {
	_, domain, _ := strings.Cut(printable(to), "@")
	return domain
}
