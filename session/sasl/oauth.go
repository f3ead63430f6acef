package sasl

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// bearer is what OAUTHBEARER and XOAUTH2 have in common: one message with a token, and after a failure one
// challenge with JSON that wants a dummy answer before the server says 535.
type bearer struct {
	message string
	values  []Value
	dummy   []byte // the answer to the failure
	why     string // why that answer
	ref     string
	failed  bool
}

func (m *bearer) start() (Response, error) {
	return Response{Data: []byte(m.message), Hides: HidesToken, Values: m.values}, nil
}

func (m *bearer) next(challenge []byte) (Challenge, Response, error) {
	if m.failed {
		return Challenge{}, Response{}, unexpected(m.ref)
	}
	m.failed = true
	c := Challenge{}
	c.Values, c.Findings = readOAuthFailure(challenge, m.ref)
	return c, Response{Data: m.dummy, Values: []Value{printable("dummy response", m.dummy, m.why, m.ref)}}, nil
}

func (m *bearer) done() ([]Finding, error) {
	if m.failed {
		return nil, &Error{Code: CodeContradiction, Text: "the server reports success after it refused the token", Ref: m.ref}
	}
	return unproven(m.ref), nil
}

// checkToken refuses what would not stay inside its field: a bearer token is visible ASCII (RFC 6750 §2.1).
func checkToken(token Secret, ref string) error {
	for _, c := range []byte(token.Reveal()) {
		if c <= ' ' || c >= 0x7f {
			return &Error{Code: CodePreparation, Ref: ref, Text: "the token has a character that tokens cannot contain",
				Hint: "it may have been copied with white space or a line ending"}
		}
	}
	return nil
}

// checkOAuthField refuses a separator inside a name.
func checkOAuthField(name, s, ref string) error {
	if !utf8.ValidString(s) || strings.IndexFunc(s, control) >= 0 {
		return &Error{Code: CodePreparation, Text: "the " + name + " has a control character or is not UTF-8", Ref: ref}
	}
	return nil
}

// readOAuthFailure opens the JSON of a failure: status, scope, openid-configuration (RFC 7628 §3.2.2), schemes
// (Google), and whatever else is there. A challenge that is no JSON is shown and answered too, as without an answer
// the server cannot say 535.
func readOAuthFailure(challenge []byte, ref string) ([]Value, []Finding) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(challenge, &members); err != nil || len(members) == 0 {
		return []Value{printable("failure", oneLine(challenge), "should be a JSON object", ref)}, []Finding{
			{Code: CodeToken, Severity: severityDanger, Text: "the server refuses the token and does not say why in JSON", Hint: newToken, Ref: ref}}
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.SortFunc(names, byOAuthOrder)
	var values []Value
	for _, name := range names {
		values = append(values, printable(name, oneLine(jsonText(members[name])), "", ref))
	}
	meaning, hint := oauthStatus(string(jsonText(members["status"])))
	return values, []Finding{{Code: CodeToken, Severity: severityDanger, Text: "the server refuses the token: " + meaning, Hint: hint, Ref: ref}}
}

func openOAuthFailure(b []byte, ref string) Challenge {
	values, findings := readOAuthFailure(b, ref)
	return Challenge{Values: values, Findings: findings}
}

// oneLine makes white space of line endings and tabs, so that text with them is shown as the text that it is.
func oneLine(b []byte) []byte {
	if bytes.IndexFunc(b, func(r rune) bool { return control(r) && !unicode.IsSpace(r) }) >= 0 {
		return b
	}
	return bytes.Join(bytes.Fields(b), []byte(" "))
}

// byOAuthOrder puts status first and the rest by name.
func byOAuthOrder(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "status":
		return -1
	case b == "status":
		return 1
	}
	return strings.Compare(a, b)
}

// jsonText gives a JSON string without its quotes and anything else as it stands.
func jsonText(raw json.RawMessage) []byte {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return []byte(s)
	}
	return raw
}

