package lesson

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/quiz"
)

// Question is asked in a lesson: one of the quiz by its name, or one that stands in the lesson.
type Question struct {
	Name    string   `yaml:"name"`    // of the quiz, or by which a file of answers names it
	Kind    string   `yaml:"kind"`    // choose, spot, mends, order, match or type; choose if it is left out
	Ask     string   `yaml:"ask"`     // empty where Name is of the quiz
	Show    string   `yaml:"show"`    // a dialogue, a log or a certificate to read
	Choices []string `yaml:"choices"` // where the right one stands in the file of answers
	Key     `yaml:",inline"`
}

// Key is what answers a question. It stands in the lesson or in a file of its own.
type Key struct {
	Right   string   `yaml:"right"`
	Wrong   []string `yaml:"wrong"`
	Why     []string `yaml:"why"`   // what is said to each wrong answer, in their order
	Steps   []string `yaml:"steps"` // in their right order
	Pairs   []Pair   `yaml:"pairs"`
	Type    string   `yaml:"type"` // what is to be typed
	Also    []string `yaml:"also"` // other ways to type it
	Because string   `yaml:"because"`
	Source  string   `yaml:"source"` // "RFC 8314 §3.3"
}

// Pair are two things that belong together.
type Pair struct {
	Left  string `yaml:"left"`
	Right string `yaml:"right"`
}

// bare is a question without what reads it.
type bare Question

// UnmarshalYAML reads a question, or the name of one of the quiz. What is written over several lines ends without an empty one.
func (q *Question) UnmarshalYAML(decode func(any) error) error {
	if decode(&q.Name) == nil {
		return nil
	}
	err := decode((*bare)(q))
	for _, text := range []*string{&q.Ask, &q.Right, &q.Because} {
		*text = strings.TrimSpace(*text)
	}
	return err
}

// OfQuiz reports whether it is one of the quiz.
func (q *Question) OfQuiz() bool { return q.Ask == "" }

// Unkeyed reports whether nobody here knows the answer: it is in a file that was not given.
func (q *Question) Unkeyed() bool { return !q.OfQuiz() && q.Item().Answer == "" }

// Item is the question with its key; nil where the quiz has none of its name.
func (q *Question) Item() *quiz.Item {
	if q.OfQuiz() {
		return quiz.Named(q.Name)
	}
	it := &quiz.Item{Name: cmp.Or(q.Name, q.Ask), Kind: quiz.Kind(cmp.Or(q.Kind, string(quiz.Choose))), Prompt: q.Ask, Show: strings.TrimRight(q.Show, "\n"),
		Why: q.Because, Source: explain.Refs(q.Source)}
	q.Key.set(it, q.Choices)
	return it
}

// set gives a question its choices, and its key as far as it is known.
func (k *Key) set(it *quiz.Item, open []string) {
	switch it.Kind {
	case quiz.Order:
		for i, s := range k.Steps {
			it.Choices, it.Answer = append(it.Choices, quiz.Choice{Text: s}), it.Answer+fmt.Sprint(i+1)
		}
	case quiz.Match:
		for i, p := range k.Pairs {
			it.Choices, it.Pairs = append(it.Choices, quiz.Choice{Text: p.Left}), append(it.Pairs, p.Right)
			it.Answer += fmt.Sprint(i+1) + it.Letter(i)
		}
	case quiz.Type:
		it.Answer, it.Also = k.Type, k.Also
	default:
		k.choose(it, open)
	}
}

func (k *Key) choose(it *quiz.Item, open []string) {
	texts := open
	if len(open) == 0 && k.Right != "" {
		texts = append([]string{k.Right}, k.Wrong...)
	}
	for _, text := range texts {
		c := quiz.Choice{Text: text}
		if i := slices.Index(k.Wrong, text); i >= 0 && i < len(k.Why) {
			c.Why = k.Why[i]
		}
		it.Choices = append(it.Choices, c)
	}
	if at := slices.IndexFunc(it.Choices, func(c quiz.Choice) bool { return c.Text == k.Right }); at >= 0 {
		it.Answer = fmt.Sprint(at + 1)
	}
}

// whyForEach is what is wrong with fewer sentences than wrong answers, or more.
const whyForEach = "it needs one sentence for each wrong answer, in the same order"

// check says what keeps a question from being one; field is where.
func (q *Question) check(amiss func(is bool, field, format string, args ...any)) {
	if q.OfQuiz() {
		amiss(q.Name == "", "ask", "the question is missing")
		amiss(q.Name != "" && quiz.Named(q.Name) == nil, "", "the quiz has no item %q", q.Name)
		return
	}
	it := q.Item()
	kinds := []quiz.Kind{quiz.Choose, quiz.Spot, quiz.Mends, quiz.Order, quiz.Match, quiz.Type}
	n := len(it.Choices)
	if !slices.Contains(kinds, it.Kind) { // then nothing is known of what it needs
		amiss(true, "kind", "%q is not one of choose, spot, mends, order, match, type", q.Kind)
		return
	}
	amiss(len(q.Choices) > 0 && q.Name == "", "name", "a question with its answer in another file needs a name")
	amiss(len(q.Choices) > 0 && len(q.Wrong) > 0, "wrong", "give right and wrong, or choices and the answer in another file")
	amiss(len(q.Why) > 0 && len(q.Why) != len(q.Wrong), "why", whyForEach)
	amiss(q.Source != "" && len(it.Source) == 0, "source", "it is written as RFC 5321 §4.2.1, RFC 3207")
	switch it.Kind {
	case quiz.Order:
		amiss(n < 2 || n > quiz.MostChoices, "steps", "it needs two to nine steps")
	case quiz.Match:
		amiss(n < 2 || n > quiz.MostChoices, "pairs", "it needs two to nine pairs")
	case quiz.Type:
		amiss(q.Type == "" && q.Name == "", "type", "the answer is missing")
	default:
		amiss(q.Right == "" && len(q.Choices) == 0, "right", "the answer is missing")
		amiss(n < 2 || n > quiz.MostChoices, "wrong", "it needs one to eight wrong answers")
	}
}
