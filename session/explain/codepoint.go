package explain

import (
	"strconv"
	"strings"

	"ehlo/session/tlswire"
)

// What is explained of TLS is keyed by the names of package tlswire, which has
// the numbers.

// pointOf is the code point that an entry of that name is about; ok is false for
// a kind that has none, and for what stands in the ladder without being one, such
// as the second ClientHello.
func pointOf(kind, name string) (c tlswire.Code, ok bool) {
	switch kind {
	case KindMessage, KindExtension, KindAlert:
	default:
		return c, false
	}
	r, ok := tlswire.RegistryOf(kind)
	if !ok {
		return c, false
	}
	c, ok = r.Named(name)
	return c, ok && c.Name == name
}

// numbered finds an entry by one of its names, or else by its number in decimal.
func (t *table) numbered(name string) *Entry {
	if r, ok := t.pointed(name); ok {
		return r.entry()
	}
	return nil
}

// pointed finds the row of it.
func (t *table) pointed(name string) (row, bool) {
	if len(name) > maxName {
		return row{}, false
	}
	if r, ok := t.row(fold(name)); ok {
		return r, true
	}
	value, err := strconv.ParseUint(name, 10, 16)
	if err != nil {
		return row{}, false
	}
	return t.point(uint16(value))
}

// point finds the row about a code point.
func (t *table) point(value uint16) (row, bool) {
	r, ok := tlswire.RegistryOf(t.kind)
	if !ok {
		return row{}, false
	}
	c, ok := r.Find(value)
	if !ok {
		return row{}, false
	}
	return t.row(fold(c.Name))
}

// placeKey begins the field of what an extension means in some messages, of which
// it goes on to give the names.
const placeKey = "In "

// Meaning is what a TLS message, extension or alert means, in a line; see
// [tlswire.Means].
func Meaning(kind string, value uint16, in string) string {
	t, ok := tableOf(kind)
	if !ok {
		return ""
	}
	r, ok := t.point(value)
	if !ok {
		return ""
	}
	for key, text := range Fields(r.source()) {
		if places, ok := strings.CutPrefix(key, placeKey); ok && in != "" && strings.Contains(places+",", in+",") {
			return joined(text)
		}
	}
	return joined(r.field("Short"))
}
