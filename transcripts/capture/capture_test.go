package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/pcap"
)

var (
	began = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	mail  = wire.Opened{Dialed: "192.0.2.2:587", Local: tcpAddr("192.0.2.1:50000"), Remote: tcpAddr("192.0.2.2:587"), Asked: began, At: began.Add(time.Millisecond)}
)

func tcpAddr(s string) net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(s)) }

func after(ms int) time.Time { return began.Add(time.Duration(ms) * time.Millisecond) }

// session is a log that says what a test wants.
func session() *record.Log {
	log := &record.Log{}
	log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Time: began}})
	return log
}

func says(log *record.Log, ms int, e record.Event) {
	e.T = time.Duration(ms) * time.Millisecond
	log.Append(e)
}

func finding(text string) record.Event {
	return record.Event{Kind: record.KindFinding, Finding: &record.Finding{Severity: record.SeverityWarn, Code: "test", Text: text}}
}

// written are the packets of a file, without the comment about the start.
func written(t *testing.T, path string) (list []pcap.Packet) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pcap.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for {
		b, err := r.Next()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		if b.Packet != nil {
			b.Packet.Comments = slices.DeleteFunc(b.Packet.Comments, func(c string) bool { return !strings.HasPrefix(c, "warn") })
			list = append(list, *b.Packet)
		}
	}
}

func create(t *testing.T) (*Recorder, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "new.pcapng")
	r, err := Create(path, "ehlo test")
	if err != nil {
		t.Fatal(err)
	}
	return r, path
}

// Comments stand at the packet that they are about, what was said before there was one at the first, and what was said after the
// last at an acknowledgement of its own.
func TestCommentsFindTheirPackets(t *testing.T) {
	r, path := create(t)
	log := session()
	says(log, 0, finding("before"))
	c := r.Watch(mail, log)
	c.Bytes(wire.ServerToClient, []byte("220 hi\r\n"), after(5))
	c.Bytes(wire.ClientToServer, []byte("EHLO x\r\n"), after(7))
	says(log, 6, finding("of the greeting"))
	says(log, 8, finding("of the command"))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range written(t, path) {
		got = append(got, strings.Join(p.Comments, ", "))
	}
	want := []string{"warn test: before", "", "", "warn test: of the greeting", "warn test: of the command"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestACommentThatComesLate(t *testing.T) {
	r, path := create(t)
	log := session()
	c := r.Watch(mail, log)
	c.Bytes(wire.ServerToClient, []byte("220 hi\r\n"), after(5))
	r.mu.Lock()
	r.write(len(r.held))
	r.mu.Unlock()
	says(log, 6, finding("late"))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	list := written(t, path)
	if last := list[len(list)-1]; len(last.Data) != 40 || !slices.Equal(last.Comments, []string{"warn test: late"}) {
		t.Errorf("%d bytes, %q", len(last.Data), last.Comments)
	}
}

// A reset is one, and nothing comes after it; an end is one for each side.
func TestHowConnectionsEnd(t *testing.T) {
	flags := func(ends func(wire.Ender)) (list []byte) {
		r, path := create(t)
		ends(r.Watch(mail, session()).(wire.Ender))
		r.Close()
		for _, p := range written(t, path)[3:] {
			list = append(list, p.Data[20+13])
		}
		return list
	}
	if got := flags(func(c wire.Ender) {
		c.Ended(wire.ServerToClient, syscall.ECONNRESET, after(9))
		c.Ended(wire.ClientToServer, nil, after(9))
	}); !bytes.Equal(got, []byte{rst | ack}) {
		t.Errorf("reset: %v", got)
	}
	if got := flags(func(c wire.Ender) {
		c.Ended(wire.ServerToClient, nil, after(9))
		c.Ended(wire.ClientToServer, nil, after(9))
	}); !bytes.Equal(got, []byte{fin | ack, ack, fin | ack, ack}) {
		t.Errorf("orderly: %v", got)
	}
}

// Sequence numbers go on over large writes, which are more than one packet, and the checksums of both families come to nothing.
func TestPackets(t *testing.T) {
	for _, server := range []string{"192.0.2.2:587", "[2001:db8::2]:587"} {
		client := strings.Replace(server, "2:", "1:", 1)
		f := NewFlow(netip.MustParseAddrPort(client), netip.MustParseAddrPort(server))
		packets := append(f.shake(began, began), f.data(wire.ServerToClient, bytes.Repeat([]byte("abc"), maxPayload/2), began)...)
		packets = append(packets, f.data(wire.ClientToServer, []byte("odd"), began)...)
		last := packets[len(packets)-1].raw
		head := 20
		if last[0]>>4 == 6 {
			head = 40
		}
		if seq, acked := binary.BigEndian.Uint32(last[head+4:]), binary.BigEndian.Uint32(last[head+8:]); seq != 1 || acked != 1+maxPayload/2*3 {
			t.Errorf("%s: sequence %d, acknowledged %d", server, seq, acked)
		}
		for i, p := range packets {
			body := p.raw[head:]
			addresses := p.raw[12:20]
			if head == 40 {
				addresses = p.raw[8:40]
			}
			if got := checksum(body, sum(addresses, tcp+uint32(len(body)))); got != 0 {
				t.Errorf("%s: the checksum of packet %d is off by %#x", server, i, got)
			}
			if head == 20 && checksum(p.raw[:20], 0) != 0 {
				t.Errorf("the header checksum of packet %d is wrong", i)
			}
		}
	}
}

// The secrets stand before the packets that they open, although they come after them.
func TestSecretsComeFirst(t *testing.T) {
	r, path := create(t)
	c := r.Watch(mail, session())
	c.Bytes(wire.ServerToClient, []byte("\x16\x03\x03"), after(5))
	io.WriteString(r.Secrets(), "CLIENT_RANDOM 00 11\n")
	r.Close()
	file, _ := os.ReadFile(path)
	in, err := pcap.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := in.Next(); err != nil || string(b.Secrets) != "CLIENT_RANDOM 00 11\n" {
		t.Errorf("%+v, %v", b, err)
	}
}

// A connection without addresses, such as a pipe, is not captured.
func TestNoAddresses(t *testing.T) {
	r, _ := create(t)
	defer r.Close()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if o := r.Watch(wire.Opened{Local: a.LocalAddr(), Remote: a.RemoteAddr()}, session()); o != nil {
		t.Errorf("%v", o)
	}
}

// full is a disk on which there is no room from some byte on.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	n := min(len(b), f.room)
	f.room -= n
	if n < len(b) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (f *full) Close() error { return nil }

// A disk that is full ends the capture and not the session, and is told when it closes.
func TestAFullDisk(t *testing.T) {
	disk := &full{room: 300}
	out, err := pcap.NewWriter(disk, pcap.Section{Link: pcap.LinkRaw})
	if err != nil {
		t.Fatal(err)
	}
	r := &Recorder{path: "f", file: disk, out: out, said: map[*record.Log]*said{}}
	c := r.Watch(mail, session())
	c.Bytes(wire.ServerToClient, bytes.Repeat([]byte("x"), 500), after(5))
	err = r.Close()
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "the capture f is not complete") {
		t.Error(err)
	}
	if again := r.Close(); again != err {
		t.Error(again)
	}
	c.Bytes(wire.ServerToClient, []byte("x"), after(6)) // a session may outlive it
}
