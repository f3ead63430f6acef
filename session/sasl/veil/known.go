package veil

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	"ehlo/session/sasl"
)

// known is all that is to be found again.
type known struct {
	needles []needle
	tables  [forms]table
	secrets map[string]bool // learned as a whole
	lessons map[lesson]bool
	weak    [][]byte // in one case; known as whole words
	public  public
	tail    []byte // what the server said last
}

// needle is a secret, or a text that it is encoded as, in one form.
type needle struct {
	text  []byte
	size  int  // how long it is where it stands as it is
	plain bool // it is what was sent, and not an encoding of it
}

// The widths of what is looked for: of a secret, and of the base64 of one, of which eight characters hold six bytes.
const (
	widthPlain = least
	widthCoded = 8
)

func (k *known) knowsNothing() bool { return len(k.needles) == 0 && len(k.weak) == 0 }

// learn keeps a text in all forms in which it is long enough.
func (k *known) learn(b []byte, width int, plain bool) {
	k.learnParts(b, width, plain, func(span) bool { return true })
}

// learnParts keeps a text of which not all is secret: it is looked for by the windows that tell something.
func (k *known) learnParts(b []byte, width int, plain bool, telling func(span) bool) {
	whole := text{b: b}
	for f := range forms {
		t := whole.fold(f)
		folded := t.b
		if f == exact && len(whole.fold(joined).b) == len(folded) {
			continue // it has nothing that is dropped later
		}
		if len(folded) < width || k.twice(lesson{f, width, plain, string(folded)}) {
			continue
		}
		k.tables[f].add(folded, width, len(k.needles), func(i int) bool {
			return telling(span{int(t.at[i]), int(t.at[i+width-1]) + 1})
		})
		k.needles = append(k.needles, needle{folded, len(b), plain})
	}
}

// lesson is a text that was learned in a form.
type lesson struct {
	form  form
	width int // 0 for a short one
	plain bool
	text  string
}

// twice keeps a lesson and reports whether it was learned before.
func (k *known) twice(l lesson) bool {
	before := k.lessons[l]
	k.lessons[l] = true
	return before
}

// leastShared is how much of a secret a window has that also has something else.
const leastShared = 4

// has reports whether enough of a window is within a span.
func (s span) has(w span) bool {
	return min(s.to, w.to)-max(s.from, w.from) >= min(leastShared, s.to-s.from)
}

// clean is the text without the secrets in it that stand there as they are; nil if there are none. all says that there is
// more, so that nothing of the text may stay.
func (k *known) clean(body []byte) (clean []byte, all bool) {
	before := slices.Clone(k.tail)
	if len(before) > 0 {
		before = append(before, '\n')
	}
	lead := len(before)
	said := append(before, body...)
	k.tail = bytes.Clone(said[max(0, len(said)-tailKept):])
	cuts, all := k.cuts(said, lead)
	if all {
		return nil, true
	}
	if len(cuts) > 0 {
		said = replace(said, cuts)
		clean = said[lead:]
	}
	for v := range readings(said) {
		if k.hits(v, lead) {
			return nil, true
		}
	}
	return clean, false
}

// tailKept is how much of what came before may be the beginning of what comes next, in the longest of the encodings.
const tailKept = 512

// span is a part of a text.
type span struct{ from, to int }

// cuts are the whole secrets that stand in a text as they are. all says that something else of one does.
func (k *known) cuts(said []byte, lead int) (list []span, all bool) {
	plain := text{b: said}.fold(joined)
	scan := scanner{text: plain.b}
	for {
		at, ok := scan.next(&k.tables[joined], &k.public)
		if !ok {
			break
		}
		end := scan.i
		if plain.at[end-1] < int32(lead) { // it was there before
			continue
		}
		n := k.needles[at.needle]
		from, to := n.extend(plain.b, end, at)
		cut := span{int(plain.at[from]), int(plain.at[to-1]) + 1}
		if !n.plain || to-from < len(n.text) || cut.to-cut.from != n.size || cut.from < lead || bytes.Contains(said[cut.from:cut.to], []byte("\n")) {
			return nil, true
		}
		list = append(list, cut)
		scan.jump(to)
	}
	return k.addWeak(list, said, lead), false
}

