package walk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// replied thinks a reply through, or what came in its place.
func (t *taking) replied(r *record.Reply) {
	t.delayed(r)
	switch {
	case t.e.Step == record.VerbExperiment:
		t.experimented(r)
		return
	case r.Unasked && t.s.State.Stage == record.StageUpgrading:
		t.injected(r)
	case r.Unasked && t.headerRefused(r):
	case r.Unasked && t.notOurs(r):
	case r.Unasked:
		t.unasked(r)
	case r.Trouble != "":
		t.defects(r)
		t.troubled(r)
	case t.challenge(r):
		t.state = advance(t.state, t.e.Step, t.line(), &r.Reply)
	default:
		t.defects(r)
		t.answered(r)
	}
	t.surprised(r)
}

// challenge reports whether a reply is a 334 that AUTH may get. It is opened by the mechanism, which finds what is wrong.
func (t *taking) challenge(r *record.Reply) bool {
	return r.Code == 334 && (t.e.Step == record.VerbAuth || t.e.Step == record.VerbRespond)
}

// perRecipient is where it is written that each recipient has a reply.
func perRecipient(s record.State) explain.Ref {
	if s.LMTP {
		return explain.Ref{Doc: "RFC 2033", Section: "4.2"}
	}
	return explain.Ref{Doc: "draft-hall-prdr"}
}

// line is what was answered, as it was recorded; empty where nothing was sent.
func (t *taking) line() string {
	if r := t.e.Reply; r != nil && r.Place > 0 && t.s.Sent != nil {
		return t.s.Sent.Command(r.Place)
	}
	if t.e.Step == record.VerbGreeting || t.s.Sent == nil || t.s.Sent.Content && t.e.Step != record.VerbBdat {
		return ""
	}
	line, _, _ := strings.Cut(string(t.s.Sent.Raw), "\r\n")
	return line
}

// answered judges a whole reply to the command it came after.
func (t *taking) answered(r *record.Reply) {
	if t.e.Step == record.VerbGreeting {
		t.greeted(r)
	}
	if r.Code == 0 { // the server closed instead of answering QUIT
		t.state = t.state.WithDone(record.PhaseQuit)
		return
	}
	if t.contradicts(r) || t.headerRefused(r) || t.notOurs(r) {
		return
	}
	fits := rowOf(t.e.Step).fits(r.Code) || t.sentMessage() && opensAnswers(t.s.State, &r.Reply)
	if fits && t.e.Step == record.VerbEHLO && positive(&r.Reply) {
		t.listed(r)
	}
	switch {
	case !fits && !t.cancels(r):
		t.misplaced(r)
	case r.Code >= 400:
		t.state = advance(t.state, t.e.Step, t.line(), &r.Reply)
		t.refused(r)
	default:
		t.state = advance(t.state, t.e.Step, t.line(), &r.Reply)
		t.deniesItself(r)
	}
}

// failureWords are in the text of a reply that reports a failed login, in lower case.
var failureWords = [...]string{"fail", "invalid", "denied", "rejected", "refused", "incorrect", "unsuccessful", "not accepted", "not authenticated"}

// deniesItself points at a 235 whose words say that the login failed. The code decides, as for every client (RFC 5321 §4.2);
// what the next command gets shows which of the two holds.
func (t *taking) deniesItself(r *record.Reply) {
	said := strings.ToLower(r.Text())
	if r.Code == 235 && slices.ContainsFunc(failureWords[:], func(word string) bool { return strings.Contains(said, word) }) {
		t.find(record.FoundAuthSuccessDenied, fmt.Sprintf("%s answered AUTH with 235, which is success, but its text says failure%s.", t.host(), quoted(&r.Reply)))
	}
}

