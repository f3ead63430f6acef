package message

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ehlo/session/explain"
)

// Bounce is what a report on a delivery says (RFC 3464), or a text in its place.
type Bounce struct {
	// Form is how it is written: [FormDSN], or the program whose text it is.
	Form string `json:"form"`
	// Reporter is the server that wrote it, Envelope the ENVID that the sender gave the message, Arrived when it came to that server.
	Reporter string    `json:"reporter,omitempty"`
	Envelope string    `json:"envelope-id,omitempty"`
	Arrived  time.Time `json:"arrived,omitzero"`
	// Recipients are those that it tells of.
	Recipients []Recipient `json:"recipients,omitempty"`
	// Original are the fields by which a person knows the message that it is about.
	Original *Original `json:"original,omitempty"`
}

// FormDSN is a report in the form of RFC 3464.
const FormDSN = "RFC 3464"

// Original is the message that a bounce is about.
type Original struct {
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Subject string `json:"subject,omitempty"`
	ID      string `json:"message-id,omitempty"`
	Date    string `json:"date,omitempty"`
}

// Recipient is one of the addresses that a bounce tells of.
type Recipient struct {
	Address string `json:"address"`
	// Original is the address as the sender gave it, where that is another.
	Original string `json:"original,omitempty"`
	// Action is failed, delayed, delivered, relayed or expanded (RFC 3464 §2.3.3).
	Action string `json:"action"`
	Status string `json:"status,omitempty"` // enhanced status code
	// Remote is the server that said so, empty where the reporter itself did.
	Remote string `json:"remote,omitempty"`
	// Verb is the command that was answered, as "RCPT" or "." for the end of DATA; empty where nothing tells it.
	Verb string `json:"verb,omitempty"`
	// Code is the reply code, 0 where no server answered. Diagnostic is the text.
	Code       int       `json:"code,omitempty"`
	Diagnostic string    `json:"diagnostic,omitempty"`
	RetryUntil time.Time `json:"retry-until,omitzero"`
	// Cause is what happened, in one sentence; Means says what that means.
	Cause string `json:"cause"`
	Means string `json:"means,omitempty"`
	// Finding is the code of the finding that the reply stands for, empty where it says too little.
	Finding string `json:"finding,omitempty"`
	Who     Party  `json:"who"`
	// Remedy is what the sender can do, Operator what the operator of the server that says so can.
	Remedy   string `json:"remedy,omitempty"`
	Operator string `json:"operator,omitempty"`
	Refs     string `json:"refs,omitempty"`
}

// opened reads a bounce.
func (r *Report) opened(m *mail) {
	b := statusOf(m)
	if b == nil {
		b = textBounce(m)
	}
	if b == nil {
		return
	}
	b.Reporter = cmp.Or(b.Reporter, shown(fromDomain(m.first("From"))))
	b.explain()
	r.Bounce = b
	r.Kind = KindReceipt
	for _, kind := range []struct {
		action string
		kind   Kind
	}{{Failed, KindBounce}, {Delayed, KindDelay}} {
		if slices.ContainsFunc(b.Recipients, func(c Recipient) bool { return c.Action == kind.action }) {
			r.Kind = kind.kind
			return
		}
	}
}

// The actions that say that something went wrong.
const (
	Failed  = "failed"
	Delayed = "delayed"
)

// mostRecipients bounds how many are read.
const mostRecipients = 100

// statusOf reads a report in the form of RFC 3464; nil where there is none.
func statusOf(m *mail) *Bounce {
	parts := partsOf(m)
	i := slices.IndexFunc(parts, func(p part) bool {
		return p.kind == "message/delivery-status" || p.kind == "message/global-delivery-status"
	})
	if i < 0 {
		return nil
	}
	b := &Bounce{Form: FormDSN}
	for rest, first := parts[i].body, true; rest != "" && len(b.Recipients) < mostRecipients; {
		group := &mail{}
		rest = group.fieldsOf(strings.TrimLeft(rest, "\r\n"), 1)
		switch {
		case len(group.fields) == 0:
		case first:
			b.about(group)
		default:
			b.Recipients = append(b.Recipients, recipientOf(group))
		}
		first = false
	}
	b.named(parts)
	b.Original = originalOf(parts)
	return b
}

// about reads the fields about the message (RFC 3464 §2.2).
func (b *Bounce) about(m *mail) {
	b.Reporter, b.Envelope = mta(m.first("Reporting-MTA")), shown(m.first("Original-Envelope-Id"))
	b.Arrived, _ = stamp(m.first("Arrival-Date"))
}

