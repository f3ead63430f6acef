package explain

import (
	"fmt"
	"slices"
	"strings"
)

// Title is what an entry is called on a card. The names of wordings are made up, and their short form says more.
func (e Entry) Title() string {
	if e.madeUp() {
		return strings.TrimSuffix(sentence(e.Short), ".")
	}
	return e.Name
}

// Gloss is the short form, or whose wording it is where that stands for the title already.
func (e Entry) Gloss() string {
	if e.madeUp() {
		return e.Vendor
	}
	return e.Short
}

func (e Entry) madeUp() bool { return (e.Kind == KindPhrase || e.Kind == KindWording) && e.Short != "" }

// What says what kind of thing an entry is about, with its number and whether it is still in use.
func (e Entry) What() string {
	what := e.Kind
	switch e.Kind {
	case KindReply:
		what = "reply code"
	case KindEnhanced:
		what = "enhanced status code"
	case KindKeyword:
		what = "EHLO keyword"
	case KindMechanism:
		what = "AUTH mechanism"
	case KindClaim:
		what = "often said"
	case KindAlert:
		what = "TLS alert"
	case KindPhrase:
		what = "server reply text"
	case KindWording:
		what = "program message"
	case "tls-suite":
		what = "cipher suite"
	default:
		what = strings.Replace(what, "tls-", "TLS ", 1)
	}
	if e.Number != "" {
		what += " " + e.Number
	}
	if slices.Contains([]string{"obsolete", "historic", "limited", "experimental"}, e.Status) {
		what += ", " + e.Status
	}
	return what
}

// Answers are the reply codes that a command may get; empty for what is none.
func (e Entry) Answers() string {
	var parts []string
	if len(e.Success) > 0 {
		parts = append(parts, "success "+strings.Trim(fmt.Sprint(e.Success), "[]"))
	}
	if len(e.Failure) > 0 {
		parts = append(parts, "failure "+strings.Trim(fmt.Sprint(e.Failure), "[]"))
	}
	return strings.Join(parts, ", ")
}

// Related are the entries of See.
func (e Entry) Related() []Entry {
	var out []Entry
	for _, id := range e.See {
		if see, ok := ByID(id); ok {
			out = append(out, see)
		}
	}
	return out
}
