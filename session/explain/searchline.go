package explain

import (
	"cmp"
	"slices"
	"strings"
)

// lines takes the line for a reply, an EHLO line or a command.
func (q *query) lines() {
	q.reply()
	if len(q.words) < 2 {
		return
	}
	listed := isMechanismList(q.words)
	if listed || !strings.EqualFold(q.words[0], "AUTH") {
		q.keyword(q.words)
	}
	if e, ok := Command(q.words[0]); ok && !listed {
		q.add(lineEntry("a command", Send(q.line, SendContext{TLS: true})), rankLine)
		q.add(e, rankName)
	}
}

// isMechanismList tells the EHLO line "AUTH PLAIN LOGIN" from the command
// "AUTH PLAIN", with or without an initial response.
func isMechanismList(words []string) bool {
	if len(words) < 3 || !strings.EqualFold(words[0], "AUTH") {
		return false
	}
	_, ok := Mechanism(words[2])
	return ok
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
	c := ReplyContext{Verb: "unknown", Code: code, Text: rest[1:]}
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

// lineEntry makes an entry of an explanation.
func lineEntry(name string, x Explanation) Entry {
	return Entry{
		Kind: KindLine, Name: name, Short: x.Short, Text: strings.TrimSpace(x.Text + " " + x.Cause),
		Remedy: x.Remedy, Vendor: x.Vendor, Refs: x.Refs, See: x.Entries,
	}
}

// phrases finds the wordings of vendors anywhere in the line.
func (q *query) phrases() {
	c := ReplyContext{Text: squeeze(q.line)}
	for i, word := range q.words {
		if code, rest := leadingCode(word); code != 0 && q.isCode(i) {
			c.Code, word = code, strings.TrimPrefix(rest, "-")
		}
		if enhanced, ok := enhancedWord(word); ok {
			c.Enhanced = enhanced
		}
	}
	var found []ranked
	for i := range phraseWordings {
		if score := phraseWordings[i].score(&c, c.Text); score > 0 {
			found = append(found, ranked{phraseTable.entries[i].clone(), -score})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	for _, f := range found {
		q.add(f.entry, rankPhrase)
	}
}
