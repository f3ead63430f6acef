package sasl

import (
	"bytes"
	"slices"
	"strings"
)

// digestChallenge is a digest-challenge (RFC 2831 §2.1.1).
type digestChallenge struct {
	all    directives
	realms []string
	nonce  string
	utf8   bool
}

// maxDigestChallenge is the first length that is too long, and maxDirectives bounds the list.
const (
	maxDigestChallenge = 2048
	maxDirectives      = 64
)

const digestChallengeRef = "RFC 2831 §2.1.1"

func parseDigestChallenge(b []byte) (digestChallenge, error) {
	if len(b) >= maxDigestChallenge {
		return digestChallenge{}, &Error{Code: CodeTooLong, Text: "the challenge has 2048 bytes or more",
			Ref: digestChallengeRef}
	}
	all, err := parseDirectives(b)
	d := digestChallenge{all: all}
	if err != nil {
		return d, err
	}
	for _, x := range all {
		if x.name == "realm" {
			d.realms = append(d.realms, x.value)
		}
	}
	return d, d.check()
}

// check wants what the RFC requires once, and at most once what it allows once.
func (d *digestChallenge) check() error {
	for _, name := range []string{"nonce", "algorithm", "qop", "charset", "maxbuf", "cipher", "stale"} {
		if d.all.count(name) > 1 {
			return malformedDigest("has "+name+" more than once", digestChallengeRef)
		}
	}
	nonce, ok := d.all.only("nonce")
	if d.nonce = nonce; !ok || nonce == "" {
		return malformedDigest("has no nonce", digestChallengeRef)
	}
	if algorithm, _ := d.all.only("algorithm"); algorithm != "md5-sess" {
		return malformedDigest("does not have algorithm=md5-sess", digestChallengeRef)
	}
	if qop, ok := d.all.only("qop"); ok && !slices.ContainsFunc(strings.Split(qop, ","), isAuth) {
		return malformedDigest("does not offer qop auth", digestChallengeRef)
	}
	charset, ok := d.all.only("charset")
	if d.utf8 = ok; ok && !strings.EqualFold(charset, "utf-8") {
		return malformedDigest("has a charset other than utf-8", digestChallengeRef)
	}
	return nil
}

func isAuth(qop string) bool { return strings.EqualFold(strings.TrimSpace(qop), "auth") }

// directive is name=value, the name in lower case, the value without quotes.
type directive struct{ name, value string }

type directives []directive

// values shows the directives of either side; the two digests are marked.
func (d directives) values() []Value {
	var all []Value
	for _, x := range d {
		v := printable(x.name, []byte(x.value), "", "RFC 2831 §2.1")
		if x.name == "response" || x.name == "rspauth" {
			v = v.hide(HidesDigest)
		}
		all = append(all, v)
	}
	return all
}

// openDigest opens a digest-response.
func openDigest(b []byte) ([]Value, bool) {
	d, err := parseDirectives(b)
	_, ok := d.only("response")
	return d.values(), err == nil && ok
}

func (d directives) count(name string) int {
	n := 0
	for _, x := range d {
		if x.name == name {
			n++
		}
	}
	return n
}

// only gives the value of a directive that is there exactly once.
func (d directives) only(name string) (string, bool) {
	i := slices.IndexFunc(d, func(x directive) bool { return x.name == name })
	if i < 0 || d.count(name) > 1 {
		return "", false
	}
	return d[i].value, true
}

// parseDirectives reads a comma-separated list with optional white space and empty elements (RFC 2831 §7.1).
func parseDirectives(b []byte) (directives, error) {
	var all directives
	for {
		b = bytes.TrimLeft(b, " \t\r\n,")
		if len(b) == 0 {
			return all, nil
		}
		x, rest, ok := parseDirective(b)
		if !ok || len(all) == maxDirectives {
			return all, malformedDigest("is not a list of name=value", digestChallengeRef)
		}
		all = append(all, x)
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if len(rest) > 0 && rest[0] != ',' {
			return all, malformedDigest("has no comma between two directives", digestChallengeRef)
		}
		b = rest
	}
}

func parseDirective(b []byte) (x directive, rest []byte, ok bool) {
	n := tokenLength(b)
	x.name = strings.ToLower(string(b[:n]))
	b = bytes.TrimLeft(b[n:], " \t\r\n")
	if n == 0 || len(b) == 0 || b[0] != '=' {
		return x, b, false
	}
	b = bytes.TrimLeft(b[1:], " \t\r\n")
	if len(b) > 0 && b[0] == '"' {
		x.value, rest, ok = unquote(b[1:])
		return x, rest, ok
	}
	n = tokenLength(b)
	x.value = string(b[:n])
	return x, b[n:], n > 0
}

// unquote reads up to the closing quote; a backslash takes the next character as it is.
func unquote(b []byte) (value string, rest []byte, ok bool) {
	var s []byte
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			return string(s), b[i+1:], true
		case '\\':
			if i++; i == len(b) {
				return "", nil, false
			}
		}
		s = append(s, b[i])
	}
	return "", nil, false
}

// tokenLength counts the characters of a token (RFC 2831 §7.1).
func tokenLength(b []byte) int {
	for i, c := range b {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return i
		}
	}
	return len(b)
}

func malformedDigest(what, ref string) error {
	return &Error{Code: CodeMalformed, Text: "the server's message " + what, Ref: ref}
}

func openDigestChallenge(b []byte) Challenge {
	all, _ := parseDirectives(b)
	values := all.values()
	return Challenge{Hides: hiddenIn(values), Values: values}
}

func recognizeDigest(b []byte) (server, ok bool) {
	all, err := parseDirectives(b)
	_, asks := all.only("algorithm")
	_, ends := all.only("rspauth")
	_, answers := all.only("response")
	return !answers, err == nil && (asks || ends || answers)
}

func holdsResponseAuth(b []byte) bool {
	all, err := parseDirectives(b)
	_, there := all.only("rspauth")
	return err == nil && there
}
