// Package plain is the explorer as lines of text and a prompt: for screen readers, dumb terminals and scripts. It
// walks through a session with [Walk] and through a transcript with [Replay]; both say each event in words that need
// no eyes, and take the same keys where they mean the same.
package plain

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/askpass"
)

// Console is where a person reads and types.
type Console struct {
	In  io.Reader
	Out io.Writer
	// Interrupt brings the signals that a person sends: during a step one ends the wait, at a prompt it ends the
	// walk. It must not be closed; nil brings none.
	Interrupt <-chan os.Signal

	lines *bufio.Reader // what was read of In and not used yet; nil for nothing
}

// errInterrupted is the answer to a question that a person interrupted.
var errInterrupted = errors.New("interrupted")

// greeting is said first.
const greeting = "type help for the commands"

// maxLine bounds what is typed in one line.
const maxLine = 64 << 10

// dialog asks questions on a console. One question is open at a time.
type dialog struct {
	Console
	terminal bool
	broken   error  // the output is gone
	ahead    string // was typed already, for the prompt that comes next
}

func newDialog(c Console) *dialog {
	if c.lines == nil {
		c.lines = bufio.NewReaderSize(c.In, maxLine)
	}
	d := &dialog{Console: c}
	f, ok := c.In.(*os.File)
	d.terminal = ok && term.IsTerminal(int(f.Fd()))
	return d
}

// print writes a line that is safe to write.
func (d *dialog) print(line string) {
	if _, err := io.WriteString(d.Out, line+"\n"); err != nil && d.broken == nil {
		d.broken = err
	}
}

// printf writes a sentence for the ear, with server text or the like in it, made visible.
func (d *dialog) printf(format string, args ...any) {
	d.print(wire.VisibleString(aloud(fmt.Sprintf(format, args...))))
}

// ask prints a prompt and reads a line, without its end. The error is io.EOF, [errInterrupted], ctx's, or that of the
// output: without a reader there is no point in asking on.
func (d *dialog) ask(ctx context.Context, question string) (string, error) {
	return d.answer(ctx, question, d.readLine)
}

// key is ask for a key, which may have been typed already.
func (d *dialog) key(ctx context.Context, keys []key) (string, error) {
	if line := d.ahead; line != "" {
		d.ahead = ""
		return line, nil
	}
	return d.ask(ctx, prompt(keys))
}

// secret is ask without an echo on the terminal.
func (d *dialog) secret(ctx context.Context, question string) (sasl.Secret, error) {
	ask := d.ask
	if d.terminal {
		ask = d.hidden
	}
	line, err := ask(ctx, question)
	d.print("") // no line end was echoed either
	return sasl.NewSecret(line), err
}

// hidden reads a line of any length from the terminal.
func (d *dialog) hidden(ctx context.Context, question string) (string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-d.Interrupt:
			cancel(errInterrupted)
		case <-ctx.Done():
		}
	}()
	line, err := askpass.Ask(ctx, d.In.(*os.File), d.Out, wire.VisibleString(aloud(question))+" ")
	switch {
	case errors.Is(err, askpass.ErrInterrupted):
		err = errInterrupted
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	}
	return line, err
}

// answer waits for a line. A read from a terminal cannot be canceled: when the wait ends otherwise the read is left
// behind, and what it gets is dropped. Nothing is asked after that.
func (d *dialog) answer(ctx context.Context, question string, read func() (string, error)) (string, error) {
	if _, err := io.WriteString(d.Out, wire.VisibleString(aloud(question))+" "); err != nil {
		return "", err
	}
	type line struct {
		text string
		err  error
	}
	got := make(chan line, 1)
	go func() {
		text, err := read()
		got <- line{text, err}
	}()
	select {
	case l := <-got:
		return l.text, l.err
	case <-d.Interrupt:
		d.print("")
		return "", errInterrupted
	case <-ctx.Done():
		d.print("")
		return "", ctx.Err()
	}
}

// interruptible does what may wait for something; an interrupt ends its context.
func (d *dialog) interruptible(ctx context.Context, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-d.Interrupt:
			cancel()
		case <-ctx.Done():
		}
	}()
	return do(ctx)
}

// readLine takes the next line of the input; a last line without its end counts. A line that is too long is refused
// as a whole: half a command must not be sent.
func (d *dialog) readLine() (string, error) {
	line, err := d.lines.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = d.lines.ReadSlice('\n')
		}
		return "", fmt.Errorf("a line of more than %d bytes was typed", maxLine)
	}
	if err != nil && (len(line) == 0 || !errors.Is(err, io.EOF)) {
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

// echo repeats a key that was recognized where no terminal has shown it, so that the output of a script can be read.
// Nothing else of the input is ever repeated: it may be a password that came at the wrong moment.
func (d *dialog) echo(key string) {
	if !d.terminal {
		d.print(wire.VisibleString(key))
	}
}

// yes asks a question that no, an empty line and everything else answer with no.
func (d *dialog) yes(ctx context.Context, question string) (bool, error) {
	line, err := d.ask(ctx, wire.VisibleString(aloud(question))+" yes or no, empty is no:")
	word := strings.ToLower(strings.TrimSpace(line))
	yes := word == "y" || word == "yes"
	if err == nil {
		d.echo(map[bool]string{true: "yes", false: "no"}[yes])
	}
	return yes, err
}
