package progress

import "time"

// State is how far a person has come.
type State struct {
	Solved  map[string]time.Time `json:"solved"`  // when each scenario was solved first
	Lessons map[string]Lesson    `json:"lessons"` // those that were begun
	Items   map[string][]Answer  `json:"items"`   // what was answered to each item of the quiz, oldest first
}

// Lesson is how far a person has come in a lesson.
type Lesson struct {
	Step     int       `json:"step"`              // where they left off, counted from 1; 0 before it was begun, and once it was finished and not begun again
	Done     []int     `json:"done,omitempty"`    // the steps that were done by then, counted from 1
	Finished time.Time `json:"finished,omitzero"` // when it was taken to its end first
	Time     time.Time `json:"time"`              // of the last entry
}

// Answer is what came of an item of the quiz once.
type Answer struct {
	Right bool      `json:"right"`
	Time  time.Time `json:"time"`
}

// Sum is what entries come to, in their order.
func Sum(entries []Entry) State {
	s := newState()
	for _, e := range entries {
		s.take(e)
	}
	return s
}

func newState() State {
	return State{map[string]time.Time{}, map[string]Lesson{}, map[string][]Answer{}}
}

// Has reports whether anything is kept under a name.
func (s State) Has(name string) bool {
	_, solved := s.Solved[name]
	_, begun := s.Lessons[name]
	return solved || begun || len(s.Items[name]) > 0
}

// Empty reports whether nothing is kept.
func (s State) Empty() bool { return len(s.Solved)+len(s.Lessons)+len(s.Items) == 0 }

// take goes on by an entry.
func (s *State) take(e Entry) {
	switch {
	case e.Solved != "":
		if _, before := s.Solved[e.Solved]; !before {
			s.Solved[e.Solved] = e.Time
		}
	case e.Lesson != "":
		s.Lessons[e.Lesson] = Lesson{max(e.Step, 1), e.Done, s.Lessons[e.Lesson].Finished, e.Time}
	case e.Finished != "":
		at := Lesson{0, nil, s.Lessons[e.Finished].Finished, e.Time}
		if at.Finished.IsZero() {
			at.Finished = e.Time
		}
		s.Lessons[e.Finished] = at
	case e.Item != "":
		s.Items[e.Item] = append(s.Items[e.Item], Answer{e.Right, e.Time})
	case e.Reset != "":
		s.reset(e.Reset)
	}
}

func (s *State) reset(name string) {
	if name == Everything {
		*s = newState()
		return
	}
	delete(s.Solved, name)
	delete(s.Lessons, name)
	delete(s.Items, name)
}
