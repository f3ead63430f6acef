package explain

import (
	"strconv"
	"strings"
)

// numbers finds reply codes, enhanced codes and ports among the words.
func (q *query) numbers() {
	for i, word := range q.words {
		if code, text := leadingCode(word); code != 0 && q.isCode(q.words, i) && !q.isPort(word) {
			q.code(code)
			word = strings.TrimPrefix(text, "-")
		}
		if enhanced, ok := enhancedWord(word); ok {
			q.enhanced(enhanced)
		} else if len(q.words) <= 2 || len(q.content) == 1 {
			q.port(word)
		}
	}
}

// isCode reports whether the word at i stands where a log shows a reply code:
// at the start, after a colon, or before an enhanced code; or where a sentence
// does ("refused with 550"). In a short query every place will do.
func (q *query) isCode(words []string, i int) bool {
	short := len(words) <= 3 || len(words) <= maxTitle && len(q.content) <= 2
	if i == 0 || short || strings.HasSuffix(words[i-1], ":") {
		return true
	}
	switch strings.ToLower(words[i-1]) {
	case "with", "code", "error", "by", "a", "says", "said", "got", "get":
		return true
	}
	if i+1 == len(words) {
		return false
	}
	_, ok := enhancedWord(words[i+1])
	return ok
}

// isPort reports whether the words are about a port and not about a code of that
// number, which servers do not use.
func (q *query) isPort(word string) bool {
	_, used := replyTable.row(word)
	_, port := portTable.row(word)
	return port && !used
}

// leadingCode splits "250-SIZE" into 250 and "-SIZE"; code is 0 if there is none.
func leadingCode(word string) (code int, rest string) {
	if len(word) < 3 {
		return 0, word
	}
	code, err := strconv.Atoi(word[:3])
	if err != nil || !isReplyCode(code) || len(word) > 3 && word[3] != '-' && word[3] != ' ' {
		return 0, word
	}
	return code, word[3:]
}

// enhancedWord reads an enhanced code with the marks that logs put around it.
func enhancedWord(word string) (code [3]int, ok bool) {
	return parseEnhanced(strings.Trim(strings.TrimPrefix(word, "dsn="), "#,;:()[]="))
}

// code finds a reply code: alone, with what it means in each of its places; with
// a command beside it, as the answer to that.
func (q *query) code(code int) {
	e, _ := Code(code)
	if len(q.content) == 1 {
		e.sumUp()
	}
	q.add(e, rankCode)
	if verb, ok := q.answered(); ok {
		q.add(*placed(ReplyContext{Verb: verb, Code: code}), rankName)
	}
}

// sumUp adds to the entry of a code what it says after each command.
func (e *Entry) sumUp() {
	var places []string
	for r := range replyTable.rows() {
		if r.isFor(e.Name) && r.conditions().after != nil {
			place := r.entry()
			where := strings.Replace(strings.TrimPrefix(place.Name, e.Name+" "), "after greeting", "in the greeting", 1)
			places = append(places, where+" ("+place.Short+")")
			e.See = append(e.See, place.ID())
		}
	}
	if len(places) > 0 {
		e.Text += " The meaning differs by place: " + strings.Join(places, ", ") + "."
	}
}

// answered is the command in a query of a code and a command, such as "503
// RCPT", as [ReplyContext] has it. After 250 a keyword is that of an EHLO line.
func (q *query) answered() (verb string, ok bool) {
	if len(q.content) != 2 {
		return "", false
	}
	for _, word := range q.content {
		e := commandTable.find(word)
		switch {
		case e == nil, q.content[0] == "250" && keywordTable.find(word) != nil:
		case e.Name == "(greeting)":
			return "", true
		case e.Name == "(end of data)":
			return ".", true
		default:
			return e.Name, true
		}
	}
	return "", false
}

func (q *query) enhanced(code [3]int) {
	if e, ok := Enhanced(code[0], code[1], code[2]); ok {
		q.add(e, rankCode)
	}
}

func (q *query) port(word string) {
	n, err := strconv.Atoi(strings.TrimPrefix(word, ":"))
	if e, ok := Port(n); ok && err == nil {
		q.add(e, rankCode)
	}
}
