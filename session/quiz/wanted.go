package quiz

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Wanted is what a round is to ask.
type Wanted struct {
	About string // as [About] takes it; everything where it is empty
	Most  int    // questions at most; 0 for as many as there are
	Mixed bool   // in any order: what was missed does not come first
	Exam  bool   // an exam, which has a number of questions of its own
}

// ReadWanted reads what a person types for it: exam, mixed, a number of questions, and words that say what about, in any order.
func ReadWanted(line string) (w Wanted) {
	var about []string
	for _, word := range strings.Fields(strings.ToLower(line)) {
		n, err := strconv.Atoi(word)
		switch {
		case word == "exam":
			w.Exam = true
		case word == "mixed":
			w.Mixed = true
		case err == nil && n > 0:
			w.Most = n
		default:
			about = append(about, word)
		}
	}
	w.About = strings.Join(about, " ")
	return w
}

// Round draws the questions, in an order that what was answered before and the seed decide. The error says in a sentence why there are none.
func (w Wanted) Round(past []Past, seed uint64, now func() time.Time) (*Round, error) {
	items := About(w.About)
	if len(items) == 0 {
		return nil, fmt.Errorf("no question is about %q", w.About)
	}
	if w.Exam {
		if r := NewExam(items, seed, now); r.Left() > 0 {
			return r, nil
		}
		return nil, fmt.Errorf("no question about %q belongs to the exam", w.About)
	}
	drawn := Queue(items, past, now(), seed)
	if w.Mixed {
		drawn = mixed(items, seed)
	}
	if w.Most > 0 {
		drawn = drawn[:min(w.Most, len(drawn))]
	}
	r := NewRound(drawn, seed, now)
	r.Due = Due(items, past, now())
	return r, nil
}

// Part is what can be asked about by its name.
type Part struct {
	Name  string // as [About] takes it; empty for everything
	About string
	Asked int // how many questions it has
	Due   int // how many of them were missed and are to be asked again now
}

// Title is the part with its numbers.
func (p Part) Title() string {
	title := fmt.Sprintf("%s, %d questions", p.Name, p.Asked)
	if p.Name == "" {
		title = fmt.Sprintf("everything, %d questions", p.Asked)
	}
	if p.Due > 0 {
		title += fmt.Sprintf(", %d to repeat", p.Due)
	}
	return title
}

// Parts are everything, the topics and the objectives of the exam. due are the questions that come again, see [Due].
func Parts(due map[string]bool) []Part {
	out := []Part{{About: "questions about all topics"}}
	for _, t := range Topics() {
		out = append(out, Part{Name: t.Name, About: t.About})
	}
	for _, o := range Objectives() {
		out = append(out, Part{Name: o.Number, About: "objective " + o.Number + " of N10-009: " + o.About})
	}
	for i, p := range out {
		items := About(p.Name)
		out[i].Asked = len(items)
		out[i].Due = len(slices.DeleteFunc(slices.Clone(items), func(it *Item) bool { return !due[it.Name] }))
	}
	return out
}
