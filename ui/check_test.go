package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/ui/ports"
)

// surveyor is a survey that answers when a test says so.
type surveyor struct {
	found survey.Survey
	err   error
	asked []SurveyRequest
	went  []Request // sessions that were asked for
	sim   *sim

	left     chan int      // how many ports of it are still to come; closed at its end
	stopped  chan struct{} // closed when it was stopped
	stopping sync.Once
}

func newSurveyor(found survey.Survey) *surveyor {
	return &surveyor{found: found, left: make(chan int, 8), stopped: make(chan struct{})}
}

func (f *surveyor) survey(ctx context.Context, asked SurveyRequest, told SurveyNews) (*survey.Survey, error) {
	f.asked = append(f.asked, asked)
	for {
		select {
		case left, more := <-f.left:
			if !more {
				return &f.found, f.err
			}
			now := f.found
			now.Verdict, now.Score, now.Cells = survey.Verdict{}, nil, slices.Clone(now.Cells)
			for i := range left {
				c := &now.Cells[len(now.Cells)-1-i]
				*c = survey.Cell{Address: c.Address, Port: c.Port, Role: c.Role, State: survey.StateUnknown}
			}
			told(now, left)
		case <-ctx.Done():
			f.stopping.Do(func() { close(f.stopped) })
			stopped := f.found
			stopped.Stopped = true
			stopped.Verdict = survey.Judge(&stopped)
			return &stopped, nil
		}
	}
}

// surveyApp is a program with it, and with sessions of the practice server.
func (f *surveyor) app(t *testing.T) *App {
	app := homeApp()
	app.Survey = f.survey
	app.Questions = func(quiz.Wanted) (*quiz.Round, error) { return nil, errors.New("no questions here") }
	app.Launch = func(r Request) (*Live, error) {
		f.went = append(f.went, r)
		live := practice(t, "submission")
		t.Cleanup(func() { f.sim.root.joinAll() }) // before its folder goes
		return live, nil
	}
	return app
}

// done lets it come to its end.
func (f *surveyor) done() *surveyor {
	close(f.left)
	return f
}

// begun is the page of a survey that has been asked for.
func (f *surveyor) begun(t *testing.T, w, h int) *sim {
	s := simHome(t, f.app(t), w, h)
	f.sim = s
	s.tap("7", "enter").typed(f.found.Host).tap("enter")
	return s.until("the page", func() bool { return s.root.check != nil })
}

// toVerdict selects the verdict of that survey, below its eight ports.
func (s *sim) toVerdict() *sim {
	return s.tap("home", "down", "down", "down", "down", "down", "down", "down", "down")
}

