package sasl

import (
	"fmt"
	"io"
	"strconv"
)

// stepper is one mechanism's own part; the exchange around it keeps order and size. A stepper bounds the number of
// rounds itself: it answers each challenge that the mechanism has, once.
type stepper interface {
	start() (Response, error)
	next(challenge []byte) (Challenge, Response, error)
	done() ([]Finding, error)
}

// exchange makes a stepper a Mechanism: order of calls, size of challenges and the late initial response are the
// same for all. Steppers are only reached through it, so that no print reaches their keys.
type exchange struct {
	info   Info
	steps  stepper
	late   bool      // by option: no initial response
	held   *Response // the initial response that waits for the first challenge
	sent   *Response // the initial response that went with the command, until a challenge has come
	begun  bool
	failed error
}

// exchange makes the client's side of one exchange.
func (m *mechanism) exchange(s settings) (Mechanism, error) {
	if m.client == nil {
		return nil, m.unsupported()
	}
	steps, err := m.client(s)
	if err != nil {
		return nil, named(err, m.Name)
	}
	return &exchange{info: m.Info, steps: steps, late: s.onlyName}, nil
}

// unsupported is the error for a mechanism that is known and not spoken, or not known.
func (m *mechanism) unsupported() *Error {
	e := &Error{Mechanism: m.Name, Code: CodeUnsupported, Text: "this program does not support the mechanism", Ref: m.Ref}
	if m.Unspoken != "" {
		e.Text += ": " + m.Unspoken
	}
	return e
}

func (x *exchange) Name() string { return x.info.Name }

func (x *exchange) Start() (Response, error) {
	if x.begun {
		return Response{}, x.fail(outOfOrder("Start was called twice"))
	}
	x.begun = true
	r, err := x.steps.start()
	if err != nil {
		return Response{}, x.fail(err)
	}
	if r.Data != nil && (x.late || tooLong(x.info.Name, r)) {
		return x.hold(r), nil
	}
	if r.Data != nil {
		x.sent = &r
	}
	return r, nil
}

// tooLong reports whether the AUTH command would exceed the command line; the initial response then has to wait
// for an empty challenge (RFC 4954 §4).
func tooLong(name string, r Response) bool { return len(Command(name, r))+len("\r\n") > maxCommand }

func (x *exchange) hold(r Response) Response {
	x.held = &r
	why := "by choice"
	if !x.late {
		why = "with it the command line would be longer than " + strconv.Itoa(maxCommand) + " bytes"
	}
	return Response{Values: []Value{text("initial response", "held back", why, "RFC 4954 §4")}}
}

func (x *exchange) Next(challenge []byte) (Challenge, Response, error) {
	c := Challenge{Data: challenge}
	if err := x.admit(challenge); err != nil {
		return Challenge{}, Response{}, x.fail(err)
	}
	sent := x.sent
	x.sent = nil
	switch {
	case x.held != nil:
		return x.release(c)
	case sent != nil && len(challenge) == 0 && x.info.ClientFirst:
		return x.repeat(c, *sent)
	}
	c, r, err := x.steps.next(challenge)
	c.Data = challenge
	if len(c.Values) == 0 && len(challenge) > 0 && c.Hides == "" {
		c.Values = []Value{printable("challenge", challenge, "as received", "")}
	}
	if err != nil {
		return c, Response{}, x.fail(err)
	}
	return c, r, nil
}

// admit says whether a challenge may be opened at all.
func (x *exchange) admit(challenge []byte) error {
	switch {
	case x.failed != nil:
		return x.failed
	case !x.begun:
		return outOfOrder("Next was called before Start")
	case len(challenge) > maxLine/4*3:
		return &Error{Code: CodeTooLong, Ref: "RFC 4954 §4",
			Text: "the challenge has " + strconv.Itoa(len(challenge)) + " octets"}
	}
	return nil
}

// release answers the first challenge with the initial response. The challenge should be empty; text in it is
// shown and not acted on, as no mechanism that speaks first takes a challenge before its first message.
func (x *exchange) release(c Challenge) (Challenge, Response, error) {
	r := *x.held
	x.held = nil
	if len(c.Data) > 0 {
		c.Values = []Value{printable("challenge", c.Data, "", "RFC 4954 §4")}
		c.Findings = []Finding{{Code: CodeFirstNotEmpty, Severity: severityInfo, Ref: "RFC 4422 §3",
			Text: "the first challenge of a mechanism in which the client sends the first message should be empty"}}
	}
	return c, r, nil
}

// repeat sends the initial response as the answer to an empty challenge: servers that take none with the command ask
// like that (RFC 4954 §4), and no mechanism in which the client speaks first has an empty challenge of its own.
func (x *exchange) repeat(c Challenge, r Response) (Challenge, Response, error) {
	c.Values = []Value{text("challenge", "", "empty: the server asks for the first message", "RFC 4954 §4")}
	c.Findings = []Finding{{Code: CodeInitialIgnored, Severity: severityInfo, Ref: "RFC 4954 §4",
		Text: "the server ignored the initial response and asks for it with an empty challenge"}}
	return c, r, nil
}

func (x *exchange) Done() ([]Finding, error) {
	switch {
	case x.failed != nil:
		return nil, x.failed
	case !x.begun:
		return nil, outOfOrder("Done was called before Start")
	case x.held != nil:
		return nil, x.fail(tooEarly())
	}
	findings, err := x.steps.done()
	return findings, named(err, x.info.Name)
}

func (x *exchange) fail(err error) error {
	x.failed = named(err, x.info.Name)
	return x.failed
}

// Format writes the mechanism's name whatever the verb: fmt follows pointers to the keys for some.
func (x *exchange) Format(f fmt.State, _ rune) { io.WriteString(f, x.info.Name) }

// named puts the mechanism's name into an error that has none.
func named(err error, name string) error {
	if e, ok := err.(*Error); ok && e.Mechanism == "" {
		e.Mechanism = name
	}
	return err
}

func outOfOrder(what string) error { return &Error{Code: CodeState, Text: what} }

// unexpected is the error for a challenge that the mechanism does not have.
func unexpected(ref string) error {
	return &Error{Code: CodeUnexpected, Ref: ref,
		Text: "the server sent another challenge although the mechanism has no more"}
}

// tooEarly is the error for 235 to a client that has not shown anything yet.
func tooEarly() error {
	return &Error{Code: CodeTooEarly, Ref: "RFC 4422 §3", Text: "the server reports success before the client has proved anything",
		Hint: "it may report success to every client"}
}

// unproven is the finding of mechanisms that do not authenticate the server.
func unproven(ref string) []Finding {
	return []Finding{{Code: CodeUnproven, Severity: severityInfo, Ref: ref,
		Text: "the mechanism does not prove the server's identity; only its certificate does"}}
}
