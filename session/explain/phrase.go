package explain

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// maxReply bounds how much of a reply's text is searched for phrases. A reply
// line has 512 octets (RFC 5321 §4.5.3.1.5); long ones have a dozen.
const maxReply = 8 << 10

// phraseFor finds the phrase that says most about a reply, of those that may be told of it; nil if none does.
func phraseFor(c ReplyContext) *Entry {
	said := comparable(c)
	if r, ok := bestPhrase(said, func(r row) bool { return r.proven(said) }); ok {
		return r.entry()
	}
	return nil
}

// anyPhrase is for what a reply means, which does not hang on who says it.
func anyPhrase(row) bool { return true }

func bestPhrase(said *reply, counts func(row) bool) (best row, ok bool) {
	bestScore, table := 0, &phraseTable
	if isPositive(said.Code) {
		table = &acceptedTable // the others are forty times as many, and most sessions are refused nothing
	}
	for r := range table.coming(classOf(said.code)) {
		if r.codes() == "" && isPositive(said.Code) { // what names no code says what went wrong
			continue
		}
		if score := r.score(said); score > bestScore && counts(r) {
			best, bestScore = r, score
		}
	}
	return best, bestScore > 0
}

func isPositive(code int) bool { return code >= 200 && code < 400 }

// A reply is one as the phrases are compared with it: with the text squeezed,
// and the code as it is written, "" if it is not known.
type reply struct {
	ReplyContext
	text, code string
	grams      grams
}

func comparable(c ReplyContext) *reply {
	r := &reply{ReplyContext: c, text: squeeze(c.Text)}
	r.grams.add(r.text)
	if c.Code != 0 {
		r.code = strconv.Itoa(c.Code)
	}
	return r
}

// score is 0 where the phrase does not apply. A general phrase yields to every
// other, and so does a bare one. A longer match counts more; the
// software of the banner, a code and an enhanced code that agree decide
// between vendors who share a wording.
func (r row) score(c *reply) int {
	// The code comes first, because it rules out most rows before their conditions are read.
	if !r.hasCode(c.code) {
		return 0
	}
	w := r.conditions()
	if c.code != "" && w.enhanced != "" && c.Enhanced == [3]int{} || !enhancedMatches(w.enhanced, c.Enhanced) || !w.hasProof(c.Proof) || !w.answers(c.Verb) {
		return 0
	}
	score := w.matchedIn(c)
	if score == 0 {
		return 0
	}
	if !w.general && !w.bare && !r.isFromElsewhere(c) {
		score += maxReply
	}
	switch {
	case r.codes() == "":
	case c.code == "": // a reply was not what the words are from, as far as one can see
		score -= 2
	default:
		score += ownCode
	}
	if c.Verb == verbUnknown && len(w.after) > 0 { // the more commands it may answer, the more likely it is
		score += len(w.after) - maxPlaces
	}
	if w.enhanced != "" && c.Enhanced != [3]int{} {
		score += 5
	}
	if w.fits(c.Software) {
		score += 40
	}
	return score
}

// isFromElsewhere reports whether a wording that names neither a code nor a refusal is met in a reply to a known command: it is from a
// log or another program, and in a reply it says less than the wordings of servers. "Connection refused" is then no closed port here.
func (r row) isFromElsewhere(c *reply) bool {
	return r.codes() == "" && c.code != "" && c.Verb != verbUnknown && r.field("Means") == ""
}

// ownCode is what it counts that a wording names the code of the reply: a wording without codes is from a log.
const ownCode = 8

// maxPlaces is more commands than any phrase answers.
const maxPlaces = 8

// matched returns the length of the longest alternative that occurs in text.
func (w *conditions) matched(text string) int {
	longest := 0
	for _, alternative := range w.match {
		longest = max(longest, matchAll(alternative, text))
	}
	return longest
}

// matchedIn is matched for a text of which the grams are known.
func (w *conditions) matchedIn(c *reply) int {
	longest := 0
	for i, alternative := range w.match {
		if c.grams.has(w.starts[i]) {
			longest = max(longest, matchAll(alternative, c.text))
		}
	}
	return longest
}

func matchAll(alternative, text string) int {
	length := 0
	for more := true; more; {
		var fragment string
		fragment, alternative, more = strings.Cut(alternative, " & ")
		if !contains(text, fragment) {
			return 0
		}
		length += len(fragment)
	}
	return length
}

// contains reports whether text holds a fragment where a word begins, if it is a word: "eauth" is not in "preauth".
func contains(text, fragment string) bool {
	for {
		i := strings.Index(text, fragment)
		if i <= 0 {
			return i == 0
		}
		if !isWord(text[i-1]) || !isWord(fragment[0]) {
			return true
		}
		text = text[i+1:]
	}
}

// hasCode reports whether the phrase may come with a code; "" is one not known.
func (r row) hasCode(code string) bool {
	codes := r.codes()
	return codes == "" || strings.Contains(codes, code)
}

// hasProof reports whether the phrase may be said to such a login; "" is one not known.
func (w *conditions) hasProof(proof string) bool {
	return w.proof == "" || proof == "" || w.proof == proof
}

// answers reports whether the phrase may answer a command.
func (w *conditions) answers(verb string) bool {
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
func (w *conditions) fits(software string) bool {
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
