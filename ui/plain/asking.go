package plain

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// tellItem reads a question out: what is asked, what there is to read, and the choices with their numbers.
func (d *dialog) tellItem(it *quiz.Item) {
	d.printf("%s", it.Prompt)
	if it.Show != "" {
		lines := strings.Split(it.Show, "\n")
		d.printf("to read, %s:", record.Plural(len(lines), "line", "lines"))
		numbered := it.Kind != quiz.Spot && slices.ContainsFunc(lines, hasNumber)
		for i, line := range lines {
			number := fmt.Sprintf("line %d: ", i+1)
			if numbered {
				number, line = ownNumber(line)
			}
			d.print(wire.VisibleString(number + toRead(line)))
		}
	}
	if it.Kind == quiz.Type {
		return
	}
	what := "possible answer"
	if it.Kind == quiz.Order || it.Kind == quiz.Match {
		what = "number"
	}
	for i, c := range it.Choices {
		d.printf("%s %d: %s", what, it.Number(i), c.Text)
	}
	for i, p := range it.Pairs {
		d.printf("letter %s: %s", it.Letter(i), p)
	}
}

// speakers are who says a line of a dialogue.
var speakers = lazy.Value[*strings.Replacer]{Make: func() *strings.Replacer {
	return strings.NewReplacer("\nS: ", "\nserver: ", "\nC: ", "\nclient: ")
}}

// hasNumber reports whether a line begins with a number of its own, which a second one before it would hide.
func hasNumber(line string) bool {
	first, _, more := strings.Cut(line, " ")
	n, err := strconv.Atoi(first)
	return more && err == nil && n < 100 // a reply code is none
}

// ownNumber tells the number that a line begins with, if it does, and the rest of the line.
func ownNumber(line string) (number, rest string) {
	if !hasNumber(line) {
		return "", line
	}
	number, rest, _ = strings.Cut(line, " ")
	return "number " + number + ": ", strings.TrimLeft(rest, " ")
}

// askItem asks a question until there is an answer, or one of the words instead; then word is it, and the result says nothing. judge is what an answer is
// worth; nil is the key of the question.
func (d *dialog) askItem(ctx context.Context, it *quiz.Item, judge func(string) quiz.Result, words ...string) (res quiz.Result, word string, err error) {
	if judge == nil {
		judge = it.Judge
	}
	d.tellItem(it)
	for {
		line, err := d.ask(ctx, asksFor(it, words))
		if err != nil {
			return res, "", err
		}
		line = strings.TrimSpace(line)
		for _, w := range words {
			if strings.EqualFold(line, w) || w == "look" && line == "?" || w == "quit" && strings.EqualFold(line, "q") {
				d.echo(w)
				return res, w, nil
			}
		}
		if strings.EqualFold(line, "again") {
			d.echo("again")
			d.tellItem(it)
			continue
		}
		if res = judge(line); res.Understood {
			d.echo(map[bool]string{true: "skipped", false: "answered"}[line == ""])
			return res, "", nil
		}
		d.echo("")
		d.printf("%s %s", res.Why, "again repeats the question.")
	}
}

// asksFor is the prompt of a question, short: the list of words is told where a line is not understood.
func asksFor(it *quiz.Item, words []string) string {
	what := fmt.Sprintf("answer 1 to %d", len(it.Choices))
	if it.Lines != nil {
		what = "the number of the line"
	}
	switch it.Kind {
	case quiz.Order:
		what = "the numbers in order, such as " + it.Example()
	case quiz.Match:
		what = "numbers with letters, such as " + it.Example()
	case quiz.Type:
		what = "type it"
	}
	return strings.Join(append([]string{what}, words...), ", ") + ":"
}

// tellJudged says what an answer is worth, and then which one is right.
func (d *dialog) tellJudged(it *quiz.Item, res quiz.Result) {
	if res.Right {
		d.tellAnswer("right", it)
		return
	}
	d.tellWrong(res)
	d.tellKey(it)
}

// tellWrong says of a wrong answer why it is wrong.
func (d *dialog) tellWrong(res quiz.Result) {
	switch {
	case res.Why == "":
		d.print("wrong")
	case res.Given == "":
		d.printf("wrong. %s", res.Why)
	default: // which speaks of it
		d.printf("wrong: “%s”. %s", res.Given, res.Why)
	}
}

// tellKey says which answer is right, why, and where that is written.
func (d *dialog) tellKey(it *quiz.Item) { d.tellAnswer("right answer", it) }

// tellAnswer is tellKey with other words before the answer.
func (d *dialog) tellAnswer(label string, it *quiz.Item) {
	d.printf("%s: %s", label, strings.Join(it.Key(), "; "))
	var more []string
	for _, id := range it.See {
		more = append(more, cardWords(id))
	}
	for _, line := range own(it.Why, words.Labelled("source: ", explain.Cite(it.Source)), words.Labelled("cards about this question: ", strings.Join(more, "; "))) {
		d.printf("%s", line)
	}
}

// cardWords are the words that find a card. What is often said and wrong is not told as if it were so.
func cardWords(id string) string {
	if e, _ := explain.ByID(id); e.Kind == explain.KindClaim {
		return `the claim "` + explain.Ask(id) + `"`
	}
	return explain.Ask(id)
}
