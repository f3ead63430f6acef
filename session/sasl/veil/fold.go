package veil

import (
	"unicode"
	"unicode/utf8"
)

// text is bytes, each with its place in what they were read from. Without places each stands where it is.
type text struct {
	b  []byte
	at []int32
}

func (t text) origin(i int) int {
	if t.at == nil {
		return i
	}
	return int(t.at[i])
}

func (t *text) append(at int, b ...byte) {
	for _, c := range b {
		t.b, t.at = append(t.b, c), append(t.at, int32(at))
	}
}

// form is what of a text is compared. All are in one case.
type form int

const (
	exact   form = iota // all but line ends
	joined              // without white space and control characters
	letters             // letters and digits only, so that no separator matters
	forms
)

// fold gives a text in a form.
func (t text) fold(f form) text {
	out := text{make([]byte, 0, len(t.b)), make([]int32, 0, len(t.b))}
	for i := 0; i < len(t.b); {
		if c := t.b[i]; c < utf8.RuneSelf {
			if c = kept[f][c]; c != 0 || f == exact && t.b[i] == 0 {
				out.b, out.at = append(out.b, c), append(out.at, int32(t.origin(i)))
			}
			i++
			continue
		}
		i += t.foldRune(&out, f, i)
	}
	return out
}

// foldRune adds what is not ASCII. Bytes that are no UTF-8 stay as they are.
func (t text) foldRune(out *text, f form, i int) int {
	r, size := utf8.DecodeRune(t.b[i:])
	if r == utf8.RuneError && size == 1 {
		out.append(t.origin(i), t.b[i])
		return 1
	}
	if f != exact && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)) {
		return size
	}
	for j, c := range utf8.AppendRune(nil, unicode.ToLower(unicode.ToUpper(r))) {
		out.append(t.origin(i+min(j, size-1)), c)
	}
	return size
}

// kept is what becomes of each ASCII character in each form; 0 drops it.
var kept = func() (table [forms][utf8.RuneSelf]byte) {
	for c := range byte(utf8.RuneSelf) {
		low := byte(unicode.ToLower(rune(c)))
		if c != '\r' && c != '\n' {
			table[exact][c] = low
		}
		if c > ' ' && c < 0x7f {
			table[joined][c] = low
		}
		if low >= 'a' && low <= 'z' || low >= '0' && low <= '9' {
			table[letters][c] = low
		}
	}
	return table
}()
