package tlswire

import (
	"fmt"
	"sort"
)

// Code is one registered code point.
type Code struct {
	Value uint16 `json:"value"`
	Name  string `json:"name"` // as in the IANA registry
	// What the tables here say of it; not written, so that no file repeats them. Of
	// messages, extensions and alerts they say nothing, see [Means].
	Meaning string `json:"-"` // one line
	Ref     string `json:"-"` // the document that defines it
	Verdict string `json:"-"` // what to think of it today
}

// Means says in a line what a message, an extension or an alert means; kind is
// that of its [Registry]. in is the name of the message that an extension stands
// in: one and the same asks in one and answers in another (RFC 9846 §4.3, table
// of extensions and messages). What it does not know means "".
type Means func(kind string, value uint16, in string) string

// lookup finds a code point in a table, or a GREASE value where the registry
// has 16 bits. Tables are short, so it reads them through.
func lookup(table []Code, value uint16) (Code, bool) {
	if i := place(table, value); i >= 0 {
		return table[i], true
	}
	return Code{}, false
}

// place is that of a code point in a table, -1 where it has none. The tables are
// sorted: a row fills a line of the processor's cache, and a handshake finds none
// of them there. It copies no row.
func place(table []Code, value uint16) int {
	i := sort.Search(len(table), func(i int) bool { return table[i].Value >= value })
	if i == len(table) || table[i].Value != value {
		return -1
	}
	return i
}

func lookup16(table []Code, value uint16) (Code, bool) {
	if isGREASE(value) {
		return greaseCode(value), true
	}
	return lookup(table, value)
}

// name8 and name16 return the name of a code point, or its number and
// "(unknown)".
func name8(table []Code, value uint8) string {
	if i := place(table, uint16(value)); i >= 0 {
		return table[i].Name
	}
	return unknown8(value)
}

func name16(table []Code, value uint16) string {
	if isGREASE(value) {
		return greaseCode(value).Name
	}
	if i := place(table, value); i >= 0 {
		return table[i].Name
	}
	return unknown16(value)
}

func unknown8(value uint8) string   { return fmt.Sprintf("%d (unknown)", value) }
func unknown16(value uint16) string { return fmt.Sprintf("0x%04x (unknown)", value) }

// GREASE values are sent to keep peers tolerant of what they do not know
// (RFC 8701 §2): 0x0a0a, 0x1a1a, … 0xfafa.
func isGREASE(v uint16) bool {
	return v&0x0f0f == 0x0a0a && v>>8 == v&0xff
}

func greaseCode(v uint16) Code {
	return Code{Value: v, Name: "GREASE", Meaning: "a value without meaning that a peer has to ignore", Ref: "RFC 8701 §2"}
}
