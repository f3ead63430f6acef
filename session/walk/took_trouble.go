package walk

import (
	"fmt"
	"strings"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// troubled is a reply that did not come, not whole, or is none.
func (t *taking) troubled(r *record.Reply) {
	awaited := replyTo(t.e.Step, t.line())
	if t.sentMessage() && t.s.State.LMTP {
		awaited += " for " + strings.Join(t.addressees(), ", ")
	}
	switch r.Trouble {
	case record.TroubleTimeout, record.TroubleGaveUp, record.TroubleCanceled:
		t.silence(r, awaited)
	case record.TroubleClosed, record.TroubleCutOff, record.TroubleReset:
		t.hungUp(r, awaited)
	case record.TroubleTLSBytes, record.TroubleNotSMTP:
		t.foreign(r, awaited)
	case record.TroubleTooLong:
		t.endless(r, awaited)
	case record.TroubleDamaged:
		t.state.Stage = record.StageClosed
		if r.Diagnosis != nil {
			t.undelivered(t.diagnose(r.Diagnosis))
			return
		}
		t.fail(t.phase(), record.FoundTLSRecordDamaged, fmt.Sprintf("A TLS record from %s failed decryption (%s). It arrived instead of %s.", t.host(), r.Error, awaited))
	}
}

// replyTo is what a reply is called in a sentence.
func replyTo(v record.Verb, line string) string {
	switch v {
	case record.VerbGreeting:
		return "the greeting"
	case record.VerbContent:
		return "the reply to the message"
	}
	return "the reply to " + nameOf(v, line)
}

// silence is a wait that ended without a reply. One that a second connection has explained is no riddle.
func (t *taking) silence(r *record.Reply, awaited string) {
	if t.e.Step == record.VerbGreeting && len(r.Raw) == 0 && (t.probeTells() || t.silentInTLS(r)) {
		return
	}
	if n := len(r.Lines); n > 0 && r.Lines[n-1].Sep == '-' && r.Trouble.Silent() {
		t.state.Stage = record.StageBroken
		t.fail(t.phase(), record.FoundReplyUnfinished, fmt.Sprintf("%s from %s is incomplete: its last line, “%s”, has the hyphen that announces another line. The wait for that line %s.",
			capital(awaited), t.host(), shown(r.Lines[n-1].Raw, 80), waitedFor(r.Trouble, r.Took))).Waited = true
		return
	}
	t.waited(r.Trouble, "waiting for "+awaited, r.Wait+r.Took)
	if r.Trouble == record.TroubleCanceled && t.sentMessage() { // leaving takes no message back
		t.undelivered(t.fail(t.phase(), record.FoundDeliveryUnknown, fmt.Sprintf("The session was stopped before %s answered the message.", t.host())))
	}
}

// sentMessage reports whether the step has sent content, of which the server may make a message.
func (t *taking) sentMessage() bool {
	return t.e.Step == record.VerbContent || t.e.Step == record.VerbBdat
}

// ended says how a wait came to its end.
var ended = lazy.Table[record.Trouble, string]{{record.TroubleTimeout, "timed out"}, {record.TroubleGaveUp, "was given up"}}

// waitedFor says how a wait ended, and after how long where that is known: other programs do not always tell.
func waitedFor(why record.Trouble, d time.Duration) string {
	if d == 0 {
		return ended.Of(why)
	}
	return ended.Of(why) + " after " + seconds(d)
}

// waited breaks the session off: a reply may still be under way, and would be taken for another's.
func (t *taking) waited(why record.Trouble, doing string, d time.Duration) {
	t.state.Stage = record.StageBroken
	if !why.Silent() { // a person stopped the session, and nothing was decided
		return
	}
	f := t.fail(t.phase(), record.FoundTimeout, fmt.Sprintf("%s sent nothing%s: %s %s.%s", t.host(), t.more(), doing, waitedFor(why, d), t.alsoOnProbe()))
	f.Waited = true
	if v := t.e.Step; !t.s.State.Security.Encrypted() && (v == record.VerbEHLO || v == record.VerbSTARTTLS) { // it did greet: something on the path may hold the rest back
		f.Who = record.WhoUnknown
		f.Advice = []record.Advice{{Do: record.UseTLS, Port: record.PortSubmissions}, {Do: record.AskOperator}}
	}
	t.impatient(f, why, d)
	t.undelivered(f)
}

// impatient is a person who waited for less time than a server may take (RFC 5321 §4.5.3.2): nothing is known against the server.
func (t *taking) impatient(f *record.Finding, why record.Trouble, d time.Duration) {
	limit := Deadline(t.e.Step)
	if why != record.TroubleGaveUp || d >= limit {
		return
	}
	f.Who, f.Remedy, f.Operator = record.WhoYou, "wait longer: a server may take up to "+seconds(limit)+" for this", ""
	if f.Advice == nil {
		f.Advice = []record.Advice{{Do: record.RetryAfter}}
	}
	f.Advice = append([]record.Advice{{Do: record.DoAsTold}}, f.Advice...)
}

// more is the word for a silence that began after the server had sent something, TLS included.
func (t *taking) more() string {
	if t.s.Reply == nil && !t.s.State.Security.Encrypted() {
		return ""
	}
	return " more"
}

// undelivered warns where the message is out and the answer is not in: it may have been accepted, and sending it again may
// deliver it twice (RFC 5321 §4.5.3.2.6, RFC 1047).
func (t *taking) undelivered(f *record.Finding) {
	if !t.sentMessage() {
		return
	}
	f.Text = strings.TrimSuffix(f.Text, ".") + "; the message may have been accepted" + t.forTheRest() + "."
	f.Remedy, f.Operator, f.Who = "ask the recipient whether the message arrived before you send it again", "search the log for this message", record.WhoUnknown
	f.Advice = []record.Advice{{Do: record.AskOperator}, {Do: record.DoAsTold}}
}

// forTheRest names the recipients of a message that have had no reply, where each has its own.
func (t *taking) forTheRest() string {
	if st := t.s.State; st.LMTP && answersEach(st) {
		return " for " + strings.Join(st.Recipients[st.Answered:], ", ")
	}
	return ""
}

// hungUp is a connection that ended where a reply was due.
func (t *taking) hungUp(r *record.Reply, awaited string) {
	t.state.Stage = record.StageClosed
	switch {
	case r.Diagnosis != nil:
		t.undelivered(t.diagnose(r.Diagnosis))
	case t.e.Step == record.VerbQuit && r.Trouble == record.TroubleClosed: // RFC 5321 §4.1.1.10: it should have said 221, and nothing is lost
		t.state = t.state.WithDone(record.PhaseQuit)
		t.find(record.FoundServerClosed, fmt.Sprintf("%s closed the connection without answering QUIT.", t.host()))
	case t.e.Step == record.VerbGreeting && r.Trouble != record.TroubleCutOff && len(r.Raw) == 0:
		t.notGreeted(r)
	case r.Trouble == record.TroubleClosed:
		t.broken(fmt.Sprintf("%s closed the connection instead of sending %s.", t.host(), awaited))
	case r.Trouble == record.TroubleCutOff:
		t.broken(fmt.Sprintf("%s closed the connection in the middle of %s.", t.host(), awaited))
	default:
		t.broken(fmt.Sprintf("The connection to %s was lost while the client was waiting for %s: %s.", t.host(), awaited, r.Error))
	}
}

// broken fails for a connection that is gone. After the message nobody knows whether it was accepted.
func (t *taking) broken(text string) {
	code := record.FoundServerClosed
	if t.sentMessage() {
		code = record.FoundDeliveryUnknown
	}
	t.undelivered(t.fail(t.phase(), code, text))
}

// foreign is something that is no SMTP in place of a reply.
func (t *taking) foreign(r *record.Reply, awaited string) {
	t.state.Stage = record.StageBroken
	switch {
	case t.e.Step != record.VerbGreeting: // it did speak SMTP
		t.fail(t.phase(), record.FoundReplyMalformed, fmt.Sprintf("Instead of %s, %s sent data that is not an SMTP reply: %s.", awaited, t.host(), r.Error))
	case r.Trouble == record.TroubleTLSBytes:
		t.fail(record.PhaseGreeting, record.FoundTLSNotSMTP, fmt.Sprintf("Port %d of %s answers with TLS, not with SMTP.", t.target().Port, t.host()))
	case wire.Foreign(r.Raw) == "HTTP":
		t.fail(record.PhaseGreeting, record.FoundHTTPBanner, fmt.Sprintf("A web server answers on port %d of %s: “%s”.", t.target().Port, t.host(), firstLine(r.Raw)))
	default:
		t.fail(record.PhaseGreeting, record.FoundNotSMTP, fmt.Sprintf("Port %d of %s does not speak SMTP: it sends “%s”%s.", t.target().Port, t.host(), firstLine(r.Raw), spoken(r.Raw)))
	}
}

// spoken names the protocol of what a server says, where it is known.
func spoken(raw wire.Raw) string {
	if name := wire.Foreign(raw); name != "" {
		return ", which is how " + name + " begins"
	}
	return ""
}

func firstLine(raw wire.Raw) string {
	line, _, _ := strings.Cut(string(raw), "\n")
	return cut(wire.VisibleString(strings.TrimRight(line, "\r")), 80)
}

// endless is a reply without an end. A challenge is bounded on its own (RFC 4954 §4).
func (t *taking) endless(r *record.Reply, awaited string) {
	t.state.Stage = record.StageBroken
	code := record.FoundReplyTooLong
	if t.phase() == record.PhaseAuth {
		code = record.FoundAuthChallengeTooLong
		awaited += " " + t.s.State.Mechanism
	}
	t.fail(t.phase(), code, fmt.Sprintf("%s from %s is too long: after %d bytes there was no end.", capital(awaited), t.host(), len(r.Raw)))
}
