package lab

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"
)

// newEngine makes the go-smtp server behind every listener. It sees neither
// TLS nor commands out of order: the front has dealt with them.
func newEngine(l *Lab) *smtp.Server {
	engine := smtp.NewServer(smtp.BackendFunc(newSession))
	engine.AllowInsecureAuth = true // the front decides
	engine.EnableSMTPUTF8 = !l.hides("SMTPUTF8")
	engine.EnableBINARYMIME = l.offers("BINARYMIME")
	engine.EnableDSN = !l.hides("DSN")
	engine.MaxMessageBytes = l.maxSize()
	engine.MaxRecipients = 100 // the least RFC 5321 §4.5.3.1.8 allows
	engine.MaxLineLength = 0   // the front bounds lines
	engine.ErrorLog = log.New(io.Discard, "", 0)
	return engine
}

// maxSize is the largest message taken, in bytes.
func (l *Lab) maxSize() int64 {
	if n := l.scenario.Knobs.MaxSize; n > 0 {
		return n
	}
	return 10 << 20
}

// engineConn is the connection as go-smtp sees it: reading asks the front for
// the next line that is for the engine, writing collects a reply, says it in
// the server's own words and sends it in one piece.
type engineConn struct {
	net.Conn // for its addresses
	front    *front

	verb, arg string // what the engine is handling, "" before the greeting
	chunk     int64  // bytes of a BDAT chunk still to come
	asked     bool   // after 334 or 354: the next line is no command
	overlong  bool   // a SASL response was too long
	pending   []byte // of a line larger than the engine's buffer
	reply     bytes.Buffer
	silent    bool // the engine's greeting is not for the client
	over      bool // the next engineConn has taken the front over
}

func newEngineConn(f *front) *engineConn { return &engineConn{Conn: f.socket, front: f} }

// Read gives the engine one line at a time, so that it never holds bytes of a
// later command.
func (c *engineConn) Read(p []byte) (int, error) {
	if c.chunk > 0 {
		return c.readChunk(p)
	}
	if len(c.pending) == 0 {
		var err error
		if c.pending, err = c.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.pending)
	c.pending = c.pending[n:]
	return n, nil
}

func (c *engineConn) readChunk(p []byte) (int, error) {
	c.front.setDeadline()
	n, err := c.front.in.Read(p[:min(int64(len(p)), c.chunk)])
	c.chunk -= int64(n)
	if !c.front.spend(n, 0) {
		return n, io.EOF
	}
	if err != nil {
		c.front.ended(err)
		return n, io.EOF
	}
	return n, nil
}

// next returns what the engine is to have next: message text or a SASL
// response if it asked for one, or else a command that is the engine's.
func (c *engineConn) next() ([]byte, error) {
	if c.asked && c.verb == "DATA" {
		return c.readText()
	}
	for !c.front.closed {
		line, err := c.front.readLine()
		switch {
		case errors.Is(err, errLineTooLong) && c.asked:
			c.overlong = true
			return []byte("*\r\n"), nil // ends the exchange for the engine
		case errors.Is(err, errLineTooLong):
			c.front.reply("", "500 5.5.2 line too long")
		case err != nil || c.asked:
			return []byte(line), err
		case !strings.HasSuffix(line, "\r\n") && !c.front.lab.scenario.Knobs.BareLF:
			c.front.reply("", "500 5.5.2 a line ends with CRLF, and this one ends with LF alone")
		case c.front.command(line):
			return []byte(c.take(line)), nil
		case c.front.upgraded:
			c.handOver()
			return nil, io.EOF
		}
	}
	return nil, io.EOF
}

// readText reads message text. A line longer than the buffer comes in pieces.
func (c *engineConn) readText() ([]byte, error) {
	c.front.setDeadline()
	piece, err := c.front.in.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		c.front.ended(err)
		return nil, io.EOF
	}
	if !c.front.spend(len(piece), 0) {
		return nil, io.EOF
	}
	if text, bare := bytes.CutSuffix(piece, []byte("\n")); bare && c.front.lab.scenario.Knobs.BareLF && !bytes.HasSuffix(text, []byte("\r")) {
		return append(bytes.Clone(text), "\r\n"...), nil
	}
	return piece, nil
}

