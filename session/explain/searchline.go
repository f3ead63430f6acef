package explain

import (
	"cmp"
	"slices"
	"strings"
)

// lines takes the line for a reply, an EHLO line or a command, unless it is
// the name of something.
func (q *query) lines() {
	if q.side != clientSide {
		q.reply()
	}
	if q.side == unknownSide && q.named() || len(q.words) < 2 {
		return
	}
	switch {
	case q.side != clientSide && isListed(q.words), q.side == serverSide:
		q.keyword(q.words)
	case q.side == clientSide || isCommandLine(q.words):
		q.command()
	}
}

// command takes the words for a line that a client sends.
func (q *query) command() {
	if e, ok := Command(q.words[0]); ok {
		q.add(lineEntry("a command", Send(q.line, SendContext{TLS: true})), rankLine)
		q.add(e, rankName)
	}
}

// keyword takes the words for an EHLO line.
func (q *query) keyword(words []string) {
	if e, ok := Keyword(words[0], words[1:]); ok && !strings.Contains(e.Name, "…") {
		q.add(e, rankLine)
	}
}

// reply takes the line for a reply.
func (q *query) reply() {
	code, rest := leadingCode(q.line)
	if code == 0 || rest == "" {
		return
	}
	c := ReplyContext{Verb: verbUnknown, Code: code, Text: rest[1:]}
	first, tail, _ := strings.Cut(c.Text, " ")
	if enhanced, ok := parseEnhanced(first); ok {
		c.Enhanced, c.Text = enhanced, tail
	} else if words := strings.Fields(c.Text); code == 250 && len(words) > 0 {
		q.keyword(words)
	}
	if x := Reply(c); len(x.Entries) > 1 {
		q.add(lineEntry("a reply", x), rankLine)
	}
	if _, e, ok := Banner(c.Text); ok && code == 220 {
		q.add(e, rankName)
	}
}

// lineEntry makes an entry of an explanation: the cause, where one is known, and
// else what the line means in general, which its codes say as well.
func lineEntry(name string, x Explanation) Entry {
	return Entry{
		Kind: KindLine, Name: name, Short: x.Short, Text: cmp.Or(x.Cause, x.Text),
		Remedy: x.Remedy, Operator: x.Operator, Vendor: x.Vendor, Refs: x.Refs, See: x.Entries,
	}
}

// maxPhrases bounds how many wordings are taken from one line.
const maxPhrases = 2

// phrases finds the wordings of vendors anywhere in the line.
func (q *query) phrases() {
	c := ReplyContext{Verb: verbUnknown, Text: q.line}
	for i, word := range q.words {
		if code, rest := leadingCode(word); code != 0 && q.isCode(i) {
			c.Code, word = code, strings.TrimPrefix(rest, "-")
		}
		if enhanced, ok := enhancedWord(word); ok {
			c.Enhanced = enhanced
		}
	}
	said := comparable(c)
	var found []ranked
	for i, t := range []*table{&phraseTable, &wordingTable} {
		for r := range t.rows() {
			if score := r.score(said); score > 0 { // what a server said comes before what else is in the line
				if r.conditions().general {
					score -= 2 * maxQuery
				}
				found = append(found, ranked{*r.entry(), rankPhrase, i*maxQuery - score})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.score, b.score) })
	for _, f := range found[:min(len(found), maxPhrases)] {
		q.addScored(f.entry, f.rank, f.score)
	}
}
