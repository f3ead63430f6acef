package veil

import (
	"unicode"
	"unicode/utf8"

	"ehlo/session/lazy"
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
	ascii := &kept.Get()[f]
	for i := 0; i < len(t.b); {
		c := t.b[i]
		if c >= utf8.RuneSelf {
			i += t.foldRune(&out, f, i)
			continue
		}
		if low := ascii[c]; low != 0 || f == exact && c == 0 {
			out.b, out.at = append(out.b, low), append(out.at, int32(t.origin(i)))
		}
		i++
	}
	return out
}

// foldRune adds what becomes of the character at i, which is not ASCII, and gives its size.
func (t text) foldRune(out *text, f form, i int) int {
	folded, size := foldRune(t.b[i:], f)
	for j, c := range folded {
		out.append(t.origin(i+min(j, size-1)), c)
	}
	return size
}

// appendFolded adds a text in a form that drops control characters, without places, to what is there.
func appendFolded(out []byte, s string, f form) []byte {
	ascii := &kept.Get()[f]
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c = ascii[c]; c != 0 {
				out = append(out, c)
			}
			i++
			continue
		}
		folded, size := foldRune([]byte(s[i:min(len(s), i+utf8.UTFMax)]), f)
		out, i = append(out, folded...), i+size
	}
	return out
}

// foldRune is what becomes of the first character of a text where it is not ASCII, and its size. A byte that is no UTF-8
// stays as it is.
func foldRune(b []byte, f form) (folded []byte, size int) {
	r, size := utf8.DecodeRune(b)
	switch {
	case r == utf8.RuneError && size == 1:
		return b[:1], 1
	case f != exact && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)):
		return nil, size
	default:
		return utf8.AppendRune(nil, unicode.ToLower(unicode.ToUpper(r))), size
	}
}

// kept is what becomes of each ASCII character in each form; 0 drops it.
var kept = lazy.Value[*[forms][utf8.RuneSelf]byte]{Make: func() *[forms][utf8.RuneSelf]byte {
	var table [forms][utf8.RuneSelf]byte
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
	return &table
}}
