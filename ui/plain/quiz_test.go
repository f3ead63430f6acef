package plain

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"ehlo/session/quiz"
	"ehlo/ui/plain/plaintest"
)

func askedPlain(t *testing.T, r *quiz.Round, lines ...string) string {
	t.Helper()
	var out strings.Builder
	if err := (Quiz{Console: Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out}, Round: r}).Run(context.Background()); err != nil {
		t.Error(err)
	}
	return out.String()
}

func noonNow() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }

// A round by ear: what is no answer is asked again, a look costs nothing, and the sum comes also where the input ends.
func TestQuiz(t *testing.T) {
	items := []*quiz.Item{quiz.Named("port-of-relay"), quiz.Named("port-587"), quiz.Named("reply-235")}
	r := quiz.NewRound(items, 1, noonNow)
	r.Keep = func(string, bool) error { return errors.New("disk full") }
	out := askedPlain(t, r, "", "\x1b[2J", "again", "587", "look", "q")
	inOrder(t, out, "question 1 of 3, ports", "type it, look, skip, quit:", "Type a number. again repeats the question.", "Type a number.", "question", "again", "Type the TCP port",
		"wrong. 587 means: submission, TLS by STARTTLS.", "right answer: 25", "source: RFC 5321 section 4.5.4.2", "question 2 of 3, 0 of 1 right, ports", "answer 1: ", "answer 1 to 4", "right answer: submission, TLS by STARTTLS",
		"question 3", "0 of 1 right", "warning: disk full", "to look at again: Type the TCP port")
	if strings.Contains(out, "\x1b") {
		t.Error("what was typed reaches the terminal")
	}
}

// What there is to read has one number a line; what is often said and wrong is not told as a fact; and how pairs are typed is told.
func TestAskedByEar(t *testing.T) {
	numbered := &quiz.Item{Name: "n", Kind: quiz.Choose, Prompt: "What?", Show: "rules\n1  allow\n2  deny", Choices: []quiz.Choice{{Text: "a"}, {Text: "b"}}, Answer: "1",
		See: []string{"claim:SMTPS is port 587", "topic:SMTPS"}}
	replies := &quiz.Item{Name: "r", Kind: quiz.Choose, Prompt: "What?", Show: "250 ok", Choices: numbered.Choices, Answer: "1"}
	pairs := &quiz.Item{Name: "p", Kind: quiz.Match, Prompt: "Which?", Choices: numbered.Choices, Pairs: []string{"x", "y"}, Answer: "1a2b"}
	for it, want := range map[*quiz.Item][]string{
		numbered: {"to read, 3 lines:", "\nrules\nnumber 1: allow\nnumber 2: deny\n", `cards about this question: the claim "SMTPS is port 587"; SMTPS`},
		replies:  {"to read, 1 line:", "line 1: 250 ok"},
		pairs:    {"numbers with letters, such as 1b 2a, look"},
	} {
		inOrder(t, askedPlain(t, quiz.NewRound([]*quiz.Item{it}, 1, noonNow), "look"), want...)
	}
}

func TestExam(t *testing.T) {
	now := noonNow()
	r := quiz.NewExam(quiz.All(), 1, func() time.Time { return now })
	r.Keep = func(string, bool) error { now = now.Add(quiz.ExamTime); return nil }
	r.Item()
	key := r.Item().Answer
	out := askedPlain(t, r, "", key, "skip")
	inOrder(t, out, "exam: 25 questions in 25 minutes", "question 1 of 25", "skip, quit:", "question 2 of 25", "1 of 25 right, 4%", "objective ", "to look at again: ", "right answer: ")
	if before, _, _ := strings.Cut(out, "1 of 25 right"); strings.Contains(before, "right\n") || strings.Contains(before, "the answer") {
		t.Errorf("an exam says something before its end:\n%s", before)
	}
}

// Every question is told without signs and columns, but for what there is to read.
func TestQuestionsByEar(t *testing.T) {
	var out strings.Builder
	d := newDialog(Console{In: strings.NewReader(""), Out: &out})
	for _, it := range quiz.All() {
		heard := *it.Shuffled(1)
		heard.Show = ""
		d.tellItem(&heard)
		d.tellKey(&heard)
	}
	for _, line := range plaintest.Unheard(out.String()) {
		t.Errorf("%q", line)
	}
}

// Without a round it asks what about, and says where there is nothing; who leaves has not begun.
func TestQuizAsksWhatAbout(t *testing.T) {
	var wanted []quiz.Wanted
	run := func(lines ...string) string {
		var out strings.Builder
		q := Quiz{Console: Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out}, Questions: func(w quiz.Wanted) (*quiz.Round, error) {
			wanted = append(wanted, w)
			return w.Round(nil, 1, noonNow)
		}}
		if err := q.Run(context.Background()); err != nil {
			t.Error(err)
		}
		return out.String()
	}
	inOrder(t, run("topics", "xy\x1bzzy", "DNS 2", "look", "look", ""), "quiz about everything, ", "dns, ", "4.1, ", `no question is about "xy`, "question 1 of ", ", dns", "question 2 of ", "no question was answered")
	if got := wanted[len(wanted)-1]; got.About != "dns" || got.Most != 2 {
		t.Errorf("%+v", got)
	}
	inOrder(t, run("exam", ""), "exam: 25 questions in 25 minutes", "enter begins:")
	if out := run("quit"); strings.Contains(out, "question 1") || strings.Contains(out, "answered") {
		t.Error(out)
	}
}

// A line is answered by the number by which it is told.
func TestALineIsAnsweredByItsNumber(t *testing.T) {
	it := (&quiz.Item{Kind: quiz.Spot, Prompt: "Which?", Show: "a\nb\nc", Choices: []quiz.Choice{{Text: "line 3"}, {Text: "line 2", Why: "It is right."}}, Answer: "1", Why: "So."}).Shuffled(1)
	var out strings.Builder
	d := newDialog(Console{In: strings.NewReader("1\n3\n"), Out: &out})
	res, _, err := d.askItem(t.Context(), it, nil)
	if err != nil || !res.Right {
		t.Errorf("%+v, %v", res, err)
	}
	inOrder(t, out.String(), "line 3: c", "answer 2: line 2", "answer 3: line 3", "the number of the line:", "Give the number of the line: 2, 3.")
}
