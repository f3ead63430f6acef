package ui

import (
	"context"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/ui/paint"
)

// root is the one tea.Model. It shows a walk, or the home screen when there is none.
type root struct {
	app   *App
	ctx   context.Context
	env   env
	theme *paint.Theme

	width, height int
	home          *home     // nil if the program was started on a session
	walk          *explorer // nil while home is on the screen

	verdict     *record.Verdict // of the last session that was ended, nil if there was none
	walks       []*explorer     // every walk there was, to be joined at the end
	pending     *launch         // a session that is being started
	interrupted bool
}

func newRoot(ctx context.Context, app *App, e env, theme *paint.Theme) *root {
	return &root{app: app, ctx: ctx, env: e, theme: theme}
}

// Init implements tea.Model.
func (r *root) Init() tea.Cmd {
	if r.walk != nil {
		return r.walk.init()
	}
	return r.home.init()
}

// Update implements tea.Model: it says whom a message is for.
func (r *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		r.width, r.height = msg.Width, msg.Height
		return r, nil
	case tea.KeyMsg:
		return r, r.key(msg)
	case requestMsg:
		return r, r.launch(func() (*Live, error) { return r.app.Launch(Request(msg)) })
	case launchedMsg:
		return r, r.launched(msg)
	case openedMsg:
		return r, r.opened(msg)
	case leaveMsg:
		return r, r.leave(msg)
	case recentMsg:
		r.home.recent = msg
		return r, nil
	}
	return r, r.forWalk(msg)
}

// forWalk hands a message of the bridge or the clock to the walk it belongs to. One that comes late belongs to none.
func (r *root) forWalk(msg tea.Msg) tea.Cmd {
	w := r.walk
	switch msg := msg.(type) {
	case newsMsg:
		if w != nil && msg.from == w.bridge {
			return w.news()
		}
	case doneMsg:
		if w != nil && msg.from == w.bridge {
			return w.done(msg.result)
		}
	case beatMsg:
		if w != nil && msg.from == w && msg.gen == w.gen {
			return tea.Batch(w.tick(), w.beat())
		}
	case madeMsg:
		if w != nil && msg.bench == w.bench {
			return msg.bench.done(msg)
		}
	case noticeMsg:
		if w != nil && msg.from == w.bridge {
			w.notice = msg.text
		}
	}
	return nil
}

// key hands a key to what is on the screen. Characters that arrive in one piece are taken one by one, but not what was
// pasted: text is for inputs only.
func (r *root) key(k tea.KeyMsg) tea.Cmd {
	switch {
	case k.String() == "ctrl+c":
		r.interrupted = true
		return tea.Quit
	case k.String() == "ctrl+z":
		return tea.Suspend
	case r.tooSmall(), r.pending != nil:
		return nil
	case k.Type == tea.KeyRunes && len(k.Runes) > 1 && !r.typing():
		if k.Paste {
			return nil
		}
		var cmds []tea.Cmd
		for _, c := range k.Runes {
			cmds = append(cmds, r.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{c}}))
		}
		return tea.Batch(cmds...)
	}
	return r.press(k)
}

func (r *root) press(k tea.KeyMsg) tea.Cmd {
	if r.walk == nil {
		return r.home.key(k)
	}
	return r.walk.key(k)
}

// key is for the sheet if there is one.
func (w *explorer) key(k tea.KeyMsg) tea.Cmd {
	if w.sheet == nil {
		return w.press(k)
	}
	s := w.sheet
	cmd, done := s.press(k)
	if done && w.sheet == s {
		w.sheet = nil
		if _, asked := s.(*question); asked {
			w.answered = w.env.now()
		}
	}
	return cmd
}

// lateness is how long after a question its y is not taken for another key.
const lateness = 2 * time.Second

// late reports whether k is an answer that came after its question was gone.
func (w *explorer) late(k tea.KeyMsg) bool {
	return (k.String() == "y" || k.String() == "Y") && !w.answered.IsZero() && w.env.now().Sub(w.answered) < lateness
}

// typing reports whether keys are text now.
func (r *root) typing() bool {
	s := r.sheet()
	switch s.(type) {
	case *editor, *form, *workbench:
		return true
	}
	return r.walk == nil && r.home.filtering()
}

func (r *root) sheet() sheet {
	if r.walk != nil {
		return r.walk.sheet
	}
	return r.home.sheet
}

func (r *root) tooSmall() bool { return r.width < minWidth || r.height < minHeight }

// View implements tea.Model. It never takes more cells than the terminal has.
func (r *root) View() string {
	switch {
	case r.width <= 0 || r.height <= 0: // the first frame comes before the size is known
		return ""
	case r.tooSmall():
		return r.sizeNeeded()
	case r.walk != nil:
		return r.walk.draw(r.width, r.height)
	}
	return r.home.draw(r.width, r.height)
}

// sizeNeeded says what is missing, in whatever space there is.
func (r *root) sizeNeeded() string {
	c := &canvas{theme: r.theme, width: r.width, height: r.height}
	text := fmt.Sprintf("This terminal has %d×%d cells. ehlo needs %d×%d to be readable: please make it larger, or use a smaller font.\nctrl-c quits.",
		r.width, r.height, minWidth, minHeight)
	c.lines(paint.Wrap(paint.Plain, text, r.width), r.height)
	return c.String()
}
