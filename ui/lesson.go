package ui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/course"
	"ehlo/session/lesson"
	"ehlo/session/progress"
	"ehlo/session/quiz"
	"ehlo/session/setup"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// Lessons shows the list of lessons until a person quits.
func (a App) Lessons(ctx context.Context) error {
	_, err := a.run(ctx, func(r *root) {
		r.home = newHome(r.app, r.theme, r.env.lay)
		r.home.show(listLessons)()
	})
	return err
}

// Lesson shows a lesson, and then the list of lessons, until a person quits.
func (a App) Lesson(ctx context.Context, p *lesson.Pass) error {
	_, err := a.run(ctx, func(r *root) {
		r.home = newHome(r.app, r.theme, r.env.lay)
		r.home.show(listLessons)()
		r.attend(p)
	})
	return err
}

// lessonMsg asks for a lesson.
type lessonMsg struct{ pass *lesson.Pass }

// class is a lesson on the screen: one step at a time. What it opens lies over it until the person comes back.
type class struct {
	app     *App
	pass    *lesson.Pass
	page    text
	ask     *asking // the question of the step; nil if it is none
	steps   *scroll.List
	keys    *text    // the help, while it is open
	trouble string   // why something could not be opened or kept
	back    bool     // its session was just left: what was read there is not told again
	told    bool     // and what there is to learn from the scenario was read there too
	show    *showing // the lesson is presented to a class; nil if it is not
}

// attend opens a lesson.
func (r *root) attend(p *lesson.Pass) {
	r.class = &class{app: r.app, pass: p}
	if r.app.Present {
		r.class.toClass()
	}
	r.class.page.page = r.class.content
	r.class.enter()
	r.over = r.class
}

// walkEnv is what a walk needs, as the lesson that opens it wants it: a part of the session, or a question before each step.
func (r *root) walkEnv() env {
	e := r.env
	if r.class == nil || r.class.pass.Over() {
		return e
	}
	step := r.class.pass.Step()
	if e.part = step.Part(); step.Predict != "" {
		on := true
		e.predict = &on
	}
	return e
}

// sawLesson tells the lesson what has come of the session or the file that it opened, and keeps it.
func (r *root) sawLesson(w *explorer) {
	if r.class != nil {
		defer func() { r.class.keep(r.class.pass.Entry(r.app.now())) }()
		r.class.back, r.class.told = true, w.made.Solved && w.exercise().Goal == course.GoalAnswer
		r.class.pass.Came(w.live == nil || w.over || w.verdict != nil || w.pointMade(), w.mending() && w.pointMade(), w.made.Solved)
	}
}

// resume lays the lesson or the page over the screen again, if one is open.
func (r *root) resume() {
	r.over = nil
	switch {
	case r.class != nil:
		r.over = r.class
	case r.check != nil:
		r.over = r.check
	}
}

// enter begins with the step that the person has come to.
func (c *class) enter() {
	c.ask, c.steps, c.keys, c.trouble, c.back, c.told, c.page.tops = nil, nil, nil, "", false, false, scroll.List{}
	if it := c.pass.Item(); it != nil {
		c.ask = newAsking(it)
		c.ask.aloud = c.show != nil
		c.ask.judge, c.ask.look = c.judge, c.look
	}
}

// judge judges an answer and keeps it.
func (c *class) judge(answer string) quiz.Result {
	if c.keptBack() {
		c.pass.Answer(answer, c.app.now())
		return quiz.Result{Why: keptBack}
	}
	judged, counts := c.pass.Answer(answer, c.app.now())
	if counts != nil {
		c.keep(*counts)
	}
	return judged
}

// look shows the answer, where it is known.
func (c *class) look() bool {
	c.pass.Look()
	if c.keptBack() {
		c.ask.told = keptBack
	}
	return !c.keptBack()
}

// keptBack reports whether the answer is in a file that was not given.
func (c *class) keptBack() bool { return c.pass.Step().Question.Unkeyed() }

const keptBack = "The answer to this question is not in the lesson: your trainer has it. Enter continues."

func (c *class) below() bool { return false }

func (c *class) title() string {
	l := c.pass.Lesson
	return l.Title + " · " + c.place()
}

