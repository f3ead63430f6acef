package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// resolve looks the target's name up. An address is taken as it is.
func (s *Session) resolve(ctx context.Context, _ record.Step) error {
	host := s.cfg.Target.Host
	began := s.cfg.Now()
	r := &record.Resolve{Host: host, Network: s.cfg.Network}
	var err error
	if addr, bad := netip.ParseAddr(host); bad == nil {
		r.Literal, s.addrs = true, []netip.Addr{addr}
	} else {
		s.addrs, err = s.cfg.Resolver.LookupNetIP(ctx, s.cfg.Network, host)
	}
	r.Took = s.cfg.Now().Sub(began)
	for i, a := range s.addrs {
		s.addrs[i] = a.Unmap()
		r.Addresses = append(r.Addresses, s.addrs[i].String())
	}
	if err == nil && len(s.addrs) == 0 {
		err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if err != nil {
		return s.unresolved(ctx, r, err)
	}
	s.append(record.Event{Kind: record.KindResolve, Resolve: r, Explain: explainResolve(r)})
	s.restart(record.StageResolved, record.PhaseResolve)
	return nil
}

// restart begins a connection anew; what is remembered is that TLS failed, so that an opportunistic client can go on
// without (RFC 3207 §4.1, RFC 7435 §3).
func (s *Session) restart(stage record.Stage, p record.Phase) {
	s.hangUp()
	fresh := record.NewState()
	if s.cfg.Policy.Must == record.MustOpportunistic && s.state.FailedAt(record.PhaseHandshake) {
		fresh = fresh.WithFailed(record.PhaseHandshake)
	}
	if p == record.PhaseConnect && s.state.Has(record.PhaseResolve) {
		fresh = fresh.WithDone(record.PhaseResolve)
	}
	fresh.Stage = stage
	s.state = fresh.WithDone(p)
	s.auth, s.tls, s.software, s.sentSecret = nil, nil, "", false
	s.tap.stop()
}

func (s *Session) unresolved(ctx context.Context, r *record.Resolve, err error) error {
	e := &record.Error{Phase: record.PhaseResolve, Finding: "name-not-found", Exit: record.ExitName, Err: err, Text: fmt.Sprintf("the name %s has no address", r.Host),
		Hint: "check the spelling; ask for the MX record if this is a mail domain: dig MX " + r.Host}
	var dns *net.DNSError
	switch {
	case ctx.Err() != nil:
		e.Interrupted(ctx, "the look-up of "+r.Host)
	case errors.As(err, &dns) && dns.IsTimeout:
		e.Finding, e.Text, e.Hint = "name-timeout", "no name server answered for "+r.Host, "check the network and the resolver; try an address instead of the name"
	case !errors.As(err, &dns) || !dns.IsNotFound:
		e.Finding, e.Text, e.Hint = "name-failed", "the look-up of "+r.Host+" failed: "+describeLookup(err), "try again; ask another resolver"
	case s.cfg.Network != "ip":
		e.Finding, e.Text, e.Hint = "no-address", fmt.Sprintf("the name %s has no %s address", r.Host, family(s.cfg.Network)), "leave -4 or -6 out to use what there is"
	}
	r.Error = e.Text
	s.append(record.Event{Kind: record.KindResolve, Resolve: r, Explain: explainResolve(r)})
	return s.fail(e)
}

// describeLookup is the resolver's own word, without the name and the server that a DNS error repeats.
func describeLookup(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return wire.VisibleString(dns.Err)
	}
	return wire.VisibleString(record.LastError(err).Error())
}

func family(network string) string {
	if network == "ip6" {
		return "IPv6"
	}
	return "IPv4"
}

// connect tries the addresses in the order the resolver gave them.
func (s *Session) connect(ctx context.Context, st record.Step) error {
	if len(s.addrs) == 0 {
		if err := s.resolve(ctx, st); err != nil {
			return err
		}
	}
	var last error
	for i, addr := range s.addrs {
		s.dialled = net.JoinHostPort(addr.String(), strconv.Itoa(s.cfg.Target.Port))
		conn, err := s.attempt(ctx, s.dialled, len(s.addrs)-i)
		if err == nil {
			s.adopt(conn)
			return nil
		}
		if last = err; ctx.Err() != nil {
			break
		}
	}
	return s.unconnected(ctx, last)
}

