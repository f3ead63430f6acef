package plain

import (
	"encoding/base64"
	"net"
	"slices"
	"strings"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/transcripts/words"
)

// aloud writes a sentence of this program so that a speech program reads all of it: signs that it would leave out, or call by
// their names, become words, and units are written out. What crossed the wire is not for it.
func aloud(text string) string {
	text = qualifiers.Get().Replace(signWords.Get().Replace(text))
	if !strings.ContainsAny(text, "0123456789") {
		return text
	}
	return aloudNumbers(text)
}

// aloudNumbers is aloud for what is written with digits. A text is searched only for what can be in it.
func aloudNumbers(text string) string {
	text = units.Get().ReplaceAllStringFunc(text, func(amount string) string {
		number, unit, _ := strings.Cut(amount, " ")
		if number == "1" {
			return number + " " + strings.TrimSuffix(unitWords.Of(unit), "s")
		}
		return number + " " + unitWords.Of(unit)
	})
	if strings.Contains(text, "-") {
		text = dates.Get().ReplaceAllStringFunc(text, spokenDate)
	}
	if len(text) >= hashDigits {
		text = fingerprints.Get().ReplaceAllStringFunc(text, spelledHash)
	}
	if strings.Contains(text, ":") {
		text = ports.Get().ReplaceAllString(text, "$1 port $2")
	}
	if strings.Contains(text, "0x") {
		text = hexadecimal.Get().ReplaceAllString(text, "hex $1")
	}
	return text
}

// hashDigits is how many digits a SHA-256 hash has.
const hashDigits = 64

// spelledHash writes a hash digit by digit, in groups of four: what stands together is read as a number, or as a word.
func spelledHash(hash string) string {
	var groups []string
	for four := range slices.Chunk(strings.Split(hash, ""), 4) {
		groups = append(groups, strings.Join(four, " "))
	}
	return strings.Join(groups, ", ")
}

// Typed says what is to be typed: words as they are, digits one by one, and signs by their names.
func Typed(text string) string {
	var said []string
	word := ""
	for _, r := range text + "\x00" {
		if r >= 'a' && r <= 'z' {
			word += string(r)
			continue
		}
		if word != "" {
			said, word = append(said, word), ""
		}
		switch name, sign := signNames.Find(r); {
		case sign:
			said = append(said, name)
		case r >= 'A' && r <= 'Z':
			said = append(said, "capital "+string(r))
		case r != 0:
			said = append(said, string(r))
		}
	}
	return strings.Join(said, " ")
}

var signNames = lazy.Table[rune, string]{{'-', "dash"}, {'.', "dot"}, {' ', "space"}, {'_', "underscore"}, {'!', "exclamation mark"}, {'@', "at sign"}, {'#', "number sign"}, {'$', "dollar sign"}, {'%', "percent sign"}}

// spokenDate writes 2026-11-26 as 26 November 2026, unless there is no such day.
func spokenDate(text string) string {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return day.Format("2 January 2006")
}

// signWords are the signs in the texts of this program, each with what it means. To most listeners [sasl.Mask] is silence.
var signWords = lazy.Value[*strings.Replacer]{Make: func() *strings.Replacer {
	return strings.NewReplacer(sasl.Mask, "(masked)", "§A", "appendix A", "§B", "appendix B", "§C", "appendix C", "§D", "appendix D", "§E", "appendix E", "§F", "appendix F", "§", "section ", " … ", ", and so on, ", "…", ", and so on", "“", `"`, "”", `"`, "«", `"`, "»", `"`,
		"2³¹", "2 to the power of 31", "×", "times", "→", "to", "›", "then", " · ", ", ")
}}

// qualifiers are the signs before all in an SPF record, by which alone the results differ (RFC 7208 §4.6.2); many listeners hear none of them.
var qualifiers = lazy.Value[*strings.Replacer]{Make: func() *strings.Replacer {
	return strings.NewReplacer(" -all", " minus all", "~all", "tilde all", "?all", "question mark all", " +all", " plus all")
}}

// toRead writes a line that a question is about with the signs that may decide: the hyphen after a reply code too.
func toRead(line string) string {
	line = speakers.Get().Replace("\n" + qualifiers.Get().Replace(line))[1:]
	return moreLines.Get().ReplaceAllString(line, "${1}$2 hyphen ")
}

var unitWords = lazy.Table[string, string]{{"ms", "milliseconds"}, {"s", "seconds"}, {"min", "minutes"}, {"KiB", "kibibytes"}, {"MiB", "mebibytes"}, {"GiB", "gibibytes"}}

var (
	units = lazy.Pattern{Text: `\b[0-9][0-9.,]* (?:ms|s|min|KiB|MiB|GiB)\b`}
	dates = lazy.Pattern{Text: `\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b`}
	// ports are those behind a colon after an address or a name.
	ports       = lazy.Pattern{Text: `(\b[0-9]+(?:\.[0-9]+){3}|\]|\b[a-z0-9-]+\.[a-z]+):([0-9]{1,5})\b`}
	hexadecimal = lazy.Pattern{Text: `\b0x([0-9a-fA-F]+)\b`}
	// fingerprints are SHA-256 hashes, which nobody can compare by ear but in groups.
	fingerprints = lazy.Pattern{Text: `\b[0-9A-F]{64}\b`}
	// moreLines is the code of a line of a reply that is not its last (RFC 5321 §4.2.1).
	moreLines = lazy.Pattern{Text: `^(server: )?([2-5][0-9]{2})-`}
	// preferences are the numbers of MX records before their hosts.
	preferences = lazy.Pattern{Text: `(: |, )([0-9]+) `}
)

// readable64 is how much of what base64 hides is told; more of it is no text for people.
const readable64 = 40

// decoded tells what a line of AUTH holds in base64, or how much where that is nothing to read: nobody hears base64.
func decoded(step record.Verb, line string) string {
	at := strings.LastIndexByte(line, ' ') + 1
	if blanks := strings.Count(line, " "); step == record.VerbRespond && blanks > 0 || step == record.VerbAuth && blanks != 2 ||
		step != record.VerbRespond && step != record.VerbAuth {
		return line
	}
	data, err := base64.StdEncoding.DecodeString(line[at:])
	if err != nil || len(data) == 0 {
		return line
	}
	if len(data) > readable64 || slices.ContainsFunc(data, func(b byte) bool { return b < ' ' && b != 0 || b > '~' }) {
		return line[:at] + words.Number(len(data), "byte") + " in base64"
	}
	said := strings.TrimPrefix(strings.ReplaceAll(string(data), "\x00", " NUL "), " ")
	return line[:at] + `"` + said + `" in base64`
}

// hostOf is an address without its port.
func hostOf(hostPort string) string {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		return hostPort
	}
	return host
}

// portOf is the port of an address; empty where it has none.
func portOf(hostPort string) string {
	_, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return ""
	}
	return port
}

// spelled is an address and a port, which a colon between them would hide.
func spelled(hostPort string) string {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return hostPort
	}
	return host + " port " + port
}
