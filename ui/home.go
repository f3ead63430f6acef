package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/course"
	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/lesson"
	"ehlo/session/progress"
	"ehlo/session/setup"
	"ehlo/transcripts/words"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
	"ehlo/ui/scroll"
)

// home is the screen of a bare ehlo: practice, connect, open a transcript, quit.
type home struct {
	app     *App
	theme   *paint.Theme
	shown   list        // what is listed
	list    scroll.List // where in it
	wide    int         // how many columns it has, as last drawn
	filter  string
	recent  []Recent
	found   sessionsMsg // the sessions in a file of another program
	saved   []Saved
	topics  []item                 // the index of the knowledge, made once
	files   []item                 // the transcripts, made once for each list of them
	book    []item                 // the saved targets, made once for each list of them
	fit     narrowed               // what of one of these the filter lets through, found once
	kept    progress.State         // what was solved and learned
	lay     func(sheet)            // lays something over the screen
	sheet   sheet                  // the form for a connection, or the path of a transcript
	trouble string                 // why the last choice led nowhere
	told    string                 // what to say once of what was done
	drafts  map[string]*connection // what was typed into the form of a connection and left, by the name that it had before
	marked  string                 // the path of the transcript that the next one is compared with; empty for none
	lanes   []string               // the scenarios that are marked, to be walked side by side
	drawing bool                   // a frame is drawn
	drawn   []item                 // the rows of the list in it, once they have been asked for

	situations []Scenario // what can be practiced
}

// list is what home lists.
type list int

const (
	listMenu list = iota
	listScenarios
	listTopics
	listTranscripts
	listSaved
	listSessions
	listLessons
	listChecks
)

// entryOf is the entry of the menu that leads to a list.
var entryOf = lazy.Table[list, int]{{listScenarios, 0}, {listLessons, 1}, {listSaved, 2}, {listTranscripts, 3}, {listTopics, 4}}

// item is a row of a list, with what there is to say about it beside.
type item struct {
	group string
	mark  string // before the name
	name  string
	note  string // what came of it
	more  string
	also  string // what else it is found by
	about []string
	tell  func() []string // says it where that is only worked out when a person looks at it; nil where about does
	path  string          // of a transcript
	// scenario is the name of one.
	scenario string
	do       func() tea.Cmd
}

func newHome(app *App, theme *paint.Theme, lay func(sheet)) *home {
	h := &home{app: app, theme: theme, lay: lay}
	if app.Scenarios != nil {
		h.situations = app.Scenarios()
	}
	h.listed(nil)
	return h
}

// init reads the list of transcripts and what was solved, which may both have grown.
func (h *home) init() tea.Cmd {
	var cmds []tea.Cmd
	if h.app.Recent != nil {
		cmds = append(cmds, func() tea.Msg { return recentMsg(h.app.Recent()) })
	}
	if h.app.Progress != nil {
		cmds = append(cmds, func() tea.Msg {
			kept, err := h.app.Progress.Read()
			return keptMsg{kept, err}
		})
	}
	return tea.Batch(cmds...)
}

// items are the rows of the list, as far as the filter lets them through. While a frame is drawn, several parts of it ask for them and
// nothing changes.
func (h *home) items() []item {
	if !h.drawing {
		return h.listing()
	}
	if h.drawn == nil {
		h.drawn = h.listing()
	}
	return h.drawn
}

func (h *home) listing() []item {
	var all []item
	switch h.shown {
	case listScenarios:
		all = h.scenarios()
	case listTopics:
		all = h.index()
	case listTranscripts:
		all = h.files
	case listSaved:
		all = h.book
	case listSessions:
		all = h.sessions()
	case listLessons:
		all = h.lessons()
	case listChecks:
		all = h.checks()
	default:
		all = h.menu()
	}
	all = h.narrowed(all)
	if h.shown == listTopics && h.filter != "" {
		all = slices.Insert(all, 0, h.everywhere())
	}
	all = h.withTyped(all)
	h.list.Select(h.list.Sel, len(all)) // they may have become fewer
	return all
}

