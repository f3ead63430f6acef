// Package delta shows frames on a terminal: when they come, and only the cells that are different from those there.
//
// Bubble Tea's renderer looks 60 times a second whether there is something to draw, also where nobody has touched a key for hours; it lets the
// first frame wait for that, and writes a line again in which one cell has changed. [Output] writes a frame at once, and knows what every
// line shows. Only what comes faster than a terminal can show it has to wait, and nobody waits for a terminal that does not read.
package delta

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Output is a terminal that shows frames. Each is written in one piece. It is not safe for concurrent use.
type Output struct {
	flow          *flow
	now           func() time.Time
	width, height int

	ahead string   // what is written before the next frame
	lines []string // of the frame that is there; nil where it is not known what is
	shown [][]cell // what each of them shows; nil where that is not known

	next  string // the frame that is to be shown
	waits bool   // it has not been written
	since time.Time
}

// New makes an output of a terminal of no size, on which nothing is known. ready is called by another goroutine when a frame that had to
// wait for the terminal to read can be shown: by then there may be a newer one.
func New(terminal io.Writer, ready func()) *Output {
	return &Output{flow: &flow{terminal: terminal, ready: ready}, now: time.Now}
}

// Begin has a sequence written before the next frame, which is written at once and whole.
func (o *Output) Begin(sequence string) {
	o.ahead, o.since = sequence, time.Time{}
	o.forget()
}

// End writes the frame that waits, and a sequence behind it, which begins with an escape. It returns when the terminal has taken them. One
// that does not read has what it has not read discarded by drop, some of it at each call, and the sequence is all that it is told.
func (o *Output) End(sequence string, drop func()) {
	defer o.forget()
	if o.flow.settles(patience) {
		o.flow.carry(o.pending() + sequence)
		if o.flow.settles(patience) {
			return
		}
	}
	for end := time.Now().Add(patience); !o.flow.settles(interval) && time.Now().Before(end); {
		drop()
	}
	if o.flow.settles(0) {
		drop()
		o.flow.carry(cancel + sequence)
		o.flow.settles(patience)
	}
}

// patience is how long a terminal has to read what it is told, also over a slow line.
const patience = 2 * time.Second

// cancel ends a control sequence of which the rest was dropped (CAN of ECMA-48).
const cancel = "\x18"

// Resize takes the size of the terminal, in cells. Nobody knows what it shows afterwards.
func (o *Output) Resize(width, height int) {
	o.width, o.height = width, height
	o.forget()
}

func (o *Output) forget() { o.lines, o.shown = nil, make([][]cell, o.height) }

// interval is the shortest time between two frames. A screen does not show more of them, and a line to far away carries fewer.
const interval = 16 * time.Millisecond

// Show writes a frame: at once, or where the last one is newer than interval with [Output.Flush], after the time that it returns. Where the
// terminal has not read the last one it is to be shown again when it has.
func (o *Output) Show(frame string) (wait time.Duration) {
	o.next, o.waits = frame, true
	if o.flow.busy() {
		return 0
	}
	if wait = interval - o.now().Sub(o.since); wait > 0 && o.changes() {
		return wait
	}
	o.Flush()
	return 0
}

// changes reports whether the next frame is another than that which is there.
func (o *Output) changes() bool { return !slices.Equal(o.fitted(), o.lines) }

// Flush writes the frame that waits, if one does and the terminal has read the last one.
func (o *Output) Flush() {
	if o.flow.busy() {
		return
	}
	if out := o.pending(); out != "" {
		o.flow.carry(out)
		o.since = o.now()
	}
}

// pending is what is to be written for the frame that waits; empty where none does.
func (o *Output) pending() string {
	if !o.waits || o.height == 0 {
		return ""
	}
	out := o.ahead + o.difference()
	o.waits, o.ahead = false, ""
	return out
}

// fitted are the lines of the next frame, as many as the terminal has: of more the last ones.
func (o *Output) fitted() []string {
	lines := strings.Split(o.next, "\n")
	lines = lines[max(len(lines)-o.height, 0):]
	for len(lines) < o.height {
		lines = append(lines, "")
	}
	return lines
}

// difference is what has to be written so that the terminal shows the next frame. The cursor comes to rest in the last line.
func (o *Output) difference() string {
	var out bytes.Buffer
	lines := o.fitted()
	for i, line := range lines {
		if o.lines == nil || line != o.lines[i] {
			line, cells := o.cut(line)
			o.writeLine(&out, i, cells, line)
			o.shown[i] = cells
		}
	}
	if o.lines = lines; out.Len() > 0 {
		moveTo(&out, o.height-1, 0)
	}
	return out.String()
}

