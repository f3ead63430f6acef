package quiz

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/explain"
)

// An Item is a question with its key.
type Item struct {
	Name   string // what it is kept by; no other has it
	Kind   Kind
	Prompt string
	Show   string // a dialogue, a log or a certificate to read, a line each; may be empty
	// Choices are what there is to choose from, to put in order, or the left sides of pairs. Of a code to type they are known mistakes, and are
	// not shown.
	Choices []Choice
	Lines   []int    // the lines to read that the choices name, where each names another one: their numbers answer; nil else
	Pairs   []string // the right sides of pairs, lettered from a
	// Answer is the key, in the form that [Item.Judge] takes.
	Answer     string
	Also       []string // other ways to type the answer
	Why        string   // why it is right
	Source     []explain.Ref
	Topic      string   // one of [Topics]
	Objectives []string // of the exam N10-009
	Corrects   []string // names of common errors that it is about
	Table      string   // the kind of the table that its key is computed from; empty where it is none
	See        []string // IDs of cards about it, for [explain.ByID]
}

// Kind is how a question is asked.
type Kind string

// The kinds. Each but Type is answered by numbers, as the choices are shown: from 1, or those of the lines that they name.
const (
	Choose Kind = "choose" // one choice is right: "2"
	Spot   Kind = "spot"   // one choice is what is wrong with what there is to read
	Mends  Kind = "mends"  // one choice is who has to act
	Order  Kind = "order"  // all choices in order: "3142"
	Match  Kind = "match"  // to each choice the letter of its pair: "1b2a"
	Type   Kind = "type"   // a code or a word to type
)

// Choice is an answer, without a full stop.
type Choice struct {
	Text string
	Why  string // why it is wrong, in sentences; empty where it is right, in an order and of a pair
}

// Bounds of a question, by which its answers fit keys of one character.
const (
	MostChoices = 9
	maxAnswer   = 200 // characters that are looked at
)

// Result is what an answer is worth.
type Result struct {
	Understood bool // it is an answer at all: else nothing is counted, and Why says what is wanted
	Right      bool
	Given      string // the wrong answer in its words, where Why speaks of it; else empty
	Why        string // why it is wrong, in sentences; may be empty
}

// Judge says whether an answer is right. Spaces, commas and the like between numbers do not matter, and a choice can be given in its words.
func (it *Item) Judge(answer string) Result {
	answer = squeezed(answer)
	switch {
	case answer == "" || len(answer) > maxAnswer:
		return Result{Why: it.Wanted()}
	case it.Kind == Type:
		return it.judgeTyped(answer)
	case it.Kind == Order:
		return it.judgeOrder(digitsOf(answer))
	case it.Kind == Match:
		return it.judgePairs(strings.ToLower(digitsOf(answer)))
	}
	return it.judgeChoice(answer)
}

// Wanted says what an answer looks like.
func (it *Item) Wanted() string {
	n := len(it.Choices)
	switch {
	case it.Kind == Order:
		return fmt.Sprintf("Give all numbers from 1 to %d in the right order, such as %s.", n, it.Example())
	case it.Kind == Match:
		return "Give each number with its letter, such as " + it.Example() + "."
	case it.Lines != nil:
		return fmt.Sprintf("Give the number of the line: %s.", listed(it.Lines))
	case it.Kind != Type:
		return fmt.Sprintf("Give the number of one answer, from 1 to %d.", n)
	case isNumber(it.Answer):
		return "Type a number."
	}
	return "Type the answer."
}

// Example is an answer in the form that is wanted of an order or of pairs, and says nothing about the right one; empty for other kinds.
func (it *Item) Example() string {
	switch it.Kind {
	case Order:
		return example(len(it.Choices))
	case Match:
		return it.examplePairs()
	}
	return ""
}

// example is an order of so many numbers that is no key more often than any other.
func example(n int) string {
	var out []string
	for i := range n {
		out = append(out, strconv.Itoa((i+1)%n+1))
	}
	return strings.Join(out, " ")
}

func (it *Item) examplePairs() string {
	var out []string
	for i := range it.Choices {
		out = append(out, strconv.Itoa(i+1)+letter(len(it.Choices)-1-i))
	}
	return strings.Join(out, " ")
}

// letter is that of pair i, counted from 0.
func letter(i int) string { return string(rune('a' + i)) }

// Letter is what pair i, counted from 0, is called.
func (it *Item) Letter(i int) string { return letter(i) }

