// Package job runs a command line of a person for its output, as a shell does in the foreground: the command may ask on the
// terminal, and what the keyboard sends to it reaches all that it started.
package job

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"ehlo/cmd/ehlo/input"
)

// Command is a line for the system's shell.
type Command struct {
	Line string
	// Stdin and Stderr are the command's own. Its standard output is what it is run for.
	Stdin, Stderr *os.File
	// Apart takes the terminal, standard input and error from the command: it cannot ask. That is for when a screen has it.
	Apart bool
	// Without names variables of the environment that the command does not get.
	Without []string
}

// ErrInterrupted occurs when the command was ended by an interrupt from the keyboard.
var ErrInterrupted = errors.New("interrupted")

const (
	// grace is how long a command that is told to end may take for it.
	grace = 2 * time.Second
	// tail is how long something that the command left running may hold its output open.
	tail = time.Second
)

// Output runs the command and gives what it printed, up to limit bytes; more are an [input.LargeError]. When ctx ends, or
// there is too much, the command and all that it started are ended, and waited for.
func (c Command) Output(ctx context.Context, limit int64) ([]byte, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	ctx.Done() // nothing is started that would outlive what asks to end
	p, err := c.start(write)
	write.Close()
	if err != nil {
		return nil, err
	}
	printed := collect(read, limit)
	return p.await(ctx, read, printed)
}

// prepare gives a process its files and its environment.
func (c Command) prepare(cmd *exec.Cmd, stdout *os.File) {
	cmd.Stdout, cmd.Env = stdout, c.environment()
	if c.Stdin != nil && !c.Apart {
		cmd.Stdin = c.Stdin
	}
	if c.Stderr != nil && !c.Apart {
		cmd.Stderr = c.Stderr
	}
}

// environment is that of this process, without what is withheld.
func (c Command) environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.ContainsFunc(c.Without, func(w string) bool { return strings.EqualFold(name, w) })
	})
}

// output is what a command printed.
type output struct {
	data []byte
	err  error
}

func collect(r io.Reader, limit int64) <-chan output {
	done := make(chan output, 1)
	go func() {
		data, err := input.All(r, limit)
		done <- output{data, err}
	}()
	return done
}

// await waits for the end of the process and of its output.
func (p *process) await(ctx context.Context, read *os.File, printed <-chan output) ([]byte, error) {
	ended := make(chan error, 1)
	go func() { ended <- p.wait() }()
	var out output
	for all := printed; ; {
		select {
		case out = <-all:
			if all = nil; out.err != nil {
				p.end(ended)
				return nil, out.err
			}
		case <-ctx.Done():
			p.end(ended)
			return nil, ctx.Err()
		case err := <-ended:
			if all != nil {
				read.SetReadDeadline(time.Now().Add(tail))
				out = <-all
			}
			return result(out, err)
		}
	}
}

func result(out output, err error) ([]byte, error) {
	if errors.Is(out.err, os.ErrDeadlineExceeded) {
		out.err = nil // what came until then is what the command itself printed
	}
	if err == nil {
		err = out.err
	}
	return out.data, err
}
