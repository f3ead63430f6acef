package transcripts

import (
	"bufio"
	"bytes"
	"io"
	"iter"

	"ehlo/session/record"
)

// All gives the events in order. Unlike [File.At] it reads the file from its beginning to its end and keeps nothing, so that a
// long one takes no more memory than a short one. Notes that are added meanwhile are left out. It may be called more than once.
func (f *File) All() iter.Seq[*record.Event] {
	x := f.seen.Load()
	end, n := x.end, len(x.kinds)
	return func(yield func(*record.Event) bool) {
		lines := bufio.NewScanner(io.NewSectionReader(f.file, 0, end))
		lines.Buffer(make([]byte, 64<<10), maxLine)
		lines.Split(splitLine)
		for seq := 1; seq <= n && lines.Scan(); {
			if len(bytes.TrimSpace(lines.Bytes())) == 0 {
				continue
			}
			if !yield(decode(lines.Bytes(), seq)) {
				return
			}
			seq++
		}
	}
}

// OfKind gives the events of one kind in order, and decodes no other.
func (f *File) OfKind(k record.Kind) iter.Seq[*record.Event] {
	return func(yield func(*record.Event) bool) {
		for i := range f.Len() {
			if f.Kind(i) == k && !yield(f.At(i)) {
				return
			}
		}
	}
}
