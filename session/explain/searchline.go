package explain

import (
	"cmp"
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

// keyword takes the words for an EHLO line. A keyword that no table holds is named all the same where the line can be nothing
// else: a line of a list of them.
func (q *query) keyword(words []string) {
	e, ok := Keyword(words[0], words[1:])
	known := ok && !strings.Contains(e.Name, "…")
	switch {
	case known:
	case !strings.HasPrefix(q.line, "250-") || !isKeyword(words[0]):
		return
	default:
		e.Name = words[0]
	}
	q.add(e, rankLine)
}

// reply explains the reply in the line. Where it has a cause of its own, that comes before everything else the line holds.
func (q *query) reply() {
	c, ok := q.said()
	if !ok {
		return
	}
	if words := strings.Fields(c.Text); c.Code == 250 && c.Enhanced == [3]int{} && len(words) > 0 {
		q.keyword(words)
	}
	x := Reply(c)
	line := lineEntry("a reply", x)
	line.Means = Refusal(c)
	code, _ := leadingCode(q.line)
	e, ok := ByID(x.Entries[0])
	switch {
	case code == 0 && ok && e.Kind == KindPhrase: // the wording of a quoted reply
		q.add(e, rankLine)
	case x.Cause != "", code == 0 && c.Text == "": // a code that is quoted after the command it answers
		q.add(line, rankLine)
	case code == 0 && c.Code >= 400 && !q.isQuestion(): // more than what the program that quotes it says in general
		q.addScored(line, rankPhrase, 0)
	case len(x.Entries) > 1:
		q.add(line, rankCode)
	}
	if _, e, ok := Banner(c.Text); ok && c.Code == 220 {
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
