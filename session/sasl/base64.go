package sasl

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
)

// EncodeBase64 is the base64 of SASL over SMTP: standard alphabet, padding, one line (RFC 4954 §4, RFC 4648 §4).
func EncodeBase64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// DecodeBase64 opens base64 as a person types it. What is wrong with it is said in words; where it can be read all
// the same the data is given beside what is wrong. Data is nil when it cannot be read.
func DecodeBase64(s string) (data []byte, wrong []string) {
	wrong = diagnoseBase64(s)
	cleaned := strings.TrimRight(usual(strings.TrimPrefix(s, "334 ")), "=")
	data, err := base64.RawStdEncoding.DecodeString(cleaned)
	if err != nil {
		return nil, wrong
	}
	return data, wrong
}

// diagnoseBase64 says what is wrong with a base64 line, most important first; nil when a strict reader takes it.
// It quotes nothing of it, since it may be a secret typed in the wrong place.
func diagnoseBase64(s string) []string {
	if _, err := base64.StdEncoding.Strict().DecodeString(s); err == nil && !strings.ContainsAny(s, "\r\n") {
		return nil
	}
	wrong, s := surroundings(s)
	body := strings.TrimRight(s, "=")
	if i := strings.IndexFunc(body, outsideBase64); i >= 0 {
		return append(wrong, outside(body, i))
	}
	return append(wrong, padding(body, len(s)-len(body))...)
}

// surroundings says what is wrong around and between the characters, and gives them alone, in the usual alphabet.
func surroundings(s string) (wrong []string, characters string) {
	if rest, prompt := strings.CutPrefix(s, "334 "); prompt {
		wrong, s = append(wrong, "it begins with the reply code 334, which is not part of the base64"), rest
	}
	if strings.ContainsFunc(s, unicode.IsSpace) {
		wrong = append(wrong, "it has white space inside")
	}
	if strings.ContainsAny(s, "-_") {
		wrong = append(wrong, "it uses - or _ of the URL alphabet instead of + and /")
	}
	return wrong, usual(s)
}

// usual takes white space out and puts the characters of the URL alphabet right (RFC 4648 §5).
func usual(s string) string {
	return strings.NewReplacer("-", "+", "_", "/").Replace(strings.Join(strings.Fields(s), ""))
}

func outsideBase64(r rune) bool {
	return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/')
}

func outside(body string, i int) string {
	if body[i] == '=' {
		return "it has the padding = before its end: two encoded texts were joined, or more characters follow the end"
	}
	if strings.HasSuffix(body, ":") {
		return "it ends with a colon, as a prompt in plain text does"
	}
	return fmt.Sprintf("the character at position %d is not in the alphabet", i+1)
}

func padding(body string, have int) []string {
	want := -len(body) & 3
	switch {
	case want == 3:
		return []string{"its length is wrong by one character: a character is missing or was added"}
	case have < want:
		return []string{fmt.Sprintf("it has %d = too few at its end", want-have)}
	case have > want:
		return []string{fmt.Sprintf("it has %d = too many at its end", have-want)}
	}
	if _, err := base64.StdEncoding.Strict().DecodeString(body + strings.Repeat("=", have)); err != nil {
		return []string{"its last character has bits set that no encoder sets: it was changed or cut"}
	}
	return nil
}
