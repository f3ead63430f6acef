package veil

// place is where in a needle a window begins.
type place struct{ needle, start, width int }

// table holds the windows of needles in one form.
type table struct{ plain, coded windows }

func (t *table) empty() bool { return len(t.plain.at) == 0 && len(t.coded.at) == 0 }

// What is longer than dense keeps one window in sparse, and all of them near its two ends: the beginning and the end of a
// secret are known from their first bytes on, a piece out of the middle of a long one from sparse bytes more.
const (
	dense  = 1 << 10
	sparse = 8
	ends   = 64
)

// add puts the windows of a needle in, those by their beginnings that tell something.
func (t *table) add(b []byte, width, needle int, telling func(start int) bool) {
	w := &t.plain
	if width == widthCoded {
		w = &t.coded
	}
	for i := 0; i+width <= len(b); i++ {
		near := len(b) <= dense || i < ends || i%sparse == 0 || i+width > len(b)-ends
		if near && telling(i) {
			w.add(pack(b[i:i+width]), place{needle, i, width})
		}
	}
}

// pack is up to eight bytes as a number.
func pack(b []byte) (key uint64) {
	for _, c := range b {
		key = key<<8 | uint64(c)
	}
	return key
}

// windows is a set of windows of one width. Most of what it is asked for is not in it, and the bits say so at once.
type windows struct {
	at   map[uint64]place
	bits []uint64
}

func (w *windows) add(key uint64, p place) {
	if w.at == nil {
		w.at = map[uint64]place{}
	}
	if _, twice := w.at[key]; twice {
		return
	}
	w.at[key] = p
	if len(w.at)*8 <= len(w.bits)*64 {
		w.mark(key)
		return
	}
	w.bits = make([]uint64, max(64, 2*len(w.bits)))
	for k := range w.at {
		w.mark(k)
	}
}

func (w *windows) mark(key uint64) {
	word, bit := w.bit(key)
	w.bits[word] |= bit
}

// bit is where in a power of two of bits a key is marked.
func (w *windows) bit(key uint64) (word int, bit uint64) {
	h := hash(key)
	return h >> 6 & (len(w.bits) - 1), 1 << (h & 63)
}

func (w *windows) get(key uint64) (place, bool) {
	if len(w.bits) == 0 {
		return place{}, false
	}
	if word, bit := w.bit(key); w.bits[word]&bit == 0 {
		return place{}, false
	}
	p, ok := w.at[key]
	return p, ok
}

// set is a set of windows; 0 is none. What a server says may be made to be slow to find in it, so how many there
// are is bounded where they are added.
type set struct {
	slots []uint64 // a power of two of them, at most half of them taken
	n     int
}

func (s *set) add(key uint64) {
	if 2*s.n >= len(s.slots) {
		s.grow()
	}
	if slot := s.slot(key); s.slots[slot] == 0 {
		s.slots[slot], s.n = key, s.n+1
	}
}

func (s *set) has(key uint64) bool { return key != 0 && s.n > 0 && s.slots[s.slot(key)] == key }

// slot is where a key is, or where it may be put.
func (s *set) slot(key uint64) int {
	slot := hash(key) & (len(s.slots) - 1)
	for s.slots[slot] != 0 && s.slots[slot] != key {
		slot = (slot + 1) & (len(s.slots) - 1)
	}
	return slot
}

func (s *set) grow() {
	before := s.slots
	s.slots = make([]uint64, max(64, 2*len(before)))
	for _, key := range before {
		if key != 0 {
			s.slots[s.slot(key)] = key
		}
	}
}

func hash(key uint64) int { return int(key * 0x9e3779b97f4a7c15 >> 32) }

// scanner goes over a text and stops after each window that is in a table.
type scanner struct {
	text []byte
	i, n int // where it is, and how many bytes it has seen in a row
	last uint64
}

const plainMask = 1<<(8*widthPlain) - 1

// next finds the next window; what is public is passed over.
func (s *scanner) next(t *table, p *public) (place, bool) {
	for s.i < len(s.text) {
		s.last = s.last<<8 | uint64(s.text[s.i])
		s.i, s.n = s.i+1, s.n+1
		if s.n < widthPlain {
			continue
		}
		if at, ok := t.plain.get(s.last & plainMask); ok && !p.has(s.last&plainMask) {
			return at, true
		}
		if s.n < widthCoded {
			continue
		}
		if at, ok := t.coded.get(s.last); ok {
			return at, true
		}
	}
	return place{}, false
}

// jump goes on after something that is done with.
func (s *scanner) jump(to int) { s.i, s.n, s.last = to, 0, 0 }
