package dkim

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The fields of ARC.
const (
	fieldResults = "ARC-Authentication-Results"
	fieldMessage = "ARC-Message-Signature"
	fieldSeal    = "ARC-Seal"
)

// MostSets is how many sets a chain of ARC may have (RFC 8617 §4.2.1).
const MostSets = 50

// Set is what one server adds: what it found, a signature of the message, and a seal over these and over all sets before. Each number is that of
// a field, from 0, and -1 where it is not there.
type Set struct {
	Instance               int
	Results, Message, Seal int
	// Tags are those of the seal.
	Tags TagList
}

// Chain are the sets of a message, the first one first.
type Chain []Set

// ErrEnded says that a server found the chain broken, and sealed that: nothing behind it counts (RFC 8617 §5.1.2).
var ErrEnded = errors.New("the newest seal says that the chain was broken before")

// Chain finds the sets of a message. The error says what of their form makes the chain invalid, whatever the signatures are (RFC 8617 §5.2,
// steps 1 to 3).
func (m *Message) Chain() (Chain, error) {
	c, err := m.collect()
	if err != nil || len(c) == 0 {
		return c, err
	}
	if strings.EqualFold(c[len(c)-1].Tags["cv"], "fail") {
		return c, ErrEnded
	}
	for _, s := range c {
		if err := s.wrong(); err != nil {
			return c, err
		}
	}
	return c, nil
}

// collect puts the fields into sets by their instance.
func (m *Message) collect() (c Chain, err error) {
	for at, raw := range m.Fields {
		part := partOf(nameOf(raw))
		if part < 0 {
			continue
		}
		n := instance(valueOf(raw))
		if n < 1 || n > MostSets {
			return c, fmt.Errorf("a field %s has no instance from 1 to %d", nameOf(raw), MostSets)
		}
		for len(c) < n {
			c = append(c, Set{Instance: len(c) + 1, Results: -1, Message: -1, Seal: -1})
		}
		s := &c[n-1]
		place := [...]*int{&s.Results, &s.Message, &s.Seal}[part]
		if *place >= 0 && err == nil {
			err = fmt.Errorf("instance %d has two fields %s", n, nameOf(raw))
		}
		*place = at
		if part == 2 {
			s.Tags, _ = Tags(valueOf(raw))
		}
	}
	return c, err
}

// partOf is which part of a set a field is.
func partOf(name string) int {
	for i, part := range [...]string{fieldResults, fieldMessage, fieldSeal} {
		if strings.EqualFold(name, part) {
			return i
		}
	}
	return -1
}

// instance is the number in the tag i of a field of ARC, 0 where it has none. In that of results it comes first (RFC 8617 §4.1.1).
func instance(value string) int {
	for part := range strings.SplitSeq(value, ";") {
		if name, v, ok := strings.Cut(part, "="); ok && strings.TrimSpace(name) == "i" {
			n, _ := strconv.Atoi(strings.TrimSpace(v))
			return n
		}
	}
	return 0
}

// wrong says what is wrong with the form of a set.
func (s Set) wrong() error {
	want := "pass"
	if s.Instance == 1 {
		want = "none"
	}
	switch _, has := s.Tags["h"]; {
	case s.Results < 0 && s.Message < 0 && s.Seal < 0:
		return fmt.Errorf("instance %d is not there", s.Instance)
	case s.Results < 0 || s.Message < 0 || s.Seal < 0:
		return fmt.Errorf("instance %d has not all of its three fields", s.Instance)
	case has:
		return fmt.Errorf("the seal of instance %d has a tag h, which it must not have", s.Instance)
	case !strings.EqualFold(s.Tags["cv"], want):
		return fmt.Errorf("the seal of instance %d does not say cv=%s", s.Instance, want)
	}
	return nil
}

// CheckMessage says why the signature of the message in a set is not valid.
func (m *Message) CheckMessage(s Set, keys Keys) error { return m.checkARC(s.Message, keys) }

// CheckSeal says why the seal of the last of these sets is not valid. It is over the sets from the first to its own (RFC 8617 §5.1.1).
func (m *Message) CheckSeal(c Chain, keys Keys) error {
	last := c[len(c)-1]
	tags, err := Tags(valueOf(m.Fields[last.Seal]))
	if err != nil {
		return err
	}
	if err := tags.isSignature("i", "a", "b", "d", "s"); err != nil {
		return err
	}
	if err := tags.usable(); err != nil {
		return err
	}
	delete(tags, "i")
	k, err := tags.key(keys)
	if err != nil {
		return err
	}
	return k.verify(tags, m.sealed(c))
}

// sealed is the text that a seal is for.
func (m *Message) sealed(c Chain) string {
	var b strings.Builder
	for i, s := range c {
		b.WriteString(field(m.Fields[s.Results], true))
		b.WriteString(field(m.Fields[s.Message], true))
		if i < len(c)-1 {
			b.WriteString(field(m.Fields[s.Seal], true))
		}
	}
	b.WriteString(strings.TrimSuffix(field(unsigned(m.Fields[c[len(c)-1].Seal]), true), "\r\n"))
	return b.String()
}
