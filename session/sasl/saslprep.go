package sasl

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const prepRef = "RFC 4013"

// saslprep prepares a username or password as a stored string (RFC 4013): spaces become one kind of space,
// invisible characters vanish, compatibility forms are folded by NFKC, and control characters, private and
// unassigned code points and mixed writing directions are refused. The tables are those of Unicode 3.2, which the
// profile is tied to; so it refuses emoji. The error is an [*Error] and holds nothing of s.
//
// U+200B is in the table of spaces and in that of characters that vanish. It becomes a space here, in the order of
// RFC 4013 §2.1 and as in libidn and PostgreSQL; some libraries drop it.
func saslprep(s string) (string, error) { return prepare(s, false) }

// prepare is SASLprep for a stored string, or for a query, in which younger characters are allowed (RFC 3454 §7).
func prepare(s string, query bool) (string, error) {
	if printableASCII(s) {
		return s, nil
	}
	if !utf8.ValidString(s) {
		return "", prepError("is not UTF-8")
	}
	s = norm.NFKC.String(strings.Map(prepMap, s))
	for _, r := range s {
		switch {
		case unicode.Is(prohibited, r):
			return "", prepError("has a character that is not allowed, such as a control character")
		case !query && unicode.Is(unassigned, r):
			return "", prepError("has a character that Unicode 3.2 does not contain, such as most emoji")
		}
	}
	if err := checkDirection(s); err != nil {
		return "", err
	}
	return s, nil
}

func printableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// prepMap is the mapping of RFC 4013 §2.1; a negative rune is dropped.
func prepMap(r rune) rune {
	switch {
	case unicode.Is(nonASCIISpace, r):
		return ' '
	case unicode.Is(mappedToNothing, r):
		return -1
	}
	return r
}

// checkDirection is RFC 3454 §6: text written from right to left has none of the other direction in it, and
// begins and ends with a character that is written from right to left.
func checkDirection(s string) error {
	rtl := func(r rune) bool { return unicode.Is(rightToLeft, r) }
	if strings.IndexFunc(s, rtl) < 0 {
		return nil
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	ltr := strings.IndexFunc(s, func(r rune) bool { return unicode.Is(leftToRight, r) }) >= 0
	if ltr || !rtl(first) || !rtl(last) {
		return prepError("mixes left-to-right and right-to-left text")
	}
	return nil
}

func prepError(why string) error {
	return &Error{Code: CodePreparation, Text: "the text " + why, Ref: prepRef,
		Hint: "SASLprep prohibits it, and servers that use SASLprep refuse it too"}
}

// preparedName is SASLprep for a name that is looked up, preparedPassword for a password: RFC 5802 §5.1 has the
// one as a query string, §2.2 the other as a stored string.
func preparedName(what, s string) (string, error) { return prepared(what, s, true) }

func preparedPassword(s Secret) (string, error) { return prepared("password", s.Reveal(), false) }

// prepared names the credential in the error. A credential of which nothing is left is refused, unless it was
// empty before.
func prepared(what, s string, query bool) (string, error) {
	p, err := prepare(s, query)
	if e, ok := err.(*Error); ok {
		e.Text = strings.Replace(e.Text, "the text", "the "+what, 1)
		return "", e
	}
	if p == "" && s != "" {
		return "", &Error{Code: CodePreparation, Text: "nothing is left of the " + what + " after SASLprep", Ref: prepRef}
	}
	return p, nil
}