// shownSurvey has one of each state, and more than one address.
func shownSurvey() survey.Survey {
	day := func(month, day int) time.Time { return time.Date(2026, time.Month(month), day, 0, 0, 0, 0, time.UTC) }
	done := record.Verdict{Outcome: record.OutcomeDone, Cause: "TLS 1.3 with mail.example.org works, and the certificate is verified."}
	good := &survey.TLS{Version: "TLS 1.3", Suite: "TLS_AES_128_GCM_SHA256", Verified: true, Chain: 2,
		Certificate: record.Certificate{Issuer: "CN=Example CA", Names: []string{"mail.example.org"}, Key: "ECDSA P-256", NotBefore: day(11, 1), NotAfter: day(12, 31), SHA256: strings.Repeat("A1", 32)}}
	expired := record.Verdict{Outcome: record.OutcomeUnsafe, Exit: record.ExitCertificate, Who: record.WhoOperator, Cause: "Verification of mail.example.org failed: the server's certificate expired on 2026-11-20, 3 days ago.",
		Advice: []record.Advice{{Do: record.SendNoSecret}, {Do: record.AskOperator, Text: "renew the certificate and have the server load it"}}}
	old := *good
	old.Verified, old.Certificate.NotAfter, old.Certificate.SHA256 = false, day(11, 20), strings.Repeat("0F", 32)
	old.Faults = []record.Check{record.Check{Name: "time", Finding: record.FoundCertificateExpired, Text: "the server's certificate expired on 2026-11-20, 3 days ago"}.Mend(record.WhoOperator, "renew the certificate and have the server load it")}
	s := survey.Survey{Host: "mail.example.org", Addresses: []string{"192.0.2.1", "2001:db8::1"}, Ports: []int{25, 465, 587, 2525}}
	for _, a := range s.Addresses {
		s.Cells = append(s.Cells,
			survey.Cell{Address: a, Port: 25, Role: "relay", State: survey.StateCleartext, Listed: true, Greeting: "220 mail.example.org ESMTP", Connect: 12 * time.Millisecond, Greet: 6 * time.Second, Keywords: []string{"SIZE 10485760", "DSN"}, Size: 10485760, Verdict: done},
			survey.Cell{Address: a, Port: 465, Role: "submissions", State: survey.StateTLS, ListedInside: true, AuthInside: []string{"PLAIN", "LOGIN"}, TLS: good, Greeting: "220 mail.example.org ESMTP", Connect: 12 * time.Millisecond, Greet: 20 * time.Millisecond, Size: 36700160, Verdict: done},
			survey.Cell{Address: a, Port: 587, Role: "submission", State: survey.StateSTARTTLS, Listed: true, ListedInside: true, AuthBefore: []string{"PLAIN"}, AuthInside: []string{"PLAIN"}, TLS: &old, Greeting: "220 mail.example.org ESMTP", Connect: 12 * time.Millisecond, Greet: 20 * time.Millisecond, Size: 36700160, Verdict: expired},
			survey.Cell{Address: a, Port: 2525, Role: "alternate", State: map[string]survey.State{"192.0.2.1": survey.StateRefused, "2001:db8::1": survey.StateFiltered}[a], Verdict: record.Verdict{Outcome: record.OutcomeFailed, Exit: record.ExitConnect, Cause: "Port 2525 takes no connection."}})
	}
	s.Score, s.Verdict = survey.Score(&s), survey.Judge(&s)
	return s
}

// surveySituations are the pictures of a survey.
var surveySituations = []situation{
	{"checks", func(t *testing.T, w, h int) *sim {
		app, _ := checkApp(t)
		return simHome(t, app, w, h).tap("7", "end")
	}},
	{"menu", func(t *testing.T, w, h int) *sim {
		return simHome(t, newSurveyor(shownSurvey()).app(t), w, h).tap("up", "end", "up")
	}},
	{"survey-form", func(t *testing.T, w, h int) *sim {
		return simHome(t, newSurveyor(shownSurvey()).app(t), w, h).tap("7", "enter").typed("mail.example.org").tap("tab").typed("25, x").tap("enter")
	}},
	{"survey-running", func(t *testing.T, w, h int) *sim {
		f := newSurveyor(shownSurvey())
		f.left <- 3
		s := f.begun(t, w, h)
		return s.until("five ports", func() bool { return strings.Contains(s.frame(), "3 of 8 ports") })
	}},
	{"survey", func(t *testing.T, w, h int) *sim {
		return newSurveyor(shownSurvey()).done().begun(t, w, h).settle()
	}},
	{"survey-row", func(t *testing.T, w, h int) *sim {
		s := newSurveyor(shownSurvey()).done().begun(t, w, h).settle()
		return s.shows("survey").tap("down", "down")
	}},
	{"survey-verdict", func(t *testing.T, w, h int) *sim {
		return newSurveyor(shownSurvey()).done().begun(t, w, h).settle().toVerdict()
	}},
	{"survey-point", func(t *testing.T, w, h int) *sim {
		s := newSurveyor(shownSurvey()).done().begun(t, w, h).settle()
		return s.shows("survey").toVerdict().tap("down")
	}},
	{"survey-more", func(t *testing.T, w, h int) *sim {
		s := newSurveyor(shownSurvey()).done().begun(t, w, h).settle()
		return s.tap("z")
	}},
	{"survey-nowhere", func(t *testing.T, w, h int) *sim {
		f := newSurveyor(survey.Survey{Host: "nowhere.example.org", Verdict: survey.Verdict{Exit: record.ExitName, Outcome: record.OutcomeFailed, Who: record.WhoYou, Cause: "The name nowhere.example.org does not exist."}})
		return f.done().begun(t, w, h).settle()
	}},
	{"survey-failed", func(t *testing.T, w, h int) *sim {
		f := newSurveyor(survey.Survey{Host: "mail.example.org"})
		f.err = errors.New("--ca ca.pem: no such file or directory")
		return f.done().begun(t, w, h).settle()
	}},
}