// contradicts ends a session in which one reply says yes and no: all its codes have to be the same (RFC 5321 §4.2.1).
func (t *taking) contradicts(r *record.Reply) bool {
	for _, l := range r.Lines {
		if l.Code != "" && l.Code[0] != r.Lines[0].Code[0] {
			t.state.Stage = record.StageBroken
			t.fail(t.phase(), record.FoundReplyCodeMismatch, fmt.Sprintf("%s answered both %s and %s in one reply to %s: the two contradict each other.",
				t.host(), r.Lines[0].Code, l.Code, t.addressed()))
			return true
		}
	}
	return false
}

// proxied is the beginning of a PROXY header of version 1.
var proxied = lazy.Pattern{Text: `(?i)\bproxy (tcp[46]|unknown)\b`}

// notOurs ends a session in which the server answers a command that was never sent here: a proxy in between put it in, and
// every reply is now for the command before.
func (t *taking) notOurs(r *record.Reply) bool {
	if r.Code < 500 || !proxied.Get().MatchString(r.Text()) || !r.Unasked && proxied.Get().MatchString(t.line()) {
		return false
	}
	t.state.Stage = record.StageBroken
	t.fail(t.phase(), record.FoundOutOfSync, fmt.Sprintf("%s quotes a command that was never sent here%s: a proxy in front of it adds a PROXY header that it does not expect, and each reply arrives one command late.",
		t.host(), quoted(&r.Reply)))
	return true
}

// cancels reports whether a reply is the right answer to "*": 501 (RFC 4954 §4).
func (t *taking) cancels(r *record.Reply) bool { return t.e.Step == record.VerbCancel && r.Code >= 400 }

func (t *taking) greeted(r *record.Reply) {
	if software, _, ok := explain.Banner(r.Text()); ok {
		t.state.Software = software
		t.find(record.FoundBannerSoftware, fmt.Sprintf("The banner names %s; a banner is a claim, not a proof.", wire.VisibleString(software)))
	}
}

// refused says what a 4yz or 5yz means here. That a cancel gets 501 is no failure (RFC 4954 §4).
func (t *taking) refused(r *record.Reply) {
	if t.e.Step == record.VerbCancel {
		return
	}
	phase := t.phase()
	code, x := refusalCode(*t.s, t.e.Step, r), t.e.Explain
	f := t.find(code, t.evidence(code, r))
	f.Phase, f.Reply, f.Recipient = phase, r.Code, t.recipient(r)
	f.Advice = patient(code, r.Text())
	t.blamesFamily(f, r)
	t.blamesHeader(f, r)
	t.lacksSecret(f)
	if f.Recipient == "" && (t.e.Step != record.VerbRcpt || len(t.state.Recipients) == 0) { // else the others can still get it
		t.state = t.state.WithFailed(phase)
	}
	switch {
	case code == record.FoundInitialResponseRefused: // the number and the words blame the mechanism, which is not at fault
		e, _ := explain.Finding(string(code))
		x.Short, x.Text, x.Cause, x.Remedy, x.Operator = "AUTH without a response first", e.Text, "", e.Remedy, e.Operator
	case code == record.FoundClientIdentityRefused:
		misstated(f, r)
	case code == record.FoundNotSMTP: // what it answered is no SMTP, and it knows no QUIT of ours
		t.state.Stage = record.StageBroken
	case x.Remedy+x.Operator != "":
		f.Remedy, f.Operator = x.Remedy, x.Operator
	}
	t.wasGiven(f)
	if refused := t.s.Exchange.Refused; phase == record.PhaseAuth && refused != nil { // what it said inside the exchange says more
		f.Code, f.Severity, f.Remedy, f.Operator, f.Who = refused.Code, refused.Severity, refused.Remedy, refused.Operator, refused.Who
		f.Text = fmt.Sprintf("%s The exchange ended with %s, the reply to %s.", refused.Text, codes(&r.Reply), t.addressed())
	}
}

