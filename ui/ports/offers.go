package ports

import (
	"fmt"
	"strings"
	"time"

	"ehlo/session/survey"
	"ehlo/transcripts/words"
	"ehlo/ui/columns"
)

// late is from when on a wait for a greeting is told of without being asked: a mail client may have given up by then.
const late = 4 * time.Second

// greetings are what the ports said first and how long that took; without all, of those alone that took long.
func greetings(s *survey.Survey, width int, all bool) (lines []string) {
	for _, c := range s.Cells {
		if c.Greeting == "" || !all && c.Greet < late {
			continue
		}
		text := fmt.Sprintf("port %d at %s: connected in %s, greeted after %s: %s", c.Port, c.Address, words.Duration(c.Connect), words.Duration(c.Greet), c.Greeting)
		lines = append(lines, columns.Wrapped("", text, width)...)
	}
	return lines
}

// offers are the mechanisms of AUTH and the size limits, once for the ports that have the same.
func offers(s *survey.Survey, width int) (lines []string) {
	var alike grouped[string]
	for _, c := range s.Cells {
		if text := offer(c); text != "" {
			alike.add(text, c.Port, "")
		}
	}
	for _, g := range alike {
		lines = append(lines, columns.Wrapped("", at(g.ports)+": "+g.key, width)...)
	}
	return lines
}

func offer(c survey.Cell) string {
	size := ""
	if c.Size > 0 {
		size = "size limit " + words.Number(int(c.Size), "byte")
	}
	return words.List("; ", words.Labelled("AUTH in cleartext ", strings.Join(c.AuthBefore, ", ")), words.Labelled("AUTH inside TLS ", strings.Join(c.AuthInside, ", ")), size)
}
