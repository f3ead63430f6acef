package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// outgoing is a line or content on its way to the server.
type outgoing struct {
	bytes  []byte // what is written, CRLF included
	show   string // what is recorded, secrets masked; empty means bytes
	masked []string
	secret string // what is masked
	// exposes is what of a secret goes out with it, as [sasl.Response.Hides] has it, whether it is masked or revealed
	exposes string
	send    record.Send // what else the event says
	verb    string
}

// plainLine is a line without secrets.
func plainLine(line string, edited bool) outgoing {
	return outgoing{bytes: []byte(line + "\r\n"), verb: walk.CommandWord(line), send: record.Send{Edited: edited}}
}

// maskedLine is a line whose tail is a secret: shown is how it is recorded, unless a person asked to see it.
func (s *Session) maskedLine(line, shown, hides, verb string, edited bool) outgoing {
	o := outgoing{bytes: []byte(line + "\r\n"), verb: verb, send: record.Send{Edited: edited}}
	if hides != "" && !s.revealed.Load() {
		o.show, o.masked = shown+"\r\n", []string{hides}
		o.secret = behindWords(line, len(strings.Fields(shown))-1)
	}
	return o
}

// behindWords is what is left of a line without its first n words.
func behindWords(line string, n int) string {
	for range n {
		line = strings.TrimLeft(line, " \t")
		line = line[max(0, strings.IndexAny(line, " \t")):]
	}
	return strings.TrimSpace(line)
}

// command sends the step's line and reads the reply. A reply of 4yz or 5yz is an error.
func (s *Session) command(ctx context.Context, st record.Step) error {
	line, err := s.checkLine(st)
	if err != nil {
		return err
	}
	s.foresee(line)
	o := s.typedLine(st)
	reply, err := s.ask(ctx, o)
	if err != nil {
		return err
	}
	return s.judge(st.Verb, o.line(), reply)
}

// foresee points at what the server's own list says will not go well.
func (s *Session) foresee(line string) {
	word, caps := walk.CommandWord(line), s.snap.Capabilities
	if caps == nil || word != "MAIL" && word != "RCPT" {
		return
	}
	if walk.EightBit([]byte(line)) && !caps.Has("SMTPUTF8") { // RFC 6531 §3.2
		s.find("smtputf8-missing", "")
	}
	limit, declared := caps.Size()
	if size := declaredSize(line); declared && limit > 0 && size > limit { // RFC 1870 §6.1
		s.find("message-too-large", fmt.Sprintf("the message has %d bytes, the server takes %d", size, limit))
	}
}

// declaredSize is the SIZE parameter of a MAIL command, 0 if there is none.
func declaredSize(line string) int64 {
	for word := range strings.FieldsSeq(line) {
		if n, ok := strings.CutPrefix(strings.ToUpper(word), "SIZE="); ok {
			size, _ := strconv.ParseInt(n, 10, 64)
			return size
		}
	}
	return 0
}

// checkLine refuses what would be more than one line to the server.
func (s *Session) checkLine(st record.Step) (string, error) {
	if err := wire.ValidLine(st.Line); err != nil && !wire.IsWarning(err) {
		return "", &record.Error{Verb: st.Verb, Phase: walk.PhaseOf(st.Verb, s.state), Exit: record.ExitUsage, Err: err,
			Text: "the line was not sent: " + err.Error(), Hint: "send one line at a time, without control characters"}
	}
	return st.Line, nil
}

// judge moves the state by a reply and turns a refusal into an error.
func (s *Session) judge(v record.Verb, line string, reply *wire.Reply) error {
	if reply.Code == 0 {
		return nil // the server closed instead of answering QUIT
	}
	s.state = walk.Advance(s.state, v, line, reply)
	if reply.Code == 421 {
		s.Close()
	}
	switch {
	case reply.Code >= 400:
		return s.refusal(v, line, reply)
	case !fits(v, reply.Code):
		return s.misplaced(v, line, reply)
	}
	return nil
}

