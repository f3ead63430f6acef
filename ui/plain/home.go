package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ehlo/session/course"
	"ehlo/session/explain"
	"ehlo/session/lesson"
	"ehlo/session/progress"
	"ehlo/session/quiz"
	"ehlo/transcripts/words"
)

// Home is the start of the program as lines of text: what can be practiced, the topics, a server, a transcript.
type Home struct {
	Console
	// Scenarios are what can be practiced; those with the same Group stand together.
	Scenarios []Scenario
	// Kept is what was solved and learned; nil if nobody keeps it.
	Kept func() progress.State
	// Questions makes a round of the quiz of what is wanted; nil if there is none.
	Questions func(quiz.Wanted) (*quiz.Round, error)
	// Learn goes through a lesson, at the console that is given.
	Learn func(ctx context.Context, c Console, p *lesson.Pass) error
	// Recent lists the transcripts, newest first; Files changes what is on disk, nil if that cannot be done.
	Recent func() []Recent
	Files  Files
	// Compare tells what is different between two transcripts; nil if nothing is compared.
	Compare func(a, b string) ([]string, error)
	// Beside walks scenarios side by side, to the end, and tells what came of it.
	Beside func(ctx context.Context, scenarios []string) ([]string, error)
	// Check looks at the ports of a server, Route follows the way to a domain, Doctor looks for what is wrong first; Check is nil if nothing
	// is checked, and the others are there with it.
	Check, Route, Doctor Checker
	// Targets are the servers that are saved under names; nil if none can be.
	Targets Targets
	// Start walks through a session; Open goes through a transcript. Both go on at the console that is given, and say themselves
	// what goes wrong; an error is that of the console.
	Start func(ctx context.Context, c Console, w Wanted) error
	// Sessions are those in a file that another program wrote; none of a transcript. nil where no such file is read.
	Sessions func(path string) ([]Session, error)
	Open     func(ctx context.Context, c Console, path string) error
}

// Wanted is a session that a person begins at the home. User may be empty. LegacyTLS offers obsolete TLS too. Port, Address and TLS, the
// name of a policy, go before what the target says; they may be left out. Bare leaves out what a scenario of the practice server is about.
type Wanted struct {
	Target, User string
	LegacyTLS    bool
	Bare         bool
	Port         int
	Address, TLS string
	Part         *Part // what of it a lesson is about; nil for no lesson
}

// Scenario is something to practice.
type Scenario struct {
	Name, Group, Title, Story string
	Codes                     []string // of the replies that say no in it
}

// Session is one of those that another program recorded in a file. Keep makes a transcript of it; told is what there is to say of that.
type Session struct {
	Name string
	Keep func() (path, told string, err error)
}

// Recent is a transcript on disk.
type Recent struct {
	Path, Title, When string
	Also              string // what else it is found by
}

// The keys of the home. Its entries have the numbers that they have on the screen, and can be called by their names.
var (
	keyPractice = key{name: "1", does: "practice", help: "practice on the built-in server: nothing to set up, nothing leaves this machine"}
	keyLearn    = key{name: "2", does: "learn", help: "take a lesson: for Network+, for administrators, about security"}
	keyConnect  = key{name: "3", does: "connect", help: "connect to a server: connect TARGET, or 3 alone to be asked"}
	keyOpen     = key{name: "4", does: "open", help: "open a transcript, or what another program recorded: open PATH, open WORDS to find one by name, host, date or verdict, or 4 alone for the latest"}
	keyTopics   = key{name: "5", does: "topics", help: "read the topics, by area"}
	keyQuiz     = key{name: "6", does: "quiz", help: "questions about all of this, with explained answers; quit returns"}
	keyOld      = key{name: "old", does: "old", help: "connect to an old server, insecure and never with a password that matters: TLS 1.0 and 1.1, RSA key exchange, CBC and 3DES are offered too, and signatures with SHA-1, these by the whole program until it exits; old TARGET, or old alone to be asked", quiet: true, rare: true}
	keyBeside   = key{name: "beside", does: "beside", help: "walk two or three scenarios to their ends, and hear what differs: beside submission stripped", quiet: true, rare: true}
	keyEnough   = key{name: "q", does: "quit", help: "end here"}
	keyChosen   = key{name: anyNumber, does: "choose", says: "chooses", help: "choose the one with this number"}
	keyUp       = key{name: "b", does: "back", says: "goes back", help: "back to the previous list"}
)

