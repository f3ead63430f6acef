package engine

import (
	"sync"
	"time"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// tap sees every byte of a connection on its way. Before TLS it keeps nothing: the events have the bytes. Under TLS it
// feeds the decoder, whose messages keep the records of the handshake. After the handshake it keeps the beginning of what
// an eavesdropper would have seen since it was last asked.
type tap struct {
	mu      sync.Mutex
	decoder *tlswire.Decoder
	seen    map[wire.Direction]*record.Cipher
}

// Bytes implements [wire.Observer].
func (t *tap) Bytes(dir wire.Direction, b []byte, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.decoder == nil {
		return
	}
	t.decoder.Bytes(tlswire.Direction(dir), b, at)
	if t.seen == nil {
		return
	}
	c := t.seen[dir]
	if c == nil {
		c = &record.Cipher{}
		t.seen[dir] = c
	}
	c.Total += len(b)
	c.Bytes = append(c.Bytes, b[:min(len(b), record.CipherKept-len(c.Bytes))]...)
}

// whole reports whether what has come of the server ends with the end of a record; outside of TLS it always does.
func (t *tap) whole() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.decoder == nil || t.decoder.Whole(tlswire.ServerToClient)
}

// start begins to watch TLS.
func (t *tap) start(d *tlswire.Decoder) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.decoder, t.seen = d, nil
}

// collect begins to keep what crosses the wire.
func (t *tap) collect() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen = map[wire.Direction]*record.Cipher{}
}

// stop forgets the connection and its keys.
func (t *tap) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.decoder, t.seen = nil, nil
}

// take returns what crossed the wire in one direction since the last take; nil outside of TLS. secret withholds it.
func (t *tap) take(dir wire.Direction, secret bool) *record.Cipher {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.decoder == nil {
		return nil
	}
	c := t.seen[dir]
	delete(t.seen, dir)
	if secret {
		return &record.Cipher{Withheld: true}
	}
	return c
}
