package tlswire

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// Limits bounds what a Decoder keeps. A zero field takes its default.
type Limits struct {
	// Message is the longest handshake message in bytes that is put together;
	// one that declares more is shown as bytes with the reason. Default 256 KiB.
	Message int
	// Waiting is how many bytes of protected records are kept per direction
	// until their key is logged. Default 1 MiB.
	Waiting int
	// Foreign is how many bytes are kept of a direction that does not speak
	// TLS. Default 4 KiB.
	Foreign int
	// Sessions remembers TLS 1.2 sessions between connections, because a
	// resumed one logs no key. Nil remembers nothing.
	Sessions *Sessions
	// Resumed gets the key log line that crypto/tls does not write when it
	// resumes TLS 1.2 (RFC 9850 §2.2). Nil gets nothing.
	Resumed io.Writer
	// Application gets the application data of each record that was opened, and
	// is not to keep it. Nil leaves such records closed, and only counts them.
	Application func(dir Direction, data []byte, at time.Time)
}

func (l Limits) withDefaults() Limits {
	set := func(field *int, def int) {
		if *field <= 0 {
			*field = def
		}
	}
	set(&l.Message, 256<<10)
	set(&l.Waiting, 1<<20)
	set(&l.Foreign, 4<<10)
	return l
}

// A handshake has some thirty messages. A peer that sends more of them than
// one for every floodBytes bytes wants our memory, not a handshake.
const (
	floodMessages = 64
	floodBytes    = 32
)

// usualMessages is for how many messages there is room from the beginning: a
// handshake without a client certificate has no more.
const usualMessages = 12

// Decoder reads the TLS messages of one connection. Its methods may be called
// from several goroutines; the bytes themselves come in order of occurrence.
type Decoder struct {
	mu       sync.Mutex
	limits   Limits
	keys     keyStore
	conn     connection
	client   stream
	server   stream
	done     []Message            // complete, not taken, in order
	orders   []int64              // of done: the place of the first record among all bytes
	places   [usualMessages]int64 // room for the first orders
	room     room
	seen     int64 // bytes of both directions
	emitted  int64
	taken    int
	flooded  bool
	finished bool
}

// Traffic counts the application data of one direction.
type Traffic struct {
	Records int   `json:"records"`
	Bytes   int64 `json:"bytes"` // in cleartext; of a record that was not opened, as on the wire
}

// NewDecoder returns a Decoder for one connection.
func NewDecoder(limits Limits) *Decoder {
	d := &Decoder{limits: limits.withDefaults(), done: make([]Message, 0, usualMessages)}
	d.orders = d.places[:0]
	d.client = newStream(ClientToServer)
	d.server = newStream(ServerToClient)
	return d
}

// Bytes takes bytes that crossed the connection in direction dir at that time.
// b is used during the call only. Bytes after [Decoder.Finish] are ignored.
func (d *Decoder) Bytes(dir Direction, b []byte, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.finished {
		return
	}
	d.split(d.stream(dir), b, at)
}

// KeyLog returns the writer to give to tls.Config.KeyLogWriter. It takes lines
// of an SSLKEYLOGFILE (RFC 9850) and may be used beside Bytes.
func (d *Decoder) KeyLog() io.Writer { return keyLog{d} }

// Take returns the messages completed since the last call, in the order in which their first bytes crossed the connection.
// A message waits while an earlier one has no key yet. One of which only the beginning has come keeps nothing waiting: it
// comes with a later call, and may be a ticket that the server had begun in its first flight.
func (d *Decoder) Take() []Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.release(min(d.client.oldest(), d.server.oldest()))
}

// Whole reports whether the bytes of a direction end with the end of a record, so far.
func (d *Decoder) Whole(dir Direction) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.stream(dir).partial) == 0
}

// Finish ends the decoding, when the connection is closed or its handshake is
// dead, and returns what is left: complete messages, incomplete ones as
// partial with the reason, records that were never opened as such. It forgets
// the secrets. For a connection that goes on after its handshake, call Take.
func (d *Decoder) Finish() []Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.finished {
		d.finished = true
		d.flush()
		d.keys.forget()
		clear(d.conn.keyBlock)
	}
	return d.release(never)
}

func (d *Decoder) stream(dir Direction) *stream {
	if dir == ServerToClient {
		return &d.server
	}
	return &d.client
}

// release hands out the messages that began at or before the order until. One
// record may hold the end of a message and the start of the next, so equal
// orders go out.
func (d *Decoder) release(until int64) []Message {
	n := 0
	for ; n < len(d.done) && d.orders[n] <= until; n++ {
		d.done[n].Seq = d.taken
		d.taken++
	}
	if n == 0 {
		return nil
	}
	out := d.done[:n:n]
	d.done, d.orders = d.done[n:], d.orders[n:]
	return out
}

// emit adds a message to those that wait for Take.
func (d *Decoder) emit(m *Message, order int64) {
	if d.flooded {
		return
	}
	if d.emitted >= floodMessages+d.seen/floodBytes {
		d.flooded = true
		m = &Message{Dir: m.Dir, At: m.At, Kind: KindUnknown, Name: "further messages", Partial: true,
			Reason: fmt.Sprintf("more than %d messages in %d bytes: the rest is not listed", d.emitted, d.seen)}
	}
	d.emitted++
	m.Version, m.Suite, m.After = d.conn.version, d.conn.suite, d.stream(m.Dir).traffic.Bytes
	at := len(d.done)
	for at > 0 && d.orders[at-1] > order {
		at--
	}
	d.done, d.orders = slices.Insert(d.done, at, *m), slices.Insert(d.orders, at, order)
}
