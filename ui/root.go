package ui

import (
	"context"
	"fmt"
	"strings"
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
	class         *class    // the lesson that is open, nil if none is
	over          sheet     // what lies over either and takes the keys, nil if nothing does
	sides         *sides    // two sessions that are compared, over all of it; nil if none are
	abreast       *abreast  // sessions that are walked side by side, over all of it; nil if none are
	check         *check    // the page of a survey or the like that is open, nil if none is

	verdict     *record.Verdict // of the last session that was ended, nil if there was none
	walks       []*explorer     // every walk there was, to be joined at the end
	columns     []*abreast      // every walk side by side likewise
	inquiries   []*inquiry      // every run of such a page likewise
	first       func() tea.Cmd  // what the program begins with; nil for what is on the screen
	pending     *launch         // a session that is being started
	starting    *start          // sessions that are
	interrupted bool
	rest        rest // of an answer to a question
}

func newRoot(ctx context.Context, app *App, e env, theme *paint.Theme) *root {
	r := &root{app: app, ctx: ctx, env: e, theme: theme}
	r.env.predict = &app.Predict
	r.env.launch, r.env.targets, r.env.progress, r.env.author, r.env.read = app.Launch, app.Targets, app.Progress, app.Author, app.Read
	r.env.lay = func(s sheet) { r.over = s }
	return r
}

// Init implements tea.Model.
func (r *root) Init() tea.Cmd {
	switch {
	case r.first != nil:
		return tea.Batch(r.home.init(), r.first())
	case r.walk != nil:
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
	case tea.MouseMsg:
		if r.sides != nil || r.abreast != nil {
			return r, nil
		}
		return r, r.mouse(msg)
	case requestMsg:
		return r, r.launch(func() (*Live, error) { return Request(msg).begin(r.app.Launch) })
	case launchedMsg:
		return r, r.launched(msg)
	case openedMsg:
		return r, r.opened(msg)
	case sessionsMsg:
		r.home.choose(msg)
		return r, nil
	case leaveMsg:
		return r, r.leave(msg)
	case backMsg:
		return r, r.close(msg.from)
	case takeUpMsg:
		return r, r.launch(msg.start)
	case comparedMsg:
		return r, r.showSides(msg)
	case lanesMsg:
		return r, r.line(msg)
	case startedMsg:
		return r, r.lined(msg)
	case recentMsg:
		r.home.listed(msg)
		return r, nil
	case lessonMsg:
		r.attend(msg.pass)
		return r, nil
	case surveyMsg:
		return r, r.checks(newSurveyCheck(r.app, SurveyRequest(msg)))
	case routeMsg:
		return r, r.checks(newRouteCheck(r.app, string(msg)))
	case doctorMsg:
		return r, r.checks(newDoctorCheck(r.app, string(msg)))
	case checkMsg:
		if r.check != nil {
			return r, r.check.found(msg)
		}
		return r, nil
	case copiedMsg:
		msg.from.copied(msg)
		return r, nil
	case checkAgainMsg:
		return r, r.inquire(msg.from)
	case lessonTroubleMsg:
		msg.from.trouble = msg.err.Error()
		return r, nil
	case keptMsg:
		r.home.learnt(msg)
		return r, nil
	}
	return r, r.forWalk(msg)
}

// forWalk hands a message of the bridge or the clock to the walk it belongs to. One that comes late belongs to none.
func (r *root) forWalk(msg tea.Msg) tea.Cmd {
	if cmd, theirs := r.toColumns(msg); theirs {
		return cmd
	}
	w := r.walk
	switch msg := msg.(type) {
	case newsMsg:
		if w != nil && msg.from == w.bridge {
			return tea.Batch(w.news(), r.finder().more())
		}
	case siftedMsg:
		if w != nil && msg.from == w.filter {
			return w.sifted(msg)
		}
	case foundMsg:
		if msg.from == r.finder() {
			return msg.from.found(msg)
		}
	case doneMsg:
		if w != nil && msg.from == w.bridge {
			return w.done(msg.result)
		}
	case beatMsg:
		if w != nil && msg.from == w && msg.gen == w.gen {
			return tea.Batch(w.tick(), w.beat())
		}
	case playMsg:
		if w != nil && msg.from == w {
			return w.played(msg)
		}
	case madeMsg:
		if w != nil && msg.bench == w.bench {
			return msg.bench.done(msg)
		}
	case noticeMsg:
		if w != nil && msg.from == w.bridge {
			if w.notice = msg.text; msg.failed {
				w.noting = nil
			}
			if w.sheet == nil {
				w.sheet = msg.typed
			}
		}
	}
	return nil
}

// key hands a key to what is on the screen. Characters that arrive in one piece are taken one by one, so that none of them are
// taken for the name of a key. What was pasted is for inputs only.
func (r *root) key(k tea.KeyMsg) tea.Cmd {
	switch {
	case k.Type == tea.KeyCtrlC:
		r.interrupted = true
		return tea.Quit
	case k.Type == tea.KeyCtrlZ:
		return tea.Suspend
	case r.tooSmall(), r.pending != nil, r.starting != nil:
		return nil
	case r.abreast != nil:
		return r.pressColumns(k)
	case k.Paste && !r.typing():
		return nil
	case r.sides != nil:
		return r.besides(k)
	case k.Type == tea.KeyRunes && len(k.Runes) > 1 && !k.Paste:
		var cmds []tea.Cmd
		for _, c := range k.Runes {
			cmds = append(cmds, r.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{c}}))
		}
		return tea.Batch(cmds...)
	}
	return r.press(k)
}

