package capture

import (
	"encoding/binary"
	"net/netip"
)

// The flags of a segment (RFC 9293 §3.1).
const (
	fin byte = 1 << iota
	syn
	rst
	psh
	ack
)

// segment is one TCP segment on its way.
type segment struct {
	from, to netip.AddrPort
	// sequence counts what its sender has sent before it, acknowledged what the other side has.
	sequence, acknowledged uint32
	flags                  byte
	payload                []byte
}

// maxPayload keeps a packet below the 64 KiB that the length of an IP packet can say.
const maxPayload = 32 << 10

const (
	tcp       = 6
	hops      = 64
	tcpHeader = 20
	window    = 65535
)

// packet is the segment in an IP packet, with the checksums of both.
func (s segment) packet() []byte {
	size := tcpHeader + len(s.payload)
	b := ipv4(s.from.Addr(), s.to.Addr(), size)
	if s.from.Addr().Is6() {
		b = ipv6(s.from.Addr(), s.to.Addr(), size)
	}
	begin := len(b)
	b = binary.BigEndian.AppendUint16(b, s.from.Port())
	b = binary.BigEndian.AppendUint16(b, s.to.Port())
	b = binary.BigEndian.AppendUint32(b, s.sequence)
	b = binary.BigEndian.AppendUint32(b, s.acknowledged)
	b = append(b, tcpHeader/4<<4, s.flags)
	b = binary.BigEndian.AppendUint16(b, window)
	b = append(append(b, 0, 0, 0, 0), s.payload...)                                      // the checksum, and where urgent data ends
	pseudo := sum(s.to.Addr().AsSlice(), sum(s.from.Addr().AsSlice(), tcp+uint32(size))) // RFC 9293 §3.1, RFC 8200 §8.1
	binary.BigEndian.PutUint16(b[begin+16:], checksum(b[begin:], pseudo))
	return b
}

// ipv4 is a header of RFC 791 §3.1. The packet must not be fragmented.
func ipv4(from, to netip.Addr, size int) []byte {
	b := binary.BigEndian.AppendUint16([]byte{4<<4 | 5, 0}, uint16(20+size))
	b = append(b, 0, 0, 1<<6, 0, hops, tcp, 0, 0)
	b = append(append(b, from.AsSlice()...), to.AsSlice()...)
	binary.BigEndian.PutUint16(b[10:], checksum(b, 0))
	return b
}

// ipv6 is a header of RFC 8200 §3.
func ipv6(from, to netip.Addr, size int) []byte {
	b := binary.BigEndian.AppendUint16([]byte{6 << 4, 0, 0, 0}, uint16(size))
	return append(append(append(b, tcp, hops), from.AsSlice()...), to.AsSlice()...)
}

// checksum is that of RFC 1071, with what was summed before.
func checksum(b []byte, before uint32) uint16 {
	s := sum(b, before)
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}

// sum adds words of 16 bits. A packet is too short to overflow it.
func sum(b []byte, before uint32) uint32 {
	for ; len(b) > 1; b = b[2:] {
		before += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		before += uint32(b[0]) << 8
	}
	return before
}
