package walk

import (
	"slices"
	"strings"

	"ehlo/session/record"
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
		if n := ResponseWord(words); n < len(words) {
			return WordStart(line, n)
		}
		return -1
	case nearlyAuth(words), len(words) == 1 && encodedWord(words[0]):
		return WordStart(line, 0)
	}
	return -1
}

// responseWord is which word of an AUTH command holds the response: the one behind the mechanism, or the one in the
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
	if len(word) < 4 || IsCommand(word) {
		return false
	}
	data, _ := sasl.DecodeBase64(word)
	mixed := word != strings.ToUpper(word) && word != strings.ToLower(word)
	return data != nil && (mixed || strings.ContainsAny(word, "+/=") || len(word) >= 16)
}

func IsCommand(word string) bool {
	return slices.Contains(Commands, record.Verb(strings.ToLower(word)))
}

// wordStart is where word n of a line begins, counted from 0.
func WordStart(line string, n int) int {
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

// unnamed is what a line is called of which no word can be repeated.
const Unnamed = "the line"

// byHand reports whether a person wrote the line of a step.
func ByHand(st record.Step) bool { return st.Line != "" && (st.Edited || st.Verb == record.VerbRaw) }
