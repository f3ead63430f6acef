package wire

import (
	"iter"
	"maps"
	"slices"
)

// Changes is what differs between two EHLO replies of one server, for example
// before and after STARTTLS.
type Changes struct {
	Added   []Capability `json:"added,omitempty"`   // in the order of the second reply
	Removed []Capability `json:"removed,omitempty"` // in the order of the first reply
	Changed []Change     `json:"changed,omitempty"` // in the order of the second reply
	Same    []Capability `json:"same,omitempty"`    // in the order of the second reply
}

// Change is a keyword whose parameters differ.
type Change struct {
	Before Capability `json:"before"`
	After  Capability `json:"after"`
}

// Diff compares by keyword; the n-th line with a keyword is compared with the n-th
// line of the other reply, and AUTH= only with AUTH=. The order of parameters counts,
// since it is the server's preference; that of keywords does not.
func Diff(before, after Capabilities) Changes {
	var c Changes
	old := maps.Collect(ordered(before))
	for key, now := range ordered(after) {
		was, ok := old[key]
		delete(old, key)
		switch {
		case !ok:
			c.Added = append(c.Added, now)
		case slices.Equal(was.Params, now.Params):
			c.Same = append(c.Same, now)
		default:
			c.Changed = append(c.Changed, Change{was, now})
		}
	}
	for key, was := range ordered(before) {
		if _, left := old[key]; left {
			c.Removed = append(c.Removed, was)
		}
	}
	return c
}

// capabilityKey names a line: the n-th one of its keyword and form.
type capabilityKey struct {
	keyword string
	legacy  bool
	nth     int
}

func ordered(c Capabilities) iter.Seq2[capabilityKey, Capability] {
	return func(yield func(capabilityKey, Capability) bool) {
		count := map[capabilityKey]int{}
		for _, k := range c.Keywords {
			key := capabilityKey{keyword: k.Keyword, legacy: k.Legacy}
			count[key]++
			key.nth = count[key]
			if !yield(key, k) {
				return
			}
		}
	}
}
