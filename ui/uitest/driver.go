// Package uitest drives the screen without a terminal: it feeds keys to the program, and waits for what they start.
package uitest

import (
	"context"
	"fmt"
	"reflect"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui"
)

// Driver plays a person at a screen.
type Driver struct {
	Width, Height int
	// Next is asked for the next key whenever the screen is at rest; view draws it. It may also say [Wait] or [Pause].
	Next func(view func() string) (key string)
	// Patience is how long the screen may take to come to rest.
	Patience time.Duration
}

// What [Driver.Next] may say in place of a key. A key may have started what the screen does not know of yet, such as its end.
const (
	Wait  = ""      // waits until something comes
	Pause = "pause" // waits a little for something that may come
)

// little is long for a command that waits for nothing.
const little = 200 * time.Millisecond

// Drive is for [ui.App]. It ends when the program quits, and with an error when the screen does not come to rest.
func (d Driver) Drive(ctx context.Context, s ui.Screen) error {
	r := &run{screen: s, messages: make(chan tea.Msg, 64), over: make(chan struct{})}
	defer close(r.over)
	r.send(tea.WindowSizeMsg{Width: d.Width, Height: d.Height})
	r.start(s.Init())
	for pressed := time.Now(); ; {
		if err := r.settle(ctx, d.Patience); err != nil || r.quit {
			return err
		}
		switch key := d.Next(s.View); key {
		case Wait:
			if err := r.await(ctx, d.Patience-time.Since(pressed)); err != nil {
				return err
			}
		case Pause:
			_ = r.await(ctx, little) // nothing is an answer too
		default:
			r.send(Key(key))
			pressed = time.Now()
		}
	}
}

// run is one program at its work.
type run struct {
	screen   ui.Screen
	messages chan tea.Msg
	over     chan struct{}
	quit     bool
}

// settle takes messages until the screen is at rest and none is left, or the program has quit.
func (r *run) settle(ctx context.Context, patience time.Duration) error {
	deadline := time.After(patience)
	for !r.quit {
		select {
		case msg := <-r.messages:
			r.send(msg)
			continue
		default:
		}
		if r.screen.AtRest() {
			return nil
		}
		select {
		case msg := <-r.messages:
			r.send(msg)
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return fmt.Errorf("after %s the screen was not at rest:\n%s", patience, r.screen.View())
		}
	}
	return nil
}

// await takes the next message, whenever it comes.
func (r *run) await(ctx context.Context, patience time.Duration) error {
	select {
	case msg := <-r.messages:
		r.send(msg)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		return fmt.Errorf("nothing came in %s:\n%s", patience, r.screen.View())
	}
}

func (r *run) send(msg tea.Msg) {
	if _, quits := msg.(tea.QuitMsg); quits {
		r.quit = true
		return
	}
	_, cmd := r.screen.Update(msg)
	r.start(cmd)
}

// start runs a command as Bubble Tea does, in a goroutine of its own; quitting comes at once.
func (r *run) start(cmd tea.Cmd) {
	switch {
	case cmd == nil:
	case reflect.ValueOf(cmd).Pointer() == reflect.ValueOf(tea.Quit).Pointer():
		r.quit = true
	default:
		go func() { r.deliver(cmd()) }()
	}
}

// deliver takes batches and sequences apart.
func (r *run) deliver(msg tea.Msg) {
	v := reflect.ValueOf(msg)
	if msg == nil || v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		r.put(msg)
		return
	}
	_, together := msg.(tea.BatchMsg)
	for i := range v.Len() {
		cmd, _ := v.Index(i).Interface().(tea.Cmd)
		switch {
		case cmd == nil:
		case together:
			go func() { r.deliver(cmd()) }()
		default:
			r.deliver(cmd())
		}
	}
}

func (r *run) put(msg tea.Msg) {
	if msg == nil {
		return
	}
	select {
	case r.messages <- msg:
	case <-r.over:
	}
}

var keyTypes = map[string]tea.KeyType{"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"backspace": tea.KeyBackspace, "ctrl+c": tea.KeyCtrlC, "shift+tab": tea.KeyShiftTab, "space": tea.KeySpace}

// Key is the message of a key by its name, or of the characters typed.
func Key(name string) tea.KeyMsg {
	if t, ok := keyTypes[name]; ok {
		return tea.KeyMsg{Type: t}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}
