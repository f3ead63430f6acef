package lab

import (
	"context"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"ehlo/session/record"
	"ehlo/session/zone"
)

// LookupNetIP finds the addresses of a practice host in the way of [net.Resolver.LookupNetIP]: network is ip, ip4 or ip6, and a name
// that does not exist gives a *net.DNSError with IsNotFound. IPv6 comes first, as a host with both would prefer it (RFC 6724). It is
// the answer of the name server, without a way over the network.
func (l *Lab) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	found, err := l.addresses(host, l.families(network))
	if err != nil {
		return nil, &net.DNSError{Err: err.Error(), Name: host}
	}
	if len(found) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return found, nil
}

// addresses are those of a practice host. The records of all practice domains are read only for a name that is not the server's.
func (l *Lab) addresses(host string, kinds []uint16) ([]netip.Addr, error) {
	if len(l.scenario.DNS) == 0 {
		if found := zone.PracticeServer().Addresses(host, kinds...); len(found) > 0 {
			return found, nil
		}
	}
	known, err := l.names.records()
	if err != nil {
		return nil, err
	}
	return known.Addresses(host, kinds...), nil
}

// Ask asks the practice name server one question. A policy of MTA-STS is what would come over HTTPS, from the same place.
func (l *Lab) Ask(ctx context.Context, q record.Question) record.Lookup {
	if q.Type != record.TypePolicy {
		return l.lookUp(ctx, q)
	}
	answer := record.Lookup{Type: q.Type, Name: q.Name, Server: "https://mta-sts." + q.Name + "/.well-known/mta-sts.txt", Status: record.StatusNoError}
	if lines := zone.Policy(q.Name); lines != nil {
		answer.Answers = []record.Answer{{Name: q.Name, Type: q.Type, Data: strings.Join(lines, "; ")}}
	}
	return answer
}

func (l *Lab) lookUp(ctx context.Context, q record.Question) record.Lookup {
	server, err := l.names.serve()
	if err != nil {
		return record.Lookup{Type: q.Type, Name: q.Name, Trouble: record.TroubleFailed, Error: err.Error()}
	}
	return zone.Client{Server: server, Now: l.clock.now}.Ask(ctx, q)
}

// families are the types of record to ask for. Where the machine has no IPv6 its addresses are of no use, and are not asked for
// (RFC 3493 §6.1, AI_ADDRCONFIG).
func (l *Lab) families(network string) (kinds []uint16) {
	if network != "ip4" && l.hasIPv6() {
		kinds = append(kinds, zone.AAAA)
	}
	if network != "ip6" {
		kinds = append(kinds, zone.A)
	}
	return kinds
}

// NameServer is where the practice domains can be asked for, over UDP and TCP: "127.0.0.1:5300". It is empty before the name server
// has started.
func (l *Lab) NameServer() string { return l.names.address() }

// hasIPv6 is found out with the port that the scenario is about: it is the one that is needed.
func (l *Lab) hasIPv6() bool {
	about := l.scenario.Role()
	has := func(s *service) bool {
		at, err := l.address(s, "tcp6")
		return at != "" && err == nil
	}
	return slices.ContainsFunc(l.services, func(s *service) bool { return s.Role == about && has(s) }) || slices.ContainsFunc(l.services, has)
}

// DialContext connects to a port in name: "127.0.0.1:587", "[::1]:587" and
// "mail.lab:587" all reach the submission listener. A port without a listener
// refuses; a scenario with a filtered port answers nothing until ctx ends.
// The connection is of TCP, and its addresses are the ones in fact.
func (l *Lab) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	addrs, err := l.LookupNetIP(ctx, "ip4", host)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	host = addrs[0].String()
	if l.filters(port) {
		<-ctx.Done()
		return nil, dialError(network, host, port, ctx.Err())
	}
	real, err := l.inFact(host, port)
	if err != nil {
		return nil, err
	}
	if real == "" {
		return nil, dialError(network, host, port, os.NewSyscallError("connect", syscall.ECONNREFUSED))
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, network, real)
	if err != nil {
		return nil, err
	}
	return l.witness.dialed(c), nil
}

// filters reports whether nothing ever answers at a port.
func (l *Lab) filters(port string) bool {
	k := &l.scenario.Knobs
	return k.Reach == filtered && (k.ReachOf == "" || slices.ContainsFunc(l.services, func(s *service) bool {
		return s.Role == k.ReachOf && strconv.Itoa(s.Port) == port
	}))
}

// loopback is where the practice server is; other addresses of this machine have no server.
var loopback = [4]byte{127, 0, 0, 1}

// inFact returns the address behind a port in name, or "".
func (l *Lab) inFact(host, port string) (string, error) {
	addr, err := netip.ParseAddr(host)
	if err != nil || addr != netip.IPv6Loopback() && addr != netip.AddrFrom4(loopback) {
		return "", nil
	}
	for _, s := range l.services {
		switch {
		case strconv.Itoa(s.Port) != port:
		case addr.Is6():
			return l.address(s, "tcp6")
		default:
			return l.address(s, "tcp4")
		}
	}
	return "", nil
}

func dialError(network, host, port string, cause error) error {
	ip, _ := netip.ParseAddr(host)
	n, _ := strconv.Atoi(port)
	addr := net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(n)))
	return &net.OpError{Op: "dial", Net: network, Addr: addr, Err: cause}
}
