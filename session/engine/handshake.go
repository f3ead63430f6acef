package engine

import (
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"net/netip"
	"slices"
	"time"

	"ehlo/session/certificate"
	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// handshake starts TLS with unmodified crypto/tls. A certificate that failed verification never ends the handshake here: it
// is recorded, and what follows decides (RFC 3207 §4.1 has the client judge after the negotiation and send QUIT).
func (s *Session) handshake(ctx context.Context, _ record.Step) error {
	if err := s.sendable(); err != nil {
		return err
	}
	decoder := tlswire.NewDecoder(tlswire.Limits{Sessions: &s.sessions, Resumed: s.askedKeyLog()})
	s.tap.start(decoder)
	summary := &record.TLS{ServerName: s.sni(), Reference: s.reference(), OldOffer: s.oldOffer(), LegacyOffer: s.cfg.TLS.Legacy}
	client := tls.Client(s.conn, s.tlsConfig(decoder, summary))
	s.conn.SetDeadline(time.Time{})
	began, read, written := s.cfg.Now(), s.conn.BytesRead(), s.conn.BytesWritten()
	err := client.HandshakeContext(ctx)
	summary.KeyLog = s.keyLogWords()
	summary.Took = s.cfg.Now().Sub(began)
	summary.Received, summary.Sent = int(s.conn.BytesRead()-read), int(s.conn.BytesWritten()-written)
	if err != nil {
		s.handshakeFailed(ctx, summary, err)
		return stopped(ctx, record.VerbHandshake, err)
	}
	s.handshakeDone(client, summary)
	return nil
}

// oldOffer names the versions where nothing but obsolete ones is offered: a highest version below 1.2 takes the lowest along.
func (s *Session) oldOffer() string {
	highest := s.cfg.TLS.MaxVersion
	if s.cfg.TLS.Legacy || highest == 0 || highest >= tls.VersionTLS12 {
		return ""
	}
	if lowest := s.cfg.TLS.MinVersion; lowest != 0 && lowest < highest {
		return tls.VersionName(lowest) + " to " + tls.VersionName(highest)
	}
	return tls.VersionName(highest)
}

// keyLogWords say what became of the key log that a person asked for.
func (s *Session) keyLogWords() string {
	switch {
	case s.cfg.TLS.KeyLog == nil:
		return ""
	case s.keyLogError != nil:
		return wire.VisibleString(s.keyLogError.Error())
	}
	return record.KeyLogWritten
}

// sni is the name to ask for; an address is not sent (RFC 6066 §3).
func (s *Session) sni() string {
	name := cmp.Or(s.cfg.TLS.SNI, s.reference())
	if _, err := netip.ParseAddr(name); err == nil {
		return ""
	}
	return name
}

// reference is the name the certificate is held against: the one a person used, never one the server gave (RFC 7817 §3). Where MX
// records led to the server it is the host in them, as MTA-STS has it too (RFC 8461 §4.1).
func (s *Session) reference() string {
	return cmp.Or(s.cfg.TLS.ServerName, s.host, s.cfg.Target.Host)
}

func (s *Session) tlsConfig(d *tlswire.Decoder, summary *record.TLS) *tls.Config {
	own := s.cfg.TLS
	if own.Legacy {
		own.MinVersion = cmp.Or(own.MinVersion, tls.VersionTLS10)
		if own.AllowSHA1 != nil {
			own.AllowSHA1()
		}
	}
	cfg := &tls.Config{
		ServerName: cmp.Or(own.SNI, s.reference()), InsecureSkipVerify: true, // verify.go does it and keeps the reasons
		KeyLogWriter: s.keyLog(d), NextProtos: own.ALPN, MinVersion: own.MinVersion, MaxVersion: own.MaxVersion, CipherSuites: suites(own),
		Time: s.cfg.Now, ClientSessionCache: s.tickets,
		VerifyConnection: func(cs tls.ConnectionState) error {
			s.describe(summary, cs)
			return nil
		},
	}
	if len(own.Certificates) > 0 { // else crypto/tls need not keep the messages to sign them, and sends none
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			summary.ClientCertificate = true
			return &own.Certificates[0], nil
		}
	}
	return cfg
}

// keyLog gives the secrets to the decoder, and to a person who asked for them.
func (s *Session) keyLog(d *tlswire.Decoder) io.Writer {
	if s.cfg.TLS.KeyLog == nil {
		return d.KeyLog()
	}
	return io.MultiWriter(d.KeyLog(), s.askedKeyLog())
}

// askedKeyLog is the key log a person asked for, nil if nobody did. That it cannot be written is told, and is no reason
// to end a handshake.
func (s *Session) askedKeyLog() io.Writer {
	if s.cfg.TLS.KeyLog == nil {
		return nil
	}
	return patient{s.cfg.TLS.KeyLog, func(err error) { s.keyLogError = err }}
}

// patient is a writer that tells its errors to someone else.
type patient struct {
	io.Writer
	fail func(error)
}

func (p patient) Write(b []byte) (int, error) {
	if _, err := p.Writer.Write(b); err != nil {
		p.fail(err)
	}
	return len(b), nil
}

