package checkup

import (
	"fmt"
	"strings"

	"ehlo/session/doctor"
	"ehlo/session/record"
	"ehlo/transcripts/words"
	"ehlo/ui/columns"
)

// Diagnosis is what is wrong first with a mail service, at most width columns wide but for the letter, which has its own lines. how
// gives the command that follows an advice, empty where there is none; next is the one that tests what to know next.
func Diagnosis(d *doctor.Diagnosis, width int, next string, how func(record.Advice) string) (lines []string) {
	width = max(width, narrowest)
	var left []string
	for _, c := range d.Steps {
		if c.State == doctor.Unseen && c.Text == "" {
			left = append(left, c.Name)
			continue
		}
		lines = append(lines, check(c, width)...)
	}
	if len(left) > 0 {
		lines = append(lines, columns.Hung("", "not reached: "+strings.Join(left, ", "), width)...)
	}
	lines = append(lines, "")
	lines = append(lines, verdict(&d.Verdict, d.Failed() == "", width, how)...)
	if next != "" {
		lines = append(lines, "  next test: "+next)
	}
	if d.NoLetter != "" {
		lines = append(lines, columns.Hung("  ", "nobody to write to: "+d.NoLetter, width)...)
	}
	if d.Letter != nil {
		lines = append(lines, "")
		lines = append(lines, sending(d, width)...)
		lines = append(lines, "")
		lines = append(lines, Letter(d.Letter)...)
	}
	return lines
}

// verdict is what it comes to, with its cause where no step has told that, who has to act, and what they can do.
func verdict(v *record.Verdict, caused bool, width int, how func(record.Advice) string) (lines []string) {
	lead := fmt.Sprintf("%s at %s, exit code %d", v.Outcome, v.Phase, v.Exit)
	if caused {
		lead += ": " + v.Cause
	}
	if lines = columns.Hung("", lead, width); !v.Failed() {
		return lines
	}
	if v.Who != "" {
		lines = append(lines, columns.Hung("  ", "who has to act: "+words.Acting(v.Who, v.Advice), width)...)
	}
	for i, a := range v.Advice {
		lines = append(lines, columns.Hung("  ", words.Label(a, i == 0)+": "+words.Advice(a), width)...)
		if command := how(a); command != "" {
			lines = append(lines, "    "+command)
		}
	}
	return lines
}

// Letter is the text to send, with its subject.
func Letter(l *doctor.Letter) []string {
	return append([]string{"Subject: " + l.Subject, ""}, l.Body...)
}
