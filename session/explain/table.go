package explain

import (
	"iter"
	"strings"
	"sync"
	"sync/atomic"
)

// A table is one kind. Its text is split at the names of its entries when it
// is first asked for something; an entry is parsed each time it is looked up,
// which takes a microsecond, so that what is returned belongs to the caller.
type table struct {
	kind     string
	text     *string
	until    string // the line at which this table ends, where another one reads the rest of the text too; "" for the whole text
	once     sync.Once
	heads    []head
	parsed   []atomic.Pointer[conditions]
	told     *shared  // of the messages that every handshake has
	places   sync.Map // the index of a row by one of its names, of those that were asked for
	searched atomic.Int32
}

// A head says where an entry begins in the text, and from there where the
// values of its first fields are. It is small, because for a session of a few
// lookups the first use of memory costs more than anything else. The classes of
// the codes tell the phrases of refusals from what most replies are.
type head struct {
	start             uint32
	name, also, codes span
	classes           uint16
}

type span struct{ from, to uint16 }

// shared is explanations by the names of their entries, for any number of readers. There are a few dozen at most, and looking them through
// takes a handshake less time than a map. They lie beside each other and in no memory of their own: a handshake finds neither in a cache.
type shared struct {
	n    atomic.Int32
	list [48]told   // up to n, and what stands there stays
	mu   sync.Mutex // of who adds one
}

type told struct {
	name string
	x    *Explanation
}

func (s *shared) of(name string) *Explanation {
	for i := range s.list[:s.n.Load()] {
		if s.list[i].name == name {
			return s.list[i].x
		}
	}
	return nil
}

func (s *shared) keep(name string, x *Explanation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.n.Load(); int(n) < len(s.list) && s.of(name) == nil {
		s.list[n] = told{name, x}
		s.n.Store(n + 1)
	}
}

func (t *table) split() {
	text := t.body()
	t.heads = make([]head, 0, len(text)/300)
	for at := nextName(text, 0); at < len(text); at = nextName(text, at+len(nameKey)) {
		t.heads = append(t.heads, headOf(text[at:], at))
	}
	t.parsed = make([]atomic.Pointer[conditions], len(t.heads))
}

func (t *table) body() string {
	if t.until == "" {
		return *t.text
	}
	body, _, _ := strings.Cut(*t.text, t.until)
	return body
}

func headOf(source string, start int) head {
	h := head{start: uint32(start)}
	at := 0
	take := func(key string) (s span) {
		if strings.HasPrefix(source[at:], key) {
			end := at + fieldEnd(source[at:])
			s = span{uint16(at + len(key)), uint16(end)}
			at = min(end+1, len(source))
		}
		return s
	}
	h.name = take(nameKey)
	h.also = take("Also: ")
	take("Vendor: ")
	h.codes = take("Codes: ")
	for i := h.codes.from; i < h.codes.to; i += 4 { // three digits and a space each
		h.classes |= classOf(source[i:])
	}
	return h
}

// classOf is the first digit of a reply code as one bit; all of them where it is not known.
func classOf(code string) uint16 {
	if code == "" {
		return 1<<10 - 1
	}
	return 1 << (code[0] - '0')
}

// rows goes through the table in the order of its file.
func (t *table) rows() iter.Seq[row] {
	t.once.Do(t.split)
	return func(yield func(row) bool) {
		for i := range t.heads {
			if !yield(row{t, i}) {
				return
			}
		}
	}
}

// coming goes through the rows that may come with a code of that class: those
// of it, and those that name no codes.
func (t *table) coming(class uint16) iter.Seq[row] {
	t.once.Do(t.split)
	return func(yield func(row) bool) {
		for i := range t.heads {
			if c := t.heads[i].classes; (c == 0 || c&class != 0) && !yield(row{t, i}) {
				return
			}
		}
	}
}

// A row is the source of an entry. It begins with the fields Name, Also, Vendor
// and Codes, in that order where there are any, which tell most rows apart
// without reading on.
type row struct {
	table *table
	index int
}

const nameKey = "Name: "

func (r row) source() string {
	text, next := r.table.body(), r.index+1
	if next < len(r.table.heads) {
		text = text[:r.table.heads[next].start]
	}
	return text[r.table.heads[r.index].start:]
}

func (r row) head() *head { return &r.table.heads[r.index] }

func (r row) at(s span) string {
	start := int(r.head().start)
	return (*r.table.text)[start+int(s.from) : start+int(s.to)]
}

// name is what the entry is called, also what else it is called, codes the
// reply codes of a phrase: each as it is written.
func (r row) name() string  { return r.at(r.head().name) }
func (r row) also() string  { return r.at(r.head().also) }
func (r row) codes() string { return r.at(r.head().codes) }

// nextName is where the next entry starts, the end of text if none does.
func nextName(text string, at int) int {
	for ; ; at += len(nameKey) {
		i := strings.Index(text[at:], nameKey)
		if i < 0 {
			return len(text)
		}
		if at += i; at == 0 || text[at-1] == '\n' {
			return at
		}
	}
}

// few is how often a table is searched for a name before it is divided: a session asks for one or two findings, and to divide the text of
// all of them takes as long as ten searches.
const few = 4

// named is the entry of exactly that name. It is nil where there is none, and where the table is to be divided.
func (t *table) named(name string) *Entry {
	if len(name) > maxName || t.searched.Add(1) > few {
		return nil
	}
	text, line := t.body(), "\n"+nameKey+name+"\n"
	at := strings.Index(text, line) + 1
	if at == 0 {
		return nil
	}
	return t.entry(text[at:nextName(text, at+len(nameKey))])
}

// maxName bounds the names looked up; no file holds a longer one.
const maxName = 64

// find finds an entry by any of its names; it is nil if there is none.
func (t *table) find(name string) *Entry {
	if len(name) > maxName {
		return nil
	}
	return t.at(fold(name))
}

// at is find for a name that is folded already.
func (t *table) at(folded string) *Entry {
	if r, ok := t.row(folded); ok {
		return r.entry()
	}
	return nil
}

func (t *table) row(folded string) (row, bool) {
	if i, ok := t.places.Load(folded); ok {
		return row{t, i.(int)}, true
	}
	for r := range t.rows() {
		if r.called(folded) {
			t.places.Store(strings.Clone(folded), r.index)
			return r, true
		}
	}
	return row{}, false
}

// called reports whether folded is one of the names of the row.
func (r row) called(folded string) bool {
	if folded == "" || folds(r.name(), folded) {
		return folded != ""
	}
	for also := r.also(); also != ""; {
		var name string
		if name, also, _ = strings.Cut(also, ","); folds(name, folded) {
			return true
		}
	}
	return false
}

// names returns all names of the row.
func (r row) names() []string {
	if also := r.also(); also != "" {
		return append([]string{r.name()}, list(also)...)
	}
	return []string{r.name()}
}

// found is what a lookup returns for e.
func found(e *Entry) (Entry, bool) {
	if e == nil {
		return Entry{}, false
	}
	return *e, true
}

// All returns every entry of every table, kind by kind in the order of the
// data files.
func All() []Entry {
	var all []Entry
	for _, t := range tables {
		for r := range t.rows() {
			all = append(all, *r.entry())
		}
	}
	return all
}