// oauthStatus says what a status means and what to do; only known ones are repeated in the text.
func oauthStatus(status string) (meaning, hint string) {
	for _, known := range oauthStatuses {
		if known.status == status {
			return known.meaning, known.hint
		}
	}
	return "the reply names a status that is not registered", newToken
}

const newToken = "get a new access token, for mail and for the right user: tokens are valid for about an hour"

// oauthStatuses are error codes of OAuth (RFC 6750 §3.1), and HTTP status codes as Google and Microsoft send them.
var oauthStatuses = [...]struct{ status, meaning, hint string }{
	{"invalid_token", "it expired, was revoked or is damaged (invalid_token)", newToken},
	{"insufficient_scope", "its scope does not include mail (insufficient_scope)", "get a token with the scope that the server names"},
	{"invalid_request", "a part of the message is missing or repeated (invalid_request)", "check the username, and copy the token again"},
	{"400", "usually it is damaged, has another scope or belongs to another user (status 400)", newToken},
	{"401", "usually it expired or was revoked (status 401)", newToken},
	{"403", "the account or its organization does not allow this login (status 403)", "the administrator has to allow SMTP and this application for the account"},
	{"", "the reply names no status", newToken},
}

// dueInBearer is the dummy response wherever there is a challenge, which is a failure.
func dueInBearer(challenge []byte) string {
	if len(challenge) > 0 {
		return "dummy response"
	}
	return ""
}

// serverBearer is the server of OAUTHBEARER and XOAUTH2.
type serverBearer struct {
	s       *Server
	read    func(response []byte) (username, token string, ok bool)
	invalid string // the status for a wrong token: an error code of RFC 6750 §3.1, or an HTTP status
	expired string // the same for one that has expired
	refused error
}

func (m *serverBearer) next(response []byte) ([]byte, bool, error) {
	if m.refused != nil {
		return nil, true, m.refused // whatever the dummy response is
	}
	username, token, ok := m.read(response)
	if !ok {
		return m.refuse("invalid_request", ErrSyntax)
	}
	account, known := m.s.cfg.Accounts.Account(username)
	switch {
	case known && !account.NewToken.IsZero() && same(account.NewToken.Reveal(), token):
	case !known || account.Token.IsZero() || !same(account.Token.Reveal(), token):
		return m.refuse(m.invalid, ErrCredentials)
	case account.TokenExpired:
		return m.refuse(m.expired, ErrCredentials)
	}
	return nil, true, m.s.accept(username, "", ByToken)
}

// refuse sends the failure as JSON, which the client answers before it is told 535 (RFC 7628 §3.2.2).
func (m *serverBearer) refuse(status string, why error) ([]byte, bool, error) {
	m.refused = why
	failure, err := json.Marshal(struct {
		Status  string `json:"status"`
		Schemes string `json:"schemes"`
		Scope   string `json:"scope"`
	}{status, "bearer", "mail"})
	return failure, err != nil, err
}

func compareBearer(typed []byte, response Response) []string {
	right := response.Data
	switch {
	case bytes.Contains(typed, []byte("^A")) || bytes.Contains(typed, []byte(`\x01`)) || bytes.Contains(typed, []byte(`\001`)):
		return []string{"the separators are written as text; they must be single bytes of the value 0x01"}
	case bytes.Equal(append(slices.Clone(typed), 1), right):
		return []string{"the last 0x01 is missing: one 0x01 ends the last field, and another one ends the message"}
	case bytes.Contains(typed, []byte("auth=")) && !bytes.Contains(bytes.ToLower(typed), []byte("auth=bearer ")):
		return []string{"the word Bearer and a space must come before the token"}
	case bytes.HasPrefix(right, []byte("n,")) && !bytes.HasPrefix(typed, []byte("n,")):
		return []string{"it does not begin with the gs2-header n,a=user, of OAUTHBEARER"}
	}
	return nil
}