// place is the step, and which part of it is in sight.
func (c *class) place() string {
	place := "the end"
	switch {
	case c.keys != nil:
		return c.keys.title()
	case c.steps != nil:
		return "steps · " + placeIn(c.steps, len(c.pass.Lesson.Steps))
	case !c.pass.Over():
		place = fmt.Sprintf("step %d of %d", c.pass.At+1, len(c.pass.Lesson.Steps))
	}
	return place + c.part()
}

// part says which lines are in sight, where that are not all.
func (c *class) part() string {
	if c.ask != nil {
		return c.ask.part()
	}
	_, part, _ := strings.Cut(c.page.title(), " · ")
	if part != "" {
		return " · " + part
	}
	return ""
}

// answering reports whether a question waits for its answer.
func (c *class) answering() bool {
	return c.ask != nil && !c.ask.over() && !(c.pass.Done() && c.keptBack())
}

// types reports whether keys are text.
func (c *class) types() bool { return c.answering() && c.ask.line() }

// typing reports whether a part of an answer has been typed.
func (c *class) typing() bool { return c.types() && c.ask.input.Value() != "" }

func (c *class) hints() []key.Help {
	if c.keys != nil {
		return c.keys.hints()
	}
	if c.steps != nil {
		return []key.Help{{Key: "enter", Desc: "go there"}, {Key: "↑↓", Desc: "choose"}, {Key: "esc", Desc: "back"}}
	}
	var out []key.Help
	if c.answering() {
		out = append(out, c.answers()...)
	} else {
		out = append(out, key.Help{Key: "enter", Desc: c.onward()})
	}
	out = append(out, key.Help{Key: "← →", Desc: "other step"})
	if !c.answering() && (c.pass.Done() || c.pass.Tried()) && c.pass.Step().Kind() != lesson.Say {
		out = append(out, key.Help{Key: "a", Desc: "again"})
	}
	if !c.answering() && c.page.last < c.page.all {
		out = append(out, key.Help{Key: "↑↓", Desc: "scroll"})
	}
	if !c.types() {
		if c.show == nil && (c.pass.At == 0 || c.pass.Over()) {
			out = append(out, key.Help{Key: "f5", Desc: "present"})
		}
		return append(out, key.Help{Key: "g", Desc: "to a step"}, c.aside(), key.Help{Key: "?", Desc: "help"}, key.Help{Key: "esc", Desc: "back"}, key.Help{Key: "q", Desc: "quit"})
	}
	return append(out, key.Help{Key: "f1", Desc: "help"}, key.Help{Key: "esc", Desc: "back"})
}

// answers are the keys that answer. Enter shows the answer too, as long as nothing has been typed.
func (c *class) answers() []key.Help {
	out := slices.Clone(c.ask.hints())
	if c.typing() {
		return out
	}
	if c.types() {
		out = out[1:]
	}
	if i := slices.IndexFunc(out, func(h key.Help) bool { return h.Key == "tab" }); i >= 0 {
		out[i].Key = "enter"
	}
	return out
}

// lessonHelp lists the keys of a lesson.
func lessonHelp(width int) []paint.Line {
	return keyList(width, keyGroup{"in a lesson", []key.Help{{Key: "enter", Desc: "the next step; where a session or a file is to be seen, open it"}, {Key: "← →", Desc: "the step before, the next one; both are kept"},
		{Key: "g", Desc: "list the steps, and go to one"}, {Key: "a", Desc: "answer or walk it again"}, {Key: "↑ ↓", Desc: "scroll"}, {Key: "/", Desc: "search the knowledge and all that can be opened"},
		{Key: "esc", Desc: "back to the list; where you leave off is kept"}, {Key: "q", Desc: "quit"}}},
		keyGroup{"at a question", []key.Help{{Key: "1–9", Desc: "answer it, where the answers have numbers"}, {Key: "enter", Desc: "show the answer; after something was typed, give it"}}},
		keyGroup{"before a class", []key.Help{{Key: "f5", Desc: "present the lesson: one thing at a time, large; f5 again ends it (@ too, where it is no text)"}, {Key: "0", Desc: "start the timer again"}}})
}

// onward says what enter does.
func (c *class) onward() string {
	switch c.pass.Next() {
	case lesson.Open:
		return "open it"
	case lesson.Leave:
		return "leave"
	}
	return "next"
}

