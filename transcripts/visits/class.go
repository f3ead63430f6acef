package visits

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/course"
	"ehlo/session/lesson"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// Class is a lesson that learners take together on practice servers: who is at which step, and what of the lesson they have reached. It
// belongs to a [Book], which tells it of each session. Only what the server's side shows counts; what is read or answered does not.
type Class struct {
	Lesson *lesson.Lesson
	Stops  []Stop

	byName   bool
	learners []*learner
}

// Stop is a step of the lesson with a session that a server sees.
type Stop struct {
	Step    int         // counted from 1
	Kind    lesson.Kind // walk, predict or solve
	Station course.Station
}

// NewClass begins a class. byName tells learners apart by the name that they give in EHLO, for a class behind one address; else their
// address does. Nothing is seen of a port that is closed: its step is no stop.
func NewClass(l *lesson.Lesson, byName bool) *Class {
	c := &Class{Lesson: l, byName: byName}
	for i := range l.Steps {
		if name := l.Steps[i].Scenario(); name != "" {
			if at := l.Station(name); at.Answers(at.Role()) {
				c.Stops = append(c.Stops, Stop{i + 1, l.Steps[i].Kind(), at})
			}
		}
	}
	return c
}

// Came is what has come of a step, from nothing to all that there is to reach.
type Came int

// What can come of a step.
const (
	NotBegun   Came = iota
	UnderWay        // a session goes on
	NotReached      // a session has ended before the goal
	Had             // a session has ended; whether the goal is reached shows on the visitor's side alone
	Reached
)

func (c Came) String() string {
	return [...]string{"not begun", "under way", "not reached", "ended, its result is not seen here", "reached"}[c]
}

// Word is the same in at most two words.
func (c Came) Word() string {
	if c == Had {
		return "ended"
	}
	return c.String()
}

// Learner is where one of the class is.
type Learner struct {
	Name  string // an address, or what was said in EHLO, made visible
	Step  int    // that of the newest session, counted from 1
	Visit int    // the number of that session
	Came  []Came // of each of [Class.Stops], in their order
}

// Count is how many of the stops are reached, and how many have ended without showing it here.
func (l Learner) Count() (reached, had int) {
	for _, c := range l.Came {
		switch c {
		case Reached:
			reached++
		case Had:
			had++
		}
	}
	return reached, had
}

// Sum says how much of the lesson is reached.
func (l Learner) Sum() string {
	reached, had := l.Count()
	text := fmt.Sprintf("%d of %s reached", reached, record.Plural(len(l.Came), "step", "steps"))
	if had > 0 {
		text += fmt.Sprintf(", the result of %d is not seen here", had)
	}
	return text
}

// Standing is where the learner of a visit is in the lesson; Steps is 0 where there is no lesson, or the visit does not belong to it.
type Standing struct {
	Learner
	Steps int  // how many the lesson has
	Step  int  // that of this visit, counted from 1
	Came  Came // of this step
}

// Place says where it is: "ann is at step 5 of 8 of the lesson".
func (s Standing) Place() string {
	return fmt.Sprintf("%s is at step %d of %d of the lesson", s.Name, s.Step, s.Steps)
}

// InWords says also what came of it: "ann is at step 5 of 8 of the lesson, reached; 1 of 2 steps reached".
func (s Standing) InWords() string { return s.Place() + ", " + s.Came.Word() + "; " + s.Sum() }

// learner is what is kept of one of the class.
type learner struct {
	name        string
	step, visit int    // of the newest session
	visits      int    // how many there were
	best        []Came // of each stop
	running     []int  // sessions for each stop that go on
}

// maxLearners bounds a class. Who comes after them is a visitor, and no learner.
const maxLearners = 1000

func (l *learner) seen() Learner {
	out := Learner{Name: l.name, Step: l.step, Visit: l.visit, Came: slices.Clone(l.best)}
	for i, n := range l.running {
		if n > 0 && l.best[i] < Had {
			out.Came[i] = UnderWay
		}
	}
	return out
}

