package transcripts

import (
	"slices"
	"sync"

	"ehlo/session/record"
)

// row reads lines one after the other in large pieces, and keeps the events of the last of them: whoever goes through a file asks for
// each a few times in a row.
type row struct {
	mu     sync.Mutex
	from   int64 // of what piece holds
	piece  []byte
	events [1024]*record.Event // event i at i modulo their number
	light  lightly
}

// piece is how much is read at a time.
const piece = 256 << 10

// Skim implements [record.Skimmer].
func (f *File) Skim(i int) *record.Event {
	r := &f.row
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := &r.events[i%len(r.events)]
	if *kept == nil || (*kept).Seq != i+1 {
		*kept = skim(f.piece(i), i+1, &r.light)
	}
	return *kept
}

// piece is the line of event i, which holds until the next one is asked for; nil when the file no longer has it.
func (f *File) piece(i int) []byte {
	r := &f.row
	x := f.seen.Load()
	from, to := x.extent(i)
	if from < r.from || to > r.from+int64(len(r.piece)) {
		r.from, r.piece = from, slices.Grow(r.piece[:0], int(max(to-from, piece)))[:min(max(to-from, piece), x.end-from)]
		if n, err := f.file.ReadAt(r.piece, from); err != nil {
			r.piece = r.piece[:n]
		}
	}
	if to > r.from+int64(len(r.piece)) {
		return nil
	}
	return r.piece[from-r.from : to-r.from]
}
