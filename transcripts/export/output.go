package export

import (
	"bufio"
	"io"
	"unicode"
	"unicode/utf8"

	"ehlo/session/wire"
)

// output is a buffered writer that keeps the first error: a format writes many small pieces.
type output struct {
	w   *bufio.Writer
	err error
}

func newOutput(w io.Writer) *output { return &output{w: bufio.NewWriterSize(w, 64<<10)} }

// put writes texts, one after the other.
func (o *output) put(texts ...string) {
	for _, text := range texts {
		if o.err == nil {
			_, o.err = o.w.WriteString(text)
		}
	}
}

// lines writes each text and a line end.
func (o *output) lines(texts []string) {
	for _, text := range texts {
		o.put(text, "\n")
	}
}

// end writes what is buffered, and gives the first error there was.
func (o *output) end() error {
	if o.err == nil {
		o.err = o.w.Flush()
	}
	return o.err
}

// upper is a text with a capital at its beginning.
func upper(s string) string {
	c, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(c)) + s[size:]
}

// visible reports whether a character shows itself and nothing but itself.
func visible(c rune) bool {
	text := string(c)
	return wire.VisibleString(text) == text
}
