package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/wire"
)

// reading is what one session shows.
type reading struct {
	start    record.Start
	resolve  *record.Resolve
	connect  *record.Connect   // the last attempt
	missed   []*record.Connect // those that failed, it among them
	greeting *record.Reply
	hello    *record.Reply // to the last EHLO that was accepted
	ehlo     string        // the name that was given
	before   *record.Capabilities
	inside   *record.Capabilities
	tls      *record.TLS
	from     string   // the sender, in brackets
	accepted []string // recipients
	asked    []string // recipients that were asked for, and those of them that have a reply
	answered []string
	sent     string // the last line, masked
	// authenticating says that a login was begun, login is the line that began it, until a response has followed, and challenge is the last
	// reply in it.
	authenticating bool
	login          string
	challenge      *record.Reply
	reply          *record.Reply
	failed         *record.Finding // the last step that failed, with the reply that decided
	refusal        *record.Reply
	verdict        record.Verdict
	beside         Beside
	last           time.Duration
}

func read(log record.Source, beside Beside) *reading {
	r := &reading{beside: beside}
	for i := range log.Len() {
		r.take(record.Skim(log, i))
	}
	return r
}

func (r *reading) take(e *record.Event) {
	r.last = max(r.last, e.T)
	switch {
	case e.Start != nil:
		r.start = *e.Start
	case e.Resolve != nil:
		r.resolve = e.Resolve
	case e.Connect != nil:
		r.connected(e.Connect)
	case e.Capabilities != nil && e.Capabilities.TLS:
		r.inside = e.Capabilities
	case e.Capabilities != nil:
		r.before = e.Capabilities
	case e.TLS != nil:
		r.tls = e.TLS
	case e.Send != nil:
		r.sends(e)
	case e.Reply != nil:
		r.replied(e)
	case e.Finding != nil && e.Finding.Phase != "":
		if r.failed = e.Finding; e.Finding.Reply != 0 {
			r.refusal = r.reply
		}
	case e.End != nil:
		r.verdict = *e.End
	}
}

// connected begins again: what a connection showed is not known of the next.
func (r *reading) connected(c *record.Connect) {
	if r.connect = c; c.Error != "" {
		r.missed = append(r.missed, c)
	} else {
		r.hello, r.ehlo, r.authenticating, r.login, r.challenge = nil, "", false, "", nil
		r.greeting, r.before, r.inside, r.tls, r.reply, r.refusal = nil, nil, nil, nil, nil, nil
	}
}

func (r *reading) sends(e *record.Event) {
	if e.Send.Content {
		return
	}
	r.sent = strings.TrimRight(string(e.Send.Raw), "\r\n")
	switch _, rest, _ := strings.Cut(r.sent, " "); e.Step {
	case record.VerbEHLO, record.VerbHELO:
		r.ehlo = rest
	case record.VerbAuth:
		r.authenticating, r.login = true, r.sent
	case record.VerbRespond:
		r.login = ""
	case record.VerbMail:
		r.from = path(r.sent)
	case record.VerbRcpt:
		r.asked = append(r.asked, path(r.sent))
	}
}

// path is the address of a MAIL or RCPT, in its brackets.
func path(line string) string {
	begin, end := strings.IndexByte(line, '<'), strings.IndexByte(line, '>')
	if begin < 0 || end < begin {
		return ""
	}
	return line[begin : end+1]
}

func (r *reading) replied(e *record.Event) {
	r.reply = e.Reply
	switch {
	case e.Step == record.VerbGreeting && r.greeting == nil:
		r.greeting = e.Reply
	case e.Step == record.VerbAuth || e.Step == record.VerbRespond:
		r.challenge = e.Reply
	case e.Step == record.VerbEHLO && e.Reply.Code == 250:
		r.hello = e.Reply
	case e.Step == record.VerbRcpt && len(r.answered) < len(r.asked): // in order, also where they came in one group (RFC 2920 §3.1)
		to := r.asked[len(r.answered)]
		if r.answered = append(r.answered, to); e.Reply.Code/100 == 2 {
			r.accepted = append(r.accepted, to)
		}
	}
}

// recipient is the last one about whom the server has said something, else the first that was meant; empty where there is none.
func (r *reading) recipient() string {
	switch {
	case len(r.answered) > 0:
		return r.answered[len(r.answered)-1]
	case len(r.asked) > 0:
		return r.asked[0]
	case len(r.start.To) > 0:
		return "<" + r.start.To[0] + ">"
	}
	return ""
}

