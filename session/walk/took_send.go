package walk

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// sent thinks a line or content through that went out. What is masked is not looked at: a mask is not what the server got.
func (t *taking) sent(o *record.Send) {
	if slices.Contains(o.Agreed, record.FoundCertificateUnverified) && t.state.Security == record.SecurityUnverified {
		t.state.Security = record.SecurityAccepted
	}
	if t.foresee(o); o.Experiment != "" {
		t.experimenting(o)
	}
	if t.e.Step == record.VerbAuth {
		t.begun(o)
	}
	t.exposed(o)
	if o.Weak {
		t.find(record.FoundSecretHardToHide, "")
	}
	if x, ok := FindExperiment(t.underWay()); ok && o.Trouble.Lost() { // the server has hung up on the client
		t.conclude(x)
	} else if o.Trouble != "" {
		t.unsent(o)
	} else if t.e.Step == record.VerbProxy {
		t.state = withStated(t.state, record.VerbProxy)
	}
}

// begun notes which mechanism is at work from here on.
func (t *taking) begun(o *record.Send) {
	t.state.Mechanism, t.state.User = "AUTH", ""
	if words := strings.Fields(string(o.Raw)); len(words) > 1 && words[1] != sasl.Mask {
		t.state.Mechanism = wire.VisibleString(strings.ToUpper(words[1]))
	}
	t.foreseeAuth(t.state.Mechanism)
}

// foresee points at what the server's own list says will not go well.
func (t *taking) foresee(o *record.Send) {
	caps := t.s.Capabilities
	switch {
	case caps == nil:
	case o.Content:
		if o.EightBit && !caps.Has("8BITMIME") { // RFC 6152 §3
			t.find(record.Found8BITMIMEMissing, "")
		}
	case t.e.Step == record.VerbMail, t.e.Step == record.VerbRcpt, t.e.Step == record.VerbGroup:
		t.foreseeEnvelope(string(o.Raw), caps)
	}
	if v, _ := CommandVerb(o.Command(1)); t.e.Step == record.VerbMail || t.e.Step == record.VerbGroup && v == record.VerbMail {
		t.foreseeContent(t.s.Start.Plan.Message)
	}
}

// foreseeContent points at what is wrong with the message that was given, before any of it is sent.
func (t *taking) foreseeContent(x *record.Extent) {
	if x == nil {
		return
	}
	for _, p := range x.Problems {
		code, text := checked(p)
		if code == "" || p.Code == record.ProblemHeader8Bit && t.s.Capabilities != nil && t.s.Capabilities.Has("SMTPUTF8") {
			continue
		}
		t.find(code, text)
	}
}

