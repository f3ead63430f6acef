package pcap

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"time"
)

// Reader reads a file of either format, one block after the other. It keeps none of them.
type Reader struct {
	in    *bufio.Reader
	order binary.ByteOrder
	next  func() (Block, bool, error) // false for a block that has nothing to give

	// of pcap
	link Link
	tick time.Duration // of the second half of a time

	interfaces []described // of the section of pcapng
}

// described is an interface of pcapng.
type described struct {
	link   Link
	unit   resolution
	offset int64 // seconds
}

// NewReader looks at the beginning of a file. The error is [ErrFormat] where it is not one of packets.
func NewReader(in io.Reader) (*Reader, error) {
	r := &Reader{in: bufio.NewReaderSize(in, 64<<10)}
	mark, err := r.in.Peek(4)
	if err != nil {
		return nil, ErrFormat
	}
	if binary.LittleEndian.Uint32(mark) == blockSection {
		r.next = r.block
		return r, nil
	}
	return r, r.classic(mark)
}

// Next is the next packet, or secrets. The error is [io.EOF] at the end and [io.ErrUnexpectedEOF] where the file was cut off.
func (r *Reader) Next() (Block, error) {
	for {
		b, found, err := r.next()
		if found || err != nil {
			return b, err
		}
	}
}

// classic reads the header of pcap. The magic number tells the byte order and what the times count.
func (r *Reader) classic(mark []byte) error {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(mark) {
		case magicMicro:
			r.order, r.tick = order, time.Microsecond
		case magicNano:
			r.order, r.tick = order, time.Nanosecond
		}
	}
	if r.order == nil {
		return ErrFormat
	}
	head := make([]byte, 24)
	if _, err := io.ReadFull(r.in, head); err != nil {
		return ErrFormat
	}
	r.link = known(uint16(r.order.Uint32(head[20:]))) // above it stand bits about a frame check sequence
	r.next = r.packet
	return nil
}

// known gives the link types that go by more than one number one of them.
func known(link uint16) Link {
	switch l := Link(link); l {
	case linkRawBSD, linkRawOpenBSD:
		return LinkRaw
	default:
		return l
	}
}

// packet reads one of pcap.
func (r *Reader) packet() (Block, bool, error) {
	head, err := r.take(16)
	if err != nil {
		return Block{}, false, err
	}
	seconds, rest := r.order.Uint32(head), r.order.Uint32(head[4:])
	kept, length := r.order.Uint32(head[8:]), r.order.Uint32(head[12:])
	if kept > maxBlock {
		return Block{}, false, damaged("a packet of %d bytes", kept)
	}
	data, err := r.body(int(kept))
	return Block{Packet: &Packet{At: time.Unix(int64(seconds), 0).Add(time.Duration(rest) * r.tick), Link: r.link, Data: data, Length: whole(length)}}, err == nil, err
}

// take reads n bytes that begin something: a file may end before them.
func (r *Reader) take(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(r.in, b)
	return b, err
}

