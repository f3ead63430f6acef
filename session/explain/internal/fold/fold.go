// Package fold makes the names of explain comparable. The generator of the
// tables and their look-up have to agree on it, so it is a package of its own.
package fold

import (
	"strings"
	"unicode"
)

// Name returns name in lower case, without the punctuation that people leave
// out or change ("client_hello", "ClientHello", "client hello"). A name of
// punctuation alone, such as "-", stays as it is.
func Name(name string) string {
	folded := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '_':
			return -1
		}
		return unicode.ToLower(r)
	}, name)
	if folded == "" {
		return name
	}
	return folded
}
