package walk

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

func (t *taking) resolved(r *record.Resolve) {
	if r.Trouble == "" {
		t.state = restarted(*t.s, record.StageResolved, record.PhaseResolve)
		return
	}
	if code, text := unresolved(r); code != "" {
		t.fail(record.PhaseResolve, code, text).Waited = r.Trouble.Silent()
	}
}

// unresolved says why there is no address; the code is empty where a person stopped the lookup.
func unresolved(r *record.Resolve) (record.FindingCode, string) {
	host := record.Target{Host: r.Host}.Called()
	switch {
	case r.Trouble == record.TroubleCanceled:
		return "", ""
	case r.Trouble == record.TroubleNullMX:
		return record.FoundNullMX, fmt.Sprintf("The domain %s accepts no mail: it has a null MX record.", host)
	case r.Trouble == record.TroubleNotPublic:
		return record.FoundMXPrivate, fmt.Sprintf("Mail for %s leads to no public address: %s. It was not contacted.", host, r.Error)
	case r.Trouble.Silent():
		return record.FoundNameTimeout, fmt.Sprintf("No name server answered: the lookup of %s %s.", host, waitedFor(r.Trouble, r.Took))
	case r.Trouble == record.TroubleNotFound && r.Network != "ip":
		return record.FoundNoAddress, fmt.Sprintf("The name %s has no %s address.", host, family(r.Network))
	case r.Trouble == record.TroubleNotFound:
		return record.FoundNameNotFound, fmt.Sprintf("The host name %s does not exist in DNS, or has no address.", host)
	}
	return record.FoundNameFailed, fmt.Sprintf("The lookup of %s failed: %s.", host, r.Error)
}

func family(network string) string {
	if network == "ip6" {
		return "IPv6"
	}
	return "IPv4"
}

// restarted is the state of a new connection. What is remembered is that TLS failed, so that an opportunistic client can go
// on without (RFC 3207 §4.1, RFC 7435 §3).
func restarted(s record.Snapshot, stage record.Stage, p record.Phase) record.State {
	fresh := record.NewState()
	if s.Start.Policy.Must == record.MustOpportunistic && s.State.FailedAt(record.PhaseHandshake) {
		fresh = fresh.WithFailed(record.PhaseHandshake)
	}
	if p == record.PhaseConnect && s.State.Has(record.PhaseResolve) {
		fresh = fresh.WithDone(record.PhaseResolve)
	}
	fresh.Stage = stage
	return fresh.WithDone(p)
}

func (t *taking) connected(c *record.Connect) {
	switch {
	case c.Trouble == "":
		t.state = restarted(*t.s, record.StageConnected, record.PhaseConnect)
		if t.s.Start.Captured && t.s.Connect == nil { // once, and before anything is sent
			t.find(record.FoundCaptureWritten, "")
		}
	case c.Left == 0 && c.Trouble != record.TroubleCanceled:
		code, text := unconnected(c, t.tried(c))
		f := t.fail(record.PhaseConnect, code, text)
		if f.Waited = c.Trouble.Silent(); c.Via != "" { // what is in between is the person's own choice
			f.Who, f.Advice = record.WhoYou, []record.Advice{{Do: record.DoAsTold}}
			f.Remedy, f.Operator = "check that "+wire.VisibleString(c.Via)+" works, and that it may connect to this server", ""
			return
		}
		if f.Waited { // a filter on the path is the usual reason, and it knows ports
			f.Who = record.WhoNetwork
			f.Advice = []record.Advice{{Do: record.UseSTARTTLS, Port: record.PortSubmission}, {Do: record.UseTLS, Port: record.PortSubmissions}, {Do: record.RetryAfter, After: time.Minute}, {Do: record.DoAsTold}}
			if t.target().Port == record.PortRelay {
				t.blocked25(f)
			}
		}
	}
}

// blocked25 says what to do about the port that many networks block: a user has others, a mail server needs this one.
func (t *taking) blocked25(f *record.Finding) {
	if !betweenServers(t.s.Start.Plan) {
		f.Remedy += "; outbound port 25 is often blocked"
		return
	}
	f.Remedy = "for a mail server, ask the operator of its network to open outbound port 25, which is often blocked; a mail client uses its provider's port 587 or 465 instead"
	f.Advice = []record.Advice{{Do: record.DoAsTold}, {Do: record.RetryAfter, After: time.Minute}}
}

// tried is the target of an attempt: by MX records it is the host that they led to.
func (t *taking) tried(c *record.Connect) record.Target {
	to := t.target()
	if c.Host != "" {
		to.Host = c.Host
	}
	return to
}

