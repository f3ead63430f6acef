package lesson

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/course"
	"ehlo/session/document"
	"ehlo/session/explain"
	"ehlo/session/lab"
	"ehlo/session/progress"
	"ehlo/session/quiz"
	"ehlo/session/record"
)

// Every lesson that is built in is one, by the rules for those that a person writes.
func TestEveryLessonIsOne(t *testing.T) {
	for _, file := range files() {
		text, err := data.ReadFile("data/" + file)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Read(text, World{Find: func(string) error { return errors.New("a built-in lesson has no files") }})
		if wrong, ok := errors.AsType[document.Errors](err); ok {
			for _, e := range wrong {
				t.Errorf("%s: %s", file, e)
			}
			continue
		}
		if _, name, _ := strings.Cut(strings.TrimSuffix(file, ".yaml"), "-"); name != l.Name {
			t.Errorf("%s is called %s", file, l.Name)
		}
		if Source(l.Name) != string(text) {
			t.Errorf("%s: its source is not found", l.Name)
		}
	}
}

// The exam's objectives that are about mail.
var objectives = []string{"1.4", "3.2", "3.4", "4.1", "4.2", "5.1", "5.5"}

// There are enough of them, each is short, and those for the exam cover its objectives.
func TestPaths(t *testing.T) {
	paths, covered := map[string]int{}, map[string]bool{}
	for _, l := range All() {
		paths[l.Path]++
		if l.Minutes < 1 || l.Minutes > 10 || l.About == "" || len(l.Objectives) == 0 {
			t.Errorf("%s: %d minutes, about %q, objectives %q", l.Name, l.Minutes, l.About, l.Objectives)
		}
		for _, o := range l.Objectives {
			number, ok := strings.CutPrefix(o, "N10-009 ")
			if !ok || !slices.Contains(objectives, number) {
				t.Errorf("%s: there is no objective %q", l.Name, o)
			}
			covered[l.Path+" "+number] = true
		}
	}
	for path, least := range map[string]int{"Network+": 12, "administrator": 5, "security": 5} {
		if paths[path] < least {
			t.Errorf("the path %s has %d lessons, want %d", path, paths[path], least)
		}
	}
	for _, o := range objectives {
		if !covered["Network+ "+o] {
			t.Errorf("no lesson of the Network+ path is about %s", o)
		}
	}
}

// What is read for the first time in a session of a lesson and pressed in it, about, as .ci/lessons has measured: in the first one, in any
// other, for each of its phases after the first, with a question before it, and where something is put right.
const (
	wordsOfFirst, wordsOfSession, keysOfSession = 440, 300, 6
	wordsOfPhase, keysOfPhase                   = 35, 1
	wordsOfPrediction, keysOfPrediction         = 130, 4
	wordsOfMending                              = 70
	wordsOfOpening                              = 90 // about the lesson, and the bars
	wordsAMinute, secondsAKey                   = 200, 4
)

// The time that a lesson names is about what it takes, which is at most ten minutes: by an estimate from its texts. .ci/lessons plays it.
func TestMinutes(t *testing.T) {
	for _, l := range All() {
		words, keys := wordsOfOpening+wordsOfFirst-wordsOfSession, 0
		for i := range l.Steps {
			w, k := takes(&l.Steps[i])
			words, keys = words+w, keys+k
		}
		minutes := float64(words)/wordsAMinute + float64(keys*secondsAKey)/60
		if minutes > 10.5 || math.Abs(float64(l.Minutes)-minutes) > 1.5 { // it is about right
			t.Errorf("%s says %d minutes, and takes about %.1f: %d words and %d keys", l.Name, l.Minutes, minutes, words, keys)
		}
	}
}

// takes estimates what of a step is read, and which keys are pressed in it.
func takes(s *Step) (words, keys int) {
	switch s.Kind() {
	case Walk, Solve, Predict:
		return takesSession(s)
	case Card:
		e, _ := Entry(s.Card)
		return count(e.Name, e.Short, e.Text, explain.Cite(e.Refs)), 1
	case Ask:
		return takesQuestion(s.Question.Item())
	}
	return count(s.Say, s.Pause), 1
}