// attempt gives each of the remaining addresses its share of the time.
func (s *Session) attempt(ctx context.Context, remote string, remaining int) (net.Conn, error) {
	if end, ok := ctx.Deadline(); ok && remaining > 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(end)/time.Duration(remaining))
		defer cancel()
	}
	began := s.cfg.Now()
	conn, err := s.cfg.Dial(ctx, "tcp", remote)
	c := &record.Connect{Remote: remote, Took: s.cfg.Now().Sub(began)}
	if err != nil {
		c.Error = describeDial(err)
	} else {
		c.Local, c.Remote = conn.LocalAddr().String(), conn.RemoteAddr().String()
	}
	s.append(record.Event{Kind: record.KindConnect, Connect: c, Explain: explainConnect(c, s.cfg.Target)})
	return conn, err
}

// adopt makes conn the session's connection.
func (s *Session) adopt(conn net.Conn) {
	s.restart(record.StageConnected, record.PhaseConnect)
	s.mu.Lock()
	s.conn = wire.Record(conn, &s.tap, s.cfg.Now)
	s.link = s.conn
	s.mu.Unlock()
	s.reader = s.newReader()
}

func (s *Session) newReader() *wire.Reader {
	r := wire.NewReader(s.link, s.cfg.Limits)
	r.SetClock(s.cfg.Now)
	return r
}

// describeDial says in words what became of a connection attempt.
func describeDial(err error) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, context.DeadlineExceeded), record.IsTimeout(err):
		return "no answer"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "unreachable"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	}
	return strings.TrimPrefix(record.LastError(err).Error(), "connect: ")
}

func (s *Session) unconnected(ctx context.Context, err error) error {
	target := s.cfg.Target
	e := &record.Error{Finding: "unreachable", Exit: record.ExitConnect, Err: err, Text: fmt.Sprintf("no connection to %s: %s", target, describeDial(err)),
		Hint: "check the route: ping or traceroute the address"}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		e.Interrupted(ctx, "connecting to "+target.String())
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Finding, e.Text = "refused", fmt.Sprintf("%s refused the connection: nothing listens on port %d there", target, target.Port)
		e.Hint = "is the service running, and is this its port? submission is on 587 or 465, relaying on 25"
	case errors.Is(err, context.DeadlineExceeded), record.IsTimeout(err):
		e.Finding, e.Exit, e.Err = "timeout", record.ExitTimeout, errors.Join(record.ErrTimeout, err)
		e.Text, e.Hint = fmt.Sprintf("no answer from %s: packets get lost or are dropped by a filter", target), filteredHint(target)
	}
	return s.fail(e)
}

func filteredHint(t record.Target) string {
	if t.Port == record.PortRelay {
		return "many networks block outgoing port 25: try 587 or 465, or another network"
	}
	return "a firewall may drop the packets: try another port or another network"
}

func explainResolve(r *record.Resolve) *explain.Explanation {
	x := &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 5321", Section: "5.1"}, {Doc: "RFC 1034", Section: "3.6"}}}
	switch {
	case r.Literal:
		x.Short, x.Text = "an address, no look-up", "The target is an address already, so nothing was asked of the DNS."
	case r.Error != "":
		x.Short, x.Text = "no address", "Without an address there is nothing to connect to."
		x.Cause, x.Remedy = r.Error, "Check the spelling, the resolver and the network."
	default:
		x.Short = record.Plural(len(r.Addresses), "address", "addresses")
		x.Text = "A records hold IPv4 addresses, AAAA records IPv6 ones. The client tries them in this order. A server that delivers mail to a domain would ask for its MX records first; a person's mail program connects to the name it was given."
	}
	return x
}

func explainConnect(c *record.Connect, t record.Target) *explain.Explanation {
	x := &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 9293", Section: "3.5"}}}
	if p, ok := explain.Port(t.Port); ok {
		x.Entries = []string{p.ID()}
		x.Refs = append(x.Refs, p.Refs...)
	}
	if c.Error == "" {
		x.Short = "TCP is up"
		x.Text = "SYN, SYN-ACK, ACK: both sides agreed to talk. Two addresses and two ports name the connection; the client's port was picked for this connection alone."
		if _, port, err := net.SplitHostPort(c.Remote); err == nil && t.Lab && port != strconv.Itoa(t.Port) {
			x.Text += fmt.Sprintf(" The practice server plays port %d on port %s of this machine, because low ports need rights.", t.Port, port)
		}
		return x
	}
	x.Short, x.Cause = c.Error, "The attempt to connect ended: "+c.Error+"."
	x.Text = "A refusal is an answer: the host is there and nothing listens on the port. Silence is none: a filter drops the packets, or the host is gone."
	return x
}
