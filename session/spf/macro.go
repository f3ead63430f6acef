package spf

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// expand replaces the macros of a domain (§7.1) for the record of domain.
func (c *check) expand(text, domain string) (string, error) {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "%")
		out.WriteString(before)
		if !ok {
			return within253(out.String()), nil
		}
		if rest == "" {
			return "", ErrSyntax
		}
		switch rest[0] {
		case '%', '_', '-':
			out.WriteString(map[byte]string{'%': "%", '_': " ", '-': "%20"}[rest[0]])
			text = rest[1:]
			continue
		case '{':
		default:
			return "", ErrSyntax
		}
		inside, after, closed := strings.Cut(rest[1:], "}")
		value, err := c.macro(inside, domain)
		if !closed || err != nil {
			return "", ErrSyntax
		}
		out.WriteString(value)
		text = after
	}
}

// macro is the value of what stands between the braces: a letter, how many parts to keep, r for the other order, and what divides the parts.
func (c *check) macro(inside, domain string) (string, error) {
	if inside == "" {
		return "", ErrSyntax
	}
	value, ok := c.letter(inside[0]|0x20, domain)
	digits, rest := inside[1:], ""
	if at := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); at >= 0 {
		digits, rest = digits[:at], digits[at:]
	}
	keep, err := 128, error(nil)
	if digits != "" {
		keep, err = strconv.Atoi(digits)
	}
	after, reverse := cutFold(rest, "r")
	if reverse {
		rest = after
	}
	if !ok || err != nil || keep == 0 || strings.Trim(rest, ".-+,/_=") != "" {
		return "", ErrSyntax
	}
	if rest == "" {
		rest = "."
	}
	parts := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(rest, r) })
	if reverse {
		slices.Reverse(parts)
	}
	value = strings.Join(parts[max(0, len(parts)-keep):], ".")
	if inside[0] < 'a' { // a capital letter (§7.3)
		value = strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	}
	return value, nil
}

// letter is the value of a macro letter (§7.2).
func (c *check) letter(l byte, domain string) (value string, ok bool) {
	switch l {
	case 's':
		return c.local + "@" + c.asked, true
	case 'l':
		return c.local, true
	case 'o':
		return c.asked, true
	case 'h':
		return c.hello, true
	case 'd':
		return domain, true
	case 'i':
		return dotted(c.client), true
	case 'p':
		return c.name(domain), true
	case 'v':
		return map[bool]string{true: "in-addr", false: "ip6"}[c.client.Is4()], true
	}
	return "", false
}

// name is the name of the client: the domain itself before one below it, and that before any other (§7.3).
func (c *check) name(domain string) string {
	names := c.names()
	for _, fits := range []func(string) bool{
		func(name string) bool { return strings.EqualFold(name, domain) }, func(name string) bool { return within(name, domain) }, func(string) bool { return true }} {
		if i := slices.IndexFunc(names, fits); i >= 0 {
			return names[i]
		}
	}
	return "unknown"
}

// dotted is an address with a dot between its parts: those of IPv6 are hexadecimal digits (§7.3).
func dotted(addr netip.Addr) string {
	if addr.Is4() {
		return addr.String()
	}
	sixteen := addr.As16()
	return strings.Join(strings.Split(fmt.Sprintf("%x", sixteen[:]), ""), ".")
}

// within253 drops labels from the left until a name is no longer than one may be (§7.3).
func within253(name string) string {
	for len(name) > 253 {
		_, after, ok := strings.Cut(name, ".")
		if !ok {
			return name[:253]
		}
		name = after
	}
	return name
}
