package leaktest

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Find gives the first of the needles that is in a text with what stands around it; "" if there is none.
func Find(text string, needles []Needle) string {
	first, at := len(needles), 0
	for n, i := range occurrences(text, needles) {
		if n < first {
			first, at = n, i
		}
	}
	if first == len(needles) {
		return ""
	}
	n := needles[first]
	return fmt.Sprintf("%s as %q: …%s…", n.What, n.Text, strings.ReplaceAll(text[max(at-80, 0):min(at+len(n.Text)+80, len(text))], "\n", " / "))
}

// Found are the names of what is in a text, each once.
func Found(text string, needles []Needle) []string {
	there := make([]bool, len(needles))
	for n := range occurrences(text, needles) {
		there[n] = true
	}
	var out []string
	for n, needle := range needles {
		if there[n] && !slices.Contains(out, needle.What) {
			out = append(out, needle.What)
		}
	}
	return out
}

// head is how many bytes needles are known by.
const head = 4

// occurrences gives which needle is where in a text, for all of them in one pass over it: there are hundreds of them, and few bytes of
// a text begin one. A needle that is shorter than a head is given once.
func occurrences(text string, needles []Needle) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		var marked [1 << 12]bool
		begins := map[uint32][]int{}
		for n, needle := range needles {
			if len(needle.Text) < head {
				if i := strings.Index(text, needle.Text); i >= 0 && !yield(n, i) {
					return
				}
				continue
			}
			k := key(needle.Text)
			marked[mark(k)], begins[k] = true, append(begins[k], n)
		}
		for i := 0; i+head <= len(text); i++ {
			k := key(text[i:])
			if !marked[mark(k)] {
				continue
			}
			for _, n := range begins[k] {
				if strings.HasPrefix(text[i:], needles[n].Text) && !yield(n, i) {
					return
				}
			}
		}
	}
}

// key is the head of a text as a number.
func key(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// mark is where a head is marked.
func mark(key uint32) uint32 { return key * 0x9e3779b1 >> 20 }
