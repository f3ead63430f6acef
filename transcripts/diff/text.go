package diff

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"ehlo/transcripts"
	"ehlo/transcripts/words"
)

// Lines is the comparison as text, wrapped to a width in columns; 0 never wraps.
func (c *Comparison) Lines(width int) (lines []string) {
	lines = append(lines, "A  "+c.A.Name, "   "+c.A.About, "B  "+c.B.Name, "   "+c.B.About)
	if c.Equal() {
		lines = append(lines, "", "No differences. Not compared: "+NotCompared+".")
	}
	for _, t := range c.ByTopic() {
		lines = append(lines, "", string(t.Topic))
		for _, d := range t.Differences {
			for line := range strings.SplitSeq(d.Text, "\n") {
				lines = append(lines, hang("  ", line, width)...)
			}
		}
	}
	for _, b := range c.Besides() {
		lines = append(lines, "", b.Title)
		for _, text := range b.Texts {
			lines = append(lines, hang("  ", text, width)...)
		}
	}
	if c.Cut {
		lines = append(lines, hang("", CutText, width)...)
	}
	return lines
}

// CutText says what [Comparison.Cut] means.
const CutText = "Only the first 20,000 steps of each session were compared."

// About is what differs about one topic.
type About struct {
	Topic       Topic
	Differences []Difference
}

// ByTopic are the differences topic by topic, those without any left out.
func (c *Comparison) ByTopic() (list []About) {
	for _, d := range c.Differences {
		if n := len(list); n == 0 || list[n-1].Topic != d.Topic {
			list = append(list, About{Topic: d.Topic})
		}
		last := &list[len(list)-1]
		last.Differences = append(last.Differences, d)
	}
	return list
}

// hang wraps a text after an indent; its further lines stand two columns deeper.
func hang(indent, text string, width int) (lines []string) {
	for i, line := range wrap(text, width-len(indent)-2) {
		if i > 0 {
			line = "  " + line
		}
		lines = append(lines, indent+line)
	}
	return lines
}

// wrap breaks a text between its words; a width that leaves no room for words does not wrap.
func wrap(text string, width int) []string {
	if width < 12 {
		return []string{text}
	}
	return words.Wrap(text, width, utf8.RuneCountInString)
}

// Lines is the table as text, wrapped to a width in columns; 0 never wraps.
func (t *Table) Lines(width int) (lines []string) {
	room := t.room(width)
	lines = append(lines, t.cells("", t.Heads(), room)...)
	for _, row := range t.Rows {
		lines = append(lines, t.cells(row.Name, row.Values, room)...)
	}
	lines = append(lines, t.Summary())
	for _, k := range t.Keywords {
		lines = append(lines, hang("  ", k, width)...)
	}
	return lines
}

// Summary names what is different.
func (t *Table) Summary() string {
	if t.Equal() {
		return "All are alike. Not compared: " + NotCompared + "."
	}
	return "Different: " + strings.Join(t.Different(), ", ") + "."
}

// label is how wide the first column is, with what separates it from the next.
const label = 13

// narrowest is the least that a column gets, in characters.
const narrowest = 12

// Heads are the names above the columns, without how the file of a transcript ends where each of them does.
func (t *Table) Heads() []string {
	heads := make([]string, len(t.Names))
	for i, name := range t.Names {
		head, ok := strings.CutSuffix(name, transcripts.Extension)
		if !ok || head == "" {
			return t.Names
		}
		heads[i] = head
	}
	return heads
}

// room is how wide the columns are: as wide as what they hold, or as much as there is room for.
func (t *Table) room(width int) int {
	widest := 0
	for _, name := range t.Heads() {
		widest = max(widest, utf8.RuneCountInString(name))
	}
	for _, row := range t.Rows {
		for _, v := range row.Values {
			widest = max(widest, utf8.RuneCountInString(v))
		}
	}
	if width > 0 && len(t.Names) > 0 {
		widest = min(widest, max(narrowest, (width-label-2)/len(t.Names)-1))
	}
	return widest
}

// cells is a row, in as many lines as its longest cell needs.
func (t *Table) cells(name string, values []string, room int) (lines []string) {
	columns, most := make([][]string, len(values)), 1
	for i, v := range values {
		columns[i] = chunks(words.List("", v, when(v == "", "-")), room)
		most = max(most, len(columns[i]))
	}
	for n := range most {
		line := fmt.Sprintf("  %-*s", label, when(n == 0, name))
		for _, c := range columns {
			text := ""
			if n < len(c) {
				text = c[n]
			}
			line += text + strings.Repeat(" ", room+1-utf8.RuneCountInString(text))
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// chunks cuts a text into lines of at most a width, between words where that is possible.
func chunks(text string, width int) (lines []string) {
	for _, line := range wrap(text, width) {
		for utf8.RuneCountInString(line) > width {
			r := []rune(line)
			lines, line = append(lines, string(r[:width])), string(r[width:])
		}
		lines = append(lines, line)
	}
	return lines
}
