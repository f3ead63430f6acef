package plain

import (
	"context"
	"strings"
	"testing"
	"time"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// fake is an engine with a server in it. What it observes is made up; what follows from that is not.
type fake struct {
	log  record.Log
	snap record.Snapshot
	step record.Verb

	rcpt    string             // the answer to RCPT
	silent  record.Verb        // the step that nobody answers
	running chan struct{}      // is sent to when that step waits
	guard   record.FindingCode // asked before AUTH
	offers  string             // after EHLO
	done    []record.Step      // all steps that were done
	changes []record.Change    // all advice that was followed
	means   engine.Means       // of the last
	refused *walk.Guard        // what was asked and not agreed to
	right   string             // what Check wants at the end of a line
	refuses bool               // AUTH is answered with 535
	breaks  *record.Finding    // why the connection is lost after EHLO
}

func newFake(policy record.Policy) *fake {
	f := &fake{snap: record.Snapshot{State: record.NewState()}, rcpt: "250 2.1.5 Ok", offers: "250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n", running: make(chan struct{}, 1)}
	f.observe(record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format, Time: time.Unix(0, 0),
		Plan: record.Plan{Target: record.Target{Host: "mail.test", Port: 25, Lab: true}, Policy: policy}}})
	return f
}

func (f *fake) Log() *record.Log { return &f.log }

func (f *fake) observe(e record.Event) {
	e.Step = f.step
	follows := walk.Took(&f.snap, &e)
	f.append(e)
	for _, e := range follows {
		f.append(e)
	}
}

func (f *fake) append(e record.Event) { f.snap = f.snap.Next(f.log.Append(e)) }

func (f *fake) talk(line, answer string) {
	if line != "" {
		f.observe(record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(line + "\r\n")}})
	}
	if answer == "" {
		return
	}
	r, _ := wire.NewReader(strings.NewReader(answer+"\r\n"), wire.Limits{}).ReadReply()
	f.observe(record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: r}})
}

func (f *fake) Do(ctx context.Context, st record.Step) error {
	f.step = st.Verb
	defer func() { f.step = "" }()
	if st.Verb == record.VerbAuth && f.guard != "" && !st.HasConfirmed(f.guard) {
		f.refused = &walk.Guard{Code: f.guard, Phase: record.PhaseAuth, Question: "send it anyway?", Why: "anyone can read it"}
		return &walk.GuardError{Guard: *f.refused, Step: st}
	}
	f.done = append(f.done, st)
	if st.Verb != record.VerbQuit {
		f.refused = nil
	}
	before := len(f.snap.Failures)
	if st.Verb == f.silent {
		f.silence(ctx, st)
	} else {
		f.answer(st)
	}
	if len(f.snap.Failures) > before {
		last := f.snap.Failures[len(f.snap.Failures)-1].Finding
		return &record.Error{Verb: st.Verb, Finding: last.Code, Text: last.Text}
	}
	return nil
}

// silence is what is left of a step when the wait for it ends.
func (f *fake) silence(ctx context.Context, st record.Step) {
	f.talk(st.Line, "")
	f.running <- struct{}{}
	<-ctx.Done()
	why := record.TroubleCanceled
	if context.Cause(ctx) == record.ErrGaveUp {
		why = record.TroubleGaveUp
	}
	f.observe(record.Event{Kind: record.KindReply, Reply: &record.Reply{Trouble: why}})
}

func (f *fake) answer(st record.Step) {
	switch st.Verb {
	case record.VerbResolve:
		f.observe(record.Event{Kind: record.KindResolve, Resolve: &record.Resolve{Host: "mail.test", Network: "ip", Addresses: []string{"192.0.2.1"}}})
	case record.VerbConnect:
		f.observe(record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "192.0.2.1:25", Local: "192.0.2.2:4000"}})
	case record.VerbGreeting:
		f.talk("", "220 mail.test \x1b[2JESMTP")
	case record.VerbEHLO:
		f.talk(st.Line, "250-mail.test\r\n"+strings.TrimSuffix(f.offers, "\r\n"))
		f.lost()
	case record.VerbAuth:
		f.authenticate(st)
	case record.VerbRcpt:
		f.talk(st.Line, f.rcpt)
	case record.VerbData:
		f.talk(st.Line, "354 go ahead")
	case record.VerbQuit:
		f.talk("QUIT", "221 2.0.0 Bye")
	default:
		f.talk(st.Line, "250 2.0.0 Ok")
	}
}

