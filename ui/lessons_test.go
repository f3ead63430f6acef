package ui

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"ehlo/session/course"
	"ehlo/session/lesson"
	"ehlo/session/progress"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/transcripts"
)

// What a lesson may take, and how fast a learner reads and presses keys.
const (
	mostMinutes    = 10.0
	wordsAMinute   = 200.0
	secondsAKey    = 4.0
	mostKeysPlayed = 250
)

// Every built-in lesson is played through at 80×24 and takes at most ten minutes: what is read for the first time in it, and the keys. It is
// the long form, for .ci/lessons, which also wants the table; a lesson's own room holds the bound by an estimate.
func TestLessonsTakeTenMinutes(t *testing.T) {
	only := strings.Split(os.Getenv("EHLO_LESSONS"), ",")
	if only[0] == "" {
		t.Skip("EHLO_LESSONS names the lessons to play, or all")
	}
	for _, name := range only {
		if l, _ := lesson.Named(name); l == nil && name != "all" {
			t.Errorf("there is no lesson %q", name)
		}
	}
	fmt.Printf("%-22s %-14s %4s  %5s %5s %5s  %5s %5s %5s\n", "lesson", "objectives", "keys", "all", "new", "path", "all", "new", "path")
	fmt.Printf("%-22s %-14s %4s  %17s  %17s\n", "", "", "", "words", "minutes")
	path, known := "", map[string]bool{}
	for _, l := range lesson.All() {
		if l.Path != path {
			path, known = l.Path, map[string]bool{}
		}
		if only[0] != "all" && !slices.Contains(only, l.Name) {
			continue
		}
		p := newPupil(t, l, known)
		p.learn()
		fmt.Println(p.row())
		if m := p.minutes(p.fresh); m > mostMinutes {
			t.Errorf("%s takes %.1f minutes", l.Name, m)
		}
	}
}

// pupil plays a learner who reads everything, answers right and follows the advice that solves a task.
type pupil struct {
	*sim
	lesson  *lesson.Lesson
	before  map[string]bool // the lines of the frame before
	seen    map[string]bool // those of this lesson
	known   map[string]bool // those of this path
	keys    int
	shown   int // words that have come to the screen, again each time
	fresh   int // those that were not seen in this lesson before
	unknown int // those that were not seen in an earlier lesson either
}

func newPupil(t *testing.T, l *lesson.Lesson, known map[string]bool) *pupil {
	app := homeApp()
	app.Progress, app.Version = &kept{}, "devel"
	app.Launch = func(r Request) (*Live, error) { return practised(t, strings.TrimPrefix(r.Target, "lab:")), nil }
	p := &pupil{sim: simHome(t, app, 80, 24), lesson: l, seen: map[string]bool{}, known: known}
	p.send(lessonMsg{lesson.Begin(l, 1, progress.State{})})
	p.read()
	return p
}

// practised is a practice server with all that the program gives a session.
func practised(t *testing.T, name string) *Live {
	s, err := setup.New(setup.Request{Target: "lab:" + name, Timeout: 2 * time.Second})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	e := s.Session()
	recorder, err := transcripts.Record(e.Log(), t.TempDir()+"/walk.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	p := s.Practice()
	live := &Live{Engine: e, Source: recorder, Goal: s.Goal, Exercise: course.Of(p.Scenario), Certificate: p.Certificate, Advance: p.Advance, Arrived: p.Arrived, Path: recorder.Path(),
		Failed: recorder.Err, Timeout: s.Config.Timeout, Stop: func() error { e.Close(); recorder.Close(); return s.Close() }}
	if p.HasRoots() {
		live.Roots = p.Roots
	}
	return live
}

// read counts the words on the screen but for the bars, which say the same all the time.
func (p *pupil) read() {
	frame := map[string]bool{}
	for _, line := range p.prose() {
		words := 0
		for _, word := range strings.FieldsFunc(line, unicode.IsSpace) {
			if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
				words++
			}
		}
		if frame[line] = true; !p.before[line] {
			p.shown += words
		}
		if !p.seen[line] {
			p.fresh, p.seen[line] = p.fresh+words, true
		}
		if !p.known[line] {
			p.unknown, p.known[line] = p.unknown+words, true
		}
	}
	p.before = frame
}

// prose are the lines to read, without marks and what another run has otherwise. Of a title what there is to do counts.
func (p *pupil) prose() (lines []string) {
	all := strings.Split(strings.TrimRight(p.frame(), "\n"), "\n")
	for i, line := range all[1 : len(all)-1] {
		switch {
		case strings.HasPrefix(line, "─"):
			_, line, _ = strings.Cut(line, " to do: ")
			line = strings.Trim(line, "─ ")
		case i == 0 && p.root.walk != nil && p.root.over == nil: // the phases
			continue
		}
		line = strings.TrimLeftFunc(line, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		lines = append(lines, strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) && strings.Contains(line, "[::1]") {
				return -1
			}
			return r
		}, strings.Join(strings.Fields(line), " ")))
	}
	return lines
}

