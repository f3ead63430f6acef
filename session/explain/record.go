package explain

import (
	"fmt"
	"strconv"
	"strings"
)

// A row is an entry with the conditions under which it applies. Only replies,
// phrases and software have any.
type row struct {
	Entry
	// after lists the commands whose answer a reply entry explains.
	after []string
	// tls narrows a reply entry to sessions inside ("yes") or outside ("no") TLS.
	tls string
	// codes and enhanced narrow a phrase; 0 and a leading "X" match anything.
	codes    []int
	enhanced string
	// match holds alternatives; every fragment of one alternative has to occur.
	match [][]string
	// host lists parts of host names that belong to a software.
	host []string
}

// parseRows reads a data file: entries apart by an empty line, each of
// "Name: value" fields, a line that starts with a space continuing the field
// before it, and "#" starting a comment line.
func parseRows(kind, src string) ([]row, error) {
	var rows []row
	for i, block := range strings.Split(src, "\n\n") {
		r := row{Entry: Entry{Kind: kind}}
		for _, f := range fields(block) {
			if err := r.set(f.key, f.value); err != nil {
				return rows, fmt.Errorf("%s, entry %d (%s): %w", kind, i+1, r.Name, err)
			}
		}
		if r.Name != "" {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

type field struct{ key, value string }

func fields(block string) []field {
	var out []field
	for line := range strings.Lines(block) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == ' ' && len(out) > 0:
			out[len(out)-1].value += line
		default:
			key, value, _ := strings.Cut(line, ": ")
			out = append(out, field{key, value})
		}
	}
	return out
}

func (r *row) set(key, value string) error {
	if p := r.text(key); p != nil {
		*p = value
		return nil
	}
	var err error
	switch key {
	case "Also":
		r.Also = list(value, ",")
	case "See":
		r.See = list(value, ",")
	case "Refs":
		r.Refs, err = parseRefs(value)
	case "Success":
		r.Success, err = numbers(value)
	case "Failure":
		r.Failure, err = numbers(value)
	case "Codes":
		r.codes, err = numbers(value)
	case "After":
		r.after = strings.Fields(value)
	case "Host":
		r.host = list(value, ",")
	case "Match":
		r.match = append(r.match, list(value, "&"))
	default:
		err = fmt.Errorf("unknown field %q", key)
	}
	return err
}

func (r *row) text(key string) *string {
	switch key {
	case "Name":
		return &r.Name
	case "Number":
		return &r.Number
	case "Form":
		return &r.Form
	case "Status":
		return &r.Status
	case "Short":
		return &r.Short
	case "Text":
		return &r.Text
	case "Remedy":
		return &r.Remedy
	case "Vendor":
		return &r.Vendor
	case "Severity":
		return &r.Severity
	case "Requires":
		return &r.Requires
	case "TLS":
		return &r.tls
	case "Enhanced":
		return &r.enhanced
	}
	return nil
}

func list(value, sep string) []string {
	items := strings.Split(value, sep)
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items
}

func numbers(value string) ([]int, error) {
	var out []int
	for _, word := range strings.Fields(value) {
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
	var refs []Ref
	for _, item := range list(value, ",") {
		doc, section, _ := strings.Cut(item, "§")
		doc = strings.TrimSpace(doc)
		if doc == "" && len(refs) > 0 {
			doc = refs[len(refs)-1].Doc
		}
		if doc == "" {
			return nil, fmt.Errorf("reference without a document in %q", value)
		}
		refs = append(refs, Ref{Doc: doc, Section: section})
	}
	return refs, nil
}
