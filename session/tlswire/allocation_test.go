package tlswire

import (
	"bytes"
	"crypto/tls"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"
)

// allocated is how many bytes f allocates, whether or not they are soon garbage: no more can be in use at any moment.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// wantFrugal bounds all that is allocated for what crossed the wire, and for the tree of each message made of it. Lists that
// grow leave garbage behind: a tree of as many fields as there may be is made up to three times.
func wantFrugal(t *testing.T, name string, keys string, wire []piece) {
	t.Helper()
	size := 0
	for _, w := range wire {
		size += len(w.bytes)
	}
	var messages []Message
	n := allocated(func() {
		d := NewDecoder(Limits{})
		d.KeyLog().Write([]byte(keys))
		for _, w := range wire {
			d.Bytes(w.dir, w.bytes, w.at)
		}
		messages = d.Finish()
	})
	if n > perDecoder+perByte*size {
		t.Errorf("%s: %d bytes allocated for %d", name, n, size)
	}
	for i, m := range messages {
		if i > 0 && sameTree(m, messages[i-1]) {
			continue
		}
		if n := allocated(func() { m.Fields(m.At, means) }); n > 3*perTree+perByte*len(m.Raw) {
			t.Errorf("%s: %d bytes allocated for the tree of %s, %d bytes", name, n, m.Name, len(m.Raw))
		}
	}
}

// sameTree reports whether all that the trees of two messages are made of is the same, as it is in a flood of one.
func sameTree(a, b Message) bool {
	return a.Dir == b.Dir && a.Kind == b.Kind && a.Type == b.Type && a.Name == b.Name && bytes.Equal(a.Raw, b.Raw) && a.Encrypted == b.Encrypted &&
		a.Key == b.Key && a.Version == b.Version && a.Suite == b.Suite && a.Partial == b.Partial && a.Reason == b.Reason
}

// shapes are bytes that cost much, each to be repeated: after a record that may begin a message, if there is one.
var shapes = []struct {
	name   string
	begin  []byte
	repeat []byte
}{
	{"alerts", nil, rec(contentAlert, []byte{1, 90})},
	{"alerts in one record", nil, rec(contentAlert, bytes.Repeat([]byte{1, 90}, 500))},
	{"empty records", nil, rec(contentHandshake, nil)},
	{"empty messages", nil, rec(contentHandshake, make([]byte, 4*200))},
	{"fragments of a byte", rec(contentHandshake, []byte{typeCertificate, 3, 0xff, 0}), rec(contentHandshake, []byte{0})},
	{"fragments of a long record", rec(contentHandshake, []byte{typeCertificate, 3, 0xff, 0}), rec(contentHandshake, make([]byte, 1<<14))},
	{"a huge message", rec(contentHandshake, []byte{typeCertificate, 0xff, 0xff, 0xff}), rec(contentHandshake, make([]byte, 1<<14))},
	{"dummies", nil, rec(contentChangeCipherSpec, []byte{1})},
	{"unopened records", nil, rec(contentApplicationData, make([]byte, 20))},
	{"heartbeats", nil, rec(contentHeartbeat, []byte{1})},
	{"empty certificates", nil, rec(contentHandshake, append([]byte{typeCertificate, 0, 3, 0xe8 + 3, 0, 3, 0xe8}, make([]byte, 1000)...))},
	{"hellos of suites", nil, rec(contentHandshake, append([]byte{typeClientHello, 0, 0, 200, 3, 3}, make([]byte, 198)...))},
	{"no TLS", nil, []byte("spam ")},
	{"a header", nil, []byte{contentHandshake, 3, 3, 0x48, 0}},
}

// TestAllocations: what hostile bytes cost all in all, at any size and in pieces of any size.
func TestAllocations(t *testing.T) {
	measuring(t)
	for _, shape := range shapes {
		for size := 1 << 10; size <= 1<<20; size *= 4 {
			flood := slices.Concat(shape.begin, bytes.Repeat(shape.repeat, size/len(shape.repeat)+1))[:size]
			for _, part := range []int{size, 1000, 7} {
				if part == 7 && size > 1<<16 {
					continue
				}
				wantFrugal(t, shape.name, "", slices.Collect(parts(flood, part)))
			}
		}
	}
}

func parts(b []byte, n int) func(func(piece) bool) {
	return func(yield func(piece) bool) {
		for c := range slices.Chunk(b, n) {
			if !yield(piece{ServerToClient, c, time.Unix(0, 0)}) {
				return
			}
		}
	}
}

// TestMutatedAllocations is the same for real handshakes in which bytes change, with their keys, and repeated to any size.
func TestMutatedAllocations(t *testing.T) {
	measuring(t)
	random := rand.New(rand.NewPCG(1, 2))
	for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
		client, server := configs(t, "rsa", version, true)
		s := converse(t, Limits{}, client, server)
		for range 200 {
			wantFrugal(t, tls.VersionName(version), s.keys, mutated(s.wire, random))
		}
		for again := 4; again <= 256; again *= 8 {
			wantFrugal(t, tls.VersionName(version), s.keys, mutated(slices.Repeat(s.wire, again), random))
		}
	}
}

// mutated changes a few bytes, of which some are lengths.
func mutated(wire []piece, random *rand.Rand) []piece {
	out := make([]piece, len(wire))
	for i, w := range wire {
		out[i] = piece{w.dir, bytes.Clone(w.bytes), w.at}
		for range random.IntN(4) {
			if n := len(w.bytes); n > 0 {
				out[i].bytes[random.IntN(min(n, 1+random.IntN(n)))] = byte(random.Uint32())
			}
		}
	}
	return out
}