// describe fills the summary in. It runs inside the handshake, so that a handshake that dies later still shows it.
func (s *Session) describe(summary *record.TLS, cs tls.ConnectionState) {
	summary.Version = tls.VersionName(cs.Version)
	summary.CipherSuite = tlswire.CipherSuiteName(cs.CipherSuite)
	summary.ALPN, summary.Resumed = cs.NegotiatedProtocol, cs.DidResume
	summary.Group = certificate.GroupOf(cs)
	v := certificate.Verification{Chain: cs.PeerCertificates, Staple: cs.OCSPResponse, Roots: s.cfg.TLS.RootCAs, Trust: s.rootsFrom(), Host: s.reference(), Now: s.cfg.Now()}
	if v.Roots == nil {
		v.Added = s.cfg.TLS.AddedRoots
	}
	summary.Checks, summary.Verified = v.Judged()
	if len(v.Chain) > 0 {
		summary.Chain, summary.Path = record.LaterBy(v.Described), record.LaterBy(v.Links)
	}
}

// rootsFrom says whose the trusted roots are.
func (s *Session) rootsFrom() string {
	if s.cfg.TLS.RootCAs == nil {
		return "among the system's roots"
	}
	return s.cfg.TLS.RootsFrom
}

func (s *Session) handshakeDone(client *tls.Conn, summary *record.TLS) {
	s.mu.Lock()
	s.tls, s.link = client, client
	s.mu.Unlock()
	s.reader.Reset(client)
	if summary.Group == "" { // before TLS 1.3 it is chosen after the certificate was checked
		summary.Group = certificate.GroupOf(client.ConnectionState())
	}
	summary.Decided = record.DecidedBy(s.drainTLS())
	s.tap.collect()
	s.observe(record.Event{Kind: record.KindTLS, TLS: summary})
}

// handshakeFailed keeps the messages up to the failure, and what they say about who gave up and why.
func (s *Session) handshakeFailed(ctx context.Context, summary *record.TLS, err error) {
	messages := s.tap.decoder.Finish()
	s.appendTLS(messages)
	s.tap.stop()
	summary.Decided = record.DecidedBy(messages)
	summary.Verified = false // a chain can be sent by anyone: only a whole handshake proves who has its key
	summary.Error = wire.VisibleString(tlswire.ErrorWords(wire.LastError(err)))
	if ctx.Err() != nil {
		summary.Trouble, err = waited(ctx), ctx.Err()
	}
	if said, found := tlswire.Foreign(messages); found {
		summary.Foreign = wire.Raw(said[:min(len(said), record.CipherKept)])
	}
	if d, ok := tlswire.Diagnose(messages, err, explain.Meaning); ok {
		summary.Diagnosis = diagnosis(d)
	}
	s.control(summary)
	s.observe(record.Event{Kind: record.KindTLS, TLS: summary})
}

func diagnosis(d tlswire.Diagnosis) *record.Diagnosis {
	return &record.Diagnosis{Code: record.FindingCode(d.Code), Text: wire.VisibleString(d.Sentence), Hint: d.Hint}
}

// lateRefusal looks for an alert that explains why the server closed; nil if there is none. With TLS 1.3 the refusal of a
// client certificate comes after the client thinks the handshake is over (RFC 9846 §4.5.1.3).
func (s *Session) lateRefusal() *record.Diagnosis {
	if s.tap.decoder == nil {
		return nil
	}
	s.appendTail()
	messages := s.tlsMessages()
	for i, m := range messages {
		if _, _, ok := m.Alert(); !ok || m.Dir != tlswire.ServerToClient || !m.Encrypted { // in cleartext it proves nothing
			continue
		}
		if d, ok := tlswire.Diagnose(messages[:i+1], nil, explain.Meaning); ok {
			found := diagnosis(d)
			found.Code = lateFinding(found.Code)
			return found
		}
	}
	return nil
}

// lateError is what an error of our own side of TLS means after the handshake; nil if the messages do not tell.
func (s *Session) lateError(err error) *record.Diagnosis {
	if s.tap.decoder == nil {
		return nil
	}
	s.appendTail()
	if d, ok := tlswire.DiagnoseLate(s.tlsMessages(), err, explain.Meaning); ok {
		return diagnosis(d)
	}
	return nil
}

// lateFinding is that of a refusal after the handshake. What is about a client certificate is the same early or late.
func lateFinding(code record.FindingCode) record.FindingCode {
	switch code {
	case record.FoundTLSCertificateRequired, record.FoundTLSClientCertificateRefused:
		return code
	}
	return record.FoundTLSRefusedLate
}

// appendTail records the TLS messages at the end of a connection.
func (s *Session) appendTail() {
	s.appendTLS(append(s.held, s.tap.decoder.Finish()...))
	s.held = nil
}

// tlsMessages are those of this connection, as they were recorded.
func (s *Session) tlsMessages() []tlswire.Message {
	var list []tlswire.Message
	for i := s.log.Len() - 1; i >= 0 && s.log.At(i).Kind != record.KindConnect; i-- {
		if m := s.log.At(i).TLSMessage; m != nil {
			list = append(list, *m)
		}
	}
	slices.Reverse(list)
	return list
}
