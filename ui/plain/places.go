package plain

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/walk"
	"ehlo/transcripts/places"
	"ehlo/transcripts/words"
)

// announce tells what was done next, and what had been proposed where that is another step.
func (r *replay) announce() {
	if r.src.At(r.pos).Kind == record.KindEnd {
		r.print("next: what the session came to")
		return
	}
	r.moments.Extend()
	s := r.moments.At(r.pos)
	d := places.Next(r.src, r.pos)
	if d.First == nil || s.Start == nil || d.Beside() != "" {
		return
	}
	options := walk.Options(s, walk.GoalOf(s.Start.Plan))
	v := explorer{view: r.view, snap: s}
	o := d.Option(options)
	r.spoken.next = ""
	if o.Show != "" && d.Line() == o.Show {
		r.spoken.next = o.Show
	}
	text := words.List(": ", v.label(o), purpose(o))
	if d.Strayed(options[0]) {
		text = v.label(o) + "; proposed: " + words.List(": ", v.label(options[0]), purpose(options[0]))
	}
	r.printf("next%s: %s", v.where(o), text)
}

// move goes to another place: the next phase, finding or note, or the one before.
func (r *replay) move(t typed) {
	back := strings.EqualFold(t.rest, "back")
	if t.rest != "" && !back {
		r.printf("%s goes forward, %s back goes back", t.key.name, t.key.name)
		return
	}
	start := stepStart(r.src, r.pos-1)
	at, ok := 0, false
	switch t.key {
	case keyPhase:
		at, ok = r.phase(start, back)
	case keyFinding:
		at, ok = r.found(start, back)
	case keyNoted:
		at, ok = nextOf(r.remarks().Noted(), start, r.pos, back)
	}
	if !ok {
		r.printf("there is no other %s in this direction", strings.TrimPrefix(t.key.does, "next "))
		return
	}
	r.open(at)
}

// phase is the first event of the next phase, or of the one before.
func (r *replay) phase(start int, back bool) (at int, ok bool) {
	state := func(n int) record.State { return stateAt(r.src, n) }
	if back {
		at = places.PhaseBefore(r.src, start, state)
		return at, start > 0
	}
	at = places.NextPhase(r.src, start, state)
	return at, at < r.src.Len()
}

// found is the next event in which something was found that is more than worth knowing, or the one before.
func (r *replay) found(start int, back bool) (at int, ok bool) {
	is := func(i int) bool {
		return r.file.Kind(i) == record.KindFinding && r.src.At(i).Kind == record.KindFinding && r.src.At(i).Finding.Severity != record.SeverityInfo
	}
	if back {
		for at = start - 1; at >= 0 && !is(at); at-- {
		}
		return at, at >= 0
	}
	for at = r.pos; at < r.src.Len() && !is(at); at++ {
	}
	return at, at < r.src.Len()
}

// nextOf is the next of a list of events, by their Seq, outside of the step from start up to end.
func nextOf(list []int, start, end int, back bool) (at int, ok bool) {
	i, _ := slices.BinarySearch(list, end+1)
	if back {
		i, _ = slices.BinarySearch(list, start+1)
		i--
	}
	if i < 0 || i >= len(list) {
		return 0, false
	}
	return list[i] - 1, true
}

// longestWait is how long a replay that plays waits for the next event at most.
const longestWait = 3 * time.Second

// play tells step after step at the pace at which they happened, or some times as fast, until the end or an interrupt.
func (r *replay) play(ctx context.Context, rest string) error {
	speed, err := strconv.Atoi(rest)
	if rest != "" && (err != nil || speed < 1 || speed > 1000) {
		r.print("play, or play NUMBER for how many times as fast: from 1 to 1000")
		return nil
	}
	for speed = max(speed, 1); r.pos > 0 && r.pos < r.src.Len() && r.broken == nil; {
		select {
		case <-r.after(r.pause(speed)):
		case <-r.Interrupt:
			r.print("paused")
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
		r.forward()
	}
	return nil
}

// pause is how long is waited for the next event. Where that is less than it took in the session it is said.
func (r *replay) pause(speed int) time.Duration {
	took := max(r.src.At(r.pos).T-r.src.At(r.pos-1).T, 0)
	wait := min(took/time.Duration(speed), longestWait)
	if took/time.Duration(speed) > longestWait {
		r.printf("%s here for %s in the session", words.Duration(wait), words.Duration(took.Round(time.Second)))
	}
	return wait
}

// number tells the numbers of the events from here on, or no longer.
func (r *replay) number() {
	r.numbered = !r.numbered
	r.print(map[bool]string{true: "events are shown with their numbers", false: "events are shown without their numbers"}[r.numbered])
}

// lead is the number of an event where numbers are told.
func (v *view) lead(e *record.Event) string {
	if !v.numbered {
		return ""
	}
	return fmt.Sprintf("event %d, ", e.Seq)
}
