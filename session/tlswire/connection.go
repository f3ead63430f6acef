package tlswire

import "fmt"

// connection is what the hellos agreed on, as far as opening records needs it.
type connection struct {
	version        uint16
	suite          uint16
	clientRandom   [32]byte
	serverRandom   [32]byte
	earlyData      bool     // the client announced 0-RTT data, in this hello or the one before it
	hidden         bool     // the client sent Encrypted Client Hello
	encryptThenMAC bool     // RFC 7366
	params         params12 // TLS 1.2 and older: what the suite fixes, once the keys are known
	keyBlock       []byte   // likewise: the keys of both directions
	full           bool     // the server went past its hello: not an abbreviated handshake
	offered        session
	granted        session
}

// session is what can name a TLS 1.2 session later (RFC 5246 §7.4.1.2, RFC
// 5077 §3.4).
type session struct {
	id     []byte
	ticket []byte
}

// follow tracks what a whole handshake message changes.
func (d *Decoder) follow(s *stream, m *Message) {
	fromServer := s.dir == ServerToClient
	switch {
	case m.Type == typeClientHello && !fromServer:
		d.clientHello(m.Raw)
	case m.Type == typeServerHello && fromServer:
		d.serverHello(m.Raw)
	case m.Type == typeKeyUpdate && s.guard.tls13:
		s.guard = d.updated(s)
	case m.Type == typeEndOfEarlyData && s.guard.label == labelClientEarly:
		s.guard = handshakeProtection(s.dir)
	case m.Type == typeFinished && s.guard.tls13:
		s.guard = application(s.dir)
	case m.Type == typeFinished && fromServer:
		d.remember()
	case m.Type == typeNewSessionTicket && fromServer && d.conn.version < versionTLS13:
		d.conn.granted.ticket = ticketOf(m.Raw)
	case m.Type == typeServerHelloDone && fromServer:
		d.conn.full = true
	}
}

func (d *Decoder) clientHello(raw []byte) {
	h, ok := readHello(typeClientHello, raw)
	if !ok {
		return
	}
	copy(d.conn.clientRandom[:], h.random)
	if _, early := h.extension(extEarlyData); early {
		d.conn.earlyData = true
		d.client.guard = protection{on: true, tls13: true, label: labelClientEarly, name: "client early traffic secret"}
	}
	_, d.conn.hidden = h.extension(extEncryptedClientHello)
	ticket, _ := h.extension(extSessionTicket)
	d.conn.offered = session{id: h.sessionID, ticket: ticket}
}

func (d *Decoder) serverHello(raw []byte) {
	h, ok := readHello(typeServerHello, raw)
	if !ok {
		return
	}
	c := &d.conn
	c.version, c.suite = h.selected(), h.suite()
	if isRetry(raw) {
		return
	}
	copy(c.serverRandom[:], h.random)
	_, c.encryptThenMAC = h.extension(extEncryptThenMAC)
	c.full, c.granted, c.keyBlock = false, session{id: h.sessionID}, nil
	if c.version == versionTLS13 {
		d.server.guard = handshakeProtection(ServerToClient)
		if d.client.guard.label != labelClientEarly {
			d.client.guard = handshakeProtection(ClientToServer)
		}
	}
}

// handshakeProtection is what follows the ServerHello of TLS 1.3 (RFC 9846 §7.3).
func handshakeProtection(dir Direction) protection {
	p := protection{on: true, tls13: true, label: labelServerHandshake, name: "server handshake traffic secret"}
	if dir == ClientToServer {
		p.label, p.name = labelClientHandshake, "client handshake traffic secret"
	}
	return p
}

// application is what follows the Finished of TLS 1.3 in its direction.
func application(dir Direction) protection {
	p := protection{on: true, tls13: true, label: labelServerTraffic, name: "server application traffic secret 0"}
	if dir == ClientToServer {
		p.label, p.name = labelClientTraffic, "client application traffic secret 0"
	}
	return p
}

// updated is what follows a KeyUpdate in its direction (RFC 9846 §4.7.3, §7.2).
func (d *Decoder) updated(s *stream) protection {
	p := application(s.dir)
	p.update = s.guard.update + 1
	p.name = fmt.Sprintf("%s%d", p.name[:len(p.name)-1], p.update)
	p.secret = nextSecret(d.conn.suite, s.guard.secret)
	return p
}
