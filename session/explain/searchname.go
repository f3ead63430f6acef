package explain

import (
	"slices"
	"strings"
)

// maxTitle is the length, in words, up to which a line may be a name or a question.
const maxTitle = 16

// names finds entries whose name is the line, or else what the question in the
// line is about, or else that without the word for its kind ("EHLO command").
func (q *query) names() {
	if e, ok := ByID(q.line); ok { // as the lists of related entries have it
		q.add(e, rankName)
		return
	}
	// A bare code is found, and its places with it.
	if len(q.content) == 1 && len(q.found) > 0 {
		return
	}
	core := withoutWeak(q.content)
	for _, name := range []string{q.line, strings.Join(q.content, " "), strings.Join(withoutKinds(q.content), " "), strings.Join(core, " "),
		strings.Join(withoutKinds(core), " ")} {
		if name != "" && !q.named() {
			q.name(name)
		}
	}
	for _, t := range tables {
		q.numbered(t)
	}
	if len(q.found) == 0 && isPrivate(q.line) && isKeyword(q.line) {
		e, _ := Keyword(q.line, nil)
		q.add(e, rankName)
	}
}

// name finds what is called name. What is so called only without its spaces
// and hyphens counts where nothing else does.
func (q *query) name(name string) {
	var alike []*Entry
	for _, t := range tables {
		if t == &wordingTable { // their names are made up
			continue
		}
		e := t.find(name)
		switch {
		case e == nil:
		case strings.EqualFold(e.Name, name) && e.Kind != KindPhrase:
			q.add(*e, rankName)
		case e.Kind == KindPhrase, slices.ContainsFunc(e.Also, func(also string) bool { return strings.EqualFold(also, name) }):
			q.addScored(*e, rankAlso, e.weight())
		default:
			alike = append(alike, e)
		}
	}
	if !q.named() {
		for _, e := range alike {
			q.addScored(*e, rankAlso, e.weight())
		}
	}
}

// weight puts what people ask about before the details of protocols, and what
// is gone last.
func (e *Entry) weight() int { return weightOf(e.Kind, e.Status) }

func weightOf(kind, status string) int {
	switch {
	case status == "obsolete" && (kind == KindCommand || kind == KindKeyword):
		return 4
	case kind == KindTopic:
		return 0
	case slices.Contains([]string{KindCommand, KindKeyword, KindReply, KindMechanism, KindPort, KindFinding}, kind):
		return 1
	}
	return 2
}