// everywhere leads from a few topics to the search: a code, a keyword or what a server said has a card that no topic is.
func (h *home) everywhere() item {
	return item{name: "search every card", note: h.filter, do: h.find, about: []string{
		"The search also covers codes, keywords, commands, findings and server replies, and lists the best matches first. A topic may only mention these words."}}
}

// narrowed is what of a list the filter lets through. Lists of files and of targets are long, and asked for several times a frame.
func (h *home) narrowed(all []item) []item {
	if h.shown != listTranscripts && h.shown != listSaved {
		return slices.DeleteFunc(slices.Clone(all), func(it item) bool { return !h.matches(it) })
	}
	if h.fit.items == nil || h.fit.of != h.shown || h.fit.by != h.filter {
		h.fit = narrowed{h.shown, h.filter, slices.DeleteFunc(slices.Clone(all), func(it item) bool { return !h.matches(it) })}
	}
	return slices.Clip(h.fit.items)
}

// narrowed are the rows of a list that a filter lets through.
type narrowed struct {
	of    list
	by    string
	items []item
}

// listed takes in what is on disk. The transcript that was selected still is, whatever is new above it.
func (h *home) listed(recent []Recent) {
	at := h.selectedFile()
	h.recent = recent
	h.files, h.fit = h.transcripts(), narrowed{}
	if at == "" {
		return
	}
	if i := slices.IndexFunc(h.items(), func(it item) bool { return it.path == at }); i >= 0 {
		h.list.Sel = i
	}
}

func (h *home) matches(it item) bool {
	if h.ofServers() {
		return holdsWords(it.seen(), h.filter)
	}
	return h.filter == "" || holdsWords(it.group+" "+it.name+" "+it.note+" "+it.more+" "+it.also+" "+strings.Join(it.says(), " "), h.filter)
}

// says is what there is to say about a row.
func (it *item) says() []string {
	if it.tell != nil {
		return it.tell()
	}
	return it.about
}

// menu is made for every frame. What its entries say of lessons and topics is read from long texts.
func (h *home) menu() []item {
	menu := []item{
		{name: "practice", more: "on the built-in server", do: h.show(listScenarios), tell: h.aboutPractice},
		{name: "learn", more: "in short lessons", do: h.show(listLessons), tell: h.aboutLessons},
		{name: "connect", more: "to a real server", do: h.connect, about: []string{
			"The same steps with a server of your choice. You see each line before it is sent, and are asked before a secret is sent unprotected.",
			"The walk stops before a real message is sent. The targets that you save are listed here."}},
		{name: "open", more: "a transcript", do: h.show(listTranscripts), about: []string{
			"Every session is recorded as it happens. A transcript opens on this same screen: go back and forth in it, add notes, pass it on to a colleague."}},
		{name: "topics", more: "what it all means", do: h.show(listTopics), tell: h.aboutTopics},
	}
	if h.app.Questions != nil {
		menu = append(menu, item{name: "quiz", more: "what do you know?", do: h.quiz, about: []string{
			"Questions, many with a dialogue, a log or a certificate to read. Each answer is explained with its source, and you can look at it without a penalty. Questions that you missed come back.",
			"All of it or one topic, or an exam: 25 questions in 25 minutes."}})
	}
	if h.app.Survey != nil {
		menu = append(menu, item{name: "check", more: "a server from all sides", do: h.toChecks, about: []string{
			"The ports of a real server side by side, in one table with a verdict for each and one for the whole, and a scorecard against the standards: what fails, where that is written, and who has to act.",
			"Each row opens its session, to walk through it step by step."}})
	}
	return append(menu, item{name: "quit", do: func() tea.Cmd { return tea.Quit }, about: []string{"The same things from a shell: ehlo lab, ehlo connect, ehlo open, ehlo run."}})
}

func (h *home) aboutPractice() []string {
	return []string{fmt.Sprintf("A mail server inside this program, with %s to explore: nothing to set up, and nothing leaves this machine.",
		dialogue.Number(len(h.situations), "situation")), h.wayOn()}
}

func (h *home) aboutLessons() []string {
	return []string{"Paths of lessons for the Network+ exam, for administrators and about security: a few minutes each, with something to read, to try and to answer in each.",
		h.lessonsOn()}
}

