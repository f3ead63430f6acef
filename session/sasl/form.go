package sasl

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Form is how octets are written where a person types and reads them.
type Form int

// The forms.
const (
	FormText   Form = iota // as text with the escapes of unescape
	FormHex                // hexadecimal; white space and colons between the octets do not matter
	FormBase64             // RFC 4648 §4, with its padding
)

// String gives "text", "hex" or "base64".
func (f Form) String() string { return [...]string{"text", "hex", "base64"}[f] }

// Next is the form after f, the first after the last.
func (f Form) Next() Form { return (f + 1) % (FormBase64 + 1) }

// Octets reads what was typed. The error says what is wrong in words that repeat nothing of it.
func (f Form) Octets(s string) ([]byte, error) {
	switch f {
	case FormHex:
		data, err := hex.DecodeString(strings.NewReplacer(" ", "", ":", "").Replace(s))
		if err != nil {
			return nil, errors.New("this is not hexadecimal: each byte needs two digits, 0 to 9 or a to f")
		}
		return data, nil
	case FormBase64:
		data, wrong := DecodeBase64(s)
		if len(wrong) > 0 {
			return nil, errors.New("this is not base64: " + wrong[0])
		}
		return data, nil
	}
	return unescape(s), nil
}

// Write writes octets. [Form.Octets] reads them back.
func (f Form) Write(b []byte) string {
	switch f {
	case FormHex:
		return hex.EncodeToString(b)
	case FormBase64:
		return EncodeBase64(b)
	}
	return Escape(b)
}

// Escape writes octets as text that unescape reads back: NUL as \0, a backslash as \\, and what is no character that
// can be seen as \xHH.
func Escape(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r == 0:
			out.WriteString(`\0`)
		case r == '\\':
			out.WriteString(`\\`)
		case r == utf8.RuneError && size == 1, !unicode.IsPrint(r):
			for _, c := range b[:size] {
				fmt.Fprintf(&out, `\x%02x`, c)
			}
		default:
			out.Write(b[:size])
		}
		b = b[size:]
	}
	return out.String()
}
