// Package anonymize takes out of transcripts who was involved, so that they can be handed out: names of hosts, addresses, users and
// mailboxes get other names, the same name always the same one, messages and certificates are dropped but for their facts, hashes are
// salted. What is left is a transcript, reads like one and comes to the same verdict.
//
// Names are collected first, wherever they stand, and then replaced wherever they stand, also in base64 at any alignment, in
// hexadecimal, quoted-printable, with percent signs or other escapes, and in both forms of an internationalized name. What holds a
// name and cannot be rewritten is removed. [Limits] says what is not promised.
package anonymize

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"

	"ehlo/session/record"
	"ehlo/transcripts"
)

// Limits is what nobody should take for granted, a sentence each.
var Limits = []string{
	"Times, ports, sizes, queue numbers and the names of programs stay: the server's operator can find the session by them.",
	"A reply with unusual wording may reveal who runs the server.",
	"A name of fewer than six letters, or one that is an ordinary word, is found only where it is a separate word or a name.",
	"A name is not found where it is encrypted, compressed, cut into pieces, or written in an unusual encoding.",
	"Notes are rewritten like all other text: read them before you pass the file on.",
}

// Anonymizer replaces names. Show it all events of all transcripts with [Anonymizer.Learn] first. It is for one goroutine.
type Anonymizer struct {
	names *names
	salt  []byte
	// public are host names that the program itself knows: in its own sentences they tell nothing.
	public map[string]bool
	// scanned and clean remember texts, of which many come again in each step.
	scanned map[string]bool
	clean   map[string]string
}

// remembered bounds how many texts are, and mostRemembered how long they may be, in bytes.
const (
	remembered     = 10_000
	mostRemembered = 4096
)

// New makes an anonymizer with a salt of its own: what it hashes cannot be compared with what another one does.
func New() *Anonymizer {
	salt := make([]byte, 32)
	rand.Read(salt) // it never fails
	return &Anonymizer{names: newNames(), salt: salt, public: known.Get(), scanned: map[string]bool{}, clean: map[string]string{}}
}

// Learn collects the names in an event.
func (a *Anonymizer) Learn(e *record.Event) error {
	clear(a.clean) // a new name may stand in any of them
	tree, err := treeOf(e)
	if err == nil {
		a.collect(place{}, tree)
	}
	return err
}

// Event is an event without what names anybody.
func (a *Anonymizer) Event(e *record.Event) (*record.Event, error) {
	tree, err := treeOf(e)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(a.rewrite(place{}, tree))
	if err != nil {
		return nil, err
	}
	out := &record.Event{}
	if err := json.Unmarshal(text, out); err != nil {
		return nil, fmt.Errorf("event %d: %w", e.Seq, err)
	}
	return out, nil
}

// treeOf is an event as JSON has it, so that no field is forgotten.
func treeOf(e *record.Event) (tree map[string]any, err error) {
	var line bytes.Buffer
	if err := transcripts.WriteLine(&line, e); err != nil {
		return nil, err
	}
	d := json.NewDecoder(&line)
	d.UseNumber()
	return tree, d.Decode(&tree)
}

// Replaced is one name and what stands in its place.
type Replaced struct{ What, From, To string }

// Replaced lists what was learned, in the order in which it was met.
func (a *Anonymizer) Replaced() []Replaced { return a.names.list }
