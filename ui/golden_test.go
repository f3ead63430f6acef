package ui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muesli/termenv"

	"ehlo/session/progress"
	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/ui/paint"
)

var update = flag.Bool("update", false, "write the golden frames again")

// situations are the pictures that are kept, each at three sizes. They are for people to look at as much as for the
// test: testdata/*.golden.
var situations = append([]situation{
	{"home", func(t *testing.T, w, h int) *sim { return simHome(t, homeApp(), w, h) }},
	{"practice", func(t *testing.T, w, h int) *sim { return simHome(t, homeApp(), w, h).tap("enter", "down") }},
	{"connect", func(t *testing.T, w, h int) *sim {
		return simHome(t, homeApp(), w, h).tap("3").typed("mail.example.org:587").tap("down", "down").typed("secret").tap("down", "right")
	}},
	{"topics", func(t *testing.T, w, h int) *sim {
		s := simHome(t, homeApp(), w, h).tap("5").shows("topics") // a page is what was drawn
		return s.tap("pgdown", "down")
	}},
	{"learn", func(t *testing.T, w, h int) *sim {
		app := homeApp()
		app.Progress = &kept{entries: []progress.Entry{{Finished: "ports-of-mail", Time: epoch}, {Lesson: "who-does-what", Step: 4, Time: epoch}}}
		s := simHome(t, app, w, h)
		return s.until("what was learned", func() bool { return len(s.root.home.kept.Lessons) > 0 }).tap("2")
	}},
	{"lesson", func(t *testing.T, w, h int) *sim { return inLesson(t, w, h) }},
	{"lesson-walk", func(t *testing.T, w, h int) *sim {
		return inLesson(t, w, h).tap("enter", "enter")
	}},
	{"lesson-question", func(t *testing.T, w, h int) *sim {
		return inLesson(t, w, h).tap("right", "right", "right", "right", "right", "3")
	}},
	{"lesson-steps", func(t *testing.T, w, h int) *sim {
		return inLesson(t, w, h).tap("right", "g", "down")
	}},
	{"search-home", func(t *testing.T, w, h int) *sim {
		return simHome(t, homeApp(), w, h).tap("/").typed("expired").settle()
	}},
	{"search-empty", func(t *testing.T, w, h int) *sim { s, _ := walked(t, 9, w, h); return s.press("/") }},
	{"search", func(t *testing.T, w, h int) *sim {
		s, _ := walked(t, 9, w, h)
		return s.press("/").typed("235").settle().press("down")
	}},
	{"search-event", func(t *testing.T, w, h int) *sim {
		s, _ := walked(t, 9, w, h)
		return s.press("/").typed("250-st").settle().press("tab")
	}},
	{"filter", func(t *testing.T, w, h int) *sim {
		s, _ := walked(t, 9, w, h)
		return s.press("&").typed("kind:send,reply 250").press("enter")
	}},
	{"search-nothing", func(t *testing.T, w, h int) *sim {
		s, _ := walked(t, 9, w, h)
		return s.press("/").typed("startlts").settle()
	}},
	{"card", func(t *testing.T, w, h int) *sim {
		s, _ := walked(t, 9, w, h)
		return s.press("/").typed("spf").settle().press("enter", "1", "tab", "tab")
	}},
	{"row-cards", func(t *testing.T, w, h int) *sim { s, _ := walked(t, 9, w, h); return s.press("i", "down") }},
	{"take-up", func(t *testing.T, w, h int) *sim { s, _, _ := replayed(t, 6, w, h); return s.press("b") }},
	{"taken-up", func(t *testing.T, w, h int) *sim {
		s, _, _ := replayed(t, 6, w, h)
		return s.press("b").tap("y").taken()
	}},
	{"take-up-asks", func(t *testing.T, w, h int) *sim {
		s, next, _ := replayed(t, 7, w, h)
		next.guards[record.VerbSTARTTLS] = walk.Guard{Code: "unverified-secret", Question: "go on although nobody knows who answers?", Why: "The certificate failed verification."}
		return s.press("b").tap("y").taken().tap("enter").settle()
	}},
	{"saved", func(t *testing.T, w, h int) *sim { return simHome(t, savedApp(), w, h).tap("3") }},
	{"saved-remove", func(t *testing.T, w, h int) *sim { return simHome(t, savedApp(), w, h).tap("3", "ctrl+x") }},
	{"saved-change", func(t *testing.T, w, h int) *sim { return simHome(t, savedApp(), w, h).tap("3", "ctrl+e", "up") }},
	{"start", enters(0)},
	{"ehlo", enters(4)},
	{"handshake", func(t *testing.T, w, h int) *sim {
		s, _ := walked(t, 6, w, h)
		return s.press("up", "space", "down", "down")
	}},
	{"fields", func(t *testing.T, w, h int) *sim { s, _ := walked(t, 7, w, h); return s.view("fields") }},
	{"bytes", func(t *testing.T, w, h int) *sim {
		s, _ := walked(t, 8, w, h)
		return s.press("up", "up").view("bytes")
	}},
	{"wire", func(t *testing.T, w, h int) *sim { s, _ := walked(t, 7, w, h); return s.view("wire") }},
	{"auth", enters(8)},
	{"question", func(t *testing.T, w, h int) *sim {
		s, sc := walked(t, 7, w, h)
		sc.guards[record.VerbAuth] = walk.Guard{Code: "unverified-secret", Question: "send the secret to a server whose identity is not verified?",
			Why: "The certificate does not hold, so nobody knows who is at the other end. Whoever it is would learn the password."}
		return s.press("enter")
	}},
	{"unverified", func(t *testing.T, w, h int) *sim {
		sc := newScene()
		sc.verified = false
		s := simLive(t, sc.live(), w, h)
		return s.press("enter", "enter", "enter", "enter", "enter", "enter")
	}},
	{"trouble", func(t *testing.T, w, h int) *sim {
		s, sc := walked(t, 7, w, h)
		sc.refuse[record.VerbAuth] = "535 5.7.8 authentication failed\r\n"
		return s.press("enter")
	}},
	{"waiting", func(t *testing.T, w, h int) *sim {
		s, sc := walked(t, 3, w, h)
		sc.hold = make(chan struct{})
		s.tap("enter")
		s.clock = s.clock.Add(3 * time.Second)
		return s
	}},
	{"edit", func(t *testing.T, w, h int) *sim { s, _ := walked(t, 3, w, h); return s.press("e", "left") }},
	{"choices", func(t *testing.T, w, h int) *sim { s, _ := walked(t, 4, w, h); return s.press("tab", "down") }},
	{"credentials", func(t *testing.T, w, h int) *sim { s, _ := walked(t, 4, w, h); return s.press("c", "down") }},
	{"help", func(t *testing.T, w, h int) *sim { s, _ := walked(t, 4, w, h); return s.press("?") }},
	{"story", func(t *testing.T, w, h int) *sim { s, _ := walked(t, 4, w, h); return s.press("s") }},
	{"past", func(t *testing.T, w, h int) *sim {
		_, sc := walked(t, 14, w, h)
		return simReplay(t, &Replay{Source: sc.log, Path: "/state/ehlo/one.ehlo.ndjson"}, w, h).press("home", "]", "]", "]", "]", "right")
	}},
	{"notes", noted()},
	{"note-edit", noted("e", "down", "ctrl+e", "ctrl+j")},
	{"note-title", noted("home", "ctrl+t", "down")},
	{"refused", func(t *testing.T, w, h int) *sim { s, _ := refused(t, w, h); return s }},
	{"refused-end", func(t *testing.T, w, h int) *sim {
		s, _ := refused(t, w, h)
		s.root.walk.live.Next = func() *Live { return newScene().live() }
		return s.press("enter")
	}},
	{"followed-on", func(t *testing.T, w, h int) *sim {
		s, _ := refused(t, w, h)
		s.root.walk.live.Next = func() *Live { return newScene().live() }
		return s.press("enter", "1").typed("orchid-9").press("enter").enterUntil("the end", func(n record.Snapshot) bool { return n.End != nil })
	}},
	{"task", func(t *testing.T, w, h int) *sim {
		return simLive(t, taskLive(), w, h).press("enter", "enter", "enter", "enter")
	}},
	{"exercise", func(t *testing.T, w, h int) *sim { return expiredScene(t, w, h).press("o", "o", "1") }},
	{"exercise-solved", func(t *testing.T, w, h int) *sim {
		s := expiredScene(t, w, h).press("o")
		return s.press(s.number(true))
	}},
	{"foreign", func(t *testing.T, w, h int) *sim {
		log, plan := &record.Log{}, scenePlan()
		plan.Target.Host = "郵便.example"
		log.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Time: epoch, Plan: plan}})
		log.Append(record.Event{Kind: record.KindConnect, Step: record.VerbConnect, Connect: &record.Connect{Remote: "[2001:db8::7]:587"}})
		r, _ := wire.NewReader(strings.NewReader("220 郵便.example ESMTP שלום \u202edegnahc\u202c, e\u0301, 👩‍🚀 and \ttab\r\n"), wire.Limits{}).ReadReply()
		log.Append(record.Event{Kind: record.KindReply, Step: record.VerbGreeting, Reply: &record.Reply{Reply: r}})
		return simReplay(t, &Replay{Source: log, Path: "/state/ehlo/郵便.ehlo.ndjson"}, w, h)
	}},
	{"quiz", func(t *testing.T, w, h int) *sim { s, _, _ := quizzed(t, asked(), w, h); return s }},
	{"quiz-answer", func(t *testing.T, w, h int) *sim {
		s, r, _ := quizzed(t, asked(), w, h)
		return s.tap(map[bool]string{true: "1", false: "2"}[keyOf(r) != "1"])
	}},
	{"closed", enters(13)},
	{"end", enters(14)},
}, slices.Concat(handshakes, surveySituations, checkSituations, typedSituations)...)

