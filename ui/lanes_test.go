package ui

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
)

// lanesApp walks what is marked in the list, and notes what that was.
func lanesApp(asked *[]string) *App {
	app := homeApp()
	app.Lanes = func(names []string) ([]Lane, error) {
		*asked = names
		return lanesAbreast(len(names)), nil
	}
	return app
}

// Scenarios that are marked in the list are walked side by side, in the order of the marks, and a key leads back to the list.
func TestColumnsFromHome(t *testing.T) {
	var asked []string
	s := simHome(t, lanesApp(&asked), 80, 24).tap("1").shows("ctrl-d mark").hides("ctrl-g")
	s.tap("end", "ctrl+d").shows("(1) an expired certificate", "ctrl-d unmark").hides("ctrl-g")
	s.tap("home", "ctrl+d").shows("(2) submission on port 587", "ctrl-g side by side")
	s.tap("ctrl+g").until("the columns", func() bool { return s.root.abreast != nil }).settle()
	if !slices.Equal(asked, []string{"expired", "submission"}) {
		t.Errorf("asked for %v", asked)
	}
	s.shows("0 round trips", "no advice is followed", "esc back · q quit")
	s.press("enter", "enter", "enter").shows("the greeting → 220")
	var ended atomic.Int32
	for _, lane := range s.root.abreast.lanes {
		stop := lane.live.Stop
		lane.live.Stop = func() error { ended.Add(1); return stop() }
	}
	s.tap("esc").shows("practice · 1 of 3", "submission on port 587").hides("(1)", "side by side")
	s.until("the end of both", func() bool { return ended.Load() == 2 })
	if s.quit {
		t.Error("the program has ended")
	}
}

// A fourth mark is refused, one alone walks nothing, and what does not start says so in the list.
func TestMarksForColumns(t *testing.T) {
	var asked []string
	app := lanesApp(&asked)
	app.practices(Scenario{Name: "fourth", Group: "ports", Title: "a fourth"})
	s := simHome(t, app, 80, 24).tap("1", "ctrl+d", "ctrl+g", "ctrl+d", "ctrl+g").hides("(1)")
	s.tap("ctrl+d", "down", "ctrl+d", "down", "ctrl+d", "down", "ctrl+d").shows("at most 3 scenarios are walked side by side").hides("(4)")
	app.Lanes = func([]string) ([]Lane, error) { return nil, errors.New("no port is free") }
	s.tap("up", "ctrl+g").until("the reason", func() bool { return s.root.home.trouble != "" }).shows("✗ no port is free")
	if asked != nil {
		t.Errorf("asked for %v", asked)
	}
}

// What is left open in columns is ended with the program, also where it is only being started.
func TestColumnsEndWithTheProgram(t *testing.T) {
	var asked []string
	s := simHome(t, lanesApp(&asked), 80, 24).tap("1", "ctrl+d", "down", "ctrl+d", "ctrl+g")
	s.until("the columns", func() bool { return s.root.abreast != nil }).tap("enter", "ctrl+c")
	s.root.joinAll()
	for _, l := range s.root.columns[0].lanes {
		if l.verdict.Outcome == "" {
			t.Error("a session has no end")
		}
	}
	s = simHome(t, lanesApp(&asked), 80, 24)
	s.root.line([]string{"submission", "expired"})
	s.root.joinAll()
	if len(s.root.columns) != 1 || s.root.columns[0].lanes[1].verdict.Outcome == "" {
		t.Errorf("%d columns", len(s.root.columns))
	}
}