func (h *home) aboutTopics() []string {
	return []string{fmt.Sprintf("%s and terms by area, each on a card with its source: what SPF is, why 465 and 587 differ, what a code means. Cards link to related ones.",
		dialogue.Number(len(h.index()), "topic")), "/ searches all of it from anywhere, even during a session."}
}

// quiz asks what the questions are to be about, over the menu.
func (h *home) quiz() tea.Cmd {
	sheet, err := chooseQuiz(h.app.Questions, nil)
	if err != nil {
		h.trouble = err.Error()
		return nil
	}
	h.lay(sheet)
	return nil
}

// wayOn says which scenario to begin or to go on with.
func (h *home) wayOn() string {
	next := h.upNext()
	i := slices.IndexFunc(h.situations, func(s Scenario) bool { return s.Name == next })
	switch n := len(h.kept.Solved); {
	case n == 0:
		return "Start with the first one: it is a complete, successful session, one step at a time."
	case i < 0:
		return fmt.Sprintf("You have solved %d of %d: the whole course.", n, len(h.situations))
	default:
		return fmt.Sprintf("You have solved %d of %d. Next comes: %s.", n, len(h.situations), h.situations[i].Title)
	}
}

func (h *home) scenarios() []item {
	out := make([]item, len(h.situations))
	next := h.upNext()
	for i, s := range h.situations {
		out[i] = item{group: s.Group, mark: " ", name: s.Title, more: s.Level, also: strings.Join(slices.Concat([]string{s.Name}, s.Topics, s.Codes), " "), about: aboutScenario(s), do: func() tea.Cmd { return toPractice(s) }, scenario: s.Name}
		switch _, solved := h.kept.Solved[s.Name]; {
		case solved:
			out[i].mark, out[i].also = "✓", out[i].also+" solved"
		case s.Name == next:
			out[i].mark, out[i].note = "•", "next"
		}
		if lane := h.laneMark(s.Name); lane != "" {
			out[i].mark = words.List(" ", lane, strings.TrimSpace(out[i].mark))
		}
	}
	return out
}

// aboutScenario is what there is to say about a scenario before it is begun.
func aboutScenario(s Scenario) []string {
	about := []string{s.Story}
	if s.Task != "" {
		about = append(about, "To do: "+s.Task)
	}
	if s.Minutes > 0 {
		about = append(about, fmt.Sprintf("%s, about %d minutes: %s. From a shell: ehlo lab %s", s.Level, s.Minutes, strings.Join(s.Topics, ", "), s.Name))
	}
	return about
}

// upNext is the name of the scenario to go to now: the first on the way that is not solved; empty where none is left.
func (h *home) upNext() string {
	if h.app.Progress == nil {
		return ""
	}
	for _, s := range course.Way() {
		if _, solved := h.kept.Solved[s.Name]; !solved {
			return s.Name
		}
	}
	return ""
}

// lessons lists them by path, with what is finished and where the person left off.
func (h *home) lessons() []item {
	all, kept := lesson.All(), h.kept
	out := make([]item, len(all))
	for i, l := range all {
		at := kept.Lessons[l.Name]
		out[i] = item{group: l.Path, name: l.Title, more: fmt.Sprintf("%d min", l.Minutes), also: l.Name, about: []string{l.About, named(l.Objectives)}, do: func() tea.Cmd { return h.toLesson(l) }}
		switch {
		case !at.Finished.IsZero():
			out[i].mark, out[i].also = "✓", l.Name+" finished"
		case at.Step > 0:
			out[i].mark, out[i].note = "•", fmt.Sprintf("step %d of %d", at.Step, len(l.Steps))
		}
	}
	return out
}

// lessonUpNext is the number of the lesson to go to now: the selected one or the first after it that is not finished, else the first of
// all; 0 where all are.
func (h *home) lessonUpNext() int {
	open := func(l *lesson.Lesson) bool { return h.kept.Lessons[l.Name].Finished.IsZero() }
	all, from := lesson.All(), 0
	if h.shown == listLessons && h.filter == "" {
		from = min(h.list.Sel, len(all))
	}
	if i := slices.IndexFunc(all[from:], open); i >= 0 {
		return from + i
	}
	return max(slices.IndexFunc(all, open), 0)
}

