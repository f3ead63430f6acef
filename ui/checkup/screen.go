package checkup

import (
	"cmp"
	"fmt"

	"ehlo/session/doctor"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/transcripts/words"
	"ehlo/ui/columns"
)

// Rows are those of a diagnosis on the screen: the steps, the verdict, and the letter to who has to act. One without an outcome goes on.
func Rows(d *doctor.Diagnosis) (rows []columns.Row) {
	v, unseen := &d.Verdict, "not reached"
	if v.Outcome == "" { // it goes on
		unseen = "…"
	}
	for _, c := range d.Steps {
		text := cmp.Or(c.Text, unseen)
		rows = append(rows, columns.Row{Group: "steps", Mark: steps.Of(c.State), Text: pad(c.Name, len("certificate  ")) + text, Says: words.List(", ", c.Name, map[bool]string{true: string(c.State)}[c.State != doctor.Unseen]) + ": " + text,
			About: func(width int) []string { return columns.Wrapped("", text+todo(c), width) }})
	}
	if v.Outcome == "" {
		return rows
	}
	lead := fmt.Sprintf("%s at %s, exit code %d", v.Outcome, v.Phase, v.Exit)
	rows = append(rows, columns.Row{Group: "verdict", Mark: cameTo(v), Text: lead + ": " + v.Cause, About: func(width int) []string { return decided(d, width) }})
	if l := d.Letter; l != nil {
		rows = append(rows, columns.Row{Group: "letter", Mark: columns.Calm, Text: addressed(d) + ": " + l.Subject, About: func(width int) []string { return append(append(sending(d, width), ""), Letter(l)...) }})
	}
	return rows
}

// steps is how they are marked.
var steps = lazy.Table[doctor.State, columns.Mark]{{doctor.OK, columns.Good}, {doctor.Note, columns.Warn}, {doctor.Fault, columns.Bad}, {doctor.Unseen, columns.Calm}}

func cameTo(v *record.Verdict) columns.Mark {
	if v.Failed() {
		return columns.Bad
	}
	return columns.Good
}

// decided is what the diagnosis comes to, with its cause.
func decided(d *doctor.Diagnosis, width int) (lines []string) {
	lines = verdict(&d.Verdict, true, width, func(record.Advice) string { return "" })
	if d.NoLetter != "" {
		lines = append(lines, columns.Hung("  ", "nobody to write to: "+d.NoLetter, width)...)
	}
	return lines
}

// sending says who a letter is for, and what to know before it is sent.
func sending(d *doctor.Diagnosis, width int) []string {
	lines := columns.Hung("", addressed(d)+":", width)
	if before := d.Letter.Sending; before != "" {
		lines = append(lines, columns.Hung("  ", "before you send it: "+before, width)...)
	}
	return lines
}

// addressed says who a letter is for.
func addressed(d *doctor.Diagnosis) string {
	if d.Verdict.Who == record.WhoYou { // who may not be able to
		return "if it is not yours to mend, to " + d.Letter.To
	}
	return "to " + d.Letter.To
}
