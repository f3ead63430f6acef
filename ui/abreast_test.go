package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// besideSim runs the columns as Bubble Tea does, without a terminal.
type besideSim struct {
	t        *testing.T
	model    *abreast
	messages chan tea.Msg
}

// lanesAbreast are a good session, one whose STARTTLS is refused and one that is refused in the greeting.
func lanesAbreast(n int) (lanes []Lane) {
	for i, refuse := range []map[record.Verb]string{{}, {record.VerbSTARTTLS: "454 4.7.0 TLS not available"}, {record.VerbEHLO: "502 5.5.1 not here"}}[:n] {
		sc := newScene()
		sc.refuse = refuse
		live := sc.live()
		live.Goal.SendMessage = true
		lanes = append(lanes, Lane{Name: []string{"submission", "no-tls", "no-ehlo"}[i], Live: live, Advance: func(ctx context.Context) (bool, error) {
			sc.Do(ctx, walk.Next(sc.snap, live.Goal))
			return !walk.Over(sc.snap, live.Goal), nil
		}})
	}
	return lanes
}

func simBeside(t *testing.T, lanes, width, height int) *besideSim {
	s := &besideSim{t, newAbreast(t.Context(), lanesAbreast(lanes), simTheme), make(chan tea.Msg, 64)}
	t.Cleanup(func() { s.model.end() })
	s.run(s.model.Init())
	s.send(tea.WindowSizeMsg{Width: width, Height: height})
	return s.settle()
}

func (s *besideSim) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case tea.BatchMsg:
			for _, c := range msg {
				s.run(c)
			}
		case nil:
		default:
			s.messages <- msg
		}
	}()
}

func (s *besideSim) send(msg tea.Msg) {
	_, cmd := s.model.Update(msg)
	s.run(cmd)
}

// settle takes messages until no step runs and all events are in the columns.
func (s *besideSim) settle() *besideSim {
	s.t.Helper()
	for deadline := time.After(time.Minute); !s.model.atRest() || len(s.messages) > 0; {
		select {
		case msg := <-s.messages:
			s.send(msg)
		case <-deadline:
			s.t.Fatalf("it never came to rest:\n%s", s.model.View())
		}
	}
	return s
}

func (s *besideSim) press(keys ...string) *besideSim {
	s.t.Helper()
	for _, k := range keys {
		s.send(keyMsg(k))
		if k == "enter" {
			s.settle()
		}
	}
	return s
}

func (s *besideSim) shows(texts ...string) *besideSim {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.model.View(), text) {
			s.t.Fatalf("no %q in\n%s", text, s.model.View())
		}
	}
	return s
}

// end walks all sessions to their ends, and gives how often that took Enter.
func (s *besideSim) end() (steps int) {
	for ; s.model.ready(); steps++ {
		if s.press("enter"); steps > 30 {
			s.t.Fatalf("thirty steps and no end:\n%s", s.model.View())
		}
	}
	return steps
}

func TestBesideFrames(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 16}} {
		name := func(at string) string { return fmt.Sprintf("beside-%s-%dx%d", at, size[0], size[1]) }
		s := simBeside(t, 3, size[0], size[1])
		compare(t, name("start"), s.model.View())
		compare(t, name("steps"), s.press("enter", "enter", "enter", "enter", "enter").model.View())
		s.end()
		compare(t, name("end"), s.model.View())
	}
}

// Enter takes a step in each session that goes on, until all have ended; where there is no room Tab shows the others.
func TestBesideWalks(t *testing.T) {
	s := simBeside(t, 3, 80, 24)
	s.shows("0 round trips", "submission", "no-tls", "enter next step in each", "tab other columns", "columns 1 to 2 of 3")
	s.press("enter", "enter", "enter").shows("the greeting", "2 round trips").press("tab").shows("no-ehlo", "columns 2 to 3 of 3").press("tab").shows("columns 1 to 2 of 3")
	s.end()
	for i, c := range s.model.Columns {
		if c.Result == "" || !s.model.lanes[i].over {
			t.Errorf("%s has not ended", c.Name)
		}
	}
	if _, cmd := s.model.Update(keyMsg("enter")); cmd != nil {
		t.Error("there is a step after the end")
	}
	if c := s.model.Columns; c[0].Protected == 0 || c[1].Protected != 0 || c[1].Readable == 0 {
		t.Errorf("counted %+v", c)
	}
	s.shows("submission: done at quit").press("tab").shows("no-tls: ", "no-ehlo: ")
	verdicts, err := s.model.end()
	if err != nil || verdicts[0].Exit != record.ExitOK || verdicts[1].Exit == record.ExitOK {
		t.Errorf("verdicts %+v, %v", verdicts, err)
	}
}

// Each frame fits, whatever the window.
func TestBesideFits(t *testing.T) {
	for _, size := range monkeySizes {
		var width, height int
		fmt.Sscanf(size, "%dx%d", &width, &height)
		s := simBeside(t, 2, width, height).press("enter", "enter", "up", "tab", "end")
		if fault := misfit(s.model.View(), width, height); fault != "" {
			t.Error(fault)
		}
	}
}

// The keys that end it end it, also in the middle of a walk.
func TestBesideQuits(t *testing.T) {
	for _, k := range []string{"q", "esc", "ctrl+c"} {
		s := simBeside(t, 2, 80, 24).press("enter", "enter")
		if _, cmd := s.model.Update(keyMsg(k)); cmd == nil || s.model.interrupted != (k == "ctrl+c") {
			t.Errorf("%s does not end it", k)
		}
		if verdicts, err := s.model.end(); err != nil || len(verdicts) != 2 {
			t.Errorf("%s: %+v, %v", k, verdicts, err)
		}
	}
}
