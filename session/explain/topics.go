package explain

import "strings"

// An Area is a part of the topics.
type Area struct {
	Name   string  `json:"area"`
	Topics []Entry `json:"topics"`
}

// Areas returns the topics by area, in the order of their file.
func Areas() []Area {
	var areas []Area
	heading, _ := areaIn(topicText[:nextName(topicText, 0)])
	for r := range topicTable.rows() {
		if heading != "" {
			areas = append(areas, Area{Name: heading})
		}
		last := &areas[len(areas)-1]
		last.Topics = append(last.Topics, *r.entry())
		heading, _ = areaIn(r.source()) // of the entry behind it
	}
	return areas
}

// areaIn reads the heading of an area, "# --- name ---".
func areaIn(source string) (string, bool) {
	_, after, ok := strings.Cut(source, "\n# --- ")
	if !ok {
		return "", false
	}
	name, _, ok := strings.Cut(after, " ---")
	return name, ok
}
