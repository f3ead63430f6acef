package transcripts

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode/utf8"

	"ehlo/session/record"
)

// Damage says where a file stops being a transcript. What comes before is whole.
type Damage struct {
	// Line is the number of the first line that cannot be used, counted from 1.
	Line int
	// Offset is where in the file that line begins, in bytes counted from 0.
	Offset int64
	// Reason says what is wrong; it holds no bytes of the file.
	Reason string
	// Hint says what it may come from, and what can be done.
	Hint string
}

// String is where and why.
func (d *Damage) String() string {
	return fmt.Sprintf("damaged at line %d, byte %d: %s", d.Line, d.Offset, d.Reason)
}

// index is where the events of a file are.
type index struct {
	marks  []mark  // of the first of every so many events
	sizes  []byte  // of the line of each event but the last, with the empty lines after it, as varints
	begins int64   // of the line of the last event
	end    int64   // of the last usable line
	kinds  []uint8 // of each event, as places in kinds; unknownKind for others
	last   head
	ended  int // place of the last end event, counted from 1; 0 where there is none
	lines  int
	whole  bool // the last line ends with a line end
	limits limits
	damage *Damage
}

// mark is where the line of an event begins, in the file, and its size, among the sizes. A file may have millions of events: from a
// mark on, where each is follows from two bytes of it.
type mark struct {
	begins int64
	size   int
}

// marked is how many events a mark stands for.
const marked = 64

// limits bounds a scan.
type limits struct{ file, events, line int }

var defaultLimits = limits{maxFile, maxEvents, maxLine}

func newIndex(lim limits) *index { return &index{whole: true, limits: lim} }

// portion is how many lines are checked between two looks at what else there is to do.
const portion = 1024

// scan checks the lines of a file from those that were checked on, up to its end or the first damage, or until more says to stop:
// it is asked after each portion. A last line without its end is left alone where it may still be written.
func (x *index) scan(file io.ReaderAt, growing bool, more func() bool) {
	within := &io.LimitedReader{R: io.NewSectionReader(file, x.end, math.MaxInt64-x.end), N: int64(x.limits.file) - x.end}
	s := bufio.NewScanner(within)
	s.Buffer(make([]byte, min(256<<10, x.limits.line)), x.limits.line)
	s.Split(splitLine)
	for n := 1; x.damage == nil && s.Scan(); n++ {
		if b := s.Bytes(); growing && b[len(b)-1] != '\n' {
			return
		}
		if x.line(s.Bytes()); n%portion == 0 && !more() {
			return
		}
	}
	switch err := s.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		x.fail("the line is longer than "+bytesText(x.limits.line), hintForeign)
	case err != nil:
		x.fail("reading stops: "+err.Error(), "the disk or the connection to it may be at fault")
	case within.N == 0 && (x.damage == nil || x.damage.Hint == hintCut):
		x.fail("the file is longer than "+bytesText(x.limits.file), hintBounds)
	}
}

// splitLine is a [bufio.SplitFunc] that keeps the line end.
func splitLine(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

const (
	hintCut     = "the file was cut short, for example by a full disk or an interrupted copy; everything before is intact"
	hintForeign = "another program wrote into the file; everything before is intact"
	hintBounds  = "what comes before is shown"
	hintMissing = "lines were removed, moved or duplicated; everything before is intact"
)

// line takes the next line, its line end included.
func (x *index) line(b []byte) {
	if len(bytes.TrimSpace(b)) == 0 && len(b) < 3 { // an editor's empty line
		x.lines++
		x.end += int64(len(b))
		return
	}
	x.whole = b[len(b)-1] == '\n'
	if x.damage = x.check(b); x.damage != nil {
		return
	}
	x.put(x.last, x.end, x.end+int64(len(b)))
}

// put takes an event that is between two places of the file.
func (x *index) put(h head, begins, end int64) {
	n := len(x.kinds)
	if n > 0 {
		x.sizes = binary.AppendUvarint(x.sizes, uint64(begins-x.begins))
	}
	if n%marked == 0 {
		x.marks = append(x.marks, mark{begins, len(x.sizes)})
	}
	x.kinds = append(x.kinds, placeOf(h.Kind))
	if x.lines++; h.Kind == record.KindEnd {
		x.ended = n + 1
	}
	x.last, x.begins, x.end = h, begins, end
}

func (x *index) check(b []byte) *Damage {
	if bad, ok := valid(b); !ok {
		return x.broken(b, bad)
	}
	if !utf8.Valid(b) {
		return x.damaged("the line is not UTF-8", hintForeign)
	}
	h, ok := readHead(b)
	switch {
	case !ok:
		return x.damaged("the line has no seq, t and kind", hintForeign)
	case h.Seq != x.last.Seq+1:
		return x.damaged(fmt.Sprintf("seq is %d where %d was expected", h.Seq, x.last.Seq+1), hintMissing)
	case h.Seq > x.limits.events:
		return x.damaged(fmt.Sprintf("the file has more than %d events", x.limits.events), hintBounds)
	}
	x.last = h
	return nil
}

func (x *index) broken(b []byte, bad int) *Damage {
	if bad >= len(bytes.TrimRight(b, "\r\n")) && !x.whole {
		return x.damaged("the last line breaks off", hintCut)
	}
	return x.damaged(fmt.Sprintf("the line is not JSON from its byte %d on", bad), hintForeign)
}

func (x *index) damaged(reason, hint string) *Damage {
	return &Damage{Line: x.lines + 1, Offset: x.end, Reason: reason, Hint: hint}
}

func (x *index) fail(reason, hint string) { x.damage = x.damaged(reason, hint) }

func bytesText(n int) string { return fmt.Sprintf("%d MiB", n>>20) }

// extent is where event i is, with the empty lines after it.
func (x *index) extent(i int) (from, to int64) {
	from, sizes := x.marks[i/marked].begins, x.sizes[x.marks[i/marked].size:]
	for range i % marked {
		size, n := binary.Uvarint(sizes)
		from, sizes = from+int64(size), sizes[n:]
	}
	if i+1 == len(x.kinds) {
		return from, x.end
	}
	size, _ := binary.Uvarint(sizes)
	return from, from + int64(size)
}

func (x *index) kind(i int) record.Kind {
	if k := x.kinds[i]; k != unknownKind {
		return kinds[k]
	}
	return ""
}
