package message

import "strings"

// tokenKind tells the parts of a structured field apart (RFC 5322 §3.2).
type tokenKind int

const (
	word tokenKind = iota
	quoted
	comment
	semicolon
)

// token is a part of a structured field. A comment has no parentheses around it; after a semicolon, rest is all that follows.
type token struct {
	kind tokenKind
	text string
	rest string
}

// tokens takes a structured field apart. What is not closed ends with the field.
func tokens(value string) (list []token) {
	for at := 0; at < len(value); {
		switch c := value[at]; c {
		case ' ', '\t', '\r', '\n':
			at++
		case ';':
			list = append(list, token{semicolon, ";", value[at+1:]})
			at++
		case '(':
			end := endOfComment(value, at)
			list = append(list, token{comment, strings.TrimSuffix(value[at+1:end], ")"), ""})
			at = end
		case '"':
			text, end := endOfQuoted(value, at)
			list = append(list, token{quoted, text, ""})
			at = end
		default:
			end := at + strings.IndexAny(value[at:]+" ", " \t\r\n;(\"")
			list = append(list, token{word, value[at:end], ""})
			at = end
		}
	}
	return list
}

// endOfComment is after the parenthesis that closes a comment, or the end where none does.
func endOfComment(value string, at int) int {
	depth := 0
	for ; at < len(value); at++ {
		switch value[at] {
		case '\\':
			at++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	return len(value)
}

// endOfQuoted is the text of a quoted string, and where it ends.
func endOfQuoted(value string, at int) (text string, end int) {
	var b strings.Builder
	for at++; at < len(value); at++ {
		switch value[at] {
		case '"':
			return b.String(), at + 1
		case '\\':
			if at++; at < len(value) {
				b.WriteByte(value[at])
			}
		default:
			b.WriteByte(value[at])
		}
	}
	return b.String(), len(value)
}
