package engine

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// outgoing is a line or content on its way to the server.
type outgoing struct {
	bytes []byte // what is written, CRLF included
	// body writes what follows: a message, opened now; nil where nothing does
	body   func(io.Writer) (changes, error)
	show   string // what is recorded, secrets masked; empty means bytes
	masked []string
	secret string      // what is masked
	keep   int         // how much of it is recorded; 0 is sendKept
	send   record.Send // what else the event says
}

// plainLine is a line without secrets.
func plainLine(line string, edited bool) outgoing {
	return outgoing{bytes: []byte(line + "\r\n"), send: record.Send{Edited: edited}}
}

// maskedLine is a line whose tail is a secret: shown is how it is recorded, unless a person asked to see it.
func (s *Session) maskedLine(line, shown, hides string, edited bool) outgoing {
	o := outgoing{bytes: []byte(line + "\r\n"), send: record.Send{Edited: edited}}
	switch {
	case hides == "" || s.snap.Revealed:
	case hides != "typed" && s.practices():
		o.send.Practice = hides
	default:
		o.show, o.masked = shown+"\r\n", []string{hides}
		o.secret = afterWords(line, len(strings.Fields(shown))-1)
	}
	return o
}

// line is what is recorded of a command, without its end.
func (o outgoing) line() string { return strings.TrimRight(cmp.Or(o.show, string(o.bytes)), "\r\n") }

// afterWords is what is left of a line without its first n words.
func afterWords(line string, n int) string {
	for range n {
		line = strings.TrimLeft(line, " \t")
		line = line[max(0, strings.IndexAny(line, " \t")):]
	}
	return strings.TrimSpace(line)
}

// command sends the step's line and reads the reply.
func (s *Session) command(ctx context.Context, st record.Step) error {
	if err := checkLine(st); err != nil {
		return err
	}
	return s.ask(ctx, s.typedLine(st))
}

// starttls asks for TLS. What stands after the 220 in cleartext would later pass for something said inside TLS, so it is
// recorded and ends the session (RFC 3207 §4.2 and §6).
func (s *Session) starttls(ctx context.Context, st record.Step) error {
	err := s.command(ctx, st)
	if s.snap.State.Stage != record.StageUpgrading {
		return err
	}
	if extra := s.reader.Buffered(); len(extra) > 0 {
		s.observe(record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: s.hideEchoes(extra[:min(len(extra), sendKept)])}, Unasked: true}})
	}
	return err
}

// checkLine refuses what would be more than one line to the server.
func checkLine(st record.Step) error {
	if err := wire.ValidLine(st.Line); err != nil && !wire.IsWarning(err) {
		return unsendable(st.Verb, "The line was not sent: "+err.Error()+".", "send one line at a time, without control characters")
	}
	return nil
}

// group sends commands at once and reads the reply to each.
func (s *Session) group(ctx context.Context, st record.Step) error {
	o := outgoing{send: record.Send{Group: len(st.Group)}}
	for _, line := range st.Group {
		if err := checkLine(record.Step{Verb: st.Verb, Line: line}); err != nil {
			return err
		}
		o.bytes = append(o.bytes, line+"\r\n"...)
	}
	err := s.send(ctx, o)
	defer func() { s.place = 0 }()
	for i, line := range st.Group {
		if err != nil || !s.snap.State.Connected() {
			break
		}
		s.step, _ = walk.CommandVerb(line)
		s.place = i + 1
		err = s.listen(ctx)
	}
	return err
}

// mostReplies bounds what is read after an experiment: a server that takes each line of a message for a command answers often.
const mostReplies = 100

// experiment sends what breaks a rule, reads the first reply, says goodbye, and reads all replies up to that to the goodbye or to the end of the
// connection: their number tells what the server took for commands. After a 220 to STARTTLS the handshake comes first.
func (s *Session) experiment(ctx context.Context, st record.Step) error {
	err := s.send(ctx, outgoing{bytes: st.Bytes, send: record.Send{Experiment: st.Experiment}})
	if err == nil {
		err = s.listen(ctx)
	}
	if err == nil && s.snap.State.Stage == record.StageUpgrading {
		return s.injected()
	}
	if err == nil && s.snap.State.Connected() {
		err = s.send(ctx, plainLine("QUIT", false))
	}
	for n := 0; err == nil && n < mostReplies && s.snap.State.Connected(); n++ {
		err = s.listen(ctx)
	}
	return err
}

// injected records what the server has said in cleartext after the 220 to STARTTLS.
func (s *Session) injected() error {
	if extra := s.reader.Buffered(); len(extra) > 0 {
		event, err := s.read(context.Background(), true)
		s.observe(event)
		return err
	}
	return nil
}

// ask sends something and reads the reply to it, and the further ones where each recipient of a message has its own.
func (s *Session) ask(ctx context.Context, o outgoing) error {
	if err := s.send(ctx, o); err != nil {
		return err
	}
	err := s.listen(ctx)
	for err == nil && s.snap.State.Answering && s.snap.State.Connected() {
		err = s.listen(ctx)
	}
	return err
}

