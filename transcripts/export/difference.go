package export

import (
	_ "embed" // the style
	"io"
	"strings"

	"ehlo/transcripts/diff"
)

// ComparisonMarkdown writes what is different between two sessions for a ticket: sentences by topic, and the steps side by side.
func ComparisonMarkdown(w io.Writer, c *diff.Comparison) error {
	m := &markdown{output: newOutput(w)}
	m.put("# Two SMTP sessions\n\n- A: ", prose(c.A.Name), ": ", prose(c.A.About), "\n- B: ", prose(c.B.Name), ": ", prose(c.B.About), "\n")
	if c.Equal() {
		m.put("\nNo differences. Not compared: ", diff.NotCompared, ".\n")
	}
	for _, t := range c.ByTopic() {
		m.put("\n## ", prose(upper(string(t.Topic))), "\n\n")
		for _, d := range t.Differences {
			m.put("- ", strings.Join(proseLines(d.Text), "\n  - "), "\n")
		}
	}
	for _, b := range c.Besides() {
		m.put("\n## ", upper(b.Title), "\n\n")
		for _, text := range b.Texts {
			m.put("- ", prose(text), "\n")
		}
	}
	if c.Cut {
		m.put("\n", prose(diff.CutText), "\n")
	}
	m.sideBySide(c)
	return m.end()
}

func proseLines(text string) (lines []string) {
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, prose(line))
	}
	return lines
}

// sideBySide is a table of how the sessions ended and of the steps, in which those that differ are marked.
func (m *markdown) sideBySide(c *diff.Comparison) {
	rows := c.Facing()
	m.put("\n## Side by side\n\n", when(!c.Equal(), diff.Sum(rows)+"\n\n"), "| | A | B |\n|---|---|---|\n")
	for _, r := range rows {
		m.put("| ", strings.TrimSpace(r.Mark.Sign()), " | ", tableCell(r.A), " | ", tableCell(r.B), " |\n")
	}
}

// tableCell is a text in a table, in which a bar, escaped or not, could end the cell in the middle of a code span.
func tableCell(text string) string {
	return prose(strings.ReplaceAll(text+when(text == "", "–"), "|", "¦"))
}

// ComparisonHTML writes the same as one page that needs nothing but itself.
func ComparisonHTML(w io.Writer, c *diff.Comparison) error {
	p := &webpage{output: newOutput(w)}
	p.begin("Two SMTP sessions", style+comparisonStyle)
	p.tags("<header>\n<h1>Two SMTP sessions</h1>\n<dl>\n")
	for _, s := range []struct {
		letter  string
		heading diff.Heading
	}{{"A", c.A}, {"B", c.B}} {
		p.tags("<div><dt>")
		p.text(s.letter)
		p.tags("</dt><dd>")
		p.text(s.heading.Name, ": ", s.heading.About)
		p.tags("</dd></div>\n")
	}
	p.tags("</dl>\n</header>\n<main>\n")
	p.differences(c)
	p.sideBySide(c)
	p.tags("</main>\n</body>\n</html>\n")
	return p.end()
}

// comparisonStyle is for the tables.
//
//go:embed difference.css
var comparisonStyle string

func (p *webpage) differences(c *diff.Comparison) {
	p.section("differences", "Differences", "")
	if c.Equal() {
		p.in("<p>", "No differences. Not compared: "+diff.NotCompared+".", "</p>\n")
	}
	for _, t := range c.ByTopic() {
		p.in("<h3>", upper(string(t.Topic)), "</h3>\n")
		p.tags("<ul>\n")
		for _, d := range t.Differences {
			p.tags("<li>")
			for i, line := range strings.Split(d.Text, "\n") {
				if i > 0 {
					p.tags("<br>")
				}
				p.text(line)
			}
			p.tags("</li>\n")
		}
		p.tags("</ul>\n")
	}
	for _, b := range c.Besides() {
		p.in("<h3>", upper(b.Title), "</h3>\n<ul>\n")
		for _, text := range b.Texts {
			p.in("<li>", text, "</li>\n")
		}
		p.tags("</ul>\n")
	}
	if c.Cut {
		p.in("<p>", diff.CutText, "</p>\n")
	}
	p.tags("</section>\n")
}

func (p *webpage) sideBySide(c *diff.Comparison) {
	rows := c.Facing()
	p.section("steps", "Side by side", "")
	if !c.Equal() {
		p.in("<p>", diff.Sum(rows), "</p>\n")
	}
	p.tags("<table>\n<thead><tr><th scope=\"col\"><span class=\"unseen\">Difference</span></th><th scope=\"col\">A</th><th scope=\"col\">B</th></tr></thead>\n<tbody>\n")
	for _, r := range rows {
		if r.Mark == diff.Same {
			p.tags("<tr><td></td>")
		} else {
			p.tags("<tr class=\"differs\"><td>")
			p.text(r.Mark.Sign())
			p.in("<span class=\"unseen\"> ", r.Mark.Says(), "</span></td>")
		}
		for _, text := range []string{r.A, r.B} {
			p.in("<td>", text+when(text == "", "–"), "</td>")
		}
		p.tags("</tr>\n")
	}
	p.tags("</tbody>\n</table>\n</section>\n")
}

// TableMarkdown writes a table of several sessions.
func TableMarkdown(w io.Writer, t *diff.Table) error {
	m := &markdown{output: newOutput(w)}
	m.put("# ", "SMTP sessions side by side\n\n| |")
	for _, name := range t.Heads() {
		m.put(" ", tableCell(name), " |")
	}
	m.put("\n|---|", strings.Repeat("---|", len(t.Names)), "\n")
	for _, row := range t.Rows {
		m.put("| ", when(row.Differ, "≠ "), row.Name, " |")
		for _, v := range row.Values {
			m.put(" ", tableCell(v), " |")
		}
		m.put("\n")
	}
	m.put("\n", prose(t.Summary()), "\n")
	if len(t.Keywords) > 0 {
		m.put("\n")
	}
	for _, k := range t.Keywords {
		m.put("- ", prose(k), "\n")
	}
	return m.end()
}

// TableHTML writes the same as one page.
func TableHTML(w io.Writer, t *diff.Table) error {
	p := &webpage{output: newOutput(w)}
	p.begin("SMTP sessions side by side", style+comparisonStyle)
	p.tags("<main>\n<h1>SMTP sessions side by side</h1>\n<table>\n<thead><tr><td></td>")
	for _, name := range t.Heads() {
		p.tags("<th scope=\"col\">")
		p.text(name)
		p.tags("</th>")
	}
	p.tags("</tr></thead>\n<tbody>\n")
	for _, row := range t.Rows {
		p.tags(map[bool]markup{true: "<tr class=\"differs\"><th scope=\"row\">≠ ", false: "<tr><th scope=\"row\">"}[row.Differ])
		p.text(row.Name)
		p.tags("</th>")
		for _, v := range row.Values {
			p.tags("<td>")
			p.text(v)
			p.tags("</td>")
		}
		p.tags("</tr>\n")
	}
	p.tags("</tbody>\n</table>\n")
	p.in("<p>", t.Summary(), "</p>\n<ul>\n")
	for _, k := range t.Keywords {
		p.in("<li>", k, "</li>\n")
	}
	p.tags("</ul>\n</main>\n</body>\n</html>\n")
	return p.end()
}
