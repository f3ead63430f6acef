// Package delta writes to a terminal only the cells of a frame that are different from those there.
//
// Bubble Tea's renderer writes a line again in which one cell has changed. [Output] stands between it and the terminal: it
// knows what every line shows, and moves the cursor to what changed. A frame that the renderer paints as a whole, such as the
// first and the one after a resize or a clear, goes through as it is, and so does everything that is not understood.
package delta

import (
	"bytes"
	"os"
	"strconv"
	"unicode/utf8"
)

// Output is a terminal. It is not safe for concurrent use by several renderers.
type Output struct {
	*os.File
	shown [][]cell // what each line shows; nil where that is not known
}

// New makes an output of a terminal on which nothing is known.
func New(terminal *os.File) *Output { return &Output{File: terminal} }

// What the renderer writes: a frame begins at home, and with a carriage return where all of it is painted. A line that is as
// it was is a line feed alone.
const (
	home       = "\x1b[H"
	eraseRight = "\x1b[K"
)

// Write implements [io.Writer] for the renderer's frames, one a call.
func (o *Output) Write(frame []byte) (int, error) {
	if _, err := o.File.Write(o.changed(frame)); err != nil {
		return 0, err
	}
	return len(frame), nil
}

// changed is what has to be written so that the terminal shows a frame.
func (o *Output) changed(frame []byte) []byte {
	body, painting := bytes.CutPrefix(frame, []byte(home))
	if !painting {
		return frame
	}
	body, tail, ok := cutTail(body)
	whole := bytes.HasPrefix(body, []byte("\r"))
	segments := bytes.Split(bytes.TrimPrefix(body, []byte("\r")), []byte("\n"))
	if !ok || !whole && len(segments) != len(o.shown) {
		o.shown = nil
		return frame
	}
	if whole {
		o.shown = make([][]cell, len(segments))
	}
	var out bytes.Buffer
	for i, s := range segments {
		if s = bytes.TrimSuffix(s, []byte("\r")); len(s) == 0 && !whole {
			continue
		}
		cells := cellsOf(s)
		if !whole {
			writeLine(&out, i, o.shown[i], cells, s)
		}
		o.shown[i] = cells
	}
	if whole {
		return frame
	}
	return append(out.Bytes(), tail...)
}

// cutTail takes the last move of the cursor off a frame; ok is false where something else stands there.
func cutTail(body []byte) (rest, tail []byte, ok bool) {
	at := bytes.LastIndex(body, []byte("\x1b["))
	if at < 0 || body[len(body)-1] != 'H' {
		return nil, nil, false
	}
	return body[:at], body[at:], true
}

// cell is a character and how it is drawn.
type cell struct {
	char  rune
	style string
}

var blank = cell{char: ' '}

// cellsOf takes a line apart; nil where it has something in it of which it is not certain how many cells a terminal takes for
// it.
func cellsOf(line []byte) []cell {
	cells, style := make([]cell, 0, len(line)), ""
	for len(line) > 0 {
		if line[0] == '\x1b' {
			n, kind := escape(line)
			switch {
			case kind == 'm' && (n == 3 || string(line[:n]) == "\x1b[0m"):
				style = ""
			case kind == 'm':
				style += string(line[:n])
			case string(line[:n]) != eraseRight:
				return nil
			}
			line = line[n:]
			continue
		}
		c, n := utf8.DecodeRune(line)
		if !narrow(c) {
			return nil
		}
		cells, line = append(cells, cell{c, style}), line[n:]
	}
	return cells
}

// escape is the length of the control sequence that a line begins with, and its last byte; 0 where it is none.
func escape(line []byte) (n int, kind byte) {
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
func writeLine(out *bytes.Buffer, row int, before, after []cell, raw []byte) {
	if before == nil || after == nil {
		moveTo(out, row, 0)
		out.Write(raw)
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

func moveTo(out *bytes.Buffer, row, column int) {
	out.WriteString("\x1b[" + strconv.Itoa(row+1) + ";" + strconv.Itoa(column+1) + "H")
}