func (c *class) press(k tea.KeyMsg) (tea.Cmd, bool) {
	k = c.clicked(k)
	name := k.String()
	switch {
	case c.keys != nil:
		if _, done := c.keys.press(k); done {
			c.keys = nil
		}
	case name == "f1", name == "?" && !c.types():
		c.keys = &text{name: "help", key: "?", page: lessonHelp}
	case c.steps != nil:
		c.choose(name)
	case c.shows(name):
	case name == "esc":
		return nil, true
	case name == "q" && !c.types():
		return tea.Quit, false
	case name == "left" && !c.typing():
		c.pass.Back()
		c.moved()
	case name == "right" && !c.typing() && !c.pass.Over():
		c.pass.Go()
		c.moved()
	case c.answering() && name == "enter" && !c.typing():
		c.ask.press(tea.KeyMsg{Type: tea.KeyTab})
	case c.types():
		c.ask.press(k)
	case name == "g":
		c.steps = &scroll.List{Sel: c.here()}
	case name == "a" && (c.pass.Done() || c.pass.Tried()):
		c.pass.Again()
		c.enter()
	case c.answering():
		c.ask.press(k)
	case name == "enter":
		return c.goOn()
	case c.ask != nil:
		c.ask.press(k)
	default:
		c.page.tops.Press(listKey(name), c.page.starts())
	}
	return nil, false
}

// goOn does what comes next.
func (c *class) goOn() (tea.Cmd, bool) {
	switch c.pass.Next() {
	case lesson.Leave:
		return nil, true
	case lesson.Open:
		return c.open(), false
	}
	c.pass.Go()
	c.moved()
	return nil, false
}

// moved begins with another step, and keeps where the person is.
func (c *class) moved() {
	c.enter()
	c.keep(c.pass.Entry(c.app.now()))
}

// keep keeps an entry, a line in a file: at once, so that what comes later stands after it.
func (c *class) keep(e progress.Entry) {
	if c.app.Progress == nil {
		return
	}
	if err := c.app.Progress.Add(e); err != nil {
		c.trouble = err.Error()
	}
}

// lessonTroubleMsg says what could not be done for a lesson.
type lessonTroubleMsg struct {
	from *class
	err  error
}

// open starts the session of the step, or opens its file.
func (c *class) open() tea.Cmd {
	s := c.pass.Step()
	c.trouble = ""
	if s.File() == "" {
		return func() tea.Msg { return requestMsg{Request: setup.Request{Target: "lab:" + s.Scenario()}} }
	}
	path := c.pass.Lesson.Located(s.File())
	return func() tea.Msg { return c.file(path) }
}

// file opens a transcript, or the first session in what another program recorded.
func (c *class) file(path string) tea.Msg {
	if c.app.Sessions != nil {
		list, err := c.app.Sessions(path)
		if err == nil && len(list) > 0 {
			path, _, err = list[0].Keep()
		}
		if err != nil {
			return lessonTroubleMsg{c, err}
		}
	}
	replay, err := c.app.Open(path)
	if err != nil {
		return lessonTroubleMsg{c, err}
	}
	return openedMsg{replay: replay}
}

// choose moves in the list of steps.
func (c *class) choose(name string) {
	switch name {
	case "esc", "q", "g":
		c.steps = nil
	case "enter":
		c.pass.Jump(c.steps.Sel + 1)
		c.moved()
	default:
		c.steps.Press(listKey(name), len(c.pass.Lesson.Steps))
	}
}

func (c *class) lines(width, height int) []paint.Line {
	width = min(width, mostCardWidth)
	if c.keys != nil {
		return c.keys.lines(width, height)
	}
	if c.steps != nil {
		return c.listed(width, height)
	}
	var foot []paint.Line
	if c.trouble != "" {
		foot = paint.Hang(paint.Bad.Line("✗ "), paint.Wrap(paint.Strong, c.trouble, width-2))
	}
	if c.ask != nil {
		return append(c.ask.lines(width, height-len(foot)), foot...)
	}
	return append(c.page.lines(width, height-len(foot)), foot...)
}

// here is the step to start from in the list: the one in sight, at the end the first that is still open.
func (c *class) here() int {
	if left := c.pass.Left(); c.pass.Over() && len(left) > 0 {
		return left[0] - 1
	}
	return min(c.pass.At, len(c.pass.Lesson.Steps)-1)
}

