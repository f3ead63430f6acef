package course

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/explain"
	"ehlo/session/lab"
	"ehlo/session/record"
)

// Every scenario has an exercise, and every exercise a scenario; none is unfinished.
func TestExercises(t *testing.T) {
	left := map[string]bool{}
	for name := range all.Get() {
		left[name] = true
	}
	for _, sc := range lab.Scenarios() {
		e := Of(sc.Name)
		if e == nil {
			t.Errorf("%s has no exercise", sc.Name)
			continue
		}
		delete(left, sc.Name)
		for _, missing := range e.missing() {
			t.Errorf("%s: %s", sc.Name, missing)
		}
	}
	for name := range left {
		t.Errorf("%s is no scenario", name)
	}
}

// missing is what keeps an exercise from being one.
func (e *Exercise) missing() (out []string) {
	check := func(ok bool, what string) {
		if !ok {
			out = append(out, what)
		}
	}
	check(e.Level.String() != "", "no level")
	check(e.Minutes > 0 && e.Minutes <= 10, "no minutes, or too many")
	check(len(e.Hints) >= 2, "a hint is missing")
	check(e.Debrief != "", "no debrief")
	check(e.Exam != "", "nothing for the exam")
	check(len(e.Topics) > 0, "no topic")
	for _, topic := range e.Topics {
		check(len(explain.Search([]string{topic})) > 0, "no card for the topic "+topic)
	}
	switch e.Goal {
	case GoalWalk:
	case GoalDone:
		check(solutions.Get()[e.Do] != "", "nothing leads to done")
		check(e.Given != "" || !strings.Contains(solutions.Get()[e.Do], "{}"), "nothing is given")
	case GoalAnswer:
		check(strings.HasSuffix(e.Question.Text, "?"), "no question")
		check(len(e.Question.Choices) >= 3 && e.Question.Right() != "", "too few answers, or none that is right")
		for _, c := range e.Question.Choices {
			check(c.Text != "" && !strings.HasSuffix(c.Text, ".") && !isCode(c.Text), "the answer "+c.Text)
		}
	default:
		check(false, "no goal "+string(e.Goal))
	}
	return out
}

// isCode reports whether an answer is the name of a finding that there is not.
func isCode(text string) bool {
	return strings.Contains(text, "-") && !strings.Contains(text, " ") && text == strings.ToLower(text)
}

// The findings that an exercise asks about are those of its session, and the wrong ones are another's.
func TestFindingsAskedAbout(t *testing.T) {
	asked := 0
	for _, sc := range lab.Scenarios() {
		e := Of(sc.Name)
		if e == nil || e.Goal != GoalAnswer || sc.Finding == "" {
			continue
		}
		own, ok := explain.Finding(sc.Finding)
		if !ok {
			t.Fatalf("%s: no finding %s", sc.Name, sc.Finding)
		}
		for _, c := range e.Question.Choices {
			if !c.Right && c.Text == own.Short {
				t.Errorf("%s: its own finding is called wrong", sc.Name)
			}
			if c.Right && c.Text == own.Short {
				asked++
			}
		}
	}
	if asked < 20 {
		t.Errorf("%d exercises ask for what their session shows", asked)
	}
}

// The right answer does not always stand in the same place.
func TestOrderOfAnswers(t *testing.T) {
	places, questions := map[int]int{}, 0
	for _, e := range all.Get() {
		for i, c := range e.Question.Choices {
			if c.Right {
				places[i]++
				questions++
			}
		}
	}
	if len(places) < 4 {
		t.Errorf("right answers stand at %v", places)
	}
	for place, n := range places {
		if 3*n > questions {
			t.Errorf("%d right answers stand at place %d", n, place+1)
		}
	}
}

// An exercise is not solved by going around what protects.
func TestReached(t *testing.T) {
	delivered := record.Snapshot{Start: &record.Start{Plan: record.Plan{To: []string{"bob@lab.test"}}}, State: record.State{Delivered: 1, Stage: record.StageClosed}}
	exposed, unverified := delivered, delivered
	elsewhere := record.Snapshot{Start: &record.Start{Plan: record.Plan{To: []string{"carol@lab.test"}}}, State: delivered.State}
	exposed.Exposed = "password"
	unverified.State.Security = record.SecurityAccepted
	for _, c := range []struct {
		name  string
		s     record.Snapshot
		ended bool
		want  bool
	}{
		{"submission", delivered, true, true},
		{"submission", delivered, false, false},
		{"no-tls", delivered, false, true},
		{"no-tls", exposed, true, false},
		{"private-ca", unverified, true, false},
		{"expired", delivered, true, false},
		{"unknown-user", delivered, true, true},
		{"unknown-user", elsewhere, true, false},
		{"unknown-user", record.Snapshot{}, false, false},
	} {
		if got := Of(c.name).Reached(c.s, c.ended); got != c.want {
			t.Errorf("%s, ended %v: %v", c.name, c.ended, got)
		}
	}
}

// The task of a scenario says what counts as solved: what has to be done comes after the looking, and where an answer counts nothing else is
// asked for last. No task asks for the connection on which it is done, because a new one counts as well.
func TestTasksSayWhatCounts(t *testing.T) {
	done := map[record.Action][]string{
		record.UseTLS: {"connect with a port", "over a port that offers TLS"}, record.UseSTARTTLS: {"connect with a port", "choose a setting", "submit through", "through one that does"},
		record.UsePort: {"send the message"}, record.TrustCA: {"trust that root"}, record.CapTLS: {"try again"}, record.GiveClientCertificate: {"connect with"},
		record.GiveServerName: {"connect by"}, record.GivePassword: {"log in"}, record.GiveToken: {"log in"}, record.TryMechanism: {"log in"}, record.NoInitialResponse: {"log in"},
		record.GiveEHLOName: {"try again with"}, record.RetryAfter: {"try again", "wait until"}, record.CheckName: {"connect by"}, record.CheckAddress: {"to the right address"},
		record.ShrinkMessage: {"send a message that fits"},
	}
	for _, s := range Way() {
		_, last, twice := strings.Cut(s.Task, "then ")
		if and := strings.LastIndex(s.Task, " and "); !twice && and >= 0 {
			last = s.Task[and:]
		}
		says := func(words string) bool { return strings.Contains(last, words) }
		switch {
		case s.Goal == GoalDone && !slices.ContainsFunc(done[s.Do], says):
			t.Errorf("%s is solved by %s, and its task does not end with that: %s", s.Name, s.Do, s.Task)
		case s.Goal == GoalAnswer && twice && !says("say ") && !says("find "):
			t.Errorf("%s is solved by an answer, and its task asks for something else: %s", s.Name, s.Task)
		case strings.Contains(s.Task, "same connection") || strings.Contains(s.Task, "new connection"):
			t.Errorf("%s asks for a connection that nothing judges: %s", s.Name, s.Task)
		}
	}
}
