package quiz

import (
	"errors"
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func three() []*Item {
	var out []*Item
	for _, name := range []string{"a", "b", "c"} {
		out = append(out, &Item{Name: name, Kind: Type, Answer: "1", Objectives: []string{"1.4"}})
	}
	return out
}

func namesOf(items []*Item) (out []string) {
	for _, it := range items {
		out = append(out, it.Name)
	}
	return out
}

// What was missed comes first once it has rested, and rests longer after each right answer, until it is known.
func TestQueue(t *testing.T) {
	day := 24 * time.Hour
	wrong := Past{Item: "b", Time: noon}
	right := func(after time.Duration) Past { return Past{"b", true, noon.Add(after)} }
	for name, test := range map[string]struct {
		past  []Past
		after time.Duration
		part  int
	}{
		"never asked":                   {nil, 0, partNew},
		"right at first":                {[]Past{right(0)}, 99 * day, partKnown},
		"missed, at once":               {[]Past{wrong}, time.Minute, partResting},
		"missed, after ten minutes":     {[]Past{wrong}, 10 * time.Minute, partDue},
		"right too early":               {[]Past{wrong, right(time.Minute)}, 10 * time.Minute, partDue},
		"right, an hour later":          {[]Past{wrong, right(time.Hour)}, 2 * time.Hour, partResting},
		"right, a day later":            {[]Past{wrong, right(time.Hour)}, 25 * time.Hour, partDue},
		"second box, after two days":    {[]Past{wrong, right(time.Hour), right(2 * day)}, 4 * day, partResting},
		"second box, after three days":  {[]Past{wrong, right(time.Hour), right(2 * day)}, 5 * day, partDue},
		"third box":                     {[]Past{wrong, right(time.Hour), right(2 * day), right(5 * day)}, 11 * day, partResting},
		"fourth box":                    {[]Past{wrong, right(time.Hour), right(2 * day), right(5 * day), right(12 * day)}, 32 * day, partResting},
		"fourth box, after three weeks": {[]Past{wrong, right(time.Hour), right(2 * day), right(5 * day), right(12 * day)}, 33 * day, partDue},
		"learned":                       {[]Past{wrong, right(time.Hour), right(2 * day), right(5 * day), right(12 * day), right(40 * day)}, 400 * day, partKnown},
		"missed again":                  {[]Past{wrong, right(time.Hour), right(2 * day), {Item: "b", Time: noon.Add(5 * day)}}, 5*day + time.Hour, partDue},
	} {
		if got := standings(test.past)["b"].part(three()[1], noon.Add(test.after)); got != test.part {
			t.Errorf("%s: part %d, want %d", name, got, test.part)
		}
	}
	queue := Queue(three(), []Past{{"a", true, noon}, wrong}, noon.Add(time.Hour), 1)
	if got := namesOf(queue); !slices.Equal(got, []string{"b", "c", "a"}) || !Due(three(), []Past{wrong}, noon.Add(time.Hour))["b"] || len(Due(three(), []Past{wrong}, noon)) > 0 {
		t.Errorf("the order is %q", got)
	}
	more := three()
	more[0].Objectives = nil
	if got := namesOf(Queue(more, nil, noon, 1)); got[2] != "a" {
		t.Errorf("what goes beyond the exam comes first: %q", got)
	}
}

func TestSeed(t *testing.T) {
	first := namesOf(Queue(All(), nil, noon, 7))
	if !slices.Equal(first, namesOf(Queue(All(), nil, noon, 7))) || slices.Equal(first, namesOf(Queue(All(), nil, noon, 8))) {
		t.Error("the order does not follow the seed")
	}
}

// A look costs nothing, and the answer that is typed after it does not count.
func TestRound(t *testing.T) {
	var kept []string
	r := NewRound(three(), 1, func() time.Time { return noon })
	r.Keep = func(item string, right bool) error {
		kept = append(kept, item+map[bool]string{true: " right", false: " wrong"}[right])
		return nil
	}
	if r.Due = map[string]bool{"a": true}; r.Place() != "1 of 3, missed before" {
		t.Errorf("it says %q", r.Place())
	}
	if res := r.Answer("x"); res.Understood || r.counted != 0 {
		t.Errorf("a slip counts: %+v", res)
	}
	r.Answer("2")
	if res := r.Answer("1"); res.Understood {
		t.Error("a second answer counts")
	}
	r.Next()
	r.Look()
	r.Answer("1")
	r.Next()
	r.Answer("1")
	if r.Place() != "3 of 3, 1 of 2 right" {
		t.Errorf("it says %q", r.Place())
	}
	r.Next()
	s := r.Sum()
	if want := []string{"a wrong", "c right"}; !slices.Equal(kept, want) || !r.Over() || r.Item() != nil {
		t.Errorf("kept %q, want %q", kept, want)
	}
	if s.Headline() != "1 of 2 right" || !slices.Equal(namesOf(s.Missed), []string{"a"}) || s.By != nil {
		t.Errorf("%+v", s)
	}
}

func TestWhatCannotBeKept(t *testing.T) {
	full, asked := errors.New("disk full"), 0
	r := NewRound(three(), 1, func() time.Time { return noon })
	r.Keep = func(string, bool) error { asked++; return full }
	r.Answer("1")
	r.Next()
	r.Answer("1")
	if r.Trouble() != full || asked != 1 || r.Sum().Right != 2 {
		t.Errorf("%v after %d tries", r.Trouble(), asked)
	}
}

// An exam says nothing, counts what was left out as missed, and ends with its time.
func TestExam(t *testing.T) {
	now := noon
	r := NewExam(All(), 3, func() time.Time { return now })
	if r.Left() != ExamItems || !r.Ends().IsZero() {
		t.Errorf("%d questions, until %v", r.Left(), r.Ends())
	}
	first := r.Item()
	if r.Look() {
		t.Error("an answer can be looked at")
	}
	r.Answer(first.Answer)
	r.Item()
	r.Next()
	if now = noon.Add(ExamTime); r.Over() {
		t.Error("it is over too early")
	}
	now = now.Add(time.Second)
	s := r.Sum()
	asked := 0
	for _, tally := range s.By {
		asked += tally.Asked
	}
	if !r.Over() || r.Answer("1").Understood || s.Right != 1 || s.Counted != ExamItems || len(s.Missed) != ExamItems-1 || !s.Late || asked < ExamItems {
		t.Errorf("%+v", s)
	}
	if got := NewExam(All(), 3, func() time.Time { return noon }).items; !slices.Equal(got, r.items) {
		t.Error("an exam does not follow its seed")
	}
}

func TestAbout(t *testing.T) {
	for words, want := range map[string]int{"": len(All()), "ports": 10, "4.1": 20, "port-587": 1, "match": 10, "submission tls": 2, "xyzzy": 0} {
		if got := len(About(words)); got < want || want <= 1 && got != want {
			t.Errorf("%q: %d questions, want %d", words, got, want)
		}
	}
}
