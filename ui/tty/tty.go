// Package tty says what is known of the terminal that the program was started from, and asks it what only it knows.
package tty

import (
	"os"
	"strings"
	"time"

	"github.com/muesli/termenv"
	"golang.org/x/term"

	"ehlo/session/doctor"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

// Look looks at the terminal of the process, also where its output goes elsewhere.
func Look() doctor.Terminal {
	file, err := open()
	if err != nil {
		return doctor.Terminal{}
	}
	defer file.Close()
	return look(file, environment{})
}

// environment is that of the process, for termenv.
type environment struct{}

func (environment) Environ() []string         { return os.Environ() }
func (environment) Getenv(name string) string { return os.Getenv(name) }

// patience is how long a terminal has to answer, also over a slow line.
const patience = time.Second

func look(file *os.File, env termenv.Environ) doctor.Terminal {
	t := doctor.Terminal{Present: true, Kind: wire.VisibleString(env.Getenv("TERM")), Unicode: paint.ShowsUnicode(env.Getenv), Between: between(env.Getenv),
		Remote: env.Getenv("SSH_CONNECTION") != "" || env.Getenv("SSH_TTY") != ""}
	t.Width, t.Height, _ = term.GetSize(int(file.Fd()))
	t.Colors, t.Why = colors(file, env)
	if t.Unicode && t.Kind != "" && t.Kind != "dumb" {
		t.Ambiguous = ask(file, patience)
	}
	return t
}

// colors is how many a terminal is said to show, and what says so where that is not its kind.
func colors(file *os.File, env termenv.Environ) (n int, why string) {
	switch {
	case env.Getenv("NO_COLOR") != "":
		return 0, "NO_COLOR is set"
	case env.Getenv("COLORTERM") != "":
		why = "COLORTERM says so"
	}
	switch termenv.NewOutput(file, termenv.WithEnvironment(env), termenv.WithUnsafe()).EnvColorProfile() {
	case termenv.TrueColor:
		return 1 << 24, why
	case termenv.ANSI256:
		return 256, why
	case termenv.ANSI:
		return 16, why
	}
	return 0, why
}

// between is the program that shows the terminal of this one inside another.
func between(getenv func(string) string) string {
	kind := getenv("TERM")
	switch {
	case getenv("TMUX") != "" || strings.HasPrefix(kind, "tmux"):
		return "tmux"
	case getenv("STY") != "":
		return "screen"
	}
	return ""
}