// noted is the replay of a file with notes and a title.
func noted(keys ...string) func(*testing.T, int, int) *sim {
	return func(t *testing.T, w, h int) *sim {
		_, sc := walked(t, 14, w, h)
		on := 40 // the reply to RCPT
		for _, text := range []string{"this line closes the session\nask the class what is missing", "TLS ends here"} {
			sc.Note(record.Note{On: on, Text: text, Author: "ann", Time: epoch.AddDate(0, 0, 3)})
		}
		sc.log.Append(record.Event{Kind: record.KindAbout, About: &record.About{Title: "lesson 3: a whole session", Author: "ann", Tags: []string{"tls", "basics"}, Time: epoch}})
		replay := &Replay{Source: sc.log, Path: "/state/ehlo/one.ehlo.ndjson", AddNote: func(n record.Note) error { sc.Note(n); return nil },
			AddAbout: func(a record.About) error { sc.log.Append(record.Event{Kind: record.KindAbout, About: &a}); return nil }}
		s := simReplay(t, replay, w, h).press("home")
		s.root.walk.jump(on)
		s.root.walk.showNote(sc.log.Len() - 2)
		return s.press(keys...)
	}
}

type situation struct {
	name string
	show func(t *testing.T, width, height int) *sim
}

func enters(n int) func(*testing.T, int, int) *sim {
	return func(t *testing.T, w, h int) *sim { s, _ := walked(t, n, w, h); return s }
}

