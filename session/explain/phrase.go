package explain

import (
	"slices"
	"strings"
	"unicode"
)

// maxReply bounds how much of a reply's text is searched for phrases. A reply
// line has 512 octets (RFC 5321 §4.5.3.1.5); long ones have a dozen.
const maxReply = 8 << 10

// A wording says how the entry in the same row of its table, a phrase or a
// software, is recognised.
type wording struct {
	// vendors are whose wording it is; none means nobody's in particular.
	vendors []string
	// codes and enhanced narrow it; none matches anything, and so does "X" in
	// the place of the class.
	codes    []int
	enhanced string
	// proof is what a log-in proves itself by where the words are about that; a
	// log-in by something else is not what they are about.
	proof string
	// after are the commands that the words answer; none means any.
	after []string
	// host holds parts of the host name in a greeting.
	host []string
	// match holds alternatives; every fragment of one alternative has to occur.
	match [][]string
}

// phraseFor finds the phrase that says most about a reply; nil if none does.
func phraseFor(c ReplyContext) *Entry {
	text := squeeze(c.Text)
	best, bestScore := 0, 0
	for i := range phraseWordings {
		if score := phraseWordings[i].score(&c, text); score > bestScore {
			best, bestScore = i, score
		}
	}
	if bestScore == 0 {
		return nil
	}
	return &phraseTable.entries[best]
}

// score is 0 where the phrase does not apply. A longer match counts more; the
// software of the banner, a code and an enhanced code that agree decide
// between vendors who share a wording.
func (w *wording) score(c *ReplyContext, text string) int {
	// The codes come first, because most wordings end with them.
	if !w.hasCode(c.Code) || !enhancedMatches(w.enhanced, c.Enhanced) || !w.hasProof(c.Proof) || !w.answers(c.Verb) {
		return 0
	}
	score := w.matched(text)
	if score == 0 {
		return 0
	}
	if len(w.codes) > 0 {
		score += 2
	}
	if w.enhanced != "" {
		score += 5
	}
	if w.fits(c.Software) {
		score += 40
	}
	return score
}

// matched returns the length of the longest alternative that occurs in text.
func (w *wording) matched(text string) int {
	longest := 0
	for _, alternative := range w.match {
		longest = max(longest, matchAll(alternative, text))
	}
	return longest
}

func matchAll(fragments []string, text string) int {
	length := 0
	for _, fragment := range fragments {
		if !strings.Contains(text, fragment) {
			return 0
		}
		length += len(fragment)
	}
	return length
}

// hasCode reports whether the phrase may come with a code; 0 is a code not known.
func (w *wording) hasCode(code int) bool {
	return len(w.codes) == 0 || code == 0 || slices.Contains(w.codes, code)
}

// hasProof reports whether the phrase may be said to such a log-in; "" is one not known.
func (w *wording) hasProof(proof string) bool {
	return w.proof == "" || proof == "" || w.proof == proof
}

// answers reports whether the phrase may answer a command.
func (w *wording) answers(verb string) bool {
	return len(w.after) == 0 || verb == verbUnknown || slices.Contains(w.after, verb)
}

func enhancedMatches(pattern string, code [3]int) bool {
	if pattern == "" || code == [3]int{} {
		return true
	}
	return pattern == enhancedName(code) || pattern == "X"+enhancedName(code)[1:]
}

// fits reports whether a wording is one that the software of the banner has:
// nobody's wording fits every software better than another's.
func (w *wording) fits(software string) bool {
	if software == "" {
		return false
	}
	return len(w.vendors) == 0 || slices.ContainsFunc(w.vendors, func(vendor string) bool { return strings.HasPrefix(software, vendor) })
}

// squeeze makes a server's text comparable: bounded, lower case, white space
// and line ends as single spaces.
func squeeze(text string) string {
	text = text[:min(len(text), maxReply)]
	var b strings.Builder
	b.Grow(len(text))
	space := false
	for _, r := range text {
		if unicode.IsSpace(r) {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
