package walk

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"

	"ehlo/session/certificate"
	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// secured thinks the end of a handshake through. That a certificate failed verification ends nothing here: it is recorded,
// and what follows decides (RFC 3207 §4.1 has the client judge after the negotiation and send QUIT).
func (t *taking) secured(tls *record.TLS) {
	t.remarkOffer(tls)
	t.remarkName(tls)
	t.faults(tls.Checks.AtHand()) // the others are good
	if tls.Error != "" {
		t.handshakeFailed(tls)
		if x, ok := FindExperiment(t.underWay()); ok {
			t.undecided(x)
		}
		return
	}
	if obsolete(tls.Version) {
		t.find(record.FoundTLSObsoleteVersion, fmt.Sprintf("The session uses %s, which RFC 8996 has prohibited since 2021, because it relies on broken hashes and old ciphers.", tls.Version))
	}
	if d := tls.Decided; d != nil && tls.Version != "TLS 1.3" {
		t.remarkRenegotiation(d)
	}
	t.remarkChange(tls)
	t.inside(tls)
}

// remarkRenegotiation points at a server that other clients refuse.
func (t *taking) remarkRenegotiation(d *record.Decided) {
	if secure, complete := d.SecureRenegotiation(); complete && !secure {
		t.find(record.FoundTLSNoSecureRenegotiation, fmt.Sprintf("%s does not support secure renegotiation: clients with OpenSSL 3 refuse it (“unsafe legacy renegotiation disabled”).", t.host()))
	}
}

// remarkOffer tells what a person chose about the handshake that may surprise.
func (t *taking) remarkOffer(tls *record.TLS) {
	if tls.OldOffer != "" {
		t.find(record.FoundTLSObsoleteOffer, fmt.Sprintf("The client offers only %s, because the highest version was set below TLS 1.2, the default minimum.", tls.OldOffer))
	}
	if tls.LegacyOffer {
		t.find(record.FoundTLSLegacyOffer, "Obsolete TLS is offered on request: TLS 1.0 and 1.1, RSA key exchange, CBC and 3DES; and, for the whole program, signatures with SHA-1.")
	}
	switch tls.KeyLog {
	case "":
	case record.KeyLogWritten:
		t.find(record.FoundKeylogWritten, "")
	default:
		t.find(record.FoundKeylogFailed, fmt.Sprintf("The TLS secrets cannot be written: %s.", tls.KeyLog))
	}
}

func obsolete(version string) bool {
	return version == "TLS 1.0" || version == "TLS 1.1" || version == "SSLv3"
}

// faults points at what the checks of the certificate found, each kind once.
func (t *taking) faults(checks []record.Check) {
	for i, c := range checks {
		if c.Finding == "" || certificate.FoundBefore(checks[:i], c) {
			continue
		}
		f := t.find(c.Finding, sentence(c.Text))
		f.Remedy, f.Operator = c.Cautious(), c.Operators()
		switch {
		case c.Finding == record.FoundCertificateWrongHost && c.Who == record.WhoYou:
			f.Who, f.Advice = c.Who, []record.Advice{{Do: record.GiveServerName}, {Do: record.AcceptUnverified}}
		default:
			notForTrust(f, c)
		}
	}
}

// notForTrust is an issuer that no one is advised to trust, as that of a test environment: the operator has to replace it.
func notForTrust(f *record.Finding, c record.Check) {
	if c.Finding == record.FoundCertificateUnknownIssuer && c.Here == "" {
		f.Who, f.Advice = c.Who, []record.Advice{{Do: record.SendNoSecret}, {Do: record.AskOperator}, {Do: record.AcceptUnverified}}
	}
}

// inside moves the state into TLS; after STARTTLS everything before is forgotten (RFC 3207 §4.2).
func (t *taking) inside(tls *record.TLS) {
	t.state.Security = record.SecurityUnverified
	switch {
	case tls.Verified:
		t.state.Security = record.SecurityVerified
	case tls.Unjudged(): // the program that met it went on
		t.state.Security = record.SecurityAccepted
	}
	if t.state.Stage == record.StageUpgrading {
		t.forget()
		t.state.Stage = record.StageGreeted
	}
	t.state = t.state.WithDone(record.PhaseHandshake)
}

func (t *taking) forget() {
	f := &record.Forgot{Greeting: t.state.Peer}
	for _, k := range keywords(t.s.Capabilities) {
		f.Capabilities = append(f.Capabilities, wire.VisibleString(k))
	}
	t.append(record.Event{Kind: record.KindForgot, Forgot: f, Explain: &explain.Explanation{
		Short: "discard everything learned before",
		Text:  "An on-path attacker could have changed everything before TLS: the name in the greeting and the list of extensions. Both sides discard it, and the client sends EHLO again.",
		Refs:  []explain.Ref{{Doc: "RFC 3207", Section: "4.2"}}}})
	t.state.Peer, t.state.ESMTP = "", false
	t.state.Auth, t.state.Mechanism, t.state.User = record.AuthNone, "", ""
	t.state = clearTransaction(t.state)
}

