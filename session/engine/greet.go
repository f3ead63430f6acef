package engine

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
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
	hungUp := event.Reply.Trouble == record.TroubleClosed || event.Reply.Trouble == record.TroubleReset
	if probe := stop(hungUp); probe != nil {
		probe.Raw = s.hideEchoes(probe.Raw)
		s.observe(record.Event{Kind: record.KindProbe, Probe: probe})
	}
	s.observe(event)
	return stopped(ctx, record.VerbGreeting, err)
}

// proxyHeader sends what no reply belongs to. A server that does not wait for it has greeted already, and that is read in its own step.
func (s *Session) proxyHeader(ctx context.Context, st record.Step) error {
	return s.send(ctx, outgoing{bytes: []byte(st.Line)})
}

// silence is how long a server may say nothing before the client wonders whether it waits for TLS. Servers that make
// robots betray themselves wait up to six seconds and are not disturbed by a second connection.
const silence = 1500 * time.Millisecond

// suspectSilence asks, on a second connection and once, what a server that does not greet waits for. If it answers there the
// wait for a greeting is ended: both sides would wait for each other. The returned function gives what was found, nil if
// nothing was asked; an answer that is still due is waited for only where the server has hung up, which leaves nothing else
// to learn from.
func (s *Session) suspectSilence(ctx context.Context) (stop func(hungUp bool) *record.Probe) {
	if s.snap.State.Security.Encrypted() || s.cfg.Target.Port == record.PortRelay { // a pause there is how servers catch robots
		return func(bool) *record.Probe { return nil }
	}
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	found, crashed := make(chan *record.Probe, 1), make(chan any, 1)
	conn, remote := s.conn, s.dialed
	silent := func(d time.Duration) bool { return pause(ctx, over, d) && conn.BytesRead() == 0 } // not even a part of a greeting
	wait := time.AfterFunc(silence, func() {
		defer func() {
			if r := recover(); r != nil {
				crashed <- r
			}
		}()
		p := s.probe(ctx, remote, silent)
		if p != nil && (p.TLS || len(p.Raw) > 0 && silent(lasting(p))) {
			conn.SetDeadline(past())
		}
		found <- p
	})
	return func(hungUp bool) *record.Probe {
		defer cancel()
		if wait.Stop() {
			return nil
		}
		close(over)
		if !hungUp {
			cancel()
		}
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

// lasting is how much longer the first connection has to stay silent until an answer on the second one counts. One of SMTP
// may come from a server that makes robots betray themselves: it answers those who speak early, and greets the others late.
func lasting(p *record.Probe) time.Duration {
	if len(p.Raw) > 0 && p.Raw[0] >= '2' && p.Raw[0] <= '5' {
		return 30 * time.Second
	}
	return silence
}

// pause waits; false where the step was over before.
func pause(ctx context.Context, over <-chan struct{}, d time.Duration) bool {
	wait := time.NewTimer(d)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-over:
		return false
	case <-wait.C:
		return true
	}
}

// probe asks on a connection of its own whether the server speaks TLS at once. It is nil where the wait was over before.
func (s *Session) probe(ctx context.Context, remote string, silent func(time.Duration) bool) *record.Probe {
	if !silent(0) {
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
	conn, err := s.dial(ctx, remote)
	if err != nil {
		p := &record.Probe{}
		p.Trouble, p.Error = dialTrouble(ctx, err)
		return p
	}
	defer conn.Close()
	var seen first
	conn.Watch(&seen)
	// nothing but the handshake crosses this connection, so nobody has to be verified
	client := tls.Client(conn, &tls.Config{ServerName: s.reference(), InsecureSkipVerify: true})
	err = client.HandshakeContext(ctx)
	var alert *net.OpError
	switch {
	case err == nil:
		return s.hearInside(ctx, client)
	case errors.As(err, &alert) && alert.Op == "remote error": // as crypto/tls says that the server sent one
		return &record.Probe{TLS: true}
	}
	p := &record.Probe{Raw: wire.Raw(seen.bytes())}
	p.Trouble, p.Error = ending(ctx, err)
	return p
}

// hearInside waits a moment for a greeting inside TLS: a server of a protocol in which the client speaks first sends none.
func (s *Session) hearInside(ctx context.Context, client *tls.Conn) *record.Probe {
	defer context.AfterFunc(ctx, func() { client.NetConn().Close() })()
	client.SetReadDeadline(time.Now().Add(silence))
	greeting := make([]byte, record.CipherKept)
	n, err := client.Read(greeting)
	p := &record.Probe{TLS: true, Raw: wire.Raw(greeting[:n])}
	if n == 0 && isTimeout(err) && ctx.Err() == nil {
		p.Trouble, p.Error = trouble(ctx, err)
	}
	return p
}

// ending is what ended a second connection: an orderly end has no words of its own there.
func ending(ctx context.Context, err error) (record.Trouble, string) {
	if ctx.Err() == nil && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
		return record.TroubleClosed, "the server closed the connection"
	}
	return trouble(ctx, err)
}

// first keeps the first bytes that a server sends, and counts what the client has sent before.
type first struct {
	kept  atomic.Pointer[[]byte]
	asked int
}

// Bytes implements [wire.Observer].
func (f *first) Bytes(dir wire.Direction, b []byte, _ time.Time) {
	if dir != wire.ServerToClient {
		if f.bytes() == nil {
			f.asked += len(b)
		}
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
