package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// resolve looks up the target's addresses, and what else the plan names. An address is taken as it is.
func (s *Session) resolve(ctx context.Context, _ record.Step) error {
	host := s.cfg.Target.Host
	began := s.cfg.Now()
	r := &record.Resolve{Host: host, Network: s.cfg.Network}
	var err error
	if s.cfg.Plan.Via != "" {
		s.addrs, r.Via = nil, s.cfg.Plan.Via
	} else if addr, bad := netip.ParseAddr(host); bad == nil {
		r.Literal, s.addrs = true, []netip.Addr{addr}
	} else if s.cfg.Plan.MX {
		s.addrs, r.Hosts, err = s.lookupMX(ctx, host)
	} else {
		s.addrs, err = s.cfg.Resolver.LookupNetIP(ctx, s.cfg.Network, host)
	}
	s.hosts = r.Hosts
	r.Took = s.cfg.Now().Sub(began)
	for _, q := range s.cfg.Plan.Lookups {
		s.lookUp(ctx, q)
	}
	for i, a := range s.addrs {
		s.addrs[i] = a.Unmap()
		r.Addresses = append(r.Addresses, s.addrs[i].String())
	}
	if chosen, bad := netip.ParseAddr(s.cfg.Plan.Address); bad == nil && len(s.addrs) == 0 && ctx.Err() == nil { // DNS need not have it
		r.Literal, s.addrs, s.hosts, r.Hosts, err = true, []netip.Addr{chosen}, nil, nil, nil
	}
	if err == nil && len(s.addrs) == 0 && r.Via == "" {
		err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if err != nil {
		r.Trouble, r.Error = lookupTrouble(ctx, err)
	} else {
		s.restart()
	}
	s.observe(record.Event{Kind: record.KindResolve, Resolve: r})
	return stopped(ctx, record.VerbResolve, err)
}

// stopped is the error of a step where a person ended it, and the system's own word otherwise.
func stopped(ctx context.Context, v record.Verb, err error) error {
	if err != nil && waited(ctx) == record.TroubleCanceled && ctx.Err() != nil {
		return canceled(v, err)
	}
	return err
}

// lookupTrouble is what became of a lookup, without the name and the server that a DNS error repeats.
func lookupTrouble(ctx context.Context, err error) (record.Trouble, string) {
	var dns *net.DNSError
	private, isPrivate := errors.AsType[record.NotPublic](err)
	switch {
	case errors.Is(err, errNullMX):
		return record.TroubleNullMX, err.Error()
	case ctx.Err() != nil:
		return waited(ctx), "no answer"
	case isPrivate:
		return record.TroubleNotPublic, private.Error()
	case errors.As(err, &dns) && dns.IsTimeout:
		return record.TroubleTimeout, "no answer"
	case errors.As(err, &dns) && dns.IsNotFound:
		return record.TroubleNotFound, "no such name, or no address record for it"
	case errors.As(err, &dns):
		return record.TroubleFailed, wire.VisibleString(dns.Err)
	}
	return record.TroubleFailed, wire.VisibleString(wire.LastError(err).Error())
}

// restart drops what belongs to the connection before.
func (s *Session) restart() {
	s.Close()
	s.auth, s.tls, s.sentSecret = nil, nil, false
	s.tap.stop()
}

// connect tries the addresses in the order the resolver gave them, or the one that was chosen.
func (s *Session) connect(ctx context.Context, st record.Step) error {
	if s.cfg.Plan.Via != "" {
		return stopped(ctx, record.VerbConnect, s.through(ctx))
	}
	if len(s.addrs) == 0 {
		if err := s.resolve(ctx, st); err != nil {
			return err
		}
	}
	addrs, err := s.addresses(st)
	for i, addr := range addrs {
		if err = s.attempt(ctx, addr, len(addrs)-i); err == nil || ctx.Err() != nil {
			break
		}
	}
	return stopped(ctx, record.VerbConnect, err)
}

// through connects by way of something that is given the name.
func (s *Session) through(ctx context.Context) error {
	s.dialed, s.host = s.cfg.Target.String(), ""
	began := s.cfg.Now()
	conn, err := s.dial(ctx, s.dialed)
	c := &record.Connect{Remote: s.dialed, Via: s.cfg.Plan.Via, Took: s.cfg.Now().Sub(began)}
	if err != nil {
		c.Trouble, c.Error = dialTrouble(ctx, err)
	} else {
		if local, bad := netip.ParseAddrPort(conn.LocalAddr().String()); bad == nil {
			c.Local = local.String()
		}
		s.restart()
		s.adopt(conn)
	}
	s.observe(record.Event{Kind: record.KindConnect, Connect: c})
	return err
}

// addresses are those to try: the one of the step, that of the plan, or all.
func (s *Session) addresses(st record.Step) ([]netip.Addr, error) {
	only := cmp.Or(st.Address, s.cfg.Plan.Address)
	if only == "" {
		return s.addrs, nil
	}
	addr, err := netip.ParseAddr(only)
	if err != nil {
		return nil, unsendable(record.VerbConnect, fmt.Sprintf("%q is not an IP address.", only), "")
	}
	return []netip.Addr{addr}, nil
}

// attempt gives each of the remaining addresses its share of the time.
func (s *Session) attempt(ctx context.Context, addr netip.Addr, remaining int) error {
	s.dialed = net.JoinHostPort(addr.String(), strconv.Itoa(s.cfg.Target.Port))
	share := ctx
	if end, ok := ctx.Deadline(); ok && remaining > 1 {
		var cancel context.CancelFunc
		share, cancel = context.WithTimeout(ctx, time.Until(end)/time.Duration(remaining))
		defer cancel()
	}
	began := s.cfg.Now()
	s.host = s.hostOf(addr)
	conn, err := s.dial(share, s.dialed)
	c := &record.Connect{Host: s.host, Remote: s.dialed, Address: addr.String(), Took: s.cfg.Now().Sub(began), Left: remaining - 1}
	if err != nil {
		if c.Trouble, c.Error = dialTrouble(share, err); ctx.Err() != nil {
			c.Left = 0
		}
	} else {
		c.Local, c.Remote, c.Left = conn.LocalAddr().String(), conn.RemoteAddr().String(), 0
		s.restart()
		s.adopt(conn)
	}
	s.observe(record.Event{Kind: record.KindConnect, Connect: c})
	return err
}

// dial opens a connection to an address, this session's own or another that asks something beside it. Who watches the wire sees
// it from its first byte.
func (s *Session) dial(ctx context.Context, address string) (*wire.Conn, error) {
	asked := s.cfg.Now()
	conn, err := s.cfg.Dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	recorded := wire.Record(conn, nil, s.cfg.Now)
	if s.cfg.Watch != nil {
		recorded.Watch(s.cfg.Watch(wire.Opened{Dialed: address, Local: conn.LocalAddr(), Remote: conn.RemoteAddr(), Asked: asked, At: s.cfg.Now()}, &s.log))
	}
	return recorded, nil
}

// adopt makes conn the session's connection.
func (s *Session) adopt(conn *wire.Conn) {
	conn.Watch(&s.tap)
	s.mu.Lock()
	s.conn, s.link = conn, conn
	s.mu.Unlock()
	s.reader = wire.NewReader(conn, s.cfg.Limits)
	s.reader.SetClock(s.cfg.Now)
}

// dialTrouble says what became of a connection attempt.
func dialTrouble(ctx context.Context, err error) (record.Trouble, string) {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return record.TroubleRefused, "refused"
	case errors.Is(err, syscall.ECONNRESET):
		return record.TroubleReset, "reset"
	case errors.Is(err, context.Canceled), errors.Is(ctx.Err(), context.Canceled):
		return waited(ctx), "stopped"
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return record.TroubleTimeout, "no answer"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return record.TroubleUnreachable, "no route to the host, or a firewall rejects the connection"
	}
	return record.TroubleFailed, wire.VisibleString(strings.TrimPrefix(wire.LastError(err).Error(), "connect: "))
}
