package explain

import (
	"cmp"
	"slices"
	"strings"

	"ehlo/session/tlswire"
)

// maxTyped bounds what is looked up while a person types, in bytes: a longer line was pasted, and is cut.
const maxTyped = 400

// Matches finds what a line may come to while a person still types it, best first and at most most of them: what [Lookup] finds
// for it as it stands, then what is called so from its beginning, then what has every word of it, from the beginning of a word,
// in a name, in its short form, or anywhere. What Lookup finds by its text alone, and the code points of TLS that happen to have a
// number, come after what is called so. all is how many there are.
func Matches(line string, most int) (best []Entry, all int) {
	line = strings.ToLower(strings.TrimSpace(line[:min(len(line), maxTyped)]))
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil, 0
	}
	typed := typing{line: line, folded: fold(line), words: contentWords(words)}
	if len(typed.words) == 0 { // the beginning of a word looks like one that questions are made of
		typed.words = words
	}
	sure, points, loose := divided(Lookup(words), line)
	typed.tables()
	typed.points()
	slices.SortStableFunc(typed.near, func(a, b nearby) int { return a.far - b.far })
	called := slices.IndexFunc(typed.near, func(n nearby) bool { return n.far >= farShort })
	if called < 0 {
		called = len(typed.near)
	}
	m := matches{most: most, seen: map[string]bool{}}
	m.take(sure)
	if len(points) > 0 { // a word of a whole topic is rather that than a message of TLS
		m.near(typed.about(typed.near[:called]))
	}
	m.take(points)
	m.near(typed.near[:called])
	m.take(loose)
	m.near(typed.near[called:])
	return m.best, m.all
}

// divided are the entries of a lookup that the line is sure to mean, the code points of TLS that it names, and those that hold its words
// somewhere or have the number that it is.
func divided(found Found, line string) (sure, points, loose []Entry) {
	entries := append(slices.Clone(found.Entries), found.Also...)
	if found.loose {
		return nil, nil, entries
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Kind, "tls-") {
			points = append(points, e)
		} else {
			sure = append(sure, e)
		}
	}
	if isNumber(line) && len(sure) > 0 {
		return sure, nil, points
	}
	return sure, points, nil
}

// about are the topics and terms whose names have the line as a word.
func (t *typing) about(list []nearby) (topics []nearby) {
	for _, n := range list {
		if n.row.topical() && wholeWord(strings.ToLower(n.row.name()), t.line) >= 0 {
			topics = append(topics, n)
		}
	}
	return topics
}

// matches collects what was found, each once.
type matches struct {
	best []Entry
	most int
	all  int
	seen map[string]bool
}

func (m *matches) take(entries []Entry) {
	for _, e := range entries {
		m.add(e.ID(), func() Entry { return e })
	}
}

func (m *matches) near(list []nearby) {
	for _, n := range list {
		m.add(n.id(), n.entry)
	}
}

// add counts an entry, and makes it where there is room for it.
func (m *matches) add(id string, entry func() Entry) {
	if m.seen[id] {
		return
	}
	m.seen[id] = true
	if m.all++; len(m.best) < m.most {
		m.best = append(m.best, entry())
	}
}

// typing is a line that is being typed, in lower case, and what is near it.
type typing struct {
	line   string
	folded string // without what does not matter in a name
	words  []string
	near   []nearby
}

// nearby is an entry of a table, or a code point without one, and how far it is from what was typed.
type nearby struct {
	row   row
	point tlswire.Point
	far   int
}

func (n nearby) entry() Entry {
	if n.row.table == nil {
		return pointEntry(n.point)
	}
	return *n.row.entry()
}

func (n nearby) id() string {
	if n.row.table == nil {
		return n.point.Kind + ":" + n.point.Name
	}
	return n.row.table.kind + ":" + n.row.name()
}

// How far an entry is that holds what was typed in one of its parts.
const (
	farBegun  = 10 * (iota + 1) // its name begins with the line
	farAlso                     // another of its names does
	farNamed                    // its names hold the words
	farLonger                   // it is a number that begins with the line, and has more digits
	farShort                    // its short form does
	farText                     // anything else of it does
)

func (t *typing) tables() {
	for _, table := range tables {
		for r := range table.rows() {
			if far := t.far(r); far > 0 {
				t.near = append(t.near, nearby{row: r, far: far})
			}
		}
	}
}

// far is how far a row is, 0 if it does not hold all of the words: the name of a topic holds them by their stems too, as that of
// stripping does stripped.
func (t *typing) far(r row) int {
	far := t.distance(r)
	if r.topical() && (far == 0 || far > farNamed) && t.stemmedIn(strings.ToLower(r.name())) {
		return farNamed
	}
	return far
}