// Run goes on until the person ends it or the input does; that is no error.
func (h Home) Run(ctx context.Context) error {
	m := &home{dialog: newDialog(h.Console), Home: h}
	m.print("ehlo walks through SMTP sessions one step at a time; type help for the commands")
	return m.run(ctx)
}

// Lessons begins with the lessons. What leads away from them leads home.
func (h Home) Lessons(ctx context.Context) error {
	m := &home{dialog: newDialog(h.Console), Home: h}
	m.ahead = keyLearn.name
	return m.run(ctx)
}

func (m *home) run(ctx context.Context) error {
	for m.broken == nil {
		err := m.turn(ctx)
		switch {
		case errors.Is(err, errEnough), errors.Is(err, io.EOF), errors.Is(err, errInterrupted):
			m.print("")
			return nil
		case err != nil:
			return err
		}
	}
	return m.broken
}

// errEnough is the wish to quit.
var errEnough = errors.New("enough")

type home struct {
	*dialog
	Home
	told bool // the entries were, once; help tells them again
}

func (m *home) turn(ctx context.Context) error {
	keys := []key{keyPractice, keyLearn, keyConnect, keyOpen, keyTopics, keySearch, keyBeside, keyOld, keyEnough, keyHelp}
	keys[5].quiet = false
	if m.Questions != nil {
		keys = slices.Insert(keys, 5, keyQuiz)
	}
	if m.Check != nil {
		keys = slices.Insert(keys, slices.IndexFunc(keys, func(k key) bool { return k.name == keySearch.name }), keySurvey)
		keys = append(keys, keyRoute, keyDoctor)
	}
	if m.Targets != nil {
		keys = append(keys, keySaved, keyRename, keyRemove)
	}
	for i := range keys {
		keys[i].quiet = keys[i].quiet || m.told
	}
	m.told = true
	line, err := m.key(ctx, keys)
	if err != nil {
		return err
	}
	t, ok := match(line, keys)
	if !ok {
		return m.other(ctx, line)
	}
	m.echo(t.echoed())
	err = m.do(ctx, t, keys)
	if errors.Is(err, errHome) {
		return nil
	}
	return err
}

// other takes a line that is no key for a question.
func (m *home) other(ctx context.Context, line string) error {
	m.echo("")
	if line == "" { // nothing is proposed here that enter could do: the entries are told again
		m.told = false
		return nil
	}
	if about, asks := askedAbout(line); asks {
		return m.search(ctx, about)
	}
	m.print("unknown command; help lists the commands, and / WORDS searches")
	return nil
}

func (m *home) do(ctx context.Context, t typed, keys []key) error {
	switch t.key.name {
	case keyPractice.name:
		return m.practice(ctx)
	case keyLearn.name:
		return m.lessons(ctx)
	case keyTopics.name:
		return m.topics(ctx)
	case keyConnect.name:
		return m.connect(ctx, Wanted{Target: t.rest})
	case keyOld.name:
		return m.connect(ctx, Wanted{Target: t.rest, LegacyTLS: true})
	case keyBeside.name:
		m.beside(ctx, strings.Fields(t.rest))
		return nil
	case keyOpen.name:
		return m.open(ctx, t.rest)
	case keyQuiz.name:
		return m.quiz(ctx)
	case keySurvey.name:
		return m.check(ctx, m.Check, t.rest, "host, without a port, lab: for the practice server, empty for none:")
	case keyRoute.name:
		return m.check(ctx, m.Route, t.rest, "domain, empty for none:")
	case keyDoctor.name:
		return m.check(ctx, m.Doctor, t.rest, "host, domain or mail address, empty for none:")
	case keySaved.name:
		return m.savedTargets(ctx)
	case keyRename.name:
		m.rename(t.rest)
		return nil
	case keyRemove.name:
		return m.remove(ctx, t.rest)
	case keySearch.name:
		return m.search(ctx, t.rest)
	case keyEnough.name:
		return errEnough
	}
	m.help(keys, t.rest)
	return nil
}

// quiz asks questions, and comes back.
func (m *home) quiz(ctx context.Context) error {
	return Quiz{Console: m.console(), Questions: m.Questions}.Run(ctx)
}