// isKeyword follows ehlo-keyword (RFC 5321 §4.1.1.1), in capitals as private
// keywords are written.
func isKeyword(word string) bool {
	return strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// numbered finds "alert 70", "extension 51" and "message 11".
func (q *query) numbered(t *table) {
	if len(q.words) != 2 || t.kind == KindReply || !strings.HasSuffix(t.kind, strings.ToLower(q.words[0])) {
		return
	}
	if e := t.numbered(q.words[1]); e != nil {
		q.add(*e, rankName)
	}
}

// within finds the card or the finding of which a name stands whole among the words of a question: "which port for Outlook".
// The longest name counts.
func (q *query) within() {
	if len(q.content) < 2 || q.isWritten() || slices.ContainsFunc(q.found, func(f ranked) bool { return f.rank <= rankCode }) {
		return
	}
	words := make([]string, len(q.words))
	for i, word := range q.words {
		words[i] = stem(strings.Trim(strings.ToLower(word), ",;:.?()<>\"'"))
	}
	var best *Entry
	most := 0
	for _, t := range []*table{&topicTable, &findingTable} {
		for r := range t.rows() {
			if n := r.namedWithin(words); n > most {
				best, most = r.entry(), n
			}
		}
	}
	if best == nil {
		best = called(strings.Join(withoutPlaces(withoutWeak(q.content)), " "))
	}
	if best != nil {
		q.add(*best, rankText)
	}
}

// namedWithin says how much of the longest name of two words or more stands among the words, which are stems, 0 if none does
// whole. A word that names no place counts threefold.
func (r row) namedWithin(words []string) (most int) {
	for _, name := range r.names() {
		parts := strings.Fields(strings.ToLower(strings.ReplaceAll(name, "-", " ")))
		if len(parts) < 2 || slices.ContainsFunc(parts, func(part string) bool { return !slices.Contains(words, stem(part)) }) {
			continue
		}
		most = max(most, len(parts)+2*len(withoutPlaces(parts)))
	}
	return most
}

// comparison finds the things of a question about two or more, such as "EHLO
// or HELO", if all of them have a name.
func (q *query) comparison() {
	compares := func(word string) bool {
		switch strings.ToLower(word) {
		case "vs", "vs.", "versus", "or", "and", "difference":
			return true
		}
		return false
	}
	unnamed := func(word string) bool { return called(word) == nil }
	if slices.ContainsFunc(q.words, compares) && !slices.ContainsFunc(q.content, unnamed) {
		q.parts()
	}
}

// parts finds what the words are the names of, in their order, if nothing has
// a better reason to be shown. In a line of a log or a header that nothing explains, a name says nothing.
func (q *query) parts() {
	if len(q.found) > 0 || len(q.words) < 2 || q.isWritten() || strings.Contains(q.line, "]: ") {
		return
	}
	for _, word := range q.content {
		if e := called(word); e != nil {
			q.add(*e, rankPart)
		}
	}
}

// called finds the entry that people most likely mean by a name: what is named
// so comes before what is also named so.
func called(name string) *Entry {
	var best *Entry
	least := 0
	for _, t := range tables {
		if t == &wordingTable { // their names are made up
			continue
		}
		e := t.find(name)
		if e == nil {
			continue
		}
		far := e.weight()
		if !strings.EqualFold(e.Name, name) {
			far += inAlso
		}
		if best == nil || far < least {
			best, least = e, far
		}
	}
	return best
}

// weak are the words of a question that are about nothing in particular. They count only where the rest has no name.
const weak wordList = `test testing check checking fix fixing solve set setup configure enable find see know tell make happen happens problem
	issue available possible correct right best good actually really still always keep keeps anymore now today want try i'm can't won't
	someone something anything any all no yes say says said off out up down be been being using via through over into so too also then than only just some more most
	much many between versus exactly properly correctly please understand like`

// withoutWeak leaves them out.
func withoutWeak(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return weak.has(word) })
}

// contentWords leaves out the words that questions are made of. A line that is
// longer than a question has none.
func contentWords(words []string) []string {
	if len(words) > maxTitle {
		return nil
	}
	var out []string
	for _, word := range words {
		word = strings.Trim(strings.ToLower(word), ",;:.?()<>\"'")
		if word != "" && !isFiller(word) {
			out = append(out, word)
		}
	}
	return out
}

func isFiller(word string) bool {
	switch word {
	case "a", "an", "the", "and", "or", "of", "for", "to", "in", "on", "at", "by", "with", "from", "as", "if", "about",
		"i", "my", "me", "you", "your", "we", "it", "its", "this", "that", "there",
		"what", "what's", "how", "why", "which", "when", "where", "who",
		"is", "are", "was", "be", "do", "does", "did", "can", "could", "should", "would", "has", "have", "get", "got",
		"not", "mean", "means", "meaning", "explain", "work", "works", "use", "used", "need", "difference", "differ", "differs", "different", "between", "vs",
		"versus", "please":
		return true
	}
	return false
}

// withoutPlaces leaves out the words that say where something happens, which it does with mail anyhow.
func withoutPlaces(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		switch word {
		case "smtp", "mail", "mails", "email", "emails", "e-mail", "server", "message", "messages", "client":
			return true
		}
		return false
	})
}

// withoutKinds leaves out the words that say what kind of thing is meant.
func withoutKinds(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		switch word {
		case "command", "verb", "keyword", "extension", "mechanism", "code", "reply", "response", "answer", "error",
			"alert", "record", "header", "protocol", "finding", "topic":
			return true
		}
		return false
	})
}