// wasGiven takes back what was advised where a server demands what it already has: a login, or TLS. Giving it once more changes
// nothing, and only the operator can. After a login the server is the sender's own, and not the recipient's.
func (t *taking) wasGiven(f *record.Finding) {
	switch st := t.s.State; {
	case f.Code == record.FoundRelayingDenied && st.Auth == record.AuthDone:
		f.Text += " The session was logged in."
		f.Operator = "let accounts that have logged in send to other domains"
	case f.Code == record.FoundLoginRequired && st.Auth == record.AuthDone:
		f.Text += " The session was logged in."
		f.Operator = "find out why the login does not count for this command"
	case f.Code == record.FoundEncryptionRequired && st.Security.Encrypted():
		f.Text += " The session was inside TLS."
		f.Operator = "tell the mail server that a proxy in front of it ends TLS, or let the server itself do that"
	case f.Code == record.FoundMessageRefused && st.Auth == record.AuthDone: // by the sender's own provider: no recipient's server has seen it
		f.Who, f.Advice = record.WhoYou, []record.Advice{{Do: record.DoAsTold}, {Do: record.AskOperator}}
		return
	default:
		return
	}
	f.Remedy, f.Who, f.Advice = "", record.WhoOperator, []record.Advice{{Do: record.AskOperator}}
}

// recipient is whom a reply to a message is for, where each recipient has one of its own; else it is empty.
func (t *taking) recipient(r *record.Reply) string {
	st := t.s.State
	ends := t.e.Step == record.VerbContent || t.e.Step == record.VerbBdat && isLast(t.line())
	if !ends || r.Unasked || r.Code == 421 || !answersEach(st) {
		return ""
	}
	return st.Recipients[st.Answered]
}

// evidence is the cause: what it means, and what the server said to what. The first sentence is no longer than can be read at one look.
func (t *taking) evidence(code record.FindingCode, r *record.Reply) string {
	short := t.short(code, r)
	if r.Unasked {
		return saying(fmt.Sprintf("%s: %s said %s before %s was sent", short, t.host(), codes(&r.Reply), nameOf(t.e.Step, "")), &r.Reply)
	}
	said := saying(fmt.Sprintf("%s: %s answered %s to %s", short, t.host(), codes(&r.Reply), t.addressed()), &r.Reply)
	switch {
	case code == record.FoundNotSMTP:
		return fmt.Sprintf("Port %d of %s speaks %s, not SMTP: its greeting is “%s”, and it answered %s to %s.", t.target().Port, t.host(), greetsAs(t.s.Reply), firstLine(t.s.Reply.Raw), codes(&r.Reply), t.addressed())
	case code == record.FoundLMTPServer && !namesLMTP(r) && !namesLMTP(t.s.Reply):
		return saying(fmt.Sprintf("Port %d of %s speaks LMTP, not SMTP: the greeting is Dovecot's, which knows EHLO on its other ports, and it answered %s to %s", t.target().Port, t.host(), codes(&r.Reply), t.addressed()), &r.Reply)
	case code == record.FoundLMTPServer && !namesLMTP(r):
		return saying(fmt.Sprintf("Port %d of %s speaks LMTP, not SMTP: its greeting says so, and it answered %s to %s", t.target().Port, t.host(), codes(&r.Reply), t.addressed()), &r.Reply)
	case code == record.FoundLMTPServer:
		return saying(fmt.Sprintf("Port %d of %s speaks LMTP, not SMTP: it answered %s to %s", t.target().Port, t.host(), codes(&r.Reply), t.addressed()), &r.Reply)
	case code == record.FoundSMTPServer:
		return saying(fmt.Sprintf("Port %d of %s does not speak LMTP: it answered %s to %s", t.target().Port, t.host(), codes(&r.Reply), t.addressed()), &r.Reply)
	case code == record.FoundMessageTooLarge && t.s.Capabilities != nil:
		if limit, ok := t.s.Capabilities.Size(); ok && limit > 0 {
			said += fmt.Sprintf(" It accepts at most %d bytes.", limit)
		}
	}
	return said
}

// short is what a refusal means, as the beginning of a sentence. A policy has many reasons: it is the one that the reply gives.
func (t *taking) short(code record.FindingCode, r *record.Reply) string {
	if code == record.FoundPolicyRefused {
		return capital(explain.RefusalShort(replyContext(*t.s, t.e.Step, &r.Reply)))
	}
	e, _ := explain.Finding(string(code))
	return capital(e.Short)
}

