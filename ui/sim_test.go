package ui

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"ehlo/ui/detail"
	"ehlo/ui/paint"
)

// sim runs the program without a terminal: it feeds messages to Update and runs the commands that come back, each in a
// goroutine of its own as Bubble Tea does. Nothing in it sleeps: it waits for messages.
type sim struct {
	t        *testing.T
	root     *root
	messages chan tea.Msg
	clock    time.Time
	emitted  []string
	quit     bool
}

var epoch = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func newSim(t *testing.T, app *App, width, height int) *sim {
	t.Helper()
	s := &sim{t: t, messages: make(chan tea.Msg, 64), clock: epoch}
	s.begin(app, width, height)
	t.Cleanup(func() {
		s.close()
		s.root = nil // package testing keeps what it calls here until all beside the test have ended
	})
	return s
}

// begin sets the program up on nothing yet.
func (s *sim) begin(app *App, width, height int) {
	e := env{now: func() time.Time { return s.clock }, clipboard: true,
		after: func(time.Duration, tea.Msg) tea.Cmd { return nil },
		emit:  func(seq string) tea.Cmd { return func() tea.Msg { return emittedMsg(seq) } }}
	app.Now = e.now
	s.root = newRoot(context.Background(), app, e, simTheme)
	s.send(tea.WindowSizeMsg{Width: width, Height: height})
}

// simTheme is how it looks: without colors, unless a test is about them.
var simTheme = paint.NewTheme(termenv.Ascii, true)

type emittedMsg string

// simLive starts on a session, simHome on the home screen.
func simLive(t *testing.T, live *Live, width, height int) *sim {
	t.Helper()
	s := newSim(t, &App{Version: "test"}, width, height)
	s.run(s.root.showLive(live))
	return s.settle()
}

func simHome(t *testing.T, app *App, width, height int) *sim {
	t.Helper()
	s := newSim(t, app, width, height)
	s.root.home = newHome(app, s.root.theme, s.root.env.lay)
	s.run(s.root.Init())
	return s
}

func simReplay(t *testing.T, replay *Replay, width, height int) *sim {
	t.Helper()
	s := newSim(t, &App{Version: "test"}, width, height)
	s.run(s.root.showReplay(replay))
	s.settle().root.walk.end()
	return s
}

// run starts a command; what it comes to arrives as a message.
func (s *sim) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() { s.deliver(cmd()) }()
}

// deliver takes batches and sequences apart.
func (s *sim) deliver(msg tea.Msg) {
	v := reflect.ValueOf(msg)
	if msg != nil && v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		_, together := msg.(tea.BatchMsg)
		for i := range v.Len() {
			cmd, _ := v.Index(i).Interface().(tea.Cmd)
			if together {
				s.run(cmd)
			} else if cmd != nil {
				s.deliver(cmd())
			}
		}
		return
	}
	if msg != nil {
		s.messages <- msg
	}
}

func (s *sim) send(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.QuitMsg:
		s.quit = true
		return
	case tea.SuspendMsg: // the shell goes on with it at once
		s.send(tea.ResumeMsg{})
		return
	case emittedMsg:
		s.emitted = append(s.emitted, string(msg))
		return
	}
	_, cmd := s.root.Update(msg)
	s.run(cmd)
}

// until takes messages until something holds. What a command does may hold without a message.
func (s *sim) until(what string, holds func() bool) *sim {
	s.t.Helper()
	for deadline := time.After(time.Minute); !holds(); {
		select {
		case msg := <-s.messages:
			s.send(msg)
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			s.t.Fatalf("it never came to %s:\n%s", what, s.root.View())
		}
	}
	return s
}

// settle takes messages until no step runs and all events are on the screen.
func (s *sim) settle() *sim {
	s.t.Helper()
	return s.until("rest", s.root.AtRest)
}

// press sends keys, and lets what they start come to its end.
func (s *sim) press(keys ...string) *sim {
	s.t.Helper()
	for _, k := range keys {
		s.send(keyMsg(k))
		s.settle()
	}
	return s
}

