package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/transcripts/places"
	"ehlo/transcripts/words"
	"ehlo/ui"
)

// atNames are the values of --at beside the number of an event.
func atNames() []string { return append([]string{"start", "end"}, record.Phases()...) }

// atFlag adds --at to a command: it means the same in each. what says what is done there.
func atFlag(c *cobra.Command, to *string, what string) {
	c.Flags().StringVar(to, "at", "", what+": the number of an event, start, end or a phase of the walk, such as auth")
	complete(c, "at", atNames()...)
}

// place is where something begins in a transcript: how many events are shown then, as [ui.App] has it. Before a phase a console tells
// the event after them, which has none to show what comes.
type place struct {
	events int
	before bool
}

// told is the number of the event that is told there, as [plain.Replay] has it.
func (p place) told() int {
	if p.before {
		return p.events + 1
	}
	return p.events
}

// first is the index of the first of n events to print from there.
func (p place) first(n int) int {
	if p.events == ui.AtEnd {
		return max(n-1, 0)
	}
	return max(p.told()-1, 0)
}

// placeOf is the place by the value of --at in the file at path, which is opened where it takes more than the value to know.
func placeOf(at, path string) (place, error) {
	if p, known, err := placeAlike(at); known || err != nil {
		return p, err
	}
	f, err := transcripts.Open(path)
	if err != nil {
		return place{}, err
	}
	defer f.Close()
	return placeIn(at, f)
}

// placeAlike is the place that is the same in every transcript. The error says that the value is not one of --at.
func placeAlike(at string) (p place, known bool, err error) {
	n, failed := strconv.Atoi(at)
	switch {
	case at == "" || at == "start":
		return place{events: ui.AtStart}, true, nil
	case at == "end":
		return place{events: ui.AtEnd}, true, nil
	case failed == nil && n < 1 || failed != nil && !slices.Contains(atNames(), at):
		return p, false, wrongPlace(at)
	}
	return p, false, nil
}

func wrongPlace(at string) error {
	names := atNames()
	text := fmt.Sprintf("--at %s: want the number of an event, %s or a phase: %s", quote(at), strings.Join(names[:2], ", "), strings.Join(names[2:], ", "))
	if near := nearestOf(names, at); near != "" {
		text += "; did you mean " + near + "?"
	}
	return usage(errors.New(text))
}

// placeIn is the place by the value of --at in a transcript.
func placeIn(at string, f *transcripts.File) (place, error) {
	if p, known, err := placeAlike(at); known || err != nil {
		return p, err
	}
	if n, err := strconv.Atoi(at); err == nil {
		return place{events: n}, within(n, f)
	}
	n, err := before(record.Phase(at), f)
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
