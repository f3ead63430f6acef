package explain

import (
	"strconv"
	"strings"
)

// numbers finds reply codes, enhanced codes and ports among the words.
func (q *query) numbers() {
	for i, word := range q.words {
		if code, text := leadingCode(word); code != 0 && q.isCode(i) {
			q.code(code)
			word = strings.TrimPrefix(text, "-")
		}
		if enhanced, ok := enhancedWord(word); ok {
			q.enhanced(enhanced)
		} else if len(q.words) <= 2 {
			q.port(word)
		}
	}
}

// isCode reports whether the word at i stands where a log shows a reply code:
// at the start, behind a colon, or before an enhanced code. In a short query
// every place will do.
func (q *query) isCode(i int) bool {
	if i == 0 || len(q.words) <= 3 || strings.HasSuffix(q.words[i-1], ":") {
		return true
	}
	if i+1 == len(q.words) {
		return false
	}
	_, ok := enhancedWord(q.words[i+1])
	return ok
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

func startsWithCode(line string) bool {
	code, _ := leadingCode(line)
	return code != 0
}

// enhancedWord reads an enhanced code with the marks that logs put around it.
func enhancedWord(word string) (code [3]int, ok bool) {
	return parseEnhanced(strings.Trim(word, "#,;:()[]="))
}

func (q *query) code(code int) {
	e, _ := Code(code)
	q.add(e, rankCode)
	for _, p := range replyPlaces {
		if len(q.words) == 1 && p.word == e.Name {
			q.add(replyTable.entries[p.row].clone(), rankPlace)
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
	if e, ok := Port(n); ok && err == nil {
		q.add(e, rankName)
	}
}
