package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// Enhanced is an enhanced status code such as 5.7.8 (RFC 3463 §2): a class of 2,
// 4 or 5, a subject and a detail of 0 to 999. The zero value means none.
type Enhanced struct{ Class, Subject, Detail int }

// parseEnhanced reads a code such as "5.7.8". It is strict: exactly three numbers
// of at most three digits, no leading zeros (RFC 3463 §2), nothing around them.
func parseEnhanced(s string) (Enhanced, bool) {
	class, rest, _ := strings.Cut(s, ".")
	subject, detail, _ := strings.Cut(rest, ".")
	if class != "2" && class != "4" && class != "5" {
		return Enhanced{}, false
	}
	sub, ok1 := subCode(subject)
	det, ok2 := subCode(detail)
	if !ok1 || !ok2 {
		return Enhanced{}, false
	}
	return Enhanced{int(class[0] - '0'), sub, det}, true
}

func subCode(s string) (int, bool) {
	if len(s) == 0 || len(s) > 3 || (s[0] == '0' && len(s) > 1) {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// IsZero reports whether there is no code.
func (e Enhanced) IsZero() bool { return e == Enhanced{} }

// String is the code as sent, such as "5.7.8", and "" for none.
func (e Enhanced) String() string {
	if e.IsZero() {
		return ""
	}
	return strconv.Itoa(e.Class) + "." + strconv.Itoa(e.Subject) + "." + strconv.Itoa(e.Detail)
}

// MarshalText is String, so that JSON has "5.7.8".
func (e Enhanced) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (e *Enhanced) UnmarshalText(text []byte) error {
	parsed, ok := parseEnhanced(string(text))
	if !ok && len(text) > 0 {
		return fmt.Errorf("enhanced status code %q: want class.subject.detail, such as 5.7.8", text)
	}
	*e = parsed
	return nil
}
