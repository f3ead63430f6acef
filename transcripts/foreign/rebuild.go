package foreign

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// Import is a conversation as a log.
type Import struct {
	Log     *record.Log
	Verdict record.Verdict
	Masked  []string // what was hidden, in words, in the order in which it was found
	Lacks   []string // sentences about what the source does not hold
}

// Log makes the log that follows from a conversation; program names its writer. The first pass finds out what the client was
// after, which the plan at the beginning of the log has to say.
func (c *Conversation) Log(program string) Import {
	first := c.replay(program, "", record.Plan{Target: record.Target{Host: "server", Port: record.PortRelay},
		Policy: record.Policy{Start: record.StartSTARTTLS, Must: record.MustOpportunistic}})
	plan := c.plan(first)
	b := c.replay(program, c.remark(first, plan), plan)
	b.finish()
	return Import{Log: &b.log, Verdict: *b.snap.End, Masked: b.masked, Lacks: c.lacks(b, plan)}
}

// replay goes through the pieces once. The remark about them stands on the first event.
func (c *Conversation) replay(program, remark string, plan record.Plan) *builder {
	plan.Imported, plan.Midway = true, c.midway()
	b := &builder{c: c, snap: record.Snapshot{State: record.NewState()}}
	b.veil.Public(plan.Target.Host, plan.User, plan.ActAs, plan.EHLOName, plan.From)
	b.veil.Public(plan.To...)
	start := &record.Start{Format: record.Format, Program: program, Time: c.Began.UTC(), Plan: plan}
	if c.About != nil {
		c.About(start)
	}
	b.observe(record.Event{Kind: record.KindStart, Start: start})
	if remark != "" {
		b.append(record.Event{Kind: record.KindNote, Note: &record.Note{On: 1, Text: remark}})
	}
	for _, p := range c.Pieces {
		b.take(p)
	}
	b.cutOff()
	b.flush()
	return b
}

// cutOff drops the beginning of a reply that the source ends in. Had the server closed the connection there, the source would say so;
// and what the rest of a list of capabilities has is not known.
func (b *builder) cutOff() {
	b.replies(false)
	if n := len(b.server.bytes); n > 0 {
		b.server.cut(n)
		b.partial = true
	}
}

// builder appends what a conversation shows, and what follows from it.
type builder struct {
	c    *Conversation
	log  record.Log
	snap record.Snapshot
	now  time.Duration
	step record.Verb

	client stretch // what the client said and what has not become events
	server stretch
	asked  bool      // the last thing sent waits for its reply
	early  []pending // replies to nothing that was asked

	partial bool // the source ends in a reply

	auth *exchange
	secretKeeper
	seen seen
}

// pending is a reply that came when it was not the server's turn.
type pending struct {
	reply wire.Reply
	err   error
	at    time.Duration
	tls   bool
}

// stretch is bytes of one side with the times at which they came.
type stretch struct {
	bytes []byte
	parts []part
}

// part is bytes that came at once.
type part struct {
	size int
	at   time.Duration
}

func (s *stretch) add(b []byte, at time.Duration) {
	s.bytes = append(s.bytes, b...)
	s.parts = append(s.parts, part{len(b), at})
}

// cut takes n bytes off the front; at is when the last of them came.
func (s *stretch) cut(n int) (b []byte, at time.Duration) {
	b, s.bytes = s.bytes[:n:n], s.bytes[n:]
	for n > 0 && len(s.parts) > 0 {
		at = s.parts[0].at
		if s.parts[0].size > n {
			s.parts[0].size -= n
			break
		}
		n -= s.parts[0].size
		s.parts = s.parts[1:]
	}
	return b, at
}

// observe appends what was seen, and what follows from it. Events are in order also where a source is not.
func (b *builder) observe(e record.Event) {
	b.now = max(b.now, e.T)
	e.T, e.Step = b.now, b.step
	follows := walk.Took(&b.snap, &e)
	b.append(e)
	for _, f := range follows {
		b.append(f)
	}
}

func (b *builder) append(e record.Event) { b.snap = b.snap.Next(b.log.Append(e)) }

