package tlswire

import (
	"bytes"
	"crypto/tls"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"
)

// rec makes a record.
func rec(contentType byte, body []byte) []byte {
	return append(RecordInfo{ContentType: contentType, Version: versionTLS12, Length: len(body)}.Header(), body...)
}

// TestFloods sends what costs much memory for few bytes; none may. What is
// measured is the heap, with everything that is still in use.
func TestFloods(t *testing.T) {
	measuring(t)
	long := []byte{typeCertificate, 0, 0xf0, 0}
	huge := []byte{typeCertificate, 0xff, 0xff, 0xff}
	for name, flood := range map[string][]byte{
		"alerts":               bytes.Repeat(rec(contentAlert, []byte{1, 90}), 5000),
		"alerts in one record": rec(contentAlert, bytes.Repeat([]byte{1, 90}, 8000)),
		"empty records":        bytes.Repeat(rec(contentHandshake, nil), 5000),
		"empty messages":       bytes.Repeat(rec(contentHandshake, make([]byte, 4*4000)), 4),
		"fragments of a byte":  append(rec(contentHandshake, long), bytes.Repeat(rec(contentHandshake, []byte{0}), 60000)...),
		"a huge message":       append(rec(contentHandshake, huge), bytes.Repeat(rec(contentHandshake, make([]byte, 1<<14)), 100)...),
		"dummies":              bytes.Repeat(rec(contentChangeCipherSpec, []byte{1}), 5000),
		"unopened records":     bytes.Repeat(rec(contentApplicationData, make([]byte, 20)), 5000),
		"heartbeats":           bytes.Repeat(rec(contentHeartbeat, []byte{1}), 5000),
		"no TLS":               bytes.Repeat([]byte("spam "), 100000),
	} {
		before := live()
		d := NewDecoder(Limits{})
		for size, part := range halves(flood) {
			d.Bytes(ServerToClient, part, time.Unix(0, 0))
			if got := live() - before; got > perDecoder+perByte*size {
				t.Errorf("%s: %d bytes held for %d", name, got, size)
			}
		}
		messages := d.Finish()
		if got := live() - before; got > perDecoder+perByte*len(flood) {
			t.Errorf("%s: messages of %d bytes for %d", name, got, len(flood))
		}
		for _, m := range messages {
			checkMessage(t, m, true)
		}
	}
}

// halves cuts b into parts, each as long as those before it together, and says
// how much it was with each.
func halves(b []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for from, to := 0, 1000; from < len(b); from, to = to, 2*to {
			to = min(to, len(b))
			if !yield(to, b[from:to]) {
				return
			}
		}
	}
}

// TestSealedFloods is the same for what is protected: of a message that is cut
// into a thousand records and padded, so much of the records is kept and no more.
func TestSealedFloods(t *testing.T) {
	measuring(t)
	for name, c := range map[string]struct{ records, content, padding int }{
		"records of a byte":      {3000, 1, 0},
		"records of padding":     {200, 1, 16000},
		"as long as they may":    {100, 16000, 0},
		"many messages a record": {50, 16000, 0},
	} {
		wire, keys := sealed(t, c.records, c.content, c.padding, name == "many messages a record")
		before := live()
		d := NewDecoder(Limits{})
		d.KeyLog().Write(keys)
		size := 0
		for _, w := range wire {
			d.Bytes(w.dir, w.bytes, w.at)
			size += len(w.bytes)
		}
		messages := append(d.Take(), d.Finish()...)
		if got := live() - before; got > perDecoder+perByte*size {
			t.Errorf("%s: %d bytes held for %d", name, got, size)
		}
		for _, m := range messages {
			kept := 0
			for _, r := range m.Records {
				kept += len(r.Bytes)
			}
			if kept > maxSealed || len(m.Records) > maxRecords {
				t.Errorf("%s: %s keeps %d bytes in %d records", name, m.Name, kept, len(m.Records))
			}
		}
		if n := len(messages); n < 3 {
			t.Errorf("%s: %d messages", name, n)
		}
	}
}

// sealed is a server that sends after its hello a flood of protected handshake
// records, each with so much content and padding, and the key log that opens them.
func sealed(t *testing.T, records, content, padding int, empty bool) (wire []piece, keys []byte) {
	t.Helper()
	client, server := configs(t, "ecdsa", tls.VersionTLS13, false)
	s := converse(t, Limits{}, client, server)
	hello := s.messages[1]
	for _, w := range s.wire {
		if w.dir == ServerToClient {
			break
		}
		wire = append(wire, w)
	}
	wire = append(wire, piece{dir: ServerToClient, bytes: rec(contentHandshake, hello.Raw)})
	d := NewDecoder(Limits{})
	d.KeyLog().Write([]byte(s.keys))
	d.Bytes(ClientToServer, rec(contentHandshake, s.messages[0].Raw), time.Now())
	cipher, err := newCipher13(hello.Suite, d.secret(labelServerHandshake))
	if err != nil {
		t.Fatal(err)
	}
	c := cipher.(*aead13)
	flood := []byte{typeCertificate, 3, 0, 0} // 196,608 bytes
	flood = append(flood, make([]byte, records*content)...)
	if empty {
		clear(flood)
	}
	for i := range records {
		plain := append(slices.Clone(flood[i*content:(i+1)*content]), contentHandshake)
		plain = append(plain, make([]byte, padding)...)
		header := RecordInfo{ContentType: contentApplicationData, Version: versionTLS12, Length: len(plain) + 16}.Header()
		wire = append(wire, piece{dir: ServerToClient, bytes: c.aead.Seal(header, appendNonce(nil, c.iv[:], uint64(i)), plain, header)})
	}
	return wire, []byte(s.keys)
}

