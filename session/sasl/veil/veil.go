// Package veil finds the secrets of a session again in what a server says, however they are dressed, and takes them out.
//
// There is one mechanism. A text is read plainly and by each decoder that a server may have quoted it for, each time with
// its separators and without, in one case, and every six bytes of a secret are looked for in each of these readings. That
// takes time linear in the text, whatever the secrets are. Text that a server says anyway is no secret: what it said before it
// was told one, the names of the session, and the words of ordinary replies.
package veil

import (
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// least is how many bytes of a secret, from its beginning or its end, are known again in any text. A secret that is shorter,
// or a word of ordinary replies, is known as a whole word only.
const least = 6

// Veil knows the secrets of a session. The zero value knows none. It is for one goroutine, and prints none of them.
type Veil struct {
	known func() *known // a function, of which fmt prints no more than the address, whatever the verb
}

// Public makes texts known that a server may say: names of hosts, of users, addresses. Call it before the secrets come.
func (v *Veil) Public(texts ...string) {
	for _, t := range texts {
		v.open().public.take(t)
	}
}

// Learn keeps a secret. It is weak if it cannot be hidden well: it is short, or a word that replies use. That is said once.
func (v *Veil) Learn(s sasl.Secret) (weak bool) {
	if s.IsZero() {
		return false
	}
	return v.open().secret(s.Reveal())
}

// LearnSent keeps what went to the server in a line or the rest of one, a response of the mechanism where there is one.
func (v *Veil) LearnSent(mechanism, line string) (weak bool) { return v.open().sent(mechanism, line) }

// Hide takes out of a reply what it repeats: a secret as it is where it stands, and all of the text where it is in another
// form, in pieces, or not whole. It reports whether there was anything. What one reply ends with counts as the beginning of
// the next, so that nothing comes back in parts.
func (v *Veil) Hide(r *wire.Reply) bool {
	k, s := v.open(), divide(r)
	if k.knowsNothing() {
		k.public.add(s.body())
		return false
	}
	was := s.body()
	clean, all := k.clean(was)
	switch {
	case all:
		s.blank()
	case clean != nil:
		s.set(clean)
	}
	return all || clean != nil
}

// Blank takes all text out of a reply and leaves its codes.
func Blank(r *wire.Reply) { divide(r).blank() }

// HideBytes does for bytes that are no reply what Hide does for replies.
func (v *Veil) HideBytes(raw []byte) ([]byte, bool) {
	r := wire.Reply{Raw: raw}
	found := v.Hide(&r)
	return r.Raw, found
}

// Find is where in a line something of a secret begins, -1 if there is nothing. A line that ends within a secret has
// something of it from its first six bytes on.
func (v *Veil) Find(line string) int {
	if v.known == nil || v.known().knowsNothing() {
		return -1
	}
	return v.known().find([]byte(line))
}

func (v *Veil) open() *known {
	if v.known == nil {
		k := &known{secrets: map[string]bool{}, lessons: map[lesson]bool{}}
		v.known = func() *known { return k }
	}
	return v.known()
}