// lessonsOn says which lesson is begun; where none is, how far one has come with them, and which one comes next.
func (h *home) lessonsOn() string {
	all := lesson.All()
	left := slices.DeleteFunc(slices.Clone(all), func(l *lesson.Lesson) bool { return !h.kept.Lessons[l.Name].Finished.IsZero() })
	begun := slices.IndexFunc(left, func(l *lesson.Lesson) bool { return h.kept.Lessons[l.Name].Step > 0 })
	switch n := len(all) - len(left); {
	case begun >= 0:
		return fmt.Sprintf("Continue with: %s, step %d of %d.", left[begun].Title, h.kept.Lessons[left[begun].Name].Step, len(left[begun].Steps))
	case n == 0:
		return "Where you leave off is kept. Start with the first one."
	case len(left) == 0:
		return fmt.Sprintf("You have finished %d of %d: all lessons.", n, len(all))
	default:
		return fmt.Sprintf("You have finished %d of %d. Next comes: %s.", n, len(all), left[0].Title)
	}
}

// solvedOf says how many scenarios are solved.
func (h *home) solvedOf() string {
	if h.shown != listScenarios || len(h.kept.Solved) == 0 {
		return ""
	}
	return fmt.Sprintf(" · %d solved", len(h.kept.Solved))
}

// toPractice asks for a session with the practice server.
func toPractice(s Scenario) tea.Cmd {
	return func() tea.Msg { return requestMsg{Request: setup.Request{Target: "lab:" + s.Name}} }
}

// index lists the topics by area.
func (h *home) index() []item {
	if h.topics != nil {
		return h.topics
	}
	for _, area := range explain.Index() {
		for _, e := range area.Topics {
			h.topics = append(h.topics, item{group: area.Name, name: e.Name, note: e.Short, also: strings.Join(e.Also, " "), about: append(e.Says(), explain.Cite(e.Refs)),
				do: func() tea.Cmd { h.lay(openCards(e, true)); return nil }})
		}
	}
	return h.topics
}

func (h *home) show(l list) func() tea.Cmd {
	return func() tea.Cmd {
		h.shown, h.list, h.filter = l, scroll.List{}, ""
		if l == listTranscripts && len(h.recent) > 0 || l == listSaved && len(h.saved) > 0 {
			h.list.Sel = 1
		}
		if l == listLessons {
			h.list.Sel = h.lessonUpNext()
		}
		if l == listScenarios {
			h.list.Sel = max(slices.IndexFunc(h.situations, func(s Scenario) bool { return s.Name == h.upNext() }), 0)
		}
		return nil
	}
}

func (h *home) open(path string) func() tea.Cmd {
	return func() tea.Cmd {
		return func() tea.Msg {
			if h.app.Sessions == nil {
				return h.opened(path, "")
			}
			switch list, err := h.app.Sessions(path); {
			case err != nil:
				return openedMsg{err: err}
			case len(list) == 1:
				return h.imported(list[0])
			case len(list) > 1:
				return sessionsMsg{path, list}
			}
			return h.opened(path, "")
		}
	}
}

// opened opens a transcript, and imported makes one first.
func (h *home) opened(path, told string) tea.Msg {
	replay, err := h.app.Open(path)
	return openedMsg{replay, told, err}
}

func (h *home) imported(s Session) tea.Msg {
	path, told, err := s.Keep()
	if err != nil {
		return openedMsg{err: err}
	}
	return h.opened(path, told)
}

// choose lists the sessions in a file.
func (h *home) choose(found sessionsMsg) {
	h.found = found
	h.show(listSessions)()
}

func (h *home) sessions() []item {
	out := make([]item, len(h.found.list))
	for i, s := range h.found.list {
		out[i] = item{name: s.Name, more: s.When, about: []string{s.When, h.found.path, "It is kept as a transcript, and opens on this same screen."},
			do: func() tea.Cmd { return func() tea.Msg { return h.imported(s) } }}
	}
	return out
}

func (h *home) askPath() tea.Cmd {
	h.sheet = &editor{label: "file", input: newInput(""), verb: "open", help: "the path of a transcript, a capture, or what another program printed",
		accept: func(path string) tea.Cmd { return h.open(path)() }}
	return nil
}

