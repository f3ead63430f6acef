package export

import (
	"strings"
	"unicode/utf8"
)

// wrap breaks text at spaces into lines of at most width characters; a longer word gets a line of its own. A width
// that leaves no room for words does not wrap.
func wrap(text string, width int) []string {
	if text == "" {
		return nil
	}
	if width < 16 {
		return []string{text}
	}
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if used > 0 && used+1+n > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	return append(lines, line)
}

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}
