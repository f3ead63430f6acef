package anonymize

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"net/url"
	"strconv"
	"strings"

	"ehlo/session/lazy"
)

// encoding is a way to write bytes in a text.
type encoding struct {
	// find is what a run looks like; that of base64, which most words look like, is in [eachBase64].
	find lazy.Pattern
	// A run has so many of these characters in a row at least. Most texts have not, and need not be searched.
	least int
	of    string
	// decode gives what may be meant, the most likely one first. What another one than the first holds cannot be written again.
	decode func(run string) [][]byte
	// encode writes it again in the manner of a run; nil where a reader is better served by the text itself.
	encode func(b []byte, like string) string
}

// escaped are words with escapes in them.
var escaped = encoding{lazy.Pattern{Text: `\S*(?:%[0-9A-Fa-f]{2}|=[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[0-7]{3}|&#?\w{2,8};|\+[0-9A-F]{2})\S*`}, 1, `%=\&+`, unescaped, nil}

// encodings are the others, which stand between what is no part of them.
var encodings = []encoding{
	{lazy.Pattern{Text: `\d{1,3}(?:[ ,:.-]+\d{1,3}){3,}`}, 7, "0123456789 ,:.-", fromNumbers, nil},
	{lazy.Pattern{Text: `(?:[0-9A-Fa-f]{2}[ :-]){3,}[0-9A-Fa-f]{2}`}, 11, hexDigits + " :-", fromSpacedHex, nil},
	{lazy.Pattern{Text: `(?:[0-9A-Fa-f]{2}){4,}`}, 8, hexDigits, fromHex, toHex},
	{decode: fromBase64, encode: toBase64},
}

const hexDigits = "0123456789ABCDEFabcdef"

// may reports whether a run can be in a text.
func (e *encoding) may(s string) bool { return inARow(s, e.of, e.least) }

// inARow reports whether a text has so many characters of some kinds in a row.
func inARow(s, of string, least int) bool {
	n := 0
	for i := 0; i < len(s) && n < least; i++ {
		if n++; strings.IndexByte(of, s[i]) < 0 {
			n = 0
		}
	}
	return n >= least
}

// encoded calls a function for each run of a text that is written in some encoding, and puts in what it returns.
func encoded(s string, each func(e *encoding, run string) string) string {
	for i := range encodings {
		s = encodings[i].each(s, each)
	}
	return s
}

func (e *encoding) each(s string, each func(e *encoding, run string) string) string {
	switch {
	case e.find.Text == "":
		return eachBase64(s, func(run string) string { return each(e, run) })
	case !e.may(s):
		return s
	}
	return e.find.Get().ReplaceAllStringFunc(s, func(run string) string { return each(e, run) })
}

// eachBase64 is [encoding.each] for four or more characters of base64, of whichever alphabet, and the signs that fill it up.
func eachBase64(s string, each func(run string) string) string {
	var out strings.Builder
	done := 0
	for at := 0; at < len(s); at++ {
		end := at
		for end < len(s) && isBase64(s[end]) {
			end++
		}
		if end-at < 4 {
			at = end
			continue
		}
		for n := 0; n < 2 && end < len(s) && s[end] == '='; n++ {
			end++
		}
		out.WriteString(s[done:at])
		out.WriteString(each(s[at:end]))
		done, at = end, end-1
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '_' || c == '-'
}

// rewriteEncoded rewrites a run that holds a name.
func (a *Anonymizer) rewriteEncoded(e *encoding, run string) string {
	for i, b := range e.decode(run) {
		if !a.touches(string(b)) {
			continue
		}
		clean := a.plain(string(b))
		switch {
		case i > 0 || a.holds(clean):
			return Removed
		case e.encode != nil:
			return e.encode([]byte(clean), run)
		}
		return clean
	}
	return run
}

// rewriteEscaped rewrites a word with escapes in it. What only looks like one stays, where no name stands in them.
func (a *Anonymizer) rewriteEscaped(e *encoding, run string) string {
	if clean := a.plain(run); !a.touches(string(e.decode(clean)[0])) {
		return clean
	}
	return a.rewriteEncoded(e, run)
}

func fromBase64(run string) (list [][]byte) {
	bare := strings.Map(usualAlphabet, strings.TrimRight(run, "="))
	for skip := range min(4, len(bare)) {
		text := bare[skip:]
		if len(text)%4 == 1 {
			text = text[:len(text)-1]
		}
		if b, err := base64.RawStdEncoding.DecodeString(text); err == nil && len(b) > 0 {
			list = append(list, b)
		}
	}
	return list
}

// usualAlphabet maps the alphabet for file names and URLs to the other (RFC 4648 §5).
func usualAlphabet(c rune) rune {
	switch c {
	case '-':
		return '+'
	case '_':
		return '/'
	}
	return c
}

func toBase64(b []byte, like string) string {
	e := base64.StdEncoding
	if strings.ContainsAny(like, "-_") {
		e = base64.URLEncoding
	}
	if !strings.HasSuffix(like, "=") && len(like)%4 != 0 {
		e = e.WithPadding(base64.NoPadding)
	}
	return e.EncodeToString(b)
}

func fromHex(run string) (list [][]byte) {
	for skip := range 2 {
		text := run[skip:]
		if b, err := hex.DecodeString(text[:len(text)/2*2]); err == nil {
			list = append(list, b)
		}
	}
	return list
}

func toHex(b []byte, like string) string {
	if strings.ToLower(like) != like {
		return strings.ToUpper(hex.EncodeToString(b))
	}
	return hex.EncodeToString(b)
}

func fromSpacedHex(run string) [][]byte {
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", ":", "", "-", "").Replace(run))
	if err != nil {
		return nil
	}
	return [][]byte{b}
}

func fromNumbers(run string) [][]byte {
	var out []byte
	for _, n := range strings.FieldsFunc(clock.Get().ReplaceAllString(run, " "), func(c rune) bool { return c < '0' || c > '9' }) {
		if v, err := strconv.Atoi(n); err == nil && v < 256 {
			out = append(out, byte(v))
		}
	}
	return [][]byte{out}
}

// clock is a time of day, which is no text in numbers: as bytes it begins with a control character and has no letter, but at 15:58:58 it has
// what an address of IPv6 begins with.
var clock = lazy.Pattern{Text: `\b(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\b(?:[.,]\d+)?`}

// escapes are what stands for one byte or character in URLs, quoted-printable (RFC 2045 §6.7), xtext (RFC 3461 §4), programs and HTML.
var escapes = lazy.Pattern{Text: `%[0-9A-Fa-f]{2}|=[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[0-7]{3}|&#?\w{2,8};|\+[0-9A-F]{2}`}

// unescaped is a word without its escapes, whatever they are.
func unescaped(run string) [][]byte {
	return [][]byte{[]byte(escapes.Get().ReplaceAllStringFunc(run, unescape))}
}

func unescape(s string) string {
	switch {
	case s[0] == '&':
		return html.UnescapeString(s)
	case s[0] == '%':
		if text, err := url.PathUnescape(s); err == nil {
			return text
		}
	case s[0] == '\\' && s[1] != 'x' && s[1] != 'u':
		if n, err := strconv.ParseUint(s[1:], 8, 8); err == nil {
			return string([]byte{byte(n)})
		}
		return s
	}
	n, err := strconv.ParseUint(strings.TrimLeft(s, `%=\xu+`), 16, 16)
	switch {
	case err != nil:
		return s
	case strings.HasPrefix(s, `\u`):
		return string(rune(n))
	}
	return string([]byte{byte(n)})
}
