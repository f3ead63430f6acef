// Package scripttest plays servers that follow a transcript, so that a server which someone met becomes a test by
// being written down.
//
// The lines of a transcript are
//
//	S: text    a line from the server; neighboring lines arrive together
//	R: "text"  bytes from the server, as a Go string; they too arrive with their neighbors
//	+          what follows arrives on its own
//	C: line    the server waits for this line; "C: AUTH PLAIN …" leaves the rest of it open
//	MESSAGE    the server waits for lines up to one with a dot
//	BYTES 100  the server reads so many bytes, as after BDAT
//	TLS        a handshake
//	TLS old    a handshake of TLS 1.2 by a server that does not know renegotiation_info
//	RENEGOTIATE  the server asks for another handshake, after TLS old
//	HELLO      the server waits for one TLS record
//	SASL NAME  an exchange of AUTH with that mechanism, in which ann has [Password]; SASL NAME early sends the server's last
//	           challenge with the 235
//	WAIT 50ms  the server does nothing for a while
//	CLOSE      the server closes; CUT resets the connection
//	NEXT       what follows happens on the next connection, and on those after the last
//
// A client that sends another line than the transcript has next is answered from where the transcript has that line.
// Where it has none, QUIT is answered with 221 and everything else with 500: a client may always leave, and may learn.
package scripttest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Server is a server that follows a transcript. Close it when done.
type Server struct {
	// Addresses is what every name is looked up as; nil is one address of loopback. All lead to this server.
	Addresses []netip.Addr

	scripts  [][]string
	config   *tls.Config
	listener net.Listener
	accepted atomic.Int32
	running  sync.WaitGroup

	closed chan struct{} // ends every wait

	mu    sync.Mutex
	conns []net.Conn // nil once the server is closed
}

// Start begins to serve a transcript on loopback, with the given certificate and settings in its handshakes. It panics on a
// line that is none.
func Start(transcript string, config *tls.Config) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{scripts: parse(transcript), config: config, listener: listener, closed: make(chan struct{}), conns: []net.Conn{}}
	s.running.Go(s.accept)
	return s, nil
}

// DialContext connects to the server, whatever the address.
func (s *Server) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, s.listener.Addr().String())
}

// Address is where it listens, host and port.
func (s *Server) Address() string { return s.listener.Addr().String() }

// LookupNetIP finds the same addresses for every name.
func (s *Server) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if s.Addresses != nil {
		return slices.Clone(s.Addresses), nil
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// Close ends all connections and waits until the server is at rest.
func (s *Server) Close() error {
	err := s.listener.Close()
	s.mu.Lock()
	for _, c := range s.conns {
		c.Close()
	}
	if s.conns != nil {
		close(s.closed)
	}
	s.conns = nil
	s.mu.Unlock()
	s.running.Wait()
	return err
}

func parse(transcript string) [][]string {
	scripts := [][]string{nil}
	for line := range strings.Lines(transcript) {
		switch line = strings.TrimLeft(strings.TrimRight(line, "\n"), "\t "); line {
		case "":
		case "NEXT":
			scripts = append(scripts, nil)
		default:
			check(line)
			scripts[len(scripts)-1] = append(scripts[len(scripts)-1], line)
		}
	}
	return scripts
}

func check(line string) {
	word, rest, _ := strings.Cut(line, " ")
	var err error
	switch word {
	case "R:":
		_, err = strconv.Unquote(rest)
	case "WAIT":
		_, err = time.ParseDuration(rest)
	case "BYTES":
		_, err = strconv.Atoi(rest)
	}
	if err != nil || !slices.Contains([]string{"S:", "R:", "+", "C:", "MESSAGE", "BYTES", "TLS", "RENEGOTIATE", "HELLO", "SASL", "WAIT", "CLOSE", "CUT"}, word) {
		panic("no line of a transcript: " + line)
	}
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		n := min(int(s.accepted.Add(1)), len(s.scripts))
		s.mu.Lock()
		open := s.conns != nil
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		if !open {
			conn.Close()
			return
		}
		s.running.Go(func() {
			(&actor{conn: conn, tcp: conn, r: bufio.NewReader(conn), config: s.config, closed: s.closed, lines: slices.Clone(s.scripts[n-1])}).play()
		})
	}
}

