// Package course holds what there is to practice: what a scenario of the practice server asks of a person, and how it is seen that they
// have it.
package course

import (
	_ "embed"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// An Exercise is what a scenario asks of a person.
type Exercise struct {
	Scenario string // its name
	Level    Level
	Minutes  int      // how long it takes someone of that level, about
	Topics   []string // names of cards
	Hints    []string // one after the other, from where to look to nearly the answer
	Goal     Goal
	// Do is the advice that leads to [GoalDone], and Given what a person gives for it; Given may be empty.
	Do    record.Action
	Given string
	// Question is what [GoalAnswer] asks.
	Question Question
	// Row is the event that shows the answer: its kind and, after a space, how its text begins; empty where it is the finding of the
	// scenario, or the last refusal.
	Row     string
	Debrief string // what happened, how it is seen and who mends it
	Exam    string // what an exam asks of it
}

// Level is how much an exercise takes for granted, from 1.
type Level int

// The levels.
const (
	Beginner Level = 1 + iota
	Intermediate
	Advanced
)

func (l Level) String() string {
	if l < Beginner || l > Advanced {
		return ""
	}
	return [...]string{"beginner", "intermediate", "advanced"}[l-1]
}

// Goal is what solves an exercise.
type Goal string

// The goals.
const (
	GoalWalk   Goal = "walk"   // the session is walked to its end, and is done
	GoalDone   Goal = "done"   // something is changed, and then the session is done
	GoalAnswer Goal = "answer" // a question is answered
)

// Question is answered by one of its choices.
type Question struct {
	Text    string
	Choices []Choice // in the order to show them; one is right
}

// Choice is an answer, without a full stop.
type Choice struct {
	Text  string
	Right bool
	Means string // what the answer stands for, where it is the name of a fault; else empty
	Why   string // why it is wrong, in sentences; may be empty
}

// Judged says why the answer is wrong.
func (c Choice) Judged() string {
	switch {
	case c.Means != "":
		return "It would mean: " + strings.TrimSuffix(c.Means, ".") + "."
	case c.Why != "":
		return c.Why
	}
	return "Look again, or take a hint."
}

// Right is the answer.
func (q Question) Right() string {
	for _, c := range q.Choices {
		if c.Right {
			return c.Text
		}
	}
	return ""
}

// Tiers are the hints of an exercise, the last of which is the solution.
func (e *Exercise) Tiers() []string {
	switch e.Goal {
	case GoalAnswer:
		return append(slices.Clip(e.Hints), "the answer is: "+e.Question.Right())
	case GoalDone:
		if e.Do == "" {
			return e.Hints
		}
		return append(slices.Clip(e.Hints), strings.ReplaceAll(solutions.Get()[e.Do], "{}", e.Given))
	}
	return append(slices.Clip(e.Hints), "take each proposed step, to the end of the session")
}

// solutions say what to do where an advice solves an exercise.
var solutions = lazy.Value[map[record.Action]string]{Make: func() map[record.Action]string {
	return map[record.Action]string{
		record.UseTLS:                "use TLS from the first byte, on port 465",
		record.UseSTARTTLS:           "use STARTTLS, on port 587",
		record.UsePort:               "connect to port {}",
		record.TrustCA:               "trust the CA's root",
		record.CapTLS:                "offer TLS 1.2 at most",
		record.GiveClientCertificate: "give the client certificate that the practice server has issued",
		record.GiveServerName:        "give the host name {}",
		record.GivePassword:          "give the password {}; the username is in the story",
		record.GiveToken:             "give the token {}",
		record.GiveEHLOName:          "give the name {} in EHLO",
		record.NoInitialResponse:     "send AUTH without an initial response",
		record.TryMechanism:          "log in with {}",
		record.RetryAfter:            "wait as long as the reply says, and try again",
		record.CheckName:             "give the host name {}",
		record.CheckAddress:          "give the address {}",
		record.ShrinkMessage:         "send a smaller message",
	}
}}

// solving are the names of the advice that can solve an exercise.
func solving() (names []string) {
	for action := range solutions.Get() {
		names = append(names, string(action))
	}
	slices.Sort(names)
	return names
}

// SolvedWhen says, in sentences, what counts as solved; see [Exercise.Reached].
func (e *Exercise) SolvedWhen() string {
	const protected = "It does not count if you continue without protection."
	switch {
	case e.Goal == GoalAnswer:
		return "The task is solved when you have answered the question."
	case e.Goal == GoalWalk:
		return "The task is solved when you have taken the session to its end."
	case e.AtLogin():
		return "The task is solved when you have corrected the problem and are logged in, on this connection or on a new one. " + protected
	}
	return "The task is solved when you have corrected the problem and the session succeeds. " + protected
}

// Reached reports whether a session has come to the goal, as far as no answer is asked for. A session that went around what
// protects a secret or a message has not. ended says that it is over. Where a log is not the client's own, whether the certificate was
// verified is unknown, and does not count.
func (e *Exercise) Reached(s record.Snapshot, ended bool) bool {
	switch {
	case e.Goal != GoalWalk && e.Goal != GoalDone, e.Goal == GoalWalk && !ended, s.Start == nil:
		return false
	case s.Asked != nil && asksLess(s.Start.Plan, *s.Asked):
		return false
	case e.AtLogin() && s.State.User == "":
		return false
	case e.Do == record.CheckAddress && e.Given != "" && !slices.Contains(s.Start.To, e.Given):
		return false
	case s.Exposed != "" || s.State.Security.Unverified() && (s.TLS == nil || !s.TLS.Unjudged()):
		return false
	}
	return e.AtLogin() || walk.Outcome(s, walk.Ending{}).Outcome == record.OutcomeDone
}

// AtLogin reports whether the goal is a login: what comes after it is another exercise's.
func (e *Exercise) AtLogin() bool {
	switch e.Do {
	case record.GivePassword, record.GiveToken, record.TryMechanism, record.NoInitialResponse:
		return e.Goal == GoalDone
	}
	return false
}

// asksLess reports whether a plan does without what was asked for at the beginning: who leaves out the recipient or the login has not
// come to where they lead.
func asksLess(now, first record.Plan) bool {
	return len(now.To) == 0 && len(first.To) > 0 || now.User == "" && first.User != ""
}

// SeenByServer reports whether the server's side of a session shows that the goal is reached. An answer to a question is given elsewhere, and
// whether a client verifies the server, and against what, shows on its own side alone.
func (e *Exercise) SeenByServer() bool {
	switch e.Do {
	case record.TrustCA, record.GiveServerName, record.CheckName:
		return false
	}
	return e.Goal == GoalWalk || e.Goal == GoalDone
}

//go:embed data/exercises.txt
var exerciseText string

// all are the exercises by the names of their scenarios. The text is read at first use.
var all = lazy.Value[map[string]*Exercise]{Make: func() map[string]*Exercise {
	out := map[string]*Exercise{}
	for source := range strings.SplitSeq(exerciseText, "\n\n") {
		if e := parse(source); e.Scenario != "" {
			out[e.Scenario] = e
		}
	}
	return out
}}

// Of is the exercise of a scenario; nil where there is none.
func Of(scenario string) *Exercise { return all.Get()[scenario] }

// parse reads the fields of one exercise. What the text has wrong is found by the tests.
func parse(source string) *Exercise {
	e := &Exercise{}
	for key, value := range explain.Fields(source) {
		e.set(key, strings.ReplaceAll(value, "\n", ""))
	}
	e.Question.shuffle(e.Scenario)
	return e
}

func (e *Exercise) set(key, value string) {
	switch key {
	case "Name":
		e.Scenario = value
	case "Level":
		e.Level = Level(number(value))
	case "Minutes":
		e.Minutes = number(value)
	case "Topics":
		e.Topics = strings.Split(value, ", ")
	case "Hint":
		e.Hints = append(e.Hints, value)
	case "Goal":
		e.Goal = Goal(value)
	case "Do":
		do, given, _ := strings.Cut(value, " ")
		e.Do, e.Given = record.Action(do), given
	case "Ask":
		e.Question.Text = value
	case "Right", "Wrong":
		e.Question.Choices = append(e.Question.Choices, choice(value, key == "Right"))
	case "Why":
		if n := len(e.Question.Choices); n > 0 {
			e.Question.Choices[n-1].Why = value
		}
	case "Row":
		e.Row = value
	case "Debrief":
		e.Debrief = value
	case "Exam":
		e.Exam = value
	}
}

func number(value string) int {
	n, _ := strconv.Atoi(value)
	return n
}

// choice is an answer in words. The name of a finding stands for its headline.
func choice(value string, right bool) Choice {
	if f, ok := explain.Finding(value); ok {
		return Choice{Text: f.Short, Right: right, Means: f.Text}
	}
	return Choice{Text: value, Right: right}
}

// shuffle gives the choices an order in which the right one is not always the first. It is the same each time: who comes back finds the
// answers where they were.
func (q *Question) shuffle(name string) {
	if len(q.Choices) == 0 {
		return
	}
	sum := fnv.New32a()
	sum.Write([]byte(name))
	at := int(sum.Sum32()) % len(q.Choices)
	q.Choices = slices.Concat(q.Choices[len(q.Choices)-at:], q.Choices[:len(q.Choices)-at])
}
