package explain

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// entry parses the row, and gives the number of the code point that it is about.
func (r row) entry() *Entry { return r.table.entry(r.source()) }

func (t *table) entry(source string) *Entry {
	e := t.parse(source)
	if c, ok := pointOf(e.Kind, e.Name); ok {
		e.Number = strconv.Itoa(int(c.Value))
	}
	return e
}

// parse parses a row. What a file has wrong is found by the tests, which
// parse all of it; here it would cost that field alone.
func (t *table) parse(source string) *Entry {
	e := &Entry{Kind: t.kind}
	for key, value := range Fields(source) {
		_ = e.set(key, value)
	}
	return e
}

// conditions says when an entry applies. Only replies, parameters, phrases and
// software have any.
type conditions struct {
	// after lists the commands that a parameter belongs to, or whose answer a
	// reply or phrase explains; none means any.
	after []string
	// tls narrows a reply to sessions inside ("yes") or outside ("no") TLS.
	tls string
	// general marks a phrase that says less than any other, bare one that says what the code of the reply says, so that narrower
	// words beside it count before it does, rough a wording that counts where there is nothing else.
	general, bare, rough bool
	// proof narrows a reply or a phrase to logins that prove themselves by it.
	proof string
	// enhanced narrows a phrase; "X" in the place of the class is any.
	enhanced string
	// vendors are whose wording a phrase is; none means nobody's in particular.
	vendors []string
	// host holds parts of the host name in a greeting.
	host []string
	// match holds alternatives; every fragment of one, between the "&" in it, has
	// to occur.
	match []string
	// starts has the first three bytes of each alternative, by which most are ruled out.
	starts []gram
}

// conditions parses them at first use: a session asks for those of its phrases
// with every reply.
func (r row) conditions() *conditions {
	if c := r.table.parsed[r.index].Load(); c != nil {
		return c
	}
	c := &conditions{}
	for key, value := range Fields(r.source()) {
		if key == "Short" { // they come before the texts
			break
		}
		c.set(key, value)
	}
	r.table.parsed[r.index].Store(c)
	return c
}

// field returns the value of a field as it is written, with the line ends in it.
func (r row) field(name string) string {
	for key, value := range Fields(r.source()) {
		if key == name {
			return value
		}
	}
	return ""
}

// Fields reads a source: "Name: value" fields, a line that starts with a space
// continuing the field before it, "#" starting a comment line. A value has the
// line ends that are in it.
func Fields(source string) iter.Seq2[string, string] {
	return func(yield func(key, value string) bool) {
		for source != "" {
			end := fieldEnd(source)
			line := source[:end]
			source = source[min(end+1, len(source)):]
			if line == "" || line[0] == '#' {
				continue
			}
			if key, value, _ := strings.Cut(line, ":"); !yield(key, strings.TrimPrefix(value, " ")) {
				return
			}
		}
	}
}

// fieldEnd is where the first field of source ends, and with it its last line.
func fieldEnd(source string) int {
	for at := 0; ; at++ {
		i := strings.IndexByte(source[at:], '\n')
		if i < 0 {
			return len(source)
		}
		if at += i; at+1 == len(source) || source[at+1] != ' ' {
			return at
		}
	}
}

func (e *Entry) set(key, value string) (err error) {
	if p := e.textOf(key); p != nil {
		*p = joined(value)
		return nil
	}
	switch key {
	case "Also":
		e.Also = list(value)
	case "See":
		e.See = list(value)
	case "Refs":
		e.Refs, err = parseRefs(value)
	case "Success":
		e.Success, err = numbers(value)
	case "Failure":
		e.Failure, err = numbers(value)
	default:
		if !slices.Contains(conditional[:], key) && !strings.HasPrefix(key, placeKey) {
			err = fmt.Errorf("unknown field %q", key)
		}
	}
	return err
}

func (e *Entry) textOf(key string) *string {
	switch key {
	case "Name":
		return &e.Name
	case "Form":
		return &e.Form
	case "Status":
		return &e.Status
	case "Short":
		return &e.Short
	case "Text":
		return &e.Text
	case "Said":
		return &e.Said
	case "Exam":
		return &e.Exam
	case "Remedy":
		return &e.Remedy
	case "Operator":
		return &e.Operator
	case "Means":
		return &e.Means
	case "Vendor":
		return &e.Vendor
	case "Requires":
		return &e.Requires
	}
	return nil
}

// conditional are the fields that say when an entry applies, and nothing else.
var conditional = [...]string{"After", "TLS", "Proof", "Codes", "Enhanced", "Host", "Match", "Words"}

func (c *conditions) set(key, value string) {
	switch key {
	case "After":
		c.after = strings.Fields(value)
	case "TLS":
		c.tls = value
	case "Proof":
		c.proof = value
	case "Status":
		c.general, c.bare, c.rough = value == statusGeneral, value == "bare", value == "rough"
	case "Enhanced":
		c.enhanced = value
	case "Vendor":
		c.vendors = list(value)
	case "Host":
		c.host = list(value)
	case "Match":
		alternative := joined(value)
		c.match = append(c.match, alternative)
		c.starts = append(c.starts, gramOf(alternative))
	}
}

// joined undoes the line breaks of a value: the next line starts with a space.
func joined(value string) string { return strings.ReplaceAll(value, "\n", "") }

// list takes a value apart at its commas.
func list(value string) []string {
	items := strings.Split(joined(value), ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items
}

func numbers(value string) ([]int, error) {
	var out []int
	for word := range strings.FieldsSeq(value) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// parseRefs reads "RFC 5321 §4.1.1.1, §4.1.4, RFC 7504": a section without a
// document belongs to the document before it.
func parseRefs(value string) ([]Ref, error) {
	refs := make([]Ref, 0, 1+strings.Count(value, ","))
	for item := range strings.SplitSeq(joined(value), ",") {
		doc, section, _ := strings.Cut(item, "§")
		doc = strings.TrimSpace(doc)
		if doc == "" && len(refs) > 0 {
			doc = refs[len(refs)-1].Doc
		}
		if doc == "" {
			return nil, fmt.Errorf("reference without a document in %q", value)
		}
		refs = append(refs, Ref{doc, strings.TrimSpace(section)})
	}
	return refs, nil
}
