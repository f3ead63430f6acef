package tlswire

import "fmt"

// protection is what guards the records of one direction.
type protection struct {
	on     bool
	tls13  bool
	label  string // TLS 1.3: the key log label of the secret in use
	update int    // TLS 1.3: how many KeyUpdates the secret has gone through
	secret []byte // TLS 1.3: the secret after a KeyUpdate
	name   string // what a message opened with it is said to be opened by
	cipher recordCipher
}

// recordCipher opens the protected records of one direction, one after the
// other. The plaintext is valid until the next call.
type recordCipher interface {
	open(info RecordInfo, body []byte) (contentType uint8, plain []byte, err error)
	// pass passes over a record of application data and returns how many bytes it
	// holds, if that can be told without opening it: watching a connection then
	// costs next to nothing once its handshake is over. Nothing is checked: that
	// is up to the ends of the connection.
	pass(info RecordInfo, body []byte) (n int, ok bool)
}

// covers reports whether the record is protected. TLS 1.3 marks protected
// records as application data (RFC 9846 §5.2); before that everything after
// the change_cipher_spec is (RFC 5246 §7.1).
func (p *protection) covers(r *record) bool {
	return p.on && (!p.tls13 || r.ContentType == contentApplicationData)
}

// open opens a protected record and reads it. It returns false while the key
// is not there.
func (d *Decoder) open(s *stream, r *record) bool {
	if s.sealed == "" && s.guard.cipher == nil {
		s.sealed = d.unlock(s)
	}
	if s.sealed != "" {
		d.unopened(s, r, s.sealed)
		return true
	}
	if s.guard.cipher == nil {
		return false
	}
	if d.limits.Application == nil && s.pass(r) {
		return true
	}
	contentType, plain, err := s.guard.cipher.open(r.RecordInfo, r.body)
	switch {
	case err == nil:
		r.key = s.guard.name
		d.content(s, r, contentType, plain)
	case s.guard.label == labelClientEarly:
		// The server refused the 0-RTT data, so no EndOfEarlyData ends it.
		s.guard = handshakeProtection(s.dir)
		return d.open(s, r)
	case d.conn.earlyData && s.guard.label == labelClientHandshake:
		// Refused 0-RTT data is passed over, not an error (RFC 9846 §4.3.10).
		d.unopened(s, r, "0-RTT data without its key, or a damaged record: "+err.Error())
	default:
		s.sealed = fmt.Sprintf("could not be opened with the %s: %v", s.guard.name, err)
		d.unopened(s, r, s.sealed)
	}
	return true
}

// pass counts a record if it is application data and that can be told without
// opening it. While 0-RTT data may have been refused, which key a record has is
// found out by opening it (RFC 9846 §4.3.10).
func (s *stream) pass(r *record) bool {
	if s.guard.tls13 && s.guard.label != labelClientTraffic && s.guard.label != labelServerTraffic {
		return false
	}
	n, ok := s.guard.cipher.pass(r.RecordInfo, r.body)
	if ok {
		s.traffic.Records++
		s.traffic.Bytes += int64(n)
	}
	return ok
}

// unlock makes the cipher of a direction if its key has been logged. It
// returns why no key will ever open these records.
func (d *Decoder) unlock(s *stream) (sealed string) {
	var err error
	if s.guard.tls13 {
		err = d.unlock13(s)
	} else {
		err = d.unlock12(s)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func (d *Decoder) unlock13(s *stream) (err error) {
	g := &s.guard
	if d.conn.version == 0 {
		return nil // 0-RTT data before the ServerHello: its suite is not known yet
	}
	if g.secret == nil {
		g.secret = d.secret(g.label)
	}
	if g.secret == nil && g.label == labelClientEarly && d.secret(labelClientHandshake) != nil {
		// A log has the early secret first, or never.
		*g = handshakeProtection(s.dir)
		return d.unlock13(s)
	}
	if g.secret != nil {
		g.cipher, err = newCipher13(d.conn.suite, g.secret)
	}
	return err
}
