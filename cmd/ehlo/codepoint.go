package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/tlswire"
)

// registry is a table of TLS code points under the name it has here.
type registry struct {
	kind  string
	bits  int // of a number in it
	codes func() []tlswire.Code
	find  func(uint16) (tlswire.Code, bool)  // nil: codes holds all there is
	known func(string) (explain.Entry, bool) // the fuller entry of the same code point; nil if there is none
}

// registries are the tables of package tlswire. The first three overlap with package explain, whose entries say more.
var registries = []registry{
	{"tls-message", 8, tlswire.HandshakeTypes, nil, explain.TLSMessage},
	{"tls-extension", 16, tlswire.ExtensionTypes, tlswire.ExtensionType, explain.TLSExtension},
	{"alert", 8, tlswire.Alerts, nil, explain.Alert},
	{"tls-version", 16, tlswire.Versions, tlswire.Version, nil},
	{"tls-suite", 16, tlswire.CipherSuites, tlswire.CipherSuite, nil},
	{"tls-group", 16, tlswire.Groups, tlswire.Group, nil},
	{"tls-signature", 16, tlswire.SignatureSchemes, tlswire.SignatureScheme, nil},
}

// codePoints finds TLS code points: by name ("x25519"), by number in hexadecimal ("0x1301"), or by kind and number
// ("group 29").
func codePoints(words []string) []explain.Entry {
	line := strings.TrimSpace(strings.Join(words, " "))
	kind, number, ofKind := strings.Cut(line, " ")
	value, isNumber := codeNumber(number, ofKind)
	if !isNumber {
		kind = ""
		value, isNumber = codeNumber(line, false)
	}
	var out []explain.Entry
	for _, r := range registries {
		switch {
		case isNumber && strings.HasSuffix(r.kind, strings.ToLower(kind)):
			if c, ok := r.byNumber(value); ok && !hasName(out, c.Name) { // GREASE is the same everywhere
				out = append(out, r.entry(c))
			}
		case !isNumber:
			if c, ok := r.byName(line); ok {
				out = append(out, r.entry(c))
			}
		}
	}
	return out
}

func hasName(list []explain.Entry, name string) bool {
	return slices.ContainsFunc(list, func(e explain.Entry) bool { return e.Name == name })
}

// codeNumber reads a number in hexadecimal, or, where a kind stands in front of it, in decimal. A decimal number alone may
// be a reply code or a port.
func codeNumber(s string, decimal bool) (uint16, bool) {
	base := 10
	if rest, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		s, base = rest, 16
	}
	if base == 10 && !decimal {
		return 0, false
	}
	n, err := strconv.ParseUint(s, base, 16)
	return uint16(n), err == nil
}

func (r registry) byNumber(v uint16) (tlswire.Code, bool) {
	if r.find != nil {
		return r.find(v)
	}
	return r.first(func(c tlswire.Code) bool { return c.Value == v })
}

func (r registry) byName(name string) (tlswire.Code, bool) {
	return r.first(func(c tlswire.Code) bool { return strings.EqualFold(c.Name, name) })
}

func (r registry) first(match func(tlswire.Code) bool) (tlswire.Code, bool) {
	list := r.codes()
	i := slices.IndexFunc(list, match)
	if i < 0 {
		return tlswire.Code{}, false
	}
	return list[i], true
}

// entry is the fuller entry where there is one, else what the table says.
func (r registry) entry(c tlswire.Code) explain.Entry {
	if r.known != nil {
		if e, ok := r.known(c.Name); ok {
			return e
		}
	}
	e := explain.Entry{Kind: r.kind, Name: c.Name, Number: fmt.Sprintf("0x%0*x", r.bits/4, c.Value), Short: c.Meaning, Text: c.Verdict}
	if c.Ref != "" {
		e.Refs = []explain.Ref{{Doc: c.Ref}}
	}
	return e
}

// withCodePoints puts code points in front of what else has that name. What a search found for want of better goes.
func withCodePoints(points, found []explain.Entry, words []string) []explain.Entry {
	if len(points) == 0 {
		return found
	}
	line := strings.Join(words, " ")
	for _, e := range found {
		same := func(p explain.Entry) bool { return p.ID() == e.ID() }
		if strings.EqualFold(e.Name, line) && !slices.ContainsFunc(points, same) {
			points = append(points, e)
		}
	}
	return points
}
