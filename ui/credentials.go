package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// login is the form that asks who to log in as, and how.
type login struct {
	w                                *explorer
	user, password, token, mechanism *field
	names                            []string // the mechanisms in the order of the choice, "" for the best
	settings                         *settings
}

// credentials asks who to log in as.
func (w *explorer) credentials() tea.Cmd {
	w.askCredentials(w.goal.Mechanism)
	return nil
}

// askCredentials opens the form with a mechanism picked, "" for the best that is offered.
func (w *explorer) askCredentials(mechanism string) *form {
	had := w.goal.Credentials
	l := &login{w: w,
		user:     textField("user", had.Username, "nobody", "the name to log in with; leave it empty to continue without AUTH"),
		password: secretField("password", had.Password.Reveal(), "none", "it is never shown or stored, and is sent only in AUTH"),
		token:    secretField("token", had.Token.Reveal(), "none", "an access token for XOAUTH2 or OAUTHBEARER, instead of a password"),
	}
	l.offerMechanisms(mechanism)
	f := &form{name: "credentials", verb: "use them", fields: []*field{l.user, l.password, l.token, l.mechanism}, submit: l.submit}
	l.offerAccounts(f)
	l.settings = newSettings(w.goal)
	l.settings.fold(f)
	w.sheet = f
	return f
}

func (l *login) submit() (tea.Cmd, error) {
	if l.user.value() == "" && l.password.value() != "" {
		return nil, &fieldError{l.user, "a password needs a username"}
	}
	g := l.goal()
	if err := l.settings.put(&g); err != nil {
		return nil, err
	}
	l.w.goal = g
	l.w.reconsider()
	l.w.chosen = walk.Attempt(l.w.options(), l.w.goal)
	return nil, nil
}

// goal is what is wanted if the form is taken as it stands.
func (l *login) goal() walk.Goal {
	g := l.w.goal
	g.Credentials.Username = l.user.value()
	g.Credentials.Password, g.Credentials.Token = sasl.NewSecret(l.password.value()), sasl.NewSecret(l.token.value())
	g.Mechanism = l.names[l.mechanism.picked]
	return g
}

// offerMechanisms lists what the server offers, best first, and then what it does not.
func (l *login) offerMechanisms(picked string) {
	offered, others := walk.Mechanisms(l.w.snap, l.w.goal)
	l.names = []string{""}
	shown := []string{"the best one offered"}
	for _, c := range append(slices.Clone(offered), others...) {
		l.names, shown = append(l.names, c.Name), append(shown, c.Name)
	}
	at := slices.Index(l.names, strings.ToUpper(picked))
	l.mechanism = choiceField("mechanism", max(at, 0), "", shown...)
	l.mechanism.says = l.judged
}

// judged says how the mechanism that is picked ranks with what the form holds now.
func (l *login) judged() (word, help string) {
	g := l.goal()
	name := g.Mechanism
	g.Mechanism = l.w.goal.Mechanism
	offered, others := walk.Mechanisms(l.w.snap, g)
	if name == "" {
		return bestOf(offered)
	}
	if i := slices.IndexFunc(offered, func(c sasl.Choice) bool { return c.Name == name }); i >= 0 {
		return fmt.Sprintf("%s · %s", place(i, len(offered)), standing(offered[i])), reasons(offered[i])
	}
	i := slices.IndexFunc(others, func(c sasl.Choice) bool { return c.Name == name })
	if i < 0 {
		return "", ""
	}
	if len(offered) == 0 {
		return "nothing offered yet", reasons(others[i])
	}
	return "not offered", "to try it on purpose; expect 504; " + reasons(others[i])
}

// bestOf says what the best that is offered comes to.
func bestOf(offered []sasl.Choice) (word, help string) {
	const always = "by default, the best mechanism that is offered and usable is used"
	switch {
	case len(offered) == 0:
		return "", always
	case offered[0].Usable:
		return "now " + offered[0].Name, always + "; " + reasons(offered[0])
	}
	return "none usable", always + "; " + reasons(offered[0])
}

// place is a rank in words.
func place(i, n int) string {
	if i == 0 {
		return "best here"
	}
	return fmt.Sprintf("rank %d of %d", i+1, n)
}

// standing is in a word or two what keeps a mechanism from being used, if anything does.
func standing(c sasl.Choice) string {
	switch {
	case c.Missing == sasl.NotSupported:
		return c.Missing
	case c.Missing == "TLS":
		return "needs TLS"
	case c.Missing != "":
		return "needs a " + c.Missing
	case c.OnRequest:
		return "only on request"
	case c.Guard != "":
		return "asks first"
	}
	return "fits"
}

// reasons are why a mechanism stands where it does.
func reasons(c sasl.Choice) string {
	if c.Guard != "" && c.Missing == "" {
		return c.Why + "; " + c.Guard
	}
	return c.Why
}

// offerAccounts lets a learner pick one of the practice server's users.
func (l *login) offerAccounts(f *form) {
	if len(l.w.live.Accounts) == 0 {
		return
	}
	users := append([]Account{{}}, withAppPasswords(l.w.live.Accounts)...)
	names := []string{"someone else"}
	at := 0
	for i, a := range users[1:] {
		names = append(names, a.User+", "+a.Note)
		if at == 0 && a.User == l.user.value() && a.Password == l.password.value() {
			at = i + 1
		}
	}
	account := choiceField("account", at, "a user of the practice server; picking one fills in name, password and token", names...)
	account.changed = func() {
		a := users[account.picked]
		l.user.input.SetValue(a.User)
		l.password.input.SetValue(a.Password)
		l.token.input.SetValue(a.Token)
	}
	f.fields = append([]*field{account}, f.fields...)
}

// withAppPasswords lists an account that has an app password once more, with that in place of the other.
func withAppPasswords(accounts []Account) []Account {
	var out []Account
	for _, a := range accounts {
		out = append(out, a)
		if a.AppPassword != "" {
			out = append(out, Account{User: a.User, Password: a.AppPassword, Token: a.Token, Note: "with the app password"})
		}
	}
	return out
}