// place is the stop of a visit, and whose it is.
type place struct {
	*learner
	stop int // index in [Class.Stops]
}

// begins finds the place of a visit that has begun, or whose name has become known; nil where it has none. A session is for the first
// step of its scenario that is not reached, or the last one.
func (c *Class) begins(v *visit, name string) *place {
	l, stop := c.learner(v, name), -1
	if l == nil {
		return nil
	}
	for i, s := range c.Stops {
		if s.Station.Name == v.scenario.Name && (stop < 0 || l.best[stop] >= Had) {
			stop = i
		}
	}
	if stop < 0 {
		return nil
	}
	if !slices.Contains(c.learners, l) {
		c.learners = append(c.learners, l)
	}
	l.step, l.visit = c.Stops[stop].Step, v.number
	l.visits++
	l.running[stop]++
	return &place{l, stop}
}

// learner is who visits, a new one where nobody of the name has come; nil while the name is not known, or where there are too many.
func (c *Class) learner(v *visit, name string) *learner {
	if a := v.at.Client.Addr(); !c.byName {
		name = a.Unmap().String()
	}
	if i := slices.IndexFunc(c.learners, func(l *learner) bool { return l.name == name }); i >= 0 {
		return c.learners[i]
	}
	if name == "" || len(c.learners) == maxLearners {
		return nil
	}
	return &learner{name: name, best: make([]Came, len(c.Stops)), running: make([]int, len(c.Stops))}
}

// renamed takes a visit from its place, because its client calls itself something else now: openssl says an EHLO of its own before that of
// the person.
func (c *Class) renamed(p *place) {
	p.running[p.stop]--
	if p.visits--; p.visits == 0 {
		c.learners = slices.DeleteFunc(c.learners, func(l *learner) bool { return l == p.learner })
	}
}

// ends notes what a session has come to that is over.
func (c *Class) ends(p *place, row Row) {
	p.running[p.stop]--
	p.best[p.stop] = max(p.best[p.stop], c.Stops[p.stop].came(row))
}

// came judges a session for its step. A walk is one whose message was delivered where that is what the scenario is about, and else one
// that went on to QUIT or failed before.
func (s Stop) came(row Row) Came {
	solve := s.Kind == lesson.Solve
	switch {
	case row.Goal == Solved, row.Goal == Delivered && !solve:
		return Reached
	case row.Goal == Delivered, row.Goal == Unseen && solve:
		return Had
	case solve, s.Station.Exercise != nil && s.Station.Goal == course.GoalWalk:
		return NotReached
	case row.Step == record.VerbQuit, !slices.Contains([]record.Outcome{"", record.OutcomeDone, record.OutcomeStopped}, row.Verdict.Outcome):
		return Reached
	}
	return NotReached
}

// standing is where the learner of a place is.
func (c *Class) standing(p *place) Standing {
	if p == nil {
		return Standing{}
	}
	l := p.seen()
	return Standing{Learner: l, Steps: len(c.Lesson.Steps), Step: c.Stops[p.stop].Step, Came: l.Came[p.stop]}
}

// named is the name that a line of the client gives in EHLO or HELO; empty where it gives none.
func named(line []byte) string {
	verb, name, _ := strings.Cut(strings.TrimSpace(string(line[:min(len(line), maxName)])), " ")
	if !strings.EqualFold(verb, "EHLO") && !strings.EqualFold(verb, "HELO") {
		return ""
	}
	return wire.VisibleString(strings.TrimSpace(name))
}

// maxName is how much of such a line is looked at, in bytes: a domain has at most 255 (RFC 5321 §4.5.3.1.2).
const maxName = 262

// Learners are those of the class, in the order in which they came; none without a class.
func (b *Book) Learners() (list []Learner) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Class == nil {
		return nil
	}
	for _, l := range b.Class.learners {
		list = append(list, l.seen())
	}
	return list
}