// host is the one that was to be reached, in a sentence: by MX records it is the one that they led to.
func (r *reading) host() string {
	if r.connect != nil && r.connect.Host != "" {
		return record.Target{Host: r.connect.Host}.Called()
	}
	return r.start.Target.Called()
}

// address is the one that was tried last; empty before that.
func (r *reading) address() string {
	if r.connect == nil {
		return ""
	}
	return addressOf(r.connect)
}

// mostLine bounds what is quoted of a line that a server has sent, in characters.
const mostLine = 400

// firstLine is that of a reply, made visible.
func firstLine(r *record.Reply) string {
	if r == nil {
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(r.Raw)), "\n")
	return bounded(wire.VisibleString(strings.TrimSpace(line)))
}

func bounded(text string) string {
	if r := []rune(text); len(r) > mostLine {
		return string(r[:mostLine]) + "…"
	}
	return text
}

// What each step shows where nothing was wrong with it.

func (r *reading) nameStep() Check {
	switch v := r.resolve; {
	case v == nil && r.beside.Route == nil:
		return unseen(StepName, "")
	case r.start.MX:
		return ok(StepName, fmt.Sprintf("The domain %s exists in DNS.", r.start.Target.Called()))
	case v.Via != "":
		return ok(StepName, "The name is looked up by what the connection goes through.")
	case v.Literal:
		return ok(StepName, "An address was given, so no name is looked up.")
	default:
		return ok(StepName, fmt.Sprintf("%s has %s: %s.", r.start.Target.Called(), record.Plural(len(v.Addresses), "address", "addresses"), few(v.Addresses)))
	}
}

// few is the beginning of a list that someone else has made.
func few(list []string) string {
	const most = 6
	list = slices.Compact(slices.Clone(list))
	if n := len(list) - most; n > 0 {
		list = append(slices.Clone(list[:most]), fmt.Sprintf("%d more", n))
	}
	return bounded(wire.VisibleString(strings.Join(list, ", ")))
}

func (r *reading) routeStep() Check {
	if first, n := r.doubts(); n > 0 {
		text := first.Text
		if n > 1 {
			text += fmt.Sprintf(" The route has %s more.", record.Plural(n-1, "finding", "findings"))
		}
		return note(StepRoute, text, first.Mend)
	}
	switch {
	case r.start.MX && r.resolve != nil && len(r.resolve.Hosts) > 0:
		return ok(StepRoute, fmt.Sprintf("Mail for %s goes to %s.", r.start.Target.Called(), few(r.resolve.Hosts)))
	case r.start.MX:
		return ok(StepRoute, fmt.Sprintf("%s has no MX record: mail goes to its own address.", r.start.Target.Called()))
	}
	return unseen(StepRoute, "The host was named, so no MX record is followed.")
}

// doubts are what is wrong with the route and does not stop the mail: the first of them, and how many there are.
func (r *reading) doubts() (first route.Finding, n int) {
	if r.beside.Route == nil {
		return first, 0
	}
	for _, f := range r.beside.Route.Findings {
		if f.Severity == record.SeverityInfo {
			continue
		}
		if n++; n == 1 {
			first = f
		}
	}
	return first, n
}

func (r *reading) portStep() Check {
	if r.connect == nil || r.connect.Error != "" {
		return unseen(StepPort, "")
	}
	text := fmt.Sprintf("Port %d of %s takes connections, after %s.", r.start.Target.Port, cmp.Or(r.address(), r.host()), milliseconds(r.connect.Took))
	if others := r.others(); others != "" {
		text += " Other ports: " + others + "."
	}
	if len(r.missed) > 0 {
		return note(StepPort, text+" Before it, another address did not: "+few(r.missing())+".", "tell the operator of the server: clients that try this address first wait for it")
	}
	return ok(StepPort, text)
}

