package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/document"
	"ehlo/session/lesson"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

const learnCheckLong = `Checks a lesson that you have written, and reports every error with line and column; exit code
2 if there is one. Without an error it lists the steps, each card as its words find it. A lesson
is one file in YAML. Each step is one of: say, card, walk, predict, solve, transcript, capture,
question, pause. An example with all of them:

  name: ours-tls                   # lowercase letters, digits, hyphens
  title: TLS in our company
  path: our course                 # lessons of one path are listed together
  about: You find out why our relay no longer accepts mail.
  minutes: 20
  objectives: [N10-009 4.1]
  answers: ours-answers.yaml       # may be left out, see below
  steps:
    - say: |
        On Monday the certificate of the relay was replaced.

        An empty line begins another paragraph.
    - card: certificate chain      # the words of "ehlo explain"
    - walk: submission             # a scenario to walk to its end
    - predict: submissions         # the same, with a question before each step
    - solve: missing-intermediate  # a scenario whose task is to be solved
      from: handshake              # begin there: what comes before is done at once
      until: handshake             # the point is made after it: one key leads on
    - transcript: monday.ehlo.ndjson  # a file in the folder of the lesson
    - capture: tuesday.pcapng      # what another program recorded
    - pause: Compare with your neighbor.
    - question: port-465-today     # an item of the quiz: "ehlo quiz --list"
    - question:                    # or a question of your own
        ask: Which certificate is missing?
        show: |                    # a dialogue, a log or a certificate to read
          0 s:CN=relay.example.org
            i:CN=Intermediate
        right: the intermediate
        wrong: [the root, the one of the server]
        why:                       # what is said to each wrong answer, in their order
          - Clients have the root already.
          - It is the one that was sent.
        because: A server sends its own certificate and every intermediate.
        source: RFC 9846 §4.5.1
    - question:
        kind: order
        ask: Put them in order.
        steps: [EHLO, STARTTLS, EHLO again, AUTH]
    - question:
        kind: match
        ask: Which port is for what?
        pairs:
          - {left: "25", right: relay}
          - {left: "465", right: submission over TLS}
    - question:
        kind: type
        ask: Which code asks for credentials?
        type: "530"

The answers can be kept in a second file, which the class does not get. Then the question has a
name, and its choices instead of right and wrong:

    - question:
        name: missing
        ask: Which certificate is missing?
        choices: [the root, the intermediate, the one of the server]

and the file that the lesson names under answers:

  answers:
    - name: missing
      right: the intermediate
      wrong: [the root]              # may be left out, as why
      why: [Clients have it already.]
      because: A server sends its own certificate and every intermediate.

from and until are for walk, predict and solve; they name a phase as "run --until" does. The
steps before from are taken until one asks something or fails, and shown as one line that opens.
Once until is done, or has failed, a key returns to the lesson; what a task has to put right
has to succeed.

Scenarios of your own stand in a file for "ehlo lab --scenarios", which --scenarios names here
too. A text with a colon needs quotation marks.

Fields of a lesson:
`

func newLearnCheck(std streams) *cobra.Command {
	o := &options{}
	c := &cobra.Command{
		Use: "check FILE", Short: "check a lesson that you have written", Long: learnCheckLong,
		Example: "  ehlo learn check ours.yaml\n  ehlo learn check ours.yaml --scenarios scenarios.yaml",
		Args:    exactArgs("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx := untilTold(c)
			if err := o.useOwn(ctx); err != nil {
				return err
			}
			l, err := readLesson(ctx, args[0], o)
			path := args[0]
			if of, ok := errors.AsType[*lesson.AnswersError](err); ok {
				path = of.Path
			}
			if wrong, ok := errors.AsType[document.Errors](err); ok {
				return sayWrong(std.err, path, wrong)
			}
			if err != nil {
				return err
			}
			return sayLesson(std.out, l)
		},
	}
	scenariosFlag(c, o)
	return c
}

// sayLesson lists the steps of a lesson, of a card with the one that its words find: they may find another one than was meant.
func sayLesson(out io.Writer, l *lesson.Lesson) error {
	lines := []string{fmt.Sprintf("%s: %s, %s", l.Name, l.Title, words.Number(len(l.Steps), "step"))}
	for i := range l.Steps {
		text := l.Called(&l.Steps[i])
		if e, ok := lesson.Entry(l.Steps[i].Card); ok && l.Steps[i].Kind() == lesson.Card {
			text = words.Labelled("card: ", e.Name) + words.Labelled(", ", e.Short)
		}
		p := l.Steps[i].Part()
		text += words.Labelled(", from ", words.Phase(p.From)) + words.Labelled(", until ", words.Phase(p.Until))
		lines = append(lines, fmt.Sprintf("%4d  %s", i+1, text))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, wire.VisibleString(line)); err != nil {
			return err
		}
	}
	return nil
}

// lessonFields are all fields that a lesson can have.
func lessonFields() string {
	var b strings.Builder
	for _, f := range append(lesson.Fields(), lesson.AnswerFields()...) {
		row := cmp.Or(f.Of, "a lesson") + ": " + strings.Join(f.Names, ", ")
		b.WriteString("  " + strings.Join(wrap(row, 84), "\n    ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
