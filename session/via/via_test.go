package via

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// serve answers one connection after the other at a listener.
func serve(t *testing.T, network, address string, answer func(net.Conn)) net.Addr {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); answer(conn) }()
		}
	}()
	return l.Addr()
}

// greeting is the first line that comes.
func greeting(t *testing.T, w Way, address string) string {
	t.Helper()
	conn, err := w.Dial(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// httpProxy answers CONNECT, and says in a greeting what it was asked for.
func httpProxy(conn net.Conn) {
	r, err := http.ReadRequest(bufio.NewReader(conn))
	switch {
	case err != nil:
	case r.Header.Get("Proxy-Authorization") != "Basic YW5uOnNlY3JldA==":
		io.WriteString(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
	default:
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\n\r\n220 %s %s\r\n", r.Method, r.Host) // in one packet
	}
}

func TestHTTPProxy(t *testing.T) {
	at := serve(t, "tcp", "127.0.0.1:0", httpProxy).String()
	w, err := Proxy("http://ann:secret@" + at)
	if err != nil || w.Name != "the HTTP proxy "+at {
		t.Fatal(w.Name, err)
	}
	if got := greeting(t, w, "mail.example:25"); got != "220 CONNECT mail.example:25" {
		t.Error(got)
	}
	w, _ = Proxy("http://" + at)
	if _, err := w.Dial(t.Context(), "tcp", "mail.example:25"); err == nil || !strings.Contains(err.Error(), "407") {
		t.Error(err)
	}
	odd := serve(t, "tcp", "127.0.0.1:0", func(c net.Conn) { io.WriteString(c, "220 not HTTP\r\n") }).String()
	w, _ = Proxy("http://" + odd)
	if _, err := w.Dial(t.Context(), "tcp", "mail.example:25"); err == nil || !strings.Contains(err.Error(), "no HTTP answer") {
		t.Error(err)
	}
	silent := serve(t, "tcp", "127.0.0.1:0", func(c net.Conn) { io.Copy(io.Discard, c) }).String()
	w, _ = Proxy("http://" + silent)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := w.Dial(ctx, "tcp", "mail.example:25"); err == nil {
		t.Error("a proxy that says nothing lets through")
	}
}

// socksProxy plays a SOCKS proxy without a password (RFC 1928 §3 to §6).
func socksProxy(conn net.Conn) {
	hello := make([]byte, 3)
	io.ReadFull(conn, hello)
	conn.Write([]byte{5, 0})
	head := make([]byte, 5)
	io.ReadFull(conn, head)
	rest := make([]byte, int(head[4])+2)
	io.ReadFull(conn, rest)
	conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	fmt.Fprintf(conn, "220 %s\r\n", rest[:head[4]])
}

func TestSOCKSProxy(t *testing.T) {
	w, err := Proxy("socks5://" + serve(t, "tcp", "127.0.0.1:0", socksProxy).String())
	if err != nil {
		t.Fatal(err)
	}
	if got := greeting(t, w, "mail.example:25"); got != "220 mail.example" {
		t.Error(got)
	}
}

func TestProxyRefuses(t *testing.T) {
	for _, raw := range []string{"", "127.0.0.1:1080", "ftp://a", "socks5://", "http://a/path", "://"} {
		if _, err := Proxy(raw); err == nil {
			t.Error(raw)
		}
	}
}

func TestSocketAndPipe(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no shell")
	}
	path := filepath.Join(t.TempDir(), "s")
	serve(t, "unix", path, func(c net.Conn) { io.WriteString(c, "220 socket\r\n") })
	if got := greeting(t, Socket(path), "mail.example:25"); got != "220 socket" {
		t.Error(got)
	}
	w := Pipe(`echo 220 pipe; read line; echo "250 $line"`)
	if got := greeting(t, w, "mail.example:25"); got != "220 pipe" {
		t.Error(got)
	}
	conn, err := w.Dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go io.WriteString(conn, "EHLO x\n")
	if all, err := io.ReadAll(conn); err != nil || string(all) != "220 pipe\n250 EHLO x\n" {
		t.Errorf("%q, %v", all, err)
	}
}

func TestFrom(t *testing.T) {
	at := serve(t, "tcp", "127.0.0.1:0", func(c net.Conn) { fmt.Fprintf(c, "220 %s\r\n", c.RemoteAddr()) }).String()
	w, err := From("127.0.0.9", 0)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" { // where all of 127/8 is this machine
		if got := greeting(t, w, at); !strings.HasPrefix(got, "220 127.0.0.9:") {
			t.Error(got)
		}
	}
	if _, err := w.Dial(t.Context(), "tcp", "[::1]:25"); err == nil || !strings.Contains(err.Error(), "family") {
		t.Error(err)
	}
	if _, err := From("no such card", 0); err == nil {
		t.Error("an interface that is not there")
	}
}
