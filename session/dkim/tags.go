package dkim

import (
	"errors"
	"fmt"
	"strings"
)

// TagList is a list of tags (RFC 6376 §3.2), by name. White space inside a value means nothing in those that are used here, and is left out.
type TagList map[string]string

// mostTags bounds what is read of a list.
const mostTags = 50

// Tags reads a list of tags. A tag that is there twice makes the list invalid; what could be read is given nevertheless.
func Tags(value string) (tags TagList, err error) {
	tags = TagList{}
	for part := range strings.SplitSeq(value, ";") {
		name, v, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		_, twice := tags[name]
		switch {
		case strings.TrimSpace(part) == "":
			continue
		case !ok || !isTagName(name):
			err = errors.New("a part of it is not a tag with a value")
		case twice:
			err = fmt.Errorf("its tag %s is there twice", name)
		case len(tags) == mostTags:
			return tags, fmt.Errorf("it has more than %d tags", mostTags)
		default:
			tags[name] = strings.Join(strings.Fields(v), "")
		}
	}
	return tags, err
}

// isTagName follows tag-name, bounded.
func isTagName(name string) bool {
	return name != "" && len(name) <= 20 && !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_')
	})
}

// list are the parts of a value that colons separate.
func (t TagList) list(name string) []string {
	if t[name] == "" {
		return nil
	}
	return strings.Split(t[name], ":")
}

// isSignature says which of the tags that a signature must have is not there.
func (t TagList) isSignature(names ...string) error {
	for _, name := range names {
		if t[name] == "" {
			return fmt.Errorf("it has no tag %s", name)
		}
	}
	return nil
}

// canonicalization reads the tag c: whether the relaxed form is used for the header, and for the body (RFC 6376 §3.5).
func (t TagList) canonicalization() (header, body bool, err error) {
	one, two, _ := strings.Cut(t["c"], "/")
	for i, name := range []string{one, two} {
		switch {
		case name == "relaxed" && i == 0:
			header = true
		case name == "relaxed":
			body = true
		case name != "simple" && name != "":
			return false, false, errors.New("the form in its tag c is not known")
		}
	}
	return header, body, nil
}

// usable says what of a signature rules out that it is checked: what must not be used, and what is not known.
func (t TagList) usable() error {
	_, _, known := algorithm(t["a"])
	switch asked := t["q"]; {
	case strings.HasSuffix(t["a"], "-sha1"):
		return errors.New("it uses SHA-1, which must not be accepted (RFC 8301 §3.1)")
	case !known:
		return errors.New("its algorithm is not known")
	case asked != "" && !strings.Contains(":"+asked+":", ":dns/txt:"):
		return errors.New("its key is to be had in a way that is not known")
	}
	return nil
}

// ofDomain reports whether an identity is one of a domain, or of one below it.
func ofDomain(identity, domain string) bool {
	at := strings.LastIndexByte(identity, '@')
	of := strings.ToLower(identity[at+1:])
	domain = strings.ToLower(domain)
	return at >= 0 && (of == domain || strings.HasSuffix(of, "."+domain))
}
