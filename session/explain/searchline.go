package explain

import (
	"cmp"
	"slices"
	"strings"
)

func (q *query) lines() {
	if len(q.words) > 1 || strings.Contains(q.line, "-") {
		q.reply()
	}
	if len(q.words) < 2 {
		return
	}
	e, isCommand := Command(q.words[0])
	if !strings.EqualFold(q.words[0], "AUTH") || isMechanismList(q.words) {
		q.keyword(q.words)
		isCommand = isCommand && !isMechanismList(q.words)
	}
	if isCommand {
		q.add(lineEntry("a command", Send(q.line, SendContext{TLS: true})), rankLine)
		q.add(e, rankName)
	}
}

func isMechanismList(words []string) bool {
	if !strings.EqualFold(words[0], "AUTH") || len(words) < 3 {
		return false
	}
	_, ok := Mechanism(words[2])
	return ok
}

func (q *query) keyword(words []string) {
	if e, ok := Keyword(words[0], words[1:]); ok && !strings.Contains(e.Name, "…") {
		q.add(e, rankLine)
	}
}

func (q *query) reply() {
	code, rest := leadingCode(q.line)
	if code == 0 || rest == "" || rest[0] != ' ' && rest[0] != '-' {
		return
	}
	text := rest[1:]
	if words := strings.Fields(text); code == 250 && len(words) > 0 {
		q.keyword(words)
	}
	c := ReplyContext{Verb: "unknown", Code: code, Text: text}
	first, tail, _ := strings.Cut(text, " ")
	if enhanced, ok := parseEnhanced(first); ok {
		c.Enhanced, c.Text = enhanced, tail
		q.enhanced(enhanced)
	}
	if x := Reply(c); len(x.Entries) > 1 || x.Vendor != "" {
		q.add(lineEntry("a reply", x), rankLine)
	}
	q.code(code)
	if code == 220 {
		if _, e, ok := Banner(text); ok {
			q.add(e, rankName)
		}
	}
}

func lineEntry(name string, x Explanation) Entry {
	text := x.Text
	if x.Cause != "" {
		text = strings.TrimSpace(text + " " + x.Cause)
	}
	return Entry{Kind: KindLine, Name: name, Short: x.Short, Text: text, Remedy: x.Remedy,
		Vendor: x.Vendor, Refs: x.Refs, See: x.Entries}
}

func (q *query) phrases() {
	text := squeeze(q.line)
	c := ReplyContext{Text: text}
	for _, word := range q.words {
		if code, rest := leadingCode(word); code != 0 && (rest == "" || rest[0] == '-') {
			c.Code = code
		}
		if enhanced, ok := parseEnhanced(strings.Trim(word, "#,;:()[]")); ok {
			c.Enhanced = enhanced
		}
	}
	var found []ranked
	for _, r := range rowsOf(KindPhrase) {
		if score := r.score(c, text); score > 0 {
			found = append(found, ranked{r.clone(), -score})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	for _, f := range found {
		q.add(f.entry, rankPhrase)
	}
}
