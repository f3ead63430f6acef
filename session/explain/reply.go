package explain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// An Explanation says what a line means where it stands.
type Explanation struct {
	Short string `json:"short"`
	Text  string `json:"text"`
	// Cause, Remedy and Operator are set where something went wrong, or may have: the remedy for the reader, and that for
	// the operator of the server.
	Cause    string `json:"cause,omitempty"`
	Remedy   string `json:"remedy,omitempty"`
	Operator string `json:"operator,omitempty"`
	// Vendor names the software whose phrase was recognized.
	Vendor string `json:"vendor,omitempty"`
	Refs   []Ref  `json:"refs,omitempty"`
	// Entries lists the IDs of the entries behind the explanation, the most
	// specific first.
	Entries []string `json:"entries,omitempty"`
}

// A ReplyContext is a reply and the place where it came.
type ReplyContext struct {
	// Verb is the command answered, in upper case. It is empty for the
	// greeting, "." for the end of DATA, "AUTH" for every round of AUTH, "*" for
	// the line that cancels it, and "unknown" where nobody knows.
	Verb string
	// TLS says whether the session is inside TLS.
	TLS bool
	// Software is what [Banner] recognized; empty if unknown.
	Software string
	Code     int
	// Enhanced is the enhanced status code; all zero if there was none.
	Enhanced [3]int
	// Text is what follows the code, lines joined with "\n".
	Text string
	// Proof is what a login proves itself by, for replies to AUTH: "password",
	// "token", "certificate", "nothing" (ANONYMOUS) or "" if that is not known.
	Proof string
}

// Verbs of a [ReplyContext] that are no commands, or are looked at apart.
const (
	verbAuth    = "AUTH"
	verbCancel  = "*"
	verbUnknown = "unknown"
)

// Reply explains a reply in its place: first what the code says as an answer
// to that command, then its enhanced code, then the phrase of a known vendor.
// The phrase wins for Cause and Remedy, because vendors use the same codes for
// different things; a general phrase or code only adds to what the place says.
func Reply(c ReplyContext) Explanation {
	var x Explanation
	phrase, enhanced := phraseFor(c), enhancedOf(c)
	if enhanced != nil && c.Enhanced[2] <= 9 && aboutProof(c) { // 5.7.8 speaks of passwords first
		enhanced = nil
	}
	if phrase != nil && phrase.Status != statusGeneral {
		x.addPhrase(phrase)
	}
	if enhanced != nil && enhanced.Status != statusGeneral && c.Code >= 400 && !placeFirst(c) {
		x.fill(c, enhanced)
	}
	if phrase != nil && c.Verb == verbUnknown { // the code alone says even less than a general phrase
		x.addPhrase(phrase)
	}
	x.addPlace(c)
	if phrase != nil {
		x.addPhrase(phrase)
	}
	if enhanced != nil {
		x.fill(c, enhanced)
		if !lacksMechanism(c) && !overridden(c, phrase) {
			x.addDetail(c, enhanced)
		}
	}
	return x
}

// overridden reports whether a vendor's words to a login say what its enhanced
// code, which may be registered for something else, does not.
func overridden(c ReplyContext, phrase *Entry) bool {
	return c.Verb == verbAuth && phrase != nil && phrase.Vendor != "" && phrase.Status != statusGeneral
}

// placeFirst reports whether the place says more than any enhanced code.
func placeFirst(c ReplyContext) bool { return endangered(c) || lacksMechanism(c) }

// lacksMechanism holds for a 504 to AUTH, which is about the mechanism whatever
// enhanced code a server adds (RFC 4954 §4).
func lacksMechanism(c ReplyContext) bool { return c.Verb == verbAuth && c.Code == 504 }

// endangered reports whether TLS was asked for and refused. Whether to go on
// without it is then the question (RFC 3207 §4.1, §6), and the answer to it is
// in the entry of the place, not of a code that other commands have as well.
func endangered(c ReplyContext) bool { return c.Verb == "STARTTLS" && !c.TLS }

// aboutProof reports whether the place knows more of this kind of login than
// an enhanced code, which servers use for all kinds.
func aboutProof(c ReplyContext) bool {
	if c.Proof == "" {
		return false
	}
	p, ok := placeOf(strconv.Itoa(c.Code), c)
	return ok && p.conditions().proof != ""
}

// addPhrase sets, from a phrase, what no better source has set.
func (x *Explanation) addPhrase(p *Entry) {
	x.Short = cmp.Or(x.Short, p.Short)
	x.Cause = cmp.Or(x.Cause, p.Text)
	x.remedied(p)
	x.Vendor = cmp.Or(x.Vendor, p.Vendor)
	x.add(p)
}

// enhancedOf returns the entry of the enhanced code, whose class has to agree
// with the first digit of the code (RFC 2034 §4); nil if there is none.
func enhancedOf(c ReplyContext) *Entry {
	if c.Enhanced[0] != c.Code/100 {
		return nil
	}
	return findEnhanced(c.Enhanced)
}

func (x *Explanation) addPlace(c ReplyContext) {
	e := placed(c)
	if e == nil {
		x.Text = "This is not a reply code: the first digit is from 2 to 5, the second from 0 to 5."
		x.Short = cmp.Or(x.Short, "not a reply code")
		x.Refs = JoinRefs(x.Refs, []Ref{{"RFC 5321", "4.2"}})
		return
	}
	x.Text = e.Text
	if c.Code == 334 {
		x.addChallenge(c.Text)
	}
	x.Short = cmp.Or(x.Short, e.Short)
	x.remedied(e)
	x.add(e)
}