// strike presses keys and reads after each.
func (p *pupil) strike(keys ...string) {
	for _, k := range keys {
		p.keys++
		if os.Getenv("EHLO_LESSONS_SHOW") != "" {
			fmt.Printf("%s\n=== %s\n", p.frame(), k)
		}
		opens, leaves := p.opens(), p.leaves(k)
		p.press(k)
		switch {
		case opens:
			p.until("a session", func() bool { return p.root.walk != nil }).settle()
		case leaves:
			p.until("the lesson", func() bool { return p.root.walk == nil }).settle()
		}
		p.read()
	}
}

// opens reports whether enter opens a session now, and leaves whether a key leaves one.
func (p *pupil) opens() bool {
	return p.root.walk == nil && !p.root.class.answering() && p.root.class.pass.Next() == lesson.Open && !p.root.class.hasMore()
}

func (p *pupil) leaves(k string) bool {
	w := p.root.walk
	if w == nil {
		return false
	}
	_, tasked := w.sheet.(*assignment)
	return w.sheet == nil && k == "h" && w.canFinish() || k == "enter" && (w.sheet == nil && w.learned() || tasked && w.made.Solved)
}

// learn goes on to the end of the lesson.
func (p *pupil) learn() {
	for !p.root.class.pass.Over() {
		if p.keys > mostKeysPlayed {
			p.t.Fatalf("%s: no end after %d keys:\n%s", p.lesson.Name, p.keys, p.frame())
		}
		switch c := p.root.class; {
		case p.root.walk != nil:
			p.session(p.root.walk)
		case c.answering():
			p.answer(c.ask.it)
		case c.hasMore():
			p.strike("pgdown")
		default:
			p.strike("enter")
		}
	}
	p.root.joinAll()
}

// hasMore reports whether there is more of the page below.
func (c *class) hasMore() bool {
	if c.ask != nil {
		return c.ask.page.last < c.ask.page.all
	}
	return c.page.last < c.page.all
}

// answer answers a question right.
func (p *pupil) answer(it *quiz.Item) {
	answer := strings.Split(it.Answer, "")
	if it.Kind == quiz.Type || it.Kind == quiz.Order || it.Kind == quiz.Match {
		answer = append(answer, "enter")
	}
	p.strike(answer...)
}

// session takes the next step, or what leads on.
func (p *pupil) session(w *explorer) {
	switch s := w.sheet.(type) {
	case *assignment:
		if s.w.made.Solved || s.waits() {
			p.strike("enter")
			return
		}
		right := slices.IndexFunc(w.exercise().Question.Choices, func(c course.Choice) bool { return c.Right })
		p.strike(strconv.Itoa(right + 1))
		return
	case *question:
		p.strike("y")
		return
	case *prediction:
		if s.ask.line() {
			p.strike("2", "5", "0", "enter")
		} else {
			p.strike("1")
		}
		return
	case *revelation:
		if s.ask.over() {
			p.strike("enter")
		} else {
			p.answer(s.ask.it)
		}
		return
	case *editor, *form:
		for _, c := range w.exercise().Given {
			p.strike(string(c))
		}
		p.strike("enter")
		return
	}
	switch n := slices.IndexFunc(w.applicable(), func(a record.Advice) bool { return p.mends(w, a) }); {
	case w.canFinish():
		p.strike("h")
	case w.canAnswer():
		p.strike("o")
	case n >= 0:
		p.strike(strconv.Itoa(n + 1))
	default:
		p.strike("enter")
	}
}

// mends reports whether an advice is what a task asks for.
func (p *pupil) mends(w *explorer, a record.Advice) bool {
	e := w.exercise()
	_, ok := walk.CanFollow(a)
	return ok && w.solving && e != nil && e.Goal == course.GoalDone && a.Do == e.Do && !w.made.Solved && (e.Do != record.TryMechanism || a.Name == e.Given)
}

func (p *pupil) minutes(words int) float64 {
	return float64(words)/wordsAMinute + float64(p.keys)*secondsAKey/60
}

// row is a line of the table.
func (p *pupil) row() string {
	objectives := make([]string, len(p.lesson.Objectives))
	for i, o := range p.lesson.Objectives {
		objectives[i] = strings.TrimPrefix(o, "N10-009 ")
	}
	return fmt.Sprintf("%-22s %-14s %4d  %5d %5d %5d  %5.1f %5.1f %5.1f", p.lesson.Name, strings.Join(objectives, ", "), p.keys, p.shown, p.fresh, p.unknown,
		p.minutes(p.shown), p.minutes(p.fresh), p.minutes(p.unknown))
}
