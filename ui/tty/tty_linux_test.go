package tty

import (
	"bytes"
	"testing"
	"time"

	"ehlo/ui/ptytest"
)

// environ is an environment of a test.
type environ map[string]string

func (e environ) Environ() []string         { return nil }
func (e environ) Getenv(name string) string { return e[name] }

// A terminal says by where its cursor is how wide it drew a character; one that is slow to answer, or answers nonsense, has not said.
func TestMeasure(t *testing.T) {
	for _, test := range []struct {
		answers string
		want    int
	}{
		{"\x1b[5;2R", 1},
		{"typed\x1b[12;3R", 2},
		{"\x1b[5;99999999999999999999R", 0},
		{"\x1b[5;0R", 0},
		{"\x1b[5;40R", 0},
	} {
		master, slave := ptytest.Open(t)
		asked := make(chan []byte, 1)
		go func() {
			var got []byte
			for b := make([]byte, 64); !bytes.Contains(got, []byte("\x1b[6n")); {
				n, err := master.Read(b)
				if err != nil {
					break
				}
				got = append(got, b[:n]...)
			}
			master.WriteString(test.answers)
			asked <- got
		}()
		if got := measure(slave, time.Minute); got != test.want {
			t.Errorf("%q: %d cells, want %d", test.answers, got, test.want)
		}
		if got := <-asked; !bytes.Contains(got, []byte("─")) {
			t.Errorf("asked with %q", got)
		}
	}
	_, slave := ptytest.Open(t)
	if got := measure(slave, 20*time.Millisecond); got != 0 {
		t.Errorf("no answer: %d cells", got)
	}
}

func TestLook(t *testing.T) {
	_, slave := ptytest.Open(t)
	for _, test := range []struct {
		env    environ
		colors int
		why    string
		rest   bool // UTF-8, in tmux, over SSH
	}{
		{environ{"TERM": "xterm"}, 16, "", false},
		{environ{"TERM": "xterm-256color", "LANG": "C.UTF-8", "TMUX": "/tmp/tmux-0/default,1,0", "SSH_TTY": "/dev/pts/1"}, 256, "", true},
		{environ{"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1 << 24, "COLORTERM says so", false},
		{environ{"TERM": "xterm-256color", "NO_COLOR": "1"}, 0, "NO_COLOR is set", false},
		{environ{"TERM": "dumb"}, 0, "", false},
	} {
		test.env["LC_ALL"] = test.env["LANG"]
		if test.env["LANG"] == "" {
			test.env["LC_ALL"] = "C"
		}
		got := look(slave, test.env)
		if !got.Present || got.Width != 80 || got.Height != 24 || got.Kind != test.env["TERM"] || got.Colors != test.colors || got.Why != test.why {
			t.Errorf("%v: %+v", test.env, got)
		}
		if got.Unicode != test.rest || got.Remote != test.rest || got.Between != map[bool]string{true: "tmux"}[test.rest] || got.Ambiguous != 0 {
			t.Errorf("%v: %+v", test.env, got)
		}
	}
}
