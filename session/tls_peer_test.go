package session_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"

	"ehlo/session"
	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
)

// talk is one connection of a session to a real server, as the session and a recorder in front of the server saw it.
type talk struct {
	messages []tlswire.Message // from the events
	err      error
	keys     []byte
	pieces   []tlstest.Piece
	log      *session.Log
}

// summary is what the handshake decided, by its messages.
func (k talk) summary() tlswire.Summary { return tlswire.Describe(k.messages) }

// visit connects a session to the address through a recorder and does what the function does.
func visit(t *testing.T, address string, cfg session.Config, do func(context.Context, *session.Session) error) talk {
	t.Helper()
	listen, record := tlstest.Proxy(t, address)
	at := netip.MustParseAddrPort(listen)
	cfg.Target.Host, cfg.Target.Port = at.Addr().String(), int(at.Port())
	var keys bytes.Buffer
	cfg.TLS.KeyLog = &keys
	s := session.New(cfg)
	err := do(t.Context(), s)
	s.Finish(err)
	k := talk{err: err, keys: keys.Bytes(), pieces: record(), log: s.Log()}
	for i := range s.Log().Len() {
		if m := s.Log().At(i).TLSMessage; m != nil {
			k.messages = append(k.messages, *m)
		}
	}
	return k
}

// greeted goes through implicit TLS up to the greeting: by then the tickets that follow a handshake have come.
func greeted(ctx context.Context, s *session.Session) error {
	for _, v := range []session.Verb{session.VerbConnect, session.VerbHandshake, session.VerbGreeting} {
		if err := s.Do(ctx, session.Step{Verb: v}); err != nil {
			return err
		}
	}
	return nil
}

// walked is the whole walk.
func walked(ctx context.Context, s *session.Session) error {
	return session.Walk(ctx, s, session.Goal{EHLOName: "client.lab"})
}

// serve is a server of crypto/tls that greets and waits for the client to go.
func serve(t *testing.T, config *tls.Config) (address string) {
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
				greeter := tls.Server(conn, config)
				io.WriteString(greeter, "220 "+tlstest.Host+" ESMTP\r\n")
				io.Copy(io.Discard, greeter)
				greeter.Close()
			}()
		}
	}()
	return ln.Addr().String()
}

// trusting is a pool with the certificate of a pair.
func trusting(t *testing.T, pair tlstest.Pair) *x509.CertPool {
	t.Helper()
	c, err := x509.ParseCertificate(pair.Load(t).Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(c)
	return pool
}