// learnt takes in what was solved. That it cannot be read is said where it matters.
func (h *home) learnt(msg keptMsg) {
	h.kept = msg.state
	if h.shown == listLessons && h.filter == "" {
		h.list.Sel = h.lessonUpNext()
	}
	if msg.err != nil {
		h.trouble = msg.err.Error()
	}
}

// filtering reports whether typed characters narrow the list.
func (h *home) filtering() bool { return h.sheet == nil && h.shown != listMenu }

func (h *home) key(k tea.KeyMsg) tea.Cmd {
	h.trouble, h.told = "", ""
	if h.sheet != nil {
		s := h.sheet
		if k.String() == "/" && !types(s) {
			return h.find()
		}
		cmd, done := s.press(k)
		if done && h.sheet == s {
			h.sheet = nil
		}
		return cmd
	}
	if h.typesURL(k.String()) {
		h.narrow(k)
		return nil
	}
	items := h.items()
	switch k.String() {
	case "/":
		return h.find()
	case "?", "f1":
		h.sheet = &text{name: "help", key: "?", page: h.helpPage}
	case "shift+tab":
		h.list.Press("up", len(items))
	case "tab":
		h.list.Press("down", len(items))
	case "enter":
		if len(items) > 0 {
			return items[h.list.Sel].do()
		}
	default:
		if cmd, kept := h.keepBook(k.String()); kept {
			return cmd
		}
		if cmd, kept := h.keepFile(k.String()); kept {
			return cmd
		}
		if cmd, kept := h.keepColumns(k.String()); kept {
			return cmd
		}
		if !h.list.Press(k.String(), len(items)) {
			return h.other(k)
		}
	}
	return nil
}

// other keys narrow a list by what is typed, or are numbers of the menu.
func (h *home) other(k tea.KeyMsg) tea.Cmd {
	switch {
	case k.String() == "esc" && h.filter != "":
		h.filter, h.list = "", scroll.List{}
	case k.String() == "esc" && h.shown == listSessions:
		h.show(listTranscripts)()
	case k.String() == "esc":
		h.toMenu()
	case h.shown == listMenu:
		return h.numbered(k.String())
	default:
		h.narrow(k)
	}
	return nil
}

// toMenu shows the menu, with the entry selected that leads to what was shown.
func (h *home) toMenu() {
	if h.shown == listMenu {
		return
	}
	sel := entryOf.Of(h.shown)
	if h.shown == listChecks {
		sel = len(h.menu()) - 2 // before quit
	}
	h.shown, h.list, h.filter = listMenu, scroll.List{Sel: sel}, ""
}

// narrow edits the filter with the keys of every other input. Its cursor stays at the end: left and right are for the list.
func (h *home) narrow(k tea.KeyMsg) {
	in := newInput(h.filter)
	in.press(k)
	if in.Value() != h.filter {
		h.filter, h.list = in.Value(), scroll.List{}
		h.list.Sel = h.meant(h.items())
	}
}

// meant is the entry of a narrowed list that is probably meant: the first with a name that begins with what was typed, or else has it in one
// piece, or else has all its words; those that only tell of it come after.
func (h *home) meant(all []item) int {
	typed := strings.ToLower(strings.TrimSpace(h.filter))
	if typed == "" {
		return 0
	}
	if h.ofServers() {
		return h.meantServer(all)
	}
	for _, fits := range []func(name, also string) bool{
		func(name, also string) bool { return strings.HasPrefix(name, typed) || strings.HasPrefix(also, typed) },
		func(name, _ string) bool { return strings.Contains(name, typed) },
		func(name, _ string) bool { return holdsWords(name, typed) },
	} {
		if i := slices.IndexFunc(all, func(it item) bool { return fits(strings.ToLower(it.name), strings.ToLower(it.also)) }); i >= 0 {
			return i
		}
	}
	return 0
}

// numbered picks an entry of the menu by its number.
func (h *home) numbered(key string) tea.Cmd {
	menu := h.menu()
	h.list.Press(listKey(key), len(menu))
	if key == "q" {
		return tea.Quit
	}
	if n, err := strconv.Atoi(key); err == nil && n >= 1 && n <= len(menu) {
		h.list.Select(n-1, len(menu))
		return menu[n-1].do()
	}
	return nil
}
