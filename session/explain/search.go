package explain

import (
	"cmp"
	"slices"
	"strconv"
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
	line = strings.TrimSpace(line[:min(len(line), maxQuery)])
	q := query{line: unprompt(line), words: strings.Fields(unprompt(line)), reveal: reveal}
	if len(q.words) == 0 {
		return nil
	}
	q.numbers()
	q.names()
	q.lines()
	q.phrases()
	q.blobs()
	if len(q.found) == 0 {
		q.text()
	}
	return q.best()
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
	rankLine = iota // the line as a whole
	rankName        // the line is a name
	rankPhrase
	rankCode // a part of the line is a code
	rankPart // a word of the line is a name
	rankPlace
	rankText
)

func (q *query) add(e Entry, rank int) { q.found = append(q.found, ranked{e, rank}) }

func (q *query) best() []Entry {
	slices.SortStableFunc(q.found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	var out []Entry
	seen := map[string]bool{}
	for _, f := range q.found {
		if id := f.entry.ID(); !seen[id] && len(out) < maxFound {
			seen[id] = true
			out = append(out, f.entry)
		}
	}
	return out
}

// unprompt takes off what transcripts of other tools put before a line.

func unprompt(line string) string {
	for _, prompt := range []string{"S: ", "C: ", "S:", "C:", "<-- ", "--> ", ">>> ", "<<< ", "<~  ", "~>  ", "<-  ", " -> ", "-> ", "< ", "> "} {
		if rest, ok := strings.CutPrefix(line, prompt); ok {
			return strings.TrimSpace(rest)
		}
	}
	return line
}

// numbers finds reply codes, enhanced codes and ports.

func (q *query) numbers() {
	for _, word := range q.words {
		code, text := leadingCode(word)
		switch {
		case code != 0 && (text == "" || text[0] == '-'):
			q.code(code)
			if enhanced, ok := parseEnhanced(strings.TrimPrefix(text, "-")); ok {
				q.enhanced(enhanced)
			}
		case strings.Count(word, ".") == 2:
			if enhanced, ok := parseEnhanced(strings.Trim(word, "#,;:()[]")); ok {
				q.enhanced(enhanced)
			}
		default:
			q.port(word)
		}
	}
}

// leadingCode splits "250-SIZE" into 250 and "-SIZE"; code is 0 if there is none.

func leadingCode(word string) (code int, rest string) {
	if len(word) < 3 {
		return 0, word
	}
	code, err := strconv.Atoi(word[:3])
	if _, ok := Code(code); err != nil || !ok || len(word) > 3 && word[3] >= '0' && word[3] <= '9' {
		return 0, word
	}
	return code, word[3:]
}

func (q *query) code(code int) {
	e, _ := Code(code)
	q.add(e, rankCode)
	for _, r := range rowsOf(KindReply) {
		if len(q.words) == 1 && strings.HasPrefix(r.Name, strconv.Itoa(code)+" ") {
			q.add(r.clone(), rankPlace)
		}
	}
}

func (q *query) enhanced(code [3]int) {
	if e, ok := Enhanced(code[0], code[1], code[2]); ok {
		q.add(e, rankCode)
	}
}

func (q *query) port(word string) {
	n, err := strconv.Atoi(strings.TrimPrefix(word, ":"))
	if err != nil || len(q.words) > 2 {
		return
	}
	if e, ok := Port(n); ok {
		q.add(e, rankName)
	}
}

// names finds entries whose name is the line, or a word of it.

func (q *query) names() {
	for _, t := range tables {
		if e, ok := lookup(t.kind, q.line); ok {
			q.add(e, rankName)
		} else if len(q.words) == 2 {
			q.numbered(t.kind)
		}
	}
	if len(q.words) == 1 && isPrivate(q.line) && len(q.found) == 0 && isKeyword(q.line) {
		if e, ok := Keyword(q.line, nil); ok {
			q.add(e, rankText)
		}
	}
	if len(q.words) > 1 && len(q.words) <= 8 && !startsWithCode(q.line) {
		q.parts()
	}
}

// isKeyword follows ehlo-keyword (RFC 5321 §4.1.1.1), in capitals as private

// keywords are written.

func isKeyword(word string) bool {
	return strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// numbered finds "alert 70", "extension 51" and "message 11".

func (q *query) numbered(kind string) {
	if !strings.HasSuffix(kind, fold(q.words[0])) || kind == KindReply {
		return
	}
	if e, ok := byNumber(kind, q.words[1]); ok {
		q.add(e, rankName)
	}
}

func startsWithCode(line string) bool {
	code, _ := leadingCode(line)
	return code != 0
}

func (q *query) parts() {
	for _, t := range tables {
		for _, word := range q.words {
			if e, ok := lookup(t.kind, strings.Trim(word, ",;:()<>\"'")); ok && len(word) > 2 {
				q.add(e, rankPart)
			}
		}
	}
}

// lines takes the line for a reply, an EHLO line or a command.

// isMechanismList tells the EHLO line "AUTH PLAIN LOGIN" from the command

// "AUTH PLAIN" with or without an initial response.

// keyword takes the words for an EHLO line.

// lineEntry makes an entry of an explanation.

// phrases finds the wordings of vendors anywhere in the line.

// blobs opens base64 texts. Many words are base64 by chance, so a word counts

// only if nothing else explains it or if its content is recognised.

// plausible keeps plain words from being taken for base64.

// clip shortens s to n characters.

// text finds entries that hold every word somewhere; one in the name counts

// most, one in the short form more than one in the text.

func (q *query) text() {
	for _, t := range tables {
		for _, r := range t.rows() {
			if rank := r.rankText(q.words); rank > 0 {
				q.add(r.clone(), rankText+rank)
			}
		}
	}
}

func (r row) rankText(words []string) int {
	names := strings.ToLower(r.Name + " " + strings.Join(r.Also, " "))
	short, text := strings.ToLower(r.Short), strings.ToLower(r.Text+" "+r.Remedy)
	total := 0
	for _, word := range words {
		word = strings.ToLower(word)
		switch {
		case len(word) < 2:
			return 0
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
