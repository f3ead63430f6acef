package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/bubbles/key"

	"ehlo/session/progress"
	"ehlo/session/quiz"
	"ehlo/ui/paint"
)

// The first frame does not wait for what it does not show: topics are read when their entry is selected.
func TestHomeReadsWhatIsSelected(t *testing.T) {
	s := simHome(t, homeApp(), 80, 24).shows("with 3 situations to explore")
	if s.root.home.topics != nil {
		t.Error("the topics were read for another entry")
	}
	s.tap("down", "down", "down", "down").shows("topics and terms by area")
}

// A filter that nothing matches leaves a list without entries. Every key has its place there.
func TestAnEmptyListTakesEveryKey(t *testing.T) {
	for _, open := range []string{"1", "4"} {
		for _, key := range []string{"down", "up", "tab", "shift+tab", "end", "home", "pgdown", "pgup", "enter", "left", "right", "?"} {
			s := simHome(t, homeApp(), 80, 24).tap(open).typed("qqqq").shows("none", "nothing matches; esc shows all", "esc show all").hides("enter open")
			s.tap(key, "down", "enter").frame()
			s.tap("esc", "esc").shows("what would you like to do")
		}
	}
}

func TestPagesOfAList(t *testing.T) {
	app := homeApp()
	for i := range 90 {
		app.practices(Scenario{Name: fmt.Sprint("scenario-", i), Group: "more", Title: fmt.Sprint("situation ", i)})
	}
	s := simHome(t, app, 80, 24).tap("1").shows("practice · 1 of 93")
	s.tap("pgdown").shows("practice · 12 of 93").tap("pgdown", "pgup").shows("12 of 93")
	s.tap("end").shows("93 of 93", "›   situation 89").tap("pgdown").shows("93 of 93").tap("home").shows("1 of 93")
	s.tap("end").typed("rio-8").shows("practice · 1 of 11").tap("end").shows("11 of 11").tap("backspace").shows("1 of ")
}

// The list of transcripts is read again each time, and may have become shorter.
func TestAListThatBecomesShorter(t *testing.T) {
	s := simHome(t, homeApp(), 120, 40)
	s.send(recentMsg{{Path: "/one", Target: "one.test:25"}, {Path: "/two", Target: "two.test:25"}})
	s.tap("4", "end").shows("3 of 3", "/two")
	s.send(recentMsg{{Path: "/one", Target: "one.test:25"}})
	s.shows("2 of 2", "› one.test:25").tap("down", "up").shows("1 of 2")
}

// A session that came to an end meanwhile stands above the transcript that was selected, and does not take its place.
func TestAListThatBecomesLonger(t *testing.T) {
	app := homeApp()
	app.Files = &shelf{}
	s := simHome(t, app, 120, 40)
	s.send(recentMsg{{Path: "/one", Target: "one.test:25"}, {Path: "/two", Target: "two.test:25"}})
	s.tap("4", "end").shows("› two.test:25")
	s.send(recentMsg{{Path: "/new", Target: "new.test:25"}, {Path: "/one", Target: "one.test:25"}, {Path: "/two", Target: "two.test:25"}})
	s.shows("4 of 4", "› two.test:25")
}

// The menu leads back to the lesson that was left, rather than to the first.
func TestTheMenuSaysWhichLessonIsBegun(t *testing.T) {
	app := homeApp()
	app.Progress = &kept{entries: []progress.Entry{{Lesson: "who-does-what", Step: 4, Time: epoch}}}
	s := simHome(t, app, 120, 40)
	s.until("what was learned", func() bool { return len(s.root.home.kept.Lessons) > 0 }).tap("down").shows("Continue with: submission, relay and mail agents, step 4").hides("Start with the first one")
}

// A transcript that was opened from the list is left for the list: nothing in it has to be ended first.
func TestEscLeavesATranscript(t *testing.T) {
	_, sc := walked(t, 14, 80, 24)
	s := simHome(t, homeApp(), 80, 24).tap("4")
	s.send(openedMsg{replay: &Replay{Source: sc.log, Path: "/x.ndjson"}})
	s.shows("next › look up mail.lab", "esc back").tap("v").shows("esc dialogue").tap("esc").shows("[dialogue]", "esc back")
	s.tap("esc").until("the list", func() bool { return s.root.walk == nil }).shows("open a transcript")
}

// A key never runs into what it does: the column of the keys is as wide as the longest one, in all groups.
func TestAKeyStandsApartFromWhatItDoes(t *testing.T) {
	lines := keyList(60, keyGroup{"short", []key.Help{{Key: "q", Desc: "quit"}}}, fileHelp())
	column := -1
	for _, l := range lines {
		text := l.String()
		for _, desc := range []string{"quit", "on two of them"} {
			before, _, found := strings.Cut(text, desc)
			switch {
			case !found:
			case !strings.HasSuffix(before, "  ") || column >= 0 && paint.Width(before) != column:
				t.Errorf("%q", text)
			default:
				column = paint.Width(before)
			}
		}
	}
	if column < 0 {
		t.Error("nothing is listed")
	}
}

// Every entry of the menu has its number in the line at the bottom and in the help; at the smallest size the search stands there too, and
// entries beyond the edge are counted.
func TestTheMenuCountsItsEntries(t *testing.T) {
	app := homeApp()
	app.Survey = newSurveyor(shownSurvey()).survey
	app.Questions = func(quiz.Wanted) (*quiz.Round, error) { return nil, errDisk }
	s := simHome(t, app, 60, 16)
	numbers := fmt.Sprintf("1–%d", len(s.root.home.menu()))
	s.shows("enter "+numbers+" open", "/ find", "? help", "q quit", "─ ↓ 2 more ─ about ─").tap("end").shows("8 quit", "─ about ──").hides("↓ 2 more")
	s.tap("?").shows(numbers + " ").tap("esc")
}
