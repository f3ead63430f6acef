package setup

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// check refuses what no server has to be asked about.
func (r Request) check() error {
	for _, wrong := range []func(Request) error{Request.checkAuth, Request.checkNumbers, Request.checkNames, Request.checkVersions, Request.checkAddresses, Request.checkEnvelope, Request.checkIdentity, Request.checkContent, Request.checkExperiment, Request.checkLogins} {
		if err := wrong(r); err != nil {
			return err
		}
	}
	return nil
}

// checkAuth refuses what no mechanism can mean.
func (r Request) checkAuth() error {
	name, insist := r.Goal.Mechanism, r.Goal.Insist
	_, known := sasl.Lookup(name)
	switch {
	case insist && name == "":
		return &Error{Field: FieldMechanism, Text: "name the mechanism to insist on"}
	case insist && !mechanismName(name):
		return &Error{Field: FieldMechanism, Value: name, Text: "a mechanism has 1 to 20 letters, digits, - and _ in its name"} // RFC 4422 §3.1
	case name != "" && !known && !insist:
		return &Error{Field: FieldMechanism, Value: name, Text: "want one of " + strings.Join(Mechanisms(), ", ") + "; insist on the mechanism to try any other name"}
	}
	if wrong, ok := errors.AsType[*walk.SettingError](r.Goal.CheckAuth()); ok {
		return &Error{Field: Field(wrong.Setting), Text: wrong.Text}
	}
	return nil
}

// Mechanisms lists the names of the mechanisms that are spoken.
func Mechanisms() []string {
	var names []string
	for _, m := range sasl.Mechanisms() {
		if m.Supported {
			names = append(names, m.Name)
		}
	}
	return names
}

// mechanismName reports whether a name can be that of a mechanism (RFC 4422 §3.1).
func mechanismName(name string) bool {
	foreign := func(r rune) bool {
		return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}
	return name != "" && len(name) <= 20 && !strings.ContainsFunc(name, foreign)
}

func (r Request) checkNumbers() error {
	if r.Port < 0 || r.Port > 65535 {
		return &Error{Field: FieldPort, Text: "want a number from 1 to 65535"}
	}
	if r.Timeout < 0 {
		return &Error{Field: FieldTimeout, Text: "it is negative"}
	}
	if r.Goal.Chunk < 0 {
		return &Error{Field: FieldChunk, Text: "want a number of bytes, 1 or more"}
	}
	limits := []struct {
		field Field
		count int
	}{{FieldMaxLine, r.Limits.Line}, {FieldMaxReply, r.Limits.Reply}, {FieldMaxLines, r.Limits.Lines}}
	for _, l := range limits {
		if l.count < 0 {
			return &Error{Field: l.field, Text: "want a count, 0 or more"}
		}
	}
	return nil
}

func (r Request) checkNames() error {
	if _, err := netip.ParseAddr(r.Address); r.Address != "" && err != nil {
		return &Error{Field: FieldAddress, Value: r.Address, Text: "want an IP address"}
	}
	if spaced(r.ServerName) {
		return &Error{Field: FieldServerName, Value: r.ServerName, Text: "it contains a space or a control character"}
	}
	if spaced(r.SNI) {
		return &Error{Field: FieldSNI, Value: r.SNI, Text: "it contains a space or a control character"}
	}
	if spaced(r.Goal.EHLOName) {
		return &Error{Field: FieldEHLOName, Value: r.Goal.EHLOName, Text: "it contains a space or a control character"}
	}
	for _, name := range r.ALPN {
		if name == "" || len(name) > 255 { // RFC 7301 §3.1
			return &Error{Field: FieldALPN, Text: "a protocol name has 1 to 255 bytes"}
		}
	}
	return nil
}

func spaced(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func (r Request) checkVersions() error {
	if !knownVersion(r.TLSMin) {
		return &Error{Field: FieldTLSMin, Value: r.TLSMin, Text: wantVersion()}
	}
	if !knownVersion(r.TLSMax) {
		return &Error{Field: FieldTLSMax, Value: r.TLSMax, Text: wantVersion()}
	}
	return nil
}

func knownVersion(name string) bool { return name == "" || slices.Contains(TLSVersions(), name) }

func wantVersion() string { return "want one of " + strings.Join(TLSVersions(), ", ") }

// checkAddresses refuses addresses that no envelope can hold. A sender can be nobody; a recipient cannot.
func (r Request) checkAddresses() error {
	g := r.Goal
	if len(g.To) > 0 && g.From == "" && g.Domain == "" && !strings.Contains(g.Credentials.Username, "@") {
		return &Error{Field: FieldFrom, Text: "recipients need a sender; a username that is a mail address also serves as one"}
	}
	if g.From != walk.NullSender && !oneAddress(g.From) {
		return &Error{Field: FieldFrom, Value: g.From, Text: wantAddress}
	}
	for _, to := range g.To {
		if !oneAddress(to) {
			return &Error{Field: FieldTo, Value: to, Text: wantAddress}
		}
	}
	return nil
}

const wantAddress = "want one address, user@domain, without brackets, commas or spaces"

func oneAddress(address string) bool { return !strings.ContainsAny(address, "<>\r\n \t,") }

// CheckMessage refuses content that every server would take for something else than it is. The error is an [*Error].
func CheckMessage(m record.Message) error {
	header, malformed := m.Problem(record.ProblemHeader)
	switch {
	case m.Lines == 0:
		return &Error{Field: FieldMessage, Text: "it is empty"}
	case malformed && header.Line == 1:
		return &Error{Field: FieldMessage, Text: "it does not begin with header fields",
			Hint: "a message consists of header fields, an empty line and a body; for plain text, add at least a Subject line and an empty line at the top"}
	}
	return nil
}
