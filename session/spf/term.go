package spf

import (
	"net/netip"
	"strconv"
	"strings"
)

// known reports what is wrong with a term, whether or not it comes to be asked (§4.6.1, §12). seen are the modifiers before it.
func (c *check) known(term, domain string, seen map[string]bool) error {
	if strings.ContainsFunc(term, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ErrSyntax
	}
	dry := &check{client: c.client, validated: &[]string{}} // nobody is asked for the sake of the form
	if _, err := dry.expand(term, domain); err != nil {     // what only the text of an explanation may have is an error here (§7.2)
		return err
	}
	if name, value, ok := modifier(term); ok { // unknown ones are ignored (§6)
		isKnown := name == "redirect" || name == "exp"
		switch {
		case isKnown && !isDomainSpec(value):
			return ErrSyntax
		case isKnown && seen[name]:
			return ErrTwice
		}
		seen[name] = true
		return nil
	}
	return wrong(term)
}

// wrong reports what is wrong with a mechanism.
func wrong(term string) error {
	name, argument := mechanism(term)
	host, colon := strings.CutPrefix(argument, ":")
	switch name {
	case "all":
		return unless(argument == "")
	case "ip4", "ip6":
		_, err := network(name, argument)
		return err
	case "include", "exists":
		return unless(colon && isDomainSpec(host))
	case "ptr":
		return unless(argument == "" || colon && isDomainSpec(host))
	case "a", "mx":
		host, _, err := hostAndBits(argument, netip.IPv6Unspecified())
		if err == nil {
			err = unless(host == "" || isDomainSpec(host))
		}
		return err
	}
	return ErrSyntax
}

func unless(right bool) error {
	if right {
		return nil
	}
	return ErrSyntax
}

// modifier is the name of a modifier, in small letters, with its value (§4.6.1).
func modifier(term string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(term, "=")
	name = strings.ToLower(name)
	for i, r := range name {
		letter := r >= 'a' && r <= 'z'
		if !letter && (i == 0 || !(r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')) {
			return "", "", false
		}
	}
	return name, value, ok && name != ""
}

// isDomainSpec reports whether a text with macros ends as the name of a domain does: with a macro, or with a dot and a label of letters
// (§7.1).
func isDomainSpec(text string) bool {
	for _, end := range []string{"}", "%%", "%_", "%-"} {
		if strings.HasSuffix(text, end) {
			return true
		}
	}
	text = strings.TrimSuffix(text, ".")
	dot := strings.LastIndexByte(text, '.')
	label := text[dot+1:]
	digits := strings.Trim(label, "0123456789") == ""
	return dot >= 0 && !digits && label[0] != '-' && label[len(label)-1] != '-' && !strings.ContainsFunc(label, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-')
	})
}

// isDomain reports whether a name has several labels, each as long as one may be.
func isDomain(name string) bool {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return len(labels) > 1 && len(name) <= 254
}

func qualifier(term string) byte {
	if results.Of(term[0]) != "" {
		return term[0]
	}
	return '+'
}

// mechanism is the name of a term, in small letters, and what follows it, with the colon or the slash.
func mechanism(term string) (name, argument string) {
	if results.Of(term[0]) != "" {
		term = term[1:]
	}
	at := strings.IndexAny(term, ":/")
	if at < 0 {
		at = len(term)
	}
	return strings.ToLower(term[:at]), term[at:]
}

// network is the argument of ip4 or ip6.
func network(name, argument string) (netip.Prefix, error) {
	text, ok := strings.CutPrefix(argument, ":")
	prefix, err := netip.ParsePrefix(text)
	if addr, noAddress := netip.ParseAddr(text); noAddress == nil && addr.Zone() == "" {
		prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if !ok || err != nil || prefix.Addr().Is4() != (name == "ip4") {
		return netip.Prefix{}, ErrSyntax
	}
	return prefix, nil
}

// hostAndBits is the argument of a or mx: a host, and how long the network is for the family of the client, as in a:host/24//64 (§5.3, §5.6).
func hostAndBits(argument string, client netip.Addr) (host string, bits int, err error) {
	rest, colon := strings.CutPrefix(argument, ":")
	rest, six, err := lengthOf(rest, "//", 128)
	if err != nil {
		return "", 0, err
	}
	host, four, err := lengthOf(rest, "/", 32)
	switch {
	case err != nil, colon && host == "", !colon && host != "":
		return "", 0, ErrSyntax
	case client.Is4():
		return host, four, nil
	}
	return host, six, nil
}

// lengthOf cuts the length of a network off the end of a text. Without one it is the most.
func lengthOf(text, sign string, most int) (rest string, bits int, err error) {
	at := strings.LastIndex(text, sign)
	if at < 0 || strings.Contains(text[at+len(sign):], ".") || strings.Contains(text[at:], "}") { // what follows belongs to the name
		return text, most, nil
	}
	digits := text[at+len(sign):]
	n, err := strconv.Atoi(digits)
	if err != nil || n > most || strconv.Itoa(n) != digits || n < 0 {
		return "", 0, ErrSyntax
	}
	return text[:at], n, nil
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}
