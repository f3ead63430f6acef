package ui

import (
	"errors"
	"io"
	"os"
	"testing"
)

// What Windows Terminal sends in win32-input-mode is read as the keys of other terminals; all else stays as it is.
func TestKeysOfWindowsTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"q":                               "q",
		"\x1b":                            "\x1b",
		"\x1b[A\x1b[1;5C\x1b[5~":          "\x1b[A\x1b[1;5C\x1b[5~",
		"\x1b[200~pasted; text_\x1b[201~": "\x1b[200~pasted; text_\x1b[201~",
		"\x1b[13;28;13;1;0;1_\x1b[13;28;13;0;0;1_":            "\r",
		"\x1b[38;72;0;1;256;1_":                               "\x1b[A",
		"\x1b[34;81;0;1;256;1_":                               "\x1b[6~",
		"\x1b[112;59;0;1;0;1_":                                "\x1bOP",
		"\x1b[9;15;9;1;16;1_":                                 "\x1b[Z",
		"\x1b[8;14;8;1;0;1_":                                  "\x7f",
		"\x1b[67;46;3;1;8;1_":                                 "\x03",
		"\x1b[16;42;0;1;16;1_\x1b[65;30;65;1;16;1_":           "A",
		"\x1b[66;48;98;1;2;1_":                                "\x1bb",
		"\x1b[81;16;64;1;9;1_":                                "@",
		"\x1b[;;228;1_":                                       "ä",
		"\x1b[1;2;3;4;5;6;7_":                                 "\x1b[1;2;3;4;5;6;7_",
		"\x1b[99999999999999999999;1;99999999999999999;1;0_x": "\U0010ffffx",
	} {
		if keys, held := win32Keys([]byte(in)); string(keys) != want || held != nil {
			t.Errorf("%q is %q, and %q is held", in, keys, held)
		}
	}
	if keys, held := win32Keys([]byte("a\x1b[13;28;1")); string(keys) != "a" || string(held) != "\x1b[13;28;1" {
		t.Errorf("%q, and %q is held", keys, held)
	}
}

// A key that comes in two pieces is one, and the end of the terminal is told once.
func TestTheKeyboardEnds(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan bool, 2)
	k, buf := &keyboard{File: r, gone: func() { told <- true }}, make([]byte, 64)
	var got []byte
	for _, piece := range []string{"x\x1b[38;72;0;1", ";256;1_y"} {
		w.WriteString(piece)
		n, err := k.Read(buf)
		if got = append(got, buf[:n]...); err != nil {
			t.Fatal(err)
		}
	}
	if string(got) != "x\x1b[Ay" {
		t.Errorf("%q", got)
	}
	w.Close()
	for range 2 {
		if n, err := k.Read(buf); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("%d, %v", n, err)
		}
	}
	<-told
	if len(told) > 0 {
		t.Error("it is told again")
	}
}