// A survey begins at the top: its first port is selected, and the names of the columns, the first address and the verdict are in sight.
func TestASurveyBeginsAtTheTop(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s := newSurveyor(shownSurvey()).done().begun(t, size[0], size[1]).settle()
		s.shows("survey · 1 of", "port  role", "mail.example.org at 192.0.2.1", "› ✓ 25", "✗ unsafe, exit code 9, port 587")
	}
	newSurveyor(shownSurvey()).done().begun(t, 60, 16).settle().shows("survey · 1 of", "mail.example.org at 192.0.2.1", "› ✓ 25")
}

// The verdict is whole in the list where there is room for it, also while another row is selected, and else in the text about it.
func TestTheVerdictIsWhole(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s := newSurveyor(shownSurvey()).done().begun(t, size[0], size[1]).settle()
		list, about, _ := strings.Cut(s.frame(), "─ about ─")
		if text := strings.Join(strings.Fields(list), " "); !strings.Contains(text, "the server's certificate expired on 2026-11-20, 3 days ago.") || !strings.Contains(text, "mail.example.org at 192.0.2.1") {
			t.Errorf("at %v the list is\n%s\nabout\n%s", size, list, about)
		}
	}
	s := newSurveyor(shownSurvey()).done().begun(t, 60, 16).settle().toVerdict()
	_, about, _ := strings.Cut(s.frame(), "─ about ")
	if !strings.Contains(strings.Join(strings.Fields(about), " "), "the server's certificate expired on 2026-11-20, 3 days ago.") {
		t.Errorf("about:\n%s", about)
	}
}

// A row leads to a session with its port, at its address, with the TLS that it has; and esc leads back to the row.
func TestARowOpensItsSession(t *testing.T) {
	f := newSurveyor(shownSurvey()).done()
	s := f.begun(t, 80, 24).settle().shows("survey · 1 of")
	for i, want := range []string{"25 192.0.2.1 opportunistic", "465 192.0.2.1 implicit", "587 192.0.2.1 require", "2525 192.0.2.1 opportunistic", "25 2001:db8::1 opportunistic"} {
		s.tap("enter").until("the session", func() bool { return s.root.walk != nil }).settle()
		r := f.went[i]
		if got := fmt.Sprint(r.Port, " ", r.Address, " ", r.TLS); got != want || r.Target != "mail.example.org" || !r.Bare {
			t.Errorf("row %d leads to %s of %s, want %s", i+1, got, r.Target, want)
		}
		s.shows("esc back").tap("esc").until("the page", func() bool { return s.root.walk == nil })
		s.shows(fmt.Sprintf("survey · %d of", i+1)).tap("down")
	}
}

// A point of the scorecard leads to the port at which it fails, and the verdict to the one that decides it.
func TestAPointOpensTheSessionWhereItFails(t *testing.T) {
	f := newSurveyor(shownSurvey()).done()
	s := f.begun(t, 80, 24).settle().toVerdict()
	for _, row := range []string{"verdict", "a point"} {
		s.tap("enter").until("the session", func() bool { return s.root.walk != nil }).settle()
		if r := f.went[len(f.went)-1]; r.Port != 587 {
			t.Errorf("%s leads to port %d", row, r.Port)
		}
		s.tap("esc").until("the page", func() bool { return s.root.walk == nil }).tap("down")
	}
}

