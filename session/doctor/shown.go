package doctor

import (
	"path/filepath"
	"slices"
	"strings"

	"ehlo/session/equivalent"
	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/wire"
)

// shown is how the reader of a letter sees the fault: commands, what is typed into the last one and when, and what else is to be known.
type shown struct {
	commands, typed []string
	when, note      string
	// anywhere says that the same is seen from everywhere.
	anywhere bool
	// sending is what the sender has to do for it.
	sending string
}

// from says where a reader has to be to see the same: a server, or a device on the path, may treat another client otherwise.
func (s shown) from(to Reader) string {
	switch {
	case to == Firewall:
		return ", from this network"
	case s.anywhere:
		return ""
	}
	return ", from the address of the client"
}

// shown shows the fault with programs that the reader has; nothing where none does.
func (r *reading) shown(step string, finding record.FindingCode) shown {
	switch {
	case step == StepName || step == StepRoute:
		return shown{commands: r.digs(step, finding), anywhere: true}
	case step == StepPort:
		return shown{commands: r.connecting()}
	case r.says("Reverse"):
		return shown{commands: r.reverseLookup(), anywhere: true}
	case finding == addressListed && r.listLookup() != "":
		return shown{commands: list(r.listLookup()), anywhere: true, note: "An answer of 127.0.0.x means that the address is on the list, the status NXDOMAIN that it is not (RFC 5782 §2.1)."}
	case step == StepTLS:
		return r.showsTLS(finding)
	case step == StepCertificate:
		return r.showsChain()
	case step == StepAuth && r.startsLogin():
		return r.typing(map[bool]string{true: "nc", false: "openssl"}[r.tls == nil], append(r.dialogue(), r.login))
	case step == StepGreeting, step == StepAuth && !r.authenticating && r.hello != nil, step == StepPolicy && r.repeats():
		return r.typing(map[bool]string{true: "nc", false: "openssl"}[r.tls == nil], r.dialogue())
	}
	return shown{}
}

// repeats reports whether what decided comes again where the envelope is typed: it came before any message, and needs no secret.
func (r *reading) repeats() bool {
	p := r.verdict.Phase
	return r.verdict.Facts.Used == "" && (p == record.PhaseMail || p == record.PhaseRcpt)
}

// startsLogin reports whether what decided is the answer to an AUTH that has the name of its mechanism alone, and so no secret.
func (r *reading) startsLogin() bool {
	return len(strings.Fields(r.login)) == 2
}

// reverseLookup is that of the client's address; none where others do not have it.
func (r *reading) reverseLookup() []string {
	if r.public() == "" {
		return nil
	}
	return []string{"dig -x " + r.public()}
}

// listLookup is the lookup of the client's address in the list that a reply names; empty where the one or the other is not known.
func (r *reading) listLookup() string {
	if name := r.listing().name; r.public() != "" && isListName(name) {
		return "dig " + route.Reversed(r.own()) + "." + name + " A"
	}
	return ""
}

// public is the own address, where others have it too.
func (r *reading) public() string {
	if own := r.own(); own.IsGlobalUnicast() && !isPrivate(own) {
		return own.String()
	}
	return ""
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
	case r.tls == nil && (r.refusal != nil || r.sent == "STARTTLS"):
		return r.typing("nc", append(r.dialogue(), "STARTTLS"))
	case r.tls == nil && r.hello != nil:
		return r.typing("nc", r.dialogue())
	}
	s := shown{commands: list(r.with("openssl", true))}
	s.note = r.certified()
	if len(s.commands) > 0 && finding == record.FoundTLSNoCommonVersion {
		s.commands[0] += " -min_protocol TLSv1.2"
	}
	if len(s.commands) > 0 && finding == record.FoundTLSReset && r.tls != nil && r.tls.Sent > onePacket {
		s.commands[0] += " -groups X25519MLKEM768:X25519"
		s.note += " The command needs OpenSSL 3.5 or newer, and sends a ClientHello of two packets. If it works with -groups X25519 alone, the size is the likely cause."
	}
	return s
}

