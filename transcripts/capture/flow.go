package capture

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"ehlo/session/wire"
)

// Flow makes the packets of one TCP connection of what crossed it. Segments are as large as what was read or written at once,
// and every one arrives: nothing is known of how it was in truth.
type Flow struct {
	client, server netip.AddrPort
	sent           map[wire.Direction]uint32 // the next sequence number of a side; each began with 0
	over           bool
}

// newFlow is the flow of a connection; ok is false where it has no addresses. The server's port is the one that was asked for,
// by which programs know the protocol; truth says where another one stood in for it.
func newFlow(o wire.Opened) (f *Flow, truth string, ok bool) {
	client, bad := netip.ParseAddrPort(address(o.Local))
	server, worse := netip.ParseAddrPort(address(o.Remote))
	if bad != nil || worse != nil {
		return nil, "", false
	}
	if dialed, err := netip.ParseAddrPort(o.Dialed); err == nil && dialed.Port() != server.Port() {
		truth = fmt.Sprintf("The practice server simulates port %d; the server's real port was %d.", dialed.Port(), server.Port())
		server = netip.AddrPortFrom(server.Addr(), dialed.Port())
	}
	return NewFlow(client, server), truth, true
}

func address(a net.Addr) string {
	if a == nil {
		return ""
	}
	return a.String()
}

// NewFlow is a flow between two addresses of one family.
func NewFlow(client, server netip.AddrPort) *Flow {
	plain := func(a netip.AddrPort) netip.AddrPort {
		return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
	}
	return &Flow{client: plain(client), server: plain(server), sent: map[wire.Direction]uint32{}}
}

// shake is the handshake of TCP (RFC 9293 §3.5): the first packet when the connection was begun, the others when it stood.
func (f *Flow) shake(asked, at time.Time) []framed {
	return []framed{
		f.segment(wire.ClientToServer, syn, nil, asked),
		f.segment(wire.ServerToClient, syn|ack, nil, at),
		f.segment(wire.ClientToServer, ack, nil, at),
	}
}

// data is what one side said.
func (f *Flow) data(dir wire.Direction, b []byte, at time.Time) (list []framed) {
	for len(b) > 0 {
		n := min(len(b), maxPayload)
		list = append(list, f.segment(dir, psh|ack, b[:n], at))
		b = b[n:]
	}
	return list
}

// end is how a side ended: in order, or by a reset, after which nothing comes from either.
func (f *Flow) end(dir wire.Direction, broken bool, at time.Time) []framed {
	if f.over {
		return nil
	}
	if f.over = broken; broken {
		return []framed{f.segment(dir, rst|ack, nil, at)}
	}
	return []framed{f.segment(dir, fin|ack, nil, at), f.segment(other(dir), ack, nil, at)}
}

// framed is a packet, and who sent it.
type framed struct {
	dir wire.Direction
	at  time.Time
	raw []byte
}

func (f *Flow) segment(dir wire.Direction, flags byte, payload []byte, at time.Time) framed {
	s := segment{from: f.client, to: f.server, sequence: f.sent[dir], flags: flags, payload: payload}
	if dir == wire.ServerToClient {
		s.from, s.to = s.to, s.from
	}
	if flags&ack != 0 {
		s.acknowledged = f.sent[other(dir)]
	}
	f.sent[dir] += uint32(len(payload))
	if flags&(syn|fin) != 0 { // which count as a byte
		f.sent[dir]++
	}
	return framed{dir, at, s.packet()}
}

func other(dir wire.Direction) wire.Direction {
	if dir == wire.ClientToServer {
		return wire.ServerToClient
	}
	return wire.ClientToServer
}
