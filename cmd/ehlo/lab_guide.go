package main

import (
	"fmt"
	"net"
	"slices"

	"ehlo/session/certificate"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/columns"
)

// guide says how the servers are met: their ports, the accounts, and lines to paste into another terminal, which are never broken.
// Texts are at most width columns wide.
func (s *server) guide(ca string, width int) []string {
	var lines []string
	tell := func(lead, text string) { lines = append(lines, columns.Hung(lead, text, width)...) }
	say := func(format string, values ...any) { lines = append(lines, fmt.Sprintf(format, values...)) }
	if s.class != nil {
		lines = append(lines, s.lessonGuide()...)
	}
	for _, l := range s.labs {
		sc := l.Scenario()
		say("%s: %s", sc.Name, sc.Title)
		tell("", sc.Story)
		if root, err := l.HandedOver(); root != nil && err == nil { // for without one a session fails by itself
			tell("", certificate.HandedOver(root))
		}
		for _, p := range l.Listeners() {
			if p.Down {
				say("  %-12s %s:%d is down in this scenario", p.Role, p.Host, p.Port)
				continue
			}
			tell(fmt.Sprintf("  %-12s %-22s ", p.Role, p.Addr), fmt.Sprintf("simulates %s:%d%s", p.Host, p.Port, implicitly(p)))
		}
		tell(fmt.Sprintf("  %-12s %-22s ", "names", l.NameServer()), "answers for the practice domains, over UDP and TCP, only on this machine")
		say("")
	}
	say("accounts (practice only)")
	for _, a := range lab.Accounts() {
		tell(fmt.Sprintf("  %-8s %-14s ", a.User, a.Password), a.Story)
	}
	say("")
	say("CA certificate: %s", ca)
	for _, l := range s.labs {
		if c := s.clients[l]; c != nil {
			say("client certificate of %s: --cert %s --key %s", l.Scenario().Name, c.cert, c.key)
		}
	}
	say("transcripts of visitors: %s", s.folder)
	say("")
	say("try, in another terminal:")
	for _, l := range s.labs {
		lines = append(lines, commandsFor(l, ca, len(s.labs) == 1)...)
	}
	return lines
}

// lessonGuide are the steps of the lesson of which something is seen here.
func (s *server) lessonGuide() []string {
	l := s.class.Lesson
	lines := []string{fmt.Sprintf("lesson %s: %s, %d steps", l.Name, wire.VisibleString(l.Title), len(l.Steps))}
	for _, stop := range s.class.Stops {
		lines = append(lines, fmt.Sprintf("  step %-3d %-7s %s", stop.Step, stop.Kind, stop.Station.Name))
	}
	return append(lines, "")
}

func implicitly(p lab.Listener) string {
	if p.Implicit {
		return ", TLS from the first byte"
	}
	return ""
}

// commandsFor are lines to paste: all that helps for one server, and that of ehlo where there are several.
func commandsFor(l *lab.Lab, ca string, alone bool) (lines []string) {
	say := func(format string, values ...any) { lines = append(lines, fmt.Sprintf(format, values...)) }
	about := l.Scenario().Role()
	for _, p := range l.Listeners() {
		addr := reachable(p.Addr)
		switch {
		case p.Down:
		case p.Role == about:
			say("  ehlo connect %s://%s --server-name %s --ca %s%s", schemeOf(p), addr, p.Host, ca, ownFlags(l.Scenario()))
		}
		switch host, port, _ := net.SplitHostPort(addr); {
		case !alone || p.Down:
		case p.Implicit:
			say("  openssl s_client -connect %s -servername %s -CAfile %s -crlf -quiet", addr, p.Host, ca)
		case p.Role == "submission":
			say("  telnet %s %s", host, port)
			say("  openssl s_client -connect %s -starttls smtp -servername %s -CAfile %s -crlf -quiet", addr, p.Host, ca)
			lines = append(lines, digs(l)...)
			say("  ehlo explain %s", sasl.EncodeResponse(sasl.PlainString("", "ann", "tulip-42"), true))
		}
	}
	return lines
}

// digs ask the practice name server for the records that the scenario is about, or for one of its own domain.
func digs(l *lab.Lab) (lines []string) {
	asked := slices.DeleteFunc(record.Questions(l.Scenario().Lookups), func(q record.Question) bool { return q.Type == record.TypePolicy })
	if len(asked) == 0 {
		asked = []record.Question{{Type: "MX", Name: lab.Domain}}
	}
	host, port, _ := net.SplitHostPort(l.NameServer())
	for _, q := range asked {
		lines = append(lines, fmt.Sprintf("  dig @%s -p %s %s %s", host, port, q.Name, q.Type))
	}
	return lines
}

// reachable is an address as a client names it: a server that listens on all of a machine's is met on loopback here.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort(map[bool]string{true: "127.0.0.1", false: "::1"}[ip.To4() != nil], port)
	}
	return addr
}

// schemeOf is how ehlo is told what a port is for.
func schemeOf(p lab.Listener) string {
	switch {
	case p.Implicit:
		return "submissions"
	case p.Role == "lmtp":
		return "lmtp"
	case p.Role == "relay":
		return "smtp"
	}
	return "submission"
}

// ownFlags are what a scenario needs beside its server.
func ownFlags(sc lab.Scenario) (flags string) {
	if sc.User != "" {
		flags += " --user " + sc.User
	}
	if sc.ProxySource != "" {
		flags += " --proxy-source " + sc.ProxySource
	}
	if sc.PRDR {
		flags += " --prdr"
	}
	if sc.Experiment != "" {
		flags += " --experiment " + sc.Experiment
	}
	if sc.Pipelining {
		flags += " --pipeline"
	}
	if sc.Chunk > 0 {
		flags += fmt.Sprintf(" --chunk %d", sc.Chunk)
	}
	return flags
}
