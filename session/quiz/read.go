package quiz

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
)

//go:embed data/items.txt
var itemText string

//go:embed data/rows.txt
var rowText string

// All are the questions there are: those with a key of their own, and those made from tables. They are read at first use.
func All() []*Item { return all.Get() }

var all = lazy.Value[[]*Item]{Make: func() []*Item {
	var out []*Item
	for _, text := range []string{itemText, rowText} {
		out = append(out, read(text)...)
	}
	return out
}}

// Named is the question with a name; nil where there is none.
func Named(name string) *Item {
	if at := slices.IndexFunc(All(), func(it *Item) bool { return it.Name == name }); at >= 0 {
		return All()[at]
	}
	return nil
}

// read reads questions, which an empty line separates. What a text has wrong is found by the tests.
func read(text string) (out []*Item) {
	for source := range strings.SplitSeq(text, "\n\n") {
		if it := parse(source); it.Name != "" {
			out = append(out, it)
		}
	}
	return out
}

// parse reads the fields of one question.
func parse(source string) *Item {
	it, row := &Item{}, row{}
	for key, value := range explain.Fields(source) {
		if key == "Show" {
			it.Show = strings.ReplaceAll(value, "\n ", "\n")
			continue
		}
		value = strings.ReplaceAll(value, "\n", "")
		if !row.set(key, value) {
			it.set(key, value)
		}
	}
	if row.table != "" {
		row.ask(it)
	}
	it.number()
	return it
}

func (it *Item) set(key, value string) {
	switch key {
	case "Name":
		it.Name = value
	case "Kind":
		it.Kind = Kind(value)
	case "Topic":
		it.Topic = value
	case "Objectives":
		it.Objectives = strings.Split(value, ", ")
	case "Corrects":
		it.Corrects = strings.Split(value, ", ")
		for _, claim := range it.Corrects {
			it.See = append(it.See, explain.KindClaim+":"+claim)
		}
	case "See":
		it.See = append(it.See, strings.Split(value, ", ")...)
	case "Ask":
		it.Prompt = value
	case "Right":
		it.Choices = slices.Insert(it.Choices, 0, Choice{Text: value})
	case "Wrong", "Step":
		it.Choices = append(it.Choices, Choice{Text: value})
	case "Why":
		if n := len(it.Choices); n > 0 {
			it.Choices[n-1].Why = value
		}
	case "Pair":
		left, right, _ := strings.Cut(value, " | ")
		it.Choices, it.Pairs = append(it.Choices, Choice{Text: left}), append(it.Pairs, right)
	case "Key":
		it.Answer = value
	case "Also":
		it.Also = strings.Split(value, ", ")
	case "Because":
		it.Why = value
	case "Source":
		it.Source = explain.Refs(value)
	}
}

// number gives a question the key that follows from how it is written: the right choice is the first, steps and pairs stand in order.
func (it *Item) number() {
	switch it.Kind {
	case Type:
	case Order, Match:
		it.Answer = ""
		for i := range it.Choices {
			it.Answer += strconv.Itoa(i + 1)
			if it.Kind == Match {
				it.Answer += letter(i)
			}
		}
	default:
		it.Answer = "1"
	}
}
