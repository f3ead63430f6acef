package streams

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/capture"
	"ehlo/transcripts/pcap"
)

var began = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func tcpAddr(s string) net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(s)) }

// packets are those of a dialogue: lines from the side that they begin with, and a side alone that ends.
func packets(t testing.TB, client, server string, dialogue ...string) (list []pcap.Packet) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	r, err := capture.Create(path, "test")
	if err != nil {
		t.Fatal(err)
	}
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Time: began}})
	c := r.Watch(wire.Opened{Dialed: server, Local: tcpAddr(client), Remote: tcpAddr(server), Asked: began, At: began.Add(time.Millisecond)}, log)
	for i, line := range dialogue {
		dir, text, _ := strings.Cut(line, " ")
		at := began.Add(time.Duration(i+2) * time.Millisecond)
		if text == "" {
			c.(wire.Ender).Ended(wire.Direction(dir), nil, at)
		} else {
			c.Bytes(wire.Direction(dir), []byte(text), at)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in, err := pcap.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for {
		b, err := in.Next()
		if err == io.EOF {
			return list
		}
		b.Packet.Comments = nil
		list = append(list, *b.Packet)
	}
}

// file is a capture of packets that begin with some bytes.
func file(t testing.TB, link pcap.Link, prefix []byte, list []pcap.Packet) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := pcap.NewWriter(&out, pcap.Section{Link: link})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		p.Data = append(bytes.Clone(prefix), p.Data...)
		if err := w.Packet(p); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// told is a stream in short.
func told(s *Stream) string {
	var out []string
	for _, c := range s.Chunks {
		text := string(c.From) + " " + string(c.Bytes)
		if c.Missing > 0 {
			text = fmt.Sprintf("%s …%d… %s", c.From, c.Missing, c.Bytes)
		}
		if c.End {
			text = string(c.From) + " end"
		}
		if c.Reset {
			text = string(c.From) + " reset"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func assembled(t testing.TB, list []pcap.Packet) *Capture {
	t.Helper()
	c, err := Read(bytes.NewReader(file(t, pcap.LinkRaw, nil, list)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// alone is the one stream of a capture.
func alone(t testing.TB, list []pcap.Packet) *Stream {
	t.Helper()
	c := assembled(t, list)
	if len(c.Streams) != 1 {
		t.Fatalf("%d streams", len(c.Streams))
	}
	return c.Streams[0]
}

const (
	client, server = "192.0.2.1:50000", "192.0.2.2:587"
	whole          = "S 220 hi, C EHLO x, S 250 ok, C QUIT, S 221 bye, S end, C end"
)

// usual are the packets of a whole dialogue: three of the handshake, five of data, four of the end.
func usual(t testing.TB) []pcap.Packet {
	return packets(t, client, server, "S 220 hi", "C EHLO x", "S 250 ok", "C QUIT", "S 221 bye", "S", "C")
}

func TestStream(t *testing.T) {
	s := alone(t, usual(t))
	if got := told(s); got != whole || !s.Whole || !s.Answered || s.Took != time.Millisecond || s.Client.String() != client || s.Server.String() != server {
		t.Errorf("%q, %+v", got, s)
	}
}

// What is captured out of order, or came twice, is put right.
func TestOrder(t *testing.T) {
	list := usual(t)
	swapped := slices.Clone(list)
	swapped[5], swapped[6] = swapped[6], swapped[5] // the times tell
	if got := told(alone(t, swapped)); got != whole {
		t.Errorf("swapped: %q", got)
	}
	if got := told(alone(t, slices.Concat(list[:7], list[4:]))); got != whole {
		t.Errorf("twice: %q", got)
	}
	two := packets(t, client, server, "S 220-a\r\n", "S 220-b\r\n", "S 220 c\r\n", "C QUIT")
	late := slices.Clone(two)
	late[3].At, late[4].At, late[5].At = two[5].At, two[3].At, two[4].At
	if got := told(alone(t, late)); strings.ReplaceAll(got, ", S ", "") != "S 220-a\r\n220-b\r\n220 c\r\n, C QUIT" {
		t.Errorf("the first came last: %q", got)
	}
}

// A segment that covers what was there already, and more, gives the rest alone.
func TestOverlap(t *testing.T) {
	list := packets(t, client, server, "S 220 ", "S hi", "C QUIT")
	joined := packets(t, client, server, "S 220 hi", "C QUIT")
	list[4].Data = joined[3].Data // from the beginning, as a retransmission may
	if got := told(alone(t, list)); got != "S 220 , S hi, C QUIT" {
		t.Errorf("%q", got)
	}
}

// What was lost leaves a hole with its size, and the dialogue stays in order: who answers has got it.
func TestHoles(t *testing.T) {
	for lost, want := range map[int]string{
		3: "S …6… , C EHLO x, S 250 ok, C QUIT, S 221 bye, S end, C end",
		4: "S 220 hi, C …6… , S 250 ok, C QUIT, S 221 bye, S end, C end",
		7: "S 220 hi, C EHLO x, S 250 ok, C QUIT, S …7… , S end, C end",
	} {
		list := usual(t)
		if got := told(alone(t, slices.Delete(list, lost, lost+1))); got != want {
			t.Errorf("without packet %d: %q, want %q", lost, got, want)
		}
	}
	two := packets(t, client, server, "S 220-a", "S 220-b", "S 220-c")
	if got := told(alone(t, slices.Delete(two, 4, 5))); got != "S 220-a, S …5… 220-c" {
		t.Errorf("at the end: %q", got)
	}
}

// A capture that begins in the middle knows the server by its port.
func TestMiddle(t *testing.T) {
	for first := 1; first < 6; first++ {
		s := alone(t, usual(t)[first:])
		if s.Whole || s.Server.String() != server || !strings.HasSuffix(whole, told(s)) {
			t.Errorf("from packet %d: %q, %+v", first, told(s), s)
		}
	}
}

// The sequence numbers of a side begin anywhere, and go on from 0 after the last (RFC 9293 §3.4).
func TestWrap(t *testing.T) {
	list := usual(t)
	for i := range list {
		for _, at := range []int{24, 28} {
			binary.BigEndian.PutUint32(list[i].Data[at:], binary.BigEndian.Uint32(list[i].Data[at:])-5)
		}
	}
	if got := told(alone(t, list)); got != whole {
		t.Errorf("%q", got)
	}
}

// Another connection between the same ports is one of its own.
func TestPortsAgain(t *testing.T) {
	second := usual(t)
	for i := range second {
		second[i].At = second[i].At.Add(time.Minute)
		for _, at := range []int{24, 28} {
			binary.BigEndian.PutUint32(second[i].Data[at:], binary.BigEndian.Uint32(second[i].Data[at:])+1e6)
		}
	}
	c := assembled(t, append(usual(t), second...))
	if len(c.Streams) != 2 || told(c.Streams[0]) != whole || told(c.Streams[1]) != whole {
		t.Errorf("%d streams", len(c.Streams))
	}
}

// No answer, and a refusal, are streams without a word.
func TestNoConnection(t *testing.T) {
	list := usual(t)
	if s := alone(t, list[:1]); s.Answered || !s.Whole || told(s) != "" {
		t.Errorf("%+v", s)
	}
	list[1].Data[33] = rst | ack
	if s := alone(t, list[:2]); told(s) != "S reset" || !s.Answered {
		t.Errorf("%q, %+v", told(s), s)
	}
}

// A reset after an orderly end is told too: a server that closed says so to a client that still speaks.
func TestResetAfterTheEnd(t *testing.T) {
	list := packets(t, client, server, "S 221 bye", "S", "C alert", "C more")
	last := list[len(list)-1].Data
	copy(last, list[3].Data[:40]) // from the server
	last[33] = rst
	if got := told(alone(t, list)); got != "S 221 bye, S end, C alert, S reset" {
		t.Errorf("%q", got)
	}
}

// Every link type leads to the same stream, on both families. A frame may be longer than what is in it.
func TestLinks(t *testing.T) {
	six := packets(t, "[2001:db8::1]:50000", "[2001:db8::2]:587", "S 220 hi", "C EHLO x", "S 250 ok", "C QUIT", "S 221 bye", "S", "C")
	for ether, list := range map[uint16][]pcap.Packet{etherIPv4: usual(t), etherIPv6: six} {
		kind := binary.BigEndian.AppendUint16(nil, ether)
		addresses := make([]byte, 12)
		for name, p := range map[string]struct {
			link   pcap.Link
			prefix []byte
		}{
			"raw": {pcap.LinkRaw, nil}, "null": {pcap.LinkNull, []byte{2, 0, 0, 0}}, "loop": {pcap.LinkLoop, []byte{0, 0, 0, 2}},
			"ethernet": {pcap.LinkEthernet, slices.Concat(addresses, kind)}, "cooked": {pcap.LinkCooked, append(make([]byte, 14), kind...)},
			"VLAN":     {pcap.LinkEthernet, slices.Concat(addresses, []byte{0x88, 0xa8, 0, 7, 0x81, 0, 0, 9}, kind)},
			"cooked 2": {pcap.LinkCooked2, append(kind, make([]byte, 18)...)},
		} {
			padded := slices.Clone(list)
			for i := range padded {
				padded[i].Data = append(bytes.Clone(padded[i].Data), 0, 0, 0)
			}
			c, err := Read(bytes.NewReader(file(t, p.link, p.prefix, padded)))
			if err != nil || len(c.Streams) != 1 || told(c.Streams[0]) != whole {
				t.Errorf("%s, %#x: %+v, %v", name, ether, c, err)
			}
		}
	}
}

// The headers that IPv6 may put between are passed over; fragments are counted.
func TestHeadersBetween(t *testing.T) {
	list := packets(t, "[2001:db8::1]:50000", "[2001:db8::2]:587", "S 220 hi")
	for i := range list {
		d := list[i].Data
		extended := slices.Concat(d[:40], []byte{6, 0, 1, 4, 0, 0, 0, 0}, d[40:])
		binary.BigEndian.PutUint16(extended[4:], uint16(len(extended)-40))
		extended[6] = 60
		list[i].Data = extended
	}
	if got := told(alone(t, list)); got != "S 220 hi" {
		t.Errorf("%q", got)
	}
	list[3].Data[6] = 44
	if c := assembled(t, list); c.Fragments != 1 {
		t.Errorf("%+v", c)
	}
	four := usual(t)
	four[3].Data[6] = 0x20
	if c := assembled(t, four); c.Fragments != 1 || c.Other != 0 {
		t.Errorf("%+v", c)
	}
}

// What the capture cut off a packet is a hole.
func TestCutPackets(t *testing.T) {
	list := usual(t)
	list[3].Length = len(list[3].Data)
	list[3].Data = list[3].Data[:len(list[3].Data)-2]
	if got := told(alone(t, list)); got != "S 220 , S …2… , C EHLO x, S 250 ok, C QUIT, S 221 bye, S end, C end" {
		t.Errorf("%q", got)
	}
}

// Damage ends the reading, and what was before it is there.
func TestDamage(t *testing.T) {
	all := file(t, pcap.LinkRaw, nil, usual(t))
	c, err := Read(bytes.NewReader(all[:len(all)-200]))
	if err != nil || c.Damage == nil || len(c.Streams) != 1 || !strings.HasPrefix(told(c.Streams[0]), "S 220 hi, C EHLO x") {
		t.Errorf("%+v, %v", c, err)
	}
}

// FuzzRead reads anything: no stream has more bytes than the file, and its times are in order.
func FuzzRead(f *testing.F) {
	f.Add(file(f, pcap.LinkRaw, nil, usual(f)))
	f.Add(file(f, pcap.LinkRaw, nil, slices.Delete(usual(f), 4, 6)))
	f.Add(file(f, pcap.LinkEthernet, append(make([]byte, 12), 8, 0), usual(f)))
	f.Fuzz(func(t *testing.T, source []byte) {
		c, err := Read(bytes.NewReader(source))
		if err != nil {
			return
		}
		size := 0
		for _, s := range c.Streams {
			for _, chunk := range s.Chunks {
				if size += len(chunk.Bytes); chunk.Missing < 0 {
					t.Errorf("%d bytes are missing", chunk.Missing)
				}
			}
		}
		if size > len(source) {
			t.Errorf("%d bytes out of %d", size, len(source))
		}
	})
}
