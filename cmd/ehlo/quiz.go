package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ehlo/session/progress"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/ui/plain"
)

const quizLong = `Asks questions about mail: choose, put in order, match, spot the fault, say who has to act,
type a code. Each answer is explained, with its source. You can look at an answer without a penalty:
the question is not counted and comes again.

TOPIC is a topic (such as ports, starttls, certificates), an objective of the N10-009 exam such as 4.1, the name
of a question, or words. What was missed comes back: after 10 minutes, and after right
answers in 1, 3, 7 and 21 days.

Without TOPIC and without a flag it asks first what the questions are to be about, how many
they are, and whether it is an exam. --number asks at most so many.

--exam asks 25 questions in 25 minutes, says nothing about an answer before the end, and
ends with a result for each objective. With --seed everyone gets the same questions in the
same order, whatever they have answered before.`

// quizOptions are what the command line asks for.
type quizOptions struct {
	options
	quiz.Wanted
	list bool
	seed uint64
}

func newQuiz(std streams) *cobra.Command {
	o := &quizOptions{}
	c := &cobra.Command{
		Use: "quiz [TOPIC]", Short: "questions with explained answers, and an exam", Long: quizLong,
		Example:           "  ehlo quiz\n  ehlo quiz certificates\n  ehlo quiz --list 3.4\n  ehlo quiz --exam --seed 7",
		ValidArgsFunction: completeTopics,
		RunE: func(c *cobra.Command, args []string) error {
			o.About = strings.Join(args, " ")
			items, err := itemsAbout(o.About)
			switch {
			case err != nil:
				return err
			case o.list:
				return listItems(c.OutOrStdout(), items)
			case o.Most < 0:
				return &failure{record.ExitUsage, "--number needs a number of questions from 1", ""}
			case o.Wanted == quiz.Wanted{} && !c.Flags().Changed("seed"):
				return runQuiz(untilTold(c), std, o, nil)
			}
			round, err := o.round(c.Flags().Changed("seed"))
			if err != nil {
				return &failure{record.ExitUsage, err.Error(), "without --exam they are asked"}
			}
			return runQuiz(untilTold(c), std, o, round)
		},
	}
	plainFlag(c, &o.options)
	c.Flags().BoolVar(&o.list, "list", false, "list the questions, one a line: name, kind, topic, objectives, question")
	c.Flags().BoolVar(&o.Exam, "exam", false, "25 questions in 25 minutes; answers and a result by objective at the end")
	c.Flags().IntVar(&o.Most, "number", 0, "ask at most so many questions")
	c.Flags().Uint64Var(&o.seed, "seed", 0, "the same questions in the same order for the same number")
	return c
}

// itemsAbout are the questions about a topic.
func itemsAbout(topic string) ([]*quiz.Item, error) {
	items := quiz.About(topic)
	if len(items) > 0 {
		return items, nil
	}
	return nil, &failure{record.ExitUsage, "no question is about " + quote(topic), "the topics are " + strings.Join(topicNames(), ", ")}
}

func topicNames() (names []string) {
	for _, t := range quiz.Topics() {
		names = append(names, t.Name)
	}
	return names
}

func completeTopics(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, t := range quiz.Topics() {
		names = append(names, t.Name+"\t"+t.About)
	}
	for _, o := range quiz.Objectives() {
		names = append(names, o.Number+"\t"+o.About)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// listItems prints a question a line: name, kind, topic, objectives, and what is asked.
func listItems(w io.Writer, items []*quiz.Item) error {
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b *quiz.Item) int {
		return slices.Index(topicNames(), a.Topic) - slices.Index(topicNames(), b.Topic)
	})
	for _, it := range items {
		if _, err := fmt.Fprintf(w, "%-28s %-6s %-12s %-12s %s\n", it.Name, it.Kind, it.Topic, strings.Join(it.Objectives, ","), it.Prompt); err != nil {
			return err
		}
	}
	return nil
}

// round is what is asked, in the order that the answers before or the seed decide. Answers are kept where there is a place for them.
func (o *quizOptions) round(seeded bool) (*quiz.Round, error) {
	if !seeded {
		return drawn(o.Wanted, rand.Uint64())
	}
	return keeping(o.Wanted.Round(nil, o.seed, time.Now))
}

// questions is a round of what is wanted, as the screens begin one.
func questions(w quiz.Wanted) (*quiz.Round, error) { return drawn(w, rand.Uint64()) }

// drawn is a round that takes what was answered before into account.
func drawn(w quiz.Wanted, seed uint64) (*quiz.Round, error) {
	past, err := pastAnswers()
	if err != nil {
		return nil, err
	}
	return keeping(w.Round(past, seed, time.Now))
}

// keeping is a round whose answers are kept where there is a place for them.
func keeping(r *quiz.Round, err error) (*quiz.Round, error) {
	if file := progressFile(); file != nil && err == nil {
		r.Keep = func(item string, right bool) error {
			return file.Add(progress.Entry{Item: item, Right: right, Time: time.Now()})
		}
	}
	return r, err
}

// pastAnswers are those of this person; none where nobody keeps any.
func pastAnswers() (past []quiz.Past, err error) {
	kept := progressFile()
	if kept == nil {
		return nil, nil
	}
	state, err := kept.Read()
	return pastIn(state), err
}

func pastIn(s progress.State) (past []quiz.Past) {
	for item, answers := range s.Items {
		for _, a := range answers {
			past = append(past, quiz.Past{Item: item, Right: a.Right, Time: a.Time})
		}
	}
	return past
}

// quizPart is what the last answers came to, by topic.
func quizPart(s progress.State) progress.Part {
	p, rights := progress.Part{Title: "quiz"}, 0
	for _, topic := range quiz.Topics() {
		row, right, all := progress.Row{Name: topic.Name, Title: topic.About}, 0, 0
		for _, it := range quiz.All() {
			if it.Topic != topic.Name {
				continue
			}
			all++
			if n := len(s.Items[it.Name]); n > 0 {
				last := s.Items[it.Name][n-1]
				row.Time = later(row.Time, last.Time)
				right += map[bool]int{true: 1}[last.Right]
			}
		}
		rights += right
		if row.Result = fmt.Sprintf("%d of %d right", right, all); !row.Time.IsZero() {
			p.Rows = append(p.Rows, row)
		}
	}
	p.Sum = fmt.Sprintf("%d of %d questions right, %d to repeat now", rights, len(quiz.All()), len(quiz.Due(quiz.All(), pastIn(s), time.Now())))
	return p
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// runQuiz asks on the screen, or as lines of text; without a round it asks first what about.
func runQuiz(ctx context.Context, std streams, o *quizOptions, r *quiz.Round) error {
	if hasScreen(std, &o.options) {
		return screenError(app(ctx, std, &o.options).Quiz(ctx, r))
	}
	console, stop := consoleOf(std)
	defer stop()
	return plain.Quiz{Console: console, Round: r, Questions: questions}.Run(ctx)
}