// missing are the connections that failed, with what became of each.
func (r *reading) missing() (list []string) {
	for _, c := range r.missed {
		at := strings.TrimSpace(record.Target{Host: c.Host}.Called() + " " + c.Remote)
		list = append(list, fmt.Sprintf("%s: %s", wire.VisibleString(at), wire.VisibleString(c.Error)))
	}
	return list
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

// others are the other ports of the host by what they do.
func (r *reading) others() string {
	if r.beside.Ports == nil {
		return ""
	}
	states := map[int][]string{}
	var list []string
	for _, c := range r.beside.Ports.Cells {
		if c.Port != r.start.Target.Port && !slices.Contains(states[c.Port], string(c.State)) {
			states[c.Port] = append(states[c.Port], string(c.State))
		}
	}
	for _, port := range r.beside.Ports.Ports {
		if len(states[port]) > 0 {
			list = append(list, fmt.Sprintf("%d %s", port, strings.Join(states[port], " or ")))
		}
	}
	return strings.Join(list, ", ")
}

func (r *reading) greetingStep() Check {
	if r.greeting == nil {
		return unseen(StepGreeting, "")
	}
	return ok(StepGreeting, fmt.Sprintf("%s, after %s.", firstLine(r.greeting), milliseconds(r.greeting.Wait)))
}

func (r *reading) tlsStep() Check {
	switch t := r.tls; {
	case t != nil && t.Error == "":
		return ok(StepTLS, fmt.Sprintf("%s with %s.", t.Version, t.CipherSuite))
	case r.start.Policy.Start == record.StartNever:
		return unseen(StepTLS, "This session was to be without TLS.")
	default:
		return note(StepTLS, "There was no TLS, and the policy of this session goes on without: anyone on the path could read it.", "")
	}
}

func (r *reading) certificateStep() Check {
	switch t := r.tls; {
	case t == nil || t.Error != "":
		return unseen(StepCertificate, "There was no TLS.")
	case t.Own() == nil:
		return unseen(StepCertificate, "None was sent: the handshake resumed an earlier session.")
	case !t.Verified:
		return note(StepCertificate, "It failed verification, and the policy of this session goes on: "+failing(t)+".", "")
	}
	text := fmt.Sprintf("It is for %s, and valid until %s.", few(r.tls.Own().Names), r.tls.Own().NotAfter.UTC().Format(time.DateOnly))
	if r.belied() {
		return note(StepCertificate, text+fmt.Sprintf(" But it matches none of the TLSA records of %s: senders that use DANE do not deliver to it (RFC 7672 §3.1).", r.host()),
			"tell the operator of the server: publish the TLSA record of the certificate that is in use")
	}
	return ok(StepCertificate, text)
}

// belied reports whether the certificate is not one that the records of the host name. Mail from senders without DANE arrives all the same.
func (r *reading) belied() bool {
	if r.beside.Route == nil || r.connect == nil {
		return false
	}
	var sent [][]byte
	for _, c := range r.tls.Chain.List() {
		sent = append(sent, c.Raw)
	}
	return slices.ContainsFunc(r.beside.Route.Hosts, func(h route.Host) bool {
		return strings.EqualFold(h.Name, strings.TrimSuffix(r.connect.Host, ".")) && h.Belies(sent, r.start.Time)
	})
}

// failing is the first check of a certificate that failed.
func failing(t *record.TLS) string {
	if i := slices.IndexFunc(t.Checks.AtHand(), record.Check.Failed); i >= 0 {
		return bounded(wire.VisibleString(strings.TrimSuffix(t.Checks.AtHand()[i].Text, ".")))
	}
	return "it was not judged"
}

func (r *reading) authStep() Check {
	port := r.start.Target.Port
	list := cmp.Or(r.inside, r.before)
	switch f := r.verdict.Facts; {
	case f.Used != "":
		return ok(StepAuth, fmt.Sprintf("Logged in as %s with %s.", wire.VisibleString(f.User), f.Used))
	case list == nil:
		return unseen(StepAuth, "")
	case len(list.AuthMechanisms()) > 0:
		return ok(StepAuth, fmt.Sprintf("Offered: %s. Nobody logged in.", few(list.AuthMechanisms())))
	case port == record.PortSubmission || port == record.PortSubmissions:
		return fault(StepAuth, record.ExitNoAuth, fmt.Sprintf("Port %d of %s offers no AUTH, so no mail client can log in.", port, r.host()), "")
	}
	return unseen(StepAuth, "None is offered. Between servers none is needed.")
}

func (r *reading) policyStep() Check {
	switch f := r.verdict.Facts; {
	case f.Delivered > 0:
		return ok(StepPolicy, fmt.Sprintf("The server accepted %s for %s.", record.Plural(f.Delivered, "message", "messages"), few(r.accepted)))
	case len(r.accepted) > 0:
		return ok(StepPolicy, fmt.Sprintf("The server accepts mail for %s. No message was sent.", few(r.accepted)))
	}
	return unseen(StepPolicy, "No recipient was named.")
}
