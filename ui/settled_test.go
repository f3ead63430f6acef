package ui

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/transcripts"
)

// What a person changes in a form is recorded before the first step that is taken by it, and the goal of an exercise that it reaches is seen
// in the file as it was live.
func TestSettingsThatAreChangedInAForm(t *testing.T) {
	s, k := exercised(t, "unknown-user")
	s.enterUntil("logged in", func(snap record.Snapshot) bool { return snap.State.Auth == record.AuthDone })
	s.press("m").shows("envelope and message").press("down", "ctrl+u").typed("bob@lab.test").press("enter")
	for range 8 {
		s.press("enter")
	}
	s.ticked(k, "unknown-user")
	e := s.root.walk.exercise()
	s.root.joinAll()
	f, err := transcripts.Open(s.root.walk.live.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var snap record.Snapshot
	changes, at, reached := 0, 0, false
	for i := range f.Len() {
		ev := f.At(i)
		if ev.Kind == record.KindChange {
			changes, at = changes+1, i+1
			if !ev.Change.ByHand() || !slices.Equal(ev.Change.Settings, []string{"to"}) || !slices.Equal(ev.Change.Plan.To, []string{"bob@lab.test"}) {
				t.Errorf("%+v", ev.Change)
			}
			if next := f.At(i + 1); next.Kind != record.KindSend || !strings.HasPrefix(string(next.Send.Raw), "MAIL FROM:") {
				t.Errorf("after the change comes %s %s", next.Kind, next.Step)
			}
		}
		snap = snap.Next(ev)
		reached = reached || e.Reached(snap, snap.End != nil)
	}
	if changes != 1 || !reached {
		t.Errorf("%d changes, reached in the file: %v", changes, reached)
	}
	replay := simReplay(t, &Replay{Source: f, Path: f.Path()}, 80, 24)
	replay.root.walk.jump(at)
	replay.shows("settings", "recipients bob@lab.test")
}

// Who leaves the recipient out has not reached the end that a session leads to.
func TestLeavingTheRecipientOutSolvesNothing(t *testing.T) {
	s, k := exercised(t, "submission")
	s.press("enter", "enter").press("m").shows("envelope and message").press("down", "ctrl+u").press("enter")
	for range 16 {
		s.press("enter")
	}
	if k.has("submission") {
		t.Errorf("it is solved without a message:\n%s", s.frame())
	}
}