// recipientOf reads the fields about one recipient (RFC 3464 §2.3).
func recipientOf(m *mail) Recipient {
	c := Recipient{
		Address: typed(m.first("Final-Recipient")), Original: typed(m.first("Original-Recipient")), Action: shown(strings.ToLower(m.first("Action"))),
		Status: statusCode(m.first("Status")), Remote: mta(m.first("Remote-MTA")), Diagnostic: reply(typed(m.first("Diagnostic-Code"))),
	}
	c.RetryUntil, _ = stamp(m.first("Will-Retry-Until"))
	if c.Address = strings.Trim(c.Address, "<>"); c.Original == c.Address {
		c.Original = ""
	}
	if c.Action == "" {
		c.Action = Failed
	}
	return c
}

// typed is a value after its type, as in "dns; mx.example.org" (RFC 3464 §2.1.2).
func typed(value string) string {
	if kind, rest, ok := strings.Cut(value, ";"); ok && !strings.ContainsAny(strings.TrimSpace(kind), " .@") {
		value = rest
	}
	return shown(value)
}

// mta is the name of a server after its type, without what stands after the name.
func mta(value string) string {
	name, _, _ := strings.Cut(typed(value), " ")
	return host(name)
}

// statusCode is the enhanced status code at the start of a value, before a comment.
func statusCode(value string) string {
	code, _, _ := strings.Cut(strings.TrimSpace(value), " ")
	if _, ok := enhanced(code); !ok {
		return ""
	}
	return code
}

// reply leaves out the codes that a reply of several lines has before each.
func reply(text string) string {
	code, _ := codeAt(text)
	if code == 0 {
		return text
	}
	first, rest, _ := strings.Cut(text, " ")
	if status, _, ok := strings.Cut(rest, " "); ok && statusCode(status) != "" { // "550 5.1.1 text 550 5.1.1 text"
		rest = strings.ReplaceAll(rest, " "+text[:3]+" "+status+" ", " ")
	}
	if len(first) > 4 && first[3] == '-' {
		rest = strings.ReplaceAll(strings.ReplaceAll(rest, " "+first+" ", " "), " "+first[:3]+" "+first[4:]+" ", " ")
		return first[:3] + " " + first[4:] + " " + rest
	}
	return first + " " + rest
}

// codeAt reads the reply code that a text begins with, and gives what follows it; 0 where it begins with none.
func codeAt(text string) (code int, rest string) {
	if len(text) < 4 || text[0] < '2' || text[0] > '5' || text[1] < '0' || text[1] > '9' || text[2] < '0' || text[2] > '9' || !strings.ContainsRune(" -", rune(text[3])) {
		return 0, text
	}
	return int(text[0]-'0')*100 + int(text[1]-'0')*10 + int(text[2]-'0'), text[4:]
}

// enhanced reads an enhanced status code (RFC 3463 §2).
func enhanced(word string) (code [3]int, ok bool) {
	parts := strings.Split(word, ".")
	if len(parts) != 3 || parts[0] != "2" && parts[0] != "4" && parts[0] != "5" {
		return code, false
	}
	for i, p := range parts {
		if p == "" || len(p) > 3 || strings.Trim(p, "0123456789") != "" {
			return code, false
		}
		for _, d := range p {
			code[i] = code[i]*10 + int(d-'0')
		}
	}
	return code, true
}

// named takes what only the text of a bounce tells: Postfix and Exim write there which command was answered.
func (b *Bounce) named(parts []part) {
	i := slices.IndexFunc(parts, func(p part) bool { return p.kind == "text/plain" })
	for n := range b.Recipients {
		c := &b.Recipients[n]
		c.Verb = verbOf(c.Diagnostic)
		if i < 0 || c.Verb != "" {
			continue
		}
		if paragraph := about(bounded(parts[i].body, mostText), c.Address); paragraph != "" {
			c.Verb = verbOf(paragraph)
		}
	}
}

// about is the paragraph of a text that names an address.
func about(text, address string) string {
	at := strings.Index(text, address)
	if address == "" || at < 0 {
		return ""
	}
	text, _, _ = strings.Cut(strings.ReplaceAll(bounded(text[at:], mostValue), "\r\n", "\n"), "\n\n")
	return strings.Join(strings.Fields(text), " ")
}

// verbs are the commands that bounces name, in the words of Postfix, Exim and qmail.
var verbs = [...]struct{ words, verb string }{
	{"end of data", "."},
	{"after i sent the message", "."},
	{"after data", "."},
	{"rcpt to", "RCPT"},
	{"does not like recipient", "RCPT"},
	{"mail from", "MAIL"},
	{"does not like sender", "MAIL"},
	{"to data", "DATA"},
	{"ehlo", "EHLO"},
	{"helo", "HELO"},
	{"refused to talk to me", ""},
}

func verbOf(text string) string {
	text = strings.ToLower(text)
	for _, v := range verbs {
		for _, lead := range []string{"in reply to ", "after ", "server after ", ""} {
			if whole := lead + v.words; (lead != "" || strings.Contains(v.words, "does not like") || strings.Contains(v.words, "i sent")) && strings.Contains(text, whole) {
				return v.verb
			}
		}
	}
	return ""
}

