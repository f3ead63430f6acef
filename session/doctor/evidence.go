package doctor

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"ehlo/session/equivalent"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// evidence is what an operator needs to find the session and to see what is meant: what is not known is left out.
func (r *reading) evidence(step string, to Reader) []string {
	e := &evidence{}
	e.add("Time", r.start.Time.Add(r.last).UTC().Format("2006-01-02 15:04:05 UTC"))
	if step == StepName || step == StepRoute {
		e.add("Name", r.start.Target.Called())
		e.add("MX records", r.exchanges())
		e.add("Result", r.lookup())
		return e.lines
	}
	e.add("Server", r.place())
	e.add("Client", r.client(to, step))
	e.add("EHLO name", bounded(wire.VisibleString(r.ehlo)))
	e.add("Other ports", r.others())
	if step == StepPort {
		e.add("Result", r.attempt())
		e.add("Also tried", few(r.missed[:max(len(r.missed)-1, 0)]))
	}
	r.secured(e, step)
	if step == StepPolicy {
		e.add("MX records", r.exchanges())
		e.add("Sender", bounded(wire.VisibleString(r.from)))
		e.add("Recipients", few(r.asked))
		if p := r.verdict.Phase; p == record.PhaseMail || p == record.PhaseRcpt {
			e.add("Message", "none was sent")
		}
	}
	e.quote("Reply", r.refusal, mostReply)
	return e.lines
}

// evidence is a list of what was seen.
type evidence struct{ lines []string }

func (e *evidence) add(name, value string) {
	if value != "" {
		e.lines = append(e.lines, fmt.Sprintf("%-14s%s", name+":", value))
	}
}

// quote has a reply as it came, line by line.
func (e *evidence) quote(name string, reply *record.Reply, most int) {
	for i, line := range replyLines(reply, most) {
		lead := ""
		if i == 0 {
			lead = name + ":"
		}
		e.lines = append(e.lines, fmt.Sprintf("%-14s%s", lead, line))
	}
}

// secured is what was seen of TLS, of the certificate and of AUTH. Where the fault is what the server offers, its reply to EHLO shows that.
func (r *reading) secured(e *evidence, step string) {
	t := r.tls
	handshake := t != nil && t.Error == ""
	switch {
	case handshake:
		e.add("TLS", t.Version+", "+t.CipherSuite)
	case step == StepAuth:
		e.add("TLS", "none")
	}
	if step == StepCertificate && t != nil && len(t.Chain) > 0 {
		c := t.Chain[0]
		e.add("Certificate", "for "+few(c.Names))
		e.add("Issued by", bounded(wire.VisibleString(c.Issuer)))
		e.add("Valid", c.NotBefore.UTC().Format(time.DateOnly)+" to "+c.NotAfter.UTC().Format(time.DateOnly))
		e.add("SHA-256", c.SHA256)
	}
	if step == StepAuth {
		e.add("AUTH offered", few(r.verdict.Facts.Offered))
		e.add("Username", wire.VisibleString(r.start.User))
	}
	if r.refusal == nil && (step == StepAuth || step == StepTLS && t == nil) {
		e.quote("EHLO reply", r.hello, mostOffered)
	}
	if step == StepAuth && r.refusal == nil {
		e.add("Login", "none was attempted")
	}
}

// exchanges are the hosts of the MX records, with their preference.
func (r *reading) exchanges() string {
	if r.beside.Route == nil {
		return ""
	}
	var list []string
	for _, h := range r.beside.Route.Hosts {
		list = append(list, fmt.Sprintf("%d %s", h.Preference, h.Name))
	}
	return few(list)
}

// lookup is what came of the lookup of a name that failed.
func (r *reading) lookup() string {
	if r.resolve == nil {
		return ""
	}
	return wire.VisibleString(r.resolve.Error)
}

// attempt is what came of a connection that failed.
func (r *reading) attempt() string {
	switch c := r.connect; {
	case c == nil || c.Error == "":
		return ""
	case c.Trouble == record.TroubleRefused:
		return "connection refused, after " + milliseconds(c.Took)
	case c.Trouble.Silent():
		return fmt.Sprintf("no answer after %s", record.Plural(int(c.Took.Round(time.Second)/time.Second), "second", "seconds"))
	default:
		return wire.VisibleString(c.Error)
	}
}

// place is where the session was to go, and where it went.
func (r *reading) place() string {
	port := fmt.Sprintf("port %d", r.start.Target.Port)
	if a := r.address(); a != "" && a != r.host() {
		return r.host() + ", " + a + ", " + port
	}
	return r.host() + ", " + port
}

// client is the own address as the reader knows it: a private one is translated on the path, and only who runs its network knows it. The log of a
// server has it where there was a connection.
func (r *reading) client(to Reader, step string) string {
	own, err := netip.ParseAddr(r.beside.Client)
	if r.connect != nil && r.connect.Via == "" {
		if local, bad := netip.ParseAddrPort(r.connect.Local); bad == nil {
			own, err = local.Addr().Unmap(), nil
		}
	}
	switch {
	case err != nil:
		return ""
	case own.IsPrivate() && to != Firewall && step == StepPort:
		return "behind address translation; its public address is not known here"
	case own.IsPrivate() && to != Firewall:
		return "behind address translation; your log has its public address"
	}
	return own.String()
}

// shown is how an operator sees the fault: commands, what is typed into the last one and when, and what else is to be known.
type shown struct {
	commands, typed []string
	when, note      string
}

