package explain

import "strings"

// maxReply bounds how much of a reply's text is searched for phrases. A reply
// line has 512 octets (RFC 5321 §4.5.3.1.5); long ones have a dozen.
const maxReply = 8 << 10

// phraseFor finds the phrase that says most about a reply.
func phraseFor(c ReplyContext) (row, bool) {
	text := squeeze(c.Text)
	var best row
	bestScore := 0
	for _, p := range rowsOf(KindPhrase) {
		if score := p.score(c, text); score > bestScore {
			best, bestScore = p, score
		}
	}
	return best, bestScore > 0
}

// score is 0 where the phrase does not apply. A longer match counts more; the
// software of the banner, a code and an enhanced code that agree decide
// between vendors who share a wording.
func (r row) score(c ReplyContext, text string) int {
	length := r.matched(text)
	if length == 0 || !r.hasCode(c.Code) || !enhancedMatches(r.enhanced, c.Enhanced) {
		return 0
	}
	score := length
	if len(r.codes) > 0 {
		score += 2
	}
	if r.enhanced != "" {
		score += 5
	}
	if vendorIs(r.Vendor, c.Software) {
		score += 40
	}
	return score
}

// matched returns the length of the longest alternative that occurs in text.
func (r row) matched(text string) int {
	longest := 0
	for _, alternative := range r.match {
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
func (r row) hasCode(code int) bool {
	if len(r.codes) == 0 || code == 0 {
		return true
	}
	for _, want := range r.codes {
		if want == code {
			return true
		}
	}
	return false
}

func enhancedMatches(pattern string, code [3]int) bool {
	if pattern == "" || code == [3]int{} {
		return true
	}
	return pattern == enhancedName(code) || pattern == "X"+enhancedName(code)[1:]
}

// vendorIs reports whether the software of the banner is among the vendors of
// a phrase ("Postfix, OpenSMTPD").
func vendorIs(vendors, software string) bool {
	if software == "" {
		return false
	}
	for _, vendor := range list(vendors, ",") {
		if strings.HasPrefix(software, vendor) {
			return true
		}
	}
	return false
}

// squeeze makes a server's text comparable: bounded, lower case, white space
// and line ends as single spaces.
func squeeze(text string) string {
	text = text[:min(len(text), maxReply)]
	return strings.Join(strings.Fields(strings.ToLower(text)), " ")
}
