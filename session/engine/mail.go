package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// content sends the message and the line with a dot (RFC 5321 §4.1.1.4).
func (s *Session) content(ctx context.Context, st record.Step) error {
	if c := s.snap.Capabilities; walk.EightBit(st.Content) && c != nil && !c.Has("8BITMIME") { // RFC 6152 §3
		s.find("8bitmime-missing", "")
	}
	o := dataContent(st.Content)
	o.send.Edited = st.Edited
	reply, err := s.ask(ctx, o)
	if err != nil {
		return err
	}
	return s.judge(record.VerbContent, ".", reply)
}

func dataContent(content []byte) outgoing {
	var b bytes.Buffer
	w := wire.NewDataWriter(&b)
	w.Write(content)
	w.Close()
	return outgoing{bytes: b.Bytes(), verb: ".", send: record.Send{Content: true, Size: b.Len(), Stuffed: w.Stuffed(), Normalised: w.Normalised()}}
}

// bdat sends one chunk, its command and its bytes in one go: no reply comes between them (RFC 3030 §2).
func (s *Session) bdat(ctx context.Context, st record.Step) error {
	line, err := s.checkLine(st)
	if err != nil {
		return err
	}
	if n, ok := chunkSize(line); !ok {
		st.Content = nil // the server refuses the line and would take a chunk for commands
	} else if n != len(st.Content) {
		return &record.Error{Verb: st.Verb, Phase: record.PhaseData, Exit: record.ExitUsage, Err: errChunk,
			Text: fmt.Sprintf("the line was not sent: it announces %d bytes and the chunk has %d", n, len(st.Content)),
			Hint: "the server would take what comes next for the rest of the chunk, or the rest of the chunk for commands"}
	}
	o := s.typedLine(st)
	shown := o.line()
	o.bytes = append(o.bytes, st.Content...)
	o.send.Content, o.send.Size = true, len(st.Content)
	reply, err := s.ask(ctx, o)
	if err != nil {
		return err
	}
	return s.judge(record.VerbBdat, shown, reply)
}

var errChunk = errors.New("the size of the chunk is wrong")

// chunkSize is the size that a BDAT line announces (RFC 3030 §2).
func chunkSize(line string) (int, bool) {
	words := strings.Fields(line)
	if len(words) < 2 {
		return 0, false
	}
	n, err := strconv.Atoi(words[1])
	return n, err == nil && n >= 0
}

// quit says good-bye and closes, whatever the answer.
func (s *Session) quit(ctx context.Context, st record.Step) error {
	if s.state.Stage == record.StageBroken {
		s.hangUp()
		return nil
	}
	err := s.command(ctx, st)
	s.closeTLS()
	s.hangUp()
	return err
}

// closeTLS says good-bye in TLS too, so that nobody can cut the end off unnoticed (RFC 9846 §6.1). A server that is
// gone already does not hear it, which is no fault.
func (s *Session) closeTLS() {
	if s.tls == nil || !s.state.Security.Encrypted() {
		return
	}
	s.conn.SetDeadline(s.cfg.Now().Add(time.Second))
	s.tls.CloseWrite()
}

// raw sends any line. A line that is a command moves the state as the command would; a secret in it is masked.
func (s *Session) raw(ctx context.Context, st record.Step) error {
	st.Edited = true
	switch {
	case s.state.Transaction == record.TransactionData:
		return s.rawContent(ctx, st)
	case s.state.Auth == record.AuthExchange:
		s.step = record.VerbRespond
		return s.respond(ctx, walk.WithVerb(st, record.VerbRespond))
	}
	for _, v := range walk.Commands {
		if walk.CommandWord(st.Line) == strings.ToUpper(string(v)) {
			s.step = v
			return steps[v](s, ctx, walk.WithVerb(st, v))
		}
	}
	return s.command(ctx, st)
}

// rawContent sends one line of a message; only the line with a dot is answered.
func (s *Session) rawContent(ctx context.Context, st record.Step) error {
	line, err := s.checkLine(st)
	if err != nil {
		return err
	}
	o := s.typedLine(st)
	o.send.Content, o.verb = true, "."
	if len(o.masked) == 0 { // or it would tell how long the secret is
		o.send.Size = len(o.bytes)
	}
	if line != "." {
		return s.send(ctx, o)
	}
	reply, err := s.ask(ctx, o)
	if err != nil {
		return err
	}
	return s.judge(record.VerbContent, ".", reply)
}
