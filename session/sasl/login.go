package sasl

import (
	"strings"
)

const loginRef = "draft-murchison-sasl-login-00"

// login is LOGIN, which no RFC defines: the server prompts for the username and then for the password. Servers
// vary in the words, so prompts are read loosely.
type login struct {
	c         Credentials
	initial   bool // the username goes with the AUTH command
	usernames int  // how often the username was sent
	passwords int
}

func newLogin(s settings) *login { return &login{c: s.credentials, initial: s.eagerLogin} }

func (m *login) start() (Response, error) {
	if !m.initial {
		return Response{}, nil
	}
	return m.username("sent with the command, before the server asked"), nil
}

func (m *login) next(challenge []byte) (Challenge, Response, error) {
	asks, known := loginPrompt(string(challenge))
	c := Challenge{Values: []Value{printable("prompt", challenge, asks.reading(known), loginRef)}}
	if !known {
		c.Findings = append(c.Findings, oddPrompt(challenge))
		asks = m.due()
	}
	r, err := m.answer(asks, &c)
	return c, r, err
}

// due is what comes next when the prompt does not say: first the username, then the password.
func (m *login) due() loginField {
	if m.usernames == 0 {
		return loginUsername
	}
	return loginPassword
}

func (m *login) answer(asks loginField, c *Challenge) (Response, error) {
	switch {
	case asks == loginPassword && m.passwords == 0:
		if m.usernames == 0 {
			c.Findings = append(c.Findings, Finding{Code: CodePasswordFirst, Severity: SeverityWarn, Ref: loginRef,
				Text: "the server asks for the password before the username"})
		}
		return m.password(), nil
	case asks == loginUsername && m.usernames == 0:
		return m.username("answer to the prompt"), nil
	case asks == loginUsername && m.initial && m.usernames == 1:
		c.Findings = append(c.Findings, Finding{Code: CodeInitialIgnored, Severity: SeverityInfo, Ref: loginRef,
			Text: "the server asks again for the username that came with the AUTH command"})
		return m.username("answer to the prompt, for the second time"), nil
	}
	return Response{}, m.askedAgain(asks)
}

// askedAgain is the error for a prompt that has had its answer. To answer by counting would give the password to the
// second question for the name.
func (m *login) askedAgain(asks loginField) error {
	what := "user name"
	if asks == loginPassword {
		what = "password"
	}
	return &Error{Code: CodeUnexpected, Ref: loginRef, Hint: "cancel with *",
		Text: "the server asks for the " + what + " again, which it has had already"}
}

func (m *login) username(how string) Response {
	m.usernames++
	return Response{Data: []byte(m.c.Username), Values: []Value{text("username", m.c.Username, how, loginRef)}}
}

func (m *login) password() Response {
	m.passwords++
	v := text("password", m.c.Password.Reveal(), "the password, neither hashed nor encrypted", loginRef)
	return Response{Data: []byte(m.c.Password.Reveal()), Hides: HidesPassword, Values: []Value{v.hide(HidesPassword)}}
}

func (m *login) done() ([]Finding, error) {
	if m.passwords == 0 {
		return nil, tooEarly()
	}
	return unproven(loginRef), nil
}

type loginField int

const (
	loginUsername loginField = iota
	loginPassword
)

func (f loginField) reading(known bool) string {
	switch {
	case !known:
		return "says neither username nor password"
	case f == loginPassword:
		return "asks for the password"
	}
	return "asks for the username"
}

// loginPrompt reads a prompt: "Username:" and "Password:" are usual, "User Name" and "Password" with a NUL at the
// end are the draft's, and translations and additions occur.
func loginPrompt(prompt string) (asks loginField, known bool) {
	p := strings.ToLower(prompt)
	switch {
	case containsAny(p, "pass", "pwd", "kennwort", "contrase"):
		return loginPassword, true
	case containsAny(p, "user", "name", "login", "account", "mail"):
		return loginUsername, true
	}
	return loginUsername, false
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func oddPrompt(challenge []byte) Finding {
	said := "an empty prompt"
	if len(challenge) > 0 {
		said = "a prompt that says neither username nor password"
	}
	return Finding{Code: CodeOddPrompt, Severity: SeverityWarn, Text: said + "; answered by its position", Ref: loginRef}
}
