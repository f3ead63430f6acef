package explain

import "strings"

// said finds the reply that the line holds: the line itself, or what a log, a bounce or an error of a program quotes. Of
// several the last refusal counts, because a server quotes what the next one said.
func (q *query) said() (c ReplyContext, ok bool) {
	if q.quoted == nil {
		c, ok := q.findReply()
		q.quoted, q.isQuoted = &c, ok
	}
	return *q.quoted, q.isQuoted
}

func (q *query) findReply() (c ReplyContext, ok bool) {
	at := -1
	if isForeign(q.words) {
		return c, false
	}
	words := strings.Fields(quotedReply(q.line))
	for i, word := range words {
		if code, _ := leadingCode(unquote(word)); code != 0 && q.isCode(words, i) && (at < 0 || code >= 400 || c.Code < 400) {
			at, c.Code = i, code
		}
	}
	if at < 0 {
		return c, false
	}
	_, rest := leadingCode(unquote(words[at]))
	c.Text = unbytes(strings.TrimSpace(strings.TrimPrefix(rest, "-") + " " + strings.Join(words[at+1:], " ")))
	c.Verb = verbOf(squeeze(q.line), c.Code)
	c.takeEnhanced()
	return c, c.Text != "" || c.Enhanced != [3]int{} || at > 0 && c.Code >= 400 && c.Verb != verbUnknown
}

// introducers come before the reply that a program or a bounce quotes. Before them stands what the program makes of its code.
var introducers = [...]string{"server response was:", "server responded:", "remote server was:", "remote host said:", "server replied:",
	"server said:", "smtp reply:", "smtp response:"}

// quotedReply is the part of a line that quotes a reply, the line itself if none does.
func quotedReply(line string) string {
	for _, words := range introducers {
		if i := indexFold(line, words); i >= 0 && strings.TrimSpace(line[i+len(words):]) != "" {
			return strings.TrimSpace(line[i+len(words):])
		}
	}
	return line
}

// quotes are what programs put around a code.
const quotes = `"'(){}[],;:`

func unquote(word string) string { return strings.Trim(word, quotes) }

// unbytes takes off what Python writes before the text of a reply: (550, b'no such user').
func unbytes(text string) string {
	text = strings.TrimLeft(text, quotes+" ")
	if strings.HasPrefix(text, "b'") || strings.HasPrefix(text, `b"`) {
		return text[2:]
	}
	return text
}

// takeEnhanced takes the enhanced code off the text, from its start or from where qmail puts it: "sorry (#5.7.1)".
func (c *ReplyContext) takeEnhanced() {
	first, tail, _ := strings.Cut(c.Text, " ")
	if enhanced, ok := parseEnhanced(strings.TrimPrefix(first, "#")); ok {
		c.Enhanced, c.Text = enhanced, tail
		return
	}
	if _, tail, ok := strings.Cut(c.Text, "(#"); ok {
		inside, _, _ := strings.Cut(tail, ")")
		c.Enhanced, _ = parseEnhanced(inside)
	}
}

// places are the words by which logs, bounces and programs name the command that a reply answered.
var places = [...]struct{ words, verb string }{
	{"in reply to end of data", "."}, {"after end of data", "."}, {"after sending data block", "."}, {"smtpdataerror", "."},
	{"in reply to rcpt to", "RCPT"}, {"after rcpt to", "RCPT"}, {"rcpt from ", "RCPT"}, {"recipientsrefused", "RCPT"}, {"recipients failed", "RCPT"},
	{"in reply to mail from", "MAIL"}, {"after mail from", "MAIL"}, {"mail from ", "MAIL"}, {"senderrefused", "MAIL"},
	{"mail failed: ", "MAIL"}, {"rcpt failed: ", "RCPT"}, {"mail command failed", "MAIL"},
	{"in reply to data", "DATA"}, {"after data", "DATA"},
	{"in reply to ehlo", "EHLO"}, {"in reply to helo", "EHLO"}, {"after ehlo", "EHLO"}, {"after helo", "EHLO"},
	{"in reply to auth", verbAuth}, {"after auth", verbAuth}, {"auth command failed", verbAuth}, {"invalid login: ", verbAuth},
	{"authenticationerror", verbAuth}, {"mailkit.security.authenticationexception", verbAuth}, {"authenticationfailedexception", verbAuth},
	{"failed to authenticate", verbAuth}, {"authentication failed (", verbAuth},
	{"in reply to starttls", "STARTTLS"}, {"after starttls", "STARTTLS"},
	{"after initial connection", ""}, {"refused to talk to me", ""},
}

// verbOf is the command that a line says was answered, in lower case, or that a code alone answers.
func verbOf(line string, code int) string {
	for _, p := range places {
		if strings.Contains(line, p.words) {
			return p.verb
		}
	}
	switch code {
	case 235, 334, 432, 534, 535, 538:
		return verbAuth
	}
	return verbUnknown
}
