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
	wrong = DiagnoseBase64(s)
	s = strings.TrimPrefix(s, "334 ")
	cleaned := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(strings.Join(strings.Fields(s), ""), "="))
	data, err := base64.RawStdEncoding.DecodeString(cleaned)
	if err != nil {
		return nil, wrong
	}
	return data, wrong
}

// DiagnoseBase64 says what is wrong with a base64 line, most important first; nil when a strict reader takes it.
// It quotes nothing of it, since it may be a secret typed in the wrong place.
func DiagnoseBase64(s string) []string {
	if _, err := base64.StdEncoding.Strict().DecodeString(s); err == nil && !strings.ContainsAny(s, "\r\n") {
		return nil
	}
	var wrong []string
	add := func(found bool, what string) {
		if found {
			wrong = append(wrong, what)
		}
	}
	code, rest, prompt := strings.Cut(s, " ")
	prompt = prompt && code == "334"
	if prompt {
		add(true, "it begins with the reply code 334, which is not part of the base64")
		s = rest
	}
	add(strings.ContainsFunc(s, unicode.IsSpace), "it has white space inside")
	s = strings.Join(strings.Fields(s), "")
	add(strings.ContainsAny(s, "-_"), "it uses - or _ of the URL alphabet instead of + and /")
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	body := strings.TrimRight(s, "=")
	if i := strings.IndexFunc(body, outsideBase64); i >= 0 {
		return append(wrong, outside(body, i))
	}
	return append(wrong, padding(body, len(s)-len(body))...)
}

func outsideBase64(r rune) bool {
	return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/')
}

func outside(body string, i int) string {
	if body[i] == '=' {
		return "it has the padding = in the middle: two pieces were put together, or it goes on behind its end"
	}
	if strings.HasSuffix(body, ":") {
		return "it ends with a colon: this is a prompt in plain text, not base64"
	}
	return fmt.Sprintf("the character at position %d is not in the alphabet", i+1)
}

func padding(body string, have int) []string {
	want := -len(body) & 3
	switch {
	case want == 3:
		return []string{"its length leaves one character over: something was lost or added"}
	case have < want:
		return []string{fmt.Sprintf("it lacks %d of its padding =", want-have)}
	case have > want:
		return []string{fmt.Sprintf("it has %d = too many at its end", have-want)}
	}
	if _, err := base64.StdEncoding.Strict().DecodeString(body + strings.Repeat("=", have)); err != nil {
		return []string{"its last character has bits set that no encoder sets: it was changed or cut"}
	}
	return nil
}
