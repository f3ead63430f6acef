package streams

import (
	"encoding/binary"
	"net/netip"

	"ehlo/transcripts/pcap"
)

// segment is a TCP segment as a packet has it.
type segment struct {
	from, to netip.AddrPort
	seq, ack uint32
	flags    byte
	payload  []byte
	cut      int // bytes of the payload that the capture does not have
}

// The flags of a segment (RFC 9293 §3.1).
const (
	fin = 0x01
	syn = 0x02
	rst = 0x04
	ack = 0x10
)

// The numbers of what may stand in a packet: protocols of IP (IANA, Protocol Numbers) and EtherTypes (IANA, IEEE 802 Numbers).
const (
	protocolTCP = 6

	etherIPv4 = 0x0800
	etherIPv6 = 0x86dd
	etherVLAN = 0x8100
	etherQinQ = 0x88a8
)

// segmentOf finds the segment in a packet; ok is false where there is none that can be read.
func segmentOf(p *pcap.Packet) (s segment, fragment, ok bool) {
	b := network(p)
	if len(b) == 0 {
		return s, false, false
	}
	switch b[0] >> 4 {
	case 4:
		return ipv4(b)
	case 6:
		return ipv6(b)
	}
	return s, false, false
}

// network is a packet without what its link puts before IP; nil for a link that is not known or for no IP.
func network(p *pcap.Packet) []byte {
	skip := map[pcap.Link]int{pcap.LinkNull: 4, pcap.LinkLoop: 4, pcap.LinkRaw: 0, pcap.LinkIPv4: 0, pcap.LinkIPv6: 0, pcap.LinkCooked: 16, pcap.LinkCooked2: 20}
	if p.Link == pcap.LinkEthernet {
		return ethernet(p.Data)
	}
	n, known := skip[p.Link]
	if !known || len(p.Data) < n {
		return nil
	}
	return p.Data[n:]
}

// ethernet is what follows the header of a frame, tags of VLANs passed over (IEEE 802.1Q).
func ethernet(b []byte) []byte {
	const addresses, tag = 12, 4
	if len(b) < addresses {
		return nil
	}
	for b = b[addresses:]; len(b) >= tag; b = b[tag:] {
		switch binary.BigEndian.Uint16(b) {
		case etherIPv4, etherIPv6:
			return b[2:]
		case etherVLAN, etherQinQ:
		default:
			return nil
		}
	}
	return nil
}

// ipv4 reads a packet (RFC 791 §3.1). What a frame adds to reach its least size is cut off by the length of the packet.
func ipv4(b []byte) (s segment, fragment, ok bool) {
	if len(b) < 20 {
		return s, false, false
	}
	head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 { // left to the network card
		total = len(b)
	}
	if head < 20 || head > len(b) || total < head || b[9] != protocolTCP {
		return s, false, false
	}
	if binary.BigEndian.Uint16(b[6:])&0x3fff != 0 { // more fragments, or not the first
		return s, true, false
	}
	from, _ := netip.AddrFromSlice(b[12:16])
	to, _ := netip.AddrFromSlice(b[16:20])
	s, ok = tcp(from, to, b[head:min(total, len(b))], total-head)
	return s, false, ok
}

// ipv6 reads a packet (RFC 8200 §3, §4).
func ipv6(b []byte) (s segment, fragment, ok bool) {
	const header, fragmented = 40, 44
	if len(b) < header {
		return s, false, false
	}
	from, _ := netip.AddrFromSlice(b[8:24])
	to, _ := netip.AddrFromSlice(b[24:40])
	next, size := b[6], int(binary.BigEndian.Uint16(b[4:]))
	if size == 0 {
		size = len(b) - header
	}
	for b = b[header:min(len(b), header+size)]; next != protocolTCP; {
		if next == fragmented {
			return s, true, false
		}
		if !extension(next) || len(b) < 8 {
			return s, false, false
		}
		n := (int(b[1]) + 1) * 8
		if n > len(b) {
			return s, false, false
		}
		next, b, size = b[0], b[n:], size-n
	}
	s, ok = tcp(from, to, b, size)
	return s, false, ok
}

// extension reports whether a header that can be passed over has that number: hop-by-hop, routing, destination options, mobility.
func extension(next byte) bool { return next == 0 || next == 43 || next == 60 || next == 135 }

// tcp reads a segment of so many bytes, of which there may be fewer.
func tcp(from, to netip.Addr, b []byte, size int) (s segment, ok bool) {
	if len(b) < 20 {
		return s, false
	}
	head := int(b[12]>>4) * 4
	if head < 20 || head > size || head > len(b) {
		return s, false
	}
	return segment{from: netip.AddrPortFrom(from, binary.BigEndian.Uint16(b)), to: netip.AddrPortFrom(to, binary.BigEndian.Uint16(b[2:])),
		seq: binary.BigEndian.Uint32(b[4:]), ack: binary.BigEndian.Uint32(b[8:]), flags: b[13], payload: b[head:], cut: size - len(b)}, true
}
