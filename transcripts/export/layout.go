package export

import (
	"unicode/utf8"

	"ehlo/transcripts/words"
)

// wrap breaks a text into lines of at most width characters. A width that leaves no room for words does not wrap.
func wrap(text string, width int) []string {
	if text != "" && width < 16 {
		return []string{text}
	}
	return words.Wrap(text, width, utf8.RuneCountInString)
}

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}