// actor plays one connection.
type actor struct {
	conn    net.Conn
	tcp     net.Conn
	r       *bufio.Reader
	config  *tls.Config
	closed  <-chan struct{}
	lines   []string // still to come
	pending bytes.Buffer
}

func (a *actor) play() {
	defer a.tcp.Close()
	for on := true; on; {
		if len(a.lines) == 0 {
			a.flush()
			on = a.hear("")
			continue
		}
		line := a.lines[0]
		a.lines = a.lines[1:]
		on = a.do(line)
	}
}

// do plays one line; false when the connection is over.
func (a *actor) do(line string) bool {
	word, rest, _ := strings.Cut(line, " ")
	if word != "S:" && word != "R:" {
		a.flush()
	}
	switch word {
	case "S:":
		a.pending.WriteString(rest + "\r\n")
	case "R:":
		text, _ := strconv.Unquote(rest)
		a.pending.WriteString(text)
	case "C:":
		return a.hear(rest)
	case "MESSAGE":
		return a.message()
	case "BYTES":
		n, _ := strconv.Atoi(rest)
		read, _ := a.r.Discard(n)
		return read == n
	case "TLS":
		return a.handshake(rest == "old")
	case "RENEGOTIATE":
		old, ok := a.conn.(*oldTLS)
		return ok && old.askAgain() == nil
	case "HELLO":
		return a.record()
	case "SASL":
		name, early, _ := strings.Cut(rest, " ")
		return a.exchange(name, early != "")
	case "WAIT":
		d, _ := time.ParseDuration(rest)
		return a.wait(d)
	case "CLOSE":
		return false
	case "CUT":
		if c, ok := a.tcp.(*net.TCPConn); ok {
			c.SetLinger(0)
		}
		return false
	}
	return true
}

func (a *actor) flush() {
	a.conn.Write(a.pending.Bytes())
	a.pending.Reset()
}

// wait does nothing for a while; false when the server is closed before it is over.
func (a *actor) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-a.closed:
		return false
	}
}

// hear reads the client's next line, and goes to where the transcript has it.
func (a *actor) hear(want string) bool {
	line, err := a.r.ReadString('\n')
	if err != nil {
		return false
	}
	line = strings.TrimRight(line, "\r\n")
	if fits(line, want) {
		return true
	}
	for i, next := range a.lines {
		if later, ok := strings.CutPrefix(next, "C: "); ok && fits(line, later) {
			a.lines = a.lines[i+1:]
			return true
		}
	}
	if strings.EqualFold(line, "QUIT") {
		io.WriteString(a.conn, "221 2.0.0 bye\r\n")
		return false
	}
	if want != "" {
		a.lines = slices.Insert(a.lines, 0, "C: "+want)
	}
	_, err = io.WriteString(a.conn, "500 5.5.1 not in the transcript\r\n")
	return err == nil
}

func fits(line, want string) bool {
	if begin, open := strings.CutSuffix(want, "…"); open {
		return len(line) >= len(begin) && strings.EqualFold(line[:len(begin)], begin)
	}
	return want != "" && strings.EqualFold(line, want)
}

func (a *actor) message() bool {
	for {
		line, err := a.r.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return err == nil
		}
	}
}

func (a *actor) record() bool {
	head := make([]byte, 5)
	if _, err := io.ReadFull(a.r, head); err != nil {
		return false
	}
	_, err := io.CopyN(io.Discard, a.r, int64(head[3])<<8|int64(head[4]))
	return err == nil
}

func (a *actor) handshake(old bool) bool {
	if old {
		conn, err := startOldTLS(a.conn, a.r, a.config.Certificates[0])
		if err == nil {
			a.conn, a.r = conn, bufio.NewReader(conn)
		}
		return err == nil
	}
	conn := tls.Server(&leftover{a.conn, a.r}, a.config)
	if err := conn.Handshake(); err != nil {
		return false
	}
	a.conn, a.r = conn, bufio.NewReader(conn)
	return true
}

// leftover reads what a bufio.Reader has taken already.
type leftover struct {
	net.Conn
	r *bufio.Reader
}

func (p *leftover) Read(b []byte) (int, error) { return p.r.Read(b) }
