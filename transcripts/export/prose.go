package export

import (
	"strings"
	"unicode"

	"ehlo/session/wire"
)

// prose is a sentence as Markdown. Words that a renderer might take for more than words stand in code spans: those with a
// character of markup, host names, addresses, URLs and whatever else is made a link, a mention or a picture by some.
func prose(text string) string {
	list := strings.Fields(wire.VisibleString(text))
	for i, word := range list {
		list[i] = proseWord(word, i == 0)
	}
	return strings.Join(list, " ")
}

func proseWord(word string, first bool) string {
	core := strings.Trim(word, "(“‘"+after)
	if at := strings.Index(word, core); core != "" && strings.Trim(word[:at], before) == "" && strings.Trim(word[at+len(core):], after) == "" {
		if plain(core) && !(first && begins(core, word[at+len(core):])) {
			return word
		}
		return word[:at] + codeSpan(core) + word[at+len(core):]
	}
	return codeSpan(word)
}

// What may stand before and after a word, and means nothing in Markdown.
const before, after = `("'“‘`, `).,:;'"?”’`

// plain reports whether a word means nothing but itself.
func plain(word string) bool {
	for i, c := range word {
		switch {
		case unicode.IsLetter(c), unicode.IsDigit(c):
		case c == '.' && dotted(word, i): // a host name
			return false
		case !strings.ContainsRune(".,;'/()%+=§–—…·−→-", c):
			return false
		}
	}
	return !(len(word) >= 7 && strings.Trim(word, "0123456789abcdefABCDEF") == "") // else it may be taken for a commit
}

// dotted reports whether the dot at i has a letter at one side and something at the other.
func dotted(word string, i int) bool {
	left, right := []rune(word[:i]), []rune(word[i+1:])
	return len(left) > 0 && len(right) > 0 && (unicode.IsLetter(left[len(left)-1]) || unicode.IsLetter(right[0]))
}

// begins reports whether a word at the beginning of a line would begin something other than a paragraph, such as a list.
func begins(core, rest string) bool {
	number := strings.Trim(core, "0123456789") == "" && rest != ""
	return number || !strings.ContainsFunc(core, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) })
}

// codeSpan is a word in which nothing is markup: its fence is longer than any run of backticks in it (CommonMark §6.1).
func codeSpan(word string) string {
	fence := "`"
	for strings.Contains(word, fence) {
		fence += "`"
	}
	if strings.HasPrefix(word, "`") || strings.HasSuffix(word, "`") {
		word = " " + word + " "
	}
	return fence + word + fence
}
