package lab

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxLine bounds a command line in bytes. RFC 5321 §4.5.3.1.4 asks for
// 512 at least, RFC 4954 §4 for 12288 while AUTH is running.
const maxLine = 12288

// buffered is how much of what a client sends is read at once. A line may be three times as long, but hardly one is, and a class has many clients.
const buffered = maxLine / 3

// maxErrors is how many commands may fail before the server hangs up.
const maxErrors = 20

// writeTimeout is how long a client may leave a reply unread.
const writeTimeout = time.Minute

// front is the face of the server for one client. It keeps the order of
// commands, the greeting, TLS and the scenario's policy, and hands the rest to
// the engine line by line. One goroutine, the engine's, runs all of it.
type front struct {
	lab     *Lab
	service *service
	id      int      // number of the connection, as a process id in the log
	socket  net.Conn // as accepted
	conn    net.Conn // what is spoken on: the socket, or TLS over it
	in      *bufio.Reader
	tls     *tls.ConnectionState // nil in cleartext
	random  io.Reader            // of nonces

	helo     string   // the name the client gave, "" before EHLO
	extended bool     // the client said EHLO rather than HELO
	refusing bool     // greeted with 554: only QUIT is left (RFC 5321 §3.1)
	mail     bool     // a transaction is open
	rcpts    int      // recipients accepted in it
	chunked  bool     // BDAT has begun, so DATA may not follow
	claimed  string   // who AUTH is about to accept
	verbatim string   // goes out in place of the base64 of the next challenge
	user     string   // who AUTH has accepted
	method   string   // the mechanism of the exchange that runs or ran last
	sender   string   // of the transaction, and of the last one up to the next command
	prdr     bool     // the sender asked for a reply for each recipient
	fates    []string // the replies to the message for each recipient, where each has its own
	queueID  string   // of its message likewise, "" before the first recipient
	last     string   // what the client did last, as the log names it
	strayed  bool     // its last line that was refused was no command
	arg      string   // the argument of its last command

	stated stated // whom the client speaks for, as it says

	visit    *visiting
	bytes    int64 // that the client has sent
	lines    int
	until    time.Time // on the real clock: when its time is over, zero for never
	patience patience
	errors   int
	tally    tally
	upgraded bool // TLS has just begun: the engine needs a new session
	closed   bool
}

func newFront(l *Lab, s *service, socket net.Conn) *front {
	f := &front{lab: l, service: s, socket: socket, conn: socket, id: l.journal.nextID()}
	f.in, f.random, f.last = bufio.NewReaderSize(socket, buffered), l.options.randomness(f.id), "CONNECT"
	f.visit = l.visitOf(socket)
	f.visit.hold()
	if d := l.options.Limits.Time; d > 0 {
		f.until = time.Now().Add(d)
	}
	l.fronts.Store(f, nil)
	f.logf("connect from %s", f.peer())
	return f
}

// command handles one line and reports whether the engine is to have it.
func (f *front) command(line string) (forEngine bool) {
	verb, arg := split(line)
	if !f.mail { // what was said of the last message is over
		f.sender, f.queueID = "", ""
	}
	f.tally.add(verb)
	if f.arg = arg; isText(verb) {
		f.last = strings.ToUpper(f.tally.name(verb))
	}
	if reply := f.objection(verb, arg); reply != "" {
		f.reply(verb, reply)
	} else if answer, ok := f.lab.answers.find(verb, line, f); ok {
		f.give(verb, answer)
	} else {
		return f.handle(verb)
	}
	if verb == "BDAT" && !f.closed {
		// The chunk follows the command even if that is refused.
		f.discard(chunkSize(arg))
	}
	return false
}

// handle does what is the front's to do.
func (f *front) handle(verb string) (forEngine bool) {
	switch verb {
	case "STARTTLS":
		f.handleSTARTTLS()
	case "VRFY", "EXPN", "HELP":
		f.reply(verb, f.courtesy(verb))
	case "XCLIENT", "XFORWARD":
		f.state(verb)
	default:
		return true
	}
	return false
}

