package doctor

import (
	_ "embed"
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// listing is what a reply says of the block list that the client's address is on.
type listing struct {
	// name is that of the list, a domain name as the reply has it, or else of who runs it; empty where the reply names neither.
	name string
	// page is the address of a web page that the reply names.
	page string
	// policy says that home and dynamic addresses are meant: they are on such a list whatever they send.
	policy bool
}

// addressListed is the finding of a reply about a block list.
const addressListed record.FindingCode = "address-listed"

//go:embed data/refusals.txt
var refusals string

// saying are the words by which replies are read, by what they are about.
var saying = lazy.Value[map[string][]string]{Make: func() map[string][]string {
	words := map[string][]string{}
	for key, value := range explain.Fields(refusals) {
		words[key] = strings.Split(strings.Join(strings.Fields(value), " "), ", ")
	}
	return words
}}

// says reports whether the reply that decided has words, or an enhanced status code, about something.
func (r *reading) says(about string) bool {
	if r.refusal == nil {
		return false
	}
	text, code := strings.ToLower(r.refused()), r.refusal.Enhanced.String()
	return slices.ContainsFunc(saying.Get()[about], func(words string) bool {
		return strings.Contains(text, words) || strings.HasPrefix(words, "x.") && strings.HasSuffix(code, words[1:])
	})
}

// refused is what the reply that decided says, in one line and made visible; empty where there is none.
func (r *reading) refused() string {
	if r.refusal == nil {
		return ""
	}
	text := r.refusal.Text()
	return strings.Join(strings.Fields(wire.VisibleString(strings.ReplaceAll(text[:min(len(text), mostListed)], "\n", " "))), " ")
}

// mostListed bounds what is read of a reply, and mostPage what is repeated of the address of a page, in bytes.
const (
	mostListed = 4096
	mostPage   = 200
)

// listing reads the reply that decided.
func (r *reading) listing() (l listing) {
	text := r.refused()
	l.policy, l.name, l.page = r.says("Policy"), r.listNamed(text), pageIn(text)
	for _, keeper := range saying.Get()["Keepers"] {
		if l.name == "" && strings.Contains(strings.ToLower(text), strings.ToLower(keeper)) {
			l.name = keeper
		}
	}
	return l
}

// listNamed is the first domain name after words that say that a list follows; the server's own name is none.
func (r *reading) listNamed(text string) string {
	before := ""
	for word := range strings.FieldsSeq(text) {
		name := strings.Trim(word, `"'<>()[]{},;:.!?“”`)
		leads := func(words string) bool { return before == words || strings.HasSuffix(before, " "+words) }
		if isListName(name) && !strings.EqualFold(name, r.host()) && slices.ContainsFunc(saying.Get()["Before"], leads) {
			return name
		}
		before += " " + strings.ToLower(strings.TrimRight(word, ",;:"))
	}
	return ""
}

// isListName reports whether a word is a domain name of several labels, and no address.
func isListName(word string) bool {
	return !isAddress(word) && strings.Contains(word, ".") && record.IsDomain(word)
}

func isAddress(word string) bool {
	_, err := netip.ParseAddr(word)
	return err == nil
}

// pageIn is the first web address in a text; empty where it is not in plain ASCII, or longer than one is.
func pageIn(text string) string {
	for word := range strings.FieldsSeq(text) {
		at := max(strings.Index(word, "https://"), strings.Index(word, "http://"))
		if at < 0 {
			continue
		}
		if page := strings.TrimRight(word[at:], `"'<>)]},;:.!`); len(page) <= mostPage && isTyped(page) {
			return page
		}
	}
	return ""
}
