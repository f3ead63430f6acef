package explain

import (
	"cmp"
	"slices"
	"strings"
)

const (
	// maxQuery bounds what is searched for.
	maxQuery = 16 << 10
	// maxFound bounds how many entries a search returns.
	maxFound = 12
)

// Search finds what words mean, best first: a reply or enhanced code, a whole
// reply, command or EHLO line, a piece of a log, a keyword, mechanism, TLS
// name or number ("alert 70"), a port, a finding, a topic, or a base64 text.
// Secrets in a base64 text are masked. It returns at most twelve entries, and
// none if nothing fits: then see [Suggest].
func Search(words []string) []Entry { return find(words, false) }

// SearchRevealed is [Search] with the secrets of a base64 text shown.
func SearchRevealed(words []string) []Entry { return find(words, true) }

func find(words []string, reveal bool) []Entry {
	line := strings.Join(words, " ")
	line = unprompt(strings.TrimSpace(line[:min(len(line), maxQuery)]))
	q := query{line: line, words: strings.Fields(line), reveal: reveal}
	if len(q.words) == 0 {
		return nil
	}
	q.numbers()
	q.names()
	q.lines()
	q.phrases()
	q.blobs()
	if !q.certain() {
		q.text()
	}
	return q.best()
}

// unprompt takes off what transcripts of other tools put before a line.
func unprompt(line string) string {
	for _, prompt := range []string{"S:", "C:", "<--", "-->", ">>>", "<<<", "<~", "~>", "<-", "->", "< ", "> "} {
		if rest, ok := strings.CutPrefix(line, prompt); ok {
			return strings.TrimSpace(rest)
		}
	}
	return line
}

// A query collects what fits, each with a rank: the lower the better.
type query struct {
	line   string
	words  []string
	reveal bool
	found  []ranked
}

type ranked struct {
	entry Entry
	rank  int
}

// The ranks, best first.
const (
	rankLine   = iota // explains the line as a whole
	rankName          // the line is its name
	rankPhrase        // its wording occurs in the line
	rankCode          // its code occurs in the line
	rankPart          // a word of the line is its name
	rankPlace         // the code of the line, after one command
	rankText          // its text holds the words
)

func (q *query) add(e Entry, rank int) { q.found = append(q.found, ranked{e, rank}) }

// certain reports whether something fits the line, and not a word of it alone.
func (q *query) certain() bool {
	return slices.ContainsFunc(q.found, func(f ranked) bool { return f.rank < rankPart })
}

func (q *query) best() []Entry {
	slices.SortStableFunc(q.found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	var out []Entry
	seen := map[string]bool{}
	for _, f := range q.found {
		// A line without arguments of its own says what its command says.
		if id, text := f.entry.ID(), f.entry.Text; !seen[id] && !seen[text] && len(out) < maxFound {
			seen[id], seen[text] = true, true
			out = append(out, f.entry)
		}
	}
	return out
}

// maxTitle is the length, in words, up to which a line may be a list of names.
const maxTitle = 8

// names finds entries whose name is the line, the question in the line, or a
// word of it.
func (q *query) names() {
	question := strings.Join(contentWords(q.words[:min(len(q.words), maxTitle)]), " ")
	for _, t := range tables {
		for _, name := range []string{q.line, question} {
			if e := t.find(name); e != nil {
				q.add(e.clone(), rankName)
			}
		}
		q.numbered(t)
	}
	if len(q.words) > 1 && len(q.words) <= maxTitle && !startsWithCode(q.line) {
		q.parts()
	}
	if len(q.found) == 0 && isPrivate(q.line) && isKeyword(q.line) {
		e, _ := Keyword(q.line, nil)
		q.add(e, rankName)
	}
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
		q.add(e.clone(), rankName)
	}
}

func (q *query) parts() {
	for _, t := range tables {
		for _, word := range q.words {
			word = strings.Trim(word, ",;:.?()<>\"'")
			if e := t.find(word); e != nil && len(word) > 2 {
				q.add(e.clone(), rankPart)
			}
		}
	}
}

// text finds entries that hold every word somewhere; one in the name counts
// most, one in the short form more than one in the text.
func (q *query) text() {
	words := contentWords(q.words)
	for _, t := range tables {
		for i := range t.entries {
			e := &t.entries[i]
			if rank := e.rankText(words); rank > 0 {
				q.add(e.clone(), rankText+rank)
			}
		}
	}
}

// contentWords leaves out the words that questions are made of.
func contentWords(words []string) []string {
	var out []string
	for _, word := range words {
		word = strings.Trim(strings.ToLower(word), ",;:.?()<>\"'")
		switch word {
		case "the", "and", "for", "what", "how", "why", "does", "mean", "with", "can", "not", "are", "was":
		default:
			if len(word) > 2 || strings.Trim(word, "0123456789") == "" && word != "" {
				out = append(out, word)
			}
		}
	}
	return out
}

func (e *Entry) rankText(words []string) int {
	names := strings.ToLower(e.Name + " " + strings.Join(e.Also, " "))
	short, text := strings.ToLower(e.Short), strings.ToLower(e.Text+" "+e.Remedy)
	total := 0
	for _, word := range words {
		switch {
		case strings.Contains(names, word):
			total++
		case strings.Contains(short, word):
			total += 3
		case strings.Contains(text, word):
			total += 6
		default:
			return 0
		}
	}
	return total
}
