package veil

import (
	_ "embed"
	"strings"
	"sync"

	"ehlo/session/sasl"
)

// ordinaryText is a list of words: those that replies use, and in upper case those of the protocol.
//
//go:embed ordinary.txt
var ordinaryText string

// ordinary is what every server may say.
var ordinary = sync.OnceValue(func() *public {
	p := &public{}
	for w := range strings.FieldsSeq(ordinaryText) {
		p.take([]byte(w))
	}
	return p
})

var protocol = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(ordinaryText) {
		if w == strings.ToUpper(w) {
			set[w] = true
		}
	}
	return set
})

// isProtocol reports whether a word is a command, a keyword of EHLO, a parameter or the name of a mechanism: a server has to
// say it, whoever typed it before.
func isProtocol(word string) bool {
	if len(word) > len("AUTH") && strings.EqualFold(word[:len("AUTH")], "AUTH") {
		word = strings.TrimLeft(word[len("AUTH"):], "=:")
	}
	_, mechanism := sasl.Lookup(word)
	return mechanism || protocol()[strings.ToUpper(word)]
}

// public is the windows of text that is no secret.
type public struct{ windows map[uint64]struct{} }

// mostPublic is that bound, in windows.
const mostPublic = 1 << 13

// add takes text that a server said, up to a bound: it may say much.
func (p *public) add(b []byte) {
	for line := range strings.Lines(string(b)) {
		if len(p.windows) > mostPublic {
			return
		}
		p.take([]byte(line))
	}
}

// take takes any text.
func (p *public) take(b []byte) {
	if p.windows == nil {
		p.windows = map[uint64]struct{}{}
	}
	for _, f := range []form{joined, letters} {
		folded := text{b: b}.fold(f).b
		for i := 0; i+widthPlain <= len(folded) && i < mostPublic; i++ {
			p.windows[pack(folded[i:i+widthPlain])] = struct{}{}
		}
	}
}

// has reports whether a window is public.
func (p *public) has(key uint64) bool {
	if _, ok := p.windows[key]; ok {
		return true
	}
	_, ok := ordinary().windows[key]
	return ok
}

// hasSix reports whether a part of a text is there, long enough, and public.
func (p *public) hasSix(b []byte, from, to int) bool {
	return from >= 0 && to <= len(b) && to-from >= least && p.hasAll(string(b[from:to]))
}

// hasAll reports whether there is nothing in a text that is not public.
func (p *public) hasAll(s string) bool {
	for _, f := range []form{joined, letters} {
		folded := text{b: []byte(s)}.fold(f).b
		for i := 0; i+widthPlain <= len(folded); i++ {
			if !p.has(pack(folded[i : i+widthPlain])) {
				return false
			}
		}
	}
	return len(s) > 0
}
