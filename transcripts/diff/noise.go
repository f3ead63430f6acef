package diff

import (
	"regexp"
	"strings"
	"unicode"

	"ehlo/session/lazy"
)

// noise takes out of a text what no two sessions share. own are the values of one session, each with what stands for it.
type noise struct{ own *strings.Replacer }

// newNoise is for a session whose own values these are, in pairs.
func newNoise(pairs []string) noise { return noise{strings.NewReplacer(pairs...)} }

// out is the text without noise. It is compared and never shown.
func (n noise) out(text string) string {
	text = n.own.Replace(text)
	for _, p := range patterns.Get() {
		text = p.find.ReplaceAllString(text, p.with)
	}
	return tokens.Get().ReplaceAllStringFunc(text, func(word string) string {
		if madeUp(word) {
			return "‹id›"
		}
		return word
	})
}

type pattern struct {
	find *regexp.Regexp
	with string
}

// patterns are dates and times, ports after an address, how long something took, and numbers that a server gives a message.
var patterns = lazy.Value[[]pattern]{Make: func() (list []pattern) {
	const month, day = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*`, `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*`
	for _, row := range [][2]string{
		{`\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?[+-]\d\d:?\d\d| UTC)?)?`, "‹date›"},
		{`(?:\b` + day + `,? )?\b\d{1,2} ` + month + ` \d{4}`, "‹date›"},
		{`(?:\b` + day + `,? )?\b` + month + ` +\d{1,2},? (?:\d\d:\d\d:\d\d )?\d{4}`, "‹date›"},
		{`‹date›,? \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?(?: ?\([[:alpha:]]+\)| [[:upper:]]{3,4}\b)?`, "‹date›"},
		{`\b\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?\b`, "‹time›"},
		{`(\b\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+\]|‹(?:client|server)›\]?):\d{1,5}\b`, "$1"},
		{`\b\d+(?:\.\d+)? ?(?:ms|s|min|seconds?|minutes?|hours?|days?)\b`, "‹time›"},
		{`\b(delays?=)[0-9./]+`, "$1‹time›"},
		{`\[\d+\](:)`, "$1"},                             // the number of a process
		{`\b(unknown=)[0-9/]+|\bcommands=[0-9/]+`, "$1"}, // lines that are none: so often does a byte of TLS end one; and the sum
		{`(?i)\b(queued(?: mail)? (?:as|for delivery)|queue id|id)([ =:]+)\S+`, "$1$2‹id›"},
	} {
		list = append(list, pattern{regexp.MustCompile(row[0]), row[1]})
	}
	return list
}}

// tokens finds what could be made up.
var tokens = lazy.Pattern{Text: `[A-Za-z0-9._/+=-]{8,}`}

// madeUp reports whether a word is a number or an identifier that a server makes for each message or session. Letters and digits
// change places in one, and the name of a mechanism or a keyword has its digits at one end. A word that ends as a host name does is one.
func madeUp(word string) bool {
	word = strings.Trim(word, ".")
	if dot := strings.LastIndexByte(word, '.'); dot >= 0 && strings.IndexFunc(word[dot:], unicode.IsDigit) < 0 {
		return false
	}
	changes, digits := 0, 0
	var last rune
	for _, c := range word {
		if unicode.IsDigit(c) {
			digits++
		}
		if unicode.IsLetter(c) && unicode.IsDigit(last) || unicode.IsDigit(c) && unicode.IsLetter(last) {
			changes++
		}
		last = c
	}
	return changes >= 2 || digits == len(word) && digits >= 9
}
