package doctor

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

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
	e.add("Purpose", r.purpose())
	e.add("Server", r.place(step))
	e.add("Client", r.client(to, step))
	if step == StepPort {
		e.list("Tried", r.triedLines())
	} else {
		e.add("EHLO name", bounded(wire.VisibleString(r.ehlo)))
		e.list("Other ports", r.otherLines())
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
	e.list("Reply", replyLines(r.refusal, mostReply))
	if r.verdict.Finding == addressListed {
		l := r.listing()
		e.add("Block list", l.name)
		e.add("Its page", l.page)
	}
	return e.lines
}

// evidence is a list of what was seen.
type evidence struct{ lines []string }

func (e *evidence) add(name, value string) {
	if value != "" {
		e.lines = append(e.lines, fmt.Sprintf("%-14s%s", name+":", value))
	}
}

// list has several lines below each other.
func (e *evidence) list(name string, lines []string) {
	name += ":"
	for _, line := range lines {
		e.lines = append(e.lines, fmt.Sprintf("%-14s%s", name, line))
		name = ""
	}
}

// secured is what was seen of TLS, of the certificate and of AUTH. Where the fault is what the server offers, its reply to EHLO shows that.
func (r *reading) secured(e *evidence, step string) {
	t := r.tls
	switch {
	case r.secure():
		e.add("TLS", t.Version+", "+t.CipherSuite)
	case step == StepAuth:
		e.add("TLS", "none")
	}
	if name := r.name(); t != nil && name != r.host() {
		e.add("SNI", wire.VisibleString(name))
	}
	if t != nil && t.ClientCertificate {
		e.add("Client cert", "one was presented")
	}
	if c := t.Own(); step == StepCertificate && c != nil {
		e.add("Certificate", "for "+few(c.Names))
		e.add("Issued by", bounded(wire.VisibleString(c.Issuer)))
		e.add("Valid", c.NotBefore.UTC().Format(time.DateOnly)+" to "+c.NotAfter.UTC().Format(time.DateOnly))
		e.add("SHA-256", c.SHA256)
	}
	if step == StepAuth {
		e.add("AUTH offered", few(r.verdict.Facts.Offered))
		e.add("Username", wire.VisibleString(r.start.User))
	}
	if r.refusal == nil && (step == StepAuth && !r.authenticating || step == StepTLS && t == nil) {
		e.list("EHLO reply", replyLines(r.hello, mostOffered))
	}
	switch {
	case step == StepAuth && !r.authenticating:
		e.add("Login", "none was attempted")
	case step == StepAuth && r.refusal == nil:
		e.list("AUTH reply", replyLines(r.challenge, mostReply))
	}
}

// secure reports whether the session had TLS.
func (r *reading) secure() bool { return r.tls != nil && r.tls.Error == "" }

// name is the one that the certificate of the server has to have.
func (r *reading) name() string {
	if r.start.ServerName != "" {
		return r.start.ServerName
	}
	return r.host()
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

// place is where the session was to go, and where it went. Where several connections were tried, each has its port beside it.
func (r *reading) place(step string) string {
	list := []string{r.host()}
	if a := r.address(); a != "" && a != r.host() && (step != StepPort || r.single()) {
		list = append(list, a)
	}
	if step != StepPort {
		list = append(list, fmt.Sprintf("port %d", r.start.Target.Port))
	}
	return strings.Join(list, ", ")
}

// purpose is what the session was for, where the plan says that.
func (r *reading) purpose() string {
	switch role := r.start.Target.Role(); {
	case r.relays():
		return "delivery of mail, from server to server"
	case r.start.User != "":
		return "submission of mail, with a login"
	case role == "submission" || role == "submissions":
		return "submission of mail"
	}
	return ""
}

// client is the own address as the reader knows it: a private one is translated on the path to a public server, and only who runs its network
// knows it. The log of a server has it where there was a connection.
func (r *reading) client(to Reader, step string) string {
	own := r.own()
	translated := isPrivate(own) && to != Firewall && !isPrivate(r.server())
	switch {
	case !own.IsValid():
		return ""
	case translated && (step == StepPort || to == Provider):
		return "behind address translation; its public address is not known here"
	case translated:
		return "behind address translation; your log has its public address"
	default:
		return own.String()
	}
}

// server is the address of the server; not valid where none was tried.
func (r *reading) server() netip.Addr {
	at, _ := netip.ParseAddr(r.address())
	return at.Unmap()
}

// shared is the space between the networks of customers and their provider, which translates it (RFC 6598 §7).
var shared = netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10)

// isPrivate reports whether an address is one of a network that others reach by address translation alone.
func isPrivate(a netip.Addr) bool { return a.IsPrivate() || shared.Contains(a) }

// own is the own address; the practice server may take the client to have another than the connection has.
func (r *reading) own() netip.Addr {
	own, _ := netip.ParseAddr(r.beside.Client)
	if r.connect == nil || r.connect.Via != "" || r.start.Target.Lab && own.IsValid() {
		return own
	}
	if local, err := netip.ParseAddrPort(r.connect.Local); err == nil {
		return local.Addr().Unmap()
	}
	return own
}