// fits reports whether a reply that is no refusal is one that the command may get. AUTH has its own judge, and of a
// raw line nothing is known.
func fits(v record.Verb, code int) bool {
	switch v {
	case record.VerbSTARTTLS:
		return code == 220
	case record.VerbData:
		return code == 354
	case record.VerbAuth, record.VerbRespond, record.VerbCancel, record.VerbRaw:
		return true
	}
	return code/100 == 2
}

// misplaced is the error for a reply that belongs to another command. After a 3yz the server waits for something that
// no command is (RFC 5321 §4.2.1).
func (s *Session) misplaced(v record.Verb, line string, reply *wire.Reply) error {
	if reply.Code/100 == 3 {
		s.state.Stage = record.StageBroken
	}
	return s.fail(&record.Error{Verb: v, Phase: walk.PhaseOf(v, s.state), Command: line, Code: reply.Code, Finding: "reply-unexpected", Exit: record.ExitProtocol,
		Text: fmt.Sprintf("the server answered %s to %s, which is no answer to it: %s", codes(reply), NameOf(v, line), wire.VisibleString(joinText(reply))),
		Hint: "the server, or something on the path, is broken"})
}

// refusal is the error for a reply of 4yz or 5yz. It is no finding of its own: the reply is the evidence.
func (s *Session) refusal(v record.Verb, line string, reply *wire.Reply) *record.Error {
	phase := walk.PhaseOf(v, s.state)
	x := s.explainReply(walk.CommandWord(line), v, reply)
	e := &record.Error{Phase: phase, Verb: v, Command: line, Code: reply.Code, Enhanced: reply.Enhanced, Err: record.ErrRefused, Exit: refusalExit(v, s.state, reply.Code)}
	for _, l := range reply.Lines {
		e.Lines = append(e.Lines, l.Text)
	}
	e.Text = fmt.Sprintf("the server answered %s to %s: %s", codes(reply), NameOf(v, line), wire.VisibleString(joinText(reply)))
	e.Hint = record.OrElse(x.Remedy, x.Text)
	if reply.Code == 421 {
		s.state = s.state.WithFailed(phase)
	}
	return e
}

func codes(r *wire.Reply) string {
	if r.Enhanced.IsZero() {
		return fmt.Sprint(r.Code)
	}
	return fmt.Sprintf("%d %s", r.Code, r.Enhanced)
}

func joinText(r *wire.Reply) string { return strings.ReplaceAll(r.Text(), "\n", " ") }

// name is what a step is called in a sentence.
func NameOf(v record.Verb, line string) string {
	switch v {
	case record.VerbGreeting:
		return "the connection"
	case record.VerbContent:
		return "the message"
	case record.VerbRespond, record.VerbAuth, record.VerbCancel:
		return "AUTH"
	case record.VerbRaw:
		if word := walk.CommandWord(line); word != "" && word != sasl.Mask {
			return wire.VisibleString(word)
		}
		return walk.Unnamed
	}
	return strings.ToUpper(string(v))
}

var refusalExits = map[record.Phase]record.Exit{
	record.PhaseGreeting: record.ExitGreeting, record.PhaseEHLO: record.ExitEHLO, record.PhaseEHLOAgain: record.ExitEHLO, record.PhaseSTARTTLS: record.ExitSTARTTLS,
	record.PhaseAuth: record.ExitAuth, record.PhaseMail: record.ExitEnvelope, record.PhaseRcpt: record.ExitEnvelope, record.PhaseData: record.ExitData,
}

// refusalExit is the exit code for a step that was refused. A temporary refusal of AUTH says nothing of the credentials
// (RFC 4954 §6, RFC 5321 §4.2.1), so it is not that they were rejected; code is 0 where there was no reply.
func refusalExit(v record.Verb, s record.State, code int) record.Exit {
	phase := walk.PhaseOf(v, s)
	if phase == record.PhaseAuth && code/100 == 4 {
		return record.ExitNoAuth
	}
	if exit, ok := refusalExits[phase]; ok {
		return exit
	}
	return record.ExitProtocol
}

// ask sends something and reads the one reply to it.
func (s *Session) ask(ctx context.Context, o outgoing) (*wire.Reply, error) {
	if err := s.send(ctx, o); err != nil {
		return nil, err
	}
	return s.listen(ctx, o.verb)
}

