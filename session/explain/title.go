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

// Gloss is the short form. Where that stands for the title already it is what tells the entry apart from others with this title: whose wording it is,
// and how it reads.
func (e Entry) Gloss() string {
	if !e.madeUp() {
		return e.Short
	}
	reads := e.reads()
	if e.Vendor != "" && reads != "" {
		return e.Vendor + ": " + reads
	}
	return e.Vendor + reads
}

// reads is a text that an entry explains, the first of several, in lower case; empty where no one text is enough.
func (e Entry) reads() string {
	for _, t := range tables {
		if t.kind != e.Kind {
			continue
		}
		if r, ok := t.row(fold(e.Name)); ok && len(r.conditions().match) > 0 {
			return `"` + strings.ReplaceAll(r.conditions().match[0], " & ", " … ") + `"`
		}
	}
	return ""
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
