// Package dkim checks the signatures of mail with the keys that are in DNS: those of DKIM (RFC 6376), and those of ARC, which are made in the
// same way (RFC 8617). It asks for keys what it is given to ask, and nothing else.
//
// The library for it, emersion/go-msgauth, refuses every signature of a part of the body (l=), which other programs accept, and has no ARC; its
// parts that both need are not exported. It signs for the tests.
package dkim

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Message is what is signed: the fields of the header, each as it is with its name and its line ends, and the body.
type Message struct {
	Fields []string
	Body   string

	hashes map[string][]byte // of the body, by its canonical form and by how much of it
	long   map[bool]string   // the canonical forms
}

// Keys gives the TXT records of a name. An error says that no answer came.
type Keys func(name string) ([]string, error)

// Check says why the DKIM-Signature that is one of the fields is not valid; nil where it is. The time until which it is valid is not looked at.
// It is [ErrNoKey] where DNS has no key, and a [NoAnswer] where that could not be asked: then nothing is known of the signature.
func (m *Message) Check(at int, keys Keys) error {
	tags, err := Tags(valueOf(m.Fields[at]))
	if err != nil {
		return err
	}
	if err := tags.isSignature("v", "a", "b", "bh", "d", "h", "s"); err != nil {
		return err
	}
	switch identity := tags["i"]; {
	case tags["v"] != "1":
		return errors.New("its version is not 1")
	case identity != "" && !ofDomain(identity, tags["d"]):
		return errors.New("the domain of its tag i is not the one of its tag d, nor below it")
	}
	return m.check(at, tags, keys)
}

// checkARC says why an ARC-Message-Signature is not valid: it is a DKIM signature without a version, and its tag i is a number (RFC 8617 §4.1.2).
func (m *Message) checkARC(at int, keys Keys) error {
	tags, err := Tags(valueOf(m.Fields[at]))
	if err != nil {
		return err
	}
	if err := tags.isSignature("i", "a", "b", "bh", "d", "h", "s"); err != nil {
		return err
	}
	for _, name := range tags.list("h") {
		if strings.HasPrefix(strings.ToLower(name), "arc-") {
			return errors.New("it covers fields of ARC")
		}
	}
	delete(tags, "i")
	return m.check(at, tags, keys)
}

// check is what DKIM and ARC have in common (RFC 6376 §6.1).
func (m *Message) check(at int, tags TagList, keys Keys) error {
	isFrom := func(name string) bool { return strings.EqualFold(name, "From") }
	switch covered := count(tags.list("h"), isFrom); {
	case covered == 0:
		return errors.New("it does not cover From")
	case covered < count(m.Fields, func(raw string) bool { return isFrom(nameOf(raw)) }):
		return errors.New("it covers one From, and the header has another one above it") // which a reader may see (RFC 6376 §8.15)
	}
	header, body, err := tags.canonicalization()
	if err != nil {
		return err
	}
	if err := tags.usable(); err != nil {
		return err
	}
	if err := m.bodyIs(tags, body); err != nil {
		return err
	}
	key, err := tags.key(keys)
	if err != nil {
		return err
	}
	return key.verify(tags, m.signed(at, tags.list("h"), header))
}

func count(list []string, is func(string) bool) (n int) {
	for _, one := range list {
		if is(one) {
			n++
		}
	}
	return n
}

// signed is what a signature covers of the header, as it is hashed (RFC 6376 §3.7, §5.4.2): of fields with the same name the last comes first,
// and what is not there counts as nothing. The signature itself, with its b= empty, is the end.
func (m *Message) signed(at int, names []string, relaxed bool) string {
	var b strings.Builder
	used := map[int]bool{at: true}
	for _, name := range names {
		for i := len(m.Fields) - 1; i >= 0; i-- {
			if !used[i] && strings.EqualFold(nameOf(m.Fields[i]), name) {
				used[i] = true
				b.WriteString(field(m.Fields[i], relaxed))
				break
			}
		}
	}
	b.WriteString(strings.TrimSuffix(field(unsigned(m.Fields[at]), relaxed), "\r\n"))
	return b.String()
}

// CheckBody compares the body with the hash in a signature, which takes no key: nil where it is the one that was signed, [ErrBody] where it is another
// one, and what else keeps that from being known.
func (m *Message) CheckBody(tags TagList) error {
	_, body, err := tags.canonicalization()
	if err != nil {
		return err
	}
	if err := tags.usable(); err != nil {
		return err
	}
	return m.bodyIs(tags, body)
}

// bodyIs compares the hash of the body with the one in the signature.
func (m *Message) bodyIs(tags TagList, relaxed bool) error {
	want, err := base64.StdEncoding.DecodeString(tags["bh"])
	if err != nil {
		return errors.New("its tag bh is not base64")
	}
	got, err := m.hash(tags, relaxed)
	switch {
	case err != nil:
		return err
	case string(got) != string(want):
		return ErrBody
	}
	return nil
}

// hash is that of the body, or of its beginning where a signature says how much of it is signed (RFC 6376 §3.5, l=).
func (m *Message) hash(tags TagList, relaxed bool) ([]byte, error) {
	body, limit := m.canonical(relaxed), tags["l"]
	if _, has := tags["l"]; has {
		n, err := strconv.ParseUint(limit, 10, 63)
		switch {
		case err != nil:
			return nil, errors.New("its tag l is not a number")
		case n > uint64(len(body)):
			return nil, fmt.Errorf("its tag l says that %d bytes of the body are signed, and the body has %d", n, len(body))
		}
		body = body[:n]
	}
	at := fmt.Sprint(relaxed, limit)
	if m.hashes[at] == nil {
		if m.hashes == nil {
			m.hashes = map[string][]byte{}
		}
		sum := sha256.Sum256([]byte(body))
		m.hashes[at] = sum[:]
	}
	return m.hashes[at], nil
}

// canonical is [Body], made once.
func (m *Message) canonical(relaxed bool) string {
	if _, ok := m.long[relaxed]; !ok {
		if m.long == nil {
			m.long = map[bool]string{}
		}
		m.long[relaxed] = Body(m.Body, relaxed)
	}
	return m.long[relaxed]
}

// Unsigned is how many bytes at the end of the body a signature leaves out, in the form in which it is hashed.
func (m *Message) Unsigned(tags TagList) int {
	_, relaxed, err := tags.canonicalization()
	n, bad := strconv.ParseUint(tags["l"], 10, 63)
	body := m.canonical(relaxed)
	if err != nil || bad != nil || n > uint64(len(body)) {
		return 0
	}
	return len(body) - int(n)
}