// originalOf reads the header of the message that came back with the bounce.
func originalOf(parts []part) *Original {
	i := slices.IndexFunc(parts, func(p part) bool {
		return p.kind == "message/rfc822" || p.kind == "text/rfc822-headers" || p.kind == "message/global" || p.kind == "message/global-headers"
	})
	if i < 0 {
		return nil
	}
	return originalIn(parts[i].body)
}

func originalIn(text string) *Original {
	m := &mail{}
	m.fieldsOf(strings.TrimLeft(text, "\r\n"), 1)
	o := &Original{From: m.shown("From"), To: m.shown("To"), Subject: m.shown("Subject"), ID: m.shown("Message-ID"), Date: shown(m.first("Date"))}
	if *o == (Original{}) {
		return nil
	}
	return o
}

// explain says of each recipient what happened, what that means, and who has to act.
func (b *Bounce) explain() {
	for i := range b.Recipients {
		c := &b.Recipients[i]
		c.Code, _ = codeAt(c.Diagnostic)
		c.Cause = b.cause(c)
		if c.Action == Failed || c.Action == Delayed {
			c.explain()
		}
	}
}

// cause is what happened to the message for a recipient.
func (b *Bounce) cause(c *Recipient) string {
	to, reporter := cmp.Or(c.Address, "a recipient that it does not name"), cmp.Or(b.Reporter, "The reporting server")
	remote := cmp.Or(c.Remote, reporter)
	said := ""
	if c.Diagnostic != "" {
		said = ": " + strings.TrimRight(c.Diagnostic, ".")
	}
	switch {
	case c.Action == Delayed && c.RetryUntil.IsZero():
		return reporter + " could not deliver the message to " + to + " yet, and keeps trying" + said + "."
	case c.Action == Delayed:
		return reporter + " could not deliver the message to " + to + " yet, and keeps trying until " + c.RetryUntil.Format("2006-01-02 15:04 -0700") + said + "."
	case c.Action != Failed:
		return reporter + actions(c.Action) + to + "."
	case c.Code >= 500:
		return remote + " rejected the message for " + to + " permanently" + answering(c.Verb) + said + "."
	case c.Code >= 400:
		return remote + " deferred the message for " + to + answering(c.Verb) + " until " + lower(reporter) + " gave up" + said + "."
	}
	return reporter + " could not deliver the message to " + to + said + "."
}

// lower makes the first word of a sentence one in the middle of it.
func lower(text string) string {
	if rest, ok := strings.CutPrefix(text, "The "); ok {
		return "the " + rest
	}
	return text
}

// actions are those of a report on a success.
func actions(action string) string {
	switch action {
	case "delivered":
		return " delivered the message to "
	case "relayed":
		return " relayed the message to a server that sends no reports, for "
	case "expanded":
		return " passed the message on to the members of "
	}
	return " reports an action that RFC 3464 does not have, for "
}

func answering(verb string) string {
	switch verb {
	case "":
		return ""
	case ".":
		return " after it had received the message"
	}
	return " in reply to " + verb
}

// explain takes the meaning of the diagnostic text from what is known about replies and logs.
func (c *Recipient) explain() {
	code, text := codeAt(c.Diagnostic)
	status, _ := enhanced(c.Status)
	if first, rest, _ := strings.Cut(text, " "); code != 0 {
		if of, ok := enhanced(first); ok {
			status, text = of, rest
		}
	}
	if code != 0 {
		c.answered(explain.ReplyContext{Verb: cmp.Or(c.Verb, "unknown"), Code: code, Enhanced: status, Text: text})
	} else {
		c.logged()
	}
	c.judge(status)
}

func (c *Recipient) answered(reply explain.ReplyContext) {
	x := explain.Reply(reply)
	c.Means, c.Remedy, c.Operator, c.Refs = cmp.Or(x.Cause, x.Text), x.Remedy, x.Operator, explain.Cite(x.Refs)
	c.Finding = explain.Refusal(reply)
}

// logged explains a text of the reporting server itself.
func (c *Recipient) logged() {
	notes := explain.Log(c.Diagnostic)
	if len(notes) == 0 {
		notes = explain.Log(strings.TrimSpace(c.Status + " " + c.Diagnostic))
	}
	if len(notes) > 0 {
		e := notes[0].Entries[0]
		c.Means, c.Remedy, c.Operator, c.Refs, c.Finding = e.Text, e.Remedy, e.Operator, explain.Cite(e.Refs), e.Means
		return
	}
	status, _ := enhanced(c.Status)
	if e, ok := explain.Enhanced(status[0], status[1], status[2]); ok {
		c.Means, c.Remedy, c.Operator, c.Refs, c.Finding = e.Text, e.Remedy, e.Operator, explain.Cite(e.Refs), e.Means
	}
}