// handshakeFailed says who gave up and why.
func (t *taking) handshakeFailed(tls *record.TLS) {
	t.state.Stage = record.StageClosed
	f, decided := t.notTLS(tls)
	switch {
	case decided:
	case t.speaksFirst(tls.Foreign) && turnsAway(tls.Foreign):
		f = t.refusedBeforeTLS(tls.Foreign)
	case t.speaksFirst(tls.Foreign):
		f = t.fail(record.PhaseHandshake, record.FoundImplicitTLSOnSTARTTLSPort, fmt.Sprintf("Port %d of %s answers a ClientHello with cleartext (“%s”), like an SMTP server that expects STARTTLS.",
			t.target().Port, t.host(), firstLine(tls.Foreign)))
	case tls.Trouble == record.TroubleCanceled:
		return
	case tls.Diagnosis != nil:
		f = t.diagnose(tls.Diagnosis)
		t.anotherService(f, tls.Foreign)
	default:
		f = t.fail(record.PhaseHandshake, record.FoundTLSHandshakeFailed, fmt.Sprintf("The TLS handshake with %s failed: %s.", t.host(), tls.Error))
	}
	if f.Waited = tls.Trouble.Silent() && !decided; f.Waited {
		f.Text += " The handshake " + waitedFor(tls.Trouble, tls.Took) + "."
	}
	if !decided {
		t.bySize(f, tls)
	}
}

// turnsAway reports whether a reply refuses a client, rather than what it took for a command: 50z (RFC 5321 §4.2.2).
func turnsAway(said []byte) bool { return said[0] >= '4' && said[1] != '0' }

// refusedBeforeTLS is a client that is turned away in cleartext where TLS was to begin, as servers do that are full or exclude its
// address. Which kind of port it is does not show then.
func (t *taking) refusedBeforeTLS(said []byte) *record.Finding {
	r, _ := wire.NewReader(bytes.NewReader(said), wire.Limits{}).ReadReply()
	c := replyContext(*t.s, record.VerbGreeting, &r)
	code := record.FindingCode(explain.Refusal(c))
	if code == "" {
		code = either(said[0] == '4', record.FoundServiceUnavailable, record.FoundGreetingRefused)
	}
	e, _ := explain.Finding(string(code))
	f := t.fail(record.PhaseGreeting, code, fmt.Sprintf("%s: port %d of %s answered a ClientHello with “%s” in cleartext.", capital(e.Short), t.target().Port, t.host(), firstLine(said)))
	if x := explain.Reply(c); x.Remedy+x.Operator != "" {
		f.Remedy, f.Operator = x.Remedy, x.Operator
	}
	return f
}

// speaksFirst reports whether an SMTP reply stands where TLS was expected, without a STARTTLS before.
func (t *taking) speaksFirst(said []byte) bool {
	digit := func(b byte) bool { return b >= '0' && b <= '9' }
	return len(said) >= 3 && said[0] >= '2' && said[0] <= '5' && digit(said[1]) && digit(said[2]) && !t.s.State.Has(record.PhaseSTARTTLS)
}

// aboutTLS are the sources of what is said about every handshake.
var aboutTLS = [...]explain.Ref{{Doc: "RFC 9325"}, {Doc: "RFC 3207", Section: "4.1"}}

func explainTLS(t *record.TLS) *explain.Explanation {
	x := &explain.Explanation{Refs: aboutTLS[:]}
	switch {
	case t.Error != "":
		x.Short, x.Text, x.Cause = "no TLS", "The handshake did not complete.", t.Error
	case t.Unjudged():
		x.Short = cmp.Or(t.Version, "TLS") + ", verification unknown"
		x.Text = "From here on everything is encrypted. It is unknown whether the certificate was verified, so the server's identity is not confirmed."
	case t.Verified && t.Reference == "": // as another program says that does not name the host
		x.Short = cmp.Or(t.Version, "TLS") + ", verified"
		x.Text = "From here on everything is encrypted, and the certificate passed verification. This says nothing about the further hops of the message."
	case t.Verified:
		x.Short = t.Version + ", verified"
		x.Text = "From here on everything is encrypted, and the certificate is valid for " + t.Reference + ". This says nothing about the further hops of the message."
	default:
		x.Short = t.Version + ", not verified"
		x.Text = "From here on everything is encrypted, but the certificate failed verification, so the server may be an impostor. An eavesdropper can read nothing."
		x.Cause = certificate.FailedChecks(t)
		x.Remedy, x.Operator = certificate.FirstRemedy(t)
	}
	return x
}

// explainMessage says what a message is, whether or not it is known.
func explainMessage(m *tlswire.Message, retried bool) *explain.Explanation {
	x := explain.MessageExplanation(entryFor(m, retried))
	if _, description, alert := m.Alert(); alert {
		x = explain.AlertExplanation(strconv.Itoa(int(description)))
	}
	if x == nil {
		x = &explain.Explanation{Refs: []explain.Ref{{Doc: "RFC 9846", Section: "4"}}}
	}
	return x
}

// entryFor is the name of the entry about a message: where its place or what it holds makes another thing of it, a more
// exact one than its own name.
func entryFor(m *tlswire.Message, retried bool) string {
	switch {
	case m.Name == "ClientHello" && retried:
		return "second ClientHello"
	case m.Name == "Certificate" && m.Dir == tlswire.ClientToServer && !m.Partial && len(m.Certificates()) == 0:
		return "empty Certificate"
	case m.Kind != tlswire.KindChangeCipherSpec || m.Version == 0:
		return m.Name
	case m.Version == 0x0304: // TLS 1.3
		return "ChangeCipherSpec in TLS 1.3"
	}
	return "ChangeCipherSpec in TLS 1.2"
}