// take notes what the engine is about to handle, and returns the line for it.
func (c *engineConn) take(line string) string {
	c.verb, c.arg = split(line)
	switch {
	case c.verb == "BDAT":
		c.chunk, c.front.chunked = chunkSize(c.arg), true
	case c.verb == "LHLO": // which the engine knows by another name
		return "EHLO " + c.arg + "\r\n"
	case c.verb == "MAIL" && c.front.lab.offers("PRDR"): // which the engine does not know
		var without string
		if without, c.front.prdr = withoutWord(c.arg, "PRDR"); c.front.prdr {
			return "MAIL " + without + "\r\n"
		}
	case c.verb == "RCPT" && strings.EqualFold(c.arg, "TO:<postmaster>"):
		// The one address that needs no domain (RFC 5321 §4.1.1.3).
		return "RCPT TO:<postmaster@" + Domain + ">\r\n"
	}
	return line
}

// handOver ends this session for the engine and begins one that knows nothing
// of what was said before TLS (RFC 3207 §4.2).
func (c *engineConn) handOver() {
	c.over, c.front.upgraded = true, false
	next := newEngineConn(c.front)
	next.silent = true
	if !c.front.lab.queue.put(next) {
		c.front.close()
	}
}

// Write takes the engine's reply piece by piece and sends it when it is whole:
// when its last line has a space after the code (RFC 5321 §4.2.1).
func (c *engineConn) Write(p []byte) (int, error) {
	c.reply.Write(p)
	if whole, ended := bytes.CutSuffix(c.reply.Bytes(), []byte("\r\n")); ended {
		if last := whole[bytes.LastIndexByte(whole, '\n')+1:]; len(last) > 3 && last[3] == ' ' {
			reply := strings.ReplaceAll(string(whole), "\r\n", "\n")
			c.reply.Reset()
			c.answer(reply)
		}
	}
	return len(p), nil
}

// answer sends a reply of the engine and follows what it changes.
func (c *engineConn) answer(reply string) {
	f := c.front
	if c.verb == "" {
		if !c.silent {
			f.greet()
		}
		return
	}
	toMessage, rcpts := c.asked && c.verb == "DATA" || c.verb == "BDAT" && lastChunk(c.arg), f.rcpts
	c.asked = reply[0] == '3'
	f.follow(c.verb, c.arg, reply[:3])
	if c.overlong {
		c.overlong = false
		f.reply(c.verb, "500 5.5.6 authentication exchange line is too long") // RFC 4954 §4
		return
	}
	reply = f.reword(c.verb, reply)
	if !toMessage {
		f.reply(c.verb, reply)
		return
	}
	for _, each := range f.toEach(reply, rcpts) {
		f.reply(c.verb, each)
	}
}

// decided is the last reply with PRDR, which is about the message as a whole.
func decided(fates []string, queued string) string {
	refuses := func(reply string) bool { return reply[0] != '2' }
	switch {
	case !slices.ContainsFunc(fates, func(r string) bool { return !refuses(r) }):
		return "550 5.7.1 message refused for all recipients"
	case slices.ContainsFunc(fates, refuses):
		return queued + " for some recipients"
	}
	return queued
}

// withoutWord takes a word out of an argument, and reports whether it was there.
func withoutWord(arg, word string) (string, bool) {
	words := strings.Fields(arg)
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.EqualFold(w, word) })
	return strings.Join(kept, " "), len(kept) < len(words)
}

// toEach are the replies to a message: the one for all recipients, or where each has its own all of them, in the order of RCPT (RFC 2033
// §4.2).
func (f *front) toEach(reply string, rcpts int) []string {
	fates := f.fates
	f.fates = nil
	switch {
	case !f.service.lmtp && fates != nil:
		return slices.Concat([]string{"353 content analysis has started"}, fates, []string{decided(fates, reply)})
	case !f.service.lmtp:
		return []string{reply}
	case len(fates) == rcpts:
		return fates
	}
	return slices.Repeat([]string{reply}, rcpts) // what was refused is refused for all
}

// Close ends the client's connection, unless TLS has begun on it and another
// session serves it now.
func (c *engineConn) Close() error {
	if !c.over {
		c.front.close()
	}
	return nil
}

// queue is the listener from which the engine accepts.
type queue struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newQueue() *queue {
	return &queue{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// put reports whether the engine has taken c.
func (q *queue) put(c net.Conn) bool {
	select {
	case q.conns <- c:
		return true
	case <-q.closed:
		return false
	}
}

func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.closed:
		return nil, net.ErrClosed
	}
}

func (q *queue) Close() error {
	q.once.Do(func() { close(q.closed) })
	return nil
}

// Addr is needed for a net.Listener only.
func (q *queue) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
