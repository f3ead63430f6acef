package wire

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible makes bytes of a server fit for a terminal, Markdown or HTML: what could
// move the cursor, reorder text or hide becomes an escape that can be seen. These
// are control characters (\x1b, \u0085; \t, \r and \n by their short names),
// bidirectional controls and marks (\u202e), zero-width and all other format
// characters, invisible fillers and variation selectors, line and paragraph
// separators, spaces other than the ASCII one, private and unassigned characters
// (\U000e0001) and bytes that are not UTF-8 (\xff).
//
// A backslash stays as it is, so the result is for reading and cannot be turned
// back; [Raw] keeps the bytes. What has a meaning of its own in Markdown or HTML,
// such as '<', also stays: quoting it is up to who writes that format.
func visible(b []byte) string { return VisibleString(string(b)) }

// VisibleString is visible for a string. It does not allocate if there is nothing to escape.
func VisibleString(s string) string {
	clean := visiblePrefix(s)
	if clean == len(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s) + 16)
	for ; clean < len(s); clean = visiblePrefix(s) {
		c, size := utf8.DecodeRuneInString(s[clean:])
		out.WriteString(s[:clean])
		writeEscape(&out, c, s[clean:clean+size])
		s = s[clean+size:]
	}
	out.WriteString(s)
	return out.String()
}

// visiblePrefix is how many bytes at the beginning of s need no escape.
func visiblePrefix(s string) int {
	for i := 0; i < len(s); {
		if ' ' <= s[i] && s[i] <= '~' {
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if c == utf8.RuneError && size == 1 || !isVisible(c) {
			return i
		}
		i += size
	}
	return len(s)
}

// writeEscape writes a character that does not show itself.
func writeEscape(out *strings.Builder, c rune, encoded string) {
	switch {
	case c == utf8.RuneError && len(encoded) == 1:
		fmt.Fprintf(out, `\x%02x`, encoded[0])
	case c == '\t':
		out.WriteString(`\t`)
	case c == '\r':
		out.WriteString(`\r`)
	case c == '\n':
		out.WriteString(`\n`)
	case c < utf8.RuneSelf:
		fmt.Fprintf(out, `\x%02x`, c)
	case c <= 0xffff:
		fmt.Fprintf(out, `\u%04x`, c)
	default:
		fmt.Fprintf(out, `\U%08x`, c)
	}
}

// isVisible reports whether a character shows itself and nothing but itself. Letters
// and marks that Unicode asks to ignore (Hangul fillers, for example) do not, though
// they count as printable.
func isVisible(c rune) bool {
	switch {
	case c >= firstShape && c <= lastShape: // what the screen is ruled with; each of these is printable
		return true
	case c < firstIgnored:
		return unicode.IsPrint(c)
	}
	return unicode.IsPrint(c) && !unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Box drawing, block elements and geometric shapes, and the first printable character that Unicode asks to ignore.
const firstShape, lastShape, firstIgnored = 0x2500, 0x25ff, 0x034f