func (f *front) discard(n int64) {
	f.setDeadline()
	if _, err := io.CopyN(io.Discard, f.in, n); err != nil {
		f.ended(err)
	}
}

// give sends a scripted answer.
func (f *front) give(verb string, a answer) {
	f.reply(verb, a.Reply)
	if a.Close {
		f.close()
	}
}

// handleSTARTTLS upgrades the connection (RFC 3207 §4). The engine's
// session ends with it, and a new one begins that knows nothing of the old.
func (f *front) handleSTARTTLS() {
	if f.in.Buffered() > 0 {
		// Anything after STARTTLS was sent in cleartext by someone unknown
		// and must not be taken for what comes after the handshake.
		f.reply("STARTTLS", "503 5.5.0 nothing may be pipelined after STARTTLS")
		return
	}
	f.reply("STARTTLS", "220 2.0.0 ready to start TLS")
	if err := f.startTLS(); err != nil {
		f.close()
		return
	}
	f.forget()
	f.upgraded = true
}

// startTLS runs the server's side of a handshake and speaks TLS from then on.
func (f *front) startTLS() error {
	f.setDeadline()
	conn := tls.Server(unhurried{f.socket}, f.lab.tls)
	if err := conn.Handshake(); err != nil {
		f.visit.see(Sight{Failed: err})
		f.logNoTLS(err)
		return err
	}
	state := conn.ConnectionState()
	f.conn, f.tls = conn, &state
	f.in.Reset(conn)
	f.visit.see(Sight{TLS: &state})
	f.setDeadline()
	f.logTLS()
	return nil
}

// unhurried allows each write of a handshake its own time: the client may have taken long before its ClientHello, and the time for
// the reply before it is over by then.
type unhurried struct{ net.Conn }

func (c unhurried) Write(p []byte) (int, error) {
	c.SetWriteDeadline(time.Now().Add(writeTimeout))
	return c.Conn.Write(p)
}

// forget drops what the client said before TLS (RFC 3207 §4.2).
func (f *front) forget() {
	f.helo, f.extended, f.user, f.method = "", false, "", ""
	f.endTransaction()
}

func (f *front) endTransaction() { f.mail, f.rcpts, f.chunked, f.prdr = false, 0, false, false }

// reply sends complete lines, separated by \n, as one write, and takes note of
// what they mean.
func (f *front) reply(verb, lines string) {
	out := strings.ReplaceAll(lines, "\n", "\r\n") + "\r\n"
	f.socket.SetWriteDeadline(time.Now().Add(writeTimeout))
	f.visit.see(Sight{Said: []byte(out)})
	f.setDeadline()             // before the client can know: what passes from here on is its own time
	io.WriteString(f.conn, out) // a client that is gone shows at the next read
	f.noteReply(verb, lines)
}

// noteReply counts failures and hangs up after too many of them.
func (f *front) noteReply(verb, lines string) {
	if lines[0] != '4' && lines[0] != '5' {
		return
	}
	f.tally.refuse(verb)
	f.logRefusal(verb, lines)
	switch f.errors++; {
	case strings.HasPrefix(lines, "421"):
		f.close()
	case f.errors == maxErrors:
		f.logf("too many errors after %s from %s", f.last, f.peer())
		f.reply("", "421 4.7.0 "+f.service.Host+" too many errors")
	}
}

// errLineTooLong is returned by readLine when it has skipped a line.
var errLineTooLong = errors.New("line too long")

// readLine reads a line with its end. At a timeout or at the end of input it
// ends the connection and returns io.EOF.
func (f *front) readLine() (string, error) {
	piece, err := f.slice()
	line, tooLong := string(piece), errors.Is(err, bufio.ErrBufferFull)
	inTime := f.spend(len(piece), 1)
	if err == nil || tooLong {
		f.visit.see(Sight{Heard: piece})
	}
	for inTime && errors.Is(err, bufio.ErrBufferFull) {
		piece, err = f.in.ReadSlice('\n')
		inTime = f.spend(len(piece), 0)
	}
	switch {
	case !inTime:
		return "", io.EOF
	case err != nil:
		f.ended(err)
		return "", io.EOF
	case tooLong:
		return "", errLineTooLong
	}
	return line, nil
}

