package walk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// parameter is one that MAIL or RCPT takes where the server offers an extension.
type parameter struct {
	name    string // as it stands in the command
	keyword string // of the extension
	rcpt    bool   // of RCPT, else of MAIL
	// value is what stands after the =; empty where there is none. asked is false where nobody wants the parameter.
	value func(e *record.Envelope, to string) (value string, asked bool)
}

// parameters are those that a person asks for, in the order in which they are sent. Those that the message needs are added by
// [mailLine].
var parameters = []parameter{
	{"RET", "DSN", false, func(e *record.Envelope, _ string) (string, bool) { return e.Return, e.Return != "" }},
	{"ENVID", "DSN", false, func(e *record.Envelope, _ string) (string, bool) { return xtext(e.ID), e.ID != "" }},
	{"REQUIRETLS", "REQUIRETLS", false, func(e *record.Envelope, _ string) (string, bool) { return "", e.RequireTLS }},
	{"PRDR", "PRDR", false, func(e *record.Envelope, _ string) (string, bool) { return "", e.PRDR }},
	{"BY", "DELIVERBY", false, func(e *record.Envelope, _ string) (string, bool) { return e.By, e.By != "" }},
	{"HOLDFOR", "FUTURERELEASE", false, func(e *record.Envelope, _ string) (string, bool) { return e.Hold, e.Hold != "" && isSeconds(e.Hold) }},
	{"HOLDUNTIL", "FUTURERELEASE", false, func(e *record.Envelope, _ string) (string, bool) { return e.Hold, e.Hold != "" && !isSeconds(e.Hold) }},
	{"MT-PRIORITY", "MT-PRIORITY", false, func(e *record.Envelope, _ string) (string, bool) { return e.Priority, e.Priority != "" }},
	{"NOTIFY", "DSN", true, func(e *record.Envelope, to string) (string, bool) {
		return e.Notify, e.Notify != "" && !hasOwn(e, to, "NOTIFY")
	}},
	{"ORCPT", "DSN", true, func(e *record.Envelope, to string) (string, bool) {
		return original(e, to), e.Original != "" && !hasOwn(e, to, "ORCPT")
	}},
}

func isSeconds(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil
}

// hasOwn reports whether a recipient has a parameter of its own.
func hasOwn(e *record.Envelope, to, name string) bool {
	for word := range strings.FieldsSeq(e.ParametersOf(to)) {
		if key, _, _ := strings.Cut(word, "="); strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

// original is the value of ORCPT: the type, and the address in xtext, of the recipient where none is given (RFC 3461 §4.2).
func original(e *record.Envelope, to string) string {
	kind, address, found := strings.Cut(e.Original, ";")
	if !found {
		address = to
	}
	return kind + ";" + xtext(address)
}

// xtext encodes what a parameter cannot hold as it is (RFC 3461 §4).
func xtext(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' || c == '+' || c == '=' {
			fmt.Fprintf(&b, "+%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// asked are the parameters that a person asks for, of MAIL or of RCPT for a recipient, as they stand in the command.
func asked(e *record.Envelope, rcpt bool, to string) string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	for _, p := range parameters {
		if value, ok := p.value(e, to); ok && p.rcpt == rcpt {
			b.WriteString(" " + p.name)
			if value != "" {
				b.WriteString("=" + value)
			}
		}
	}
	if own := e.ParametersOf(to); rcpt && own != "" {
		b.WriteString(" " + own)
	}
	return b.String()
}

// notOffered are the extensions that what was asked for needs and the server does not offer, each with the parameters that need it.
func notOffered(s record.Snapshot, e *record.Envelope, recipients []string) (keywords, names []string) {
	if e == nil {
		return nil, nil
	}
	need := func(keyword, name string) {
		if s.Capabilities != nil && s.Capabilities.Has(keyword) || slices.Contains(names, name) {
			return
		}
		names = append(names, name)
		if !slices.Contains(keywords, keyword) {
			keywords = append(keywords, keyword)
		}
	}
	for _, to := range append([]string{""}, recipients...) {
		for _, p := range parameters {
			if _, ok := p.value(e, to); ok && (to != "") == p.rcpt {
				need(p.keyword, p.name)
			}
		}
	}
	if e.Size != nil {
		need("SIZE", "SIZE")
	}
	return keywords, names
}

// lacksExtension is why a message is not sent: what was asked of its delivery needs an extension that the server does not offer, and
// without it the message would be delivered otherwise. It is nil where nothing is in the way.
func lacksExtension(s record.Snapshot, g Goal) *record.Finding {
	if len(g.To) == 0 {
		return nil
	}
	keywords, names := notOffered(s, g.Envelope, g.To)
	if g.Chunking && !offersCHUNKING.holds(s) {
		keywords, names = append(keywords, "CHUNKING"), append(names, "BDAT")
	}
	if g.Pipelining && !offersPIPELINING.holds(s) {
		keywords, names = append(keywords, "PIPELINING"), append(names, "groups of commands")
	}
	if len(keywords) == 0 {
		return nil
	}
	if slices.Equal(keywords, names) {
		return blocked(record.PhaseMail, record.FoundExtensionMissing, "%s does not offer %s, which was asked for.", s.Server(), enumerate(keywords))
	}
	return blocked(record.PhaseMail, record.FoundExtensionMissing, "%s does not offer %s, needed for %s.", s.Server(), enumerate(keywords), enumerate(names))
}

// enumerate is a list in a sentence.
func enumerate(list []string) string {
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

// path is an address as it stands in MAIL and RCPT. Where the server takes no UTF-8, a domain in it has to be in ASCII (RFC 6531
// §3.3, RFC 5890 §2.3.2.1); for another local part there is no such form.
func path(s record.Snapshot, address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 || s.Capabilities == nil || s.Capabilities.Has("SMTPUTF8") || eightBit([]byte(address[:at])) {
		return address
	}
	domain, err := record.HostName(address[at+1:])
	if err != nil {
		return address
	}
	return address[:at+1] + domain
}

// rcptLine names the next recipient.
func rcptLine(s record.Snapshot, g Goal) string {
	to := nextRecipient(s, g)
	return "RCPT TO:<" + path(s, to) + ">" + asked(g.Envelope, true, to)
}

// nextRecipient is the first that the server has said nothing about.
func nextRecipient(s record.Snapshot, g Goal) string {
	for _, to := range g.To {
		if seen := wire.VisibleString(path(s, to)); !named(s.State.Recipients, seen) && !named(s.State.Refused, seen) {
			return to
		}
	}
	if len(g.To) > 0 {
		return g.To[0]
	}
	return ""
}