// lost ends the connection for a reason that is made up.
func (f *fake) lost() {
	if f.breaks == nil {
		return
	}
	state := f.snap.State.WithFailed(record.PhaseEHLO)
	state.Stage = record.StageClosed
	f.append(record.Event{Kind: record.KindFinding, Step: record.VerbEHLO, Finding: f.breaks})
	f.append(record.Event{Kind: record.KindState, Step: record.VerbEHLO, State: &state})
	f.breaks = nil
}

func (f *fake) authenticate(st record.Step) {
	f.observe(record.Event{Kind: record.KindAuth, Auth: &record.Auth{From: "C", Mechanism: st.Mechanism}})
	line, answer := "AUTH "+st.Mechanism+" "+sasl.Mask, "235 2.7.0 welcome"
	if f.refuses {
		answer = "535 5.7.8 no"
	}
	f.talk(line, answer)
	if !f.refuses {
		f.observe(record.Event{Kind: record.KindAuth, Auth: &record.Auth{From: "S", Mechanism: st.Mechanism, Outcome: record.AuthSucceeded, User: st.Credentials.Username}})
	}
}

func (f *fake) Change(c record.Change, m engine.Means) {
	f.changes, f.means, f.refused = append(f.changes, c), m, nil
	f.observe(record.Event{Kind: record.KindChange, Change: &c})
}

func (f *fake) Reveal(on bool) {
	f.observe(record.Event{Kind: record.KindReveal, Reveal: &record.Reveal{On: on}})
}

// Check takes the lines that end in the right one for right.
func (f *fake) Check(st record.Step) []string {
	if f.right != "" && strings.HasSuffix(st.Line, f.right) {
		return nil
	}
	return []string{"passwd has a different value"}
}

func (f *fake) Note(n record.Note) {
	f.append(record.Event{Kind: record.KindNote, Note: &n})
}

func (f *fake) Finish() record.Verdict {
	v := walk.Outcome(f.snap, walk.Ending{Declined: f.refused})
	f.append(record.Event{Kind: record.KindEnd, End: &v})
	return v
}

// verbs are the steps that were done.
func (f *fake) verbs() string {
	var all []string
	for _, st := range f.done {
		all = append(all, string(st.Verb))
	}
	return strings.Join(all, " ")
}

// walk types lines, and gives back what was printed.
func (f *fake) walk(t *testing.T, goal walk.Goal, lines ...string) (string, record.Verdict) {
	t.Helper()
	return f.walkWith(t, Means{}, goal, lines...)
}

func (f *fake) walkWith(t *testing.T, means Means, goal walk.Goal, lines ...string) (string, record.Verdict) {
	t.Helper()
	f.wants(goal)
	var out strings.Builder
	verdict, err := Walk{Console: Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out}, Engine: f, Events: &f.log,
		Goal: goal, Means: means}.Run(context.Background())
	if err != nil || f.snap.End == nil {
		t.Errorf("error %v, end %v", err, f.snap.End)
	}
	return out.String(), verdict
}

// wants puts a goal into the plan, unless the log says more already.
func (f *fake) wants(goal walk.Goal) {
	start := f.log.At(0).Start
	plan := goal.Plan()
	plan.Target, plan.Policy = start.Target, start.Policy
	start.Plan = plan
}

// inOrder checks that texts occur in this order.
func inOrder(t *testing.T, out string, texts ...string) {
	t.Helper()
	rest := out
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Fatalf("no %q behind what was before it in\n%s", text, out)
		}
		rest = after
	}
}

var noTLS = record.Policy{Start: record.StartNever, Must: record.MustOff}

// enter is the Enter key, n times.
func enter(n int) []string { return make([]string, n+1)[:n:n] }
