package transcripts

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// changed says how a file differs from a transcript that begins as a transcript does but for its form; nil where it begins as one
// does, or as none at all.
func changed(begins []byte, path string) error {
	const mark = "\ufeff"
	is := func(text []byte) bool {
		return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte(`{"seq":1,"t":`))
	}
	as := func(what, hint string) error {
		return &Error{Path: path, Text: "a transcript, but " + what, Hint: hint, Err: errChanged}
	}
	const again = "; save it as UTF-8 without a byte order mark"
	text, marked := bytes.CutPrefix(begins, []byte(mark))
	switch {
	case marked && is(text):
		return as("with a byte order mark before it", "an editor has added three bytes"+again)
	case is(wide(begins, binary.LittleEndian)), is(wide(begins, binary.BigEndian)):
		return as("in UTF-16", "a shell or an editor wrote it this way"+again)
	case is(begins) && len(begins) == maxStart && !slices.Contains(begins, '\n'):
		return as("its first line is longer than 64 KiB", "another program wrote it, or its line endings were lost")
	}
	return nil
}

// wide is the beginning of a text in UTF-16, without its mark.
func wide(b []byte, order binary.ByteOrder) []byte {
	const enough = 64
	var units []uint16
	for i := 0; i+1 < min(len(b), enough); i += 2 {
		units = append(units, order.Uint16(b[i:]))
	}
	if len(units) > 0 && units[0] == 0xfeff {
		units = units[1:]
	}
	return []byte(string(utf16.Decode(units)))
}
