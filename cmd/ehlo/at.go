package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/transcripts/places"
	"ehlo/transcripts/words"
	"ehlo/ui"
)

// atNames are the values of --at beside the number of an event.
var atNames = append([]string{"start", "end"}, record.Phases()...)

// place is where the replay of a file begins: how many events are shown then, as [ui.App] has it. Before a phase a console tells
// the event after them, which has none to show what comes.
type place struct {
	events int
	before bool
}

func (p place) told() int {
	if p.before {
		return p.events + 1
	}
	return p.events
}

// placeOf is the place by the value of --at in the file at path.
func placeOf(at, path string) (p place, err error) {
	n, err := strconv.Atoi(at)
	switch {
	case at == "" || at == "start":
		return place{events: ui.AtStart}, nil
	case at == "end":
		return place{events: ui.AtEnd}, nil
	case err == nil && n < 1 || err != nil && !slices.Contains(atNames, at):
		return p, usage(fmt.Errorf("--at %s: want the number of an event, %s or a phase: %s", at, strings.Join(atNames[:2], ", "), strings.Join(atNames[2:], ", ")))
	}
	f, err := transcripts.Open(path)
	if err != nil {
		return p, err
	}
	defer f.Close()
	if n > 0 {
		return place{events: n}, within(n, f)
	}
	n, err = before(record.Phase(at), f)
	return place{n, true}, err
}

func within(n int, f *transcripts.File) error {
	if n > f.Len() {
		return usage(fmt.Errorf("--at %d: the transcript has %s", n, words.Number(f.Len(), "event")))
	}
	return nil
}

// before is the place before a phase.
func before(phase record.Phase, f *transcripts.File) (int, error) {
	if at, ok := places.OfPhase(f, phase); ok {
		return at, nil
	}
	var came []string
	for _, p := range record.AllPhases {
		if _, ok := places.OfPhase(f, p); ok {
			came = append(came, string(p))
		}
	}
	if len(came) == 0 {
		return 0, usage(errors.New("--at " + string(phase) + ": the session reached no phase"))
	}
	return 0, usage(fmt.Errorf("--at %s: the session never reached it; its phases are %s", phase, strings.Join(came, ", ")))
}
