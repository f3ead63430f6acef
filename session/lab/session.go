package lab

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	gosasl "github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"ehlo/session/wire"
)

// session is the policy behind the engine: who may send what to whom.
type session struct {
	front *front

	mu       sync.Mutex // BDAT takes the message on a goroutine of its own
	envelope envelope
}

// envelope is what MAIL and RCPT said.
type envelope struct {
	from string
	to   []string
}

func newSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{front: c.Conn().(*engineConn).front}, nil
}

// Mail decides about the sender. A user may only send under an address of
// their own (RFC 6409 §6.1).
func (s *session) Mail(from string, opts *smtp.MailOptions) error {
	f := s.front
	switch {
	case !ascii(from) && !opts.UTF8:
		return refusal("553 5.6.7 an address like this needs the SMTPUTF8 parameter")
	case f.service.submission && f.user != "" && from != "" && localPart(from) != f.user:
		return refusal("553 5.7.1 sender address is not owned by user " + f.user)
	}
	if reply := f.limited(); reply != "" {
		return refusal(reply)
	}
	s.mu.Lock()
	s.envelope = envelope{from: from}
	s.mu.Unlock()
	return nil
}

// Rcpt decides about a recipient: local users everywhere, the rest of the
// world only for those who have logged in and are known.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	local, ours := s.front.lab.local(to)
	switch {
	case !ours && (!s.front.service.submission || s.front.user == anonymous):
		return refusal("554 5.7.1 <" + printable(to) + ">: relay access denied")
	case ours && !deliverable(local):
		return refusal("550 5.1.1 <" + printable(to) + ">: user unknown here")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if reply := cmp.Or(s.front.refusedBySPF(s.envelope.from), s.front.greylisted(s.envelope.from, to)); reply != "" {
		return refusal(reply)
	}
	s.envelope.to = append(s.envelope.to, to)
	s.front.accept()
	return nil
}

// local is the local part of an address in a domain that the server takes mail for.
func (l *Lab) local(address string) (string, bool) {
	if local, ok := cutSuffixFold(address, "@"+l.scenario.Knobs.Serves); ok && l.scenario.Knobs.Serves != "" {
		return local, true
	}
	return cutSuffixFold(address, "@"+Domain)
}

// deliverable reports whether a local part has a mailbox. RFC 5321 §4.5.1
// wants postmaster everywhere.
func deliverable(local string) bool {
	_, ok := account(local)
	return ok || strings.EqualFold(local, "postmaster")
}

// toMessage is what an answer to the whole message is to, which has no verb.
const toMessage = "message"

// Data takes the message.
func (s *session) Data(r io.Reader) error {
	s.mu.Lock()
	e := s.envelope
	s.mu.Unlock()
	text, size, err := s.front.lab.content(r)
	if err != nil {
		return err
	}
	if s.front.service.lmtp || s.front.prdr && len(e.to) > 1 {
		return s.front.deliverEach(e, text, size)
	}
	if a, ok := s.front.lab.answers.find(toMessage, "", s.front); ok {
		return refusal(a.Reply)
	}
	return queued(s.front.deliver(e, text, size))
}

func queued(id string) error {
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "queued as " + id}
}

// deliverEach stores a message for those of its recipients for whom nothing else is answered, and notes the reply to each.
func (f *front) deliverEach(e envelope, text []byte, size int) error {
	taken, fates := envelope{from: e.from}, make([]string, len(e.to))
	for i, to := range e.to {
		if a, ok := f.lab.answers.find(toMessage, toMessage+" "+to, f); ok {
			fates[i] = a.Reply
			continue
		}
		fates[i] = "250 2.1.5 <" + printable(to) + "> delivered"
		taken.to = append(taken.to, to)
	}
	if len(taken.to) > 0 {
		f.deliver(taken, text, size)
	}
	f.fates = fates
	return queued(f.queueID)
}

// headKept is how much a lab that forgets keeps of a message, in bytes.
const headKept = 16 << 10

// content reads the text of a message, and keeps its beginning alone where the lab forgets; one that is handed on has to be whole.
func (l *Lab) content(r io.Reader) (text []byte, size int, err error) {
	if !l.options.Forgets || l.scenario.Knobs.Onward {
		text, err = io.ReadAll(r)
		return text, len(text), err
	}
	if text, err = io.ReadAll(io.LimitReader(r, headKept)); err != nil {
		return nil, 0, err
	}
	rest, err := io.Copy(io.Discard, r)
	return text, len(text) + int(rest), err
}

// reset drops the transaction.
func (s *session) Reset() {
	s.mu.Lock()
	s.envelope = envelope{}
	s.mu.Unlock()
}

// Logout has nothing to free.
func (s *session) Logout() error { return nil }

