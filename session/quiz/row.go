package quiz

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/explain"
)

// A row makes a question of entries of a table: it names them, and the table says the rest.
type row struct {
	table  string // the kind of the table
	way    string // what is asked: meaning, name, code, number or pairs
	of     []string
	others []string // the wrong ones
}

// kind is how the question is asked.
func (r *row) kind() Kind {
	switch r.way {
	case "pairs":
		return Match
	case "code", "number":
		return Type
	}
	return Choose
}

// side is what is asked for about an entry.
func (r *row) side(e explain.Entry) string {
	switch r.way {
	case "name", "code":
		return e.Name
	case "number":
		return e.Number
	}
	return e.Short
}

// called are the tables in the words of a question: what an entry is, and how one asks what it means.
var called = [...]struct{ table, noun, means string }{
	{explain.KindPort, "TCP port", "What is TCP port %s for?"},
	{explain.KindReply, "reply code", "What does the reply code %s mean?"},
	{explain.KindEnhanced, "enhanced status code", "What does the enhanced status code %s mean?"},
	{explain.KindKeyword, "EHLO keyword", "What does the EHLO keyword %s mean?"},
	{explain.KindParameter, "parameter", "What does the parameter %s of MAIL or RCPT do?"},
	{explain.KindMechanism, "SASL mechanism", "What is the SASL mechanism %s?"},
	{explain.KindCommand, "command", "What does a client want with the command %s?"},
	{explain.KindAlert, "TLS alert", "What does the TLS alert %s mean?"},
	{explain.KindMessage, "TLS message", "What is the TLS message %s?"},
	{explain.KindExtension, "TLS extension", "What is the TLS extension %s for?"},
}

// set takes a field of a row; ok is false where it is none.
func (r *row) set(key, value string) (ok bool) {
	switch key {
	case "Table":
		r.table = value
	case "Way":
		r.way = value
	case "Of":
		r.of = strings.Split(value, ", ")
	case "Not":
		r.others = strings.Split(value, ", ")
	default:
		return false
	}
	return true
}

// ask makes the question. What is not in the table is left out, and found by the tests.
func (r *row) ask(it *Item) {
	it.Table, it.Kind = r.table, r.kind()
	for i, of := range r.of {
		e, ok := explain.ByID(r.table + ":" + of)
		if !ok {
			continue
		}
		it.Source, it.See = explain.JoinRefs(it.Source, e.Refs), append(it.See, r.table+":"+of)
		it.Why += map[bool]string{true: " "}[i > 0] + r.because(e)
		switch it.Kind {
		case Type:
			it.Answer = r.side(e)
		case Match:
			it.Choices, it.Pairs = append(it.Choices, Choice{Text: e.Name}), append(it.Pairs, e.Short)
		default:
			it.Choices = append(it.Choices, Choice{Text: r.side(e)})
		}
		it.Prompt = r.prompt(e)
	}
	r.mislead(it)
}

// because is what the table says of an entry; of one of several only the first sentence that tells it from others.
func (r *row) because(e explain.Entry) string {
	if len(r.of) == 1 {
		return e.Name + ": " + e.Text
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(e.Text, "Permanent failure. "), ". ")
	return e.Name + ": " + strings.TrimSuffix(first, ".") + "."
}

// prompt asks for what the entry is, or is called.
func (r *row) prompt(e explain.Entry) string {
	words := called[slices.IndexFunc(called[:], func(c struct{ table, noun, means string }) bool { return c.table == r.table })]
	switch r.way {
	case "pairs":
		return fmt.Sprintf("Which meaning belongs to which %s?", words.noun)
	case "meaning":
		return fmt.Sprintf(words.means, e.Name)
	case "number":
		return fmt.Sprintf("Type the number of the %s %s.", words.noun, e.Name)
	case "name":
		return fmt.Sprintf("Which %s has this meaning: “%s”?", words.noun, e.Short)
	}
	return fmt.Sprintf("Type the %s that has this meaning: “%s”.", words.noun, e.Short)
}

// mislead adds the wrong choices, each of which is what another entry of the table is.
func (r *row) mislead(it *Item) {
	for _, other := range r.others {
		if e, ok := explain.ByID(r.table + ":" + other); ok {
			it.Choices = append(it.Choices, Choice{r.side(e), fmt.Sprintf("That is %s: %s.", e.Name, e.Short)})
		}
	}
}
