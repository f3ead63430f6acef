package veil

import (
	"cmp"
	_ "embed"
	"sort"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/sasl"
)

// ordinaryText is a list of words: in upper case those of the protocol, and after an empty line those that replies use, which
// are of letters only.
//
//go:embed ordinary.txt
var ordinaryText string

// ordinaryWindows are those of what every server may say, a line each, sorted. A test makes them of the words: to do so in each session that
// has a secret takes longer than all that is asked of them.
//
//go:embed windows.txt
var ordinaryWindows string

// isOrdinary reports whether every server may say what is in a window.
func isOrdinary(key uint64) bool {
	const line = widthPlain + len("\n")
	_, found := sort.Find(len(ordinaryWindows)/line, func(i int) int {
		return cmp.Compare(key, pack([]byte(ordinaryWindows[i*line:i*line+widthPlain])))
	})
	return found
}

func protocolText() string {
	text, _, _ := strings.Cut(ordinaryText, "\n\n")
	return text
}

var protocol = lazy.Value[map[string]bool]{Make: func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(protocolText()) {
		set[w] = true
	}
	return set
}}

// isProtocol reports whether a word is a command, a keyword of EHLO, a parameter or the name of a mechanism: a server has to
// say it, no matter who typed it before.
func isProtocol(word string) bool {
	if len(word) > len("AUTH") && strings.EqualFold(word[:len("AUTH")], "AUTH") {
		word = strings.TrimLeft(word[len("AUTH"):], "=:")
	}
	_, mechanism := sasl.Lookup(word)
	return mechanism || protocol.Get()[strings.ToUpper(word)]
}

var ordinaryWords = lazy.Value[map[string]bool]{Make: func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(ordinaryText) {
		set[strings.ToLower(w)] = true
	}
	return set
}}

// Ordinary reports whether a word is one of the protocol or of ordinary replies: in a text it says nothing about who uses it.
func Ordinary(word string) bool { return ordinaryWords.Get()[strings.ToLower(word)] }

// public is the windows of text that is no secret.
type public struct{ windows set }

// mostPublic is that bound, in windows.
const mostPublic = 1 << 13

// add takes text that a server said, up to a bound: it may say much.
func (p *public) add(b []byte) {
	for line := range strings.Lines(string(b)) {
		if p.windows.n > mostPublic {
			return
		}
		p.take(line)
	}
}

// take takes any text, up to that bound, in the forms that hold no byte 0.
func (p *public) take(s string) {
	var room [2][usual]byte
	whole := appendFolded(room[0][:0], s, joined)
	p.takeFolded(whole)
	if bare := appendFolded(room[1][:0], s, letters); len(bare) < len(whole) {
		p.takeFolded(bare)
	}
}

func (p *public) takeFolded(b []byte) {
	for i := 0; i+widthPlain <= len(b) && i < mostPublic; i++ {
		p.windows.add(pack(b[i : i+widthPlain]))
	}
}

// usual is how long a word or a part of a secret is at most, as a rule.
const usual = 64

// has reports whether a window is public.
func (p *public) has(key uint64) bool { return p.windows.has(key) || isOrdinary(key) }

// hasSix reports whether a part of a text is there, long enough, and public.
func (p *public) hasSix(s string, from, to int) bool {
	return from >= 0 && to <= len(s) && to-from >= least && p.hasAll(s[from:to])
}

// hasAll reports whether there is nothing in a text that is not public.
func (p *public) hasAll(s string) bool {
	var room [usual]byte
	return len(s) > 0 && p.hasFolded(appendFolded(room[:0], s, joined)) && p.hasFolded(appendFolded(room[:0], s, letters))
}

func (p *public) hasFolded(b []byte) bool {
	for i := 0; i+widthPlain <= len(b); i++ {
		if !p.has(pack(b[i : i+widthPlain])) {
			return false
		}
	}
	return true
}
