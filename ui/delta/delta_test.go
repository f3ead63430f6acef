package delta

import (
	"bytes"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
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
	for len(out) > 0 {
		if out[0] == '\x1b' {
			m := control.FindSubmatch(out)
			if m == nil {
				t.Fatalf("%q is no control sequence", out)
			}
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
		row, col, _ := strings.Cut(arguments, ";")
		s.row, s.col = place(row), place(col)
	default:
		t.Fatalf("a terminal does not know \\x1b[%s%s here", arguments, kind)
	}
}

// place is a row or a column as a control sequence counts them, from 1, which it may leave out.
func place(argument string) int {
	n, _ := strconv.Atoi(argument)
	return max(n, 1) - 1
}

// String is what a person sees, with the styles in it.
func (s *screen) String() string {
	var b strings.Builder
	for _, line := range s.cells {
		for _, c := range line {
			if c.char == 0 || c == blank {
				b.WriteByte(' ')
				continue
			}
			b.WriteString(c.style)
			b.WriteRune(c.char)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// pieces are what lines are made of, with the cells that each takes.
var pieces = []struct {
	text  string
	cells int
}{{"250-", 4}, {"SIZE", 4}, {"      ", 6}, {"─┬─", 3}, {"│", 1}, {"\x1b[1;36mC\x1b[0m", 1}, {"\x1b[7m ›S \x1b[0m", 4}, {"\x1b[2m· ok\x1b[0m", 4}, {"漢", 2}, {"é", 1}, {"x", 1}}

// line makes a line of at most width cells by chance.
func line(r *rand.Rand, width int) string {
	var b strings.Builder
	for used := 0; ; {
		p := pieces[r.IntN(len(pieces))]
		if used += p.cells; used > width || r.IntN(12) == 0 {
			return b.String()
		}
		b.WriteString(p.text)
	}
}

// played is an output whose terminal and clock are those of a test.
type played struct {
	*Output
	bytes.Buffer
	clock time.Time
}

func newPlayed(width, height int) *played {
	p := &played{clock: time.Unix(1, 0)}
	p.Output = New(&p.Buffer, nil)
	p.now = func() time.Time { return p.clock }
	p.Resize(width, height)
	return p
}

// Show and the others wait until the terminal has read what was written.
func (p *played) Show(frame string) time.Duration {
	defer p.flow.settles(time.Minute)
	return p.Output.Show(frame)
}

func (p *played) Flush() {
	defer p.flow.settles(time.Minute)
	p.Output.Flush()
}

// shows shows a frame later than it has to wait, and is what was written.
func (p *played) shows(frame string) string {
	p.clock = p.clock.Add(interval)
	p.Reset()
	p.Show(frame)
	return p.String()
}

// plainly is a frame as a terminal shows it that is cleared for it.
func plainly(t *testing.T, lines []string, width, height int) string {
	s := newScreen(width, height)
	for i, line := range lines {
		s.row, s.col = i, 0
		s.write(t, []byte(line))
	}
	return s.String()
}

// Whatever comes after whatever, the terminal shows it as one does that is cleared before each frame.
func TestTheTerminalShowsTheFrame(t *testing.T) {
	t.Parallel()
	const width, height = 30, 6
	r := rand.New(rand.NewPCG(1, 2))
	o, screen := newPlayed(width, height), newScreen(width, height)
	frame := make([]string, height)
	for n := range 20_000 {
		if r.IntN(50) == 0 {
			o.Resize(width, height)
			screen = newScreen(width, height)
			for range height { // what is there is of another size
				screen.row = r.IntN(height)
				screen.write(t, []byte("\r"+strings.Repeat("#", width)))
			}
		}
		frame = append([]string(nil), frame[:1+r.IntN(height)]...)
		for len(frame) < height && r.IntN(20) > 0 {
			frame = append(frame, "")
		}
		for i := range frame {
			if r.IntN(3) == 0 {
				frame[i] = line(r, width)
			}
		}
		out := o.shows(strings.Join(frame, "\n"))
		screen.write(t, []byte(out))
		if want := plainly(t, frame, width, height); screen.String() != want {
			t.Fatalf("frame %d\n%q\nis to be\n%s\nand is\n%s", n, out, want, screen)
		}
		frame = append(frame, make([]string, height-len(frame))...)
	}
}

// A frame that is larger than the terminal is cut: a line at its right end, and of too many the first ones.
func TestAFrameIsNoLargerThanTheTerminal(t *testing.T) {
	for frame, want := range map[string]string{
		"a\nb\nc": "b\nc", "abcdefg": "abcde\n", "\x1b[1mabcdefg\x1b[0m\nx": "\x1b[1mabcde\x1b[0m\nx", "漢漢漢": "漢漢\n", "": "\n",
	} {
		o, screen := newPlayed(5, 2), newScreen(5, 2)
		screen.write(t, []byte(o.shows(frame)))
		if want := plainly(t, strings.Split(want, "\n"), 5, 2); screen.String() != want {
			t.Errorf("%q is to be\n%s\nand is\n%s", frame, want, screen)
		}
	}
}

// A terminal may take a character for narrower than it is taken for here: nothing of what stood there before is left.
func TestALineOfUncertainWidthIsWrittenOnAnEmptyOne(t *testing.T) {
	o, screen := newPlayed(5, 1), newScreen(5, 1)
	screen.write(t, []byte(o.shows("xxxxx")))
	screen.write(t, []byte(strings.ReplaceAll(o.shows("x漢漢"), "漢", "v")))
	if want := plainly(t, []string{"xvv"}, 5, 1); screen.String() != want {
		t.Errorf("it shows\n%s", screen)
	}
}

// Two marks that change cost a few bytes, and a frame that is there nothing.
func TestOnlyTheChangeIsWritten(t *testing.T) {
	o := newPlayed(101, 2)
	o.shows("›" + strings.Repeat("─", 100) + "\n " + strings.Repeat("x", 100))
	after := " " + strings.Repeat("─", 100) + "\n›" + strings.Repeat("x", 100)
	if got := o.shows(after); got != "\x1b[1;1H \x1b[2;1H›\x1b[2;1H" {
		t.Errorf("%q", got)
	}
	if got := o.shows(after); got != "" {
		t.Errorf("the same again is %q", got)
	}
}

// The first change is written at once. Of those that come too soon after it the last one is, in its time.
func TestABurstIsWrittenAtAPace(t *testing.T) {
	o := newPlayed(5, 1)
	o.shows("1")
	o.Reset()
	o.clock = o.clock.Add(interval / 4)
	if wait := o.Show("2"); wait != interval*3/4 || o.String() != "" {
		t.Errorf("wait %v, and %q was written", wait, o)
	}
	if wait := o.Show("1"); wait != 0 {
		t.Errorf("for what is there already: wait %v", wait)
	}
	if o.Flush(); o.String() != "" {
		t.Errorf("what is there already was written: %q", o)
	}
	o.Show("2")
	if wait := o.Show("3"); wait == 0 || o.String() != "" {
		t.Errorf("wait %v, and %q was written", wait, o)
	}
	if o.Flush(); o.String() != "\x1b[1;1H3\x1b[1;1H" {
		t.Errorf("%q was written", o)
	}
}

// What readies the terminal comes with the first frame, and what puts it back after the last one, also if that has to wait.
func TestNothingIsLostAtTheEnds(t *testing.T) {
	o := newPlayed(5, 1)
	o.Begin("<begin>")
	if o.String() != "" {
		t.Errorf("without a frame %q is written", o)
	}
	o.Show("1")
	o.Show("2")
	o.End("<end>", nil)
	o.Begin("<again>")
	o.Show("2")
	if got, want := o.String(), "<begin>\x1b[1;1H1\x1b[K\x1b[1;1H"+"\x1b[1;1H2\x1b[1;1H<end>"+"<again>\x1b[1;1H2\x1b[K\x1b[1;1H"; got != want {
		t.Errorf("%q is written, want %q", got, want)
	}
}

// brokenTerminal is one that is gone.
type brokenTerminal struct{ writes int }

func (b *brokenTerminal) Write([]byte) (int, error) { b.writes++; return 0, os.ErrClosed }

// Whoever reads from a terminal that is gone learns of it; frames go nowhere.
func TestATerminalThatIsGone(t *testing.T) {
	gone := &brokenTerminal{}
	o := New(gone, nil)
	o.Resize(5, 1)
	o.Show("1")
	o.End("<end>", nil)
	if gone.writes != 2 {
		t.Errorf("%d writes", gone.writes)
	}
}