// body reads n bytes of something that has begun. What does not come is not made room for.
func (r *Reader) body(n int) ([]byte, error) {
	var b bytes.Buffer
	if m, err := io.CopyN(&b, r.in, int64(n)); m < int64(n) {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return b.Bytes(), nil
}

// block reads one of pcapng. A type that is not known is passed over.
func (r *Reader) block() (Block, bool, error) {
	head, err := r.take(8)
	if err != nil {
		return Block{}, false, err
	}
	if binary.LittleEndian.Uint32(head) == blockSection { // which reads the same in both orders
		return Block{}, false, r.section(head)
	}
	kind, size := r.order.Uint32(head), r.order.Uint32(head[4:])
	if size < 12 || size > maxBlock || size%4 != 0 {
		return Block{}, false, damaged("a block of %d bytes", size)
	}
	body, err := r.body(int(size) - 8)
	if err != nil {
		return Block{}, false, err
	}
	if r.order.Uint32(body[len(body)-4:]) != size {
		return Block{}, false, damaged("a block that has two lengths")
	}
	return r.open(kind, body[:len(body)-4])
}

// section begins again: a file may be several that were joined.
func (r *Reader) section(head []byte) error {
	mark, err := r.body(4)
	if err != nil {
		return err
	}
	switch uint32(byteOrderMark) {
	case binary.LittleEndian.Uint32(mark):
		r.order = binary.LittleEndian
	case binary.BigEndian.Uint32(mark):
		r.order = binary.BigEndian
	default:
		return damaged("a section without its byte order")
	}
	size := r.order.Uint32(head[4:])
	if size < 28 || size > maxBlock || size%4 != 0 {
		return damaged("a section header of %d bytes", size)
	}
	rest, err := r.body(int(size) - 12)
	if err == nil && r.order.Uint16(rest) != 1 {
		err = damaged("pcapng version %d, which is not supported", r.order.Uint16(rest))
	}
	r.interfaces = nil
	return err
}

// maxInterfaces bounds those of a section.
const maxInterfaces = 1024

func (r *Reader) open(kind uint32, body []byte) (Block, bool, error) {
	switch kind {
	case blockInterface:
		if len(body) < 8 || len(r.interfaces) == maxInterfaces {
			return Block{}, false, damaged("the description of an interface")
		}
		r.interfaces = append(r.interfaces, r.described(body))
	case blockPacket:
		return r.enhanced(body, 20, func(b []byte) uint32 { return r.order.Uint32(b) })
	case blockOldPacket:
		return r.enhanced(body, 20, func(b []byte) uint32 { return uint32(r.order.Uint16(b)) })
	case blockSimple:
		return r.simple(body)
	case blockSecrets:
		return r.secrets(body)
	}
	return Block{}, false, nil
}

func (r *Reader) described(body []byte) described {
	d := described{link: known(r.order.Uint16(body)), unit: resolution(6)}
	for _, o := range r.options(body[8:]) {
		switch {
		case o.code == optionResolution && len(o.value) == 1:
			d.unit = resolution(o.value[0])
		case o.code == optionOffset && len(o.value) == 8:
			d.offset = int64(r.order.Uint64([]byte(o.value)))
		}
	}
	return d
}

// enhanced reads a packet with its time; number gives the interface, which stands first.
func (r *Reader) enhanced(body []byte, head int, number func([]byte) uint32) (Block, bool, error) {
	if len(body) < head {
		return Block{}, false, damaged("a packet of %d bytes", len(body))
	}
	on, kept, length := number(body), r.order.Uint32(body[12:]), r.order.Uint32(body[16:])
	if on >= uint32(len(r.interfaces)) || uint64(kept) > uint64(len(body)-head) {
		return Block{}, false, damaged("a packet that is longer than its block, or of an interface that is not described")
	}
	d := r.interfaces[on]
	p := &Packet{Link: d.link, Data: body[head : head+int(kept)], Length: whole(length)}
	p.At = d.unit.time(uint64(r.order.Uint32(body[4:]))<<32|uint64(r.order.Uint32(body[8:])), d.offset)
	for _, o := range r.options(body[min(len(body), head+(int(kept)+3)/4*4):]) {
		if o.code == optionComment {
			p.Comments = append(p.Comments, o.value)
		}
	}
	return Block{Packet: p}, true, nil
}

// simple reads a packet that has no time and belongs to the first interface.
func (r *Reader) simple(body []byte) (Block, bool, error) {
	if len(body) < 4 || len(r.interfaces) == 0 {
		return Block{}, false, damaged("a packet of an interface that is not described")
	}
	length := whole(r.order.Uint32(body))
	return Block{Packet: &Packet{Link: r.interfaces[0].link, Data: body[4 : 4+min(length, len(body)-4)], Length: length}}, true, nil
}

func (r *Reader) secrets(body []byte) (Block, bool, error) {
	if len(body) < 8 || uint64(r.order.Uint32(body[4:])) > uint64(len(body)-8) {
		return Block{}, false, damaged("secrets that are longer than their block")
	}
	if r.order.Uint32(body) != secretsOfTLS {
		return Block{}, false, nil
	}
	return Block{Secrets: body[8 : 8+r.order.Uint32(body[4:])]}, true, nil
}

// options reads those at the end of a block, as far as they make sense.
func (r *Reader) options(b []byte) (list []option) {
	for len(b) >= 4 {
		code, size := r.order.Uint16(b), int(r.order.Uint16(b[2:]))
		if code == optionEnd || size > len(b)-4 {
			break
		}
		list = append(list, option{code, string(b[4 : 4+size])})
		b = b[min(len(b), 4+(size+3)/4*4):]
	}
	return list
}

// resolution is what a time counts (§4.2, if_tsresol): a power of ten below one second, or of two where the highest bit is set.
type resolution byte

// time is the time that a number of units makes. What cannot be is the zero time.
func (u resolution) time(units uint64, offset int64) time.Time {
	per := math.Pow(10, float64(u))
	if u&0x80 != 0 {
		per = math.Exp2(float64(u &^ 0x80))
	}
	if per > 1<<63 {
		return time.Time{}
	}
	whole := units / uint64(per)
	part := float64(units%uint64(per)) / per
	return time.Unix(int64(whole)+offset, int64(math.Round(part*1e9)))
}

// whole is a length as a number that cannot be negative anywhere.
func whole(length uint32) int { return int(min(length, math.MaxInt32)) }
