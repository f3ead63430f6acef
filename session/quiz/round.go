package quiz

import (
	"fmt"
	"time"
)

// Round asks questions one after the other, and knows what came of them. A face shows its question, hands it what a person answers, and
// decides nothing.
type Round struct {
	// Keep is told each answer that counts; nil if nobody keeps any. The first error of it is [Round.Trouble].
	Keep func(item string, right bool) error
	// Now is the clock.
	Now func() time.Time
	// Due are the questions that come again because they were missed; see [Due].
	Due map[string]bool

	items   []*Item
	at      int
	seed    uint64
	exam    bool
	begun   time.Time
	given   *Result // to the question that is asked now; nil for none
	looked  bool    // the answer was looked at
	right   map[string]bool
	counted int
	trouble error
}

// NewRound asks the questions in their order; the seed decides in which order each shows its choices.
func NewRound(items []*Item, seed uint64, now func() time.Time) *Round {
	return &Round{items: items, seed: seed, Now: now, right: map[string]bool{}}
}

// NewExam asks the questions against the clock, and says nothing about an answer before the end. It begins with the first question that is
// asked for.
func NewExam(items []*Item, seed uint64, now func() time.Time) *Round {
	r := NewRound(Exam(items, seed), seed, now)
	r.exam = true
	return r
}

// Item is the question that is asked now, its choices shuffled; nil where the round is over.
func (r *Round) Item() *Item {
	if r.Over() {
		return nil
	}
	if r.begun.IsZero() {
		r.begun = r.Now()
	}
	return r.items[r.at].Shuffled(r.seed)
}

// Over reports whether there is nothing to ask any more, or an exam has no time left.
func (r *Round) Over() bool { return r.at >= len(r.items) || r.late() }

func (r *Round) late() bool { return r.exam && !r.begun.IsZero() && r.Now().After(r.Ends()) }

// Ends is when an exam has no time left; zero where there is no exam, or it has not begun.
func (r *Round) Ends() time.Time {
	if !r.exam || r.begun.IsZero() {
		return time.Time{}
	}
	return r.begun.Add(ExamTime)
}

// Exam reports whether nothing is said about an answer before the end.
func (r *Round) Exam() bool { return r.exam }

// Left is how many questions there are with the one that is asked now.
func (r *Round) Left() int { return max(len(r.items)-r.at, 0) }

// Answer judges an answer to the question that is asked now. One that is not understood, comes after the answer was looked at, or comes too late, does
// not count. In an exam the next question follows.
func (r *Round) Answer(text string) Result {
	it := r.Item()
	if it == nil || r.given != nil {
		return Result{}
	}
	res := it.Judge(text)
	if !res.Understood {
		return res
	}
	r.given = &res
	if !r.looked {
		r.count(it, res.Right)
	}
	if r.exam {
		r.Next()
	}
	return res
}

func (r *Round) count(it *Item, right bool) {
	r.counted++
	r.right[it.Name] = right
	if r.Keep == nil || r.trouble != nil {
		return
	}
	r.trouble = r.Keep(it.Name, right)
}

// Look shows the answer, which costs nothing: the question is neither right nor wrong, and comes again. There is no look in an exam.
func (r *Round) Look() (ok bool) {
	r.looked = r.looked || !r.exam
	return r.looked
}

// Given is the answer to the question that is asked now; ok is false where there is none. looked says that it was shown.
func (r *Round) Given() (res Result, looked, ok bool) {
	if r.given == nil {
		return Result{}, r.looked, r.looked
	}
	return *r.given, r.looked, true
}

// Next goes on to the next question.
func (r *Round) Next() { r.at, r.given, r.looked = r.at+1, nil, false }

// Trouble is why answers cannot be kept; nil while they can.
func (r *Round) Trouble() error { return r.trouble }

// Place says where one is, in a few words.
func (r *Round) Place() string {
	place := fmt.Sprintf("%d of %d", min(r.at+1, len(r.items)), len(r.items))
	if r.exam {
		return place
	}
	if r.counted > 0 {
		place += fmt.Sprintf(", %d of %d right", r.rights(), r.counted)
	}
	if r.at < len(r.items) && r.Due[r.items[r.at].Name] {
		place += ", missed before"
	}
	return place
}

func (r *Round) rights() (n int) {
	for _, right := range r.right {
		if right {
			n++
		}
	}
	return n
}

// Sum is what came of the round: how many were right, in an exam by objective, and which to look at again.
func (r *Round) Sum() Sum {
	s := Sum{Right: r.rights(), Counted: r.counted, Late: r.late()}
	if r.exam {
		s.Counted, s.By = len(r.items), tallies(r.items, r.right)
	}
	for i, it := range r.items {
		right, answered := r.right[it.Name]
		if answered && !right || r.exam && !answered && (i < r.at || r.Over()) {
			s.Missed = append(s.Missed, it)
		}
	}
	return s
}

// Sum is the result of a round.
type Sum struct {
	Right, Counted int
	Late           bool // the time was over before the questions were
	By             []Tally
	Missed         []*Item // answered wrong, or in an exam not at all
}

// Headline says it in a sentence without a full stop.
func (s Sum) Headline() string {
	if s.Counted == 0 {
		return "no question was answered"
	}
	line := fmt.Sprintf("%d of %d right", s.Right, s.Counted)
	if s.By != nil {
		line += fmt.Sprintf(", %d%%", s.Right*100/s.Counted)
	}
	if s.Late {
		line += "; the time was over before the last question"
	}
	return line
}
