package export

import (
	"unicode/utf8"

	"ehlo/transcripts/words"
)

// wrap breaks text between its [words.Pieces] into lines of at most width characters; a longer
// word gets a line of its own. A width that leaves no room for words does not wrap.
func wrap(text string, width int) []string {
	if text == "" {
		return nil
	}
	if width < 16 {
		return []string{text}
	}
	var lines []string
	line, used := "", 0
	for _, word := range words.Pieces(text, width, utf8.RuneCountInString) {
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
