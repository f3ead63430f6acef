package engine

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"ehlo/session/certificate"
	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// handshake starts TLS with unmodified crypto/tls. A certificate that does not hold never ends the handshake here: it
// is recorded, and what follows decides (RFC 3207 §4.1 has the client judge after the negotiation and send QUIT).
func (s *Session) handshake(ctx context.Context, _ record.Step) error {
	if !s.state.Connected() {
		return s.cannotSend()
	}
	decoder := tlswire.NewDecoder(tlswire.Limits{Sessions: &s.sessions, Resumed: s.askedKeyLog()})
	s.tap.start(decoder)
	summary := &record.TLS{ServerName: s.sni(), Reference: s.reference()}
	s.remarkOffer()
	client := tls.Client(s.conn, s.tlsConfig(decoder, summary))
	s.conn.SetDeadline(time.Time{})
	began, read, written := s.cfg.Now(), s.conn.BytesRead(), s.conn.BytesWritten()
	err := client.HandshakeContext(ctx)
	if s.keyLogError != nil {
		s.find("keylog-failed", "the TLS secrets cannot be written: "+wire.VisibleString(s.keyLogError.Error()))
	}
	summary.Took = s.cfg.Now().Sub(began)
	summary.Received, summary.Sent = int(s.conn.BytesRead()-read), int(s.conn.BytesWritten()-written)
	if err != nil {
		return s.handshakeFailed(ctx, summary, err)
	}
	s.handshakeDone(client, summary)
	return nil
}

// remarkOffer tells that nothing but obsolete versions is offered: a highest version below 1.2 takes the lowest along.
func (s *Session) remarkOffer() {
	highest := s.cfg.TLS.MaxVersion
	if highest == 0 || highest >= tls.VersionTLS12 {
		return
	}
	offer := tls.VersionName(highest)
	if lowest := s.cfg.TLS.MinVersion; lowest != 0 && lowest < highest {
		offer = tls.VersionName(lowest) + " to " + offer
	}
	s.find("tls-obsolete-offer", "nothing but "+offer+" is offered: the highest version was set below TLS 1.2, which is the lowest otherwise, so the lowest went down with it")
}

// sni is the name to ask for; an address is not sent (RFC 6066 §3).
func (s *Session) sni() string {
	name := s.reference()
	if _, err := netip.ParseAddr(name); err == nil {
		return ""
	}
	return name
}

// reference is the name the certificate is held against: the one a person used, never one the server gave (RFC 7817 §3).
func (s *Session) reference() string {
	return record.OrElse(s.cfg.TLS.ServerName, s.cfg.Target.Host)
}

func (s *Session) tlsConfig(d *tlswire.Decoder, summary *record.TLS) *tls.Config {
	own := s.cfg.TLS
	return &tls.Config{
		ServerName: s.reference(), InsecureSkipVerify: true, // verify.go does it and keeps the reasons
		KeyLogWriter: s.keyLog(d), NextProtos: own.ALPN, MinVersion: own.MinVersion, MaxVersion: own.MaxVersion,
		Time: s.cfg.Now, ClientSessionCache: s.tickets,
		VerifyConnection: func(cs tls.ConnectionState) error {
			s.describe(summary, cs)
			return nil
		},
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if len(own.Certificates) == 0 {
				return &tls.Certificate{}, nil
			}
			summary.ClientCertificate = true
			return &own.Certificates[0], nil
		},
	}
}

// keyLog gives the secrets to the decoder, and to a person who asked for them.
func (s *Session) keyLog(d *tlswire.Decoder) io.Writer {
	if s.cfg.TLS.KeyLog == nil {
		return d.KeyLog()
	}
	s.find("keylog-written", "")
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

// patient is a writer that tells its errors to somebody else.
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
	for _, c := range cs.PeerCertificates {
		summary.Chain = append(summary.Chain, certificate.DescribeCertificate(c))
	}
	v := certificate.Verification{Chain: cs.PeerCertificates, Staple: cs.OCSPResponse, Roots: s.cfg.TLS.RootCAs, Trust: s.rootsFrom(), Host: s.reference(), Now: s.cfg.Now()}
	summary.Checks = v.Checks()
	summary.Path = v.Links()
	summary.Verified = certificate.NoneFailed(summary.Checks)
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
	s.reader = s.newReader()
	state := client.ConnectionState()
	summary.Group = certificate.GroupOf(state) // before TLS 1.3 it is chosen after the certificate was checked
	summary.Decided = record.DecidedBy(s.drainTLS())
	s.tap.collect()
	s.append(record.Event{Kind: record.KindTLS, TLS: summary, Explain: explainTLS(summary)})
	s.findFaults(summary.Checks)
	if state.Version < tls.VersionTLS12 {
		s.find("tls-obsolete-version", "the session runs under "+summary.Version+", which must not be used since 2021: its hashes are broken and its ciphers old (RFC 8996)")
	}
	s.secured(summary)
}

// findFaults points at what the checks of the certificate found, each kind once.
func (s *Session) findFaults(checks []record.Check) {
	for i, c := range checks {
		if c.Finding == "" || certificate.FoundBefore(checks[:i], c) {
			continue
		}
		f := record.NewFinding(c.Finding, c.Text)
		f.Remedy = c.Remedy()
		s.append(record.Event{Kind: record.KindFinding, Finding: f})
	}
}

// secured moves the state into TLS; after STARTTLS everything before is forgotten.
func (s *Session) secured(summary *record.TLS) {
	s.state.Security = record.SecurityUnverified
	if summary.Verified {
		s.state.Security = record.SecurityVerified
	}
	if s.state.Stage == record.StageUpgrading {
		s.forget()
		s.state.Stage = record.StageGreeted
	}
	s.state = s.state.WithDone(record.PhaseHandshake)
}

func explainTLS(t *record.TLS) *explain.Explanation {
	x := &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 9325"}, {Doc: "RFC 3207", Section: "4.1"}}}
	switch {
	case t.Error != "":
		x.Short, x.Text, x.Cause = "no TLS", "The handshake did not come to an end.", t.Error
	case t.Verified:
		x.Short = t.Version + ", verified"
		x.Text = fmt.Sprintf("From here on everything is encrypted, and the certificate holds for %s. Each further hop of the mail is a matter of its own.", t.Reference)
	default:
		x.Short = t.Version + ", not verified"
		x.Text = "From here on everything is encrypted, but nobody knows for whom: the certificate does not hold. An eavesdropper is kept out, an impostor is not."
		x.Cause, x.Remedy = certificate.FailedChecks(t), certificate.FirstRemedy(t)
	}
	return x
}

// probeTLS waits for a silence, then asks on a connection of its own whether the server speaks TLS at once.
func (s *Session) probeTLS(ctx context.Context, remote string, still func() bool) bool {
	wait := time.NewTimer(silence)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-wait.C:
	}
	if !still() {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := s.cfg.Dial(ctx, "tcp", remote)
	if err != nil {
		return false
	}
	defer conn.Close()
	// nothing but the handshake crosses this connection, so nobody has to be verified
	client := tls.Client(conn, &tls.Config{ServerName: s.reference(), InsecureSkipVerify: true})
	err = client.HandshakeContext(ctx)
	var alert *net.OpError
	return err == nil || errors.As(err, &alert) && alert.Op == "remote error" // as crypto/tls says that the server sent one
}
