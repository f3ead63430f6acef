package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// notes is an Observer that writes a dialogue.
type notes struct{ strings.Builder }

func (n *notes) Bytes(dir Direction, b []byte, at time.Time) {
	fmt.Fprintf(n, "%d %s %s\n", at.Unix(), dir, visible(b))
}

// ticks is a clock that moves one second each time it is read.
func ticks() func() time.Time {
	second := int64(0)
	return func() time.Time { second++; return time.Unix(second, 0) }
}

func TestRecord(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	go func() {
		defer server.Close()
		_, _ = io.WriteString(server, "220 mail.lab\r\n")
		_, _ = io.ReadFull(server, make([]byte, 6))
		_, _ = io.WriteString(server, "221 bye\r\n")
	}()

	var log notes
	conn := Record(client, &log, ticks())
	r := NewReader(conn, Limits{})
	if _, err := r.ReadReply(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "QUIT\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadReply(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadReply(); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
	want := "1 S 220 mail.lab\\r\\n\n2 C QUIT\\r\\n\n3 S 221 bye\\r\\n\n"
	if log.String() != want {
		t.Errorf("got\n%swant\n%s", log.String(), want)
	}
	if conn.BytesRead() != 23 || conn.BytesWritten() != 6 {
		t.Errorf("%d read, %d written", conn.BytesRead(), conn.BytesWritten())
	}
	if conn.Conn != client {
		t.Error("NetConn is another connection")
	}
}

// partial is a connection that fails half-way through everything.
type partial struct{ net.Conn }

var errHalf = errors.New("half-way")

func (partial) Read(b []byte) (int, error)  { return copy(b, "25"), errHalf }
func (partial) Write(b []byte) (int, error) { return len(b) / 2, errHalf }

func TestRecordSeesWhatWasSentOnly(t *testing.T) {
	var log notes
	conn := Record(partial{}, &log, ticks())
	if n, err := conn.Write([]byte("NOOP\r\n")); n != 3 || err != errHalf {
		t.Errorf("Write: %d, %v", n, err)
	}
	if n, err := conn.Read(make([]byte, 9)); n != 2 || err != errHalf {
		t.Errorf("Read: %d, %v", n, err)
	}
	if want := "1 C NOO\n2 S 25\n"; log.String() != want {
		t.Errorf("got\n%swant\n%s", log.String(), want)
	}
}

func TestRecordForwardsDeadlines(t *testing.T) {
	client, server := net.Pipe()
	defer server.Close()
	defer client.Close()
	var log notes
	conn := Record(client, &log, nil)
	if err := conn.SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := NewReader(conn, Limits{}).ReadReply(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if log.Len() != 0 {
		t.Errorf("observed %q", log.String())
	}
}

// In a hurry a Read takes what has arrived and fails where nothing has: without that, and without a deadline, it would wait for ever.
func TestHurry(t *testing.T) {
	conn := Record(loopback(t), nil, nil)
	if _, err := conn.Write([]byte("NOOP\r\n")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 0, 9)
	all := func() bool { return len(got) == 6 }
	var err error
	conn.Hurry(all, func() {
		for err == nil {
			n := 0
			n, err = conn.Read(got[len(got):cap(got)])
			got = got[:len(got)+n]
		}
	})
	if string(got) != "NOOP\r\n" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%q, %v", got, err)
	}
}

// loopback is a TCP connection to a server that echoes.
func loopback(tb testing.TB) *net.TCPConn {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		tb.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(server, server)
		_ = server.Close()
	}()
	tb.Cleanup(func() { _ = client.Close(); <-done })
	return client.(*net.TCPConn)
}

type silent struct{}

func (silent) Bytes(Direction, []byte, time.Time) {}

func TestRecordDoesNotAllocate(t *testing.T) {
	conn := Record(loopback(t), silent{}, nil)
	line := []byte("NOOP\r\n")
	allocs := testing.AllocsPerRun(50, func() {
		if _, err := conn.Write(line); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, line); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 || !bytes.Equal(line, []byte("NOOP\r\n")) {
		t.Errorf("%v allocations a round, echo %q", allocs, line)
	}
}

func BenchmarkRecordedRound(b *testing.B) {
	conn := Record(loopback(b), silent{}, nil)
	line := []byte("NOOP\r\n")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Write(line); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(conn, line); err != nil {
			b.Fatal(err)
		}
	}
}

// endings is an Ender that writes down who ended, and how.
type endings struct{ notes }

func (e *endings) Ended(dir Direction, err error, _ time.Time) {
	fmt.Fprintf(e, "%s ended: %v\n", dir, err)
}

// Each side ends once, the server's by what reading said, and not by a deadline.
func TestEndings(t *testing.T) {
	client, server := net.Pipe()
	var log endings
	conn := Record(client, &log, ticks())
	conn.SetReadDeadline(time.Now().Add(-time.Second))
	conn.Read(make([]byte, 1))
	conn.SetReadDeadline(time.Time{})
	server.Close()
	conn.Read(make([]byte, 1))
	conn.Read(make([]byte, 1))
	conn.Close()
	conn.Read(make([]byte, 1))
	conn.Close()
	if want := "S ended: <nil>\nC ended: <nil>\n"; log.String() != want {
		t.Errorf("got %q, want %q", log.String(), want)
	}
	var broken endings
	conn = Record(partial{}, nil, nil)
	conn.Watch(&broken)
	conn.Read(make([]byte, 9))
	if want := "S 25\nS ended: half-way\n"; !strings.HasSuffix(broken.String(), want[5:]) || strings.Count(broken.String(), "ended") != 1 {
		t.Errorf("got %q", broken.String())
	}
}
