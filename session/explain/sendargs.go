package explain

import (
	"fmt"
	"net/netip"
	"strings"
)

// hello looks at the name a client gives itself (RFC 5321 §4.1.1.1, §4.1.4).
func (s *sent) hello(rest string) {
	name := strings.TrimSpace(rest)
	switch {
	case name == "":
		s.mistake("A name is missing; the server answers 501.", "give a fully qualified name or an address literal", Ref{"RFC 5321", "4.1.1.1"})
	case strings.HasPrefix(name, "["):
		s.literal(name)
	case isAddress(name):
		s.mistake("An IP address without brackets is not a valid name.", "put it in brackets, such as [192.0.2.1]", Ref{"RFC 5321", "4.1.3"})
	case !strings.Contains(name, "."):
		s.mistake("A single word is not a fully qualified domain name; servers on port 25 often refuse it.",
			"give a name that resolves, or an address literal", Ref{"RFC 5321", "2.3.5"}, Ref{"RFC 5321", "4.1.4"})
	}
}

func isAddress(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil
}

func (s *sent) literal(name string) {
	s.say("The name is an address literal, which is right for a client without a host name.")
	inner, closed := strings.CutSuffix(name[1:], "]")
	address := inner
	if len(inner) > 5 && strings.EqualFold(inner[:5], "IPv6:") {
		address = inner[5:]
	}
	if !closed || !isAddress(address) {
		s.mistake("This is not a well-formed address literal.", "write [192.0.2.1] or [IPv6:2001:db8::1]", Ref{"RFC 5321", "4.1.3"})
	} else if address == inner && strings.Contains(address, ":") {
		s.mistake("An IPv6 address literal begins with the tag IPv6:.", "write [IPv6:2001:db8::1]", Ref{"RFC 5321", "4.1.3"})
	}
}

// auth looks at mechanism and initial response, and never repeats the latter.
func (s *sent) auth(rest string) {
	words := strings.Fields(rest)
	if len(words) == 0 {
		s.mistake("The mechanism is missing; the server answers 501.", "name a mechanism that EHLO listed", Ref{"RFC 4954", "4"})
		return
	}
	if m := mechanismTable.find(words[0]); m != nil {
		s.say(m.Name + ": " + m.Short + ".")
		s.x.add(m)
	}
	if len(words) > 1 {
		s.initialResponse(words[1])
	}
	if s.lacks("AUTH") {
		s.mistake("The server did not offer AUTH here.", "start TLS, or use a submission port", Ref{"RFC 4954", "4"})
	}
	s.checkSecret(words[0])
}

func (s *sent) initialResponse(blob string) {
	if blob == "=" {
		s.say("The = means an empty initial response.")
		return
	}
	s.say("The line includes the initial response, which saves a round trip.")
	s.checkBase64(blob)
}

// bdat looks at "size" and "LAST" (RFC 3030 §2).
func (s *sent) bdat(rest string) {
	words := strings.Fields(rest)
	n, ok := int64(0), false
	if len(words) > 0 {
		n, ok = decimal(words[0])
	}
	switch {
	case !ok:
		s.mistake("The size of the chunk is missing; the server answers 501.", "write BDAT and the number of bytes", Ref{"RFC 3030", "2"})
	case len(words) > 1 && strings.EqualFold(words[1], "LAST"):
		s.say(fmt.Sprintf("This chunk has %s and is the last one.", octets(n)))
	default:
		s.say(fmt.Sprintf("This chunk has %s, and more will follow.", octets(n)))
	}
	if s.lacks("CHUNKING") {
		s.mistake("The server did not offer CHUNKING.", "use DATA", Ref{"RFC 3030", "2"})
	}
}

// The forms of the two commands that carry a path: four letters of verb, a
// space, and the tag in front of the path.
const (
	mailFrom = "MAIL FROM:"
	rcptTo   = "RCPT TO:"
)

