package foreign

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"

	"ehlo/session/lazy"
)

// lines are those of a text, without their ends.
func lines(text []byte) ([]string, error) {
	list := strings.Split(string(text), "\n")
	for i, l := range list {
		if len(l) > maxLine {
			return nil, &Error{Text: fmt.Sprintf("line %d is longer than %d MiB", i+1, maxLine>>20), Hint: "is it a text?"}
		}
		list[i] = strings.TrimRight(l, "\r") // a terminal that is recorded, as by script, adds one to the end that came
	}
	return list, nil
}

// plain is a text without what ways of keeping one add to it: a byte order mark, the UTF-16 of a redirection in PowerShell, colors
// of a terminal, and the quotation or the indent of a mail or a forum.
func plain(source []byte) []byte {
	list := strings.Split(withoutColors(decoded(source)), "\n")
	return []byte(strings.Join(dedented(withoutQuotation(list)), "\n"))
}

// decoded is a text in UTF-8.
func decoded(source []byte) string {
	switch {
	case bytes.HasPrefix(source, []byte{0xff, 0xfe}):
		return fromUTF16(source[2:], binary.LittleEndian)
	case bytes.HasPrefix(source, []byte{0xfe, 0xff}):
		return fromUTF16(source[2:], binary.BigEndian)
	}
	return string(bytes.TrimPrefix(source, []byte("\ufeff")))
}

func fromUTF16(source []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(source)/2)
	for i := range units {
		units[i] = order.Uint16(source[2*i:])
	}
	return string(utf16.Decode(units))
}

// colors are the sequences that change how a terminal shows text (ECMA-48 §8.3.117).
var colors = &lazy.Pattern{Text: `\x1b\[[0-9;]*[mK]`}

func withoutColors(text string) string {
	if !strings.Contains(text, "\x1b[") {
		return text
	}
	return colors.Get().ReplaceAllString(text, "")
}

// withoutQuotation takes the mark off each line where every line has one.
func withoutQuotation(list []string) []string {
	for _, l := range list {
		if strings.TrimSpace(l) != "" && !strings.HasPrefix(l, ">") {
			return list
		}
	}
	for i, l := range list {
		list[i] = strings.TrimPrefix(strings.TrimPrefix(l, ">"), " ")
	}
	return list
}

// dedented takes off the blanks that every line begins with.
func dedented(list []string) []string {
	common := -1
	for _, l := range list {
		if n := len(l) - len(strings.TrimLeft(l, " \t")); strings.TrimSpace(l) != "" && (common < 0 || n < common) {
			common = n
		}
	}
	if common <= 1 { // swaks itself begins lines with one
		return list
	}
	for i, l := range list {
		list[i] = l[min(common, len(l)):]
	}
	return list
}