// take goes through one piece.
func (b *builder) take(p Piece) {
	switch {
	case p.Resolve != nil:
		b.flush()
		b.during(record.VerbResolve, record.Event{T: p.T, Kind: record.KindResolve, Resolve: p.Resolve})
	case p.Connect != nil:
		b.flush()
		b.connected(p)
	case p.Header != nil:
		b.during(record.VerbProxy, record.Event{T: p.T, Kind: record.KindSend, Send: &record.Send{Raw: p.Header}})
	case p.Message != nil:
		b.settle(p.T)
		b.seen.messages = true
		b.withhold(p.Message)
		if !b.snap.State.Security.Encrypted() { // what comes after the handshake belongs to the step it falls into
			b.step = record.VerbHandshake
		}
		b.observe(record.Event{T: p.T, Kind: record.KindTLSMessage, TLSMessage: p.Message})
	case p.TLS != nil:
		b.settle(p.T)
		b.secured(p)
	case p.Ended != nil:
		b.settle(p.T)
		b.ended(p)
	default:
		b.heard(p)
	}
}

// withhold takes out where a message stands among the bytes of the client once a secret has crossed: that adds up the lengths of all
// records before it.
func (b *builder) withhold(m *tlswire.Message) {
	for i := range m.Records {
		if b.seen.secret && m.Dir == tlswire.ClientToServer {
			m.Records[i].Offset = -1
		}
	}
}

// during observes something as part of a step.
func (b *builder) during(v record.Verb, e record.Event) {
	b.step = v
	b.observe(e)
}

// connected begins another connection.
func (b *builder) connected(p Piece) {
	b.client, b.server, b.asked, b.early, b.auth = stretch{}, stretch{}, false, nil, nil
	b.during(record.VerbConnect, record.Event{T: p.T, Kind: record.KindConnect, Connect: p.Connect})
}

// onLine makes sure that there is a connection to speak on: a source may begin with the first line.
func (b *builder) onLine(at time.Duration) {
	if b.snap.Start.Midway {
		return
	}
	if b.snap.Connect == nil && b.snap.State.Stage == record.StageIdle {
		b.connected(Piece{T: at, Connect: &record.Connect{Remote: b.snap.Start.Target.String()}})
	}
}

// secured records the end of a handshake. One of which the source says no more than that there was one proves nothing about
// the server.
func (b *builder) secured(p Piece) {
	b.onLine(p.T)
	b.seen.tls = b.seen.tls || p.TLS.Error == ""
	b.seen.implicit = b.seen.implicit || !b.snap.State.Has(record.PhaseGreeting) && !b.seen.askedTLS // a source may lack the greeting alone
	b.during(record.VerbHandshake, record.Event{T: p.T, Kind: record.KindTLS, TLS: p.TLS})
}

// heard goes through bytes of one side.
func (b *builder) heard(p Piece) {
	b.onLine(p.T)
	b.enter(p)
	if p.From == wire.ServerToClient {
		b.server.add(p.Bytes, p.T)
		b.replies(false)
		return
	}
	if p.Hidden {
		b.hidden(p.T)
		return
	}
	b.client.add(p.Bytes, p.T)
	b.ask(false)
}

// enter records that there is TLS where a source shows it by its lines alone.
func (b *builder) enter(p Piece) {
	upgraded := p.From == wire.ClientToServer && b.snap.State.Stage == record.StageUpgrading
	if b.snap.State.Security.Encrypted() || !p.Inside && !upgraded {
		return
	}
	b.secured(Piece{T: p.T, TLS: &record.TLS{}})
}

// ask records what the client said as long as it need not wait for a reply; all makes that of everything that is left.
func (b *builder) ask(all bool) {
	for !b.asked || all {
		n, content := b.unit(all)
		if n == 0 {
			return
		}
		raw, at := b.client.cut(n)
		b.said(raw, content, at)
	}
}

// unit is how many bytes of what the client said belong together: a line, a message, a chunk with its command. It is 0 where the
// end has not come.
func (b *builder) unit(all bool) (n int, content bool) {
	said := b.client.bytes
	whole := func(n int) int {
		if n > len(said) || n == 0 {
			if all {
				return len(said)
			}
			return 0
		}
		return n
	}
	if b.snap.State.Transaction == record.TransactionData {
		return whole(endOfMessage(said)), true
	}
	line := bytes.IndexByte(said, '\n') + 1
	if chunk, ok := chunkSize(said[:line]); ok {
		return whole(line + chunk), true
	}
	return whole(line), false
}