// showsChain is the handshake with the verification that failed. Roots of one's own are in a file that its reader does not have.
func (r *reading) showsChain() shown {
	s := shown{commands: list(r.with("openssl", false)), note: r.certified(), anywhere: true}
	if f := r.verdict.Finding; len(s.commands) > 0 && (f == "cert-revoked" || f == "cert-must-staple") {
		s.commands[0] = strings.TrimSuffix(s.commands[0], " -quiet") + " -status"
	}
	if len(s.commands) > 0 && strings.Contains(s.commands[0], " -CAfile ") {
		s.note = "The file of -CAfile holds the roots that this client trusts. It is attached. " + s.note
		s.sending = "Attach the trusted CA certificates of this client, in PEM form, as the file " + r.roots() + "."
	}
	return s
}

// certified says what stands in a command for the certificate that this client presents.
func (r *reading) certified() string {
	if r.tls == nil || !r.tls.ClientCertificate {
		return ""
	}
	return "The files of -cert and -key are the certificate of this client and its private key, which stays here. Use a client certificate of your own."
}

// onePacket is about how many bytes of a ClientHello fit into one TCP segment.
const onePacket = 1400

// typing is a program with a dialogue.
func (r *reading) typing(tool string, lines []string) shown {
	s := shown{commands: list(r.with(tool, true)), typed: lines, when: "Then, typed after the greeting"}
	if tool == "openssl" {
		s.when, s.note = "Then, typed after the TLS handshake", r.certified()
	}
	if len(lines) == 0 || slices.ContainsFunc(lines, func(line string) bool { return !isTyped(line) }) {
		s.typed = nil
	}
	return s
}

// dialogue are the lines of the client up to the one that decided, or up to the greeting where that was before it or after a login; none
// where it gave no name.
func (r *reading) dialogue() (lines []string) {
	if r.ehlo == "" {
		return nil
	}
	lines = []string{map[bool]string{true: "LHLO ", false: "EHLO "}[r.start.Target.LMTP()] + r.ehlo}
	if r.repeats() {
		lines = append(lines, "MAIL FROM:"+r.from)
	}
	if r.repeats() && r.verdict.Phase == record.PhaseRcpt {
		lines = append(lines, "RCPT TO:"+r.recipient())
	}
	return lines
}

// with is the command with which a program reaches the server as the session did; empty where it cannot. Unverified is for a fault in
// which trust has no part.
func (r *reading) with(tool string, unverified bool) string {
	found, ok := equivalent.Find(tool)
	if !ok || r.start.Proxy != nil || len(r.start.XCLIENT) > 0 { // which are for machines to say
		return ""
	}
	start := r.start
	start.Policy.AllowUnverified = unverified
	if start.Target.Host, start.Address = r.reached(), ""; !r.single() {
		start.Address = r.address()
	}
	if start.EHLOName == "" && isTyped(r.ehlo) {
		start.EHLOName = r.ehlo
	}
	if tool == "nc" && r.tls == nil { // as far as the session came, there was none
		start.Policy.Start = record.StartNever
	}
	same := equivalent.Of(record.Snapshot{Start: &start, Connect: r.connect})
	same.Roots = r.roots()
	if r.tls != nil && r.tls.ClientCertificate {
		same.Certificate, same.Key = fileName(r.beside.Files.Certificate, "client.pem"), fileName(r.beside.Files.Key, "client-key.pem")
	}
	text := same.In(found)
	if text.Cannot() {
		return ""
	}
	return text.Lines[0]
}

// roots is the name of the file of the roots that are trusted; empty for those of the system.
func (r *reading) roots() string {
	if r.start.Target.Lab {
		return fileName(r.beside.Files.Roots, "lab-ca.pem")
	}
	return fileName(r.beside.Files.Roots, "")
}

// fileName is the name of a file without its folders, which are nobody else's business.
func fileName(path, other string) string {
	if path == "" {
		return other
	}
	return wire.VisibleString(filepath.Base(path))
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