// distance is far by the words as they are. A row whose source lacks one is not read.
func (t *typing) distance(r row) int {
	for _, word := range t.words {
		if !containsFold(r.source(), word) {
			return 0
		}
	}
	names, weight := strings.ToLower(r.name()+"\n"+joined(r.also())), weightOf(r.table.kind, r.field("Status"))
	switch made := r.table == &phraseTable || r.table == &wordingTable; { // their names are made up
	case isNumber(t.line) && strings.HasPrefix(names, t.line) && wholeWord(names, t.line) < 0: // 250 is not what 25 is about
		return farLonger + weight
	case !made && (strings.HasPrefix(names, t.line) || strings.HasPrefix(fold(r.name()), t.folded)):
		return farBegun + weight
	case !made && (strings.Contains(names, "\n"+t.line) || strings.Contains(names, ", "+t.line)):
		return farAlso + weight
	case !made && t.begunIn(names):
		return farNamed + weight
	case t.begunIn(strings.ToLower(joined(r.field("Short")))):
		return farShort + weight
	case t.begunIn(strings.ToLower(prose(r.source()))):
		return farText + weight
	}
	return 0
}

// prose is what a person reads of a source, and by what its fragments are found, without the names of its fields.
func prose(source string) string {
	var texts []string
	for key, value := range Fields(source) {
		switch key {
		case "Text", "Said", "Exam", "Remedy", "Operator", "Match", "Vendor", "Form", "Refs", "Number", "Codes", "Enhanced":
			texts = append(texts, joined(value))
		}
	}
	return strings.Join(texts, "\n")
}

// begunIn reports whether each word begins a word of a text in lower case.
func (t *typing) begunIn(text string) bool {
	return !slices.ContainsFunc(t.words, func(word string) bool { return !begins(text, word) })
}

// topical reports whether a row is a topic or a term.
func (r row) topical() bool { return r.table == &topicTable || r.table == &glossaryTable }

func isNumber(line string) bool { return strings.Trim(line, "0123456789") == "" }

// stemmedIn reports whether the stem of each word begins a word of a text in lower case.
func (t *typing) stemmedIn(text string) bool {
	return !slices.ContainsFunc(t.words, func(word string) bool { return !begins(text, stem(word)) })
}

func begins(text, word string) bool {
	for at := 0; ; at++ {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		if at += i; at == 0 || !isWord(text[at-1]) || !isWord(word[0]) {
			return true
		}
	}
}

// points adds the code points of TLS that no table has, by their names.
func (t *typing) points() {
	for _, r := range tlswire.Registries() {
		for _, name := range r.Names() {
			low := strings.ToLower(name)
			if !t.begunIn(strings.ReplaceAll(low, "_", " ")) && !strings.HasPrefix(low, t.line) {
				continue
			}
			c, _ := r.Named(name)
			p := tlswire.Point{Registry: r, Code: c}
			if _, ok := article(p); !ok {
				t.near = append(t.near, nearby{point: p, far: farNamed + cmp.Compare(len(t.words), 1)})
			}
		}
	}
}

// Mentioned are the topics, terms, commands, keywords and mechanisms that a text names, in its order and at most most of them. An
// everyday word names nothing: a name counts if it is that of the entry itself, or is written as a name.
func Mentioned(text string, most int) []Entry {
	type mention struct {
		at int
		r  row
	}
	var found []mention
	low := strings.ToLower(text)
	for _, t := range tables {
		if !named(t.kind) {
			continue
		}
		for r := range t.rows() {
			if at := r.mentioned(text, low); at >= 0 {
				found = append(found, mention{at, r})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b mention) int { return a.at - b.at })
	var out []Entry
	for _, m := range found[:min(len(found), most)] {
		out = append(out, *m.r.entry())
	}
	return out
}

// named reports whether the names of a kind are words of the field. Codes, findings and wordings are found by what they answer.
func named(kind string) bool {
	switch kind {
	case KindReply, KindEnhanced, KindPhrase, KindWording, KindFinding, KindSoftware, KindPort, KindMessage, KindExtension, KindAlert, KindParameter, KindClaim:
		return false
	}
	return true
}

// mentioned is where a text names the row, -1 if it does not; low is the text in lower case.
func (r row) mentioned(text, low string) int {
	first := -1
	for i, name := range r.names() {
		in, lower := text, strings.ToLower(name)
		switch isName := name != lower; {
		case len(name) < 3, !isName && i > 0:
			continue
		case !isName:
			in = low
		}
		if at := wholeWord(in, name); at >= 0 && (first < 0 || at < first) {
			first = at
		}
	}
	return first
}

// wholeWord is where a name stands in a text as a word, -1 if it does not.
func wholeWord(text, name string) int {
	for at := 0; ; at += len(name) {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return -1
		}
		at += i
		if (at == 0 || !partOfName(text[at-1])) && (at+len(name) == len(text) || !partOfName(text[at+len(name)])) {
			return at
		}
	}
}

// partOfName holds for what a longer name goes on with.
func partOfName(c byte) bool { return isWord(c|0x20) || c == '-' || c == '_' }