// beside tells what walks side by side came to.
func (m *home) beside(ctx context.Context, scenarios []string) {
	lines, err := m.Beside(ctx, scenarios)
	for _, line := range lines {
		m.print(strings.ReplaceAll(line, " → ", ": "))
	}
	if err != nil {
		m.printf("warning: %s", err)
	}
}

// console is where a session goes on, with what was typed ahead.
func (m *home) console() Console { return m.dialog.Console }

// practice lists the groups, then the scenarios of one.
func (m *home) practice(ctx context.Context) error {
	var groups []string
	members := map[string][]Scenario{}
	for _, s := range m.Scenarios {
		if members[s.Group] == nil {
			groups = append(groups, s.Group)
		}
		members[s.Group] = append(members[s.Group], s)
	}
	if next := course.After("", m.kept().Solved); next != nil && m.Kept != nil {
		m.printf("next scenario: %s; connect lab:%s starts it", next.Title, next.Name)
	}
	return m.pick(ctx, "a group", len(groups), func(i int) string { return groups[i] + ", " + words.Number(len(members[groups[i]]), "scenario") }, func(i int) error {
		return m.scenarios(ctx, members[groups[i]])
	})
}

func (m *home) scenarios(ctx context.Context, list []Scenario) error {
	solved := m.kept().Solved
	name := func(i int) string {
		_, done := solved[list[i].Name]
		return words.List(", ", list[i].Title, map[bool]string{true: "solved"}[done])
	}
	return m.pick(ctx, "a scenario", len(list), name, func(i int) error {
		if err := m.Start(ctx, m.console(), Wanted{Target: "lab:" + list[i].Name}); err != nil {
			return err
		}
		return errHome
	})
}

// kept is what a person has solved and learned.
func (m *home) kept() progress.State {
	if m.Kept == nil {
		return progress.State{}
	}
	return m.Kept()
}

// lessons lists the paths, then the lessons of one.
func (m *home) lessons(ctx context.Context) error {
	var paths []string
	members := map[string][]*lesson.Lesson{}
	for _, l := range lesson.All() {
		if members[l.Path] == nil {
			paths = append(paths, l.Path)
		}
		members[l.Path] = append(members[l.Path], l)
	}
	return m.pick(ctx, "a path", len(paths), func(i int) string { return paths[i] + ", " + words.Number(len(members[paths[i]]), "lesson") }, func(i int) error {
		return m.path(ctx, members[paths[i]])
	})
}

// path lists lessons with what is done of them, and takes the one that is chosen.
func (m *home) path(ctx context.Context, list []*lesson.Lesson) error {
	name := func(i int) string {
		return words.List(", ", list[i].Title, minutes(list[i].Minutes), CameTo(m.kept(), list[i]))
	}
	next := func() int {
		kept := m.kept()
		return slices.IndexFunc(list, func(l *lesson.Lesson) bool { return kept.Lessons[l.Name].Finished.IsZero() })
	}
	return m.pickOr(ctx, "a lesson", len(list), name, next, func(i int) error {
		kept := m.kept()
		return m.Learn(ctx, m.console(), lesson.Begin(list[i], kept.Lessons[list[i].Name].Step, kept))
	})
}

// CameTo says how far a person has come in a lesson; it is empty where they have not begun it.
func CameTo(kept progress.State, l *lesson.Lesson) string {
	switch at := kept.Lessons[l.Name]; {
	case !at.Finished.IsZero():
		return "finished"
	case at.Step > 0:
		return fmt.Sprintf("left at step %d of %d", at.Step, len(l.Steps))
	}
	return ""
}

// topics lists the areas, then the topics of one, and reads them.
func (m *home) topics(ctx context.Context) error {
	areas := explain.Index()
	return m.pick(ctx, "an area", len(areas), func(i int) string { return areas[i].Name + ", " + words.Number(len(areas[i].Topics), "topic") }, func(i int) error {
		topics := areas[i].Topics
		return m.pick(ctx, "a topic", len(topics), func(k int) string { return headline(topics[k]) }, func(k int) error {
			return m.read(ctx, topics[k:k+1])
		})
	})
}

// read reads cards. What is typed for the list or the menu before is kept for it.
func (m *home) read(ctx context.Context, found []explain.Entry) error {
	if len(found) == 0 {
		return nil
	}
	r := &reader{dialog: m.dialog, find: m.known}
	rest, err := r.read(ctx, found)
	m.ahead = rest
	return err
}