func takesSession(s *Step) (words, keys int) {
	p := s.Part()
	phases := slices.Index(record.AllPhases, cmp.Or(p.Until, record.PhaseQuit)) - max(slices.Index(record.AllPhases, p.From), 0)
	words, keys = wordsOfSession, keysOfSession
	if phases = max(phases, 0); s.Predict != "" {
		return words + phases*wordsOfPrediction, keys + phases*keysOfPrediction
	}
	words, keys = words+phases*wordsOfPhase, keys+phases*keysOfPhase
	e := course.Of(s.Scenario())
	if s.Solve != "" && e.Goal == course.GoalDone {
		words, keys = words+wordsOfMending, keys+len(e.Given)
	}
	if s.Solve != "" {
		words += count(e.Debrief, e.Exam)
	}
	return words, keys
}

func takesQuestion(it *quiz.Item) (words, keys int) {
	words = count(it.Prompt, it.Show, it.Why, explain.Cite(it.Source), strings.Join(it.Pairs, " "))
	for _, c := range it.Choices {
		words += count(c.Text)
	}
	if keys = 2; it.Kind == quiz.Order || it.Kind == quiz.Match || it.Kind == quiz.Type {
		words, keys = words+count(it.Key()...), len(it.Answer)+2
	}
	return words, keys
}

func count(texts ...string) (words int) {
	for _, text := range texts {
		words += len(strings.Fields(text))
	}
	return words
}

// A lesson has something to do, not only to read; and its name is that of nothing else whose progress is kept.
func TestLessonsAreForDoing(t *testing.T) {
	for _, l := range All() {
		opened, asked := 0, 0
		for _, s := range l.Steps {
			if s.Scenario() != "" {
				opened++
			}
			if s.Question != nil {
				asked++
			}
		}
		if opened == 0 || asked == 0 {
			t.Errorf("%s opens %d sessions and asks %d questions", l.Name, opened, asked)
		}
		if _, err := lab.Find(l.Name); err == nil || quiz.Named(l.Name) != nil {
			t.Errorf("%s is also the name of something else", l.Name)
		}
	}
}

// Every question of a lesson judges its own key as right, and says why and, but for steps of a method, where that is written.
func TestQuestions(t *testing.T) {
	for _, l := range All() {
		for i, s := range l.Steps {
			if s.Question == nil {
				continue
			}
			it := s.Question.Item()
			if res := it.Judge(it.Answer); !res.Right {
				t.Errorf("%s, step %d: its key %q is not right", l.Name, i+1, it.Answer)
			}
			if it.Why == "" || len(it.Source) == 0 && it.Kind != quiz.Order {
				t.Errorf("%s, step %d: why %q, source %v", l.Name, i+1, it.Why, it.Source)
			}
			if !s.Question.OfQuiz() && len(it.Choices) > 1 && it.Kind != quiz.Order && it.Kind != quiz.Match && len(s.Question.Why) == 0 {
				t.Errorf("%s, step %d: nothing is said to a wrong answer", l.Name, i+1)
			}
		}
	}
}

// A line ends where its writer's editor breaks it; an empty line begins another paragraph.
func TestParagraphs(t *testing.T) {
	got := Paragraphs("\nOne line\n  and its end.\n\n \nAnother one.\n")
	if want := []string{"One line and its end.", "Another one."}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Going on alone comes to the end of each lesson.
func TestGoingOnEnds(t *testing.T) {
	for _, l := range All() {
		p := Begin(l, 1, progress.State{})
		for turns := 0; p.Next() != Leave; turns++ {
			if turns > 3*len(l.Steps) {
				t.Fatalf("%s: it is at step %d after %d turns", l.Name, p.At+1, turns)
			}
			switch p.Next() {
			case Open:
				p.Came(true, true, true)
			case Reveal:
				p.Look()
			default:
				p.Go()
			}
		}
		if e := p.Entry(time.Now()); e.Finished != l.Name {
			t.Errorf("%s: %+v, still open %v", l.Name, e, p.Left())
		}
	}
}
