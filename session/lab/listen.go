package lab

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"ehlo/session/record"
	"ehlo/session/zone"
)

// A Listener is one port of the practice server, in name and in fact.
type Listener struct {
	Role     string // relay, submission, submissions or alternate; of a mailbox pop3, imap, pop3s or imaps
	Host     string // mail.lab or mx.lab, or what the MX record of the scenario's domain calls it
	Port     int    // in name: 25, 587, 465 or 2525; of a mailbox 110, 143, 995 or 993
	Addr     string // in fact: 127.0.0.1:41235
	Addr6    string // in fact: [::1]:41235, or "" where there is no IPv6
	Implicit bool   // TLS begins with the first byte (RFC 8314 §3)
	Down     bool   // nothing answers here in this scenario; Addr is empty
}

// service is a listener together with the policy of its role.
type service struct {
	Listener
	lmtp       bool     // speaks LMTP (RFC 2033)
	submission bool     // asks for AUTH and accepts any recipient (RFC 6409)
	mailbox    *greeter // what speaks here in place of SMTP, or nil
	sockets    []net.Listener
}

// roles are the ports of the practice server. RFC 5321 for 25, RFC 6409
// for 587, RFC 8314 for 465; 2525 works by agreement only.
var roles = []service{
	{Listener: Listener{Role: "relay", Host: "mx.lab", Port: 25}},
	{Listener: Listener{Role: "submission", Host: "mail.lab", Port: 587}, submission: true},
	{Listener: Listener{Role: "submissions", Host: "mail.lab", Port: 465, Implicit: true}, submission: true},
	{Listener: Listener{Role: "alternate", Host: "mail.lab", Port: 2525}, submission: true},
}

// local is where mail is taken for the mailboxes of this host, by LMTP. The port is the one that RFC 2033 §5 leaves to private use.
var local = []service{{Listener: Listener{Role: "lmtp", Host: "mx.lab", Port: record.PortLMTP}, lmtp: true}}

// Listeners returns the ports of the server in the order 25, 587, 465, 2525, and then those of LMTP and of its mailboxes.
func (l *Lab) Listeners() []Listener {
	out := make([]Listener, 0, len(l.services))
	for _, s := range l.services {
		out = append(out, l.opened(s))
	}
	return out
}

// listen opens the sockets: first those whose ports are fixed, so that no other
// one is given such a port by chance.
func (l *Lab) listen() error {
	for _, role := range l.roles() {
		role.Down = !l.scenario.Answers(role.Role)
		l.services = append(l.services, &role)
	}
	if l.options.Names || l.options.Ports[namesRole] != 0 {
		if _, err := l.names.serve(); err != nil {
			return err
		}
	}
	for _, fixed := range []bool{true, false} {
		for _, s := range l.services {
			port := l.options.Ports[s.Role]
			if s.Down || fixed != (port != 0) || l.options.Inside && !fixed {
				continue
			}
			if err := s.listen(l.options.Listen, port); err != nil {
				return fmt.Errorf("%s listener: %w", s.Role, err)
			}
		}
	}
	return nil
}

// opened is a service with all its addresses, of which a machine without IPv6 has one.
func (l *Lab) opened(s *service) Listener {
	for _, network := range []string{"tcp4", "tcp6"} {
		l.address(s, network)
	}
	l.doors.Lock()
	defer l.doors.Unlock()
	return s.Listener
}

// address is where a service is in fact, on tcp4 or tcp6, and empty where it is not. A port that waits for its first connection is opened.
func (l *Lab) address(s *service, network string) (string, error) {
	l.doors.Lock()
	defer l.doors.Unlock()
	at, any := &s.Addr, "127.0.0.1:0"
	if network == "tcp6" {
		at, any = &s.Addr6, "[::1]:0"
	}
	if *at != "" || s.Down || !l.options.Inside || l.ends() {
		return *at, nil
	}
	ln, err := open(network, any)
	if err != nil {
		return "", err
	}
	*at, s.sockets = ln.Addr().String(), append(s.sockets, ln)
	l.running.Go(func() { l.accept(s, ln) })
	return *at, nil
}

