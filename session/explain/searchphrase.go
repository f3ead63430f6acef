package explain

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// maxPhrases bounds how many wordings are taken from one line.
const maxPhrases = 2

// phrases finds the wordings of servers and of programs anywhere in the line.
func (q *query) phrases() {
	if !strings.ContainsFunc(q.line, unicode.IsLetter) && len(q.line) <= len("535") { // a code alone: no wording is as short
		return
	}
	whole := q.asReply(q.line)
	quoted := q.asReply(quotedReply(q.line))
	var found []ranked
	for r := range phraseTable.rows() {
		if score := r.score(quoted); score > 0 && q.counts(r, quoted) {
			found = append(found, r.ranked(score, quoted.code == "" && r.codes() != ""))
		}
	}
	for r := range wordingTable.rows() {
		if score := r.score(whole); score > 0 && !r.conditions().rough && !isForeign(q.words) && q.counts(r, whole) {
			found = append(found, r.ranked(score, true))
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.score, b.score) })
	if len(found) > 1 && found[0].entry.Kind == KindPhrase && found[0].entry.Status != statusGeneral { // a second phrase that says less adds nothing
		found = slices.DeleteFunc(found, func(f ranked) bool { return f.entry.Kind == KindPhrase && f.entry.Status == statusGeneral })
	}
	for _, f := range found[:min(len(found), maxPhrases)] {
		q.addScored(f.entry, f.rank, f.score)
	}
}

// token takes the line for a single word of a report or a record.
func (q *query) token() {
	if e := tokenWording(q.line); e != nil {
		q.add(*e, rankLine)
	}
}

// tokenWording finds the wording that a word is: "certificate-expired" is a result of TLS reports before it is the name of an
// alert, which has an underscore in it.
func tokenWording(word string) *Entry {
	word = strings.ToLower(word)
	if !strings.ContainsAny(word, "-=") || strings.ContainsAny(word, " \t") {
		return nil
	}
	for r := range wordingTable.rows() {
		if slices.Contains(r.conditions().match, word) {
			return r.entry()
		}
	}
	return nil
}

// roughly finds the words that tell what failed where nothing else in the line does.
func (q *query) roughly() {
	if isForeign(q.words) || q.isWritten() || q.isQuestion() || slices.ContainsFunc(q.found, func(f ranked) bool { return f.rank < rankCode }) {
		return
	}
	whole := q.asReply(q.line)
	for r := range wordingTable.rows() {
		if w := r.conditions(); w.rough && r.score(whole) > 0 && !isSuccess(whole) && (q.isError() || w.covers(whole.text)) {
			q.add(*r.entry(), rankPhrase)
			return
		}
	}
}

// isQuestion reports whether the line asks in words, which are then about a subject rather than from an error.
func (q *query) isQuestion() bool {
	switch strings.ToLower(q.words[0]) {
	case "what", "what's", "why", "how", "which", "when", "where", "who", "can", "is", "are", "does", "do", "should", "my":
		return len(q.content) > 0
	}
	return strings.HasSuffix(q.line, "?")
}

// isError reports whether the line looks like one of a log or a program: a colon alone, as in a sentence, is too little.
func (q *query) isError() bool {
	return strings.ContainsAny(q.line, strings.Replace(marks, ":", "", 1)) || slices.ContainsFunc(q.words, isHost) ||
		slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(q.line), func(c rune) bool { return !unicode.IsLetter(c) }), isSign)
}

func isSign(word string) bool {
	switch word {
	case "error", "exception", "warning", "fatal", "smtp", "mail", "email", "tls", "ssl", "starttls", "auth":
		return true
	}
	return false
}

// asReply takes a text of the line for what is compared with the wordings.
func (q *query) asReply(text string) *reply {
	c, isReply := q.said()
	if !isReply {
		c = ReplyContext{Verb: verbOf(squeeze(q.line), 0), Code: c.Code}
		for _, word := range q.words {
			if enhanced, ok := enhancedWord(word); ok {
				c.Enhanced = enhanced
			}
		}
	}
	c.Text = text
	return comparable(c)
}

// ranked puts what a server said before what else is in the line, and last what says less than any other.
func (r row) ranked(score int, other bool) ranked {
	if r.conditions().general {
		score -= 2 * maxQuery
	}
	if other {
		score -= maxQuery
	}
	return ranked{*r.entry(), rankPhrase, -score}
}

