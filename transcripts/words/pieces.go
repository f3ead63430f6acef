package words

import "strings"

// Wrap breaks a text between its [Pieces] into lines of at most width, as measure counts. A longer piece gets a line of its own.
func Wrap(text string, width int, measure func(string) int) (lines []string) {
	for _, piece := range Pieces(text, width, measure) {
		if last := len(lines) - 1; last >= 0 && measure(lines[last])+1+measure(piece) <= width {
			lines[last] += " " + piece
			continue
		}
		lines = append(lines, piece)
	}
	return lines
}

// Pieces splits a text where a line may end: at its spaces, but not within what is read as one, such as "TLS 1.3",
// "port 587", "535 5.7.8" or "RFC 5321 §4.2". What is wider than a line is split all the same.
func Pieces(text string, width int, measure func(string) int) []string {
	var out []string
	for word := range strings.FieldsSeq(text) {
		if last := len(out) - 1; last >= 0 && belongs(lastWord(out[last]), word) && measure(out[last])+1+measure(word) <= width {
			out[last] += " " + word
			continue
		}
		out = append(out, word)
	}
	return out
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

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