// cut is as much of a line as the terminal is wide, also taken apart.
func (o *Output) cut(line string) (string, []cell) {
	cells := cellsOf(line)
	if cells != nil && len(cells) <= o.width || cells == nil && ansi.StringWidth(line) <= o.width {
		return line, cells
	}
	line = ansi.Truncate(line, o.width, "")
	return line, cellsOf(line)
}

// cell is a character and how it is drawn.
type cell struct {
	char  rune
	style string
}

var blank = cell{char: ' '}

// cellsOf takes a line apart; nil where it has something in it of which it is not certain how many cells a terminal takes for
// it.
func cellsOf(line string) []cell {
	cells, style := make([]cell, 0, len(line)), ""
	for line != "" {
		if line[0] == '\x1b' {
			n, kind := escape(line)
			switch {
			case kind != 'm':
				return nil
			case n == 3 || line[:n] == "\x1b[0m":
				style = ""
			default:
				style += line[:n]
			}
			line = line[n:]
			continue
		}
		c, n := utf8.DecodeRuneInString(line)
		if !narrow(c) {
			return nil
		}
		cells, line = append(cells, cell{c, style}), line[n:]
	}
	return cells
}

// escape is the length of the control sequence that a line begins with, and its last byte; 0 where it is none.
func escape(line string) (n int, kind byte) {
	if len(line) < 2 || line[1] != '[' {
		return 1, 0
	}
	for i := 2; i < len(line); i++ {
		if line[i] >= '@' && line[i] <= '~' {
			return i + 1, line[i]
		}
	}
	return len(line), 0
}

// narrow reports whether a character takes one cell on every terminal: ASCII, Latin letters, and the rules and marks that the
// screen itself is drawn with.
func narrow(c rune) bool {
	switch {
	case c == utf8.RuneError, c < ' ', c >= 0x7f && c < 0xa0, c == 0xad:
		return false
	case c < 0x250, c >= 0x2010 && c <= 0x2027, c >= 0x2190 && c <= 0x21ff, c >= 0x2200 && c <= 0x22ff, c >= 0x2500 && c <= 0x25ff && c != 0x25fd && c != 0x25fe:
		return true
	case c >= 0x2800 && c <= 0x28ff, c == '✓', c == '✗', c == '‼', c == '›', c == '‹':
		return true
	}
	return false
}

// near is how many cells that are the same stand between two changes that are written as one: moving the cursor costs as much.
const near = 8

// writeLine writes what differs between a line and the one there, or the whole line where either is not understood.
func (o *Output) writeLine(out *bytes.Buffer, row int, after []cell, raw string) {
	before := o.shown[row]
	if before == nil || after == nil {
		o.writeWhole(out, row, after, raw)
		return
	}
	width := max(len(before), len(after))
	for at := 0; at < width; {
		if cellAt(before, at) == cellAt(after, at) {
			at++
			continue
		}
		end := at + 1
		for i := end; i < min(end+near, width); i++ {
			if cellAt(before, i) != cellAt(after, i) {
				end = i + 1
			}
		}
		moveTo(out, row, at)
		if writeCells(out, after, at, end) {
			return
		}
		at = end
	}
}

// writeWhole writes a line, and erases what is right of it. After a full line nothing may be erased: that would be its last cell. Where it is
// not certain how far the line goes it is written on an empty one.
func (o *Output) writeWhole(out *bytes.Buffer, row int, cells []cell, raw string) {
	moveTo(out, row, 0)
	if cells == nil {
		out.WriteString(eraseRight)
	}
	out.WriteString(raw)
	if cells != nil && len(cells) < o.width {
		out.WriteString(eraseRight)
	}
}

// cellAt is a cell of a line; beyond its end it is blank.
func cellAt(line []cell, i int) cell {
	if i < len(line) {
		return line[i]
	}
	return blank
}

// writeCells writes the cells of a line from first up to last. Where the rest of the line is blank it is erased.
func writeCells(out *bytes.Buffer, line []cell, first, last int) (erased bool) {
	used := len(line)
	for used > 0 && line[used-1] == blank {
		used--
	}
	style := ""
	for i := first; i < min(last, used); i++ {
		if c := line[i]; c.style != style {
			if style != "" {
				out.WriteString("\x1b[m")
			}
			out.WriteString(c.style)
			style = c.style
		}
		out.WriteRune(line[i].char)
	}
	if style != "" {
		out.WriteString("\x1b[m")
	}
	if last > used {
		out.WriteString(eraseRight)
	}
	return last > used
}

const eraseRight = "\x1b[K"

func moveTo(out *bytes.Buffer, row, column int) {
	out.WriteString("\x1b[" + strconv.Itoa(row+1) + ";" + strconv.Itoa(column+1) + "H")
}
