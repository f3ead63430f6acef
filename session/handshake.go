package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"ehlo/session/explain"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// handshake starts TLS with unmodified crypto/tls. A certificate that does not hold never ends the handshake here: it
// is recorded, and what follows decides (RFC 3207 §4.1 has the client judge after the negotiation and send QUIT).
func (s *Session) handshake(ctx context.Context, _ Step) error {
	if !s.state.Connected() {
		return s.cannotSend()
	}
	decoder := tlswire.NewDecoder(tlswire.Limits{Sessions: &s.sessions})
	s.tap.start(decoder)
	summary := &TLS{ServerName: s.sni(), Reference: s.reference()}
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
	return orElse(s.cfg.TLS.ServerName, s.cfg.Target.Host)
}

func (s *Session) tlsConfig(d *tlswire.Decoder, summary *TLS) *tls.Config {
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
	return &keyLog{own: d.KeyLog(), asked: s.cfg.TLS.KeyLog, fail: func(err error) { s.keyLogError = err }}
}

// keyLog gives secrets to two readers. That the one a person asked for cannot be written is told, and is no reason to
// end a handshake.
type keyLog struct {
	own, asked io.Writer
	fail       func(error)
}

func (k *keyLog) Write(line []byte) (int, error) {
	if _, err := k.asked.Write(line); err != nil {
		k.fail(err)
	}
	return k.own.Write(line)
}

// describe fills the summary in. It runs inside the handshake, so that a handshake that dies later still shows it.
func (s *Session) describe(summary *TLS, cs tls.ConnectionState) {
	summary.Version = tls.VersionName(cs.Version)
	summary.CipherSuite = tlswire.CipherSuiteName(cs.CipherSuite)
	summary.ALPN, summary.Resumed = cs.NegotiatedProtocol, cs.DidResume
	if cs.CurveID != 0 {
		summary.Group = tlswire.GroupName(uint16(cs.CurveID))
	}
	for _, c := range cs.PeerCertificates {
		summary.Chain = append(summary.Chain, describeCertificate(c))
	}
	summary.Checks = verify(cs.PeerCertificates, s.cfg.TLS.RootCAs, s.reference(), s.cfg.Now())
	summary.Verified = allHold(summary.Checks)
}

func describeCertificate(c *x509.Certificate) Certificate {
	d := Certificate{Subject: short(c.Subject.String()), Issuer: short(c.Issuer.String()),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, Key: keyName(c), Signature: c.SignatureAlgorithm.String(),
		SHA256: fingerprint(c.Raw), CA: c.IsCA, Raw: c.Raw}
	for _, n := range c.DNSNames {
		d.Names = append(d.Names, short(n))
	}
	for _, ip := range c.IPAddresses {
		d.Names = append(d.Names, ip.String())
	}
	return d
}

func (s *Session) handshakeDone(client *tls.Conn, summary *TLS) {
	s.mu.Lock()
	s.tls, s.link = client, client
	s.mu.Unlock()
	s.reader = s.newReader()
	s.drainTLS()
	s.append(Event{Kind: KindTLS, TLS: summary, Explain: explainTLS(summary)})
	for i, c := range summary.Checks {
		same := func(b Check) bool { return b.Finding == c.Finding }
		if !c.OK && !slices.ContainsFunc(summary.Checks[:i], same) {
			s.find(c.Finding, c.Text)
		}
	}
	if v := client.ConnectionState().Version; v < tls.VersionTLS12 {
		s.find("tls-obsolete-version", "")
	}
	s.secured(summary)
}

// secured moves the state into TLS; after STARTTLS everything before is forgotten.
func (s *Session) secured(summary *TLS) {
	s.state.Security = SecurityUnverified
	if summary.Verified {
		s.state.Security = SecurityVerified
	}
	if s.state.Stage == StageUpgrading {
		s.forget()
		s.state.Stage = StageGreeted
	}
	s.state = s.state.done(PhaseHandshake)
}

// handshakeFailed keeps the messages up to the failure and says who gave up and why.
func (s *Session) handshakeFailed(ctx context.Context, summary *TLS, err error) error {
	s.hangUp()
	messages := s.tap.decoder.Finish()
	s.appendTLS(messages)
	s.tap.stop()
	e := s.explainHandshake(ctx, err, messages)
	summary.Error = e.Text
	s.append(Event{Kind: KindTLS, TLS: summary, Explain: explainTLS(summary)})
	return s.fail(e)
}

