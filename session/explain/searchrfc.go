package explain

import (
	"slices"
	"strconv"
	"strings"
)

// KindRFC is a document that texts cite; [Search] makes it, and it is in no table.
const KindRFC = "document"

// documents explains each RFC that the line names by its number, "RFC 5321" or "rfc5321", where the line asks for nothing else.
func (q *query) documents() {
	line := strings.ToUpper(strings.Join(q.words, " "))
	number := strings.TrimSpace(strings.TrimPrefix(line, "RFC"))
	if n, err := strconv.Atoi(number); err != nil || n < 1 || !strings.HasPrefix(line, "RFC") {
		return
	}
	if e, ok := document(strings.TrimLeft(number, "0")); ok {
		q.add(e, rankLine)
	}
}

// document is what is known of an RFC: its title, what one looks up in it, what replaced it, and the cards that cite it.
func document(number string) (Entry, bool) {
	title, purpose := titleOf(number)
	doc := "RFC " + number
	e := Entry{Kind: KindRFC, Name: doc, Short: purpose, Text: title + ".", See: citedBy(doc)}
	if by := ObsoletedBy(doc); by != "" {
		e.Status, e.Text = "obsolete", e.Text+" It was replaced by "+by+"."
		if was, _ := titleOf(strings.TrimPrefix(by, "RFC ")); was != "" && was != title {
			e.Text = strings.TrimSuffix(e.Text, ".") + ", " + was + "."
		}
	}
	return e, title != ""
}

// titleOf finds the line of an RFC; both are empty where there is none.
func titleOf(number string) (title, purpose string) {
	for line := range strings.Lines(rfcText) {
		if rest, ok := strings.CutPrefix(line, number+" "); ok {
			title, purpose, _ = strings.Cut(strings.TrimSpace(rest), " | ")
			return title, purpose
		}
	}
	return "", ""
}

// citedBy are some of the cards that cite a document, those that explain most first.
func citedBy(doc string) (ids []string) {
	const most = 8
	for _, t := range tables {
		for r := range t.rows() {
			if !strings.Contains(r.source(), doc) {
				continue
			}
			if e := r.entry(); slices.ContainsFunc(e.Refs, func(ref Ref) bool { return ref.Doc == doc }) && !slices.Contains([]string{KindPhrase, KindWording, KindReply, KindEnhanced}, e.Kind) {
				if ids = append(ids, e.ID()); len(ids) == most {
					return ids
				}
			}
		}
	}
	return ids
}