// AuthMechanisms is asked by the engine for its own EHLO reply, which the
// front replaces.
func (s *session) AuthMechanisms() []string { return nil }

// Auth begins an AUTH exchange.
func (s *session) Auth(mechanism string) (gosasl.Server, error) {
	return s.front.authenticate(mechanism)
}

// stored is a message that the practice server has accepted.
type stored struct {
	ID       string
	Role     string // of the listener it came in by
	From     string // MAIL FROM, "" for the null sender
	To       []string
	User     string // who had logged in, or ""
	With     string // protocol of the trace line: ESMTPSA and its like
	Received string // the trace line, unfolded
	At       time.Time
	Data     []byte // as it would be delivered, trace lines first
}

// mailbox keeps the latest messages.
type mailbox struct {
	mu     sync.Mutex
	next   int
	stored []stored
}

// maxStored bounds the memory that clients can make a lab use.
const maxStored = 100

func (m *mailbox) nextID() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next++
	return fmt.Sprintf("LAB%04d", m.next)
}

func (m *mailbox) add(s stored) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.stored) == maxStored {
		m.stored = append(m.stored[:0], m.stored[1:]...)
	}
	m.stored = append(m.stored, s)
}

// Mailbox returns the accepted messages, oldest first; of more than a hundred
// the latest hundred.
func (l *Lab) Mailbox() []stored {
	l.mailbox.mu.Lock()
	defer l.mailbox.mu.Unlock()
	return append([]stored(nil), l.mailbox.stored...)
}

// Arrival is a message as it lies in a mailbox, with the trace lines of the servers that passed it on.
type Arrival struct {
	To   []string // the mailboxes, of the envelope
	Text []byte   // as anyone may have sent it
}

// mostLines bounds how much of a message is shown.
const mostLines = 200

// Lines are the message's first lines, made visible.
func (a Arrival) Lines() []string {
	lines := strings.SplitAfterN(string(a.Text), "\n", mostLines+1)
	for i, line := range lines {
		lines[i] = wire.VisibleString(strings.ReplaceAll(strings.TrimRight(line, "\r\n"), "\t", "    "))
	}
	if len(lines) > mostLines {
		lines[mostLines] = "…"
	}
	return lines
}

// Arrived are the messages in the mailboxes, oldest first; of more than a hundred the latest hundred.
func (l *Lab) Arrived() (out []Arrival) {
	for _, m := range l.Mailbox() {
		out = append(out, Arrival{m.To, m.Data})
	}
	return out
}

// deliver stores a message after its trace lines and returns its queue ID.
func (f *front) deliver(e envelope, text []byte, size int) string {
	m := stored{
		ID: f.queueID, Role: f.service.Role, From: e.from, To: e.to,
		User: f.user, With: f.protocol(), At: f.lab.clock.now(),
	}
	trace := f.received(m)
	m.Received = strings.ReplaceAll(trace, "\r\n\t", " ")
	f.logQueued(m, text, size)
	text = append([]byte(f.receivedSPF(e.from)+trace+"\r\n"), text...)
	if f.handsOn() {
		f.handOn(m, text)
		return m.ID
	}
	m.Data = append([]byte("Return-Path: <"+printable(e.from)+">\r\n"), text...)
	f.lab.mailbox.add(m)
	f.logDelivered(m)
	return m.ID
}

// protocol is the WITH clause: RFC 3848 for the S and the A.
func (f *front) protocol() string {
	with := f.speaks()
	if f.tls != nil {
		with += "S"
	}
	if f.user != "" {
		with += "A"
	}
	return with
}

// speaks is the protocol, without what stands for TLS and AUTH.
func (f *front) speaks() string {
	switch {
	case f.service.lmtp:
		return "LMTP"
	case f.extended:
		return "ESMTP"
	}
	return "SMTP"
}

// received is the trace line of RFC 5321 §4.4, folded, without its
// last line end. The recipient is named only if it is alone.
func (f *front) received(m stored) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Received: from %s (%s [%s])\r\n", printable(f.helo), f.peerName(), literal(f.peerIP()))
	if f.tls != nil {
		fmt.Fprintf(&b, "\t(using %s)\r\n", f.cipher())
	}
	fmt.Fprintf(&b, "\tby %s (practice server) with %s id %s", f.service.Host, m.With, m.ID)
	if len(m.To) == 1 {
		fmt.Fprintf(&b, "\r\n\tfor <%s>", printable(m.To[0]))
	}
	fmt.Fprintf(&b, ";\r\n\t%s", m.At.Format(time.RFC1123Z))
	return b.String()
}

// literal is an address as RFC 5321 §4.1.3 writes it between brackets.
func literal(ip string) string {
	if strings.Contains(ip, ":") {
		return "IPv6:" + ip
	}
	return ip
}
