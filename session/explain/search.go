package explain

import (
	"cmp"
	"slices"
	"strings"
)

const (
	// maxQuery bounds what is searched for.
	maxQuery = 16 << 10
	// maxFound bounds how many entries a search returns: more are not read.
	maxFound = 5
)

// Search finds what words mean, best first: a reply or enhanced code, a whole
// reply, command or EHLO line, a piece of a log, a keyword, mechanism, TLS
// name or number ("alert 70"), a port, a finding, a topic, a question in a few
// words, or a base64 text. A code alone comes as one entry that sums up its
// places. Secrets in a base64 text are masked. It returns at most five
// entries, and none if nothing fits: then see [Suggest].
func Search(words []string) []Entry {
	found, _ := search(words)
	return found
}

// search is [Search]; loose says that no more is known than that the entries hold the words somewhere.
func search(words []string) (found []Entry, loose bool) {
	q, ok := queryOf(words)
	if !ok {
		return nil, false
	}
	// Each looks at what was found before it: a line is taken for what fits best.
	for _, look := range []func(){q.documents, q.token, q.numbers, q.names, q.claims, q.lines, q.alerts, q.phrases, q.complaints, q.roughly, q.comparison, q.within, q.text, q.blobs, q.parts} {
		look()
	}
	return q.best(), !slices.ContainsFunc(q.found, func(f ranked) bool { return f.rank < rankText })
}

// namedBy is the entry that a line is the name of, without a look at what else the line may be; nil if it is none.
func namedBy(name string) *Entry {
	q, ok := queryOf(strings.Fields(name))
	if !ok {
		return nil
	}
	for _, look := range []func(){q.documents, q.token, q.numbers, q.names} {
		look()
	}
	if best := q.best(); len(best) > 0 {
		return &best[0]
	}
	return nil
}

// queryOf is the query of a line; ok is false where there are no words.
func queryOf(words []string) (q *query, ok bool) {
	line := strings.Join(words, " ")
	line, side := unprompt(strings.TrimSpace(line[:min(len(line), maxQuery)]))
	q = &query{line: line, side: side, words: strings.Fields(line)}
	q.content = contentWords(q.words)
	return q, len(q.words) > 0
}

// A side is who said a line, as far as the marks of a transcript tell.
type side int

const (
	unknownSide side = iota
	serverSide
	clientSide
)

// unprompt takes off what transcripts of other tools put before a line.
func unprompt(line string) (string, side) {
	for _, prompt := range []string{"S:", "<--", "<<<", "<~", "<-", "< "} {
		if rest, ok := strings.CutPrefix(line, prompt); ok {
			return strings.TrimSpace(rest), serverSide
		}
	}
	for _, prompt := range []string{"C:", "-->", ">>>", "~>", "->", "> "} {
		if rest, ok := strings.CutPrefix(line, prompt); ok {
			return strings.TrimSpace(rest), clientSide
		}
	}
	return line, unknownSide
}

// A query collects what fits.
type query struct {
	line string
	side side
	// words are all words of the line; content those that a question is about.
	words, content []string
	found          []ranked
	// quoted is the reply in the line, once [query.said] has looked for it; isQuoted says whether there is one.
	quoted   *ReplyContext
	isQuoted bool
}

// A ranked is a find: the lower rank comes first, and within one the lower score.
type ranked struct {
	entry       Entry
	rank, score int
}

// The ranks, best first.
const (
	rankLine   = iota // explains the line as a whole
	rankName          // the line is its name
	rankAlso          // the line is another of its names
	rankPhrase        // its wording occurs in the line
	rankCode          // its code occurs in the line
	rankText          // it holds the words
	rankPart          // a word of the line is its name
)

func (q *query) add(e Entry, rank int) { q.addScored(e, rank, 0) }

func (q *query) addScored(e Entry, rank, score int) {
	q.found = append(q.found, ranked{e, rank, score})
}

// named reports whether the line is a name.
func (q *query) named() bool {
	return slices.ContainsFunc(q.found, func(f ranked) bool { return f.rank == rankName || f.rank == rankAlso })
}

func (q *query) best() []Entry {
	slices.SortStableFunc(q.found, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.score, b.score))
	})
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
