package quiz

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Past is an answer that was given before. Those of one question are in the order of their times.
type Past struct {
	Item  string
	Right bool
	Time  time.Time
}

// Intervals are how long a question that was missed rests: after a wrong answer it is in the first box, and each right one, given when it is due,
// moves it to the next; after the last it has been learned. (These are the boxes of Leitner: what is not known comes back soon, and what is
// known less and less.) A question that was right at first is in no box.
var Intervals = [...]time.Duration{10 * time.Minute, 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, 21 * 24 * time.Hour}

// standing is what is known of one question.
type standing struct {
	answered time.Time // last; zero for never
	box      int       // counted from 1; 0 for none
	due      time.Time
}

func (s standing) after(p Past) standing {
	s.answered = p.Time
	switch {
	case !p.Right:
		s.box = 1
	case s.box == 0 || p.Time.Before(s.due):
		return s
	default:
		s.box = (s.box + 1) % (len(Intervals) + 1)
	}
	if s.box > 0 {
		s.due = p.Time.Add(Intervals[s.box-1])
	}
	return s
}

// The parts of a queue, in their order.
const (
	partDue     = iota // was missed, and has rested
	partNew            // was never asked, and belongs to the exam
	partMore           // was never asked, and goes beyond the exam
	partKnown          // was right
	partResting        // was missed, and rests
)

func (s standing) part(it *Item, now time.Time) int {
	switch {
	case s.answered.IsZero() && len(it.Objectives) == 0:
		return partMore
	case s.answered.IsZero():
		return partNew
	case s.box == 0:
		return partKnown
	case s.due.After(now):
		return partResting
	}
	return partDue
}

// Queue puts questions in the order to ask them: what was missed and is due, then what was never asked, by the seed, and of that first what the
// exam may ask, then what was right, the longest ago first, and at last what was missed and still rests.
func Queue(items []*Item, past []Past, now time.Time, seed uint64) []*Item {
	of := standings(past)
	out := mixed(items, seed)
	slices.SortStableFunc(out, func(a, b *Item) int {
		x, y := of[a.Name], of[b.Name]
		if by := cmp.Compare(x.part(a, now), y.part(b, now)); by != 0 {
			return by
		}
		if x.box > 0 {
			return x.due.Compare(y.due)
		}
		return x.answered.Compare(y.answered)
	})
	return out
}

// Due are the names of the questions that were missed and are to be asked again now.
func Due(items []*Item, past []Past, now time.Time) map[string]bool {
	of, due := standings(past), map[string]bool{}
	for _, it := range items {
		if of[it.Name].part(it, now) == partDue {
			due[it.Name] = true
		}
	}
	return due
}

func standings(past []Past) map[string]standing {
	of := map[string]standing{}
	for _, p := range past {
		of[p.Item] = of[p.Item].after(p)
	}
	return of
}

// mixed is a copy in an order that the seed decides.
func mixed(items []*Item, seed uint64) []*Item {
	out := slices.Clone(items)
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(out), func(i, k int) { out[i], out[k] = out[k], out[i] })
	return out
}

// About are the questions that words ask for: a topic, an objective of the exam, a kind or the name of a question; or else those with all of the words in
// them. All of them where there are no words.
func About(words string) []*Item {
	words = strings.ToLower(squeezed(words))
	by := func(fits func(it *Item) bool) []*Item {
		return slices.DeleteFunc(slices.Clone(All()), func(it *Item) bool { return !fits(it) })
	}
	switch it := Named(words); {
	case words == "":
		return All()
	case it != nil:
		return []*Item{it}
	}
	if out := by(func(it *Item) bool {
		return it.Topic == words || string(it.Kind) == words || slices.Contains(it.Objectives, words)
	}); len(out) > 0 {
		return out
	}
	return by(func(it *Item) bool {
		text := strings.ToLower(it.Name + " " + it.Prompt + " " + it.Show + " " + strings.Join(it.Key(), " "))
		return !slices.ContainsFunc(strings.Fields(words), func(w string) bool { return !strings.Contains(text, w) })
	})
}