// send writes and records what was written, secrets masked.
func (s *Session) send(ctx context.Context, o outgoing) error {
	if err := s.sendable(); err != nil {
		return err
	}
	if err := s.unasked(); err != nil {
		return err
	}
	release := s.bound(ctx)
	defer release()
	s.drainUpTo(math.MaxInt64)
	s.tap.take(wire.ClientToServer, true)
	s.tap.take(wire.ServerToClient, true)
	w := &kept{to: s.link, most: cmp.Or(o.keep, sendKept)}
	began := s.cfg.Now()
	_, err := w.Write(o.bytes)
	if err == nil && o.body != nil {
		err = o.writeBody(w)
	}
	if w.n > 0 || err == nil {
		o.send.Weak = s.remember(o)
	}
	if err != nil {
		o.send.Took = s.cfg.Now().Sub(began)
	}
	s.recordSend(ctx, o, w, err)
	return err
}

// writeBody sends the message and notes what had to be done to it.
func (o *outgoing) writeBody(w *kept) error {
	before := w.n
	made, err := o.body(w)
	o.send.Size = w.n - before
	o.send.Stuffed, o.send.Normalized = made.stuffed, made.normalized
	return err
}

// changes are how many dots were added to a message, and how many line ends made CRLF.
type changes struct{ stuffed, normalized int }

// raw is the line as it was to be sent, whatever became of it, and the beginning of the content that was.
func (o *outgoing) raw(w *kept) wire.Raw {
	if len(w.begin) < len(o.bytes) {
		return wire.Raw(o.bytes)
	}
	return wire.Raw(w.begin)
}

// kept writes through, and keeps the beginning of what was written.
type kept struct {
	to    io.Writer
	begin []byte
	n     int
	most  int // of begin
}

func (k *kept) Write(b []byte) (int, error) {
	n, err := k.to.Write(b)
	k.begin = append(k.begin, b[:min(n, k.most-len(k.begin))]...)
	k.n += n
	return n, err
}

// sendable reports why nothing can be sent.
func (s *Session) sendable() error {
	switch {
	case s.snap.State.Stage == record.StageBroken:
		e := unsendable(s.step, "The session is out of sync: nothing more is sent.", "connect again")
		e.Exit, e.Err = record.ExitProtocol, record.ErrOutOfSync
		return e
	case !s.snap.State.Connected():
		e := unsendable(s.step, "There is no connection to send on.", "connect first")
		e.Exit, e.Err = record.ExitConnect, record.ErrNotConnected
		return e
	}
	return nil
}

func (s *Session) recordSend(ctx context.Context, o outgoing, w *kept, err error) {
	ev := o.send
	ev.Raw, ev.Masked, ev.TLS, ev.Agreed = o.raw(w), o.masked, s.snap.State.Security.Encrypted(), s.agreed
	if len(o.masked) > 0 {
		ev.Raw = wire.Raw(o.show)
	}
	ev.Cipher = s.tap.take(wire.ClientToServer, len(o.masked) > 0)
	s.sentSecret, s.veiled = s.sentSecret || len(o.masked) > 0, s.veiled || len(o.masked) > 0
	if err != nil {
		ev.Trouble, ev.Error = trouble(ctx, err)
		if w.n == 0 { // and nothing was given away
			ev.Gives = ""
		}
		ev.Diagnosis = s.lateRefusal()
	}
	s.observe(record.Event{Kind: record.KindSend, Send: &ev})
}

// sendKept bounds what an event keeps of content; Send.Size has the whole length.
const sendKept = 64 << 10

// chunkKept bounds what is kept of a chunk after the first: of a large message there are many.
const chunkKept = 2 << 10

// unasked records what the server said although it was not its turn.
func (s *Session) unasked() error {
	if !s.spoke() {
		return nil
	}
	s.link.SetDeadline(past()) // what is there is read, and nothing is waited for
	event, err := s.read(context.Background(), true)
	s.observe(event)
	return errors.Join(record.ErrOutOfSync, err)
}

// spoke reports whether there is something of the server that no command has asked for, read already or not.
func (s *Session) spoke() bool {
	if s.step == record.VerbProxy || s.step == record.VerbExperiment { // what comes is read by itself, or counted
		return false
	}
	if s.step == record.VerbRaw && s.snap.State.Transaction == record.TransactionData {
		return len(s.reader.Buffered()) > 0 // a message by hand, line by line
	}
	if len(s.reader.Buffered()) == 0 && s.conn.Pending() {
		s.link.SetDeadline(time.Now().Add(pendingPatience))
		s.conn.Hurry(s.tap.whole, func() { s.reader.Fill() })
		s.link.SetDeadline(time.Time{})
	}
	return len(s.reader.Buffered()) > 0
}

// pendingPatience is how long the rest of a record is read for that has begun. After a whole one nothing is waited for: under TLS it
// may be no more than a session ticket.
const pendingPatience = 5 * time.Millisecond

