package plain

import (
	"context"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/transcripts/export"
)

// fake is an engine with a server in it: what it appends is what a real one would.
type fake struct {
	log   record.Log
	snap  record.Snapshot
	state record.State

	rcpt     string        // the answer to RCPT
	silent   record.Verb   // the step that nobody answers
	running  chan struct{} // is sent to when that step waits
	guard    string        // asked before AUTH
	offers   string        // behind EHLO
	done     []record.Step // all steps that were done
	finished error         // what Finish was told
	ended    bool
	right    string // what Check wants at the end of a line
	refuses  bool   // AUTH is answered with 535
}

func newFake(policy record.Policy) *fake {
	f := &fake{state: record.NewState(), rcpt: "250 2.1.5 Ok", offers: "250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n", running: make(chan struct{}, 1)}
	f.append("", record.Event{Kind: record.KindStart, Start: &record.Start{Format: record.Format, Time: time.Unix(0, 0),
		Target: record.Target{Host: "mail.test", Port: 25}, Policy: policy}})
	f.moved("")
	return f
}

func (f *fake) Log() *record.Log { return &f.log }

func (f *fake) append(v record.Verb, e record.Event) {
	e.Step = v
	f.snap = f.snap.Next(f.log.Append(e))
}

func (f *fake) moved(v record.Verb) {
	now := f.state
	f.append(v, record.Event{Kind: record.KindState, State: &now})
}

func (f *fake) talk(v record.Verb, line, answer string) {
	if line != "" {
		f.append(v, record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(line + "\r\n")}})
	}
	if answer == "" {
		return
	}
	r, _ := wire.NewReader(strings.NewReader(answer+"\r\n"), wire.Limits{}).ReadReply()
	f.append(v, record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: r}})
}

func (f *fake) Do(ctx context.Context, st record.Step) error {
	v := st.Verb
	if v == record.VerbAuth && f.guard != "" && !strings.Contains(strings.Join(st.Confirmed, " "), f.guard) {
		return &walk.GuardError{Guard: walk.Guard{Code: f.guard, Question: "send it all the same?", Why: "anyone can read it"}, Step: st}
	}
	f.done = append(f.done, st)
	if v == f.silent {
		f.talk(v, st.Line, "")
		f.running <- struct{}{}
		<-ctx.Done()
		return &record.Error{Verb: v, Text: "the step was cancelled", Hint: "try again", Err: record.ErrCancelled}
	}
	err := f.answer(st)
	f.moved(v)
	return err
}

func (f *fake) answer(st record.Step) error {
	v, s := st.Verb, &f.state
	switch v {
	case record.VerbResolve:
		f.append(v, record.Event{Kind: record.KindResolve, Resolve: &record.Resolve{Host: "mail.test", Addresses: []string{"192.0.2.1"}}})
		s.Stage = record.StageResolved
	case record.VerbConnect:
		f.append(v, record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "192.0.2.1:25", Local: "192.0.2.2:4000"}})
		s.Stage = record.StageConnected
	case record.VerbGreeting:
		f.talk(v, "", "220 mail.test \x1b[2JESMTP")
		s.Stage = record.StageGreeted
	case record.VerbEHLO:
		f.talk(v, st.Line, "250-mail.test\r\n"+strings.TrimSuffix(f.offers, "\r\n"))
		f.append(v, record.Event{Kind: record.KindCapabilities, Capabilities: &record.Capabilities{Capabilities: wire.ParseCapabilities(f.snap.Reply.Reply)}})
		s.Stage, s.ESMTP = record.StageReady, true
	case record.VerbAuth:
		if f.refuses {
			f.talk(v, "AUTH "+st.Mechanism+" "+sasl.Mask, "535 5.7.8 no")
			s.Failed = []record.Phase{record.PhaseAuth}
			return &record.Error{Phase: record.PhaseAuth, Verb: v, Text: "the log-in was refused", Hint: "check it", Exit: record.ExitAuth}
		}
		f.talk(v, "AUTH "+st.Mechanism+" "+sasl.Mask, "235 2.7.0 welcome")
		s.Failed = nil
		s.Auth, s.User = record.AuthDone, st.Credentials.Username
	case record.VerbMail:
		f.talk(v, st.Line, "250 2.1.0 Ok")
		s.Transaction = record.TransactionMail
	case record.VerbRcpt:
		f.talk(v, st.Line, f.rcpt)
		if f.rcpt[0] != '2' {
			return &record.Error{Phase: record.PhaseRcpt, Verb: v, Text: "the recipient was refused", Hint: "check the address", Exit: record.ExitEnvelope}
		}
		s.Transaction, s.Recipients = record.TransactionRcpt, append(s.Recipients, st.Line)
	case record.VerbQuit:
		f.talk(v, "QUIT", "221 2.0.0 Bye")
		*s = record.NewState()
		s.Stage = record.StageClosed
	default:
		f.talk(v, st.Line, "250 2.0.0 Ok")
	}
	return nil
}

func (f *fake) Reveal(on bool) {
	code := map[bool]string{true: "secrets-revealed", false: "secrets-masked"}[on]
	f.append("", record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: code, Severity: "warn", Text: code}})
}

// Check takes the lines that end in the right one for right.
func (f *fake) Check(st record.Step) []string {
	if f.right != "" && strings.HasSuffix(st.Line, f.right) {
		return nil
	}
	return []string{"passwd is another one"}
}

func (f *fake) Note(on int, text string) {
	f.append("", record.Event{Kind: record.KindNote, Note: &record.Note{On: on, Text: text}})
}

func (f *fake) Finish(err error) record.Exit {
	f.finished, f.ended = err, true
	end := &record.End{Phase: record.PhaseQuit}
	if e, ok := err.(*record.Error); ok {
		end.Exit, end.Error = e.Exit, e.Text
	} else if err != nil {
		end.Exit, end.Error = record.ExitInterrupted, "interrupted"
	}
	f.append("", record.Event{Kind: record.KindEnd, End: end})
	return end.Exit
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
func (f *fake) walk(t *testing.T, goal walk.Goal, lines ...string) (string, record.Exit) {
	t.Helper()
	var out strings.Builder
	exit, err := Walk{Console: Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out}, Engine: f, Events: &f.log,
		Goal: goal, Text: export.Text{}}.Run(context.Background())
	if err != nil || !f.ended {
		t.Errorf("error %v, finished %v", err, f.ended)
	}
	return out.String(), exit
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