// view goes on to a view.
func (s *sim) view(name string) *sim {
	s.t.Helper()
	w := s.root.walk
	w.fit(s.root.width, s.root.height)
	for range 2 * len(detail.Names) {
		if detail.Names[w.view] == name && (w.zoomed || !w.reader.compact) {
			return s
		}
		s.press("v")
	}
	s.t.Fatalf("there is no view %s:\n%s", name, s.frame())
	return s
}

// tap sends keys and waits for nothing.
func (s *sim) tap(keys ...string) *sim {
	for _, k := range keys {
		s.send(keyMsg(k))
	}
	return s
}

func (s *sim) typed(text string) *sim {
	for _, c := range text {
		s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{c}})
	}
	return s
}

// mouse clicks or turns the wheel: "10,5", "up10,5", "down10,5" for column 10, line 5.
func (s *sim) mouse(what string) *sim {
	m := tea.MouseMsg{Button: tea.MouseButtonLeft, Action: tea.MouseActionPress}
	for name, b := range map[string]tea.MouseButton{"up": tea.MouseButtonWheelUp, "down": tea.MouseButtonWheelDown} {
		if rest, ok := strings.CutPrefix(what, name); ok {
			m.Button, what = b, rest
		}
	}
	fmt.Sscanf(what, "%d,%d", &m.X, &m.Y)
	s.send(m)
	return s
}

// clickOn clicks on the line that holds a text.
func (s *sim) clickOn(text string) *sim {
	s.t.Helper()
	for y, line := range strings.Split(s.frame(), "\n") {
		if x := strings.Index(line, text); x >= 0 {
			return s.mouse(fmt.Sprintf("%d,%d", len([]rune(line[:x])), y))
		}
	}
	s.t.Fatalf("%q is not in\n%s", text, s.frame())
	return s
}

var keyTypes = map[string]tea.KeyType{"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"backspace": tea.KeyBackspace, "ctrl+c": tea.KeyCtrlC, "shift+tab": tea.KeyShiftTab, "ctrl+u": tea.KeyCtrlU, "ctrl+t": tea.KeyCtrlT,
	"ctrl+p": tea.KeyCtrlP, "ctrl+o": tea.KeyCtrlO, "ctrl+w": tea.KeyCtrlW, "f1": tea.KeyF1,
	"ctrl+j": tea.KeyCtrlJ, "ctrl+e": tea.KeyCtrlE, "ctrl+r": tea.KeyCtrlR, "ctrl+s": tea.KeyCtrlS, "ctrl+x": tea.KeyCtrlX, "ctrl+d": tea.KeyCtrlD, "ctrl+g": tea.KeyCtrlG,
	"delete": tea.KeyDelete, "ctrl+k": tea.KeyCtrlK, "ctrl+left": tea.KeyCtrlLeft, "ctrl+right": tea.KeyCtrlRight}

func keyMsg(k string) tea.KeyMsg {
	if k == "space" {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	}
	if k, alt := strings.CutPrefix(k, "alt+"); alt {
		m := keyMsg(k)
		m.Alt = true
		return m
	}
	if t, ok := keyTypes[k]; ok {
		return tea.KeyMsg{Type: t}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
}

func (s *sim) close() {
	_, errs := s.root.joinAll()
	for _, err := range errs {
		s.t.Error("after the end:", err)
	}
}

// frame is the picture without the blanks at the ends of its lines.
func (s *sim) frame() string {
	lines := strings.Split(s.root.View(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// shows and hides check the picture for texts.
func (s *sim) shows(texts ...string) *sim {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.frame(), text) {
			s.t.Fatalf("%q is not in\n%s", text, s.frame())
		}
	}
	return s
}

func (s *sim) hides(texts ...string) *sim {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(s.frame(), text) {
			s.t.Fatalf("%q is in\n%s", text, s.frame())
		}
	}
	return s
}