// A session in the middle is left only after a question, and a session that could not be opened says why on the page.
func TestBackToThePage(t *testing.T) {
	f := newSurveyor(shownSurvey()).done()
	s := f.begun(t, 80, 24).settle().tap("enter")
	s.until("the session", func() bool { return s.root.walk != nil }).settle().press("enter", "enter").tap("esc").shows("go back anyway?").tap("y")
	s.until("the page", func() bool { return s.root.walk == nil }).shows("survey · 1 of")
	s.root.app.Launch = func(Request) (*Live, error) { return nil, errors.New("no more files can be opened") }
	s.tap("enter").until("the trouble", func() bool { return s.root.pending == nil && s.root.check.trouble != "" }).shows("no more files can be opened", "survey · 1 of")
	s.tap("esc").shows("check a server")
}

// Esc stops a survey that runs and keeps what is known; leaving stops it too. Nothing of it is left behind.
func TestASurveyIsStopped(t *testing.T) {
	f := newSurveyor(shownSurvey())
	f.left <- 8
	s := f.begun(t, 80, 24)
	s.until("the table", func() bool { return strings.Contains(s.frame(), "8 of 8 ports") }).shows("esc stop").tap("esc").settle().shows("The survey was stopped", "esc back").tap("esc").shows("check a server")
	<-f.stopped
	f = newSurveyor(shownSurvey())
	s = f.begun(t, 80, 24).shows("esc stop · q quit").tap("q")
	s.until("the end", func() bool { return s.quit })
	<-f.stopped
	f = newSurveyor(shownSurvey())
	s = f.begun(t, 80, 24)
	if _, errs := s.root.joinAll(); len(errs) > 0 {
		t.Error(errs)
	}
	<-f.stopped
}

// A survey goes on below a session that was opened from it.
func TestASurveyGoesOnBelowASession(t *testing.T) {
	f := newSurveyor(shownSurvey())
	f.left <- 3
	s := f.begun(t, 80, 24)
	s.until("five ports", func() bool { return strings.Contains(s.frame(), "3 of 8 ports") }).tap("down", "enter")
	s.until("the session", func() bool { return s.root.walk != nil })
	f.left <- 1
	s.until("seven ports", func() bool { return strings.Contains(s.root.check.title(), "1 of 8 ports") })
	f.done()
	s.settle().tap("esc").until("the page", func() bool { return s.root.walk == nil }).shows("survey · 2 of", "verdict")
}

// twice reports whether two surveys have come to their ends.
func (s *sim) twice() bool {
	return len(s.root.inquiries) == 2 && s.root.check != nil && !s.root.check.running()
}

// What was had at a port is read as it was, and leads back too. R checks again.
func TestRecordedAndAgain(t *testing.T) {
	found := shownSurvey()
	live := practice(t, "submission")
	t.Cleanup(func() { live.Stop() })
	found.Cells[0].Sessions = []record.Source{live.Source}
	f := newSurveyor(found).done()
	s := f.begun(t, 80, 24).settle().shows(". replay").tap(".")
	s.until("the replay", func() bool { return s.root.walk != nil }).settle().shows("replay").tap("esc").until("the page", func() bool { return s.root.walk == nil }).shows("survey · 1 of", ". replay")
	s.tap("R").until("the end", s.twice)
	if len(f.asked) != 2 {
		t.Errorf("it was asked %d times", len(f.asked))
	}
	s.press("down").hides(". replay")
}

// The search lies over the page and leads back to it.
func TestSearchOverThePage(t *testing.T) {
	s := newSurveyor(shownSurvey()).done().begun(t, 80, 24).settle()
	s.press("/").typed("465").settle().press("enter").shows("465").press("esc", "esc").shows("survey · 1 of")
	s.press("?").shows("on this page").press("esc").shows("survey · 1 of")
}