func homeApp() *App {
	app := &App{Version: "0.1"}
	app.practices(
		Scenario{Name: "submission", Group: "ports", Title: "submission on port 587", Story: "Ann sends a message to Bob.", Task: "walk from the name to QUIT",
			Level: "beginner", Minutes: 5, Topics: []string{"submission", "STARTTLS"}},
		Scenario{Name: "relay", Group: "ports", Title: "relay on port 25, from server to server", Story: "A server sends a message to Bob.", Level: "beginner", Minutes: 4},
		Scenario{Name: "expired", Group: "certificates", Title: "an expired certificate", Story: "The mail client says that the connection is not secure.", Task: "find out why", Level: "beginner", Minutes: 3},
	)
	return app
}

// practices has scenarios listed, after those that are.
func (a *App) practices(more ...Scenario) {
	var all []Scenario
	if a.Scenarios != nil {
		all = a.Scenarios()
	}
	all = append(all, more...)
	a.Scenarios = func() []Scenario { return all }
}

func TestFrames(t *testing.T) {
	t.Parallel()
	for _, situation := range situations {
		framesOf(t, situation.name, situation.show)
	}
	t.Run("tiny", func(t *testing.T) { compare(t, "tiny", enters(3)(t, 50, 10).frame()) })
}

// looks are how the same frame is drawn on other terminals: in 16 colors on dark and on light, and in ASCII alone. The golden
// files hold the colors, so that cat shows them.
var looks = map[string]*paint.Theme{"dark": paint.NewTheme(termenv.ANSI, true), "light": paint.NewTheme(termenv.ANSI, false),
	"ascii": paint.NewTheme(termenv.Ascii, true).InASCII()}

// lookedAt are the situations that are kept in each look.
var lookedAt = []string{"start", "ehlo", "handshake", "unverified", "trouble", "question", "waiting", "past", "refused", "refused-end", "task", "end", "outcome-13", "choices", "help", "saved", "take-up", "foreign", "search", "card", "topics", "learn", "lesson-question", "quiz-answer", "survey"}

func TestLooks(t *testing.T) {
	defer func(theme *paint.Theme) { simTheme = theme }(simTheme)
	for look, theme := range looks {
		for _, situation := range situations {
			if simTheme = theme; slices.Contains(lookedAt, situation.name) {
				framesOf(t, situation.name+"-"+look, situation.show)
			}
		}
	}
}

// A mark that has no stand-in would be a question mark.
func TestEveryMarkHasAStandIn(t *testing.T) {
	defer func(theme *paint.Theme) { simTheme = theme }(simTheme)
	for _, situation := range situations {
		simTheme = looks["ascii"]
		got := situation.show(t, 80, 24).frame()
		simTheme = paint.NewTheme(termenv.Ascii, true)
		if want := situation.show(t, 80, 24).frame(); situation.name != "foreign" && strings.Count(got, "?") != strings.Count(want, "?") {
			t.Errorf("%s:\n%s\n%s", situation.name, got, want)
		}
	}
}

// framesOf compares a situation at each size.
func framesOf(t *testing.T, name string, show func(t *testing.T, width, height int) *sim) {
	for _, size := range []struct{ width, height int }{{80, 24}, {120, 40}, {60, 16}} {
		name := fmt.Sprintf("%s-%dx%d", name, size.width, size.height)
		t.Run(name, func(t *testing.T) {
			compare(t, name, uncounted(show(t, size.width, size.height).frame()))
		})
	}
}

// uncounted leaves out how many articles there are, which changes with each that is written.
func uncounted(frame string) string {
	frame = regexp.MustCompile(`(topics|search) (·|-) (\d+) of \d+`).ReplaceAllString(frame, "$1 $2 $3 of #")
	return regexp.MustCompile(`\d+ card`).ReplaceAllString(frame, "# card")
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the frame is not that of %s (look at it, then go test ./ui -update):\n%s", path, got)
	}
}
