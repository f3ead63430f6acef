package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestDataWriter(t *testing.T) {
	for _, test := range []struct {
		name, message, want string
		stuffed, normalized int
	}{
		{"nothing", "", ".\r\n", 0, 0},
		{"a line", "hello\r\n", "hello\r\n.\r\n", 0, 0},
		{"no line end at the end", "hello", "hello\r\n.\r\n", 0, 1},
		{"dot alone", ".\r\n", "..\r\n.\r\n", 1, 0},
		{"dots at line starts only", ".a.\r\nb.\r\n..c\r\n", "..a.\r\nb.\r\n...c\r\n.\r\n", 2, 0},
		{"lone LF", "a\nb\r\n", "a\r\nb\r\n.\r\n", 0, 1},
		{"lone CR", "a\rb\r\n", "a\r\nb\r\n.\r\n", 0, 1},
		{"CR at the end", "a\r", "a\r\n.\r\n", 0, 1},
		{"CR alone", "\r", "\r\n.\r\n", 0, 1},
		{"CR CR LF", "a\r\r\n", "a\r\n\r\n.\r\n", 0, 1},
		{"LF CR", "a\n\rb\r\n", "a\r\n\r\nb\r\n.\r\n", 0, 2},
		{"smuggling with LF", "a\n.\nMAIL FROM:<b>\n", "a\r\n..\r\nMAIL FROM:<b>\r\n.\r\n", 1, 3},
		{"smuggling with CR", "a\r.\rMAIL FROM:<b>\r\n", "a\r\n..\r\nMAIL FROM:<b>\r\n.\r\n", 1, 2},
		{"empty lines", "\r\n\r\n", "\r\n\r\n.\r\n", 0, 0},
		{"other bytes", "\x00\xff\r\n", "\x00\xff\r\n.\r\n", 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := atOnce(t, []byte(test.message)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			got, d := encodeByteByByte(t, []byte(test.message))
			if got != test.want || d.Stuffed() != test.stuffed || d.Normalized() != test.normalized {
				t.Errorf("byte by byte: got %q, %d stuffed, %d normalized; want %q, %d, %d",
					got, d.Stuffed(), d.Normalized(), test.want, test.stuffed, test.normalized)
			}
		})
	}
}

// atOnce encodes a message in one piece.
func atOnce(t *testing.T, message []byte) string {
	t.Helper()
	var out bytes.Buffer
	d := NewDataWriter(&out)
	if _, err := d.Write(message); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func encodeByteByByte(t *testing.T, message []byte) (string, *DataWriter) {
	t.Helper()
	var out bytes.Buffer
	d := NewDataWriter(&out)
	for i := range message {
		if n, err := d.Write(message[i : i+1]); n != 1 || err != nil {
			t.Fatalf("Write: %d, %v", n, err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), d
}

func TestDataWriterReportsErrors(t *testing.T) {
	r, w := io.Pipe()
	_ = r.Close()
	d := NewDataWriter(w)
	if _, err := d.Write([]byte("a")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Write: %v", err)
	}
	if err := d.Close(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Close: %v", err)
	}
}

// normalize is the plain statement of what DataWriter does to line ends.
func normalize(message string) string {
	message = strings.ReplaceAll(message, "\r\n", "\n")
	message = strings.ReplaceAll(message, "\r", "\n")
	if message != "" && !strings.HasSuffix(message, "\n") {
		message += "\n"
	}
	return strings.ReplaceAll(message, "\n", "\r\n")
}

// unstuff is what a server does (RFC 5321 §4.5.2); rest is what follows the message.
func unstuff(data string) (message, rest string) {
	for {
		line, after, found := strings.Cut(data, "\r\n")
		if !found || line == "." {
			return message, after
		}
		message += strings.TrimPrefix(line, ".") + "\r\n"
		data = after
	}
}

func FuzzDataWriter(f *testing.F) {
	for _, s := range []string{"", ".", "a\r\n.\r\nb", "\r\r\n\n.\n", "..\r.", "\n.\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		data := atOnce(t, message)
		back, rest := unstuff(data)
		if want := normalize(string(message)); back != want || rest != "" {
			t.Errorf("%q: server gets %q and then %q, want %q", message, back, rest, want)
		}
		if strings.ContainsAny(strings.ReplaceAll(data, "\r\n", ""), "\r\n") {
			t.Errorf("%q has a lone CR or LF", data)
		}
		if got, _ := encodeByteByByte(t, message); got != data {
			t.Errorf("byte by byte %q, at once %q", got, data)
		}
	})
}

func TestValidLine(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       error
	}{
		{"command", "MAIL FROM:<ann@mail.lab>", nil},
		{"nothing", "", nil},
		{"CR", "NOOP\rQUIT", errLineBreak},
		{"LF", "NOOP\nQUIT", errLineBreak},
		{"NUL", "NOOP \x00", errNUL},
		{"512 bytes", strings.Repeat("x", 510), nil},
		{"513 bytes", strings.Repeat("x", 511), errLongLine},
		{"long AUTH", "auth PLAIN " + strings.Repeat("A", 12275), nil},
		{"too long AUTH", "AUTH PLAIN " + strings.Repeat("A", 12280), errLongLine},
		{"long and broken", strings.Repeat("x", 600) + "\n", errLineBreak},
	} {
		err := ValidLine(test.line)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
		if IsWarning(err) != (test.want == errLongLine) {
			t.Errorf("%s: warning %v", test.name, IsWarning(err))
		}
	}
	if err := ValidAuthLine(strings.Repeat("A", 12290)); !IsWarning(err) {
		t.Errorf("long answer: %v", err)
	}
	if err := ValidAuthLine(strings.Repeat("A", 600)); err != nil {
		t.Errorf("answer: %v", err)
	}
	if err := ValidLine("AUTH secret\n"); strings.Contains(err.Error(), "secret") {
		t.Errorf("the line is part of the error: %v", err)
	}
}