// listed are the steps with what is done. The selected one stands below them whole where it was cut and there is room.
func (c *class) listed(width, height int) []paint.Line {
	first, last := c.steps.Around(c.steps.Sel, len(c.pass.Lesson.Steps), height)
	var out []paint.Line
	cut := false
	for i := first; i < last; i++ {
		mark, ink := "  ", paint.Plain
		if i == c.steps.Sel {
			mark, ink = "› ", paint.Strong
		}
		done := "  "
		if c.pass.DoneAt(i) {
			done = "✓ "
		}
		row := paint.Accent.Line(mark).And(paint.Good, done).And(paint.Dim, fmt.Sprintf("%2d ", i+1)).And(ink, c.called(i))
		cut = cut || i == c.steps.Sel && row.Width() > width
		out = append(out, row.Cut(width))
	}
	if whole := paint.Wrap(paint.Plain, c.called(c.steps.Sel), width); cut && len(out)+1+len(whole) <= height {
		out = append(append(out, paint.Line{}), whole...)
	}
	return out
}

// called is what a step is called: a class does not see what comes.
func (c *class) called(i int) string {
	s := &c.pass.Lesson.Steps[i]
	if c.show != nil && i > c.pass.At {
		return string(s.Kind())
	}
	return c.pass.Lesson.Called(s)
}

// content is the step.
func (c *class) content(width int) []paint.Line {
	s := c.pass.Step()
	if s == nil {
		return c.end(width)
	}
	switch s.Kind() {
	case lesson.Say:
		return c.opening(paragraphs(s.Say, width), width)
	case lesson.Pause:
		return append([]paint.Line{paint.Accent.Line("pause"), {}}, paragraphs(s.Pause, width)...)
	case lesson.Card:
		e, _ := lesson.Entry(s.Card)
		return c.opening(cardLines(e, width), width)
	case lesson.Walk, lesson.Predict, lesson.Solve:
		return c.scenario(s, width)
	}
	return append(paint.Wrap(paint.Strong, sentence(c.pass.Lesson.Called(s)), width), c.status(s, width)...)
}

// opening sets above the first step what the lesson is about.
func (c *class) opening(body []paint.Line, width int) []paint.Line {
	l := c.pass.Lesson
	if c.pass.At > 0 || l.About == "" {
		return body
	}
	out := paint.Wrap(paint.Accent, l.About, width)
	if about := facts(l); about != "" {
		out = append(out, paint.Wrap(paint.Dim, about, width)...)
	}
	return append(append(out, paint.Line{}), body...)
}

// facts are how long a lesson takes and what it prepares for, in a line.
func facts(l *lesson.Lesson) string {
	var out []string
	if l.Minutes > 0 {
		out = append(out, strconv.Itoa(l.Minutes)+" min")
	}
	if len(l.Objectives) > 0 {
		out = append(out, named(l.Objectives))
	}
	return strings.Join(out, " · ")
}

// named lists objectives; the name of an exam is said once: "N10-009 1.4, 5.1".
func named(objectives []string) string {
	var out []string
	exam := ""
	for _, o := range objectives {
		of, number, _ := strings.Cut(o, " ")
		if of == exam && number != "" {
			o = number
		}
		exam, out = of, append(out, o)
	}
	return strings.Join(out, ", ")
}

func paragraphs(text string, width int) (out []paint.Line) {
	for i, p := range lesson.Paragraphs(text) {
		if i > 0 {
			out = append(out, paint.Line{})
		}
		out = append(out, paint.Wrap(paint.Plain, p, width)...)
	}
	return out
}

// scenario is what there is to walk or to solve, and once it is solved what there is to learn from it.
func (c *class) scenario(s *lesson.Step, width int) []paint.Line {
	st := c.pass.Lesson.Station(s.Scenario())
	if c.show != nil && !c.pass.Done() && !c.pass.Tried() {
		return append(untold(s, st, width), c.status(s, width)...)
	}
	verb := map[lesson.Kind]string{lesson.Walk: "walk", lesson.Predict: "walk and predict", lesson.Solve: "to solve"}[s.Kind()]
	out := append(paint.Hang(paint.Accent.Line(verb+" · "), paint.Wrap(paint.Strong, st.Title, width-len(verb)-3)), paint.Line{})
	if c.back && c.pass.Done() && c.show == nil {
		out = append(out, c.status(s, width)[1:]...)
	} else {
		out = append(append(out, toDo(s, st, width)...), c.status(s, width)...)
	}
	if e := st.Exercise; s.Solve != "" && c.pass.Done() && e != nil && (!c.told || c.show != nil) {
		out = append(append(out, paint.Line{}), learned(e, width)...)
	}
	return out
}

