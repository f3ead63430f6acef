package session

import (
	"bytes"
	"context"
	"strings"

	"ehlo/session/wire"
)

// content sends the message and the line with a dot (RFC 5321 §4.1.1.4).
func (s *Session) content(ctx context.Context, st Step) error {
	o := dataContent(st.Content)
	o.send.Edited = st.Edited
	reply, err := s.ask(ctx, o)
	if err != nil {
		return err
	}
	return s.judge(VerbContent, ".", reply)
}

func dataContent(content []byte) outgoing {
	var b bytes.Buffer
	w := wire.NewDataWriter(&b)
	w.Write(content)
	w.Close()
	return outgoing{bytes: b.Bytes(), verb: ".", send: Send{Content: true, Size: b.Len(), Stuffed: w.Stuffed(), Normalised: w.Normalised()}}
}

// bdat sends one chunk, its command and its bytes in one go: no reply comes between them (RFC 3030 §2).
func (s *Session) bdat(ctx context.Context, st Step) error {
	line, err := s.checkLine(st)
	if err != nil {
		return err
	}
	o := plainLine(line, st.Edited)
	o.bytes = append(o.bytes, st.Content...)
	o.send.Content, o.send.Size = true, len(st.Content)
	reply, err := s.ask(ctx, o)
	if err != nil {
		return err
	}
	return s.judge(VerbBdat, line, reply)
}

// quit says good-bye and closes, whatever the answer.
func (s *Session) quit(ctx context.Context, st Step) error {
	if s.state.Stage == StageBroken {
		s.hangUp()
		return nil
	}
	err := s.command(ctx, st)
	s.hangUp()
	return err
}

// raw sends any line. A line that is a command moves the state as the command would; a secret in it is masked.
func (s *Session) raw(ctx context.Context, st Step) error {
	st.Edited = true
	switch {
	case s.state.Transaction == TransactionData:
		return s.rawContent(ctx, st)
	case s.state.Auth == AuthExchange:
		return s.respond(ctx, withVerb(st, VerbRespond))
	}
	for _, v := range []Verb{VerbEHLO, VerbHELO, VerbSTARTTLS, VerbAuth, VerbMail, VerbRcpt, VerbData, VerbRset, VerbNoop, VerbVrfy, VerbExpn, VerbHelp, VerbQuit} {
		if commandWord(st.Line) == strings.ToUpper(string(v)) {
			s.step = v
			return steps[v](s, ctx, withVerb(st, v))
		}
	}
	return s.command(ctx, st)
}

func withVerb(st Step, v Verb) Step {
	st.Verb = v
	return st
}

// rawContent sends one line of a message; only the line with a dot is answered.
func (s *Session) rawContent(ctx context.Context, st Step) error {
	line, err := s.checkLine(st)
	if err != nil {
		return err
	}
	o := plainLine(line, true)
	o.send.Content, o.send.Size, o.verb = true, len(o.bytes), "."
	if line != "." {
		return s.send(ctx, o)
	}
	reply, err := s.ask(ctx, o)
	if err != nil {
		return err
	}
	return s.judge(VerbContent, ".", reply)
}
