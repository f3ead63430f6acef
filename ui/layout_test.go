package ui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"ehlo/ui/detail"
)

// A view that is too tall loses its top, one that is too wide breaks every line after it: whatever is shown has to fit
// any terminal.
func TestEveryViewFitsEverySize(t *testing.T) {
	t.Parallel()
	for _, situation := range situations {
		s := situation.show(t, 80, 24)
		for width := 1; width <= 130; width += step(width) {
			for height := 1; height <= 45; height += step(height) {
				s.send(tea.WindowSizeMsg{Width: width, Height: height})
				fits(t, situation.name, s.root.View(), width, height)
			}
		}
	}
}

// step looks at every size near the limits of the layouts, and at some in between.
func step(n int) int {
	switch {
	case n < 2, n >= 14 && n < 18, n >= 19 && n < 30, n >= 58 && n < 62, n >= 98 && n < 102:
		return 1
	}
	return 7
}

func fits(t *testing.T, name, view string, width, height int) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if len(lines) > height {
		t.Fatalf("%s at %d×%d has %d lines", name, width, height, len(lines))
	}
	for _, l := range lines {
		if n := ansi.StringWidth(l); n > width {
			t.Fatalf("%s at %d×%d has a line of %d cells: %q", name, width, height, n, l)
		}
	}
}

func TestResizeInTheMiddleOfAStep(t *testing.T) {
	s, sc := walked(t, 3, 120, 40)
	sc.hold = make(chan struct{})
	s.tap("enter")
	for _, size := range [][2]int{{80, 24}, {20, 5}, {60, 16}, {120, 40}} {
		s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		fits(t, "waiting", s.root.View(), size[0], size[1])
	}
	close(sc.hold)
	s.settle().shows("250-PIPELINING")
}

func TestATinyTerminalTakesNoKeys(t *testing.T) {
	s, sc := walked(t, 0, 40, 10)
	s.shows("40×10", "60×16", "ctrl-c quits")
	s.press("enter", "q", "e")
	if sc.steps() != "" || s.quit {
		t.Error("something happened that could not be seen")
	}
}

// Each view is named on the screen from 60 columns on, the active one in brackets: who does not see its name does not know that it is there.
func TestEveryViewIsNamed(t *testing.T) {
	t.Parallel()
	s := recorded(t, "on-path", 80, 24)
	s.press("end")
	for width := 60; width <= 160; width++ {
		s.send(tea.WindowSizeMsg{Width: width, Height: 30})
		for _, name := range detail.Names {
			s.view(name).shows("[" + name + "]")
			for _, other := range detail.Names {
				if !strings.Contains(tabRow(s.root.View()), other) {
					t.Fatalf("%d columns, %s: %s is not named in\n%s", width, name, other, s.root.View())
				}
			}
		}
		s.press("esc")
	}
}

// tabRow is the rule with the names of the panes.
func tabRow(view string) string {
	for line := range strings.Lines(view) {
		if strings.Contains(line, "─") && strings.Contains(line, "dialogue") {
			return line
		}
	}
	return ""
}
