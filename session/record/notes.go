package record

import (
	"slices"
	"time"
)

// Note is a person's remark on an event, or another form of one that was made before.
type Note struct {
	On     int       `json:"on"` // Seq of the event it is about
	Text   string    `json:"text,omitempty"`
	Author string    `json:"author,omitempty"`
	Time   time.Time `json:"time,omitzero"`
	// Edits is the Seq of the note in whose place this one stands; without a Text that one is removed. 0 for a new note.
	Edits int `json:"edits,omitempty"`
}

// About is what a person says of a whole log: what it shows, who has made it, and words to find it by. A later one stands in the
// place of all before.
type About struct {
	Title  string    `json:"title,omitempty"`
	Author string    `json:"author,omitempty"`
	Tags   []string  `json:"tags,omitempty"`
	Time   time.Time `json:"time,omitzero"`
}

// Remark is a note as it stands.
type Remark struct {
	Seq    int // of the note, where it was edited of its first form
	Last   int // Seq of the form that holds now
	On     int // Seq of the event that it is shown with
	Text   string
	Author string
	Time   time.Time
	Edited bool
}

// mostRemarks is how many notes on one event are told; nobody reads more, and a file may have a million.
const mostRemarks = 1000

// Notes are the remarks in a log as they stand: edited ones as they were last written, and removed ones not at all. The zero value
// is ready. It is not safe for concurrent use.
type Notes struct {
	on    map[int][]Remark // by the Seq of the event; a removed one has no text
	first map[int]int      // of each note by its Seq: the Seq of its first form
	about map[int]int      // of each first form: the Seq of the event that it is shown with
}

// Take takes in a further event of the log. It returns the Seq of the event whose notes are others now; 0 where that is none.
func (n *Notes) Take(e *Event) (on int) {
	if e.Kind != KindNote || e.Note == nil {
		return 0
	}
	first, edits := n.first[e.Note.Edits]
	if e.Note.Text == "" && !edits {
		return 0
	}
	if !edits {
		first, on = e.Seq, n.shownWith(e)
	} else {
		on = n.about[first]
	}
	n.keep(e.Seq, first, on)
	n.put(Remark{Seq: first, Last: e.Seq, On: on, Text: e.Note.Text, Author: e.Note.Author, Time: e.Note.Time, Edited: edits})
	return on
}

// shownWith is the event that a note belongs to: a note on a note is shown with the event of that one, and a note on what is not
// there with itself.
func (n *Notes) shownWith(e *Event) int {
	on := e.Note.On
	if first, isNote := n.first[on]; isNote {
		return n.about[first]
	}
	if on < 1 || on >= e.Seq {
		return e.Seq
	}
	return on
}

func (n *Notes) keep(seq, first, on int) {
	if n.on == nil {
		n.on, n.first, n.about = map[int][]Remark{}, map[int]int{}, map[int]int{}
	}
	n.first[seq], n.about[first] = first, on
}

// put puts a remark in the place of its earlier form, or behind the others on its event.
func (n *Notes) put(r Remark) {
	list := n.on[r.On]
	i, found := slices.BinarySearchFunc(list, r.Seq, func(have Remark, seq int) int { return have.Seq - seq })
	switch {
	case found:
		list[i] = r
	case len(list) < mostRemarks:
		n.on[r.On] = append(list, r)
	}
}

// On are the remarks on the event with that Seq, in the order in which they were first made.
func (n *Notes) On(seq int) []Remark {
	return slices.DeleteFunc(slices.Clone(n.on[seq]), func(r Remark) bool { return r.Text == "" })
}

// Noted are the Seqs of the events that have remarks, in order.
func (n *Notes) Noted() []int {
	var out []int
	for seq := range n.on {
		if len(n.On(seq)) > 0 {
			out = append(out, seq)
		}
	}
	slices.Sort(out)
	return out
}

// Of is the remark that the note with that Seq is now; ok is false where it was removed, or is none.
func (n *Notes) Of(seq int) (r Remark, ok bool) {
	first, isNote := n.first[seq]
	if !isNote {
		return Remark{}, false
	}
	for _, r := range n.On(n.about[first]) {
		if r.Seq == first {
			return r, true
		}
	}
	return Remark{}, false
}
