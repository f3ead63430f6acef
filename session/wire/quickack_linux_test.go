package wire

import (
	"io"
	"net"
	"syscall"
	"testing"
)

// A dialogue makes the kernel delay its ACKs; a recorded read puts an end to it.
func TestReadAsksForQuickAck(t *testing.T) {
	tcp := loopback(t)
	round(t, tcp)
	if quickAckSet(t, tcp) {
		t.Skip("this kernel does not delay ACKs in a dialogue")
	}
	round(t, Record(tcp, silent{}, nil))
	if !quickAckSet(t, tcp) {
		t.Error("ACKs are still delayed")
	}
}

// round sends lines and reads their echo, the way a session does.
func round(t *testing.T, c net.Conn) {
	t.Helper()
	line := []byte("NOOP\r\n")
	for range 10 {
		if _, err := c.Write(line); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, line); err != nil {
			t.Fatal(err)
		}
	}
}

func quickAckSet(t *testing.T, c *net.TCPConn) bool {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var value int
	var getErr error
	err = raw.Control(func(fd uintptr) {
		value, getErr = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK)
	})
	if err != nil || getErr != nil {
		t.Fatal(err, getErr)
	}
	return value == 1
}
