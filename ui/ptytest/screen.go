package ptytest

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Screen shows what a program has written to a terminal, of 80×24 cells unless it is made by [NewScreen]. It knows what moves the
// cursor and what erases; other control sequences, colors among them, change nothing. Every character takes one cell.
type Screen struct {
	cells    [][]rune
	row, col int
	rest     []byte // the beginning of what has not come whole
}

// NewScreen is one of that size.
func NewScreen(width, height int) *Screen {
	s := &Screen{cells: make([][]rune, height)}
	for i := range s.cells {
		s.cells[i] = make([]rune, width)
	}
	return s
}

var (
	control  = regexp.MustCompile(`^\x1b\[[?>=]?([0-9;]*)[ !]?([@-~])`)
	command  = regexp.MustCompile(`^\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[\]])`)
	dropping = regexp.MustCompile(`^\x1b`)
)

// Write implements [io.Writer].
func (s *Screen) Write(p []byte) (int, error) {
	if s.cells == nil {
		s.cells = NewScreen(80, 24).cells
	}
	out := append(s.rest, p...)
	for len(out) > 0 {
		n := s.one(out)
		if n == 0 {
			break
		}
		out = out[n:]
	}
	s.rest = append([]byte(nil), out...)
	return len(p), nil
}

// one takes the first character or sequence of out, and says how long it is: 0 while it has not come whole.
func (s *Screen) one(out []byte) int {
	if m := control.FindSubmatch(out); m != nil {
		s.control(string(m[1]), m[2][0])
		return len(m[0])
	}
	if m := command.Find(out); m != nil {
		return len(m)
	}
	if dropping.Match(out) || !utf8.FullRune(out) {
		return 0
	}
	r, n := utf8.DecodeRune(out)
	s.put(r)
	return n
}

func (s *Screen) put(r rune) {
	switch {
	case r == '\r':
		s.col = 0
	case r == '\n':
		s.row = min(s.row+1, len(s.cells)-1)
	case r >= ' ' && s.col < len(s.cells[0]):
		s.cells[s.row][s.col] = r
		s.col++
	}
}

func (s *Screen) control(arguments string, kind byte) {
	first, second, _ := strings.Cut(arguments, ";")
	n, _ := strconv.Atoi(first)
	m, _ := strconv.Atoi(second)
	switch kind {
	case 'H':
		s.row, s.col = max(n, 1)-1, max(m, 1)-1
	case 'A':
		s.row -= max(n, 1)
	case 'B':
		s.row += max(n, 1)
	case 'C':
		s.col += max(n, 1)
	case 'D':
		s.col -= max(n, 1)
	case 'G':
		s.col = max(n, 1) - 1
	case 'K':
		clear(s.cells[s.row][s.col:])
	case 'J':
		for _, line := range s.cells {
			clear(line)
		}
	}
	s.row, s.col = min(max(s.row, 0), len(s.cells)-1), min(max(s.col, 0), len(s.cells[0])-1)
}

// String is what a person reads, a line each.
func (s *Screen) String() string {
	var b strings.Builder
	for _, line := range s.cells {
		text := strings.ReplaceAll(string(line), "\x00", " ")
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	return b.String()
}
