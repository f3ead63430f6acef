package sasl

import (
	"bytes"
	"slices"
	"strings"
)

const loginRef = "draft-murchison-sasl-login-00"

var _ = register(func() []mechanism {
	return []mechanism{{Info: Info{Name: "LOGIN", Family: "LOGIN", Status: "obsolete, never standardized, in common use", Ref: loginRef, Needs: NeedsPassword,
		Summary:      "the server asks for username and password one after the other",
		Eavesdropper: hearsPlain, Hides: HidesPassword, NeedsTLS: true, PlaintextEquivalent: true, UsernameFirst: true, Supported: true},
		place: 510, why: whySent, short: shortSent, lines: 2,
		client:    func(s settings) (stepper, error) { return &login{c: s.credentials, initial: s.eagerLogin}, nil },
		server:    func(s *Server) serverStepper { return &serverLogin{s: s} },
		message:   openAnswer,
		challenge: openPrompt,
		recognize: func(b []byte) (server, ok bool) {
			_, known := loginPrompt(string(b))
			return true, known && (bytes.HasSuffix(b, []byte(":")) || bytes.HasSuffix(b, []byte("\x00")))
		},
		slips: otherField,
		tools: func() []Tool { return []Tool{answerTool()} },
		asksName: func(b []byte) bool {
			asks, known := loginPrompt(string(b))
			return known && asks == loginUsername
		},
	}}
})

// login is LOGIN, which no RFC defines: the server prompts for the username and then for the password. Servers
// vary in the words, so prompts are read loosely.
type login struct {
	c         Credentials
	initial   bool // the username goes with the AUTH command
	usernames int  // how often the username was sent
	passwords int
}

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
			c.Findings = append(c.Findings, Finding{Code: CodePasswordFirst, Severity: severityWarn, Ref: loginRef,
				Text: "the server asks for the password before the username"})
		}
		return m.password(), nil
	case asks == loginUsername && m.usernames == 0:
		return m.username("answer to the prompt"), nil
	case asks == loginUsername && m.initial && m.usernames == 1:
		c.Findings = append(c.Findings, Finding{Code: CodeInitialIgnored, Severity: severityInfo, Ref: loginRef,
			Text: "the server asks again for the username that the AUTH command contained"})
		return m.username("answer to the prompt, for the second time"), nil
	}
	return Response{}, m.askedAgain(asks)
}

// askedAgain is the error for a prompt that has had its answer. To answer by counting would give the password to the
// second question for the name.
func (m *login) askedAgain(asks loginField) error {
	what := "username"
	if asks == loginPassword {
		what = "password"
	}
	return &Error{Code: CodeUnexpected, Ref: loginRef,
		Text: "the server asks for the " + what + " again, although the client has already sent it"}
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
		return "asks for neither username nor password"
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
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

func oddPrompt(challenge []byte) Finding {
	said := "an empty prompt"
	if len(challenge) > 0 {
		said = "a prompt that asks for neither username nor password"
	}
	return Finding{Code: CodeOddPrompt, Severity: severityWarn, Text: said + "; the client answers it by its position", Ref: loginRef}
}

// openAnswer opens an answer, of which only the prompt before it says what it is.
func openAnswer(b []byte) ([]Value, bool) {
	how := "username or password: only the prompt before this line says which"
	return []Value{printable("answer", b, how, loginRef).hide(HidesPassword)}, true
}

func openPrompt(b []byte) Challenge {
	asks, known := loginPrompt(string(b))
	return Challenge{Values: []Value{printable("prompt", b, asks.reading(known), loginRef)}}
}

// serverLogin is the server of LOGIN.
type serverLogin struct {
	s        *Server
	username string
	prompted bool
	known    bool
}

func (m *serverLogin) next(response []byte) ([]byte, bool, error) {
	switch {
	case response == nil && !m.prompted:
		m.prompted = true
		return []byte("Username:"), false, nil
	case !m.known:
		m.username, m.known = string(response), true
		return []byte("Password:"), false, nil
	}
	return nil, true, m.s.verifyPassword(m.username, "", string(response))
}

func answerTool() Tool {
	t := textTool("answer")
	t.Does, t.Ref = "the value that the prompt asks for: the username or the password", loginRef
	t.Inputs = []Input{passwordInput("answer", "is sent unprotected: base64 is not encryption").optional()}
	return t
}