// remedied takes what to do from an entry, for both who can, unless a better source has said it.
func (x *Explanation) remedied(e *Entry) {
	if x.Remedy == "" && x.Operator == "" {
		x.Remedy, x.Operator = e.Remedy, e.Operator
	}
}

func (x *Explanation) addChallenge(text string) {
	if b, ok := openBlob(strings.TrimSpace(text)); ok {
		x.Text = "Decoded, this one is: " + b.what + ". " + x.Text
	}
}

// fill sets, from an enhanced code, what no better source has set.
func (x *Explanation) fill(c ReplyContext, e *Entry) {
	x.Short = cmp.Or(x.Short, e.Short)
	if x.Cause == "" && c.Code >= 400 && e.Status != statusGeneral && !lacksMechanism(c) {
		_, x.Cause, _ = strings.Cut(e.Text, ". ")
	}
	if c.Code >= 400 {
		x.remedied(e)
	}
	x.add(e)
}

// addDetail says what the enhanced code has beyond the place: nothing, if its
// detail is 0 (RFC 3463 §3.1) or a success of a detail that is not known.
func (x *Explanation) addDetail(c ReplyContext, e *Entry) {
	if c.Enhanced[2] != 0 && (c.Code >= 400 || detailOf(e.Name) != nil) {
		x.Text += " " + e.Name + " adds: " + e.Short + "."
	}
}

func (x *Explanation) add(e *Entry) {
	if id := e.ID(); !slices.Contains(x.Entries, id) {
		x.Refs = JoinRefs(x.Refs, e.Refs)
		x.Entries = append(x.Entries, id)
	}
}

// placed finds the entry for a code after a command, or else for its first
// digit after that command, or else for the code alone.
func placed(c ReplyContext) *Entry {
	if c.Code == 552 && !AboutSize(c.Enhanced) {
		c.Code = 550
	}
	code := strconv.Itoa(c.Code)
	if e := placedAs(code, c); e != nil {
		return e
	}
	if e := placedAs(code[:1]+"xx", c); e != nil && isReplyCode(c.Code) {
		return e
	}
	if c.Verb == verbCancel { // it is a round of AUTH like the others
		c.Verb = verbAuth
		return placed(c)
	}
	return findCode(c.Code)
}

// AboutSize reports whether an enhanced code leaves 552 what it means by itself, that there is too much (RFC 5321 §4.2.3): there is none,
// or it is about the mailbox's space, the length of the message or the mail system. Servers use 552 for content and policy too, and then mean 550.
func AboutSize(enhanced [3]int) bool {
	subject, detail := enhanced[1], enhanced[2]
	return subject == 0 || subject == 2 && (detail == 2 || detail == 3) || subject == 3
}

// placedAs finds the entry for a word, a code or its first digit, after a command.
func placedAs(word string, c ReplyContext) *Entry {
	if p, ok := placeOf(word, c); ok {
		return p.entry()
	}
	return nil
}

// placeOf finds where a word stands after a command, best for this kind of login.
func placeOf(word string, c ReplyContext) (found row, ok bool) {
	for r := range replyTable.rows() {
		if !r.isFor(word) || !r.conditions().standsAt(c) {
			continue
		}
		switch proof := r.conditions().proof; {
		case proof == "" && !ok:
			found, ok = r, true
		case proof != "" && proof == c.Proof:
			return r, true
		}
	}
	return found, ok
}

// standsAt reports whether a reply stands after the command answered.
func (w *conditions) standsAt(c ReplyContext) bool {
	return slices.Contains(w.after, cmp.Or(c.Verb, "greeting")) && (w.tls == "" || (w.tls == "yes") == c.TLS)
}

// isFor reports whether word is the first of the name: the code of a reply, or a
// parameter.
func (r row) isFor(word string) bool {
	name := r.name()
	return strings.HasPrefix(name, word) && (len(name) == len(word) || name[len(word)] == ' ')
}

// stands reports whether a phrase says which refusal a reply is. One that goes by
// an enhanced code as well says it only beside that code.
func (r row) stands(c ReplyContext) bool {
	return r.field("Means") != "" && (r.conditions().enhanced == "" || c.Enhanced != [3]int{})
}

// Refusal is the finding that the words of a refusal stand for, or else its code
// where the kind of login decides, or else its enhanced code; empty where none of
// them says more than the command that was answered.
func Refusal(c ReplyContext) string {
	means, _ := refusal(c)
	return means
}

// RefusalShort says in short what [Refusal] goes by says: of a finding that stands for
// many reasons, which of them it is.
func RefusalShort(c ReplyContext) string {
	_, short := refusal(c)
	return short
}

func refusal(c ReplyContext) (means, short string) {
	if p, ok := bestPhrase(comparable(c), anyPhrase); ok && p.stands(c) {
		return p.field("Means"), p.field("Short")
	}
	if aboutProof(c) {
		e := placed(c)
		return e.Means, e.Short
	}
	if e := enhancedOf(c); e != nil {
		return e.Means, e.Short
	}
	return "", ""
}
