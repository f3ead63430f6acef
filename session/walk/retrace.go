package walk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// Trail is the part of a recorded session that can be taken again: the last attempt in it, by the plan that held then.
type Trail struct {
	Plan  record.Plan
	Steps []Taken

	group *record.Send // the last, whose commands are steps by themselves
}

// Taken is a step that was taken, and what came of it.
type Taken struct {
	Verb record.Verb
	// Line is the command as it was recorded; empty where none was sent. What is masked in it is lost.
	Line string
	// Edited says that a person wrote the line.
	Edited bool
	// Answer is what came of it, in a few words: the code of a reply, or what happened in place of one.
	Answer string
}

// Retrace are the steps that had begun when a log had n events. A QUIT at their end is left out: after it there is nothing to go on
// with.
func Retrace(log record.Source, n int) (t Trail) {
	for i := range min(n, log.Len()) {
		switch e := log.At(i); {
		case e.Kind == record.KindStart:
			t = Trail{Plan: e.Start.Plan}
		case e.Kind == record.KindChange && e.Change.Reconnect:
			t = Trail{Plan: e.Change.Plan}
		case e.Kind == record.KindChange:
			t.Plan = e.Change.Plan
		case e.Step != "" && e.Kind.Observed():
			t.take(e)
		}
	}
	t.answers(log, n)
	if last := len(t.Steps) - 1; last >= 0 && t.Steps[last].Verb == record.VerbQuit {
		t.Steps = t.Steps[:last]
	}
	return t
}

// answers reads on to what came of the last step.
func (t *Trail) answers(log record.Source, n int) {
	steps := len(t.Steps)
	for i := n; steps > 0 && i < log.Len() && log.At(i).Step == t.Steps[steps-1].Verb; i++ {
		e := log.At(i)
		if t.begins(e) {
			return
		}
		if e.Kind.Observed() {
			t.take(e)
		}
	}
}

// take adds what an event tells about a step.
func (t *Trail) take(e *record.Event) {
	if t.begins(e) {
		t.Steps = append(t.Steps, Taken{Verb: e.Step})
	}
	step := &t.Steps[len(t.Steps)-1]
	switch {
	case e.Kind == record.KindSend && e.Send.Group > 0:
		t.group, t.Steps = e.Send, t.Steps[:len(t.Steps)-1]
	case e.Kind == record.KindReply && e.Reply.Place > 0 && t.group != nil:
		step.Line, step.Answer = t.group.Command(e.Reply.Place), answerOf(e.Reply)
	case e.Kind == record.KindResolve:
		step.Answer = string(e.Resolve.Trouble)
	case e.Kind == record.KindConnect:
		step.Answer = string(e.Connect.Trouble)
	case e.Kind == record.KindSend && !e.Send.Content:
		step.Line, step.Edited = strings.TrimRight(string(e.Send.Raw), "\r\n"), e.Send.Edited
	case e.Kind == record.KindReply && !e.Reply.Unasked:
		step.Answer = answerOf(e.Reply)
	case e.Kind == record.KindTLS:
		step.Answer = string(e.TLS.Trouble)
		if e.TLS.Error != "" && e.TLS.Trouble == "" {
			step.Answer = string(record.TroubleFailed)
		}
	}
}

// begins reports whether a step begins with an event: another verb does, and so does another command of the same.
func (t *Trail) begins(e *record.Event) bool {
	if len(t.Steps) == 0 || t.Steps[len(t.Steps)-1].Verb != e.Step || e.Kind == record.KindReply && e.Reply.Place > 0 {
		return true
	}
	return e.Kind == record.KindSend && !e.Send.Content && t.Steps[len(t.Steps)-1].Line != ""
}

func answerOf(r *record.Reply) string {
	if r.Trouble != "" {
		return string(r.Trouble)
	}
	return fmt.Sprint(r.Code)
}

// Label is the step in a few words. The line is the server's and the person's own: it may hold anything.
func (t Taken) Label(s record.Snapshot) string {
	return Option{Step: record.Step{Verb: t.Verb}, Show: t.Line}.Label(s)
}

// Again is the step as it is taken in another session. yours says why a person has to take it, where that is so: the option is then
// the one to begin with, and has no step where there is none.
func (t Taken) Again(s record.Snapshot, g Goal) (o Option, yours string) {
	options := Options(s, g)
	i := slices.IndexFunc(options, func(o Option) bool { return t.meant(o.Step) })
	hidden := strings.Contains(t.Line, sasl.Mask)
	switch {
	case i < 0 && t.Line == "":
		return o, "this step cannot be taken here"
	case t.Edited && hidden && t.Verb != record.VerbRespond, i < 0 && hidden:
		return o, "the line that was typed here contains a masked secret"
	case i < 0 || t.Edited && !hidden:
		verb := t.Verb
		if i < 0 {
			verb = record.VerbRaw
		}
		return typedAgain(g, verb, t.Line), ""
	case options[i].Step.Verb == record.VerbContent || options[i].Step.Verb == record.VerbBdat:
		return options[i], "the transcript does not contain the whole message"
	case options[i].Missing != "":
		return options[i], "a " + options[i].Missing + " is needed, and transcripts contain none"
	}
	return options[i], ""
}

// meant reports whether a step is this one.
func (t Taken) meant(st record.Step) bool {
	if st.Verb != t.Verb || t.Verb == record.VerbRaw {
		return false
	}
	words := strings.Fields(t.Line)
	return t.Verb != record.VerbAuth || len(words) > 1 && strings.EqualFold(words[1], st.Mechanism)
}

// typedAgain is a step with the line that a person wrote.
func typedAgain(g Goal, v record.Verb, line string) Option {
	st := record.Step{Verb: v, Line: line, Edited: true, Credentials: g.Credentials, Auth: g.Auth}
	if words := strings.Fields(line); v == record.VerbAuth && len(words) > 1 {
		st.Mechanism = words[1]
	}
	return Option{Step: st, Show: line}
}

// Differs says how a step went otherwise than this one; empty where it did not.
func (t Taken) Differs(now Taken) string {
	switch {
	case now.Verb != t.Verb:
		return "the step differs from the recorded one"
	case now.Answer == t.Answer:
		return ""
	}
	return fmt.Sprintf("%s ended with %s, but with %s in the transcript", cmp.Or(unsaid(t.Verb), strings.ToUpper(string(t.Verb))), cmp.Or(now.Answer, "success"), cmp.Or(t.Answer, "success"))
}

// unsaid are the steps without a command, in a sentence.
func unsaid(v record.Verb) string {
	switch v {
	case record.VerbResolve:
		return "the name lookup"
	case record.VerbConnect:
		return "the connection"
	case record.VerbGreeting:
		return "the greeting"
	case record.VerbProxy:
		return "the PROXY header"
	case record.VerbHandshake:
		return "the TLS handshake"
	case record.VerbRespond:
		return "the response"
	case record.VerbContent:
		return "the message"
	case record.VerbRaw:
		return "the line"
	}
	return ""
}

// Wanted is the goal of a session that takes a trail again. What was agreed to beforehand has to be agreed to again.
func (t Trail) Wanted() Goal {
	p := t.Plan
	p.SendMessage, p.Has, p.Until, p.Message = false, nil, "", nil
	return GoalOf(p)
}
