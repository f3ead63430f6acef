package wire

import (
	"net"
	"syscall"
)

// quickAck returns a function that sets TCP_QUICKACK, to be called before a read that
// follows a write: with an answer to what came before, the kernel takes the
// connection for a dialogue and clears it (tcp(7)). Failure costs time, not bytes,
// and is ignored. Other connections than TCP get a function that does nothing.
func quickAck(c net.Conn) func() {
	tcp, ok := c.(syscall.Conn)
	if !ok {
		return func() {}
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return func() {}
	}
	set := func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	}
	return func() { _ = raw.Control(set) }
}
