package record

import (
	"context"
	"errors"
	"net"
	"strconv"
)

// interrupted says why a step ended early: a person stopped it, or the context's time or the kernel's patience ran out.
func (e *Error) Interrupted(ctx context.Context, what string) {
	if errors.Is(ctx.Err(), context.Canceled) {
		e.Finding, e.Exit, e.Err, e.Text, e.Hint = "", ExitInterrupted, ErrCancelled, what+" was cancelled", ""
		return
	}
	e.Finding, e.Exit, e.Err = "timeout", ExitTimeout, ErrTimeout
	e.Text, e.Hint = what+" took too long", "try again, or allow more time with --timeout"
}

func IsTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

func LastError(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