// listen reads one reply and records it.
func (s *Session) listen(ctx context.Context) error {
	release := s.bound(ctx)
	defer release()
	event, err := s.read(ctx, false)
	s.observe(event)
	return err
}

// read takes one reply off the wire and makes its event.
func (s *Session) read(ctx context.Context, unasked bool) (record.Event, error) {
	asked, heard := s.cfg.Now(), s.reader.Consumed()
	got, err := s.readReply()
	hides, err := s.hideEcho(&got, err)
	s.drainUpTo(heard)
	r := &record.Reply{Reply: got, Place: s.place, Masked: hides, Unasked: unasked, TLS: s.snap.State.Security.Encrypted(), Cipher: s.tap.take(wire.ServerToClient, false)}
	r.Wait, r.Took = spans(asked, s.reader, s.cfg.Now())
	if err != nil {
		r.Trouble, r.Error = trouble(ctx, err)
		if r.Trouble.Waited() {
			r.Took = s.cfg.Now().Sub(asked) - r.Wait
		}
		switch r.Trouble {
		case record.TroubleReset, record.TroubleClosed, record.TroubleDamaged:
			if r.Diagnosis = s.lateRefusal(); r.Diagnosis == nil {
				r.Diagnosis = s.lateError(wire.LastError(err))
			}
		}
	}
	return record.Event{Kind: record.KindReply, Reply: r}, err
}

// readReply takes a last line without its CRLF for what it is: cut off. Only goodbye may end so.
func (s *Session) readReply() (wire.Reply, error) {
	got, err := s.reader.ReadReply()
	if err != nil || s.step == record.VerbQuit {
		return got, err
	}
	for _, d := range got.Defects {
		if d.Code == wire.DefectMissingLineEnd {
			return got, &wire.Error{Err: wire.ErrUnexpectedEOF, Line: d.Line}
		}
	}
	return got, nil
}

// spans divides the time into waiting for the server and receiving from it.
func spans(asked time.Time, r *wire.Reader, now time.Time) (wait, took time.Duration) {
	first, last := r.FirstByte(), r.LastByte()
	if first.IsZero() {
		return now.Sub(asked), 0
	}
	return max(0, first.Sub(asked)), max(0, last.Sub(first))
}

// bound makes the connection's reads and writes end when ctx does. The returned function undoes it.
func (s *Session) bound(ctx context.Context) func() {
	link := s.link
	link.SetDeadline(time.Time{})
	if ctx.Err() != nil {
		link.SetDeadline(past())
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { link.SetDeadline(past()); close(ended) })
	return func() {
		if !stop() {
			<-ended // or it would end the next step
		}
	}
}

func past() time.Time { return time.Unix(1, 0) }

// trouble names what an error of reading or writing is, with its words.
func trouble(ctx context.Context, err error) (record.Trouble, string) {
	if ctx.Err() != nil || isTimeout(err) {
		return waited(ctx), "nothing more arrived"
	}
	if name, ours := alertIn(err); name != "" {
		if ours {
			return record.TroubleDamaged, name
		}
		return record.TroubleReset, "the server ended TLS with the alert: " + name
	}
	var header tls.RecordHeaderError
	if errors.As(err, &header) {
		return record.TroubleDamaged, fmt.Sprintf("bytes that are not a TLS record: %x", header.RecordHeader)
	}
	var w *wire.Error
	if !errors.As(err, &w) {
		return record.TroubleReset, wire.VisibleString(tlswire.ErrorWords(wire.LastError(err)))
	}
	kind := record.TroubleOf(w)
	if kind == record.TroubleReset { // the system's own word; addresses and ports stand in the log already
		return kind, cmp.Or(w.Detail, wire.VisibleString(wire.LastError(w).Error()))
	}
	return kind, cmp.Or(w.Detail, w.Error())
}

// waited says who ended a wait: a person, for the step or for the session, or the step's time.
func waited(ctx context.Context) record.Trouble {
	switch {
	case errors.Is(context.Cause(ctx), record.ErrGaveUp):
		return record.TroubleGaveUp
	case errors.Is(ctx.Err(), context.Canceled):
		return record.TroubleCanceled
	}
	return record.TroubleTimeout
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// alertIn is the alert that crypto/tls says ended the connection; ours if our side sent it. The name is empty if it was
// none.
func alertIn(err error) (name string, ours bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" && op.Op != "local error" {
		return "", false
	}
	return wire.VisibleString(strings.TrimPrefix(wire.LastError(op.Err).Error(), "tls: ")), op.Op == "local error"
}

// maskChallenge is a 334 line with its challenge taken out.
func maskChallenge(r *record.Reply, hides string) {
	r.Masked = hides
	r.Raw = wire.Raw("334 " + sasl.Mask + "\r\n")
	r.Lines = []wire.Line{{Raw: r.Raw, Code: "334", Sep: ' ', Text: sasl.Mask}}
}

// deadline is how long a step may take.
func (s *Session) deadline(v record.Verb) time.Duration {
	if s.cfg.Timeout > 0 {
		return s.cfg.Timeout
	}
	return walk.Deadline(v)
}
