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
	mu       sync.Mutex
	decoder  *tlswire.Decoder
	collects bool              // what is seen is kept
	seen     [2]*record.Cipher // by side
}

// Bytes implements [wire.Observer].
func (t *tap) Bytes(dir wire.Direction, b []byte, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.decoder == nil {
		return
	}
	t.decoder.Bytes(tlswire.Direction(dir), b, at)
	if !t.collects {
		return
	}
	c := t.seen[side(dir)]
	if c == nil {
		c = &record.Cipher{}
		t.seen[side(dir)] = c
	}
	c.Total += len(b)
	c.Bytes = append(c.Bytes, b[:min(len(b), record.CipherKept-len(c.Bytes))]...)
}

// side is the place of a direction: that of the client, then that of the server.
func side(dir wire.Direction) int {
	if dir == wire.ServerToClient {
		return 1
	}
	return 0
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
	t.watch(d)
}

// collect begins to keep what crosses the wire.
func (t *tap) collect() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.collects = true
}

// stop forgets the connection and its keys.
func (t *tap) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watch(nil)
}

func (t *tap) watch(d *tlswire.Decoder) {
	t.decoder, t.collects, t.seen = d, false, [2]*record.Cipher{}
}

// take returns what crossed the wire in one direction since the last take; nil outside of TLS. secret withholds it.
func (t *tap) take(dir wire.Direction, secret bool) *record.Cipher {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.decoder == nil {
		return nil
	}
	c := t.seen[side(dir)]
	t.seen[side(dir)] = nil
	if secret {
		return &record.Cipher{Withheld: true}
	}
	return c
}