// addWeak adds the short ones, where they are whole words.
func (k *known) addWeak(list []span, said []byte, lead int) []span {
	if len(k.weak) == 0 {
		return list
	}
	lower := lowered(said)
	for _, w := range k.weak {
		for at := range words(lower, w, lead) {
			list = append(list, span{at, at + len(w)})
		}
	}
	slices.SortFunc(list, func(a, b span) int { return a.from - b.from })
	return list
}

// replace puts a mask in the place of each span, one for those that overlap.
func replace(said []byte, cuts []span) []byte {
	var out []byte
	at := 0
	for _, c := range cuts {
		if c.from >= at {
			out = append(append(out, said[at:c.from]...), sasl.Mask...)
		}
		at = max(at, c.to)
	}
	return append(out, said[at:]...)
}

// hits reports whether there is something of a secret in one reading of a text, after its first lead bytes.
func (k *known) hits(r reading, lead int) bool {
	for _, f := range r.forms() {
		if k.tables[f].empty() {
			continue
		}
		t := r.text.fold(f)
		scan := scanner{text: t.b}
		for {
			if _, ok := scan.next(&k.tables[f], &k.public); !ok {
				break
			}
			if t.at[scan.i-1] >= int32(lead) {
				return true
			}
		}
	}
	return r.quoted && k.weakIn(r.text, lead) >= 0
}

// weakIn is where the first of the short ones stands as a whole word, -1 if none does.
func (k *known) weakIn(t text, lead int) int {
	if len(k.weak) == 0 {
		return -1
	}
	lower := lowered(t.b)
	for _, w := range k.weak {
		for at := range words(lower, w, 0) {
			if from := t.origin(at); from >= lead {
				return from
			}
		}
	}
	return -1
}

// find is where in a line the first of it begins.
func (k *known) find(line []byte) int {
	first := k.weakIn(text{b: line}, 0)
	for r := range readings(line) {
		if r.quoted {
			first = earlier(first, k.weakIn(r.text, 0))
		}
		for _, f := range r.forms() {
			first = earlier(first, k.findIn(r, f))
		}
	}
	return first
}

func (k *known) findIn(r reading, f form) int {
	if k.tables[f].empty() {
		return -1
	}
	t := r.text.fold(f)
	scan := scanner{text: t.b}
	at, ok := scan.next(&k.tables[f], &k.public)
	if !ok {
		return -1
	}
	from, _ := k.needles[at.needle].extend(t.b, scan.i, at)
	return int(t.at[from])
}

func earlier(a, b int) int {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}

// extend gives how far a needle reaches around one of its windows that was found to end at end.
func (n needle) extend(b []byte, end int, at place) (from, to int) {
	from, start := end-at.width, at.start
	for from > 0 && start > 0 && b[from-1] == n.text[start-1] {
		from, start = from-1, start-1
	}
	to, start = end, at.start+at.width
	for to < len(b) && start < len(n.text) && b[to] == n.text[start] {
		to, start = to+1, start+1
	}
	return from, to
}

// lowered is a text in one case, byte for byte.
func lowered(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}

// words gives where a word stands on its own: what is on both sides of it is no letter or digit, and no dot or hyphen
// that joins it to one, as in the name of a host.
func words(b, word []byte, from int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for at := from; ; {
			i := bytes.Index(b[at:], word)
			if i < 0 {
				return
			}
			at += i
			if !joinedBefore(b[:at]) && !joinedAfter(b[at+len(word):]) && !yield(at) {
				return
			}
			at++
		}
	}
}

func joinedBefore(b []byte) bool {
	r, size := utf8.DecodeLastRune(b)
	if size > 0 && isJoint(r) {
		r, size = utf8.DecodeLastRune(b[:len(b)-size])
	}
	return size > 0 && inWord(r)
}

func joinedAfter(b []byte) bool {
	r, size := utf8.DecodeRune(b)
	if size > 0 && isJoint(r) {
		r, size = utf8.DecodeRune(b[size:])
	}
	return size > 0 && inWord(r)
}

func isJoint(r rune) bool { return r == '.' || r == '-' || r == '_' || r == '@' }

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
