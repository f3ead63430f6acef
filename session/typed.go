package session

import (
	"slices"
	"strings"

	"ehlo/session/sasl"
)

// SecretStart is where in a line that a person types a secret may begin: behind the mechanism of AUTH, and at the first
// word of a line that only just misses being one: AUTHPLAIN and AUTH=PLAIN with something behind it, or the base64 of a
// response on its own. It is -1 where there is none to be expected.
func SecretStart(line string) int {
	words := strings.Fields(line)
	switch {
	case len(words) == 0:
		return -1
	case strings.EqualFold(words[0], "AUTH"):
		if n := responseWord(words); n < len(words) {
			return wordStart(line, n)
		}
		return -1
	case nearlyAuth(words), len(words) == 1 && encodedWord(words[0]):
		return wordStart(line, 0)
	}
	return -1
}

// responseWord is which word of an AUTH command holds the response: the one behind the mechanism, or the one in the
// place of the mechanism if it cannot be a name of one.
func responseWord(words []string) int {
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

// nearlyAuth reports whether a line begins like AUTH, is none, and has something that may be a response.
func nearlyAuth(words []string) bool {
	if len(words[0]) <= len("AUTH") || !strings.EqualFold(words[0][:len("AUTH")], "AUTH") {
		return false
	}
	rest := words[0][len("AUTH"):]
	return len(words) > 1 || strings.ContainsAny(rest, "=:") || encodedWord(rest)
}

// encodedWord reports whether a word on its own looks like base64 and like no command: a command is short and of one
// case.
func encodedWord(word string) bool {
	if len(word) < 4 || isCommand(word) {
		return false
	}
	data, _ := sasl.DecodeBase64(word)
	mixed := word != strings.ToUpper(word) && word != strings.ToLower(word)
	return data != nil && (mixed || strings.ContainsAny(word, "+/=") || len(word) >= 16)
}

func isCommand(word string) bool {
	return slices.Contains(commands, Verb(strings.ToLower(word)))
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

// typedLine is a command on its way: as it is, or masked from where a person typed a secret into it.
func (s *Session) typedLine(st Step) outgoing {
	start := s.secretStart(st)
	if start < 0 {
		return plainLine(st.Line, st.Edited)
	}
	shown := strings.Join(append(strings.Fields(st.Line[:start]), sasl.Mask), " ")
	o := s.maskedLine(st.Line, shown, "typed", orElse(commandWord(st.Line[:start]), unnamed), st.Edited)
	o.exposes = s.kindOf("", st.Line[start:])
	return o
}

// unnamed is what a line is called of which no word can be repeated.
const unnamed = "the line"

// line is what is recorded of a command, without its end.
func (o outgoing) line() string { return strings.TrimRight(orElse(o.show, string(o.bytes)), "\r\n") }

// secretStart is where the secret begins in a line that a person typed, -1 if there is none. What stands there by chance
// in the middle of a message is only what the session knows as its own.
func (s *Session) secretStart(st Step) int {
	if !byHand(st) {
		return -1
	}
	start := -1
	if s.state.Transaction != TransactionData {
		start = SecretStart(st.Line)
	}
	if s.own.in(st.Line) && (start < 0 || s.own.in(st.Line[:start])) {
		words := strings.Fields(st.Line)
		start = wordStart(st.Line, 0)
		if s.state.Transaction != TransactionData && len(words) > 1 && isCommand(words[0]) && !s.own.in(words[0]) {
			start = wordStart(st.Line, 1)
		}
	}
	return start
}

// byHand reports whether a person wrote the line of a step.
func byHand(st Step) bool { return st.Line != "" && (st.Edited || st.Verb == VerbRaw) }

// acquaint keeps the credentials of a step, so that they are known again in whatever line a person types.
func (s *Session) acquaint(st Step) Step {
	if c := st.Credentials; !c.Password.IsZero() || !c.Token.IsZero() {
		s.own.own(c.Password)
		s.own.own(c.Token)
	}
	st.holds = s.secretStart(st) >= 0
	return st
}

// kindOf is what a response that a person typed holds, as [sasl.Response.Hides] has it; empty if it holds no secret.
// What cannot be read counts as what the mechanism would send.
func (s *Session) kindOf(mechanism, response string) string {
	response = strings.TrimSpace(response)
	if mechanism == "" {
		data, _ := sasl.DecodeBase64(response)
		mechanism, _ = sasl.Recognise(data)
	}
	r, _ := sasl.OpenResponse(mechanism, []byte(response))
	if r.Hides == "" && s.own.in(response) {
		return sasl.HidesPassword
	}
	return r.Hides
}