// Answers reports whether anything listens on the port of a role.
func (sc Scenario) Answers(role string) bool {
	return sc.Knobs.Reach == reachable || !sc.Knobs.reaches(role)
}

// Role is the port that a scenario is about: the one that its client goes to.
func (sc Scenario) Role() string {
	target, err := record.ParseTarget(sc.Target, sc.User != "")
	for _, s := range slices.Concat(roles, local, mailboxes) {
		if err == nil && s.Port == target.Port {
			return s.Role
		}
	}
	return "submission"
}

// mailHost is the name of the host here that the MX records of the scenario's domain lead to; empty where it is about no domain.
func (sc Scenario) mailHost() string {
	target, err := record.ParseTarget(sc.Target, false)
	if err != nil || !sc.MX {
		return ""
	}
	known, err := sc.zone()
	if err != nil {
		return ""
	}
	for _, host := range append(known.MX(target.Host), target.Host) { // a domain without MX records is its own mail server (RFC 5321 §5.1)
		if slices.Contains(known.Addresses(host, zone.A), netip.AddrFrom4(loopback)) {
			return host
		}
	}
	return ""
}

// roles are the ports of this server.
func (l *Lab) roles() []service {
	all := slices.Clone(roles)
	all[0].Host = cmp.Or(l.scenario.mailHost(), all[0].Host)
	if l.scenario.Knobs.LMTP {
		all = append(all, local...)
	}
	if l.scenario.Knobs.Mailboxes {
		all = append(all, mailboxes...)
	}
	return all
}

// listen opens the sockets of a port on an address, and on loopback where that is empty.
func (s *service) listen(address string, port int) error {
	if address != "" {
		ln, err := open("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
		if err == nil {
			s.Addr, s.sockets = ln.Addr().String(), append(s.sockets, ln)
		}
		return err
	}
	v4, err := open("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	s.Addr, s.sockets = v4.Addr().String(), append(s.sockets, v4)
	s.listen6(v4.Addr().(*net.TCPAddr).Port)
	return nil
}

// listen6 adds [::1], with the same port if that is free. A machine without
// IPv6 goes without.
func (s *service) listen6(port int) {
	v6, err := open("tcp6", net.JoinHostPort("::1", strconv.Itoa(port)))
	if err != nil {
		v6, err = open("tcp6", "[::1]:0")
	}
	if err == nil {
		s.Addr6, s.sockets = v6.Addr().String(), append(s.sockets, v6)
	}
}

// open listens with plain TCP. Multipath TCP (RFC 8684), which Go would take, has nothing to gain on loopback and costs the
// start of the server a tenth of a millisecond.
func open(network, addr string) (net.Listener, error) {
	var c net.ListenConfig
	c.SetMultipathTCP(false)
	return c.Listen(context.Background(), network, addr)
}

func (s *service) close() {
	for _, ln := range s.sockets {
		ln.Close()
	}
}

// accept takes connections for s until ln is closed.
func (l *Lab) accept(s *service, ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		if c = l.witness.accepted(c); l.open.add(c) {
			l.running.Go(func() { l.connected(s, c) })
		}
	}
}

// connected puts the scenario's on-path device, if any, between the client
// and the server. A fault of the lab's own ends this connection and nothing
// else; what was passed to panic is dropped, it may repeat what a client sent.
func (l *Lab) connected(s *service, c net.Conn) {
	v := l.visit(s, c)
	if v == nil {
		l.open.remove(c)
		return
	}
	defer v.release(c)
	defer func() {
		if recover() != nil {
			l.open.remove(c)
		}
	}()
	if s.mailbox != nil {
		l.greet(s, c)
		return
	}
	if len(l.scenario.Knobs.Wire) > 0 {
		newDevice(l, s, c).run()
		return
	}
	l.serve(s, c)
}

// serve gives a connection to the honest server and returns once the engine
// has it; the engine closes it.
func (l *Lab) serve(s *service, c net.Conn) {
	f := newFront(l, s, c)
	if l.scenario.Knobs.Balanced && f.readHeader() != nil {
		f.close()
		return
	}
	if s.Implicit {
		if err := f.startTLS(); err != nil {
			f.close()
			return
		}
	}
	if !l.queue.put(newEngineConn(f)) {
		f.close()
	}
}
