package tlswire

// DiagnoseLate finds what TLS has to do with the end of a connection whose handshake was complete. err is the error of a
// read. Nobody but the server writes what comes encrypted, so nothing is damaged where a whole message was not to our side's
// liking. ok is false where the messages and the error do not tell.
func DiagnoseLate(messages []Message, err error, means Means) (d Diagnosis, ok bool) {
	c := inquest{sum: Describe(messages), messages: messages, err: err, means: means}
	if !c.sum.Complete || err == nil {
		return d, false
	}
	if asked, found := c.asksAgain(); found {
		return asked, true
	}
	if d, ok = c.library(); ok {
		return d, true
	}
	return c.forgedAlert()
}

// asksAgain is a server that wants another handshake, or a certificate, on a connection that stands. This client does
// neither on purpose: what was verified at the beginning would no longer hold.
func (c inquest) asksAgain() (Diagnosis, bool) {
	const mend = "the server's operator: request a client certificate in the first handshake, or not at all"
	if _, asked := c.find(func(m Message) bool { return m.Dir == ServerToClient && m.is(typeHelloRequest) }); asked {
		return Diagnosis{"tls-renegotiation", "the server requests renegotiation, usually to get a client certificate; this client does not renegotiate", mend}, true
	}
	if c.asksLate() {
		return Diagnosis{"tls-renegotiation", "the server requests a client certificate after the handshake, although this client did not offer post-handshake authentication (RFC 9846 §4.7.2)", mend}, true
	}
	return Diagnosis{}, false
}

// asksLate reports whether the server asked for a certificate after its Finished. The library calls such a request
// malformed, for the context that it has.
func (c inquest) asksLate() bool {
	finished := false
	for _, m := range c.messages {
		switch {
		case m.Dir != ServerToClient:
		case m.is(typeFinished):
			finished = true
		case m.is(typeCertificateRequest) && finished:
			return true
		}
	}
	return false
}
