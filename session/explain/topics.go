package explain

import "strings"

// An Area is a part of the topics.
type Area struct {
	Name   string  `json:"area"`
	Topics []Entry `json:"topics"`
}

// Areas returns the topics by area, in the order of their file, and after them what is often said.
func Areas() []Area {
	var areas []Area
	heading := areaIn(topicText[:nextName(topicText, 0)])
	for r := range topicTable.rows() {
		if heading != "" {
			areas = append(areas, Area{Name: heading})
		}
		last := &areas[len(areas)-1]
		last.Topics = append(last.Topics, *r.entry())
		heading = areaIn(r.source()) // of the entry behind it
	}
	return append(areas, areaOf("often said, and what is true", &claimTable))
}

// areaIn reads the heading of an area, "# --- name ---"; it is empty where there is none.
func areaIn(source string) string {
	_, after, _ := strings.Cut(source, "\n# --- ")
	name, _, _ := strings.Cut(after, " ---")
	return name
}

// Index is what there is to learn: the topics by area, and after them the terms of art.
func Index() []Area {
	return append(Areas(), areaOf("terms of art", &glossaryTable))
}

// areaOf makes one area of a table.
func areaOf(name string, t *table) Area {
	a := Area{Name: name}
	for r := range t.rows() {
		a.Topics = append(a.Topics, *r.entry())
	}
	return a
}