// send writes and records what was written, secrets masked.
func (s *Session) send(ctx context.Context, o outgoing) error {
	if !s.state.Connected() {
		return s.cannotSend()
	}
	if err := s.unasked(); err != nil {
		return err
	}
	release := s.bound(ctx)
	defer release()
	s.drainTLS()
	s.tap.take(wire.ClientToServer, true)
	s.tap.take(wire.ServerToClient, true)
	n, err := s.link.Write(o.bytes)
	if n > 0 || err == nil {
		s.remember(o)
		s.expose(o)
		s.recordSend(o)
	}
	if err != nil {
		return s.lost(ctx, err, "sending "+record.OrElse(o.verb, "the line"))
	}
	return nil
}

func (s *Session) cannotSend() error {
	e := &record.Error{Text: "there is no connection to send on", Hint: "connect first", Exit: record.ExitConnect, Err: record.ErrNotConnected}
	if s.state.Stage == record.StageBroken {
		e.Text, e.Err, e.Exit = "the session is out of sync: nothing more is sent", record.ErrOutOfSync, record.ExitProtocol
		e.Hint = "close and connect again"
	}
	return e
}

func (s *Session) recordSend(o outgoing) {
	ev := o.send
	ev.Raw, ev.Masked, ev.TLS = wire.Raw(o.bytes), o.masked, s.state.Security.Encrypted()
	if len(o.masked) > 0 {
		ev.Raw = wire.Raw(o.show)
	}
	ev.Raw = ev.Raw[:min(len(ev.Raw), sendKept)]
	ev.Cipher = s.tap.take(wire.ClientToServer, len(o.masked) > 0)
	s.sentSecret = s.sentSecret || len(o.masked) > 0
	s.append(record.Event{Kind: record.KindSend, Send: &ev, Explain: s.explainSend(o)})
}

// sendKept bounds what an event keeps of content; Send.Size has the whole length.
const sendKept = 64 << 10

// unasked records what the server said although it was not its turn. After that no reply can be matched to a command,
// unless it said 421 (RFC 5321 §3.8).
func (s *Session) unasked() error {
	if len(s.reader.Buffered()) == 0 {
		return nil
	}
	s.link.SetDeadline(past) // what is there is read, and nothing is waited for
	reply, _, err := s.read("", true)
	if reply.Code == 421 {
		s.hangUp()
		return s.fail(s.refusal(s.step, "", reply))
	}
	s.state.Stage = record.StageBroken
	if s.step == record.VerbContent && reply.Code >= 400 { // it did not wait for the message to refuse it
		return s.fail(s.refusal(record.VerbContent, "", reply))
	}
	return s.fail(&record.Error{Finding: "out-of-sync", Exit: record.ExitProtocol, Err: errors.Join(record.ErrOutOfSync, err),
		Text: "the server spoke out of turn: its replies can no longer be matched to commands", Hint: "close and connect again"})
}

// listen reads one reply and records it.
func (s *Session) listen(ctx context.Context, verb string) (*wire.Reply, error) {
	release := s.bound(ctx)
	defer release()
	reply, event, err := s.read(verb, false)
	s.append(event)
	s.findDefects(reply)
	if err != nil {
		return reply, s.unreadable(ctx, err, verb)
	}
	return reply, nil
}

// read takes one reply off the wire and makes its event, which it appends only when nobody asked for the reply.
func (s *Session) read(verb string, unasked bool) (*wire.Reply, record.Event, error) {
	asked := s.cfg.Now()
	got, err := s.readReply(verb)
	hides, err := s.hideEcho(&got, err)
	s.drainMessages()
	r := &record.Reply{Reply: got, Masked: hides, Unasked: unasked, TLS: s.state.Security.Encrypted(), Cipher: s.tap.take(wire.ServerToClient, false)}
	r.Wait, r.Took = spans(asked, s.reader, s.cfg.Now())
	if err != nil {
		r.Error = describeRead(err)
	}
	x := s.explainReply(verb, s.step, &got)
	event := record.Event{Kind: record.KindReply, Reply: r, Explain: &x}
	if unasked {
		s.append(event)
	}
	return &got, event, err
}

