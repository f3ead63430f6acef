package explain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold returns name in lower case, without the punctuation that people leave
// out or change ("client_hello", "ClientHello", "client hello"). A name of
// punctuation alone, such as "-", stays as it is.
func fold(name string) string {
	folded := strings.Map(func(r rune) rune {
		if isFolded(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
	if folded == "" {
		return name
	}
	return folded
}

// folds reports whether fold makes folded of name, and makes nothing for it. A
// name may have been broken in the source.
func folds(name, folded string) bool {
	for _, r := range name {
		if isFolded(r) {
			continue
		}
		c, size := utf8.DecodeRuneInString(folded)
		if size == 0 || c != unicode.ToLower(r) {
			return false
		}
		folded = folded[size:]
	}
	return folded == ""
}

func isFolded(r rune) bool { return r == ' ' || r == '-' || r == '_' || r == '\n' }
