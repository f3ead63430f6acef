package paint

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"ehlo/session/lazy"
)

// ShowsUnicode reports whether a terminal is said to show more than ASCII: by the first of LC_ALL, LC_CTYPE and LANG that is set.
// Where none is, as on Windows, nothing is known against it.
func ShowsUnicode(getenv func(string) string) bool {
	locale := strings.ToLower(cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG")))
	return locale == "" || strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}

// InASCII is the theme for a terminal that shows nothing but ASCII: each mark and each piece of a rule has a stand-in of one
// cell, anything else is a question mark a cell.
func (t *Theme) InASCII() *Theme {
	out := *t
	out.ascii = true
	return &out
}

// standIns are what is written in ASCII for what the screen is drawn with. Marks that stand in the same place differ.
var standIns = lazy.Table[rune, byte]{
	{'─', '-'}, {'│', '|'}, {'┊', ':'}, {'┄', '.'}, {'┬', '+'}, {'┴', '+'}, {'┼', '+'}, {'├', '+'}, {'┤', '+'}, {'┌', '+'}, {'┐', '+'}, {'└', '+'}, {'┘', '+'}, {'▏', '_'},
	{'✓', 'v'}, {'✗', 'x'}, {'‼', '*'}, {'●', '@'}, {'○', 'o'}, {'■', '#'}, {'▸', '>'}, {'▾', 'v'}, {'›', '>'}, {'‹', '<'}, {'↳', '`'}, {'±', '%'}, {'−', '-'}, {'≠', '#'},
	{'…', '~'}, {'·', '-'}, {'•', '*'}, {'→', '>'}, {'←', '<'}, {'↑', '^'}, {'↓', 'v'}, {'×', 'x'}, {'–', '-'}, {'—', '-'}, {'§', 's'},
	{'“', '"'}, {'”', '"'}, {'‘', '\''}, {'’', '\''}, {'⋅', '.'}, {'⠋', '|'}, {'⠙', '/'}, {'⠹', '-'}, {'⠸', '\\'}, {'⠼', '|'}, {'⠴', '/'}, {'⠦', '-'}, {'⠧', '\\'}, {'⠇', '|'}, {'⠏', '/'},
}

// inASCII writes a visible text in ASCII, in as many cells.
func inASCII(text string) string {
	if !strings.ContainsFunc(text, func(c rune) bool { return c >= utf8.RuneSelf }) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		size, width := first(text)
		c, _ := utf8.DecodeRuneInString(text)
		stand, known := standIns.Find(c)
		switch {
		case c < utf8.RuneSelf && size == 1:
			b.WriteByte(byte(c))
		case known && width == 1:
			b.WriteByte(stand)
		default:
			b.WriteString(Repeated("?", width))
		}
		text = text[size:]
	}
	return b.String()
}
