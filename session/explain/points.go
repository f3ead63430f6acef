package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/tlswire"
)

// Found is what words mean.
type Found struct {
	Entries []Entry // what was meant, best first
	// Also is what else a number stands for in TLS. With no Entries the number alone does not say which of them is
	// meant, or is unknown where it was looked for.
	Also []Entry
	// loose says that no more is known of the entries than that they hold the words somewhere.
	loose bool
}

// Lookup finds what words mean: everything [Search] knows, and every code point of TLS, by name ("P-256"), by kind
// and number ("group 23"), or by number alone in hexadecimal or decimal. A number of mail, a reply code or a port, goes
// before one of TLS.
func Lookup(words []string) Found {
	line := strings.TrimSpace(strings.Join(words, " "))
	if f, ok := ofKind(line); ok {
		return f
	}
	if v, ok := hexadecimal(line); ok {
		if points := tlswire.Numbered(v); len(points) > 0 {
			return Found{Entries: pointEntries(suiteFirst(points))}
		}
	}
	if v, ok := suiteDigits(line); ok {
		if points := suiteFirst(tlswire.Numbered(v)); len(points) > 0 && isSuite(points[0]) {
			return Found{Entries: pointEntries(points[:1]), Also: pointEntries(points[1:])}
		}
	}
	found, loose := search(words)
	search := withoutCodes(found)
	named := slices.DeleteFunc(slices.Clone(search), func(e Entry) bool { return !strings.EqualFold(e.Name, line) })
	var numbers []tlswire.Point
	for _, v := range readings(line) {
		numbers = append(numbers, tlswire.Numbered(v)...)
	}
	if len(numbers) > 0 {
		return numbered(named, pointEntries(numbers))
	}
	if tokenWording(line) != nil {
		return Found{Entries: search}
	}
	points := pointEntries(tlswire.Named(line))
	if len(points) == 0 {
		return Found{Entries: search, loose: loose} // what a search found is better than nothing
	}
	return Found{Entries: joinNamed(line, points, named)}
}

// withoutCodes leaves out what is general where the line itself was explained: it says as much of its codes as is needed, and
// they can be asked for.
func withoutCodes(found []Entry) []Entry {
	line := slices.IndexFunc(found, func(e Entry) bool { return e.Kind == KindLine })
	if line < 0 {
		return found
	}
	see := found[line].See
	caused := slices.ContainsFunc(see, func(id string) bool { return strings.HasPrefix(id, KindPhrase+":") })
	return slices.DeleteFunc(found, func(e Entry) bool {
		return caused && e.Kind == KindPhrase && e.Vendor == "" || slices.Contains(see, e.ID())
	})
}

// joinNamed puts what is called so before a code point that only some program calls so ("RSA-PSS").
func joinNamed(line string, points, named []Entry) []Entry {
	out := slices.DeleteFunc(slices.Clone(points), func(e Entry) bool { return !strings.EqualFold(e.Name, line) })
	for _, e := range slices.Concat(named, points) {
		if !has(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// suiteDigits reads four hexadecimal digits as logs and registries print a cipher suite: a letter or a zero in front tells them
// from a port, an RFC and a number in decimal.
func suiteDigits(s string) (uint16, bool) {
	n, err := strconv.ParseUint(s, 16, 16)
	return uint16(n), err == nil && len(s) == 4 && (s[0] == '0' || strings.ContainsAny(s, "abcdefABCDEF")) && strings.ContainsAny(s, "0123456789")
}

// suiteFirst puts a cipher suite before what else has its number: in hexadecimal nothing else is written as often.
func suiteFirst(points []tlswire.Point) []tlswire.Point {
	slices.SortStableFunc(points, func(a, b tlswire.Point) int { return cmp.Compare(orderOf(a), orderOf(b)) })
	return points
}

func orderOf(p tlswire.Point) int {
	if isSuite(p) {
		return 0
	}
	return 1
}

func isSuite(p tlswire.Point) bool { return p.Kind == "tls-suite" }

// numbered sorts out what a bare number may be.
func numbered(mail, points []Entry) Found {
	switch {
	case len(mail) > 0:
		return Found{Entries: mail, Also: points}
	case len(points) == 1:
		return Found{Entries: points}
	}
	return Found{Also: points}
}

// ofKind finds what stands after the word for a kind: "alert 40", "cipher suite 0x1301", "group P-256". A number that is
// not known there is no reason to look elsewhere, but to say what it is elsewhere.
func ofKind(line string) (Found, bool) {
	at := strings.LastIndexByte(line, ' ')
	if at < 0 {
		return Found{}, false
	}
	registry, ok := tlswire.RegistryOf(line[:at])
	if !ok {
		return Found{}, false
	}
	name := line[at+1:]
	if c, ok := registry.Named(name); ok {
		return Found{Entries: []Entry{pointEntry(tlswire.Point{Registry: registry, Code: c})}}, true
	}
	var elsewhere []tlswire.Point
	values := readings(name)
	for _, v := range values {
		if c, ok := registry.Find(v); ok {
			return Found{Entries: []Entry{pointEntry(tlswire.Point{Registry: registry, Code: c})}}, true
		}
		elsewhere = append(elsewhere, tlswire.Numbered(v)...)
	}
	return Found{Also: pointEntries(elsewhere)}, len(values) > 0
}

// readings are the numbers that s may be: hexadecimal after 0x, else decimal, and four digits without a 0x in front as
// registries print them.
func readings(s string) []uint16 {
	if v, ok := hexadecimal(s); ok {
		return []uint16{v}
	}
	var out []uint16
	if n, err := strconv.ParseUint(s, 10, 16); err == nil && (s == "0" || s[0] != '0') {
		out = append(out, uint16(n))
	}
	if n, err := strconv.ParseUint(s, 16, 16); err == nil && len(s) == 4 && strings.ContainsAny(s, "0123456789") {
		out = append(out, uint16(n))
	}
	return out
}

// hexadecimal reads 0x1301, and 0x13,0x01 as the registry of cipher suites prints it.
func hexadecimal(s string) (uint16, bool) {
	digits, ok := strings.CutPrefix(strings.ToLower(s), "0x")
	if high, low, pair := strings.Cut(digits, ",0x"); pair && len(high) == 2 && len(low) == 2 {
		digits = high + low
	}
	n, err := strconv.ParseUint(digits, 16, 16)
	return uint16(n), ok && err == nil
}

func pointEntries(points []tlswire.Point) []Entry {
	var out []Entry
	for _, p := range points {
		if e := pointEntry(p); !has(out, e) {
			out = append(out, e)
		}
	}
	return out
}

func has(list []Entry, e Entry) bool {
	return slices.ContainsFunc(list, func(o Entry) bool { return o.ID() == e.ID() })
}

// pointEntry is the article about a code point where there is one, else what the registry says.
func pointEntry(p tlswire.Point) Entry {
	if e, ok := article(p); ok {
		return e
	}
	e := Entry{Kind: p.Kind, Name: p.Name, Number: fmt.Sprintf("0x%0*x", p.Bits/4, p.Value), Short: p.Meaning, Text: p.Verdict}
	if p.Ref != "" {
		e.Refs = []Ref{{Doc: p.Ref}}
	}
	return e
}

func article(p tlswire.Point) (Entry, bool) {
	switch p.Kind {
	case KindMessage, "tls-record": // change_cipher_spec and alert are messages too
		return TLSMessage(p.Name)
	case KindExtension:
		return TLSExtension(p.Name)
	case KindAlert:
		return Alert(p.Name)
	}
	return Entry{}, false
}
