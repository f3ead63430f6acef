package tlstest

import (
	"bytes"
	"encoding/binary"
	"time"

	"ehlo/session/tlswire"
)

// Flow is one recorded connection.
type Flow struct {
	Port   uint16 // of the server, as tshark is to believe: 587 or 465
	Pieces []Piece
}

// The addresses and flags of the packets that are made up.
var (
	clientAddress = [4]byte{192, 0, 2, 1} // RFC 5737 §3
	serverAddress = [4]byte{192, 0, 2, 2}
)

const (
	flagSyn  = 0x02
	flagPush = 0x18 // with ACK
	flagAck  = 0x10

	linkRaw    = 101 // packets begin with the IP header
	firstPort  = 49152
	maxPayload = 32 << 10
)

// capture writes the flows in the classic pcap format (draft-ietf-opsawg-pcap), each with a port of its own on the
// client's side, so that they stay apart in one file.
func capture(flows []Flow) []byte {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, struct {
		Magic               uint32
		Major, Minor        uint16
		Zone, Sigfigs, Snap uint32
		Link                uint32
	}{0xa1b2c3d4, 2, 4, 0, 0, 1 << 18, linkRaw})
	for i, f := range flows {
		c := &connection{out: &b, port: firstPort + uint16(i), server: f.Port}
		c.play(f.Pieces)
	}
	return b.Bytes()
}

// connection makes the TCP segments of one flow (RFC 9293 §3.1).
type connection struct {
	out          *bytes.Buffer
	port, server uint16
	sent         [2]uint32 // sequence numbers, of the client and of the server
	at           time.Time
}

func (c *connection) play(pieces []Piece) {
	if len(pieces) > 0 {
		c.at = pieces[0].At
	}
	c.segment(0, flagSyn, nil)
	c.segment(1, flagSyn|flagAck, nil)
	c.segment(0, flagAck, nil)
	for _, p := range pieces {
		side := 0
		if p.Dir == tlswire.ServerToClient {
			side = 1
		}
		c.at = p.At
		for rest := p.Bytes; len(rest) > 0; {
			n := min(len(rest), maxPayload)
			c.segment(side, flagPush, rest[:n])
			rest = rest[n:]
		}
	}
}

// segment writes one packet of a side. The checksums are left zero: tshark does not look at them unless told to.
func (c *connection) segment(side int, flags byte, payload []byte) {
	const headers = 20 + 20
	from, to, source, target := clientAddress, serverAddress, c.port, c.server
	if side == 1 {
		from, to, source, target = to, from, target, source
	}
	size := uint32(headers + len(payload))
	binary.Write(c.out, binary.LittleEndian, [4]uint32{uint32(c.at.Unix()), uint32(c.at.Nanosecond() / 1000), size, size})
	binary.Write(c.out, binary.BigEndian, struct {
		Version, Service           byte
		Size, ID, Fragment         uint16
		TTL, Protocol              byte
		Checksum                   uint16
		From, To                   [4]byte
		Source, Target             uint16
		Sequence, Acknowledged     uint32
		Offset, Flags              byte
		Window, TCPChecksum, Where uint16
	}{Version: 0x45, Size: uint16(size), TTL: 64, Protocol: 6, From: from, To: to, Source: source, Target: target,
		Sequence: c.sent[side], Acknowledged: c.sent[1-side], Offset: 5 << 4, Flags: flags, Window: 65535})
	c.out.Write(payload)
	c.sent[side] += uint32(len(payload))
	if flags&flagSyn != 0 {
		c.sent[side]++
	}
}
