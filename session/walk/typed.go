package walk

import (
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// Known tells known secrets from other text.
type Known interface {
	// Find is where in a line something of a secret begins, -1 if there is nothing of one.
	Find(line string) int
}

// Prepared is a step as it will be done.
type Prepared struct {
	// Step has what is sent as what it is, and says where in its line the part begins that is to be hidden.
	Step record.Step
	// Guard is the question to ask before; nil when there is none.
	Guard *Guard
}

// Prepare looks at a step once before it is done: what a line that a person wrote is, what it gives away, and what has to be
// agreed to. known may be nil.
func Prepare(s record.Snapshot, st record.Step, known Known) Prepared {
	st = asTyped(s.State, st)
	st.Hidden = 0
	if byHand(st) || st.Verb == record.VerbAuth && st.Line != "" {
		st.Hidden = SecretStart(s.State, st.Line, known) + 1
	}
	return Prepared{st, guardFor(s, st)}
}

// SecretStart is where in a line that a person typed, or is typing, what it gives away begins: something that looks like a
// secret, or something of a known one. It is -1 where there is nothing. In the middle of a message only what is known counts:
// anything may stand there.
func SecretStart(s record.State, line string, known Known) int {
	start, content := -1, s.Transaction == record.TransactionData
	if !content {
		start = giveaway(line)
	}
	if known == nil {
		return start
	}
	at := known.Find(line)
	if at < 0 || start >= 0 && start <= at {
		return start
	}
	first := wordStart(line, 0)
	if second := wordStart(line, 1); !content && second >= 0 && second <= at && isCommand(commandWord(line)) {
		return second
	}
	return first
}

// ResponseWord is which word of an AUTH command holds the response: the one after the mechanism, or the one in the
// place of the mechanism if it cannot be a name of one.
func ResponseWord(words []string) int {
	if len(words) > 1 && !namesMechanism(words[1]) {
		return 1
	}
	return 2
}

// namesMechanism reports whether a word can be the name of a mechanism (RFC 4422 §3.1), in one case.
func namesMechanism(word string) bool {
	if _, known := sasl.Lookup(word); known {
		return true
	}
	foreign := func(r rune) bool {
		return !(r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}
	oneCase := word == strings.ToUpper(word) || word == strings.ToLower(word)
	return len(word) <= 20 && oneCase && !strings.ContainsFunc(strings.ToUpper(word), foreign)
}

// isCommand reports whether a word is the name of a command.
func isCommand(word string) bool { return commandRow(word) != nil }

// CommandVerb is the verb of the command that a line is; ok is false where it is none.
func CommandVerb(line string) (v record.Verb, ok bool) {
	if row := commandRow(commandWord(line)); row != nil {
		return row.verb, true
	}
	return "", false
}

// wordStart is where word n of a line begins, counted from 0.
func wordStart(line string, n int) int {
	at := 0
	for i, word := range strings.Fields(line) {
		at += strings.Index(line[at:], word)
		if i == n {
			return at
		}
		at += len(word)
	}
	return -1
}

// NamesUser reports whether a line is the USER of POP3 with a name and nothing else (RFC 1939 §7).
func NamesUser(line string) bool {
	return commandWord(line) == "USER" && len(strings.Fields(line)) == 2
}

// unnamed is what a line is called of which no word can be repeated.
const unnamed = "the line"

// byHand reports whether a person wrote the line of a step.
func byHand(st record.Step) bool { return st.Line != "" && (st.Edited || st.Verb == record.VerbRaw) }

// asTyped makes a raw step of a command that is none here: its line was changed to another one, or the server waits for
// a response or for content. What is sent decides what is asked, masked and expected, not what it was called.
func asTyped(s record.State, st record.Step) record.Step {
	if st.Verb == record.VerbQuit || st.Verb == record.VerbAuth && st.Line == "" || !rowOf(st.Verb).command {
		return st
	}
	if v, _ := CommandVerb(st.Line); s.Auth == record.AuthExchange || s.Transaction == record.TransactionData || v != st.Verb {
		st.Verb = record.VerbRaw
	}
	return st
}

func WithVerb(st record.Step, v record.Verb) record.Step {
	st.Verb = v
	return st
}

// CommandWord is the first word of a line in upper case, by which a server knows a command.
func commandWord(line string) string {
	for word := range strings.FieldsSeq(line) { // a tab is no separator to a server, but it must not hide a secret
		return strings.ToUpper(word)
	}
	return ""
}