func (s *Session) explainHandshake(ctx context.Context, err error, messages []tlswire.Message) *Error {
	e := &Error{Phase: PhaseHandshake, Verb: VerbHandshake, Exit: ExitHandshake, Err: err}
	var record tls.RecordHeaderError
	if errors.As(err, &record) && s.notTLS(e, record) {
		return e
	}
	if ctx.Err() != nil {
		e.interrupted(ctx, "the TLS handshake")
		return e
	}
	e.Finding, e.Text = "tls-handshake-failed", "the TLS handshake failed: "+cleanTLS(err)
	e.Hint = "compare what was offered with what the server takes: --tls-min and --tls-max change the offer"
	if d, ok := tlswire.Diagnose(messages, err); ok {
		e.Finding, e.Text, e.Hint = d.Code, wire.VisibleString(d.Sentence), d.Hint
	}
	return e
}

// cleanTLS is crypto/tls's own words without its prefixes, made visible since they may quote the server.
func cleanTLS(err error) string {
	return wire.VisibleString(strings.TrimPrefix(lastError(err).Error(), "tls: "))
}

// notTLS names the mismatch of port and TLS mode when an SMTP reply stands where TLS was expected.
func (s *Session) notTLS(e *Error, record tls.RecordHeaderError) bool {
	head := record.RecordHeader[:]
	if head[0] < '2' || head[0] > '5' || !digit(head[1]) || !digit(head[2]) || s.state.Has(PhaseSTARTTLS) {
		return false
	}
	t := s.cfg.Target
	e.Finding = "implicit-tls-on-starttls-port"
	e.Text = fmt.Sprintf("port %d answers a ClientHello in clear text (%q): it speaks SMTP first and TLS only after STARTTLS", t.Port, wire.Visible(head))
	e.Hint = fmt.Sprintf("use %s, or --tls require", starttlsURL(t))
	return true
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

func starttlsURL(t Target) string {
	switch t.Port {
	case PortRelay:
		return "smtp://" + t.Host
	case PortSubmission:
		return "submission://" + t.Host
	}
	return "submission://" + t.String()
}

func alertName(a tls.AlertError) string {
	return strings.ReplaceAll(strings.TrimPrefix(a.Error(), "tls: "), "_", " ")
}

// tlsRefusal looks for an alert that explains why the server closed. With TLS 1.3 the refusal of a client certificate
// comes after the client thinks the handshake is over (RFC 9846 §4.5.1.3).
func (s *Session) tlsRefusal() *Error {
	if s.tap.decoder == nil {
		return nil
	}
	for _, m := range s.tlsTail() {
		_, description, ok := m.Alert()
		if !ok || m.Dir != tlswire.ServerToClient || description == 0 {
			continue
		}
		a := tls.AlertError(description)
		return &Error{Phase: PhaseHandshake, Verb: VerbHandshake, Finding: "tls-refused-late", Exit: ExitHandshake, Err: a,
			Text: fmt.Sprintf("after the handshake the server refused it with the alert %s", alertName(a)), Hint: alertHint(a)}
	}
	return nil
}

// tlsTail records and returns the TLS messages at the end of a connection.
func (s *Session) tlsTail() []tlswire.Message {
	tail := append(s.held, s.tap.decoder.Finish()...)
	s.held = nil
	s.appendTLS(tail)
	return append(s.lateAlerts(), tail...)
}

// lateAlerts are those that were recorded in this step already.
func (s *Session) lateAlerts() []tlswire.Message {
	var list []tlswire.Message
	for i := s.log.Len() - 1; i >= 0 && len(list) < 8; i-- {
		e := s.log.At(i)
		if e.Kind == KindState || e.Step != s.step {
			break
		}
		if e.Kind == KindTLSMessage {
			list = append(list, *e.TLSMessage)
		}
	}
	slices.Reverse(list)
	return list
}

func alertHint(a tls.AlertError) string {
	if x, ok := explain.Alert(fmt.Sprint(uint8(a))); ok {
		return orElse(x.Remedy, x.Text)
	}
	return "look into the server's log"
}

func explainMessage(m *tlswire.Message) *explain.Explanation {
	x := &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 9846", Section: "4"}}}
	e, ok := explain.TLSMessage(m.Name)
	if _, description, alert := m.Alert(); alert {
		e, ok = explain.Alert(fmt.Sprint(description))
	}
	if ok {
		x.Short, x.Text, x.Remedy, x.Refs, x.Entries = e.Short, e.Text, e.Remedy, e.Refs, []string{e.ID()}
	}
	return x
}

func explainTLS(t *TLS) *explain.Explanation {
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
		x.Cause = failedChecks(t)
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