// addressed is what was answered, with the value that matters in it.
func (t *taking) addressed() string {
	line := t.line()
	if t.e.Step == record.VerbBdat && isLast(line) && answersEach(t.s.State) {
		return "the message for " + strings.Join(t.addressees(), ", ")
	}
	switch t.e.Step {
	case record.VerbMail:
		return "the sender <" + pathOf(line) + ">"
	case record.VerbRcpt:
		return "the recipient <" + pathOf(line) + ">"
	case record.VerbEHLO, record.VerbHELO:
		return wire.VisibleString(line)
	case record.VerbContent:
		return "the message for " + strings.Join(t.addressees(), ", ")
	case record.VerbAuth, record.VerbRespond:
		if user := t.s.Start.User; user != "" {
			return fmt.Sprintf("AUTH %s as %s", t.s.State.Mechanism, wire.VisibleString(user))
		}
		return "AUTH " + t.s.State.Mechanism
	}
	return nameOf(t.e.Step, line)
}

// addressees are whom the next reply to a message is for.
func (t *taking) addressees() []string {
	if st := t.s.State; answersEach(st) {
		return st.Recipients[st.Answered:][:1]
	}
	return t.s.State.Recipients
}

// mostSentence is how long the first sentence of a cause may be with the words of a server in it, in bytes.
const mostSentence = 148

// saying is a sentence about a reply, with the words of the reply: in it, or after it where that is too long.
func saying(sentence string, r *wire.Reply) string {
	if whole := sentence + quoted(r) + "."; len(whole) <= mostSentence {
		return whole
	}
	return sentence + itSaid(r) + "."
}

// itSaid are the words of a reply as a sentence after another.
func itSaid(r *wire.Reply) string {
	words := quoted(r)
	if words == "" {
		return ""
	}
	return ". It said" + words
}

func quoted(r *wire.Reply) string { return quotedUpTo(r, 160) }

// quotedUpTo bounds it in bytes.
func quotedUpTo(r *wire.Reply, most int) string {
	text := strings.TrimRight(wire.VisibleString(joinText(r)), " .")
	if text == "" {
		return ""
	}
	return ", “" + cut(text, most) + "”"
}

// shown is what a server sent, as far as there is room and fit for a terminal. The end of its last line says nothing, unless
// there is nothing else.
func shown(raw wire.Raw, most int) string {
	text := string(raw)
	return cut(wire.VisibleString(cmp.Or(strings.TrimRight(text, "\r\n"), text)), most)
}

// cut bounds a text in bytes without breaking a letter.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// codes are the reply code with its enhanced code.
func codes(r *wire.Reply) string {
	if r.Enhanced.IsZero() {
		return fmt.Sprint(r.Code)
	}
	return fmt.Sprintf("%d %s", r.Code, r.Enhanced)
}

func joinText(r *wire.Reply) string { return strings.ReplaceAll(r.Text(), "\n", " ") }

// nameOf is what a step is called in a sentence.
func nameOf(v record.Verb, line string) string {
	switch v {
	case record.VerbGreeting:
		return "the connection"
	case record.VerbContent:
		return "the message"
	case record.VerbGroup:
		return "the group of commands"
	case record.VerbRespond, record.VerbAuth, record.VerbCancel:
		return "AUTH"
	case record.VerbRaw:
		if word := commandWord(line); word != "" && word != sasl.Mask {
			return wire.VisibleString(word)
		}
		return unnamed
	}
	return strings.ToUpper(string(v))
}

