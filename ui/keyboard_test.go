package ui

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// What Windows Terminal sends in win32-input-mode is read as the keys of other terminals; all else stays as it is.
func TestKeysOfWindowsTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"q":                               "q",
		"\x1b":                            "\x1b",
		"\x1b[A\x1b[1;5C\x1b[5~":          "\x1b[A\x1b[1;5C\x1b[5~",
		"\x1b[200~pasted; text_\x1b[201~": "\x1b[200~pasted; text_\x1b[201~",
		"\x1b[13;28;13;1;0;1_\x1b[13;28;13;0;0;1_":            "\r",
		"\x1b[38;72;0;1;256;1_":                               "\x1b[A",
		"\x1b[34;81;0;1;256;1_":                               "\x1b[6~",
		"\x1b[112;59;0;1;0;1_":                                "\x1bOP",
		"\x1b[9;15;9;1;16;1_":                                 "\x1b[Z",
		"\x1b[8;14;8;1;0;1_":                                  "\x7f",
		"\x1b[67;46;3;1;8;1_":                                 "\x03",
		"\x1b[16;42;0;1;16;1_\x1b[65;30;65;1;16;1_":           "A",
		"\x1b[66;48;98;1;2;1_":                                "\x1bb",
		"\x1b[81;16;64;1;9;1_":                                "@",
		"\x1b[;;228;1_":                                       "ä",
		"\x1b[1;2;3;4;5;6;7_":                                 "\x1b[1;2;3;4;5;6;7_",
		"\x1b[99999999999999999999;1;99999999999999999;1;0_x": "\U0010ffffx",
	} {
		if keys, held := win32Keys([]byte(in)); string(keys) != want || held != nil {
			t.Errorf("%q is %q, and %q is held", in, keys, held)
		}
	}
	if keys, held := win32Keys([]byte("a\x1b[13;28;1")); string(keys) != "a" || string(held) != "\x1b[13;28;1" {
		t.Errorf("%q, and %q is held", keys, held)
	}
}

// A key that comes in two pieces is one, and the end of the terminal is told once.
func TestTheKeyboardEnds(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan bool, 2)
	k, buf := &keyboard{File: r, gone: func() { told <- true }}, make([]byte, 64)
	var got []byte
	for _, piece := range []string{"x\x1b[38;72;0;1", ";256;1_y"} {
		w.WriteString(piece)
		n, err := k.Read(buf)
		if got = append(got, buf[:n]...); err != nil {
			t.Fatal(err)
		}
	}
	if string(got) != "x\x1b[Ay" {
		t.Errorf("%q", got)
	}
	w.Close()
	for range 2 {
		if n, err := k.Read(buf); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("%d, %v", n, err)
		}
	}
	<-told
	if len(told) > 0 {
		t.Error("it is told again")
	}
}

// heard is a program that hears keys until one of them ends it.
type heard struct{ keys []string }

func (h *heard) Init() tea.Cmd { return nil }
func (h *heard) View() string  { return "" }
func (h *heard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if k, ok := msg.(tea.KeyMsg); ok {
		if h.keys = append(h.keys, k.String()); k.Type == tea.KeyCtrlC {
			return h, tea.Quit
		}
	}
	return h, nil
}

// The sequences of Windows Terminal, xterm, tmux, GNU screen and the Linux console for one key come to that key, and a sequence that
// nobody knows is no text.
func TestSequencesComeToKeys(t *testing.T) {
	for key, sequences := range map[string][]string{
		"home": {"\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~", "\x1b[36;71;0;1;256;1_"}, "end": {"\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~", "\x1b[35;79;0;1;256;1_"},
		"pgup": {"\x1b[5~", "\x1b[33;73;0;1;256;1_"}, "pgdown": {"\x1b[6~", "\x1b[34;81;0;1;256;1_"},
		"alt+b": {"\x1bb", "\x1b[66;48;98;1;2;1_"}, "shift+up": {"\x1b[1;2A"}, "shift+tab": {"\x1b[Z", "\x1b[9;15;9;1;16;1_"}, "f1": {"\x1bOP", "\x1b[11~"},
		"up": {"\x1b[A", "\x1bOA"}, "left": {"\x1b[D", "\x1bOD"}, "": {"\x1b[?9001h", "\x1b[38;72;0;0;256;1_", "\x1b[99;99;99z"},
	} {
		for _, sequence := range sequences {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			h := &heard{}
			p := tea.NewProgram(h, tea.WithContext(t.Context()), tea.WithInput(&keyboard{File: r, gone: func() {}}), tea.WithOutput(io.Discard), tea.WithoutRenderer(), tea.WithoutSignalHandler())
			w.WriteString(sequence)
			w.WriteString("\x03")
			if _, err := p.Run(); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(h.keys, " "); strings.TrimSpace(got) != strings.TrimSpace(key+" ctrl+c") {
				t.Errorf("%q comes to %q, want %q", sequence, got, key)
			}
			w.Close()
			r.Close()
		}
	}
}
