package engine

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// control compares: after a handshake to which not a byte came, a second connection goes the same way and offers less. It is
// recorded before the handshake itself, which it helps to judge.
func (s *Session) control(summary *record.TLS) {
	if s.beyond.Err() != nil || !walk.Control(s.snap, summary) {
		return
	}
	ctx, cancel := context.WithTimeout(s.beyond, min(probePatience, s.deadline(record.VerbHandshake)))
	defer cancel()
	s.Close() // nothing more comes on it, and a server may count connections
	began := s.cfg.Now()
	p := s.compare(ctx)
	p.Control, p.Remote, p.Took = true, s.dialed, s.cfg.Now().Sub(began)
	p.Raw = s.hideEchoes(p.Raw)
	s.observe(record.Event{Kind: record.KindProbe, Probe: p})
}

// compare is the second connection, as far as it comes.
func (s *Session) compare(ctx context.Context) *record.Probe {
	conn, err := s.dial(ctx, s.dialed)
	if err != nil {
		p := &record.Probe{}
		p.Trouble, p.Error = dialTrouble(ctx, err)
		return p
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(past()) })()
	if p := s.approach(ctx, conn); p != nil {
		return p
	}
	return s.offerLess(ctx, conn)
}

// approach goes up to where the first connection began TLS. It gives what came in between, and nil where TLS is next.
func (s *Session) approach(ctx context.Context, conn *wire.Conn) *record.Probe {
	if !s.snap.State.Has(record.PhaseSTARTTLS) {
		return s.overhear(ctx, conn)
	}
	r := wire.NewReader(conn, s.cfg.Limits)
	for _, line := range []string{"", s.lastEHLO(), "STARTTLS\r\n"} {
		if _, err := conn.Write([]byte(line)); err != nil {
			return came(ctx, nil, err)
		}
		if reply, err := r.ReadReply(); err != nil || reply.Code/100 != 2 {
			return came(ctx, reply.Raw, err)
		}
	}
	return nil
}

// overhear waits for a greeting in cleartext as long as it takes to wonder about a silence.
func (s *Session) overhear(ctx context.Context, conn *wire.Conn) *record.Probe {
	conn.SetReadDeadline(time.Now().Add(silence))
	said := make([]byte, record.CipherKept)
	n, err := conn.Read(said)
	if n == 0 && isTimeout(err) && ctx.Err() == nil {
		conn.SetReadDeadline(time.Time{})
		return nil
	}
	return came(ctx, said[:n], err)
}

// came is what a control got before TLS.
func came(ctx context.Context, raw []byte, err error) *record.Probe {
	p := &record.Probe{Raw: wire.Raw(raw[:min(len(raw), record.CipherKept)])}
	if err != nil {
		p.Trouble, p.Error = ending(ctx, err)
	}
	return p
}

// offerLess sends a ClientHello without TLS 1.3, whose key shares make one large.
func (s *Session) offerLess(ctx context.Context, conn *wire.Conn) *record.Probe {
	var seen first
	conn.Watch(&seen)
	client := tls.Client(conn, &tls.Config{ServerName: s.reference(), InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
	err := client.HandshakeContext(ctx)
	var alert *net.OpError
	p := &record.Probe{Hello: seen.asked, TLS: err == nil || errors.As(err, &alert) && alert.Op == "remote error"}
	if !p.TLS {
		p.Raw = wire.Raw(seen.bytes())
		p.Trouble, p.Error = ending(ctx, err)
	}
	return p
}

// lastEHLO is the EHLO command of this connection, with its line end.
func (s *Session) lastEHLO() string {
	for i := s.log.Len() - 1; i >= 0; i-- {
		if e := s.log.At(i); e.Step == record.VerbEHLO && e.Send != nil {
			return string(e.Send.Raw)
		}
	}
	return "EHLO [127.0.0.1]\r\n"
}