// endOfMessage is where the line with a single dot ends, 0 where it has not come (RFC 5321 §4.1.1.4).
func endOfMessage(b []byte) int {
	const end = ".\r\n"
	if bytes.HasPrefix(b, []byte(end)) {
		return len(end)
	}
	if i := bytes.Index(b, []byte("\r\n"+end)); i >= 0 {
		return i + len("\r\n"+end)
	}
	return 0
}

// replies records the replies that are whole; all makes something of what is left.
func (b *builder) replies(all bool) {
	for len(b.server.bytes) > 0 {
		if b.snap.State.Stage == record.StageUpgrading {
			b.injected()
			continue
		}
		n := replyLength(b.server.bytes)
		if n == 0 && !all {
			return
		}
		raw, at := b.server.cut(cmp.Or(n, len(b.server.bytes)))
		b.answered(raw, at)
	}
}

// replyLength is how many bytes the first reply has, 0 where its end has not come. What is no reply is one line.
func replyLength(b []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return 0
		}
		line := b[at : at+i+1]
		at += i + 1
		if len(line) < 4 || line[3] != '-' {
			return at
		}
	}
}

// answered records one reply: to what was asked, or to nothing.
func (b *builder) answered(raw []byte, at time.Duration) {
	reply, err := wire.NewReader(bytes.NewReader(raw), wire.Limits{}).ReadReply()
	p := pending{reply: reply, err: err, at: at, tls: b.snap.State.Security.Encrypted()}
	switch waiting := b.snap.State.Stage == record.StageConnected; {
	case waiting && (!b.asked || reply.Code == 220): // some clients talk before they have heard the greeting
		step, asked := b.step, b.asked
		b.step = record.VerbGreeting
		b.reply(p, false)
		b.step, b.asked = step, asked
	case b.asked:
		b.reply(p, false)
	case b.snap.Start.Midway && b.seen.last == "": // what it answers came before the beginning
		b.missed(p)
	case len(b.client.bytes) > 0: // the rest of a message that has no end here
		b.ask(true)
		b.reply(p, false)
	case b.snap.State.Transaction == record.TransactionData: // the source leaves the message out
		b.seen.noMessage = true
		b.said(nil, true, at)
		b.reply(p, false)
	default:
		b.early = append(b.early, p)
	}
	b.ask(false)
}

// missed records a list of capabilities whose EHLO the source does not hold, and drops any other reply to nothing.
func (b *builder) missed(p pending) {
	if p.reply.Code == 250 && len(p.reply.Lines) > 1 {
		b.step = record.VerbEHLO
		b.reply(p, false)
	}
}

// reply appends a reply, secrets masked.
func (b *builder) reply(p pending, unasked bool) {
	r := &record.Reply{Reply: p.reply, Unasked: unasked, TLS: p.tls, Wait: max(0, p.at-b.now)}
	if b.veil.Hide(&r.Reply) {
		r.Masked = b.hides
		b.hid("what the server repeated of it")
	}
	if p.err != nil {
		r.Trouble, r.Error = record.TroubleOf(p.err), wordsOf(p.err)
	}
	if !unasked {
		b.asked = false
	}
	if b.auth != nil && !unasked && p.err == nil {
		b.authAnswered(r, p.at)
		return
	}
	b.observe(record.Event{T: p.at, Kind: record.KindReply, Reply: r})
}

// wordsOf is what is wrong with bytes that are no whole reply.
func wordsOf(err error) string {
	if w, ok := errors.AsType[*wire.Error](err); ok {
		return cmp.Or(w.Detail, w.Error())
	}
	return wire.VisibleString(err.Error())
}

// injected records what came in cleartext after the 220 to STARTTLS, as a session that meets it live does.
func (b *builder) injected() {
	raw, at := b.server.cut(len(b.server.bytes))
	raw, _ = b.veil.HideBytes(raw)
	b.during(record.VerbSTARTTLS, record.Event{T: at, Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: raw}, Unasked: true}})
}

// unasked records what the server had said before a step began.
func (b *builder) unasked(v record.Verb) {
	b.step = v
	for _, p := range b.early {
		b.reply(p, true)
	}
	b.early = nil
}

// said appends what the client sent.
func (b *builder) said(raw []byte, content bool, at time.Duration) {
	line, _, _ := strings.Cut(strings.TrimRight(string(raw), "\r\n"), "\n")
	line = strings.TrimRight(line, "\r")
	b.step = b.verb(line, content)
	b.unasked(b.step)
	o := &record.Send{Raw: raw, TLS: b.snap.State.Security.Encrypted(), Content: content}
	if content {
		b.measure(o, line)
	}
	b.see(line)
	b.asked = true
	if b.step == record.VerbAuth || b.step == record.VerbRespond || b.step == record.VerbCancel {
		b.authSaid(o, line, at)
		return
	}
	b.hideIn(o, line)
	b.observe(record.Event{T: at, Kind: record.KindSend, Send: o})
}

