package ui

import (
	"bytes"
	"io"
	"os"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"

	"ehlo/session/lazy"
)

// keyboard is the terminal that keys come from. A terminal that is gone need not send a signal: then reading comes to an end, and
// that ends the program. Keys in the form of win32-input-mode, which Windows Terminal may be left in, are read as those of other
// terminals.
type keyboard struct {
	*os.File
	gone func()
	once sync.Once
	held []byte // the beginning of a key whose end has not come
}

// terminalKeys is standard input, or the terminal itself where that is something else.
func terminalKeys() (*keyboard, error) {
	if term.IsTerminal(int(os.Stdin.Fd())) {
		return &keyboard{File: os.Stdin}, nil
	}
	file, err := os.OpenFile(keyFile, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return &keyboard{File: file}, nil
}

// close closes what was opened for it.
func (k *keyboard) close() {
	if k.File != os.Stdin {
		k.File.Close()
	}
}

// Read implements [io.Reader]. Whatever goes wrong is the end.
func (k *keyboard) Read(p []byte) (int, error) {
	had := copy(p, k.held)
	n, err := k.File.Read(p[had:])
	if n == 0 && err != nil {
		k.once.Do(func() { go k.gone() })
		return 0, io.EOF
	}
	keys, held := win32Keys(bytes.Clone(p[:had+n]))
	k.held = held
	for _, sent := range homeAndEnd {
		keys = bytes.ReplaceAll(keys, []byte(sent.Key), []byte(sent.Value))
	}
	return copy(p, keys), nil
}

// homeAndEnd are the keys home and end of terminals in the mode for applications, which the library takes for letters, as all others send
// them.
var homeAndEnd = lazy.Table[string, string]{{"\x1bOH", "\x1b[H"}, {"\x1bOF", "\x1b[F"}}

// win32Keys translates keys and leaves everything else as it is. held is the beginning of a key at the end.
func win32Keys(in []byte) (keys, held []byte) {
	for len(in) > 0 {
		fields, n := win32Key(in)
		switch {
		case n == len(in) && fields == nil && bytes.Count(in, []byte(";")) > 1:
			return keys, in
		case fields == nil:
			keys, in = append(keys, in[:max(n, 1)]...), in[max(n, 1):]
		default:
			keys, in = append(keys, win32Press(fields[0], fields[2], fields[3] != 0, fields[4])...), in[n:]
		}
	}
	return keys, nil
}

// win32Key reads a key of win32-input-mode: the virtual key, its scan code, the character, whether it goes down, the modifiers and
// how often, each of which may be left out (Microsoft, "Improved keyboard handling in Conpty"). It gives the length of the numbers
// and nothing where they end otherwise.
func win32Key(in []byte) (fields []int, n int) {
	if len(in) < 2 || in[0] != '\x1b' || in[1] != '[' {
		return nil, 0
	}
	for n = 2; n < len(in) && (in[n] == ';' || in[n] >= '0' && in[n] <= '9'); n++ {
	}
	if n == len(in) || in[n] != '_' {
		return nil, n
	}
	fields, at := make([]int, 6), 0
	for _, c := range in[2:n] {
		if c != ';' {
			fields[at] = min(fields[at]*10+int(c-'0'), utf8.MaxRune)
		} else if at++; at == len(fields) {
			return nil, n
		}
	}
	return fields, n + 1
}

// The keys that have no character, by their virtual codes, as a terminal sends them.
var win32Special = lazy.Table[int, string]{{33, "5~"}, {34, "6~"}, {35, "F"}, {36, "H"}, {37, "D"}, {38, "A"}, {39, "C"}, {40, "B"}, {45, "2~"}, {46, "3~"}, {112, "OP"}}

// win32Press is what another terminal sends for a key that goes down; nothing for one that comes up. A key with Alt begins with
// an escape.
func win32Press(key, char int, down bool, modifiers int) []byte {
	const alt, shift, tab = 0x1 | 0x2, 0x10, 9
	special, known := win32Special.Find(key)
	switch {
	case !down:
		return nil
	case known && special[0] == 'O':
		return []byte("\x1b" + special)
	case known:
		return []byte("\x1b[" + special)
	case key == tab && modifiers&shift != 0:
		return []byte("\x1b[Z")
	case key == 8 && char == 8:
		return []byte{0x7f}
	case char == 0:
		return nil
	case modifiers&alt != 0 && modifiers&(0x4|0x8) == 0: // with Ctrl it is AltGr, and the character says what it makes
		return []byte("\x1b" + string(rune(char)))
	}
	return []byte(string(rune(char)))
}
