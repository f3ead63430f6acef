package engine

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// greeting waits for the server to speak first (RFC 5321 §3.1). What a second connection found out about a silence is
// recorded before what became of the wait.
func (s *Session) greeting(ctx context.Context, _ record.Step) error {
	if err := s.sendable(); err != nil {
		return err
	}
	release := s.bound(ctx)
	defer release()
	stop := s.suspectSilence(ctx)
	event, err := s.read(ctx, false)
	if probe := stop(); probe != nil {
		probe.Raw = s.hideEchoes(probe.Raw)
		s.observe(record.Event{Kind: record.KindProbe, Probe: probe})
	}
	s.observe(event)
	return stopped(ctx, record.VerbGreeting, err)
}

// silence is how long a server may say nothing before the client wonders whether it waits for TLS. Servers that make
// robots betray themselves wait up to six seconds and are not disturbed by a second connection.
const silence = 1500 * time.Millisecond

// suspectSilence asks, on a second connection and once, whether a server that does not greet speaks TLS from the first
// byte. If it does the wait for a greeting is ended: both sides would wait for each other. The returned function stops
// asking and gives what was found, nil if nothing was asked.
func (s *Session) suspectSilence(ctx context.Context) (stop func() *record.Probe) {
	if s.snap.State.Security.Encrypted() || s.cfg.Target.Port == record.PortRelay { // a pause there is how servers catch robots
		return func() *record.Probe { return nil }
	}
	ctx, cancel := context.WithCancel(ctx)
	found, crashed := make(chan *record.Probe, 1), make(chan any, 1)
	conn, remote := s.conn, s.dialled
	go func() {
		defer func() {
			if r := recover(); r != nil {
				crashed <- r
			}
		}()
		p := s.probe(ctx, remote, func() bool { return conn.BytesRead() == 0 }) // not even a part of a greeting has come
		if p != nil && p.TLS {
			conn.SetDeadline(past)
		}
		found <- p
	}()
	return func() *record.Probe {
		cancel()
		select {
		case p := <-found:
			return p
		case r := <-crashed:
			panic(r) // here it becomes an event
		}
	}
}

// probePatience is how long a second connection waits for an answer.
const probePatience = 10 * time.Second

// probe waits for a silence, then asks on a connection of its own whether the server speaks TLS at once. It is nil where the
// wait was over before.
func (s *Session) probe(ctx context.Context, remote string, still func() bool) *record.Probe {
	wait := time.NewTimer(silence)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return nil
	case <-wait.C:
	}
	if !still() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	began := s.cfg.Now()
	p := s.askTLS(ctx, remote)
	p.Remote, p.Took = remote, s.cfg.Now().Sub(began)
	return p
}

// askTLS sends a ClientHello and tells what came.
func (s *Session) askTLS(ctx context.Context, remote string) *record.Probe {
	conn, err := s.cfg.Dial(ctx, "tcp", remote)
	if err != nil {
		p := &record.Probe{}
		p.Trouble, p.Error = dialTrouble(ctx, err)
		return p
	}
	defer conn.Close()
	var seen first
	// nothing but the handshake crosses this connection, so nobody has to be verified
	client := tls.Client(wire.Record(conn, &seen, s.cfg.Now), &tls.Config{ServerName: s.reference(), InsecureSkipVerify: true})
	err = client.HandshakeContext(ctx)
	var alert *net.OpError
	if err == nil || errors.As(err, &alert) && alert.Op == "remote error" { // as crypto/tls says that the server sent one
		return &record.Probe{TLS: true}
	}
	p := &record.Probe{Raw: wire.Raw(seen.bytes())}
	p.Trouble, p.Error = trouble(ctx, err)
	return p
}

// first keeps the first bytes that a server sends.
type first struct{ kept atomic.Pointer[[]byte] }

// Bytes implements [wire.Observer].
func (f *first) Bytes(dir wire.Direction, b []byte, _ time.Time) {
	if dir != wire.ServerToClient {
		return
	}
	all := append(append([]byte(nil), f.bytes()...), b...)
	all = all[:min(len(all), record.CipherKept)]
	f.kept.Store(&all)
}

func (f *first) bytes() []byte {
	if p := f.kept.Load(); p != nil {
		return *p
	}
	return nil
}