// path looks at the argument of MAIL and RCPT.
func (s *sent) path(form, rest string) {
	tag := form[len("MAIL "):]
	rest = strings.TrimLeft(rest, " ")
	if len(rest) < len(tag) || !strings.EqualFold(rest[:len(tag)], tag) {
		s.mistake("After the verb comes "+tag+" and then the address.", "write "+form+"<address>", Ref{"RFC 5321", "4.1.2"})
		return
	}
	rest = rest[len(tag):]
	if trimmed := strings.TrimLeft(rest, " "); trimmed != rest {
		s.mistake("No space is allowed after the colon; many servers accept it, but some do not.", "write "+form+"<address>", Ref{"RFC 5321", "3.3"})
		rest = trimmed
	}
	address, params := cutPath(rest)
	s.address(form, address)
	for _, param := range params {
		s.parameter(form[:len("MAIL")], param)
	}
}

// cutPath divides "<path> params"; a path without brackets ends at the first space.
func cutPath(rest string) (address string, params []string) {
	end := strings.IndexByte(rest, ' ')
	if strings.HasPrefix(rest, "<") {
		if i := closing(rest); i >= 0 {
			end = i + 1
		}
	}
	if end < 0 || end > len(rest) {
		end = len(rest)
	}
	words := strings.Fields(rest[end:])
	return rest[:end], words[:min(len(words), maxParams)]
}

// closing finds the ">" that ends a path, outside a quoted local-part.
func closing(path string) int {
	quoted := false
	for i := 0; i < len(path); i++ {
		switch {
		case path[i] == '\\' && quoted:
			i++
		case path[i] == '"':
			quoted = !quoted
		case path[i] == '>' && !quoted:
			return i
		}
	}
	return -1
}

// Limits of an address (RFC 5321 §4.5.3.1.1 to §4.5.3.1.3), in octets; a path
// counts its brackets.
const (
	maxLocalPart = 64
	maxDomain    = 255
	maxPath      = 256
)

func (s *sent) address(form, path string) {
	inner, open := strings.CutPrefix(path, "<")
	inner, closed := strings.CutSuffix(inner, ">")
	if !open || !closed {
		s.mistake("The address must be in angle brackets; strict servers answer 501.", "write "+form+"<address>", Ref{"RFC 5321", "4.1.2"})
	}
	if inner == "" {
		s.nullPath(form)
		return
	}
	at := strings.LastIndexByte(inner, '@')
	switch {
	case at < 0 && strings.EqualFold(inner, "postmaster") && form == rcptTo:
		s.say("Postmaster is the only address that needs no domain.")
		s.cite(Ref{"RFC 5321", "4.5.1"})
	case at < 0:
		s.mistake("The domain is missing.", "write the whole address, name@domain", Ref{"RFC 5321", "4.1.2"})
	case at > maxLocalPart || len(inner)-at-1 > maxDomain || len(path) > maxPath:
		s.mistake("The address is longer than a server has to accept.", "use at most 64 bytes before the @ and 255 after it", Ref{"RFC 5321", "4.5.3.1"})
	}
	if strings.HasPrefix(inner, "@") {
		s.mistake("A source route in front of the address is obsolete.", "give the address alone", Ref{"RFC 5321", "4.1.1.3"})
	}
	if !isASCII(inner) {
		s.say("The address is not ASCII, so MAIL needs SMTPUTF8.")
		s.cite(Ref{"RFC 6531", "3.4"})
	}
}

func (s *sent) nullPath(form string) {
	if form == rcptTo {
		s.mistake("The recipient must not be empty.", "name a mailbox", Ref{"RFC 5321", "4.1.1.3"})
		return
	}
	s.x.Short = "null sender, for notifications"
	s.say("The empty address <> means that no bounce is wanted: delivery notifications are sent in this way, so that two servers cannot send each other bounces endlessly.")
	s.cite(Ref{"RFC 5321", "4.5.5"})
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
