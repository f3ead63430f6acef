package explain

import "strings"

// Banner names the software behind a greeting, as far as the greeting says it:
// text is what follows 220, lines joined with "\n". The version is part of
// software where the banner shows one. A banner proves nothing: it is a text
// that the operator may change, and often has.
func Banner(text string) (software string, e Entry, ok bool) {
	host, words, _ := strings.Cut(squeeze(text), " ")
	var best row
	bestLength := 0
	for r := range softwareTable.rows() {
		c := r.conditions()
		length := max(c.matched(words), matchAny(c.host, host))
		if length > bestLength {
			best, bestLength = r, length
		}
	}
	if bestLength == 0 {
		return "", Entry{}, false
	}
	e = *best.entry()
	return strings.TrimSpace(e.Name + " " + versionAfter(words, strings.ToLower(e.Name))), e, true
}

// matchAny returns the length of the longest fragment that text holds.
func matchAny(fragments []string, text string) int {
	longest := 0
	for _, fragment := range fragments {
		if strings.Contains(text, fragment) {
			longest = max(longest, len(fragment))
		}
	}
	return longest
}

// versionAfter returns the word after name if it looks like a version: it
// starts with a digit and holds only what versions are made of.
func versionAfter(text, name string) string {
	_, rest, ok := strings.Cut(text, name+" ")
	if !ok {
		return ""
	}
	word, _, _ := strings.Cut(rest, " ")
	word, _, _ = strings.Cut(word, "/")
	word = strings.TrimRight(strings.TrimLeft(word, "(v"), ");,")
	if word == "" || len(word) > 20 || word[0] < '0' || word[0] > '9' {
		return ""
	}
	if strings.Trim(word, "0123456789.abcdefghijklmnopqrstuvwxyz-") != "" {
		return ""
	}
	return word
}
