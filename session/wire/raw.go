package wire

import (
	"encoding/json"
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// Raw is bytes as they crossed the wire. In JSON it is a string if the bytes are
// valid UTF-8, else an object {"base64":"..."} (RFC 4648 §4), and null for nil;
// every sequence of bytes comes back as it was. The string escapes whatever
// visible would escape, so that a file of them can be shown on a terminal.
type Raw []byte

type base64JSON struct {
	Base64 *[]byte `json:"base64"`
}

// MarshalJSON never fails.
func (r Raw) MarshalJSON() ([]byte, error) {
	switch {
	case r == nil:
		return []byte("null"), nil
	case !utf8.Valid(r):
		b := []byte(r)
		return json.Marshal(base64JSON{&b})
	}
	return appendJSONString(make([]byte, 0, len(r)+8), r), nil
}

// appendJSONString appends valid UTF-8 as a JSON string (RFC 8259 §7).
func appendJSONString(out, text []byte) []byte {
	out = append(out, '"')
	for len(text) > 0 {
		c, size := utf8.DecodeRune(text)
		text = text[size:]
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', byte(c))
		case isVisible(c):
			out = utf8.AppendRune(out, c)
		default:
			out = appendJSONEscape(out, c)
		}
	}
	return append(out, '"')
}

func appendJSONEscape(out []byte, c rune) []byte {
	switch c {
	case '\t':
		return append(out, `\t`...)
	case '\r':
		return append(out, `\r`...)
	case '\n':
		return append(out, `\n`...)
	}
	if hi, lo := utf16.EncodeRune(c); hi != utf8.RuneError {
		return appendUnit(appendUnit(out, hi), lo)
	}
	return appendUnit(out, c)
}

func appendUnit(out []byte, u rune) []byte {
	const hex = "0123456789abcdef"
	return append(out, '\\', 'u', hex[u>>12&15], hex[u>>8&15], hex[u>>4&15], hex[u&15])
}

var errRawJSON = errors.New(`raw bytes: want a string or {"base64":"..."}`)

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Raw) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*r = nil
		return nil
	}
	if len(data) > 0 && data[0] == '{' {
		return r.unmarshalBase64(data)
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return errRawJSON
	}
	*r = Raw(s)
	return nil
}

func (r *Raw) unmarshalBase64(data []byte) error {
	var j base64JSON
	if err := json.Unmarshal(data, &j); err != nil || j.Base64 == nil {
		return errRawJSON
	}
	*r = *j.Base64
	return nil
}
