package record

import (
	"strconv"
	"strings"
)

// TextOf is what a TXT record says: its strings, joined without anything between (RFC 7208 §3.3, RFC 6376 §3.6.2.2), as the data of a zone
// file has them (RFC 1035 §5.1). whole is false where it was cut off.
func TextOf(data string) (text string, whole bool) {
	var out strings.Builder
	inside := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			inside = !inside
		case c == '\\' && i+1 < len(data):
			n, size := escaped(data[i+1:])
			out.WriteByte(n)
			i += size
		case inside:
			out.WriteByte(c)
		}
	}
	return out.String(), !inside && !strings.HasSuffix(data, "…")
}

// escaped is the byte that follows a backslash: three digits, or itself.
func escaped(after string) (b byte, size int) {
	if len(after) >= 3 {
		if n, err := strconv.ParseUint(after[:3], 10, 8); err == nil {
			return byte(n), 3
		}
	}
	return after[0], 1
}

// Tag is one part of a record that is a list of them: "p=reject" (RFC 6376 §3.2).
type Tag struct{ Name, Value string }

// Tags reads such a list. ok is false where a part has no name or no value sign, or a name is there twice.
func Tags(text string) (list []Tag, ok bool) {
	ok = true
	parts := strings.Split(text, ";")
	if strings.TrimSpace(parts[len(parts)-1]) == "" {
		parts = parts[:len(parts)-1]
	}
	for _, part := range parts {
		name, value, is := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		_, double := TagOf(list, name)
		if name == "" || !is || double || strings.ContainsAny(name, " \t,") {
			ok = false
		}
		list = append(list, Tag{name, strings.TrimSpace(value)})
	}
	return list, ok && len(list) > 0
}

// TagOf is the value of a tag.
func TagOf(list []Tag, name string) (value string, ok bool) {
	for _, t := range list {
		if strings.EqualFold(t.Name, name) {
			return t.Value, true
		}
	}
	return "", false
}
