package ports

import (
	"encoding/json"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/ui/columns"
)

// encryption is what the ports accept of TLS, once for those that accept the same.
func encryption(s *survey.Survey, width int) (lines []string) {
	var alike grouped[*survey.Accepts]
	for _, c := range s.Cells {
		if c.Accepts != nil {
			alike.add(same(c.Accepts), c.Port, c.Accepts)
		}
	}
	for _, g := range alike {
		lines = append(lines, columns.Wrapped("", "TLS at "+at(g.ports)+": "+refused(g.value), width)...)
		for _, v := range accepted(g.value) {
			lines = append(lines, suites(v, width)...)
		}
		if g.value.Unfinished() {
			lines = append(lines, columns.Wrapped("  ", "not all answers came: more may be accepted", width)...)
		}
	}
	return lines
}

// same is equal for what accepts the same; how many connections that took does not count.
func same(a *survey.Accepts) string {
	key, _ := json.Marshal(a.Versions)
	return string(key)
}

// refused says which versions are accepted and which are not.
func refused(a *survey.Accepts) string {
	var yes, no []string
	for _, v := range a.Versions {
		switch {
		case v.Accepted:
			yes = append(yes, v.Name)
		case !v.Unfinished:
			no = append(no, v.Name)
		}
	}
	said := "no version is accepted"
	if len(yes) > 0 {
		said = strings.Join(yes, ", ")
	}
	if len(no) > 0 {
		said += "; not accepted: " + strings.Join(no, ", ")
	}
	return said
}

// suites are those of a version, by how they are judged, and its groups.
func suites(v survey.Version, width int) (lines []string) {
	lines = append(lines, columns.Wrapped("  ", v.Name+", "+record.Plural(len(v.Suites), "cipher suite", "cipher suites"), width)...)
	for _, g := range judged(v.Suites) {
		lines = append(lines, columns.Wrapped("    ", g.key+": "+strings.Join(g.value, ", "), width)...)
	}
	if len(v.Groups) > 0 {
		lines = append(lines, columns.Wrapped("    ", "groups: "+strings.Join(v.Groups, ", "), width)...)
	}
	if v.Prime > 0 {
		lines = append(lines, columns.Wrapped("    ", "DHE: a group of "+record.Plural(v.Prime, "bit", "bits"), width)...)
	}
	return lines
}

// judged are cipher suites by how they are judged, in the order in which the first of each kind comes.
func judged(names []string) (list grouped[[]string]) {
	for _, name := range names {
		quality := string(survey.QualityOf(name))
		i := slices.IndexFunc(list, func(g group[[]string]) bool { return g.key == quality })
		if i < 0 {
			i = len(list)
			list = append(list, group[[]string]{key: quality})
		}
		list[i].value = append(list[i].value, name)
	}
	return list
}
