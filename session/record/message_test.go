package record

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func text(s string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
}

const header = "Date: Mon, 1 Jun 2026 10:00:00 +0000\r\nFrom: <ann@lab.test>\r\nMessage-ID: <1@lab.test>\r\n"

func TestMeasure(t *testing.T) {
	const size = int64(len(header))
	missing := []Problem{{0, ProblemDate, 0}, {0, ProblemFrom, 0}, {0, ProblemMessageID, 0}}
	for name, test := range map[string]struct {
		content string
		want    Message
	}{
		"nothing at all":     {"", Message{Problems: missing}},
		"in order":           {header + "\r\nhello\r\n", Message{Size: size + 9, Lines: 5, LongestLine: 36}},
		"names in any case":  {strings.ToUpper(header) + "\r\nhello\r\n", Message{Size: size + 9, Lines: 5, LongestLine: 36}},
		"space before colon": {strings.ReplaceAll(header, ": ", " : "), Message{Size: size + 3, Lines: 3, LongestLine: 37}},
		"no body":            {header, Message{Size: size, Lines: 3, LongestLine: 36}},
		"no last line end":   {header + "\r\nhello", Message{Size: size + 9, Lines: 5, LongestLine: 36, Unended: true}},
		"folded":             {header + "Subject: a\r\n b\r\n\tc\r\n\r\n", Message{Size: size + 22, Lines: 7, LongestLine: 36}},
		"8 bit":              {header + "\r\ngrün\r\n", Message{Size: size + 9, Lines: 5, LongestLine: 36, EightBit: true}},
		"DEL is 7 bit":       {header + "\r\n\x7f\r\n", Message{Size: size + 5, Lines: 5, LongestLine: 36}},
		"no fields":          {"\r\nhello\r\n", Message{Size: 9, Lines: 2, LongestLine: 5, Problems: missing}},
		"fields in the body": {"\r\n" + header, Message{Size: size + 2, Lines: 4, LongestLine: 36, Problems: missing}},
		"no header": {"hello\r\n" + header, Message{Size: size + 7, Lines: 4, LongestLine: 36,
			Problems: append([]Problem{{1, ProblemHeader, 1}}, missing...)}},
		"folded from the start": {" a: b\r\n" + header, Message{Size: size + 7, Lines: 4, LongestLine: 36,
			Problems: append([]Problem{{1, ProblemHeader, 1}}, missing...)}},
		"text in the header": {header + "hello\r\n", Message{Size: size + 7, Lines: 4, LongestLine: 36, Problems: []Problem{{4, ProblemHeader, 1}}}},
		"mbox": {"From ann@lab.test Mon Jun  1 10:00:00 2026\r\n" + header, Message{Size: size + 44, Lines: 4, LongestLine: 42,
			Problems: []Problem{{1, ProblemMbox, 1}}}},
		"998 bytes": {header + "\r\n" + strings.Repeat("x", 998), Message{Size: size + 2 + 1000, Lines: 5, LongestLine: 998, Unended: true}},
		"999 bytes, twice": {header + "\r\n" + strings.Repeat("x", 999) + "\r\n" + strings.Repeat("x", 2000), Message{Size: size + 2 + 1001 + 2002, Lines: 6, LongestLine: 2000, Unended: true,
			Problems: []Problem{{5, ProblemLongLine, 2}}}},
		"line ends of all kinds": {header + "\r\na\rb\nc\r\r\n\rd\r", Message{Size: size + 2 + 4*3 + 2*2, Lines: 10, LongestLine: 36,
			Problems: []Problem{{5, ProblemBareCR, 4}, {6, ProblemBareLF, 1}}}},
		"NUL": {header + "\r\na\x00\x00b\r\n", Message{Size: size + 2 + 6, Lines: 5, LongestLine: 36, Binary: true, Raw: size + 2 + 6, Problems: []Problem{{5, ProblemNUL, 2}}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Measure(text(test.content))
			if err != nil {
				t.Fatal(err)
			}
			if got.Open == nil {
				t.Error("it cannot be opened again")
			}
			got.Open = nil
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestMeasureReportsErrors(t *testing.T) {
	broken := errors.New("broken")
	for name, open := range map[string]func() (io.ReadCloser, error){
		"open": func() (io.ReadCloser, error) { return nil, broken },
		"read": func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(header), failing{broken})), nil
		},
	} {
		if _, err := Measure(open); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// A line without end takes no more memory than any other.
func TestMeasureTakesConstantMemory(t *testing.T) {
	const size = 32 << 20
	open := func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, size)), nil }
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := Measure(open)
	runtime.ReadMemStats(&after)
	if err != nil || m.Size != size+2 || m.LongestLine != size {
		t.Fatalf("%+v, %v", m, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// The sizes are those of the message with each kind of line end made CRLF.
func FuzzMeasure(f *testing.F) {
	for _, seed := range []string{"", "\r", "\n\r", header + "\r\nhello", "From x\n" + header, "a\rb\nc\r\r\n\x00\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		m, err := Measure(text(string(content)))
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.Split(bytes.ReplaceAll(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n")), []byte("\n"))
		if len(lines[len(lines)-1]) == 0 {
			lines = lines[:len(lines)-1]
		}
		size, longest := 0, 0
		for _, l := range lines {
			size, longest = size+len(l)+2, max(longest, len(l))
		}
		if m.Size != int64(size) || m.Lines != len(lines) || m.LongestLine != longest {
			t.Errorf("%q: size %d, lines %d, longest %d; want %d, %d, %d", content, m.Size, m.Lines, m.LongestLine, size, len(lines), longest)
		}
		eight := bytes.ContainsFunc(content, func(r rune) bool { return r > 0x7f })
		if m.EightBit != eight {
			t.Errorf("%q: 8 bit is %t", content, m.EightBit)
		}
		for _, p := range m.Problems {
			if p.Line < 0 || p.Line > m.Lines || (p.Line == 0) != (p.Count == 0) {
				t.Errorf("%q: %+v of %d lines", content, p, m.Lines)
			}
		}
	})
}