func (t *taking) foreseeEnvelope(line string, caps *record.Capabilities) {
	if eightBit([]byte(line)) && !caps.Has("SMTPUTF8") { // RFC 6531 §3.2
		t.find(record.FoundSMTPUTF8Missing, "")
	}
	limit, declared := caps.Size()
	if size := declaredSize(line); declared && limit > 0 && size > limit { // RFC 1870 §6.1
		t.find(record.FoundMessageTooLarge, fmt.Sprintf("The message has %d bytes, and %s accepts at most %d.", size, t.host(), limit))
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

// foreseeAuth points at a password that is about to be sent as it is although the server offers a mechanism that keeps
// it, and that would notice someone in between (RFC 5802 §6, §9).
func (t *taking) foreseeAuth(mechanism string) {
	if !handsOver(mechanism) {
		return
	}
	for _, c := range rankMechanisms(*t.s, Goal{}) {
		if info, _ := sasl.Lookup(c.Name); info.KeepsPassword() {
			f := t.find(record.FoundAuthStrongerOffered, fmt.Sprintf("AUTH %s sends the password itself; the server also offers %s, which does not send it and authenticates the server.",
				strings.ToUpper(mechanism), c.Name))
			f.Advice = tryInstead(c.Name)
			return
		}
	}
}

// exposed says what a line gives away that has just gone out unprotected, or to a server that did not prove its name. In one
// exchange the same thing is said once.
func (t *taking) exposed(o *record.Send) {
	gave := t.s.Exchange.Gave
	if t.e.Step == record.VerbAuth {
		gave = ""
	}
	switch {
	case o.Gives == "", o.Gives == gave, t.state.Security == record.SecurityVerified:
	case t.state.Security.Encrypted() && t.s.TLS != nil && t.s.TLS.Unjudged(): // to whom is not known
	case o.Gives == sasl.HidesPassword, o.Gives == sasl.HidesToken:
		t.find(record.FoundSecretExposed, sentTo(t.state, o.Gives)).Remedy = takeBacks.Of(o.Gives) + " over a connection whose certificate is verified; then check the account for logins that were not yours"
	default:
		t.find(record.FoundProofExposed, provedTo(t.state))
	}
}

// sentTo says where a password or token went, and who can use it from here on.
func sentTo(s record.State, secret string) string {
	if s.Security.Encrypted() {
		return fmt.Sprintf("The %s went to a server whose identity was not verified: an attacker in its place could read it.", secret)
	}
	return fmt.Sprintf("The %s crossed the network in cleartext: anyone on the path could read it.", secret)
}

// provedTo says who can guess at a password from here on (RFC 5802 §9: the one who plays the server can too).
func provedTo(s record.State) string {
	way, who := "crossed the network in cleartext", "an eavesdropper"
	if s.Security.Encrypted() {
		way, who = "went to a server whose identity was not verified", "the peer"
	}
	return guessed(s, way, who)
}

// guessed says where a proof went, and what an attacker who has it can do.
func guessed(s record.State, way, who string) string {
	text := fmt.Sprintf("A %s computed from the password %s: %s cannot log in with it, but can guess the password offline", kindOfProof(s.Mechanism), way, who)
	if info, _ := sasl.Lookup(s.Mechanism); info.Iterated {
		return text + ". Only the iteration count slows this down."
	}
	return text + ", millions of times per second."
}

func kindOfProof(mechanism string) string {
	if info, _ := sasl.Lookup(mechanism); info.Hides == sasl.HidesDigest {
		return "digest"
	}
	return "proof"
}

// unsent is a line that did not go out, or not whole.
func (t *taking) unsent(o *record.Send) {
	what := "sending " + nameOf(t.e.Step, string(o.Raw))
	switch {
	case o.Trouble.Waited():
		t.waited(o.Trouble, what, o.Took)
	case o.Diagnosis != nil:
		t.state.Stage = record.StageClosed
		t.diagnose(o.Diagnosis)
	default:
		t.state.Stage = record.StageClosed
		t.broken(fmt.Sprintf("The connection to %s broke while %s: %s.", t.host(), what, o.Error))
	}
}

func (t *taking) explainSend(o *record.Send) *explain.Explanation {
	switch {
	case o.Content:
		return t.explainContent(o)
	case o.Group > 0:
		return explainGroup(o)
	case o.Experiment != "":
		return explainExperiment(o)
	case t.e.Step == record.VerbProxy:
		return explainHeader(o.Raw)
	case len(o.Masked) > 0:
		return t.explainMasked(o)
	}
	c := explain.SendContext{TLS: o.TLS, Keywords: keywords(t.s.Capabilities)}
	if t.s.State.Auth == record.AuthExchange {
		c.Mechanism = t.s.State.Mechanism
	}
	x := explain.Send(string(bytes.TrimRight(o.Raw, "\r\n")), c)
	return &x
}

func (t *taking) explainContent(o *record.Send) *explain.Explanation {
	x := &explain.Explanation{Short: "the message itself", Refs: []explain.Ref{{Doc: "RFC 5321", Section: "4.1.1.4"}, {Doc: "RFC 5322", Section: "2.1"}}}
	x.Text = "The message consists of header fields, an empty line and the body. It does not control the delivery: the envelope does. A line with only a dot ends it, and only then does the server reply."
	if t.e.Step == record.VerbBdat {
		x.Text = "The message consists of header fields, an empty line and the body, as one chunk of the size in BDAT. No dot ends it, and no line is changed."
		if t.s.State.Chunked > 0 || !isLast(o.Command(1)) {
			x.Text = "This chunk is a part of the message, of the size in BDAT. No dot ends it, and no line is changed. The server replies to each chunk, and has the whole message with the one that is marked LAST."
		}
		x.Refs[0] = explain.Ref{Doc: "RFC 3030", Section: "2"}
	}
	if answersEach(t.s.State) {
		x.Text += " The server answers once for each recipient that it accepted, in the order of their RCPT."
		x.Refs = append(x.Refs, explain.Ref{Doc: "RFC 2033", Section: "4.2"})
	}
	if o.Stuffed > 0 {
		x.Text += fmt.Sprintf(" %s with a dot and got a second dot, which the server removes (RFC 5321 §4.5.2).", record.Plural(o.Stuffed, "line began", "lines began"))
	}
	return x
}

func (t *taking) explainMasked(o *record.Send) *explain.Explanation {
	line := string(o.Raw)
	if !strings.HasPrefix(line, "AUTH") && t.s.State.Auth != record.AuthExchange {
		return &explain.Explanation{Short: "a line with a secret in it", Text: "The typed line is hidden, because it contains a secret of this session or looks like an AUTH response. The server does not expect a response here, and may write the line to its log."}
	}
	x := &explain.Explanation{Short: "answer to the challenge", Refs: []explain.Ref{{Doc: "RFC 4954", Section: "4"}},
		Text: "One round of the AUTH exchange: the client's part, in base64. " + hidden(o.Masked[0])}
	mechanism := t.s.State.Mechanism
	if c, ok := explain.Command("AUTH"); ok && strings.HasPrefix(line, "AUTH") {
		x.Short, x.Text, x.Refs = c.Short, c.Text+" "+hidden(o.Masked[0]), c.Refs
		if words := strings.Fields(line); len(words) > 1 {
			mechanism = words[1]
		}
	}
	if e, known := explain.Mechanism(mechanism); known {
		x.Refs, x.Entries = explain.JoinRefs(x.Refs, e.Refs), []string{e.ID()}
	}
	return x
}

// hidden says what a mask stands for.
func hidden(what string) string {
	if what == "typed" {
		return "It was typed by hand, and is hidden because it may contain a secret."
	}
	return "It contains a " + what + ", which is hidden here."
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
