package askpass

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ehlo/ui/ptytest"
)

func modes(t *testing.T, terminal *os.File) unix.Termios {
	t.Helper()
	s, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return *s
}

// asked runs a prompt on a terminal. Its answer comes when person is done.
func asked(t *testing.T, ctx context.Context, person func(keyboard *os.File)) (string, error) {
	t.Helper()
	keyboard, terminal := ptytest.Open(t)
	before := modes(t, terminal)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for modes(t, terminal) == before {
			runtime.Gosched()
		}
		person(keyboard)
	}()
	answer, err := Ask(ctx, terminal, io.Discard, "password: ")
	<-done // the terminal is closed when the test ends
	if modes(t, terminal) != before {
		t.Error("the terminal is left in another state")
	}
	return answer, err
}

// A terminal that edits lines keeps the first 4095 bytes of one and drops the rest.
func TestALongSecretIsWhole(t *testing.T) {
	for _, length := range []int{4095, 4096, 20000} {
		secret := strings.Repeat("tulip-42", length)[:length]
		answer, err := asked(t, t.Context(), func(keyboard *os.File) { keyboard.WriteString(secret + "\r") })
		if err != nil || answer != secret {
			t.Errorf("%d of %d bytes, %v", len(answer), length, err)
		}
	}
}

func TestTheEndsOfAPrompt(t *testing.T) {
	for name, end := range map[string]struct {
		person func(*os.File)
		want   error
	}{
		"ctrl-c":   {func(k *os.File) { k.WriteString("tul\x03") }, ErrInterrupted},
		"ctrl-\\":  {func(k *os.File) { k.WriteString("tul\x1c") }, ErrInterrupted},
		"SIGQUIT":  {func(*os.File) { unix.Kill(os.Getpid(), unix.SIGQUIT) }, ErrInterrupted},
		"ctrl-d":   {func(k *os.File) { k.WriteString("\x04") }, io.EOF},
		"too much": {func(k *os.File) { k.WriteString(strings.Repeat("x", Limit+1)) }, ErrTooLong},
		"enter":    {func(k *os.File) { k.WriteString("tulip\n") }, nil},
	} {
		if answer, err := asked(t, t.Context(), end.person); !errors.Is(err, end.want) || err == nil && answer != "tulip" {
			t.Errorf("%s: %q, %v", name, answer, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if answer, err := asked(t, ctx, func(*os.File) { cancel() }); !errors.Is(err, context.Canceled) || answer != "" {
		t.Errorf("canceled: %q, %v", answer, err)
	}
}