// TestWaitingIsBounded: records whose key never comes are not kept for ever.
func TestWaitingIsBounded(t *testing.T) {
	client, server := configs(t, "ecdsa", tls.VersionTLS13, false)
	s := converse(t, Limits{}, client, server)
	d := NewDecoder(Limits{Waiting: 10000})
	for i, w := range s.wire {
		if i > 0 && w.dir == ClientToServer {
			break // the server's first flight is whole
		}
		d.Bytes(w.dir, w.bytes, w.at)
	}
	for range 100 {
		d.Bytes(ServerToClient, rec(contentApplicationData, make([]byte, 1000)), time.Now())
	}
	if d.server.waits > 10000 || len(d.server.waiting) > 0 {
		t.Errorf("%d bytes wait in %d records", d.server.waits, len(d.server.waiting))
	}
	messages := d.Take()
	last := messages[len(messages)-1]
	if last.Name != "encrypted record" || last.Reason != "no key was logged within 10000 bytes" {
		t.Errorf("%s: %q", last.Name, last.Reason)
	}
	if n := len(messages); n > maxUnopened+5 {
		t.Errorf("%d messages", n)
	}
}

// TestMessageTooLong: a message longer than the limit is shown as bytes, and
// what follows it is read.
func TestMessageTooLong(t *testing.T) {
	d := NewDecoder(Limits{Message: 100})
	d.Bytes(ServerToClient, rec(contentHandshake, append([]byte{typeCertificate, 0, 1, 0}, make([]byte, 256)...)), time.Now())
	d.Bytes(ServerToClient, rec(contentHandshake, []byte{typeServerHelloDone, 0, 0, 0}), time.Now())
	m := d.Take()
	if len(m) != 2 || !m[0].Partial || len(m[0].Raw) != 100 || m[0].Reason != "declares 256 bytes, more than the 100 that this program reassembles" || m[1].Name != "ServerHelloDone" {
		t.Errorf("%+v", m)
	}
}

// TestPartialMessage: what was there of a message when the connection ended.
func TestPartialMessage(t *testing.T) {
	d := NewDecoder(Limits{})
	d.Bytes(ServerToClient, rec(contentHandshake, []byte{typeCertificate, 0, 1, 0, 7, 7}), time.Now())
	d.Bytes(ServerToClient, []byte{contentHandshake, 3, 3, 0, 9, 1}, time.Now())
	if m := d.Take(); len(m) != 0 {
		t.Errorf("%v came out early", script(m))
	}
	m := d.Finish()
	if len(m) != 2 || m[0].Name != "Certificate" || !m[0].Partial || !strings.Contains(m[0].Reason, "6 bytes of it arrived, and at least 254 more") ||
		m[1].Name != "incomplete record" || !strings.Contains(m[1].Reason, "6 bytes of it arrived, and 8 more were announced") {
		t.Errorf("%+v", m)
	}
	d.Bytes(ServerToClient, rec(contentAlert, []byte{2, 40}), time.Now())
	if m := d.Finish(); len(m) != 0 {
		t.Errorf("%v after the end", script(m))
	}
}

// TestDamagedRecord: a record that was changed on the path does not open, and
// nothing after it does.
func TestDamagedRecord(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		client, server := configs(t, "rsa", version, false)
		s := converse(t, Limits{}, client, server)
		d := NewDecoder(Limits{})
		d.KeyLog().Write([]byte(s.keys))
		last := s.wire[len(s.wire)-1]
		for _, w := range s.wire[:len(s.wire)-1] {
			d.Bytes(w.dir, w.bytes, w.at)
		}
		b := bytes.Clone(last.bytes)
		b[len(b)-1] ^= 1
		d.Bytes(last.dir, b, last.at)
		all := append(d.Take(), d.Finish()...)
		m := all[len(all)-1]
		if m.Name != "encrypted record" || !strings.HasPrefix(m.Reason, "could not be opened with the") {
			t.Errorf("%s: %s %q", VersionName(version), m.Name, m.Reason)
		}
	}
}

// TestOrder: a message waits while an earlier one has no key.
func TestOrder(t *testing.T) {
	client, server := configs(t, "ecdsa", tls.VersionTLS13, true)
	s := converse(t, Limits{}, client, server)
	d := NewDecoder(Limits{})
	for _, w := range s.wire {
		d.Bytes(w.dir, w.bytes, w.at)
	}
	early := d.Take()
	d.KeyLog().Write([]byte(s.keys))
	late := d.Take()
	want := script(s.messages)
	if got := script(append(early, late...)); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if len(early) == 0 || early[len(early)-1].Encrypted {
		t.Errorf("before the keys: %v", script(early))
	}
}