// misplaced is a reply that belongs to another command: from here on nobody knows which reply belongs to what
// (RFC 5321 §4.2.1, §4.3.2), and nothing more is sent.
func (t *taking) misplaced(r *record.Reply) {
	code := record.FoundReplyUnexpected
	if r.Code == 220 { // a second greeting: something in front of the server greets too, or all replies come late
		code = record.FoundOutOfSync
	}
	if t.phase() == record.PhaseAuth {
		code, t.state.Auth, t.state.Pending = record.FoundAuthOddReply, record.AuthNone, nil
	}
	t.state.Stage = record.StageBroken
	f := t.fail(t.phase(), code, fmt.Sprintf("%s answered %s to %s, which is not a valid reply there: replies and commands no longer match%s.",
		t.host(), codes(&r.Reply), t.addressed(), itSaid(&r.Reply)))
	f.Reply = r.Code
}

// unasked is something that the server said although it was not its turn. After that no reply can be matched to a command,
// unless it said 421 (RFC 5321 §3.8).
func (t *taking) unasked(r *record.Reply) {
	switch {
	case r.Code == 421:
		t.state.Stage = record.StageClosed
		t.refused(r)
	case t.e.Step == record.VerbQuit && t.s.Reply != nil && strings.HasPrefix(strings.ToUpper(t.line()), "QUIT"):
		t.state.Stage = record.StageBroken
		t.fail(t.phase(), record.FoundOutOfSync, fmt.Sprintf("%s answered QUIT with %s, and then “%s” arrived: each reply arrives one command late.", t.host(), codes(&t.s.Reply.Reply), shown(r.Raw, 60)))
	case t.e.Step == record.VerbContent && r.Code >= 400: // it did not wait for the message to refuse it
		t.state.Stage = record.StageBroken
		t.refused(r)
	default:
		t.state.Stage = record.StageBroken
		t.fail(t.phase(), record.FoundOutOfSync, fmt.Sprintf("%s sent more after its reply to %s: “%s” arrived before %s was sent, and no command had asked for it.",
			t.host(), t.before(), shown(r.Raw, 60), nameOf(t.e.Step, "")))
	}
}

// before is what was said last to the server.
func (t *taking) before() string {
	if t.s.Sent == nil {
		return "the connection"
	}
	if t.s.Sent.Content {
		return "the message"
	}
	word, _, _ := strings.Cut(strings.TrimRight(string(t.s.Sent.Raw), "\r\n"), " ")
	return wire.VisibleString(word)
}

// injected are bytes in cleartext after the 220 to STARTTLS. Taken for something said inside TLS they would be an attack
// that works, so the session ends here (RFC 3207 §4.2 and §6).
func (t *taking) injected(r *record.Reply) {
	t.e.Explain = explainFinding(record.FoundSTARTTLSInjection)
	t.state.Stage = record.StageBroken
	t.fail(record.PhaseSTARTTLS, record.FoundSTARTTLSInjection, fmt.Sprintf("%s in cleartext arrived from %s after the 220 to STARTTLS, where an attacker on the path can add replies. They are “%s”.",
		record.Plural(len(r.Raw), "byte", "bytes"), t.host(), shown(r.Raw, 80)))
}

// defects points at what a tolerant reader let pass, each kind once.
func (t *taking) defects(r *record.Reply) {
	var found []record.FindingCode
	texts := map[record.FindingCode][]string{}
	in := "the reply to " + nameOf(t.e.Step, "")
	if t.e.Step == record.VerbGreeting {
		in = "the greeting"
	}
	for _, d := range r.Defects {
		code := defectFinding(d.Code)
		if code == "" {
			continue
		}
		if texts[code] == nil {
			found = append(found, code)
		}
		texts[code] = append(texts[code], fmt.Sprintf("line %d of %s: %s (%s)", d.Line, in, d.Text, d.Ref))
	}
	for _, code := range found {
		t.find(code, sentence(strings.Join(texts[code], "; ")))
	}
}

// defectFinding is the finding that a defect belongs to, empty for one that hurts nobody.
func defectFinding(defect string) record.FindingCode {
	switch defect {
	case wire.DefectBareLF:
		return record.FoundBareLF
	case wire.DefectMismatchedCode:
		return record.FoundReplyCodeMismatch
	case wire.DefectEnhancedClass:
		return record.FoundEnhancedClassMismatch
	case wire.DefectUTF8:
		return "" // RFC 6531 §3.1 allows it where SMTPUTF8 is offered
	}
	return record.FoundReplyMalformed
}