// What no survey can be made of is said in the form.
func TestSurveyFormSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ host, ports, says string }{
		{"", "", "host"}, {"mail.example.org:25", "", "want only a host"}, {"smtp://mail.example.org", "", "want only a host"}, {"@work", "", "choose a saved target"}, {"lab:nonsense", "", "nonsense"},
		{"mail.example.org", "x", "want numbers"}, {"mail.example.org", "0", "want numbers"}, {"mail.example.org", "65536", "want numbers"}, {"mail.example.org", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "at most 16"},
	} {
		f := newSurveyor(shownSurvey())
		s := simHome(t, f.app(t), 80, 24).tap("7", "enter").typed(c.host).tap("tab").typed(c.ports).tap("enter")
		s.shows("✗ ", c.says)
		if len(f.asked) > 0 {
			t.Errorf("%q was asked for", c.host)
		}
	}
	f := newSurveyor(shownSurvey()).done()
	s := simHome(t, f.app(t), 80, 24).tap("7", "enter").typed("2001:db8::1").tap("tab").typed("25,25 587").tap("tab", "right", "tab", "right", "enter")
	s.until("the page", func() bool { return s.root.check != nil }).settle()
	if r := f.asked[0]; !slices.Equal(r.Ports, []int{25, 587}) || !r.Quick || r.Network != "ip4" || r.Target != "2001:db8::1" {
		t.Errorf("asked for %+v", r)
	}
}

// The practice server and what is saved are surveyed by a key each.
func TestWhatIsSavedIsSurveyed(t *testing.T) {
	f := newSurveyor(shownSurvey()).done()
	app := f.app(t)
	app.Targets = &fakeTargets{list: []Saved{{Name: "work", Server: "mail.example.org:587", User: "ann"}}}
	s := simHome(t, app, 80, 24).tap("7").typed("work").tap("enter")
	s.until("the page", func() bool { return s.root.check != nil }).settle().tap("esc", "esc").tap("down", "enter")
	s.until("the page", s.twice)
	if f.asked[0].Target != "@work" || f.asked[1].Target != "lab:" {
		t.Errorf("asked for %q and %q", f.asked[0].Target, f.asked[1].Target)
	}
}

// What a server says and what it calls itself fits the window and is readable, whatever it is.
func TestAHostileSurveyFits(t *testing.T) {
	hostile := "郵便\x1b[2J\u202e\a" + strings.Repeat("漢", 300)
	found := shownSurvey()
	found.Host = hostile
	for i := range found.Cells {
		c := &found.Cells[i]
		c.Address, c.Greeting, c.Keywords, c.AuthInside, c.Protocol = found.Addresses[i/4], hostile, []string{hostile}, []string{hostile}, hostile
		c.Verdict.Cause, c.State = hostile, []survey.State{survey.StateForeign, c.State}[i%2]
		if c.TLS != nil {
			c.TLS.Certificate.Names, c.TLS.Certificate.Issuer, c.TLS.Version, c.TLS.Group = []string{hostile}, hostile, hostile, hostile
		}
	}
	found.Verdict, found.Score = survey.Judge(&found), survey.Score(&found)
	f := newSurveyor(found).done()
	s := simHome(t, f.app(t), 80, 24)
	s.send(surveyMsg{})
	for _, size := range []string{"60x16", "61x17", "80x24", "99x50", "120x40", "300x100"} {
		var m tea.WindowSizeMsg
		fmt.Sscanf(size, "%dx%d", &m.Width, &m.Height)
		s.send(m)
		for range len(ports.Rows(&found)) {
			for _, k := range []string{"down", "z", "end", "esc"} {
				if fault := misfit(s.settle().tap(k).root.View(), m.Width, m.Height); fault != "" {
					t.Fatal(fault)
				}
			}
		}
		s.tap("home")
	}
}

// A click selects a row, and one on the selected row opens it.
func TestClickOnThePage(t *testing.T) {
	f := newSurveyor(shownSurvey()).done()
	s := f.begun(t, 80, 24).settle()
	s.clickOn("465").shows("survey · 2 of").clickOn("465")
	s.until("the session", func() bool { return s.root.walk != nil })
	if f.went[0].Port != 465 {
		t.Errorf("it leads to port %d", f.went[0].Port)
	}
}

// A survey that panics ends the page, not the program.
func TestASurveyThatPanics(t *testing.T) {
	f := newSurveyor(shownSurvey())
	app := f.app(t)
	app.Survey = func(context.Context, SurveyRequest, SurveyNews) (*survey.Survey, error) { panic("no such thing") }
	s := simHome(t, app, 80, 24)
	s.send(tea.Msg(surveyMsg{}))
	s.settle().shows("✗ ").tap("esc").shows("what would you like to do")
}