func (it *Item) judgeChoice(answer string) Result {
	at := slices.IndexFunc(it.Choices, func(c Choice) bool { return strings.EqualFold(squeezed(c.Text), answer) })
	if at < 0 && it.Lines != nil {
		answer = strings.TrimPrefix(strings.ToLower(answer), "line")
	}
	if at < 0 {
		at = it.place(digitsOf(answer))
	}
	switch {
	case at < 0:
		return Result{Why: it.Wanted()}
	case strconv.Itoa(it.Number(at)) == it.Answer:
		return Result{Understood: true, Right: true}
	}
	return it.Choices[at].wrong()
}

// Number is what answers choice i, counted from 0.
func (it *Item) Number(i int) int {
	if it.Lines != nil {
		return it.Lines[i]
	}
	return i + 1
}

// Numbers are what answers the choices, in few characters: "1–4", or the lines "2, 3, 5".
func (it *Item) Numbers() string {
	switch n := len(it.Choices); {
	case n == 0:
		return ""
	case n == 1:
		return strconv.Itoa(it.Number(0))
	case it.Number(n-1)-it.Number(0) == n-1:
		return fmt.Sprintf("%d–%d", it.Number(0), it.Number(n-1))
	}
	return listed(it.Lines)
}

// Answers reports whether a key is the number of a choice.
func (it *Item) Answers(key string) bool { return it.place(key) >= 0 }

// place is that of the choice which a number answers, counted from 0; -1 where there is none.
func (it *Item) place(number string) int {
	for i := range it.Choices {
		if strconv.Itoa(it.Number(i)) == number {
			return i
		}
	}
	return -1
}

// listed are numbers in a list.
func listed(numbers []int) string {
	var out []string
	for _, n := range numbers {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ", ")
}

// judgeTyped takes a word or a code. A number is wanted where the key is one, so that a slip does not count.
func (it *Item) judgeTyped(answer string) Result {
	same := func(s string) bool { return strings.EqualFold(squeezed(s), answer) }
	switch at := slices.IndexFunc(it.Choices, func(c Choice) bool { return same(c.Text) }); {
	case same(it.Answer) || slices.ContainsFunc(it.Also, same):
		return Result{Understood: true, Right: true}
	case isNumber(it.Answer) && !isNumber(answer):
		return Result{Why: it.Wanted()}
	case at >= 0:
		return it.Choices[at].wrong()
	}
	return Result{Understood: true, Why: it.other(answer)}
}

// wrong is what a wrong choice is worth.
func (c Choice) wrong() Result { return Result{Understood: true, Given: c.Text, Why: c.Why} }

// other says what a code of the same table means that was typed in place of the key.
func (it *Item) other(answer string) string {
	if e, ok := explain.ByID(it.Table + ":" + answer); ok && it.Table != "" && strings.EqualFold(e.Name, answer) {
		return fmt.Sprintf("%s means: %s.", e.Name, e.Short)
	}
	return ""
}

func (it *Item) judgeOrder(answer string) Result {
	if !permutes(answer, len(it.Choices)) {
		return Result{Why: it.Wanted()}
	}
	at := 0
	for at < len(answer) && answer[at] == it.Answer[at] {
		at++
	}
	if at == len(answer) {
		return Result{Understood: true, Right: true}
	}
	return Result{Understood: true, Why: fmt.Sprintf("Place %d is wrong: “%s” does not come there.", at+1, it.Choices[answer[at]-'1'].Text)}
}

// permutes reports whether a text has each digit from 1 to n once.
func permutes(text string, n int) bool {
	seen := map[rune]bool{}
	for _, c := range text {
		if c < '1' || c > rune('0'+n) || seen[c] {
			return false
		}
		seen[c] = true
	}
	return len(seen) == n
}

func (it *Item) judgePairs(answer string) Result {
	given, ok := it.pairs(answer)
	if !ok {
		return Result{Why: it.Wanted()}
	}
	key, _ := it.pairs(it.Answer)
	var wrong []string
	for i := range key {
		if given[i] != key[i] {
			wrong = append(wrong, fmt.Sprintf("“%s” does not belong to “%s”.", it.Choices[i].Text, it.Pairs[given[i]]))
		}
	}
	return Result{Understood: true, Right: len(wrong) == 0, Why: strings.Join(wrong, " ")}
}

