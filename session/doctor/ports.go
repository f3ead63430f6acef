package doctor

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/session/wire"
)

// tried is a connection that was tried, with what came of it.
type tried struct {
	address string
	port    int
	open    bool
	came    string
}

// mostTried bounds the connections of a letter.
const mostTried = 16

// tries are the connections of the session and those of the other ports, each once, the one that decided first.
func (r *reading) tries() (all []tried) {
	if r.connect == nil {
		return nil
	}
	port := r.start.Target.Port
	add := func(t tried) {
		if !slices.ContainsFunc(all, func(o tried) bool { return o.address == t.address && o.port == t.port }) && len(all) < mostTried {
			all = append(all, t)
		}
	}
	for _, c := range slices.Concat([]*record.Connect{r.connect}, r.missed) {
		add(tried{addressOf(c), port, c.Error == "", attempt(c)})
	}
	if r.beside.Ports != nil {
		for _, c := range r.beside.Ports.Cells {
			add(tried{c.Address, c.Port, c.State.Open(), does(c)})
		}
	}
	return all
}

// attempt is what came of a connection.
func attempt(c *record.Connect) string {
	switch {
	case c.Error == "":
		return "connected"
	case c.Trouble == record.TroubleRefused:
		return "connection refused, after " + milliseconds(c.Took)
	case c.Trouble.Silent():
		return fmt.Sprintf("no answer after %s", record.Plural(int(c.Took.Round(time.Second)/time.Second), "second", "seconds"))
	default:
		return bounded(wire.VisibleString(c.Error))
	}
}

// states say in a letter what a port does.
var states = lazy.Table[survey.State, string]{
	{survey.StateRefused, "connection refused"},
	{survey.StateFiltered, "no answer"},
	{survey.StateUnreachable, "unreachable"},
	{survey.StateSilent, "connected, and the server sends nothing"},
	{survey.StateClosed, "connected, and the server closes the connection"},
	{survey.StateRejects, "connected, and the greeting is a refusal"},
	{survey.StateForeign, "connected, and the protocol is not SMTP"},
	{survey.StateCleartext, "connected, without TLS"},
	{survey.StateSTARTTLS, "connected, with STARTTLS"},
	{survey.StateTLS, "connected, with TLS"},
	{survey.StateUnknown, "not known"},
}

// does is what a port does, and whether its certificate is good.
func does(c survey.Cell) string {
	if c.TLS != nil && c.TLS.Verified {
		return states.Of(c.State) + ", certificate verified"
	}
	return states.Of(c.State)
}

// triedLines are all connections that were tried, a line each.
func (r *reading) triedLines() []string { return r.lines(r.tries()) }

// otherLines are the other ports of the host. Those that are closed say nothing about a fault at an open one.
func (r *reading) otherLines() []string {
	return r.lines(slices.DeleteFunc(r.tries(), func(t tried) bool { return t.port == r.start.Target.Port || !t.open }))
}

func (r *reading) lines(all []tried) (lines []string) {
	for _, t := range all {
		at := fmt.Sprintf("port %d: ", t.port)
		if !r.single() {
			at = t.address + " " + at
		}
		lines = append(lines, at+t.came)
	}
	return lines
}

// othersOpen reports whether another port of the host takes connections.
func (r *reading) othersOpen() bool {
	return slices.ContainsFunc(r.tries(), func(t tried) bool { return t.open && t.port != r.start.Target.Port })
}

// submission are the ports on which the host takes mail from clients, for one that went to the port for servers; empty where there is none.
func (r *reading) submission() string {
	if r.start.User == "" || r.start.Target.Port != record.PortRelay || r.beside.Ports == nil {
		return ""
	}
	var list []string
	for _, offer := range []struct {
		port  int
		state survey.State
		words string
	}{{record.PortSubmission, survey.StateSTARTTLS, "port 587 with STARTTLS"}, {record.PortSubmissions, survey.StateTLS, "port 465 with TLS from the first byte"}} {
		if slices.ContainsFunc(r.beside.Ports.Cells, func(c survey.Cell) bool { return c.Port == offer.port && c.State == offer.state }) {
			list = append(list, offer.words)
		}
	}
	return strings.Join(list, " or ")
}

// connecting are the commands that try each connection which failed again.
func (r *reading) connecting() (list []string) {
	for _, t := range r.tries() {
		to := t.address
		if r.single() {
			to = r.reached()
		}
		if line := fmt.Sprintf("nc -vz -w 10 %s %d", to, t.port); !t.open && isPlain(to) && !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	return list
}

// reached is the host that was to be reached, as a command has it: by MX records it is the one that they led to.
func (r *reading) reached() string {
	if r.connect != nil && r.connect.Host != "" {
		return r.connect.Host
	}
	return r.start.Target.Host
}

// single reports whether the name of the host leads a command to the address that was met, since there is no other: else commands have the
// address itself.
func (r *reading) single() bool {
	switch found := r.beside.Ports; {
	case r.start.Target.Lab || r.resolve != nil && r.resolve.Literal:
		return true
	case r.start.Network == "ip4" || r.start.Network == "ip6": // the name may have addresses of the other family
		return false
	case found != nil && len(found.Addresses) > 0:
		return len(found.Addresses)+found.Left == 1
	case r.resolve == nil:
		return true
	}
	n := 0
	for i := range r.resolve.Addresses {
		if i >= len(r.resolve.Hosts) || r.resolve.Hosts[i] == r.reached() {
			n++
		}
	}
	return n <= 1
}

// addressOf is where a connection was to lead; empty where that is not known.
func addressOf(c *record.Connect) string {
	at, _ := netip.ParseAddrPort(c.Remote)
	if c.Address != "" || !at.IsValid() {
		return c.Address
	}
	return at.Addr().String()
}
