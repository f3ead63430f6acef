// Package askpass reads a secret from a terminal, without an echo. The terminal's own line editing would cut a long one
// without a word (4095 bytes on Linux, 1024 on some systems), so the keys are read one by one.
package askpass

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"unicode/utf8"
)

// Limit is the most bytes of a secret.
const Limit = 64 << 10

// ErrInterrupted occurs when a person pressed Ctrl-C.
var ErrInterrupted = errors.New("interrupted")

// ErrTooLong occurs when more than [Limit] bytes were typed or pasted.
var ErrTooLong error = tooLong{}

type tooLong struct{}

func (tooLong) Error() string { return "more than " + strconv.Itoa(Limit>>10) + " KiB were typed" }

// Ask writes a question, and reads a line from the terminal, without its end. Its errors are [ErrInterrupted], also for SIGQUIT,
// [ErrTooLong], io.EOF for Ctrl-D on an empty line, ctx's, and those of the terminal, which is put right in each case. A
// program that was stopped asks again when it goes on.
func Ask(ctx context.Context, terminal *os.File, out io.Writer, question string) (string, error) {
	return read(ctx, terminal, func() error {
		_, err := io.WriteString(out, question)
		return err
	})
}

// line is what was typed so far.
type line struct{ typed []byte }

// The keys that do something. Each is a byte.
const (
	ctrlC, ctrlD, ctrlH, ctrlU, ctrlW, ctrlZ = 0x03, 0x04, 0x08, 0x15, 0x17, 0x1a

	ctrlBackslash, backspace = 0x1c, 0x7f
)

// key takes a byte, and reports whether the line is over.
func (l *line) key(b byte) (done bool, err error) {
	switch b {
	case '\r', '\n':
		return true, nil
	case ctrlC, ctrlBackslash:
		return true, ErrInterrupted
	case ctrlD:
		if len(l.typed) == 0 {
			return true, io.EOF
		}
	case backspace, ctrlH:
		_, size := utf8.DecodeLastRune(l.typed)
		l.typed = l.typed[:len(l.typed)-size]
	case ctrlU:
		l.typed = l.typed[:0]
	case ctrlW:
		l.dropWord()
	default:
		l.typed = append(l.typed, b)
	}
	if len(l.typed) > Limit {
		return true, ErrTooLong
	}
	return false, nil
}

func (l *line) dropWord() {
	end := len(l.typed)
	for end > 0 && l.typed[end-1] == ' ' {
		end--
	}
	for end > 0 && l.typed[end-1] != ' ' {
		end--
	}
	l.typed = l.typed[:end]
}
