package tlswire

import (
	"bytes"
	"sync"
)

// Sessions remembers the master secrets of TLS 1.2 sessions, so that a
// Decoder can open the handshake that resumes one: crypto/tls logs a master
// secret only when it is made (RFC 5246 §7.3, figure 2). It may be shared by
// all connections of a process; nothing in it can be read from outside.
type Sessions struct {
	mu    sync.Mutex
	known []savedSession
}

// maxSessions bounds how many sessions are remembered; the oldest goes first.
const maxSessions = 64

type savedSession struct {
	session
	master []byte
}

// save remembers a session under its ID and ticket, which are parts of messages.
func (s *Sessions) save(name session, master []byte) {
	if s == nil || len(name.id)+len(name.ticket) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) == maxSessions {
		clear(s.known[0].master)
		s.known = append(s.known[:0], s.known[1:]...)
	}
	s.known = append(s.known, savedSession{name, bytes.Clone(master)})
}

// find returns the master secret of the session a client offers to resume. A
// ticket goes before a session ID (RFC 5077 §3.4).
func (s *Sessions) find(name session) []byte {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.known {
		if len(name.ticket) > 0 && bytes.Equal(k.ticket, name.ticket) {
			return bytes.Clone(k.master)
		}
	}
	for _, k := range s.known {
		if len(name.id) > 0 && len(name.ticket) == 0 && bytes.Equal(k.id, name.id) {
			return bytes.Clone(k.master)
		}
	}
	return nil
}

// remember saves the session when the server's Finished is there: now its ID
// and a ticket are known.
func (d *Decoder) remember() {
	if d.limits.Sessions == nil {
		return
	}
	if m := d.master(); m != nil {
		d.limits.Sessions.save(d.conn.granted, m)
	}
}

// ticketOf returns the ticket of a NewSessionTicket of TLS 1.2 (RFC 5077 §3.3).
func ticketOf(raw []byte) []byte {
	c := cursor{b: raw}
	c.take(handshakeHeaderLen + 4)
	return c.vec16()
}
