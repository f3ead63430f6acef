package doctor

import (
	_ "embed"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"ehlo/session/explain"
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

//go:embed data/listings.txt
var listings string

// listWords are the words by which replies are read, in lower case but for the names.
type listWords struct{ before, keepers, policy []string }

var knownLists = sync.OnceValue(func() (w listWords) {
	for key, value := range explain.Fields(listings) {
		words := strings.Split(strings.Join(strings.Fields(value), " "), ", ")
		switch key {
		case "Before":
			w.before = words
		case "Keepers":
			w.keepers = words
		case "Policy":
			w.policy = words
		}
	}
	return w
})

// mostListed bounds what is read of a reply, and mostPage what is repeated of the address of a page, in bytes.
const (
	mostListed = 4096
	mostPage   = 200
)

// listing reads the reply that decided.
func (r *reading) listing() (l listing) {
	if r.refusal == nil {
		return l
	}
	text := r.refusal.Text()
	text = strings.Join(strings.Fields(wire.VisibleString(strings.ReplaceAll(text[:min(len(text), mostListed)], "\n", " "))), " ")
	lower := strings.ToLower(text)
	known := knownLists()
	l.policy = slices.ContainsFunc(known.policy, func(words string) bool { return strings.Contains(lower, words) })
	l.name, l.page = r.listNamed(text), pageIn(text)
	for _, keeper := range known.keepers {
		if l.name == "" && strings.Contains(lower, strings.ToLower(keeper)) {
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
		if isListName(name) && !strings.EqualFold(name, r.host()) && slices.ContainsFunc(knownLists().before, leads) {
			return name
		}
		before += " " + strings.ToLower(strings.TrimRight(word, ",;:"))
	}
	return ""
}

// isListName reports whether a word is a domain name of several labels, and no address.
func isListName(word string) bool {
	_, err := netip.ParseAddr(word)
	return err != nil && strings.Contains(word, ".") && record.IsDomain(word)
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
