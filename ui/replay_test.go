package ui

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/setup"
	"ehlo/transcripts"
	"ehlo/ui/detail"
	"ehlo/ui/paint"
)

// Every scenario fits the screen, and a replay shows what was. Each is walked by Enter, and once by the first advice at its end, and what the live screen shows at each stop
// is held against what the replay of its file shows there, again by Enter: where one is, the progress, the dialogue with its selection, all views of the
// selected row, the task and the choices. At the events between, where a live session shows what it waits for, the frames of
// looking back in both are compared.
//
// What differs by right is said here and nowhere else: the bar shows what was done next in place of what can be done, the keys are
// those of a file, the line at the top says that it is a replay, and a live session that it is looking back.
func TestAReplayShowsWhatWas(t *testing.T) {
	t.Parallel()
	for _, sc := range lab.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			s := simLive(t, brief(t, sc.Name), 80, 24)
			stops := walkedByEnter(t, s)
			r := reopened(t, s)
			replayedByEnter(t, r, stops)
			betweenStops(t, s, r)
			s.press("end")
			harmless(t, s.press("enter")) // after the end
		})
	}
}

// brief starts a scenario whose silences and delays are short: what is compared does not depend on how long it was waited. Where the
// server answers it may take as long as a busy machine needs.
func brief(t *testing.T, name string) *Live {
	asked := setup.Request{Target: "lab:" + name, Timeout: time.Minute, After: func(d time.Duration) <-chan time.Time { return time.After(d / 20) }}
	if sc, err := lab.Find(name); err == nil && sc.Finding == string(record.FoundTimeout) {
		asked.Timeout = 300 * time.Millisecond
	}
	s, err := setup.New(asked)
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	e := s.Session()
	recorder, err := transcripts.Record(e.Log(), filepath.Join(t.TempDir(), "walk.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	p := s.Practice()
	return &Live{Engine: e, Source: recorder, Goal: s.Goal, Roots: p.Roots, Certificate: p.Certificate, Advance: p.Advance, Path: recorder.Path(), Failed: recorder.Err,
		Stop: func() error { e.Close(); return errors.Join(recorder.Close(), s.Close()) }}
}

// stop is a position at which a live session waited for a person.
type stop struct {
	pos   int
	shown string
	next  string // what was done there, as it was shown before it was sent; empty where it has no line
}

// walkedByEnter walks a session to its end, and says what was shown where. Each frame on the way fits.
func walkedByEnter(t *testing.T, s *sim) []stop {
	var stops []stop
	w, advised := s.root.walk, false
	for range 80 {
		if at := (stop{pos: w.pos, shown: pictured(w, small, large)}); len(stops) > 0 && stops[len(stops)-1].pos == at.pos {
			stops[len(stops)-1] = at
		} else {
			stops = append(stops, at)
		}
		if o, ok := w.option(); ok && w.walking() {
			stops[len(stops)-1].next = o.Show
		}
		if w.over {
			return stops
		}
		if w.summing() && w.advising() && !advised {
			advised = true
			harmless(t, s.press("1"))
			harmless(t, s.press("esc")) // what an advice asks for is not given
			continue
		}
		harmless(t, s.press("enter"))
		if _, asked := w.sheet.(*question); asked {
			harmless(t, s.press("y"))
		}
	}
	t.Fatalf("eighty times enter and no end:\n%s", s.frame())
	return nil
}

func reopened(t *testing.T, s *sim) *sim {
	s.root.joinAll()
	path := s.root.walk.live.Path
	file, err := transcripts.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return simReplay(t, &Replay{Source: file, Path: path, Close: file.Close}, 80, 24)
}

// replayedByEnter walks the replay, and holds it against the stops of the session.
func replayedByEnter(t *testing.T, r *sim, stops []stop) {
	w := r.root.walk
	r.press("home")
	for i, live := range stops[1:] { // the first is before the first step, where the replay begins
		done := w.doneNext()
		shown, _, _ := strings.Cut(stops[i].next, sasl.Mask) // what was still to be sent stands in no plan, a practice account's secret neither
		if next := shown; next != "" && !strings.HasPrefix(done, next) {
			t.Errorf("at event %d the replay says that %q was next, and it was %q", w.pos, done, next)
		}
		if r.press("enter"); w.pos != live.pos {
			t.Fatalf("after %q the session stopped at event %d, the replay at %d\n%s", done, live.pos, w.pos, r.frame())
		}
		if got := pictured(w, small, large); got != live.shown {
			t.Fatalf("at event %d of %d, live and replayed:\n%s", w.pos, w.pane.Len(), differing(live.shown, got))
		}
	}
}

// betweenStops compares every position of a session that is over with the same one of its file.
func betweenStops(t *testing.T, s, r *sim) {
	live, replay := s.root.walk, r.root.walk
	for n := range live.pane.Len() {
		replay.jump(n)
		live.goal = replay.goal // a live session that looks back proposes by what is wanted now
		live.jump(n)
		if a, b := pictured(live, small), pictured(replay, small); a != b {
			t.Fatalf("at event %d, looking back live and replayed:\n%s", n, differing(a, b))
		}
		if a, b := bar(live), bar(replay); a != b && !cutApart(a, b) {
			t.Fatalf("at event %d the bar, live and replayed:\n%s", n, differing(a, b))
		}
	}
}

// cutApart reports whether two bars differ only in where a long line was cut: a live session has more to say in front of it.
func cutApart(a, b string) bool {
	a, _, cutA := strings.Cut(a, "…")
	b, _, cutB := strings.Cut(b, "…")
	return cutA && cutB && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

// small and large are the sizes that are compared: with one pane at a time, and with two.
var small, large = [2]int{60, 16}, [2]int{120, 40}

// pictured is what the screen shows but for the bar and the clock, in all views.
func pictured(w *explorer, sizes ...[2]int) string {
	view, zoomed, drawn := w.view, w.zoomed, w.reader
	defer func() { w.view, w.zoomed, w.reader = view, zoomed, drawn }()
	var b strings.Builder
	b.Grow(len(sizes) << 14)
	for _, size := range sizes {
		c := &canvas{theme: w.theme, width: size[0], height: size[1]}
		c.line(joinParts([]paint.Line{w.target(), w.role(), w.lock(), w.user("authenticated as "), w.unmasked()}))
		c.line(w.progress(c.width))
		w.reader = reader{compact: size[0] < wideWidth} // whatever has been drawn before
		for v := range detail.View(len(detail.Names)) {
			w.view, w.zoomed = v, w.reader.compact && v != detail.Explain
			w.drawPanes(c, size[1]-6)
		}
		for _, row := range c.rows {
			b.WriteString(row)
			b.WriteByte('\n')
		}
	}
	fmt.Fprintln(&b, "task:", w.task(), "story:", w.story())
	for _, o := range w.options() {
		fmt.Fprintf(&b, "choice: %s, proposed %v, legal %v, blocked %v, guarded %v, missing %q: %s %s\n", showOption(o, w.snap), o.Proposed, o.Legal, o.Blocked, o.Guard, o.Missing, o.Why, o.Expect)
	}
	return b.String()
}

// bar is what stands in the bar, without blanks.
func bar(w *explorer) string {
	var b strings.Builder
	for i, l := range w.nextLines(298, 8) {
		if i < 8 {
			b.WriteString(l.Cut(300).String() + "\n")
		}
	}
	return strings.ReplaceAll(strings.Replace(b.String(), "looking back: ", "", 1), " ", "")
}

// differing are the lines in which two texts differ.
func differing(a, b string) string {
	var out strings.Builder
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		left, right := "", ""
		if i < len(x) {
			left = x[i]
		}
		if i < len(y) {
			right = y[i]
		}
		if left != right {
			fmt.Fprintf(&out, "- %s\n+ %s\n", strings.TrimRight(left, " "), strings.TrimRight(right, " "))
		}
	}
	return out.String()
}

// Between the events of a step nothing was proposed, also where the state has changed by then: a challenge is not answered before it has been opened.
func TestWithinAStepNothingIsProposed(t *testing.T) {
	s := simLive(t, brief(t, "auth-scram-sha-256"), 80, 24)
	stops := map[int]bool{}
	for _, at := range walkedByEnter(t, s) {
		stops[at.pos] = true
	}
	w := s.root.walk
	for n := w.firstStep(); n < w.pane.Len()-1; n++ {
		w.jump(n)
		if e := w.pane.Event(n); e.Step != "" && stops[n] == strings.Contains(bar(w), "inthemiddleofastep") {
			t.Errorf("at event %d (%s of %s), where the session stopped: %v, the bar says %q", n, e.Kind, e.Step, stops[n], bar(w))
		}
	}
}

// Where a step has several findings, the gravest is selected, live and replayed, also where another one decides the verdict.
func TestTheGravestFindingIsSelected(t *testing.T) {
	for _, size := range [][2]int{small, {80, 24}, large} {
		s := simLive(t, brief(t, "stripped"), size[0], size[1])
		for range 20 {
			if s.press("enter"); s.root.walk.over {
				break
			}
		}
		r := reopened(t, s)
		r.press("end")
		for _, w := range []*explorer{s.root.walk, r.root.walk} {
			if f := w.selected().Finding; f == nil || f.Severity != record.SeverityDanger {
				t.Errorf("%dx%d: selected is %+v\n%s", size[0], size[1], w.selected(), s.frame())
			}
		}
	}
}

// What decided is selected as well where the last event of a file came before it was known to be the last.
func TestTheCauseIsSelectedWhenAFileHasBeenRead(t *testing.T) {
	s := simLive(t, brief(t, "wrong-password"), 80, 24)
	for range 20 {
		if s.press("enter"); s.root.walk.over {
			break
		}
	}
	s.root.joinAll()
	file, err := transcripts.Open(s.root.walk.live.Path)
	if err != nil {
		t.Fatal(err)
	}
	whole := true
	w := simReplay(t, &Replay{Source: file, Close: file.Close, Whole: func() bool { return whole }}, 80, 24).root.walk
	w.start()
	w.arrived, whole = 0, false
	w.end()
	whole = true
	w.read()
	if f := w.selected().Finding; f == nil || f.Code != record.FoundCredentialsWrong {
		t.Errorf("selected is %+v", w.selected())
	}
}
