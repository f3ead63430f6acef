package delta

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// screen is a terminal that knows what the renderer and this package write.
type screen struct {
	cells    [][]cell
	row, col int
	style    string
}

func newScreen(width, height int) *screen {
	s := &screen{}
	for range height {
		s.cells = append(s.cells, make([]cell, width))
	}
	return s
}

var control = regexp.MustCompile(`^\x1b\[([0-9;]*)([A-Za-z])`)

func (s *screen) write(t *testing.T, out []byte) {
	t.Helper()
	for len(out) > 0 {
		if m := control.FindSubmatch(out); m != nil {
			s.control(t, string(m[1]), string(m[2]))
			out = out[len(m[0]):]
			continue
		}
		c, n := utf8.DecodeRune(out)
		switch out = out[n:]; c {
		case '\r':
			s.col = 0
		case '\n':
			s.row++
			s.col = 0 // the renderer's terminal translates it
		default:
			if s.row >= len(s.cells) || s.col >= len(s.cells[s.row]) {
				t.Fatalf("%q is written at %d, %d", c, s.row, s.col)
			}
			s.cells[s.row][s.col] = cell{c, s.style}
			s.col++
			if c == '漢' {
				s.cells[s.row][s.col] = cell{}
				s.col++
			}
		}
	}
}

func (s *screen) control(t *testing.T, arguments, kind string) {
	t.Helper()
	switch kind {
	case "m":
		if arguments == "" || arguments == "0" {
			s.style = ""
		} else {
			s.style += arguments + ";"
		}
	case "K":
		for i := s.col; i < len(s.cells[s.row]); i++ {
			s.cells[s.row][i] = cell{}
		}
	case "H":
		s.row, s.col = 1, 1
		fmt.Sscanf(arguments, "%d;%d", &s.row, &s.col)
		s.row, s.col = s.row-1, s.col-1
	default:
		t.Fatalf("a terminal does not know \\x1b[%s%s here", arguments, kind)
	}
}

// String is what somebody sees, with the styles in it.
func (s *screen) String() string {
	var b strings.Builder
	for _, line := range s.cells {
		for _, c := range line {
			if c.char == 0 || c == blank {
				b.WriteByte(' ')
				continue
			}
			fmt.Fprintf(&b, "%s%c", c.style, c.char)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// rendered is what Bubble Tea's renderer writes for a frame after another; before is nil where all is painted.
func rendered(before, after []string, width int) []byte {
	var b bytes.Buffer
	b.WriteString(home)
	for i, line := range after {
		if before == nil || before[i] != line {
			if before == nil && i == 0 {
				b.WriteByte('\r')
			}
			b.WriteString(line)
			if visible(line) < width {
				b.WriteString(eraseRight)
			}
			if i < len(after)-1 {
				b.WriteByte('\r')
			}
		}
		if i < len(after)-1 {
			b.WriteByte('\n')
		}
	}
	fmt.Fprintf(&b, "\x1b[%d;H", len(after))
	return b.Bytes()
}

var style = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func visible(line string) int {
	plain := style.ReplaceAllString(line, "")
	return utf8.RuneCountInString(plain) + strings.Count(plain, "漢")
}

// line makes a line of at most width cells by chance.
func line(r *rand.Rand, width int) string {
	pieces := []string{"250-", "SIZE", "      ", "─┬─", "│", "\x1b[1;36mC\x1b[0m", "\x1b[7m ›S \x1b[0m", "\x1b[2m· ok\x1b[0m", "漢", "é", "x"}
	var b strings.Builder
	for {
		p := pieces[r.IntN(len(pieces))]
		if visible(b.String()+p) > width || r.IntN(12) == 0 {
			return b.String()
		}
		b.WriteString(p)
	}
}

// Whatever comes after whatever, the terminal shows what it would show if every frame went through as it is.
func TestTheTerminalShowsTheSame(t *testing.T) {
	const width, height = 30, 6
	r := rand.New(rand.NewPCG(1, 2))
	o, plain, thrifty := &Output{}, newScreen(width, height), newScreen(width, height)
	var frame []string
	for n := range 20_000 {
		before := frame
		frame = append([]string(nil), before...)
		if before == nil || r.IntN(50) == 0 { // the first, or after a resize
			before, frame = nil, make([]string, height)
		}
		for i := range frame {
			if before == nil || r.IntN(3) == 0 {
				frame[i] = line(r, width)
			}
		}
		out := rendered(before, frame, width)
		plain.write(t, out)
		thrifty.write(t, o.changed(out))
		if plain.String() != thrifty.String() {
			t.Fatalf("frame %d\n%q\nis to be\n%s\nand is\n%s", n, out, plain, thrifty)
		}
	}
}

// Two marks that change cost a few bytes, and what is not a frame is not touched.
func TestOnlyTheChangeIsWritten(t *testing.T) {
	o := &Output{}
	before := []string{"›" + strings.Repeat("─", 100), " " + strings.Repeat("x", 100)}
	after := []string{" " + strings.Repeat("─", 100), "›" + strings.Repeat("x", 100)}
	first := rendered(nil, before, 101)
	if got := o.changed(first); !bytes.Equal(got, first) {
		t.Errorf("the first frame is %q", got)
	}
	if got := string(o.changed(rendered(before, after, 101))); got != "\x1b[1;1H \x1b[2;1H›\x1b[2;H" {
		t.Errorf("%q", got)
	}
	for _, other := range []string{"\x1b[?1049h", "\x1b[2J", "\x1b[H", "\x1b[Hx", "", "\x1b[H\n\n\n\x1b[3;H"} {
		if got := string(o.changed([]byte(other))); got != other {
			t.Errorf("%q became %q", other, got)
		}
	}
}

func TestATerminalThatIsGoneIsAnError(t *testing.T) {
	name := t.TempDir() + "/x"
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	o := New(f)
	if n, err := o.Write([]byte("abc")); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	f.Close()
	if _, err := o.Write([]byte("abc")); err == nil {
		t.Error("nobody is told")
	}
}