// readReply takes a last line without its CRLF for what it is: cut off. Only good-bye may end so.
func (s *Session) readReply(verb string) (wire.Reply, error) {
	got, err := s.reader.ReadReply()
	if err != nil || verb == "QUIT" {
		return got, err
	}
	for _, d := range got.Defects {
		if d.Code == wire.DefectMissingLineEnd {
			return got, &wire.Error{Err: wire.ErrUnexpectedEOF, Line: d.Line, Hint: "connect again; look into the server's log"}
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

func describeRead(err error) string {
	if text := describeEnd(err); text != "" {
		return text
	}
	var w *wire.Error
	if errors.As(err, &w) && !record.IsTimeout(err) {
		return w.Error()
	}
	if record.IsTimeout(err) {
		return "nothing more came"
	}
	return record.LastError(err).Error()
}

// bound makes the connection's reads and writes end when ctx does. The returned function undoes it.
func (s *Session) bound(ctx context.Context) func() {
	link := s.link
	link.SetDeadline(time.Time{})
	if ctx.Err() != nil {
		link.SetDeadline(past)
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { link.SetDeadline(past); close(ended) })
	return func() {
		if !stop() {
			<-ended // or it would end the next step
		}
	}
}

var past = time.Unix(1, 0)

// unreadable says what a reply that could not be read means, and leaves the session out of sync or closed.
func (s *Session) unreadable(ctx context.Context, err error, verb string) error {
	var w *wire.Error
	if !errors.As(err, &w) || record.IsTimeout(err) || errors.Is(err, os.ErrDeadlineExceeded) {
		return s.lost(ctx, err, "waiting for "+replyTo(verb))
	}
	e := &record.Error{Exit: record.ExitProtocol, Err: err, Text: w.Error(), Hint: w.Hint}
	s.state.Stage = record.StageBroken
	switch foreign := errors.Is(err, wire.ErrTLSBytes) || errors.Is(err, wire.ErrNotSMTP); {
	case foreign && verb != "": // it did speak SMTP
		e.Finding, e.Text = "reply-malformed", fmt.Sprintf("what came in place of %s is none: %s", replyTo(verb), w.Detail)
		e.Hint = "the server, or something on the path, is broken: close and connect again"
	case errors.Is(err, wire.ErrTLSBytes):
		e.Finding, e.Text, e.Hint = "tls-not-smtp", fmt.Sprintf("port %d answers with TLS, not with SMTP", s.cfg.Target.Port), s.implicitHint()
		e.Exit = refusalExit(s.step, s.state, 0)
	case errors.Is(err, wire.ErrNotSMTP):
		e.Finding, e.Exit = "not-smtp", refusalExit(s.step, s.state, 0)
		e.Text = "this is not an SMTP server: " + w.Detail
	case errors.Is(err, wire.ErrLineTooLong), errors.Is(err, wire.ErrReplyTooLong), errors.Is(err, wire.ErrTooManyLines):
		e.Finding = "reply-too-long"
		if verb == "AUTH" { // a challenge is bounded on its own (RFC 4954 §4)
			e.Finding, e.Phase = sasl.CodeTooLong, record.PhaseAuth
		}
		e.Text, e.Hint = fmt.Sprintf("%s does not end: %v", replyTo(verb), w.Err), "the server is broken or hostile; what came is kept"
		s.Close()
	case errors.Is(err, wire.ErrClosed), errors.Is(err, wire.ErrUnexpectedEOF):
		return s.dropped(err, w, verb)
	default:
		return s.lost(ctx, err, "waiting for "+replyTo(verb))
	}
	return s.fail(e)
}

// implicitHint says how to speak TLS from the first byte to this target.
func (s *Session) implicitHint() string {
	t := s.cfg.Target
	if t.Port == record.PortSubmissions {
		return "use submissions://" + t.Host
	}
	return "use submissions://" + t.String() + ", or --tls implicit"
}

// dropped is a connection that the server closed where a reply was due.
func (s *Session) dropped(err error, w *wire.Error, verb string) error {
	s.hangUp()
	if verb == "QUIT" && errors.Is(err, wire.ErrClosed) { // RFC 5321 §4.1.1.10: it should have said 221, and nothing is lost
		s.state = s.state.WithDone(record.PhaseQuit)
		s.find("server-closed", "the server closed without answering QUIT")
		return nil
	}
	if e := s.tlsRefusal(); e != nil {
		return s.fail(e)
	}
	text := "the server closed the connection instead of sending " + replyTo(verb)
	if errors.Is(err, wire.ErrUnexpectedEOF) {
		text = "the server closed the connection in the middle of " + replyTo(verb)
	}
	return s.fail(s.unanswered(&record.Error{Finding: "server-closed", Exit: closedExit(s.step), Err: err, Text: text, Hint: w.Hint}))
}

// unanswered warns where the message is out and the answer is not in: it may have been taken, and sending it again may
// deliver it twice (RFC 5321 §4.5.3.2.6, RFC 1047).
func (s *Session) unanswered(e *record.Error) *record.Error {
	if s.step == record.VerbContent || s.step == record.VerbBdat {
		e.Text += "; the message may have been accepted"
		e.Hint = "look into the server's queue or log before you send it again"
	}
	return e
}

// closedExit is the exit code for a connection that ends where a reply was due: a refusal is a reply, this is none.
func closedExit(v record.Verb) record.Exit {
	switch v {
	case record.VerbGreeting:
		return record.ExitGreeting
	case record.VerbHandshake:
		return record.ExitHandshake
	case record.VerbAuth, record.VerbRespond, record.VerbCancel: // nothing was said of the credentials
		return record.ExitNoAuth
	}
	return record.ExitProtocol
}

// replyTo is what a reply is called in a sentence; verb is empty for the greeting.
func replyTo(verb string) string {
	if verb == "" {
		return "the greeting"
	}
	if verb == "." {
		return "the reply to the message"
	}
	return "the reply to " + verb
}

// lost is a connection whose bytes no longer come, for whatever reason.
func (s *Session) lost(ctx context.Context, err error, what string) error {
	if ctx.Err() != nil || record.IsTimeout(err) {
		s.state.Stage = record.StageBroken // a reply may still be under way
		s.Close()
		e := &record.Error{}
		e.Interrupted(ctx, what)
		e.Err = errors.Join(e.Err, err)
		return s.fail(s.unanswered(e))
	}
	s.hangUp()
	if e := s.tlsRefusal(); e != nil {
		return s.fail(e)
	}
	if e := s.tlsDamage(err, what); e != nil {
		return s.fail(s.unanswered(e))
	}
	return s.fail(&record.Error{Finding: "server-closed", Exit: closedExit(s.step), Err: err,
		Text: "the connection broke while " + what + ": " + wire.VisibleString(record.LastError(err).Error()), Hint: "connect again; look into the server's log"})
}

// findDefects points at what a tolerant reader let pass.
func (s *Session) findDefects(r *wire.Reply) {
	var codes []string
	texts := map[string][]string{}
	for _, d := range r.Defects {
		code := defectFinding(d.Code)
		if code == "" {
			continue
		}
		if texts[code] == nil {
			codes = append(codes, code)
		}
		texts[code] = append(texts[code], fmt.Sprintf("line %d: %s (%s)", d.Line, d.Text, d.Ref))
	}
	for _, code := range codes {
		s.find(code, strings.Join(texts[code], "; "))
	}
}

// defectFinding is the finding that a defect belongs to, empty for one that hurts nobody.
func defectFinding(defect string) string {
	switch defect {
	case wire.DefectBareLF:
		return "bare-lf"
	case wire.DefectMismatchedCode:
		return "reply-code-mismatch"
	case wire.DefectEnhancedClass:
		return "enhanced-class-mismatch"
	case wire.DefectUTF8:
		return "" // RFC 6531 §3.1 allows it where SMTPUTF8 is offered
	}
	return "reply-malformed"
}

// explainSend never looks at what is masked: a mask is not what the server got.
func (s *Session) explainSend(o outgoing) *explain.Explanation {
	if o.send.Content {
		return explainContent(o)
	}
	if len(o.masked) > 0 {
		return s.explainMasked(o)
	}
	x := explain.Send(strings.TrimRight(string(o.bytes), "\r\n"), explain.SendContext{TLS: s.state.Security.Encrypted(),
		Mechanism: s.exchangeName(), Keywords: keywords(s.snap.Capabilities)})
	return &x
}

func explainContent(o outgoing) *explain.Explanation {
	x := &explain.Explanation{Short: "the message itself", Refs: []explain.Ref{{Doc: "RFC 5321", Section: "4.1.1.4"}, {Doc: "RFC 5322", Section: "2.1"}}}
	x.Text = "Header fields, an empty line, the body. None of it steers the delivery: that was the envelope. A line with only a dot ends it, and the server answers only then."
	if o.verb == "BDAT" {
		x.Text = "Header fields, an empty line, the body, as one chunk of the size that BDAT announced. No dot ends it and no line is changed."
		x.Refs[0] = explain.Ref{Doc: "RFC 3030", Section: "2"}
	}
	if o.send.Stuffed > 0 {
		x.Text += fmt.Sprintf(" %s with a dot and got another one, which the server takes away again (RFC 5321 §4.5.2).", record.Plural(o.send.Stuffed, "line began", "lines began"))
	}
	return x
}

func (s *Session) explainMasked(o outgoing) *explain.Explanation {
	if !strings.HasPrefix(o.show, "AUTH") && s.state.Auth != record.AuthExchange {
		return &explain.Explanation{Short: "a line with a secret in it", Text: "What was typed is hidden, as it is a secret of this session or looks like a response of AUTH. Here the server does not expect one, and may write it into its log."}
	}
	x := &explain.Explanation{Short: "answer to the challenge", Refs: []explain.Ref{{Doc: "RFC 4954", Section: "4"}},
		Text: "One round of AUTH: the client's part, in base64. " + hidden(o.masked[0])}
	c, ok := explain.Command("AUTH")
	if ok = ok && strings.HasPrefix(o.show, "AUTH"); ok {
		x.Short, x.Text, x.Refs = c.Short, c.Text+" "+hidden(o.masked[0]), c.Refs
	}
	if e, known := explain.Mechanism(s.state.Mechanism); known {
		x.Refs, x.Entries = explain.JoinRefs(x.Refs, e.Refs), []string{e.ID()}
	}
	return x
}

// hidden says what a mask stands for.
func hidden(what string) string {
	if what == "typed" {
		return "It was typed by hand, and is hidden because it may hold a secret."
	}
	return "It holds a " + what + ", which is hidden here."
}

func (s *Session) exchangeName() string {
	if s.state.Auth == record.AuthExchange {
		return s.state.Mechanism
	}
	return ""
}

func keywords(c *record.Capabilities) []string {
	if c == nil {
		return nil
	}
	var list []string
	for _, k := range c.Keywords {
		list = append(list, k.Keyword)
	}
	return list
}

// explainReply says what a reply means in its place.
func (s *Session) explainReply(word string, v record.Verb, r *wire.Reply) explain.Explanation {
	if len(r.Raw) == 0 {
		return explain.Explanation{Short: "no reply", Text: "Nothing came before the waiting ended."}
	}
	c := explain.ReplyContext{Verb: word, TLS: s.state.Security.Encrypted(), Code: r.Code, Text: r.Text(), Software: s.software,
		Enhanced: [3]int{r.Enhanced.Class, r.Enhanced.Subject, r.Enhanced.Detail}}
	switch v {
	case record.VerbContent:
		c.Verb = "."
	case record.VerbAuth, record.VerbRespond:
		c.Verb, c.Proof = "AUTH", proofOf(s.state.Mechanism)
	case record.VerbCancel:
		c.Verb, c.Proof = "*", proofOf(s.state.Mechanism)
	}
	x := explain.Reply(c)
	if c.Verb == "AUTH" || c.Verb == "*" {
		s.auth.sharpen(&x, v, r.Code)
	}
	return x
}

// maskChallenge is a 334 line with its challenge taken out.
func maskChallenge(r *record.Reply, hides string) {
	r.Masked = hides
	r.Raw = wire.Raw("334 " + sasl.Mask + "\r\n")
	r.Lines = []wire.Line{{Raw: r.Raw, Code: "334", Sep: ' ', Text: sasl.Mask}}
}
