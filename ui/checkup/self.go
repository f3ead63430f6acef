// Package checkup shows what the doctor found as text.
package checkup

import (
	"strings"

	"ehlo/session/doctor"
	"ehlo/session/record"
	"ehlo/ui/columns"
	"ehlo/ui/paint"
)

// narrowest is the least width that is written for.
const narrowest = 40

// Self is what was found on this machine, at most width columns wide: a line for each thing, with what to do below it.
func Self(s doctor.Self, width int) (lines []string) {
	width = max(width, narrowest)
	lines = columns.Hung("", s.Program, width)
	for _, c := range s.Checks {
		lines = append(lines, check(c, width)...)
	}
	return append(lines, columns.Hung("", came(s.Checks), width)...)
}

// label is how wide the columns before a sentence are: the state, and the name.
const label = len("fault  config folder  ")

func check(c doctor.Check, width int) (lines []string) {
	name := pad(state(c.State), len("fault  ")) + pad(c.Name, label-len("fault  "))
	if width < 2*label {
		return append(lines, columns.Hung("", strings.Join(strings.Fields(name), " ")+": "+c.Text+todo(c), width)...)
	}
	for i, line := range columns.Hung("", c.Text, width-label) {
		if i > 0 {
			name = pad("", label)
		}
		lines = append(lines, name+line)
	}
	if c.Todo != "" {
		for _, line := range columns.Hung("→ ", c.Todo, width-label) {
			lines = append(lines, pad("", label)+line)
		}
	}
	return lines
}

func state(s doctor.State) string {
	if s == doctor.Unseen {
		return "-"
	}
	return string(s)
}

func todo(c doctor.Check) string {
	if c.Todo == "" {
		return ""
	}
	return " To do: " + c.Todo + "."
}

// came is what it comes to.
func came(checks []doctor.Check) string {
	counts := map[doctor.State]int{}
	for _, c := range checks {
		counts[c.State]++
	}
	if counts[doctor.Fault] == 0 && counts[doctor.Note] == 0 {
		return "All is well."
	}
	return record.Plural(counts[doctor.Fault], "fault", "faults") + ", " + record.Plural(counts[doctor.Note], "note", "notes") + "."
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-paint.Width(text), 0))
}