// slice reads up to maxLine bytes of a line.
func (f *front) slice() ([]byte, error) {
	piece, err := f.in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return piece, err
	}
	line := bytes.Clone(piece)
	for errors.Is(err, bufio.ErrBufferFull) && len(line) < maxLine {
		piece, err = f.in.ReadSlice('\n')
		line = append(line, piece...)
	}
	return line, err
}

// ended says why the client cannot be read from any more.
func (f *front) ended(err error) {
	switch {
	case f.closed:
	case f.lab.ends():
		f.reply("", "421 4.3.2 "+f.service.Host+" the server is shutting down")
	case errors.Is(err, os.ErrDeadlineExceeded):
		f.logf("timeout after %s from %s", f.last, f.peer())
		f.reply("", "421 4.4.2 "+f.service.Host+" timeout exceeded")
	default:
		f.lost()
	}
	f.close()
}

// close ends the connection, with close_notify if there is TLS.
func (f *front) close() {
	if f.closed {
		return
	}
	f.closed = true
	f.logf("disconnect from %s %s", f.peer(), f.tally.String())
	f.visit.release(f.socket) // before the client can know, so that it finds room when it comes back
	f.conn.Close()
	f.lab.open.remove(f.socket)
	f.lab.forget(&f.lab.fronts, f)
}

// peerIP is the client's address as logs have it.
func (f *front) peerIP() string {
	if played := cmp.Or(f.stated.address, f.lab.scenario.Knobs.Client); played != "" {
		return played
	}
	if addr, ok := f.socket.RemoteAddr().(*net.TCPAddr); ok {
		return addr.IP.String()
	}
	return "127.0.0.1"
}

// needsTLS reports whether the client must start TLS before it goes on.
func (f *front) needsTLS() bool {
	k := f.lab.scenario.Knobs
	return f.service.submission && f.tls == nil && !k.NoTLS && !k.ClearAuth
}

// offersTLS reports whether STARTTLS is possible now.
func (f *front) offersTLS() bool { return f.tls == nil && !f.lab.scenario.Knobs.NoTLS }

// capabilities are the lines of the EHLO reply, the server's name first
// (RFC 5321 §4.1.1.1).
func (f *front) capabilities() []string {
	lines := []string{f.service.Host + " greets " + printable(f.helo)}
	if remark := f.lab.options.Remark; remark != "" {
		lines[0] += ": " + printable(remark)
	}
	for _, keyword := range []string{"PIPELINING", "SIZE", "STARTTLS", "AUTH",
		"ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "SMTPUTF8", "CHUNKING", "XCLIENT", "XFORWARD", "HELP"} {
		if line := f.capability(keyword); line != "" && !f.lab.hides(keyword) {
			lines = append(lines, line)
		}
	}
	last := len(lines) - 1 // HELP stays the last
	return slices.Concat(lines[:last:last], f.lab.scenario.Knobs.Offer, lines[last:])
}

// capability is the line for keyword as things stand, or "".
func (f *front) capability(keyword string) string {
	switch keyword {
	case "SIZE":
		return "SIZE " + strconv.FormatInt(f.lab.maxSize(), 10)
	case "STARTTLS":
		if !f.offersTLS() {
			return ""
		}
	case "XCLIENT", "XFORWARD":
		if !f.lab.scenario.Knobs.Trusting {
			return ""
		}
		return keyword + " " + strings.ToUpper(attributesOf.Of(keyword))
	case "AUTH":
		offered := f.mechanisms()
		if len(offered) == 0 {
			return ""
		}
		return "AUTH " + strings.Join(offered, " ")
	}
	return keyword
}

// banner is the greeting (RFC 5321 §4.3.1).
func (f *front) banner() string {
	if f.service.lmtp {
		return fmt.Sprintf("220 %s LMTP practice mailbox ready", f.service.Host)
	}
	return fmt.Sprintf("220 %s ESMTP practice server", f.service.Host)
}
