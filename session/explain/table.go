package explain

import (
	"slices"
	"sort"

	"ehlo/session/explain/internal/fold"
)

//go:generate go run ./gen

// A table is one kind. Its literal, in table_*.go, is made from a file under
// data/ and laid out by the linker, so that it costs nothing at start-up and
// its first use is as quick as the next: nothing in it may need code to build.
type table struct {
	kind    string
	entries []Entry
	// index holds every folded name, sorted.
	index []named
}

// A named leads from one folded name to its entry.
type named struct {
	name string
	row  int
}

var tables = [...]*table{
	&commandTable,
	&keywordTable,
	&parameterTable,
	&replyTable,
	&enhancedTable,
	&mechanismTable,
	&messageTable,
	&extensionTable,
	&alertTable,
	&portTable,
	&topicTable,
	&findingTable,
	&phraseTable,
	&softwareTable,
}

func tableOf(kind string) (*table, bool) {
	for _, t := range tables {
		if t.kind == kind {
			return t, true
		}
	}
	return nil, false
}

// maxName bounds the names looked up; no table holds a longer one.
const maxName = 64

// find finds an entry by any of its names; it is nil if there is none. It is
// the table's own: only read it, and let nothing but a clone leave the package.
func (t *table) find(name string) *Entry {
	if len(name) > maxName {
		return nil
	}
	return t.at(fold.Name(name))
}

// at is find for a name that is folded already.
func (t *table) at(folded string) *Entry {
	i := sort.Search(len(t.index), func(i int) bool { return t.index[i].name >= folded })
	if i == len(t.index) || t.index[i].name != folded {
		return nil
	}
	return &t.entries[t.index[i].row]
}

// numbered finds an entry by one of its names, or else by its number.
func (t *table) numbered(name string) *Entry {
	if e := t.find(name); e != nil {
		return e
	}
	for i := range t.entries {
		if t.entries[i].Number == name {
			return &t.entries[i]
		}
	}
	return nil
}

// found is what a look-up returns for e.
func found(e *Entry) (Entry, bool) {
	if e == nil {
		return Entry{}, false
	}
	return e.clone(), true
}

// clone returns a copy that shares no memory with e.
func (e *Entry) clone() Entry {
	c := *e
	c.Also = slices.Clone(e.Also)
	c.Success = slices.Clone(e.Success)
	c.Failure = slices.Clone(e.Failure)
	c.Refs = slices.Clone(e.Refs)
	c.See = slices.Clone(e.See)
	return c
}

// All returns every entry of every table, kind by kind in the order of the
// data files.
func All() []Entry {
	var all []Entry
	for _, t := range tables {
		for i := range t.entries {
			all = append(all, t.entries[i].clone())
		}
	}
	return all
}
