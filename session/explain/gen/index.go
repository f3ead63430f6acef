package main

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/explain/internal/fold"
)

// A named leads from one folded name to its row.
type named struct {
	name string
	row  int
}

// indexOf returns all names of a table, sorted.
func indexOf(rows []row) ([]named, error) {
	var index []named
	for i, r := range rows {
		for _, name := range append([]string{r.name}, r.also...) {
			index = append(index, named{fold.Name(name), i})
		}
	}
	slices.SortFunc(index, func(a, b named) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(index); i++ {
		if a, b := index[i-1], index[i]; a.name == b.name {
			return nil, fmt.Errorf("%q names both %q and %q", a.name, rows[a.row].name, rows[b.row].name)
		}
	}
	return index, nil
}