// verb is the step that a line of the client belongs to.
func (b *builder) verb(line string, content bool) record.Verb {
	v, known := walk.CommandVerb(line)
	switch {
	case content && v == record.VerbBdat:
		return v
	case content:
		return record.VerbContent
	case b.snap.State.Auth == record.AuthExchange && line == "*":
		return record.VerbCancel
	case b.snap.State.Auth == record.AuthExchange:
		return record.VerbRespond
	case known:
		return v
	}
	return record.VerbRaw
}

// contentKept bounds what an event keeps of a message.
const contentKept = 64 << 10

// measure counts what there is to know of a message.
func (b *builder) measure(o *record.Send, line string) {
	o.Size = len(o.Raw)
	if b.step == record.VerbBdat {
		o.Size = max(0, o.Size-len(line)-len("\r\n"))
	}
	o.EightBit = slices.ContainsFunc(o.Raw, func(c byte) bool { return c > 0x7f })
	o.Stuffed = bytes.Count(o.Raw, []byte("\n..")) + bytes.Count(o.Raw[:min(2, len(o.Raw))], []byte(".."))
	o.Raw = o.Raw[:min(len(o.Raw), contentKept)]
}

// settle brings what was said so far into the log: TLS, or the end of the connection, comes after it.
func (b *builder) settle(at time.Duration) {
	b.onLine(at)
	b.replies(true)
	b.ask(false)
}

// ended records how the connection ended: in the place of a reply that was due, or of what would have come next.
func (b *builder) ended(p Piece) {
	st := b.snap.State
	switch {
	case st.Stage == record.StageUpgrading:
		b.secured(Piece{T: p.T, TLS: &record.TLS{Trouble: p.Ended.Trouble, Error: p.Ended.Words}})
		return
	case st.Stage == record.StageConnected && !b.asked:
		b.step = record.VerbGreeting
	case !b.asked && len(b.client.bytes) > 0:
		b.ask(true)
	case !b.asked:
		b.unasked(b.due())
		if b.snap.State.Stage == record.StageClosed || b.snap.State.Stage == record.StageBroken {
			return
		}
		b.step = b.due()
	}
	b.asked = false
	b.observe(record.Event{T: p.T, Kind: record.KindReply, Reply: &record.Reply{Trouble: p.Ended.Trouble, Error: p.Ended.Words, Wait: max(0, p.T-b.now),
		TLS: b.snap.State.Security.Encrypted()}})
}

// flush makes something of all that is left.
func (b *builder) flush() {
	b.replies(true)
	b.ask(true)
	b.unasked(b.due())
}

// due is the step that would come next: what the server says unasked, or its end, stands in its way.
func (b *builder) due() record.Verb {
	st := b.snap.State
	switch {
	case b.seen.quit, st.Delivered > 0 && st.Transaction == record.TransactionNone:
		return record.VerbQuit
	case st.Stage == record.StageConnected:
		return record.VerbGreeting
	case st.Stage == record.StageGreeted:
		return record.VerbEHLO
	case st.Transaction == record.TransactionData:
		return record.VerbContent
	case len(st.Recipients) > 0:
		return record.VerbData
	case st.Transaction == record.TransactionMail:
		return record.VerbRcpt
	case st.Stage == record.StageReady:
		return record.VerbMail
	}
	return record.VerbQuit
}

// finish closes the log with the verdict. A source that ends where a reply is due was cut off there.
func (b *builder) finish() {
	v := walk.Outcome(b.snap, walk.Ending{CutOff: b.asked && b.step != record.VerbQuit})
	b.append(record.Event{T: b.now, Kind: record.KindEnd, End: &v})
}

// chunkSize is what a BDAT line announces (RFC 3030 §2).
func chunkSize(line []byte) (n int, ok bool) {
	words := strings.Fields(string(line[:min(len(line), 64)]))
	if len(words) < 2 || !strings.EqualFold(words[0], "BDAT") {
		return 0, false
	}
	for _, c := range words[1] {
		if c < '0' || c > '9' || n > 1<<40 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
