package sasl

import (
	"cmp"
)

import "strings"

// OpenResponse opens a client's line that a person typed or that was recorded: the base64 alone, "=" for an empty
// initial response, or "*". What is secret in it is marked. When the line is not what the mechanism prescribes, or
// the mechanism is unknown, an [*Error] comes beside what could be read, and all of it counts as secret.
func OpenResponse(mechanism string, line []byte) (Response, error) {
	typed := strings.TrimRight(string(line), "\r\n")
	switch typed {
	case "*":
		return Response{Values: []Value{text("cancel", "*", "cancels the exchange; the server answers 501", "RFC 4954 §4")}}, nil
	case "=", "":
		return emptyResponse("nothing is sent; as initial response this is ="), nil
	}
	m, _ := find(mechanism)
	hides := m.unread()
	data, err := DecodeChallenge(typed)
	if err != nil {
		return Response{Hides: hides}, opening(err, mechanism)
	}
	values, ok := m.open(data)
	if !ok {
		return Response{Data: data, Hides: hides, Values: []Value{printable("message", data, "", "").hide(hides)}},
			&Error{Mechanism: mechanism, Code: CodeMalformed, Text: "the response is not what this mechanism prescribes"}
	}
	return Response{Data: data, Hides: hiddenIn(values), Values: values}, nil
}

func opening(err error, mechanism string) error {
	e := *err.(*Error)
	e.Text, e.Hint, e.Mechanism = strings.Replace(e.Text, "the challenge", "the response", 1), "", mechanism
	return &e
}

// open opens what the client sends.
func (m *mechanism) open(data []byte) ([]Value, bool) {
	if m.message == nil {
		return nil, false
	}
	return m.message(data)
}

// unread is what a response that cannot be read may hide.
func (m *mechanism) unread() string { return cmp.Or(m.Hides, HidesPassword) }

// hiddenIn gives what the first marked value hides.
func hiddenIn(values []Value) string {
	for _, v := range values {
		if v.Hides != "" {
			return v.Hides
		}
	}
	return ""
}

// OpenChallenge opens the text of a recorded 334 reply without an exchange around it: nothing is checked but its
// form. The error is an [*Error].
func OpenChallenge(mechanism string, line []byte) (Challenge, error) {
	data, err := DecodeChallenge(string(line))
	if err != nil {
		return Challenge{}, err
	}
	c := Challenge{}
	if m, _ := find(mechanism); m.challenge != nil {
		c = m.challenge(data)
	}
	if c.Data = data; len(c.Values) == 0 && c.Hides == "" {
		c.Values = []Value{printable("challenge", data, "as received", "")}
	}
	return c, nil
}

// Recognize guesses from decoded bytes alone which mechanism they belong to, and whether the server or the client
// sent them. The mechanism is "" when nothing fits; for SCRAM it is "SCRAM-SHA-256", as the messages of the hashes
// differ only in length.
func Recognize(data []byte) (mechanism string, server bool) {
	for _, m := range table.Get() {
		if m.recognize == nil {
			continue
		}
		if server, ok := m.recognize(data); ok {
			return m.Name, server
		}
	}
	return "", false
}
