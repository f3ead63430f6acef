package ui

import (
	"errors"
	"strings"
	"testing"
)

// A key pressed once too often on the way back from the past must not send.
func TestEnterStopsAtThePresent(t *testing.T) {
	s, sc := walked(t, 4, 120, 40)
	before := sc.log.Len()
	s.press("left", "left", "left").shows("looking back")
	for range 20 {
		if s.root.walk.atEnd() {
			break
		}
		s.press("enter")
	}
	s.shows("back at the live step; nothing was sent", "enter the next step").hides("enter do it")
	s.press("enter").hides("back at the live step").shows("enter do it")
	if sc.log.Len() != before {
		t.Errorf("%d events, want %d: something was sent", sc.log.Len(), before)
	}
	if s.press("enter").settle(); sc.log.Len() == before {
		t.Error("enter on the proposal sent nothing")
	}
}

func TestALateYesDoesNotCopy(t *testing.T) {
	s, _ := walked(t, 4, 80, 24)
	s.press("q").shows("y yes · enter no").hides("this once").press("enter", "y").hides("copied")
}

func TestHelpAtHome(t *testing.T) {
	s := simHome(t, homeApp(), 80, 24)
	s.press("?").shows("what would you like to do", "everywhere", "in a list").press("esc", "enter", "?").shows("on a scenario", "narrow it").hides("on a transcript")
	if view := s.frame(); strings.Index(view, "on a scenario") > strings.Index(view, "everywhere") {
		t.Errorf("the help of a list does not begin with what it can do:\n%s", view)
	}
	s.press("esc").shows("practice · 1 of 3 · type")
}

func TestConnectTakesAScenario(t *testing.T) {
	s := simHome(t, homeApp(), 80, 24)
	var got Request
	s.root.app.Launch = func(r Request) (*Live, error) { got = r; return nil, errDisk }
	s.tap("3").typed("lab:expired").tap("enter")
	s.until("the launch", func() bool { return s.root.pending == nil && got.Target == "lab:expired" })
}

func TestWithoutATranscriptTheScreenSaysSo(t *testing.T) {
	sc := newScene()
	live := sc.live()
	live.Path, live.Failed = "", func() error { return errors.New("/a/long/path: no permission") }
	s := newSim(t, &App{}, 80, 24)
	s.run(s.root.showLive(live))
	s.settle().shows("no transcript is kept: no permission (/a/long/path)").press("enter", "enter", "enter", "q")
	s.shows("there is no transcript").hides("kept in any case").press("enter")
	_, _ = s.root.joinAll() // it reports again that nothing was kept
	s.root.walks = nil
}
