package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var (
	instant = time.Date(2026, 11, 29, 12, 0, 0, 123456789, time.UTC)
	section = Section{Link: LinkRaw, Name: "test", Program: "ehlo", Comment: "what it is"}
)

// all reads a file to its end.
func all(t *testing.T, file []byte) (list []Block, err error) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	for {
		b, err := r.Next()
		if err != nil {
			return list, err
		}
		list = append(list, b)
	}
}

// written is a file with secrets and two packets.
func written(t *testing.T) ([]byte, []Block) {
	t.Helper()
	blocks := []Block{
		{Packet: &Packet{At: instant, Link: LinkRaw, Data: []byte("abcde"), Length: 9, Comments: []string{"one", "zwei ü"}}},
		{Secrets: []byte("CLIENT_RANDOM 00 11\n")},
		{Packet: &Packet{At: instant.Add(time.Nanosecond), Link: LinkRaw, Data: []byte("fghi"), Length: 4}},
	}
	var file bytes.Buffer
	w, err := NewWriter(&file, section)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		if b.Packet != nil {
			err = w.Packet(*b.Packet)
		} else {
			err = w.Secrets(b.Secrets)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return file.Bytes(), blocks
}

func same(t *testing.T, got, want []Block) {
	t.Helper()
	for _, b := range got {
		if b.Packet != nil {
			b.Packet.At = b.Packet.At.UTC()
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %s\nwant %s", shown(got), shown(want))
	}
}

func shown(list []Block) string {
	var b strings.Builder
	for _, x := range list {
		fmt.Fprintf(&b, "%+v %q; ", x.Packet, x.Secrets)
	}
	return b.String()
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	file, blocks := written(t)
	got, err := all(t, file)
	if err != io.EOF {
		t.Error(err)
	}
	same(t, got, blocks)
}

// Files may be joined: each section has interfaces of its own, and perhaps the other byte order.
func TestSections(t *testing.T) {
	file, blocks := written(t)
	got, err := all(t, append(bytes.Clone(file), file...))
	if err != io.EOF {
		t.Error(err)
	}
	same(t, got, append(blocks, blocks...))
}

func TestACutFileGivesWhatIsWhole(t *testing.T) {
	file, blocks := written(t)
	got, err := all(t, file[:len(file)-1])
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	same(t, got, blocks[:2])
}

// The classic format in both byte orders, with both kinds of time.
func TestClassic(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for magic, at := range map[uint32]time.Time{magicMicro: instant.Truncate(time.Microsecond), magicNano: instant} {
			rest := uint32(at.Nanosecond())
			if magic == magicMicro {
				rest /= 1000
			}
			file := order.AppendUint32(nil, magic)
			file = order.AppendUint16(order.AppendUint16(file, 2), 4)
			for _, word := range []uint32{0, 0, 1 << 18, uint32(linkRawBSD), uint32(at.Unix()), rest, 3, 7} {
				file = order.AppendUint32(file, word)
			}
			got, err := all(t, append(file, "abc"...))
			if err != io.EOF {
				t.Error(err)
			}
			same(t, got, []Block{{Packet: &Packet{At: at, Link: LinkRaw, Data: []byte("abc"), Length: 7}}})
		}
	}
}

// Other programs write the same packets: both formats, times in micro- and nanoseconds, comments and secrets kept.
func TestEditcap(t *testing.T) {
	if _, err := exec.LookPath("editcap"); err != nil {
		t.Skip("there is no editcap here")
	}
	file, blocks := written(t)
	in := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(in, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"pcap", "nsecpcap", "pcapng"} {
		out := filepath.Join(t.TempDir(), format)
		if said, err := exec.Command("editcap", "-F", format, in, out).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		theirs, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		got, err := all(t, theirs)
		if err != io.EOF {
			t.Errorf("%s: %v", format, err)
		}
		var packets, want []Packet
		for _, b := range got {
			if b.Packet != nil {
				b.Packet.At = b.Packet.At.UTC()
				packets = append(packets, *b.Packet)
			}
		}
		for _, b := range blocks {
			if p := b.Packet; p != nil {
				w := *p
				if format == "pcap" {
					w.At = w.At.Truncate(time.Microsecond)
				}
				if format != "pcapng" {
					w.Comments = nil
				}
				want = append(want, w)
			}
		}
		if !reflect.DeepEqual(packets, want) {
			t.Errorf("%s: got %+v, want %+v", format, packets, want)
		}
	}
}

func TestResolution(t *testing.T) {
	for u, units := range map[resolution]uint64{0: 5, 3: 5500, 6: 5500000, 9: 5500000000, 0x80 | 1: 11, 0x80 | 32: 11 << 31} {
		want := 5*time.Second + 500*time.Millisecond
		if u == 0 {
			want = 5 * time.Second
		}
		if got := u.time(units, 7); !got.Equal(time.Unix(7, 0).Add(want)) {
			t.Errorf("%d: %v", u, got)
		}
	}
	if got := resolution(100).time(1, 0); !got.IsZero() {
		t.Error(got)
	}
}

// A comment that is too long is cut between two characters.
func TestALongComment(t *testing.T) {
	var file bytes.Buffer
	w, _ := NewWriter(&file, section)
	w.Packet(Packet{At: instant, Data: []byte("x"), Comments: []string{"a" + strings.Repeat("ü", 1<<16)}})
	got, _ := all(t, file.Bytes())
	if c := got[0].Packet.Comments[0]; len(c) < maxOption-2 || len(c) > maxOption || strings.Trim(c, "aü") != "" {
		t.Errorf("%d bytes, ending in %q", len(c), c[len(c)-3:])
	}
}

func TestNoCapture(t *testing.T) {
	for _, file := range []string{"", "abc", "220 mail.lab\r\n", "\xd4\xc3\xb2\xa1"} {
		if _, err := NewReader(strings.NewReader(file)); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

// FuzzReader reads anything: it ends, and gives no packet that is longer than the file.
func FuzzReader(f *testing.F) {
	file, _ := written(&testing.T{})
	f.Add(file)
	f.Add([]byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00a"))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := all(t, file)
		if err == nil {
			t.Error("no end")
		}
		size := 0
		for _, b := range got {
			size += len(b.Secrets)
			if b.Packet != nil {
				size += len(b.Packet.Data)
			}
		}
		if size > len(file) {
			t.Errorf("%d bytes out of %d", size, len(file))
		}
	})
}
