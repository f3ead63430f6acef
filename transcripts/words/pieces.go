package words

import (
	"iter"
	"strings"
	"unicode"
)

// Wrap breaks a text between its [Pieces] into lines of at most width, as measure counts. A longer piece gets a line of its own.
func Wrap(text string, width int, measure func(string) int) (lines []string) {
	text = Spaced(text)
	from, end, used := 0, 0, 0 // of the line at hand
	for at, piece := range Pieces(text, width, measure) {
		size := measure(piece)
		if at > 0 && used+1+size <= width {
			end, used = at+len(piece), used+1+size
			continue
		}
		if at > 0 {
			lines = append(lines, text[from:end])
		}
		from, end, used = at, at+len(piece), size
	}
	if end > 0 {
		lines = append(lines, text[from:end])
	}
	return lines
}

// Spaced is a text whose words are one space apart, with none around them.
func Spaced(text string) string {
	before := ' '
	for _, r := range text {
		if r == ' ' && before == ' ' || r != ' ' && unicode.IsSpace(r) {
			return strings.Join(strings.Fields(text), " ")
		}
		before = r
	}
	return strings.TrimSuffix(text, " ")
}

// Pieces splits a text that is [Spaced] where a line may end, and says where each piece begins: at its spaces, but not within what is read as
// one, such as "TLS 1.3", "port 587", "535 5.7.8" or "RFC 5321 §4.2". What is wider than a line is split all the same.
func Pieces(text string, width int, measure func(string) int) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		from, last, end := 0, 0, wordEnd(text, 0) // of the piece at hand, and of its last word
		for end < len(text) {
			next := end + 1
			to := wordEnd(text, next)
			if word := text[next:to]; !belongs(text[last:end], word) || measure(text[from:end])+1+measure(word) > width {
				if !yield(from, text[from:end]) {
					return
				}
				from = next
			}
			last, end = next, to
		}
		if text != "" {
			yield(from, text[from:])
		}
	}
}

// wordEnd is where the word ends that begins at a place in a text.
func wordEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], ' '); n >= 0 {
		return at + n
	}
	return len(text)
}

// belongs reports whether a line may not end between two words.
func belongs(before, word string) bool {
	number := word[0] >= '0' && word[0] <= '9'
	switch strings.TrimLeft(before, "(“") {
	case "TLS", "SSL", "port", "ports", "RFC", "line", "alert", "extension", "exit", "code":
		return number
	}
	switch strings.TrimRight(word, ".,;:)") {
	case "s", "ms", "min", "KiB", "MiB", "bits", "bytes":
		return isNumber(before)
	}
	return strings.HasPrefix(word, "§") || isNumber(before) && len(before) == 3 && strings.Count(word, ".") >= 2 && number
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789.,") == "" }
