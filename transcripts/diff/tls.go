package diff

import (
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/transcripts/words"
)

// handshake reads what a handshake came to.
func (s *session) handshake(step *Step, t *record.TLS) {
	step.TLS = true
	step.waited += t.Took
	if t.Error != "" {
		text, key := t.Error, string(t.Trouble)
		if t.Diagnosis != nil {
			text, key = t.Diagnosis.Text, string(t.Diagnosis.Code)
		}
		step.add(fact{topic: TopicTLS, name: "failure", form: formHandshake, value: s.visible(strings.TrimSuffix(text, ".")), key: key})
	}
	step.did(s.visible(words.Of(&record.Event{Kind: record.KindTLS, TLS: t}).Head))
	if own := t.Own(); own != nil {
		step.did(s.visible("issued by " + record.Certificate{Subject: own.Issuer}.CommonName()))
	}
	chosen := func(name, value string) {
		if value != "" {
			step.add(fact{topic: TopicTLS, name: name, form: formChosen, value: s.visible(value), key: value})
		}
	}
	chosen("version", t.Version)
	chosen("cipher suite", t.CipherSuite)
	chosen("key exchange group", t.Group)
	chosen("application protocol", t.ALPN)
	chosen("requested server name", t.ServerName)
	s.decided(step, t)
	s.certificates(step, t)
}

// decided reads what the messages of the handshake tell beside that.
func (s *session) decided(step *Step, t *record.TLS) {
	has := func(form form, name string, is bool, text string) {
		if is {
			step.add(fact{topic: TopicTLS, name: name, form: form, value: text})
		}
	}
	has(formHas, "resumed", t.Resumed, "resumed an earlier TLS session")
	if t.Decided == nil {
		return
	}
	d := t.Decided.Summary()
	step.trips += d.RoundTrips
	has(formHas, "retry", d.Retry, "needed one more round trip, for a HelloRetryRequest")
	has(formWas, "requested", d.CertificateRequested, "requested a client certificate")
	has(formHas, "sent", d.CertificateSent, "sent a client certificate")
	has(formHas, "stapled", d.Stapled, "received an OCSP response in the handshake")
}

// certificates reads the server's own certificate, the chain that came with it, and how it was judged.
func (s *session) certificates(step *Step, t *record.TLS) {
	own := t.Own()
	if own == nil {
		return
	}
	add := func(name, value string, made bool) {
		step.add(fact{topic: TopicCertificate, name: name, form: formCertificate, value: s.visible(value), key: value, made: made})
	}
	add("subject", own.Subject, false)
	add("list of names", strings.Join(sorted(own.Names), ", "), false)
	add("issuer", own.Issuer, false)
	add("validity start", own.NotBefore.UTC().Format(time.DateOnly), true)
	add("validity end", own.NotAfter.UTC().Format(time.DateOnly), true)
	add("key", own.Key, false)
	add("signature", own.Signature, false)
	add("SHA-256 fingerprint", shortHash(own.SHA256), true)
	var above []string
	for _, c := range t.Chain.List()[1:] {
		above = append(above, c.CommonName())
	}
	add("chain above it", words.List("", strings.Join(above, ", "), when(len(above) == 0, "empty")), false)
	s.judged(step, t)
}

// judged reads the checks that failed, where it is known that any were made.
func (s *session) judged(step *Step, t *record.TLS) {
	if t.Unjudged() {
		return
	}
	text, key := "passed verification", "passed"
	if !t.Verified {
		text, key = "failed verification", "failed"
		for _, c := range t.Checks.List() {
			if c.Failed() {
				text += " (" + s.visible(strings.TrimSuffix(c.Text, ".")) + ")"
				key += " " + c.Name + " " + string(c.Finding)
			}
		}
	}
	step.add(fact{topic: TopicCertificate, name: "verification", form: formVerified, value: text, key: key})
}
