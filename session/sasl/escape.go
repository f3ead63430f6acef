package sasl

import "strings"

// unescape makes the octets of a message from text as a person types it: \0 is NUL, \xHH any octet, \\ a backslash.
// Anything else after a backslash stays as it is.
func unescape(s string) []byte {
	var out []byte
	for i := 0; i < len(s); i++ {
		rest := s[i:]
		switch {
		case strings.HasPrefix(rest, `\\`):
			out, i = append(out, '\\'), i+1
		case strings.HasPrefix(rest, `\0`):
			out, i = append(out, 0), i+1
		case len(rest) >= 4 && rest[:2] == `\x` && digit(rest[2]) >= 0 && digit(rest[3]) >= 0:
			out, i = append(out, byte(digit(rest[2])<<4|digit(rest[3]))), i+3
		default:
			out = append(out, s[i])
		}
	}
	return out
}

func digit(c byte) int { return strings.IndexByte("0123456789abcdef", strings.ToLower(string(c))[0]) }
