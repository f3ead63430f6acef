package ui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session"
	"ehlo/session/sasl"
)

// The forms that change what a person wants of the session; what is proposed changes with it.

// credentials asks who to log in as.
func (w *walk) credentials() tea.Cmd {
	had := w.goal.Credentials
	user := textField("user", had.Username, "nobody", "the name to log in with; leave it empty to go on without AUTH")
	password := secretField("password", had.Password.Reveal(), "none", "never shown and never kept; it goes to the server in AUTH only")
	token := secretField("token", had.Token.Reveal(), "none", "an access token for XOAUTH2 or OAUTHBEARER, in place of a password")
	names, picked := w.mechanisms()
	mechanism := choiceField("mechanism", picked, "how to log in; by itself, the best that is offered and fits is used", names...)
	f := &form{name: "credentials", verb: "use them", fields: []*field{user, password, token, mechanism}}
	f.submit = func() (tea.Cmd, error) {
		c := w.goal.Credentials
		c.Username, c.Password, c.Token = user.value(), sasl.NewSecret(password.value()), sasl.NewSecret(token.value())
		w.goal.Credentials, w.goal.Mechanism = c, ""
		if mechanism.picked > 0 {
			w.goal.Mechanism = names[mechanism.picked]
		}
		w.propose()
		return nil, nil
	}
	w.offerAccounts(f, user, password)
	w.sheet = f
	return nil
}

// offerAccounts lets a learner pick one of the practice server's users.
func (w *walk) offerAccounts(f *form, user, password *field) {
	if len(w.live.Accounts) == 0 {
		return
	}
	names := []string{"somebody else"}
	at := 0
	for i, a := range w.live.Accounts {
		names = append(names, a.User+", "+a.Note)
		if a.User == user.value() {
			at = i + 1
		}
	}
	account := choiceField("account", at, "a user of the practice server; picking one fills in the name and the password", names...)
	account.changed = func() {
		a := Account{}
		if account.picked > 0 {
			a = w.live.Accounts[account.picked-1]
		}
		user.input.SetValue(a.User)
		password.input.SetValue(a.Password)
	}
	f.fields = append([]*field{account}, f.fields...)
}

// mechanisms are the names to choose from, those the server offers first.
func (w *walk) mechanisms() (names []string, picked int) {
	names = []string{"the best that is offered"}
	if w.snap.Capabilities != nil {
		names = append(names, w.snap.Capabilities.AuthMechanisms()...)
	}
	for _, m := range sasl.Mechanisms() {
		if m.Supported && !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return names, max(slices.Index(names, strings.ToUpper(w.goal.Mechanism)), 0)
}

// message asks for the envelope and what is in it.
func (w *walk) message() tea.Cmd {
	g := w.goal
	from := textField("from", g.From, "nobody", "the envelope's sender, where bounces go; not necessarily the From of the message")
	to := textField("to", strings.Join(g.To, ", "), "nobody", "the envelope's recipients, with commas between; leave it empty to go on without a message")
	subject := textField("subject", g.Subject, "made up", "the Subject of the message")
	body := textField("text", g.Body, "made up", "the message itself, one line")
	f := &form{name: "envelope and message", verb: "use it", fields: []*field{from, to, subject, body}}
	send := w.askToSend(f)
	f.submit = func() (tea.Cmd, error) {
		if bad := strings.ContainsAny(from.value(), "<>\r\n"); bad {
			return nil, &fieldError{from, "an address goes without < and >"}
		}
		if bad := strings.ContainsAny(to.value(), "<>\r\n"); bad {
			return nil, &fieldError{to, "addresses go without < and >"}
		}
		w.goal.From, w.goal.To = strings.TrimSpace(from.value()), addresses(to.value())
		w.goal.Subject, w.goal.Body = subject.value(), body.value()
		w.goal.SendMessage = send != nil && send.picked == 1
		w.propose()
		return nil, nil
	}
	w.sheet = f
	return nil
}

// askToSend adds the choice that only other people's servers need: the walk stops before a real message is sent.
func (w *walk) askToSend(f *form) *field {
	if w.snap.Start == nil || w.snap.Start.Target.Lab {
		return nil
	}
	picked := 0
	if w.goal.SendMessage {
		picked = 1
	}
	send := choiceField("walk", picked, "on a real server the walk stops before DATA unless you say otherwise", "stops before the message", "goes on to send it")
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

// askGuard puts the question of a guard rail. Nothing has been sent; yes sends the step, confirmed for this once.
func (w *walk) askGuard(g *session.GuardError, label string) {
	w.sheet = &question{text: g.Guard.Question, why: g.Guard.Why, yes: func() tea.Cmd {
		w.sheet = nil
		return w.do(g.Step.Confirm(g.Guard.Code), label)
	}}
}