// press takes a key. What is left of a word after the letter that has answered a question is no key: who types no means no.
func (r *root) press(k tea.KeyMsg) tea.Cmd {
	asked, _ := r.sheet().(*question)
	if asked == nil && r.rest.takes(k, r.env.now()) {
		return nil
	}
	cmd := r.pressed(k)
	if now, _ := r.sheet().(*question); asked != nil && now != asked {
		r.rest = rest{wordAfter(k), r.env.now()}
	}
	return cmd
}

// rest is what is left of an answer that is typed as a word.
type rest struct {
	letters string
	since   time.Time
}

// takes reports whether a key goes on with the word; any other ends it.
func (r *rest) takes(k tea.KeyMsg, now time.Time) bool {
	letter := strings.ToLower(k.String())
	if r.letters == "" || !strings.HasPrefix(r.letters, letter) || now.Sub(r.since) > lateness {
		r.letters = ""
		return false
	}
	r.letters = r.letters[len(letter):]
	return true
}

// wordAfter is what follows the letter of an answer in its word.
func wordAfter(k tea.KeyMsg) string {
	return map[string]string{"y": "es", "n": "o"}[strings.ToLower(k.String())]
}

func (r *root) pressed(k tea.KeyMsg) tea.Cmd {
	if s := r.over; s != nil {
		if k.String() == "/" && !types(s) && r.finder() == nil { // from a card that no search has led to
			return r.find()
		}
		cmd, done := s.press(k)
		if done && r.over == s {
			return tea.Batch(cmd, r.lift(s))
		}
		return cmd
	}
	if r.walk == nil {
		return r.home.key(k)
	}
	return r.walk.key(k)
}

// lift takes away what lies over the screen. The lesson stays open below what it was left for; once it is left itself, the lists show
// what came of it.
func (r *root) lift(s sheet) (cmd tea.Cmd) {
	switch s {
	case r.class:
		r.class, cmd = nil, r.home.init()
	case r.check:
		r.check = nil
	}
	if r.over = nil; r.walk == nil {
		r.resume()
	}
	return cmd
}

// find lays the search over what is on the screen.
func (r *root) find() tea.Cmd {
	if r.walk != nil {
		return r.walk.find()
	}
	return r.home.find()
}

// finder is the search or list of cards that lies over the screen, nil if none does.
func (r *root) finder() *finder {
	f, _ := r.over.(*finder)
	return f
}

// key is for the sheet if there is one. The search opens over everything but text that is being typed, and leaves it as it is.
func (w *explorer) key(k tea.KeyMsg) tea.Cmd {
	return tea.Batch(w.keyed(k), w.retrace())
}

func (w *explorer) keyed(k tea.KeyMsg) tea.Cmd {
	if w.show != nil && w.sheet == nil {
		return w.show.press(k)
	}
	if k.String() == "/" && !types(w.sheet) {
		return w.find()
	}
	if w.sheet == nil {
		return w.press(k)
	}
	s := w.sheet
	cmd, done := s.press(k)
	if done && w.sheet == s {
		w.sheet = nil
		if t, read := s.(*text); read {
			w.sheet = t.over
		}
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
	return types(s) || s == nil && r.walk == nil && r.home.filtering()
}

// types reports whether keys are text for a sheet.
func types(s sheet) bool {
	switch s := s.(type) {
	case *editor, *form, *workbench, *noteEditor, *quizSheet:
		return true
	case *class:
		return s.types()
	case *finder:
		return s.types()
	case *prediction:
		return s.ask.line()
	}
	return false
}

func (r *root) sheet() sheet {
	if r.over != nil {
		return r.over
	}
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
	case r.sides != nil:
		r.sides.width, r.sides.height = r.width, r.height
		return r.sides.View()
	case r.abreast != nil:
		return r.drawColumns()
	case r.over != nil:
		return r.drawOver()
	case r.walk != nil:
		return r.walk.draw(r.width, r.height)
	}
	return r.home.draw(r.width, r.height)
}

// drawOver shows what lies over the screen, below the line that says where one is.
func (r *root) drawOver() string {
	if r.class != nil && r.over == r.class && r.class.show != nil {
		return r.class.present(r.theme, r.width, r.height)
	}
	c := &canvas{theme: r.theme, width: r.width, height: r.height}
	if r.walk != nil {
		c.line(r.walk.header(r.width))
	} else {
		c.line(r.home.header(r.width))
	}
	body := r.height - 4
	lines := r.over.lines(r.width-2, body) // the title says which part of them is shown
	c.line(titled(r.width, paint.Strong.Line(r.over.title())))
	c.lines(indented(lines), body)
	c.line(paint.Dim.Line(paint.Rule(r.width)))
	c.line(hintLine(r.over.hints(), r.width))
	return c.String()
}

// sizeNeeded says what is missing, in whatever space there is.
func (r *root) sizeNeeded() string {
	c := &canvas{theme: r.theme, width: r.width, height: r.height}
	text := fmt.Sprintf("This terminal has %d×%d cells. ehlo needs %d×%d to be readable: please make it larger, or use a smaller font.\nctrl-c quits.",
		r.width, r.height, minWidth, minHeight)
	c.lines(paint.Wrap(paint.Plain, text, r.width), r.height)
	return c.String()
}