// search finds scenarios, which it lists by name, and cards, which it reads.
func (m *home) search(ctx context.Context, line string) error {
	if line == "" {
		m.print("say what to search for after the slash: / greylisting, / 5.7.8, / expired")
		return nil
	}
	spots := m.spots(line)
	found := m.knownBeside(line, len(spots))
	for _, spot := range spots[:min(len(spots), mostListed)] {
		m.print(spot)
	}
	if len(spots) > mostListed {
		m.print("and more; another word narrows the search")
	}
	return m.read(ctx, found)
}

// spots are the saved targets and scenarios that hold every word, each with what opens it.
func (m *home) spots(line string) (out []string) {
	if m.Targets != nil {
		saved, _ := m.Targets.List() // where it cannot be read is said in its own list
		for _, s := range saved {
			if holds(s.Name+" "+s.Server+" "+s.User, line) {
				out = append(out, "saved target "+s.Name+": "+s.Server+"; connect @"+s.Name+" connects to it")
			}
		}
	}
	for _, s := range m.Scenarios {
		if holds(strings.Join(append([]string{s.Name, s.Group, s.Title, s.Story}, s.Codes...), " "), line) {
			out = append(out, "scenario "+s.Name+": "+s.Title+"; connect lab:"+s.Name+" starts it")
		}
	}
	return out
}

func holds(text, line string) bool {
	text = strings.ToLower(text)
	for word := range strings.FieldsSeq(strings.ToLower(line)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// connect asks for what was not given.
func (m *home) connect(ctx context.Context, w Wanted) (err error) {
	if w.LegacyTLS {
		m.print("warning: obsolete TLS will be offered: insecure")
	}
	if w.Target == "" {
		if w.Target, err = m.ask(ctx, "server, as host or host:port, empty for none:"); err != nil || strings.TrimSpace(w.Target) == "" {
			return err
		}
		m.echo("")
	}
	if !strings.HasPrefix(w.Target, "lab:") && !strings.HasPrefix(w.Target, "@") {
		if w.User, err = m.ask(ctx, "user to log in as, empty for none:"); err != nil {
			return err
		}
		m.echo("")
	}
	w.Target, w.User = strings.TrimSpace(w.Target), strings.TrimSpace(w.User)
	return m.Start(ctx, m.console(), w)
}

// errHome leads back to the menu, past the lists that led away from it.
var errHome = errors.New("home")

// pick lists what there is, what a word or two name one of, again only on help, and does what is chosen until b leads back; a line that is not one of its keys is one of the menu's.
func (m *home) pick(ctx context.Context, what string, n int, name func(i int) string, do func(i int) error) error {
	return m.pickOr(ctx, what, n, name, func() int { return -1 }, do)
}

// pickOr is pick where Enter alone takes the one that comes next; -1 is for none.
func (m *home) pickOr(ctx context.Context, what string, n int, name func(i int) string, next func() int, do func(i int) error) error {
	list := func() {
		for i := range n {
			m.printf("%d: %s", i+1, name(i))
		}
	}
	if m.ahead == "" {
		list()
	}
	for {
		upNext := next()
		keys := pickKeys(what, n, upNext)
		line, err := m.key(ctx, keys)
		if err != nil {
			return err
		}
		t, ok := match(line, keys)
		if !ok {
			m.ahead = line
			return nil
		}
		m.echo(t.echoed())
		if t.key.name == "" {
			t.n = upNext + 1
		}
		switch {
		case t.key.name == keyUp.name:
			return nil
		case t.key.name == keyHelp.name:
			m.help(keys, t.rest)
			list()
		case t.n < 1 || t.n > n:
			m.printf("there is no number %d here; the last is %d", t.n, n)
		default:
			if err := do(t.n - 1); err != nil {
				return err
			}
		}
	}
}

// pickKeys are those of a list.
func pickKeys(what string, n, next int) []key {
	chosen := keyChosen
	chosen.most, chosen.says = n, "chooses "+what
	keys := []key{chosen, keyUp, keyHelp}
	if next < 0 {
		return keys
	}
	return append([]key{{name: "", does: fmt.Sprintf("take %d", next+1), says: fmt.Sprintf("takes %d", next+1), help: "take the first one that is not finished"}}, keys...)
}
