package sasl

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// OpenResponse opens a client's line that a person typed or that was recorded: the base64 alone, "=" for an empty
// initial response, or "*". What is secret in it is marked. When the line is not what the mechanism prescribes, or
// the mechanism is unknown, an [*Error] comes beside what could be read, and all of it counts as secret.
func OpenResponse(mechanism string, line []byte) (Response, error) {
	typed := strings.TrimRight(string(line), "\r\n")
	switch typed {
	case "*":
		return Response{Values: []Value{text("cancel", "*", "gives the exchange up; the server answers 501", "RFC 4954 §4")}}, nil
	case "=", "":
		return emptyResponse("nothing is sent; as initial response this is ="), nil
	}
	hides := secretOf(mechanism)
	data, err := DecodeChallenge(typed)
	if err != nil {
		return Response{Hides: hides}, opening(err, mechanism)
	}
	values, ok := openData(mechanism, data)
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

func openData(mechanism string, data []byte) ([]Value, bool) {
	switch name := strings.ToUpper(mechanism); name {
	case "PLAIN":
		return openPlain(data)
	case "LOGIN":
		how := "username or password: the line does not say which, only the prompt before it does"
		return []Value{printable("answer", data, how, loginRef).hide(HidesPassword)}, true
	case "CRAM-MD5":
		return openCram(data)
	case "DIGEST-MD5":
		return openDigest(data)
	case "OAUTHBEARER":
		return openBearer(data)
	case "XOAUTH2":
		return openXOAuth2(data)
	case "EXTERNAL", "ANONYMOUS":
		return []Value{printable("message", data, "not secret", "")}, utf8.Valid(data)
	default:
		if strings.HasPrefix(name, "SCRAM-") {
			return openScram(data)
		}
	}
	return nil, false
}

// secretOf is what a response of the mechanism may hide, for one that cannot be read.
func secretOf(mechanism string) string {
	switch name := strings.ToUpper(mechanism); {
	case strings.HasPrefix(name, "SCRAM-"):
		return HidesProof
	case strings.HasSuffix(name, "-MD5"):
		return HidesDigest
	case strings.HasSuffix(name, "OAUTH2"), name == "OAUTHBEARER":
		return HidesToken
	}
	return HidesPassword
}

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
	c := openChallenge(strings.ToUpper(mechanism), data)
	if c.Data = data; len(c.Values) == 0 && c.Hides == "" {
		c.Values = []Value{printable("challenge", data, "as it came", "")}
	}
	return c, nil
}

func openChallenge(name string, data []byte) Challenge {
	switch {
	case name == "LOGIN":
		asks, known := loginPrompt(string(data))
		return Challenge{Values: []Value{printable("prompt", data, asks.reading(known), loginRef)}}
	case name == "DIGEST-MD5":
		all, _ := parseDirectives(data)
		values := all.values()
		return Challenge{Hides: hiddenIn(values), Values: values}
	case name == "OAUTHBEARER", name == "XOAUTH2":
		ref := "RFC 7628 §3.2.2"
		if name == "XOAUTH2" {
			ref = xoauth2Ref
		}
		values, findings := readOAuthFailure(data, ref)
		return Challenge{Values: values, Findings: findings}
	case !strings.HasPrefix(name, "SCRAM-"):
		return Challenge{}
	case bytes.HasPrefix(data, []byte("v=")), bytes.HasPrefix(data, []byte("e=")):
		final, _ := parseServerFinal(data)
		c := Challenge{Hides: final.hides(), Values: final.values()}
		if final.failure != "" {
			c.Findings = []Finding{serverError(final.failure).Finding()}
		}
		return c
	}
	first, _ := parseServerFirst(data)
	return Challenge{Values: first.values()}
}

// Recognise guesses from decoded bytes alone which mechanism they belong to, and whether the server or the client
// sent them. The mechanism is "" when nothing fits; for SCRAM it is "SCRAM-SHA-256", as the messages of the hashes
// differ only in length.
func Recognise(data []byte) (mechanism string, server bool) {
	fits := func(open func([]byte) ([]Value, bool)) bool { _, ok := open(data); return ok }
	first, errFirst := parseServerFirst(data)
	switch {
	case fits(openPlain):
		return "PLAIN", false
	case fits(openXOAuth2):
		return "XOAUTH2", false
	case fits(openBearer):
		return "OAUTHBEARER", false
	case fits(openScram):
		return "SCRAM-SHA-256", false
	case errFirst == nil && first.nonce != "", bytes.HasPrefix(data, []byte("v=")), bytes.HasPrefix(data, []byte("e=")):
		return "SCRAM-SHA-256", true
	case fits(openCram):
		return "CRAM-MD5", false
	case messageID(data):
		return "CRAM-MD5", true
	}
	return recogniseText(data)
}

func recogniseText(data []byte) (mechanism string, server bool) {
	all, err := parseDirectives(data)
	_, asks := all.only("algorithm")
	_, ends := all.only("rspauth")
	_, answers := all.only("response")
	_, known := loginPrompt(string(data))
	switch {
	case err == nil && (asks || ends || answers):
		return "DIGEST-MD5", !answers
	case bytes.HasPrefix(data, []byte("{")) && bytes.Contains(data, []byte(`"status"`)):
		return "OAUTHBEARER", true
	case known && (bytes.HasSuffix(data, []byte(":")) || bytes.HasSuffix(data, []byte("\x00"))):
		return "LOGIN", true
	}
	return "", false
}
