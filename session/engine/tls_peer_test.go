package engine_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
)

// talk is one connection of a session to a real server, as the session and a recorder in front of the server saw it.
type talk struct {
	messages []tlswire.Message // from the events
	err      error
	keys     []byte
	pieces   []tlstest.Piece
	log      *record.Log
	steps    []tlstest.Step  // from the events, with the replies and what was sent
	decision tlswire.Summary // what the session said that the handshake had come to
}

// summary is what the handshake decided, by its messages.
func (k talk) summary() tlswire.Summary { return tlswire.Describe(k.messages) }

// verdict is what the session came to.
func (k talk) verdict() record.Verdict { return *k.log.At(k.log.Len() - 1).End }

// remedy is what the finding of that code says to do.
func (k talk) remedy(code string) string {
	for i := range k.log.Len() {
		if f := k.log.At(i).Finding; f != nil && string(f.Code) == code {
			return f.Remedies()
		}
	}
	return ""
}

// visit connects a session to the address through a recorder and does what the function does.
func visit(t *testing.T, address string, cfg engine.Config, do func(context.Context, *engine.Session) error) talk {
	t.Helper()
	return visits(t, address, cfg, 1, do)[0]
}

// visits is visit by a session that connects n times.
func visits(t *testing.T, address string, cfg engine.Config, n int, do func(context.Context, *engine.Session) error) []talk {
	t.Helper()
	var listeners []string
	var records []func() []tlstest.Piece
	for range n {
		listen, record := tlstest.Proxy(t, address)
		listeners, records = append(listeners, listen), append(records, record)
	}
	cfg.Target = record.Target{Host: "127.0.0.1", Port: record.PortSubmissions}
	cfg.Plan.Until = record.PhaseGreeting
	dial := cfg.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	cfg.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		next := listeners[0]
		listeners = listeners[1:]
		return dial(ctx, network, next)
	}
	var keys bytes.Buffer
	cfg.TLS.KeyLog = &keys
	s := engine.New(cfg)
	err := do(t.Context(), s)
	s.Finish()
	talks := split(s.Log(), n)
	for i := range talks {
		talks[i].err, talks[i].keys, talks[i].pieces, talks[i].log = err, keys.Bytes(), records[i](), s.Log()
	}
	return talks
}

// split sorts the TLS messages of a log by connection.
func split(log *record.Log, n int) []talk {
	talks, at := make([]talk, n), -1
	for i := range log.Len() {
		switch e := log.At(i); e.Kind {
		case record.KindConnect:
			at++
		case record.KindTLSMessage:
			talks[at].messages = append(talks[at].messages, *e.TLSMessage)
			talks[at].steps = append(talks[at].steps, tlstest.StepOf(*e.TLSMessage))
		case record.KindTLS:
			talks[at].steps = append(talks[at].steps, decided)
			talks[at].decision = e.TLS.Decided.Summary()
		case record.KindSend, record.KindReply:
			if talks[at].messages != nil && e.Reply == nil {
				talks[at].steps = append(talks[at].steps, tlstest.Step{Dir: tlswire.ClientToServer, Name: tlstest.Data})
			} else if talks[at].messages != nil && len(e.Reply.Raw) > 0 {
				talks[at].steps = append(talks[at].steps, tlstest.Step{Dir: tlswire.ServerToClient, Name: tlstest.Data})
			}
		}
	}
	return talks
}

// decided stands among the steps of a talk where the session said what its handshake had come to.
var decided = tlstest.Step{Name: "decided"}

// greeted goes through implicit TLS up to the greeting: by then the tickets that follow a handshake have come.
func greeted(ctx context.Context, s *engine.Session) error {
	return do(ctx, s, record.VerbConnect, record.VerbHandshake, record.VerbGreeting)
}

// visited is greeted and QUIT, with which TLS ends too.
func visited(ctx context.Context, s *engine.Session) error {
	return do(ctx, s, record.VerbConnect, record.VerbHandshake, record.VerbGreeting, record.VerbQuit)
}

// upgraded is visited by way of STARTTLS, and the EHLO after it.
func upgraded(ctx context.Context, s *engine.Session) error {
	return do(ctx, s, record.VerbConnect, record.VerbGreeting, record.VerbEHLO, record.VerbSTARTTLS, record.VerbHandshake, record.VerbEHLO, record.VerbQuit)
}

// do takes one step after the other.
func do(ctx context.Context, s *engine.Session, verbs ...record.Verb) error {
	lines := map[record.Verb]string{record.VerbEHLO: "EHLO client.lab", record.VerbSTARTTLS: "STARTTLS", record.VerbQuit: "QUIT"}
	for _, v := range verbs {
		if err := s.Do(ctx, record.Step{Verb: v, Line: lines[v]}); err != nil {
			return err
		}
	}
	return nil
}

// serve is a server of crypto/tls that greets and says good-bye when it is told QUIT.
func serve(t *testing.T, config *tls.Config) (address string) {
	t.Helper()
	return accept(t, config, func(greeter *tls.Conn) {
		io.WriteString(greeter, "220 "+tlstest.Host+" ESMTP\r\n")
		if line, _ := bufio.NewReader(greeter).ReadString('\n'); line == "QUIT\r\n" {
			io.WriteString(greeter, "221 bye\r\n")
			io.Copy(io.Discard, greeter)
		}
	})
}

// accept lets talk have every connection to a port of its own, until the test ends.
func accept(t *testing.T, config *tls.Config, talk func(*tls.Conn)) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			go func() {
				defer conn.Close()
				inside := tls.Server(conn, config)
				talk(inside)
				inside.Close()
			}()
		}
	}()
	return ln.Addr().String()
}