// toDo is the story of a scenario, and what to do in it.
func toDo(s *lesson.Step, st course.Station, width int) []paint.Line {
	out := paint.Wrap(paint.Plain, st.Story, width)
	if s.Predict != "" {
		out = append(append(out, paint.Line{}), paint.Wrap(paint.Strong, "Before each step a question asks what will happen. You can look at the answer without a penalty.", width)...)
	}
	if s.Solve != "" {
		out = append(append(out, paint.Line{}), paint.Wrap(paint.Strong, "To do: "+st.Task, width)...)
	}
	return out
}

// untold is what a class knows of a scenario before it: its story and its task, and not its title, which names what is found.
func untold(s *lesson.Step, st course.Station, width int) []paint.Line {
	if st.Story == "" {
		return paint.Wrap(paint.Strong, "A session: "+st.Target, width)
	}
	out := paint.Wrap(paint.Strong, st.Story, width)
	if s.Solve != "" {
		out = append(append(out, paint.Line{}), paint.Wrap(paint.Plain, "To do: "+st.Task, width)...)
	}
	return out
}

// learned is what there is to learn from a scenario.
func learned(e *course.Exercise, width int) (out []paint.Line) {
	if e.Debrief != "" {
		out = append(out, paint.Wrap(paint.Plain, e.Debrief, width)...)
	}
	if e.Exam != "" {
		out = append(append(out, paint.Line{}), paint.Hang(paint.Dim.Line("on the exam  "), paint.Wrap(paint.Plain, e.Exam, width-13))...)
	}
	return out
}

// status says what has come of what the step opens.
func (c *class) status(s *lesson.Step, width int) []paint.Line {
	mark, text := paint.Accent.Line("› "), "Enter opens it. You return here at its end; h returns earlier."
	if e := c.pass.Lesson.Station(s.Scenario()).Exercise; s.Solve != "" && e != nil && e.Goal == course.GoalAnswer {
		text = "Enter opens it. It ends with a question; then you return here. h returns earlier."
	}
	switch done := c.pass.Done(); {
	case done && s.Solve != "" && !c.pass.Solved():
		mark, text = paint.Good.Line("✓ "), "Done. The scenario counts as solved once its whole session succeeds. Enter continues, a opens it once more."
	case done && s.Solve != "":
		mark, text = paint.Good.Line("✓ "), "Solved. Enter continues, a solves it once more."
	case done:
		mark, text = paint.Good.Line("✓ "), "Done. Enter continues, a opens it once more."
	case c.pass.Tried() && s.Solve != "" && c.show != nil:
		text = "Enter continues, a opens it once more."
	case c.pass.Tried() && s.Solve != "":
		mark, text = paint.Warn.Line("! "), "Its goal is not reached yet. a tries again; o gives hints there. Enter continues without it."
	case c.pass.Tried():
		mark, text = paint.Warn.Line("! "), "It was left before its end. a opens it again, enter continues without it."
	}
	return append([]paint.Line{{}}, paint.Hang(mark, paint.Wrap(paint.Plain, text, width-2))...)
}

// end is what has come of the lesson.
func (c *class) end(width int) []paint.Line {
	left := c.pass.Left()
	if len(left) == 0 {
		return append(paint.Hang(paint.Good.Line("✓ "), paint.Wrap(paint.Strong, "The lesson is finished.", width-2)), c.upNext(width)...)
	}
	out := append(paint.Hang(paint.Warn.Line("! "), paint.Wrap(paint.Strong, "This is the end of the lesson, and it is not finished. Still open:", width-2)), paint.Line{})
	for _, n := range left {
		out = append(out, paint.Text(fmt.Sprintf("  %2d  ", n)).And(paint.Plain, c.pass.Lesson.Called(&c.pass.Lesson.Steps[n-1])).Cut(width))
	}
	return append(append(out, paint.Line{}), paint.Wrap(paint.Plain, "g lists the steps and goes to one. Enter leaves; the lesson resumes at the first of them.", width)...)
}

// upNext names the lesson that follows on its path.
func (c *class) upNext(width int) []paint.Line {
	next := c.pass.Lesson.After()
	if next == nil {
		return nil
	}
	return append([]paint.Line{{}}, paint.Hang(paint.Dim.Line("next  "), paint.Wrap(paint.Plain, next.Title, width-6))...)
}
