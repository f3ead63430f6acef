package walk

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"ehlo/session/lazy"
	"ehlo/session/sasl"
)

// giveaway is where in a line a secret may begin, by what the line looks like: after the mechanism of AUTH, of a line that only
// just misses being AUTH, after the words by which other protocols ask for a password, and where a word on its own holds the
// response of a login. It is -1 where there is none to be expected. A line of a server gives nothing away.
func giveaway(line string) int {
	skip := len(line) - len(withoutMarks(line))
	line = line[skip:]
	words := strings.Fields(line)
	if len(words) == 0 || serverLine(line) {
		return -1
	}
	first := -1
	for _, look := range []func(string, []string) int{authLine, askedFor, afterMechanism, labelled, loginWord} {
		if at := look(line, words); at >= 0 && (first < 0 || at < first) {
			first = at
		}
	}
	if first < 0 {
		return -1
	}
	return skip + first
}

// withoutMarks drops what stands before a line in a transcript: C:, >, a quotation mark.
func withoutMarks(line string) string {
	for {
		rest := strings.TrimLeftFunc(line, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(">-=~$#*\"'`«»", r) })
		if len(rest) > 2 && rest[1] == ':' && (rest[0] == 'C' || rest[0] == 'c' || rest[0] == 'S' || rest[0] == 's') {
			rest = rest[2:]
		}
		if rest == line {
			return line
		}
		line = rest
	}
}

// serverLine reports whether a line begins with a reply code.
func serverLine(line string) bool {
	if len(line) < 4 || line[0] < '2' || line[0] > '5' || line[3] != ' ' && line[3] != '-' {
		return false
	}
	return unicode.IsDigit(rune(line[1])) && unicode.IsDigit(rune(line[2]))
}

// authLine looks at AUTH and at what it is mistyped as.
func authLine(line string, words []string) int {
	switch {
	case strings.EqualFold(words[0], "AUTH"), slipOfAuth(words[0]):
		if n := ResponseWord(words); n < len(words) {
			return wordStart(line, n)
		}
	case nearlyAuth(words):
		return wordStart(line, 0)
	}
	return -1
}

// slipOfAuth reports whether a word is AUTH with one letter lost, added, changed or in the place of its neighbor.
func slipOfAuth(word string) bool {
	const auth = "AUTH"
	word = strings.TrimRight(strings.ToUpper(word), ":=,.")
	if isCommand(word) || len(word) < len(auth)-1 || len(word) > len(auth)+1 {
		return false
	}
	head := 0
	for head < len(word) && head < len(auth) && word[head] == auth[head] {
		head++
	}
	tail := 0
	for tail < len(word)-head && tail < len(auth)-head && word[len(word)-1-tail] == auth[len(auth)-1-tail] {
		tail++
	}
	left, right := word[head:len(word)-tail], auth[head:len(auth)-tail]
	return len(left) <= 1 && len(right) <= 1 || len(left) == 2 && len(right) == 2 && left[0] == right[1] && left[1] == right[0]
}

// nearlyAuth reports whether a line begins like AUTH, is none, and has something that may be a response.
func nearlyAuth(words []string) bool {
	if len(words[0]) <= len("AUTH") || !strings.EqualFold(words[0][:len("AUTH")], "AUTH") {
		return false
	}
	rest := words[0][len("AUTH"):]
	return len(words) > 1 || strings.ContainsAny(rest, "=:") || encodedWord(rest)
}

// askedFor looks at the commands by which POP3 and FTP log in (RFC 1939 §7).
func askedFor(line string, words []string) int {
	switch strings.ToUpper(strings.TrimRight(words[0], ":=")) {
	case "USER", "PASS", "PASSWORD", "PASSWD", "PASSPHRASE", "PWD", "TOKEN", "BEARER":
		return wordStart(line, 1)
	}
	return -1
}

// afterMechanism looks for the name of a mechanism with something behind it, in a line that is no other command.
func afterMechanism(line string, words []string) int {
	if isCommand(words[0]) {
		return -1
	}
	named := false
	for i, w := range words {
		_, known := sasl.Lookup(strings.Trim(w, ":=,"))
		if named && !known {
			return wordStart(line, i)
		}
		named = named || known
	}
	return -1
}

// labels are what a secret is called in JSON, in settings and in a header of HTTP, with something behind it.
var labels = lazy.Pattern{Text: `(?i)(?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key)\\?["']?\s*[:=]\s*\S|bearer[\s:=]+\S`}

// labelled looks for something that is said to be a secret. The line is hidden from the word on that says so.
func labelled(line string, words []string) int {
	found := labels.Get().FindStringIndex(line)
	if found == nil {
		return -1
	}
	return wordAround(line, found[0])
}

// wordAround is where the word begins that a place of a line is in.
func wordAround(line string, at int) int {
	i := strings.LastIndexFunc(line[:at], unicode.IsSpace)
	if i < 0 {
		return 0
	}
	_, size := utf8.DecodeRuneInString(line[i:])
	return i + size
}

// loginWord looks for a word that is the response of a login: on its own anything that looks like base64, among others only
// what opens as one. It may stand in quotation marks, or be written out with its NULs escaped.
func loginWord(line string, words []string) int {
	for i, w := range words {
		if w = strings.Trim(w, "\"'`<>()[]{},;"); strings.Count(w, `\0`) >= 2 {
			return wordStart(line, i)
		}
		if len(words) == 1 && encodedWord(w) || opensAsLogin(w) || accessToken(w) {
			return wordStart(line, i)
		}
	}
	return -1
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

// opensAsLogin reports whether a word is base64 of texts that NUL or 0x01 divides (RFC 4616 §2, RFC 7628 §3.1).
func opensAsLogin(word string) bool {
	if len(word) < 8 {
		return false
	}
	data, _ := sasl.DecodeBase64(word)
	divided := false
	for _, r := range string(data) {
		divided = divided || r == 0 || r == 1
		if r > 1 && !unicode.IsPrint(r) || r == utf8.RuneError {
			return false
		}
	}
	return divided
}

// accessToken reports whether a word looks like a token of OAuth: a JWT (RFC 7519 §3), or one of Google's.
func accessToken(word string) bool {
	return strings.HasPrefix(word, "eyJ") && strings.Count(word, ".") >= 2 || strings.HasPrefix(word, "ya29.") && len(word) > 20
}
