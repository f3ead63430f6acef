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
