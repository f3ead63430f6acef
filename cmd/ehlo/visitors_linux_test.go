package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestManyVisitors is the long form of TestVisitors in session/lab: 1,000 visitors at once, and hostile ones among them, for as long as
// EHLO_TEST_VISITORS says. None of those who behave is lost; no goroutine and no file is left; the memory stays below 128 MiB.
func TestManyVisitors(t *testing.T) {
	long, err := time.ParseDuration(os.Getenv("EHLO_TEST_VISITORS"))
	if err != nil {
		t.Skip("EHLO_TEST_VISITORS is not set: .ci/visitors does")
	}
	const polite, rude = 1000, 24
	s := serve(t, "submission")
	go func() { // nobody has to read, but then events are left out
		for s.lines.Scan() {
		}
	}()
	address, roots := s.Servers[0].Addresses["submission"][0], readRoots(t, s.CA)
	before := openFiles(t, s.cmd.Process.Pid)
	end := time.Now().Add(long)
	var all sync.WaitGroup
	var sessions, lost, abused atomic.Int64
	for n := range polite {
		all.Go(func() {
			for time.Now().Before(end) {
				if err := deliverSlowly(address, roots, n); err != nil {
					lost.Add(1)
					t.Errorf("visitor %d: %v", n, err)
				}
				sessions.Add(1)
			}
		})
	}
	for n := range rude {
		all.Go(func() {
			for time.Now().Before(end) {
				abuse(address, n)
				abused.Add(1)
				time.Sleep(time.Second)
			}
		})
	}
	all.Wait()
	waitFor(t, "the files of the visitors to be closed", func() bool { return openFiles(t, s.cmd.Process.Pid) <= before })
	kept := func() int {
		files, _ := filepath.Glob(filepath.Join(s.Folder, "*"))
		return len(files)
	}
	waitFor(t, "the transcripts", func() bool { n := kept(); time.Sleep(time.Second); return kept() == n })
	peak := statusOf(t, s.cmd.Process.Pid, "VmHWM")
	s.cmd.Process.Signal(syscall.SIGQUIT) // which lists the goroutines
	s.cmd.Wait()
	goroutines := strings.Count(s.stderr.String(), "\ngoroutine ")
	t.Logf("%d sessions of %d visitors at once, %d lost, %d of hostile ones; peak memory %d KiB; %d files open before and after; %d goroutines left; %d transcripts",
		sessions.Load(), polite, lost.Load(), abused.Load(), peak, before, goroutines, kept())
	if peak > 128<<10 || goroutines == 0 || goroutines > 60 || kept() < int(sessions.Load()) {
		t.Error("too much memory, too many goroutines, or too few transcripts")
	}
}

func readRoots(t *testing.T, path string) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return roots
}

// deliverSlowly is a whole session with a message, at the pace of a person who types very fast. Its EHLO name comes back in the reply: that of
// another would be another's session.
func deliverSlowly(address string, roots *x509.CertPool, n int) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(2 * time.Minute))
	c, err := smtp.NewClient(conn, "mail.lab")
	if err != nil {
		return err
	}
	pause := func(err error) error { time.Sleep(time.Second); return err }
	name := fmt.Sprintf("visitor-%d.lab.test", n)
	for _, step := range []func() error{
		func() error { return c.Hello(name) },
		func() error { return c.StartTLS(&tls.Config{ServerName: "mail.lab", RootCAs: roots}) },
		func() error {
			id, err := c.Text.Cmd("EHLO %s", name)
			if err != nil {
				return err
			}
			c.Text.StartResponse(id)
			defer c.Text.EndResponse(id)
			_, said, err := c.Text.ReadResponse(250)
			if err == nil && !strings.HasPrefix(said, "mail.lab greets "+name+"\n") {
				err = fmt.Errorf("greeted as %q", said)
			}
			return err
		},
		func() error { return c.Auth(smtp.PlainAuth("", "ann", "tulip-42", "mail.lab")) },
		func() error { return c.Mail("ann@lab.test") },
		func() error { return c.Rcpt("bob@lab.test") },
		func() error {
			w, err := c.Data()
			if err != nil {
				return err
			}
			w.Write(bytes.Repeat([]byte("a line of text\r\n"), 100))
			return w.Close()
		},
		c.Quit,
	} {
		if err := pause(step()); err != nil {
			return err
		}
	}
	return nil
}

// abuse does to a server what it should not be done to.
func abuse(address string, n int) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	switch n % 6 {
	case 0: // a byte a second
		for _, b := range []byte("EHLO") {
			conn.Write([]byte{b})
			time.Sleep(time.Second)
		}
	case 1:
		conn.Write(bytes.Repeat([]byte("x"), 1<<20))
	case 2:
		conn.Write(bytes.Repeat([]byte("NOOP\r\n"), 5000))
	case 3: // half of a handshake
		fmt.Fprint(conn, "EHLO a\r\nSTARTTLS\r\n")
		conn.Write([]byte{22, 3, 1, 2, 0, 1})
		time.Sleep(time.Second)
	case 4:
		fmt.Fprint(conn, "EHLO \x00\x00\r\n\x00\r\nMAIL FROM:<\x00>\r\nQUIT\r\n")
		time.Sleep(100 * time.Millisecond)
	case 5: // RST
		fmt.Fprint(conn, "EHLO a\r\n")
		conn.(*net.TCPConn).SetLinger(0)
	}
}

func openFiles(t *testing.T, pid int) int {
	t.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// statusOf is a figure in KiB of what Linux knows about a process (proc_pid_status(5)).
func statusOf(t *testing.T, pid int, name string) (kib int) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(name + `:\s*(\d+)`).FindSubmatch(text); m != nil {
		fmt.Sscan(string(m[1]), &kib)
	}
	return kib
}

// waitFor waits as long as anyone would.
func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 300 {
		if is() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("waited in vain for %s", what)
}
