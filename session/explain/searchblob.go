package explain

import "strings"

// blobs opens base64 texts. Many words are base64 by chance, so a word counts
// only if its content is recognized, or if nothing else explains it.
func (q *query) blobs() {
	for _, word := range q.words {
		b, ok := openBlob(word)
		if !ok || b.mechanism == "" && (len(q.found) > 0 || len(q.words) > 1 || !plausible(word)) {
			continue
		}
		q.add(b.entry(), rankLine)
		if m, ok := Mechanism(b.mechanism); ok {
			q.add(m, rankCode)
		}
	}
}

// plausible keeps plain words from being taken for base64: a short one has to
// show a sign of it.
func plausible(word string) bool {
	if strings.HasSuffix(word, "=") {
		return true
	}
	content, ok := decodeBase64(word)
	return ok && len(word)%4 == 0 && (len(word) >= 16 || printable(content) && isMixed(word))
}

// isMixed reports whether a word has capitals and small letters in an order that
// no name has: a capital after a small letter, and a digit.
func isMixed(word string) bool {
	digit, mixed := false, false
	for i := 1; i < len(word); i++ {
		digit = digit || word[i] >= '0' && word[i] <= '9'
		mixed = mixed || isLower(word[i-1]) && isUpper(word[i])
	}
	return digit && mixed
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// maxShown is how much of a decoded text an entry shows, in characters.
const maxShown = 320

func (b blob) entry() Entry {
	e := Entry{
		Kind: KindBase64, Name: b.what, Short: clip(b.what, MaxShort),
		Text: "Decoded: " + clip(b.visible, maxShown) + ". Base64 is an encoding that anyone can decode, not encryption.",
		Refs: []Ref{{"RFC 4648", "4"}, {"RFC 4954", "4"}},
		See:  []string{"topic:base64"},
	}
	if strings.Contains(b.visible, mask) {
		e.Text += " Possible secrets are masked."
	}
	if b.mechanism != "" {
		e.See = append(e.See, "mechanism:"+b.mechanism)
	}
	return e
}

// clip shortens s to n characters.
func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}