// unconnected says why there is no connection.
func unconnected(c *record.Connect, target record.Target) (record.FindingCode, string) {
	to := target.String()
	if c.Via != "" {
		return throughFailed(c, to)
	}
	if c.Remote != to {
		to += " (" + c.Remote + ")"
	}
	switch {
	case c.Trouble == record.TroubleRefused:
		return record.FoundRefused, fmt.Sprintf("%s refused the connection: nothing listens at %s, or a firewall rejects it.", target.Called(), c.Remote)
	case c.Trouble == record.TroubleReset:
		return record.FoundClosedAtOnce, fmt.Sprintf("Port %d of %s (%s) reset the connection as soon as it was established.", target.Port, target.Called(), c.Remote)
	case c.Trouble.Silent():
		return record.FoundTimeout, fmt.Sprintf("Connecting to %s %s: a firewall drops the packets, or the host is down.", to, waitedFor(c.Trouble, c.Took))
	}
	return record.FoundUnreachable, fmt.Sprintf("No connection to %s: %s.", to, c.Error)
}

// throughFailed says why there is no connection by way of a proxy or the like: what refused it need not be the server.
func throughFailed(c *record.Connect, to string) (record.FindingCode, string) {
	via := wire.VisibleString(c.Via)
	switch {
	case c.Trouble == record.TroubleRefused:
		return record.FoundRefused, fmt.Sprintf("The connection to %s failed: %s refused it, or nothing listens there.", to, via)
	case c.Trouble == record.TroubleReset:
		return record.FoundClosedAtOnce, fmt.Sprintf("The connection to %s was reset by %s.", to, via)
	case c.Trouble.Silent():
		return record.FoundTimeout, fmt.Sprintf("Connecting to %s through %s %s.", to, via, waitedFor(c.Trouble, c.Took))
	}
	return record.FoundUnreachable, fmt.Sprintf("No connection to %s through %s: %s.", to, via, c.Error)
}

func explainResolve(r *record.Resolve) *explain.Explanation {
	x := &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 5321", Section: "5.1"}, {Doc: "RFC 1034", Section: "3.6"}}}
	switch {
	case r.Via != "":
		x.Short, x.Text = "no lookup here", "The connection leads through something that is given the name, so no DNS lookup is made on this machine."
	case r.Literal && (len(r.Addresses) == 0 || r.Addresses[0] != r.Host):
		x.Short, x.Text = "the address that was given", "DNS has no address for the name, so the client uses the given address."
	case r.Literal:
		x.Short, x.Text = "an IP address, no lookup", "The target is already an IP address, so no DNS lookup is needed."
	case r.Trouble == record.TroubleNullMX:
		x.Short, x.Text = "the domain accepts no mail", "A null MX record names no host. A sending server returns the message immediately and does not try the domain's own address."
		x.Refs = []explain.Ref{{Doc: "RFC 7505", Section: "3"}, {Doc: "RFC 7505", Section: "4.1"}}
	case r.Trouble == record.TroubleNotPublic:
		x.Short, x.Text = "a private address", "Records of another domain lead to an address that is not of the public Internet. A client that follows them could be sent into the network that it is in, so nobody was contacted."
		x.Refs = []explain.Ref{{Doc: "RFC 6890", Section: "2.2"}}
	case r.Error != "":
		x.Short, x.Text = "no address", "Without an address there is nothing to connect to."
		x.Cause, x.Remedy = r.Error, "Check the spelling, the resolver and the network."
	case len(r.Hosts) > 0:
		x.Short = "the mail servers of the domain"
		x.Text = "The MX record with the lowest number comes first. The client tries the addresses in this order, and continues with the next server if one does not answer. A domain without MX records is its own mail server."
	default:
		if called := (record.Target{Host: r.Host}).Called(); called != r.Host {
			x.Text = called + " was looked up as its A-label, the form of an internationalized name that DNS and TLS use (RFC 5891 §4). "
		}
		x.Short = record.Plural(len(r.Addresses), "address", "addresses")
		x.Text += "A records contain IPv4 addresses, AAAA records IPv6 addresses. The client tries them in this order. A server that delivers mail to a domain first looks up its MX records; a mail client connects to the configured host name."
	}
	return x
}

func explainConnect(c *record.Connect, t record.Target) *explain.Explanation {
	x := &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 9293", Section: "3.5"}}}
	if p, ok := explain.Port(t.Port); ok {
		x.Entries = []string{p.ID()}
		x.Refs = append(x.Refs, p.Refs...)
	}
	if c.Trouble == "" {
		x.Short = "TCP is up"
		x.Text = "SYN, SYN-ACK and ACK established the connection. Two addresses and two ports identify it; the system chose the client's port for this connection."
		if remote, err := netip.ParseAddrPort(c.Remote); err == nil && t.Lab && int(remote.Port()) != t.Port {
			x.Text += fmt.Sprintf(" The practice server simulates port %d on port %d of this machine, because low ports need special permissions.", t.Port, remote.Port())
		}
		return x
	}
	x.Short, x.Cause = strings.TrimSuffix(c.Error, "."), "The connection attempt failed: "+c.Error+"."
	x.Text = "If the connection is refused, the host is up, but no service listens on the port. If there is no answer, a firewall drops the packets, or the host is down."
	return x
}