// pairs reads "1b2a", in any order of the numbers, as the index of a right side for each left one.
func (it *Item) pairs(text string) (of []int, ok bool) {
	n := len(it.Choices)
	if len(text) != 2*n {
		return nil, false
	}
	of = slices.Repeat([]int{-1}, n)
	for i := 0; i < len(text); i += 2 {
		left, right := int(text[i])-'1', int(text[i+1])-'a'
		if left < 0 || left >= n || right < 0 || right >= len(it.Pairs) || of[left] >= 0 || slices.Contains(of, right) {
			return nil, false
		}
		of[left] = right
	}
	return of, true
}

// Key is the right answer in words, a line each: one but where there is an order, or pairs.
func (it *Item) Key() (lines []string) {
	switch it.Kind {
	case Type:
		return []string{it.Answer}
	case Order:
		for i, c := range it.Answer {
			lines = append(lines, fmt.Sprintf("%d. %s", i+1, it.Choices[c-'1'].Text))
		}
		return lines
	case Match:
		of, _ := it.pairs(it.Answer)
		for i, right := range of {
			lines = append(lines, colon(it.Choices[i].Text)+" "+it.Pairs[right])
		}
		return lines
	}
	return []string{it.Choices[it.place(it.Answer)].Text}
}

// colon ends what something else follows; a question ends by itself.
func colon(s string) string {
	if strings.HasSuffix(s, "?") {
		return s
	}
	return s + ":"
}

// Cards are the cards about it.
func (it *Item) Cards() (out []explain.Entry) {
	for _, id := range it.See {
		if e, ok := explain.ByID(id); ok {
			out = append(out, e)
		}
	}
	return out
}

// Shuffled is the question with its choices in another order, which the seed decides. Each question has an order of its own; where each choice
// names a line, that is the order of the lines.
func (it *Item) Shuffled(seed uint64) *Item {
	if out := it.byLine(); out != nil {
		return out
	}
	sum := fnv.New64a()
	sum.Write([]byte(it.Name))
	random := rand.New(rand.NewPCG(seed, sum.Sum64()))
	out := *it
	if it.Kind == Type || len(it.Choices) < 2 {
		return &out
	}
	places := random.Perm(len(it.Choices))
	if it.Kind == Order && slices.IsSorted(places) { // the order that is asked for is not given away
		slices.Reverse(places)
	}
	out.Choices = moved(it.Choices, places)
	switch it.Kind {
	case Order:
		out.Answer = ""
		for _, c := range it.Answer {
			out.Answer += strconv.Itoa(places[c-'1'] + 1)
		}
	case Match:
		of, _ := it.pairs(it.Answer)
		rights := random.Perm(len(it.Pairs))
		out.Pairs = moved(it.Pairs, rights)
		out.Answer = ""
		for i := range out.Choices {
			left := slices.Index(places, i)
			out.Answer += strconv.Itoa(i+1) + letter(rights[of[left]])
		}
	default:
		if at := it.place(it.Answer); at >= 0 { // else it is in another file
			out.Answer = strconv.Itoa(places[at] + 1)
		}
	}
	return &out
}

// byLine is the question answered by the numbers of the lines that its choices name; nil where two name the same, or one none.
func (it *Item) byLine() *Item {
	if it.Kind != Spot || it.Lines != nil || len(it.Choices) == 0 {
		return nil
	}
	out := *it
	out.Choices = slices.SortedStableFunc(slices.Values(it.Choices), func(a, b Choice) int { return a.line() - b.line() })
	for _, c := range out.Choices {
		out.Lines = append(out.Lines, c.line())
	}
	if out.Lines[0] == 0 || len(slices.Compact(slices.Clone(out.Lines))) < len(out.Lines) {
		return nil
	}
	if at := it.place(it.Answer); at >= 0 {
		out.Answer = strconv.Itoa(it.Choices[at].line())
	}
	return &out
}

// line is the number of the line that a choice names at its beginning, of one digit; 0 where it names none.
func (c Choice) line() int {
	number, _, _ := strings.Cut(strings.TrimPrefix(c.Text, "line "), " ")
	number = strings.TrimRight(number, ":,")
	if !strings.HasPrefix(c.Text, "line ") || len(number) != 1 || !isNumber(number) {
		return 0
	}
	return int(number[0] - '0')
}

// moved puts each value at its new place.
func moved[T any](list []T, places []int) []T {
	out := make([]T, len(list))
	for i, at := range places {
		out[at] = list[i]
	}
	return out
}

// squeezed is a text with one space wherever there are some.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

// digitsOf is a text without what stands between numbers and letters.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ,;.>-=:/", r) {
			return -1
		}
		return r
	}, s)
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
