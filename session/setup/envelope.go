package setup

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"ehlo/session/compose"
	"ehlo/session/record"
)

// addressed takes the recipients apart: each may have parameters of its own after its address, as in RCPT. Those of Cc and Bcc are
// recipients too.
func (r Request) addressed() (Request, error) {
	g, of := &r.Goal, []record.RecipientParameters(nil)
	var err error
	split := func(field Field, list []string) (addresses []string) {
		for _, to := range list {
			address, parameters, _ := strings.Cut(to, " ")
			addresses = append(addresses, address)
			if parameters = strings.Join(strings.Fields(parameters), " "); parameters == "" {
				continue
			}
			of = append(of, record.RecipientParameters{To: address, Parameters: parameters})
			if !matches(esmtpParameters, parameters) {
				err = &Error{Field: field, Value: to, Text: wantAddress + "; parameters such as NOTIFY=NEVER may follow it after a space"}
			}
		}
		return addresses
	}
	g.To, g.Cc, g.Bcc = split(FieldTo, g.To), split(FieldCc, g.Cc), split(FieldBcc, g.Bcc)
	g.To = slices.Concat(g.To, g.Cc, g.Bcc)
	if len(of) > 0 {
		e := record.Envelope{}
		if g.Envelope != nil {
			e = *g.Envelope
		}
		e.Of, g.Envelope = of, &e
	}
	return r, err
}

// esmtpParameters are parameters as RFC 5321 §4.1.2 has them.
const esmtpParameters = `^([A-Za-z0-9][A-Za-z0-9-]*(=[!-<>-~]+)?( |$))+$`

// envelopeCheck is what a value has to look like.
type envelopeCheck struct {
	field Field
	of    func(*record.Envelope) string
	form  string // a regular expression, compiled where there is a value
	want  string
}

// envelopeChecks has a row for each value that a person writes.
var envelopeChecks = []envelopeCheck{
	{FieldNotify, func(e *record.Envelope) string { return e.Notify }, `^(?i)(NEVER|(SUCCESS|FAILURE|DELAY)(,(SUCCESS|FAILURE|DELAY))*)$`, "want NEVER, or a list of SUCCESS, FAILURE and DELAY, separated by commas"},
	{FieldReturn, func(e *record.Envelope) string { return e.Return }, `^(?i)(FULL|HDRS)$`, "want FULL or HDRS"},
	{FieldEnvelopeID, func(e *record.Envelope) string { return e.ID }, `^[ -~]{1,100}$`, "want at most 100 characters of ASCII"},
	{FieldOriginal, func(e *record.Envelope) string { return e.Original }, `^[A-Za-z0-9-]+(;[ -~]+)?$`, "want TYPE;ADDRESS, such as rfc822;bob@example.net"},
	{FieldBy, func(e *record.Envelope) string { return e.By }, `^(?i)-?[0-9]{1,9};[RN]T?$`, "want a number of seconds, then ;R to return the message after that time or ;N to report it, and T after that to trace the message"},
	{FieldPriority, func(e *record.Envelope) string { return e.Priority }, `^-?[0-9]$`, "want a number from -9 to 9"},
}

// checkEnvelope refuses what no server takes.
func (r Request) checkEnvelope() error {
	e := r.Goal.Envelope
	if e == nil {
		return nil
	}
	for _, c := range envelopeChecks {
		if value := c.of(e); value != "" && !matches(c.form, value) {
			return &Error{Field: c.field, Value: value, Text: c.want}
		}
	}
	if _, err := time.Parse(time.RFC3339, e.Hold); e.Hold != "" && err != nil && !matches(seconds, e.Hold) {
		return &Error{Field: FieldHold, Value: e.Hold, Text: "want a number of seconds, or a time such as 2027-01-31T08:00:00Z"}
	}
	if e.Size != nil && *e.Size < 0 {
		return &Error{Field: FieldSize, Text: "want a number of bytes, 0 or more"}
	}
	return nil
}

const seconds = `^[0-9]{1,9}$`

// matches compiles a pattern when it is needed, which is seldom: nothing is made at the start of the program.
func matches(pattern, value string) bool { return regexp.MustCompile(pattern).MatchString(value) }

// checkContent refuses what is said of a message that there is none of, or that is given whole.
func (r Request) checkContent() error {
	g := r.Goal
	for _, field := range slices.Concat(g.Fields.Set, g.Fields.Add) {
		if err := compose.CheckField(field); err != nil {
			return &Error{Field: FieldHeader, Value: field, Text: err.Error()}
		}
	}
	given := []struct {
		field Field
		is    bool
	}{{FieldMessage, r.Given}, {FieldSubject, g.Subject != ""}, {FieldBody, g.Body != ""}, {FieldHeader, !g.Fields.None()}, {FieldAttach, r.Attached}}
	for i, f := range given {
		switch {
		case !f.is:
		case r.Alone && len(g.To) == 0:
			return &Error{Field: f.field, Text: "there is no recipient, so no message is sent"}
		case r.Given && i > 0 && f.field != FieldHeader:
			return &Error{Field: f.field, Text: "it has no effect on a message that is given whole", Hint: "set header fields of the given message one by one, or let the message be composed"}
		}
	}
	return nil
}