// shown shows the fault with programs that an operator has; nothing where none does.
func (r *reading) shown(step string, finding record.FindingCode) shown {
	switch step {
	case StepName, StepRoute:
		return shown{commands: r.digs(step, finding)}
	case StepPort:
		return shown{commands: list(r.plainly("nc -vz -w 10 %s %d"))}
	case StepGreeting:
		return r.typing("nc", r.dialogue(0))
	case StepTLS:
		return r.showsTLS(finding)
	case StepCertificate:
		return r.showsChain()
	case StepAuth:
		if r.refusal == nil && r.hello != nil {
			return r.typing(map[bool]string{true: "nc", false: "openssl"}[r.tls == nil], r.dialogue(0))
		}
	case StepPolicy:
		if finding == record.FoundRelayingDenied {
			return r.typing(map[bool]string{true: "nc", false: "openssl"}[r.tls == nil], r.dialogue(2))
		}
	}
	return shown{}
}

// digs are lookups of the name, and of the host of an MX record that is at fault.
func (r *reading) digs(step string, finding record.FindingCode) (list []string) {
	name := r.start.Target.Host
	if !isPlain(name) {
		return nil
	}
	if step == StepName {
		return []string{"dig " + name + " A " + name + " AAAA"}
	}
	list = []string{"dig " + name + " MX"}
	if found := r.beside.Route; found != nil {
		for _, f := range found.Findings {
			if line := "dig " + f.Host + " A " + f.Host + " AAAA"; string(f.Code) == string(finding) && f.Host != "" && isPlain(f.Host) && !slices.Contains(list, line) {
				list = append(list, line)
			}
		}
	}
	return list
}

// showsTLS is what is typed where TLS is not offered or refused; else the handshake itself.
func (r *reading) showsTLS(finding record.FindingCode) shown {
	switch {
	case r.tls == nil && r.refusal == nil && r.hello != nil:
		return r.typing("nc", r.dialogue(0))
	case r.tls == nil && r.refusal != nil:
		return r.typing("nc", append(r.dialogue(0), "STARTTLS"))
	}
	s := shown{commands: list(r.handshake())}
	if len(s.commands) > 0 && finding == record.FoundTLSNoCommonVersion {
		s.commands[0] += " -min_protocol TLSv1.2"
	}
	if len(s.commands) > 0 && finding == record.FoundTLSReset && r.tls != nil && r.tls.Sent > onePacket {
		s.commands[0] += " -groups X25519MLKEM768:X25519"
		s.note = "With OpenSSL 3.5 or newer this sends a ClientHello of two packets. If it works with -groups X25519 alone, the size is the likely cause."
	}
	return s
}

// showsChain is the handshake with the verification that failed. Roots of one's own are in a file that its reader does not have.
func (r *reading) showsChain() (s shown) {
	if s.commands = list(r.with("openssl")); len(s.commands) > 0 && strings.Contains(s.commands[0], " -CAfile ") {
		s.note = "The file of -CAfile holds the roots that this client trusts. It is attached to this letter, or can be had from its sender."
	}
	return s
}

// onePacket is about how many bytes of a ClientHello fit into one TCP segment.
const onePacket = 1400

// typing is a program with a dialogue.
func (r *reading) typing(tool string, lines []string) shown {
	s := shown{commands: list(r.with(tool)), typed: lines, when: "Then, typed after the greeting"}
	if tool == "openssl" {
		s.when = "Then, typed after the TLS handshake"
	}
	if len(lines) == 0 || slices.ContainsFunc(lines, func(line string) bool { return !isTyped(line) }) {
		s.typed = nil
	}
	return s
}

// dialogue are the lines of the client up to so many after EHLO; none where it gave no name.
func (r *reading) dialogue(envelope int) (lines []string) {
	if r.ehlo == "" {
		return nil
	}
	lines = []string{"EHLO " + r.ehlo}
	if envelope > 0 {
		lines = append(lines, "MAIL FROM:"+r.from, "RCPT TO:"+r.recipient())
	}
	return lines
}

// handshake is the command that shows TLS alone: trust has no part in what is wrong.
func (r *reading) handshake() string {
	unverified := *r
	unverified.start.Policy.AllowUnverified = true
	return unverified.with("openssl")
}

// with is the command with which a program reaches the server; empty where it cannot.
func (r *reading) with(tool string) string {
	found, ok := equivalent.Find(tool)
	if !ok {
		return ""
	}
	start := r.start
	if r.connect != nil && r.connect.Host != "" {
		start.Target.Host = r.connect.Host
	}
	if tool == "nc" && r.tls == nil { // as far as the session came, there was none
		start.Policy.Start = record.StartNever
	}
	text := equivalent.Of(record.Snapshot{Start: &start, Connect: r.connect}).In(found)
	if text.Cannot() {
		return ""
	}
	return text.Lines[0]
}

// plainly is a command about the host and the port; empty where a shell could take the name for something else.
func (r *reading) plainly(form string) string {
	host := r.start.Target.Host
	if r.connect != nil && r.connect.Host != "" {
		host = r.connect.Host
	}
	if !isPlain(host) {
		return ""
	}
	return fmt.Sprintf(form, host, r.start.Target.Port)
}

// list has a text, unless it is empty.
func list(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// isPlain reports whether a shell takes a name as it is.
func isPlain(name string) bool {
	return name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789.-_:") == ""
}

// isTyped reports whether a line can be typed as it is, and is short enough for a letter.
func isTyped(line string) bool {
	return len(line) <= mostTyped && !strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' })
}

// mostTyped bounds a line that is to be typed (RFC 5321 §4.5.3.1.4).
const mostTyped = 510
