package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/walk"
)

// message asks for the envelope and what is in it.
func (w *explorer) message() tea.Cmd {
	g := w.goal
	from := textField("from", g.From, "nobody", "the envelope sender, to which bounces are sent; it may differ from the From field of the message")
	to := textField("to", strings.Join(g.To, ", "), "nobody", "the envelope recipients, separated by commas; leave it empty to continue without a message")
	subject := textField("subject", g.Subject, "composed", "the Subject of the message")
	body := textField("text", g.Body, "composed", "the message itself, one line")
	f := &form{name: "envelope and message", verb: "use it", fields: []*field{from, to, subject, body}}
	send := w.askToSend(f)
	f.submit = func() (tea.Cmd, error) {
		if bad := strings.ContainsAny(from.value(), "<>\r\n"); bad {
			return nil, &fieldError{from, "enter the address without < and >"}
		}
		if bad := strings.ContainsAny(to.value(), "<>\r\n"); bad {
			return nil, &fieldError{to, "enter the addresses without < and >"}
		}
		w.goal.From, w.goal.To = strings.TrimSpace(from.value()), addresses(to.value())
		w.goal.Subject, w.goal.Body = subject.value(), body.value()
		w.goal.SendMessage = send != nil && send.picked == 1
		w.reconsider()
		return nil, nil
	}
	w.sheet = f
	return nil
}

// askToSend adds the choice that only other people's servers need: the walk stops before a real message is sent.
func (w *explorer) askToSend(f *form) *field {
	if w.snap.Start == nil || w.snap.Start.Target.Lab {
		return nil
	}
	picked := 0
	if w.goal.SendMessage {
		picked = 1
	}
	send := choiceField("walk", picked, "on a real server the walk asks before DATA, unless you agree here", "asks before the message", "sends it without asking")
	f.fields = append(f.fields, send)
	return send
}

func addresses(s string) []string {
	var out []string
	for _, a := range strings.Split(s, ",") {
		if a = strings.TrimSpace(a); a != "" {
			out = append(out, a)
		}
	}
	return out
}

// askGuard puts the question of a guard rail. Nothing has been sent; yes sends the step, confirmed for this once, and no
// sums up what that leaves.
func (w *explorer) askGuard(g *walk.GuardError, label string) {
	w.sheet = &question{text: g.Guard.Question, why: g.Guard.Why, yes: func() tea.Cmd {
		w.sheet = nil
		return w.do(g.Step.Confirm(g.Guard.Code), label)
	}, no: w.sumUp}
}
