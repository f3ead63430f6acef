package askpass

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func typed(keys string) (string, error) {
	var l line
	for i := range len(keys) {
		if done, err := l.key(keys[i]); done {
			return string(l.typed), err
		}
	}
	return "", errors.New("the line is not over")
}

func TestKeys(t *testing.T) {
	long := strings.Repeat("x", Limit)
	for keys, want := range map[string]string{
		"tulip\r": "tulip", "tulip\n": "tulip", "\r": "", "tulip \t42\r": "tulip \t42",
		"tulix\x7fp\r": "tulip", "tulix\x08p\r": "tulip", "grü\x7f\x7fo\r": "go", "\x7f\x7fa\r": "a", "\xff\xfe\x7f\r": "\xff",
		"wrong\x15tulip\r": "tulip", "one two  \x17three\r": "one three", "one\x17\r": "", "a\x04b\r": "ab",
		long + "\r": long,
	} {
		if got, err := typed(keys); err != nil || got != want {
			t.Errorf("%.40q: %.40q, %v, want %.40q", keys, got, err, want)
		}
	}
	for keys, want := range map[string]error{"\x04": io.EOF, "ab\x03": ErrInterrupted, "ab\x1c": ErrInterrupted, long + "x": ErrTooLong} {
		if got, err := typed(keys); !errors.Is(err, want) {
			t.Errorf("%.40q: %.40q, %v, want %v", keys, got, err, want)
		}
	}
}

func FuzzKeys(f *testing.F) {
	f.Add("tulip\x7f\x17\x15\r")
	f.Fuzz(func(t *testing.T, keys string) {
		if got, _ := typed(keys); len(got) > len(keys) || strings.ContainsAny(got, "\r\n\x03\x08\x15\x17\x1c\x7f") {
			t.Errorf("%q gives %q", keys, got)
		}
	})
}
