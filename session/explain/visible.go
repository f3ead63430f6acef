package explain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible returns s fit for a terminal: control characters as their pictures
// (NUL as ␀), invalid UTF-8 as \xNN, and format characters such as the bidi
// controls as \u{NNNN}.
func visible(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02X`, s[0])
		case r < 0x20:
			b.WriteRune('␀' + r)
		case r == 0x7f:
			b.WriteRune('␡')
		case isControl(r):
			fmt.Fprintf(&b, `\u{%04X}`, r)
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

// isControl reports whether a terminal may act on r instead of showing it:
// C0, DEL, C1, format characters and the line and paragraph separators.
func isControl(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
