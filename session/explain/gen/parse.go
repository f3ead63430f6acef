package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A row is an entry of a data file, with the conditions under which it
// applies. Only replies, parameters, phrases and software have any.
type row struct {
	name, number, form, status, short, text string
	remedy, vendor, requires, severity      string
	also, see                               []string
	success, failure                        []int
	refs                                    []ref
	// after lists the commands that a parameter belongs to, or whose answer a
	// reply explains.
	after []string
	// tls narrows a reply to sessions inside ("yes") or outside ("no") TLS.
	tls string
	// proof narrows a reply or a phrase to log-ins that prove themselves by it.
	proof string
	// codes and enhanced narrow a phrase; a leading "X" is any class.
	codes    []int
	enhanced string
	// match holds alternatives; every fragment of one alternative has to occur.
	match [][]string
	// host lists parts of host names that belong to a software.
	host []string
}

type ref struct{ doc, section string }

// parseRows reads a data file: entries apart by an empty line, each of
// "Name: value" fields, a line that starts with a space continuing the field
// before it, and "#" starting a comment line.
func parseRows(src string) ([]row, error) {
	var rows []row
	for i, block := range strings.Split(src, "\n\n") {
		var r row
		for _, f := range fields(block) {
			if err := r.set(f.key, f.value); err != nil {
				return rows, fmt.Errorf("entry %d (%s): %w", i+1, r.name, err)
			}
		}
		if r.name != "" {
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
	if p := r.textOf(key); p != nil {
		*p = value
		return nil
	}
	var err error
	switch key {
	case "Also":
		r.also = list(value, ",")
	case "See":
		r.see = list(value, ",")
	case "Refs":
		r.refs, err = parseRefs(value)
	case "Success":
		r.success, err = numbers(value)
	case "Failure":
		r.failure, err = numbers(value)
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

func (r *row) textOf(key string) *string {
	switch key {
	case "Name":
		return &r.name
	case "Number":
		return &r.number
	case "Form":
		return &r.form
	case "Status":
		return &r.status
	case "Short":
		return &r.short
	case "Text":
		return &r.text
	case "Remedy":
		return &r.remedy
	case "Vendor":
		return &r.vendor
	case "Severity":
		return &r.severity
	case "Requires":
		return &r.requires
	case "TLS":
		return &r.tls
	case "Proof":
		return &r.proof
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
func parseRefs(value string) ([]ref, error) {
	var refs []ref
	for _, item := range list(value, ",") {
		doc, section, _ := strings.Cut(item, "§")
		doc = strings.TrimSpace(doc)
		if doc == "" && len(refs) > 0 {
			doc = refs[len(refs)-1].doc
		}
		if doc == "" {
			return nil, fmt.Errorf("reference without a document in %q", value)
		}
		refs = append(refs, ref{doc, section})
	}
	return refs, nil
}