// explainReply says what a reply means in its place.
func (t *taking) explainReply(r *record.Reply) *explain.Explanation {
	if len(r.Raw) == 0 {
		return &explain.Explanation{Short: "no reply", Text: "No reply arrived before the wait or the connection ended."}
	}
	x := explain.Reply(replyContext(*t.s, t.e.Step, &r.Reply))
	if r.Place > 0 {
		x.Short = "to " + nameOf(t.e.Step, "") + ": " + x.Short
	}
	if t.sentMessage() && opensAnswers(t.s.State, &r.Reply) {
		e, _ := explain.Keyword("PRDR", nil)
		x.Short, x.Text, x.Refs, x.Entries = "a reply for each recipient follows", e.Text, e.Refs, []string{e.ID()}
	}
	if to := t.recipient(r); to != "" {
		x.Short += ", for " + to
		x.Text += fmt.Sprintf(" This reply is for %s alone: the server answers a message once for each recipient that it accepted, in the order of their RCPT.", to)
		x.Refs = append(x.Refs, perRecipient(t.s.State))
	}
	if t.phase() == record.PhaseAuth {
		t.sharpen(&x, r)
	}
	return &x
}

// replyContext is a reply in its place, for the knowledge.
func replyContext(s record.Snapshot, v record.Verb, r *wire.Reply) explain.ReplyContext {
	c := explain.ReplyContext{TLS: s.State.Security.Encrypted(), Code: r.Code, Text: r.Text(), Software: s.State.Software,
		Enhanced: [3]int{r.Enhanced.Class, r.Enhanced.Subject, r.Enhanced.Detail}}
	row := rowOf(v)
	switch {
	case v == record.VerbContent:
		c.Verb = "."
	case v == record.VerbAuth, v == record.VerbRespond:
		c.Verb, c.Proof = "AUTH", proofOf(s.State.Mechanism)
	case v == record.VerbCancel:
		c.Verb, c.Proof = "*", proofOf(s.State.Mechanism)
	case row.command:
		c.Verb = row.name
	case v == record.VerbRaw && s.Sent != nil:
		c.Verb = commandWord(string(s.Sent.Raw))
	}
	return c
}

// sharpen makes the explanation of a refused login say what the server said inside the exchange.
func (t *taking) sharpen(e *explain.Explanation, r *record.Reply) {
	x, refused := t.s.Exchange, t.s.Exchange.Refused
	switch {
	case refused != nil && t.e.Step == record.VerbCancel && r.Code == 501 && record.Tampered(refused.Code):
		e.Text = "This is the correct reply to *: the server has canceled the exchange."
		e.Operator = ""
		e.Remedy = "send QUIT; send no password on this connection, and make no other attempt, until you know who operates the server"
	case x.Unoffered || r.Code < 400 || r.Code == 501:
	case refused != nil:
		e.Cause = refused.Text
		if refused.Remedy+refused.Operator != "" {
			e.Remedy, e.Operator = refused.Remedy, refused.Operator
		}
	case x.ActsAs != "" && r.Code == 535:
		e.Remedy += "; if they are right, the user may not act as " + wire.VisibleString(x.ActsAs)
	case isBound(t.s.State.Mechanism) && r.Code == 535: // no server has to say which (RFC 5802 §7)
		e.Remedy += "; if they are right, something may terminate TLS on the path: find out whether the same login without -PLUS is accepted"
	}
}

// proofOf says what a login proves itself by, as [explain.ReplyContext] has it.
func proofOf(mechanism string) string {
	info, ok := sasl.Lookup(mechanism)
	switch {
	case !ok:
		return ""
	case info.Needs == sasl.NeedsCertificate:
		return "certificate"
	}
	return string(info.Needs)
}
