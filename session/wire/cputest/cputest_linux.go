package cputest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// asked names the server that a test binary is to be.
const asked = "EHLO_TEST_SERVE"

// Asked is the server that this process was started to be; "" if it was started for something else.
func Asked() string { return os.Getenv(asked) }

// Server is a server in a process of its own.
type Server struct {
	Out *bufio.Reader // what it prints
	pid int
}

// Start runs the test of that name in a process of its own, as a server that ends with the benchmark, or when its standard input does.
func Start(b *testing.B, test, server string) *Server {
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$", "-test.timeout=0")
	cmd.Env, cmd.Stderr = append(os.Environ(), asked+"="+server), os.Stderr
	in, err := cmd.StdinPipe()
	check(b, err)
	out, err := cmd.StdoutPipe()
	check(b, err)
	check(b, cmd.Start())
	b.Cleanup(func() { in.Close(); cmd.Wait() })
	return &Server{bufio.NewReader(out), cmd.Process.Pid}
}

// UntilLeft waits, in such a server, until nobody needs it any more.
func UntilLeft() { io.Copy(io.Discard, os.Stdin) }

// Line is the next line that the server prints, without its end.
func (s *Server) Line(b *testing.B) string {
	line, err := s.Out.ReadString('\n')
	check(b, err)
	return line[:len(line)-1]
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// CPU is the processor time that the server has taken.
func (s *Server) CPU() time.Duration { return clock(s.pid) }

// CPU is the processor time that this process has taken.
func CPU() time.Duration { return clock(0) }

// clock is that of a process, 0 for this one: its inverted id above three bits, of which 2 says that it counts what the scheduler gives.
func clock(pid int) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|2), &t); err != nil {
		panic(err) // the process is there
	}
	return time.Duration(t.Nano())
}
