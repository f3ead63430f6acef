package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// content sends the message and the line with a dot (RFC 5321 §4.1.1.4).
func (s *Session) content(ctx context.Context, st record.Step) error {
	o := outgoing{body: bodyOf(st.Message)}
	o.send = record.Send{Content: true, Edited: st.Edited, EightBit: st.Message.EightBit}
	return s.ask(ctx, o)
}

// bodyOf opens a message and writes it the way that DATA wants it.
func bodyOf(m *record.Message) func(io.Writer) (changes, error) {
	return func(to io.Writer) (changes, error) {
		content, err := m.Open()
		if err != nil {
			return changes{}, err
		}
		defer content.Close()
		buffered := bufio.NewWriterSize(to, int(min(2*m.Size+int64(len(".\r\n")), bodyBuffer)))
		w := wire.NewDataWriter(buffered)
		if _, err = io.Copy(w, content); err == nil {
			err = errors.Join(w.Close(), buffered.Flush())
		}
		return changes{w.Stuffed(), w.Normalized()}, err
	}
}

// chunks is a message that is sent with BDAT, as far as it was read.
type chunks struct {
	message *record.Message
	content io.ReadCloser
	encoded *wire.ChunkReader // nil where the content goes as it is
	at      int64             // bytes that were sent
}

// chunk writes a part of a message. One that begins where the part before it ended goes on reading there, so that a message is read once.
func (s *Session) chunk(st record.Step, size int64) func(io.Writer) (changes, error) {
	return func(to io.Writer) (changes, error) {
		if err := s.openChunks(st); err != nil {
			return changes{}, err
		}
		c, from, before := s.chunks, io.Reader(s.chunks.content), 0
		if c.encoded != nil {
			from, before = c.encoded, c.encoded.Normalized()
		}
		n, err := io.CopyBuffer(struct{ io.Writer }{to}, io.LimitReader(from, size), make([]byte, max(1, min(size, bodyBuffer))))
		if c.at += n; err == nil && n < size {
			err = io.ErrUnexpectedEOF // it has become shorter since it was measured
		}
		if c.encoded == nil {
			return changes{}, err
		}
		return changes{normalized: c.encoded.Normalized() - before}, err
	}
}

// openChunks has the message read up to where a part of it begins.
func (s *Session) openChunks(st record.Step) error {
	if c := s.chunks; c != nil && c.message == st.Message && c.at == st.Part.From && c.at > 0 {
		return nil
	}
	s.closeChunks()
	content, err := st.Message.Open()
	if err != nil {
		return err
	}
	c := &chunks{message: st.Message, content: content}
	from := io.Reader(content)
	if !st.Verbatim {
		c.encoded = wire.NewChunkReader(content)
		from = c.encoded
	}
	s.chunks = c
	c.at, err = io.CopyN(io.Discard, from, st.Part.From)
	return err
}

func (s *Session) closeChunks() {
	if s.chunks != nil {
		s.chunks.content.Close()
		s.chunks = nil
	}
}

// bodyBuffer is how much of a message goes out in one write: as much as two records of TLS hold. A short one needs less, even
// where each of its lines gets a dot.
const bodyBuffer = 32 << 10

// bdat sends one chunk, its command and its bytes in one go: no reply comes between them (RFC 3030 §2).
func (s *Session) bdat(ctx context.Context, st record.Step) error {
	if err := checkLine(st); err != nil {
		return err
	}
	o := s.typedLine(st)
	switch n, ok := chunkSize(st.Line); {
	case !ok: // the server refuses the line and would take a chunk for commands
	case n != chunkBytes(st):
		e := unsendable(st.Verb, fmt.Sprintf("The line was not sent: it announces %d bytes and the chunk has %d.", n, chunkBytes(st)),
			"announce the exact size of the chunk; otherwise the server reads later commands as content, or content as commands")
		e.Err = errChunk
		return e
	default:
		o.body = s.chunk(st, n)
		if st.Part.From > 0 {
			o.keep = chunkKept
		}
	}
	o.send.Content, o.send.EightBit = true, st.Message.EightBit
	err := s.ask(ctx, o)
	if s.snap.State.Transaction != record.TransactionBdat { // no other chunk follows
		s.closeChunks()
	}
	return err
}

// chunkBytes is how many bytes of its message a step sends.
func chunkBytes(st record.Step) int64 {
	if st.Part != (record.Part{}) {
		return st.Part.Size
	}
	return st.Message.Chunk()
}

var errChunk = errors.New("the size of the chunk is wrong")

// chunkSize is the size that a BDAT line announces (RFC 3030 §2).
func chunkSize(line string) (int64, bool) {
	words := strings.Fields(line)
	if len(words) < 2 {
		return 0, false
	}
	n, err := strconv.ParseInt(words[1], 10, 64)
	return n, err == nil && n >= 0
}

// quit says goodbye and closes, whatever the answer.
func (s *Session) quit(ctx context.Context, st record.Step) error {
	err := s.command(ctx, st)
	if err == nil && s.snap.Reply.Code >= 500 {
		s.hearLate()
	}
	s.closeTLS()
	s.Close()
	return err
}

// latePatience is how long a server may take to say more after it has refused QUIT.
const latePatience = 300 * time.Millisecond

// hearLate waits a moment for more where QUIT was refused: the only answer to QUIT that every server has is 221, so the refusal
// may belong to the command before, and the 221 is under way.
func (s *Session) hearLate() {
	s.link.SetDeadline(time.Now().Add(latePatience))
	if s.reader.Fill(); len(s.reader.Buffered()) > 0 {
		s.unasked()
	}
}

// closeTLS says goodbye in TLS too, so that nobody can cut the end off unnoticed (RFC 9846 §6.1). A server that is
// gone already does not hear it, which is no fault.
func (s *Session) closeTLS() {
	if s.tls == nil || !s.snap.State.Security.Encrypted() {
		return
	}
	s.conn.SetDeadline(time.Now().Add(time.Second))
	s.tls.CloseWrite()
}

// raw sends any line. A line that is a command moves the state as the command would; a secret in it is masked.
func (s *Session) raw(ctx context.Context, st record.Step) error {
	st.Edited = true
	switch {
	case s.snap.State.Transaction == record.TransactionData:
		return s.rawContent(ctx, st)
	case s.snap.State.Auth == record.AuthExchange:
		s.step = record.VerbRespond
		return s.respond(ctx, walk.WithVerb(st, record.VerbRespond))
	}
	if v, ok := walk.CommandVerb(st.Line); ok {
		s.step = v
		return stepOf(v)(s, ctx, walk.WithVerb(st, v))
	}
	return s.command(ctx, st)
}

// rawContent sends one line of a message; only the line with a dot is answered.
func (s *Session) rawContent(ctx context.Context, st record.Step) error {
	if err := checkLine(st); err != nil {
		return err
	}
	o := s.typedLine(st)
	o.send.Content = true
	if len(o.masked) == 0 { // or it would tell how long the secret is
		o.send.Size = len(o.bytes)
	}
	if st.Line != "." {
		return s.send(ctx, o)
	}
	s.step = record.VerbContent
	return s.ask(ctx, o)
}