// counts reports whether the wording of a row, which occurs in the line, is what the line is about.
func (q *query) counts(r row, said *reply) bool {
	refusal := r.codes() != ""
	switch {
	case isSuccess(said) && !strings.Contains(r.codes(), cmp.Or(said.code, "none")):
		return false
	case said.code == "" && q.isWritten():
		return false
	case refusal && said.code == "" && (isForeign(q.words) || r.conditions().enhanced != "" && said.Enhanced == [3]int{}):
		return false
	case refusal && !r.proven(said):
		return false
	}
	return said.code != "" || said.Enhanced != [3]int{} || strings.ContainsAny(q.line, marks) || slices.ContainsFunc(q.words, isHost) ||
		r.conditions().matched(said.text) >= unlike || r.conditions().covers(said.text)
}

// isSuccess holds for a reply, or the last line of a log, that says that things went on: the words after it are no error.
func isSuccess(said *reply) bool {
	return isPositive(said.Code) && (strings.HasPrefix(said.text, said.code) || strings.Contains(said.text, "status=sent")) ||
		strings.HasPrefix(said.text, "x-spam-status: no")
}

// marks are what logs, replies and errors hold, and sentences about something else seldom do.
const marks = `@:[]=<>_(){}#*/\"`

// unlike is how long a wording is that no sentence about something else has.
const unlike = 24

// isHost reports whether a word is the name of a host or of a class: a dot inside it, and more than "e.g.".
func isHost(word string) bool {
	name := strings.Trim(word, ".,;:!?()'")
	return len(name) > 5 && strings.Contains(name, ".") && !strings.Contains(name, "..")
}

// isForeign reports whether the line is of the log of a program that has nothing to do with mail.
func isForeign(words []string) bool {
	return slices.ContainsFunc(words[:min(len(words), maxTag)], func(word string) bool {
		name, _, _ := strings.Cut(strings.ToLower(strings.TrimRight(word, ":")), "[")
		return foreign.has(name) || strings.HasPrefix(name, "ora-") || strings.HasPrefix(name, "ldap_") || strings.HasPrefix(name, "java.sql")
	}) || slices.ContainsFunc(words, func(word string) bool { return strings.Contains(word, "://") && strings.Contains(word, ".git") })
}

// maxTag is how far from the start of a line of a log the name of the program is: behind the date and the host.
const maxTag = 5

const foreign wordList = `sshd ssh mysqld mysql mariadb postgres nginx apache apache2 httpd kernel git ftp ftpd vsftpd proftpd
	pure-ftpd cron crond npm yarn docker redis mongod smbd samba sudo su http http/1.0 http/1.1 http/2 https psql kubectl terraform jdbc odbc ldap snmpd systemd`

// isWritten reports whether the line is a header field that holds what somebody wrote, which is not about the mail, or what
// another program says of itself.
func (q *query) isWritten() bool {
	first := strings.ToLower(q.words[0])
	return len(q.words) > 2 && strings.HasSuffix(first, ":") && (written.has(first) || isForeign(q.words[:1]))
}

const written wordList = `subject: to: from: cc: bcc: reply-to:`

// covers reports whether a line without any mark holds little beside the wording: words of the trade, and those that
// questions are made of.
func (w *conditions) covers(text string) bool {
	for _, alternative := range w.match {
		if matchAll(alternative, text) == 0 {
			continue
		}
		rest := text
		for fragment := range strings.SplitSeq(alternative, " & ") {
			rest = strings.Replace(rest, fragment, " ", 1)
		}
		if !slices.ContainsFunc(contentWords(strings.Fields(rest)), isLay) {
			return true
		}
	}
	return false
}

// isLay reports whether a word is not one of the trade.
func isLay(word string) bool {
	word = strings.TrimSuffix(strings.TrimSuffix(word, "'s"), "s")
	return len(word) > 1 && !trade.has(word)
}

// trade are the words, without a plural s, that stand beside the wording of an error.
const trade wordList = `acces access account address alert auth authentication blocked bounce certificate client code command connect connecting
	connection could couldn't curl delivery dial domain e-mail email error exception exim fail failed failure fatal gmail greeting handshake
	header hostname ip host hostname imap lookup mail mailbox mailer message mx mta network no openssl outgoing outlook peer php port
	postfix problem program python read recipient rejected remote reply request response said say send sender sending sent sendmail
	server service session smtp sock socket spam ssl starttl stream syscall tcp tl unable unexpected unexpectedly user username password
	warning when while write writing try trying again get getting keep always sometime suddenly still after before try java node go new
	setting reason cause detail result status state line info debug warn notice because cannot can't will won't doesn't don't didn't isn't been by any all using used login log logging relay domain dns record sign in out up`

// wordList is words with white space between them: a list that needs no code when the program starts.
type wordList string

func (l wordList) has(word string) bool {
	for known := range strings.FieldsSeq(string(l)) {
		if known == word {
			return true
		}
	}
	return false
}
