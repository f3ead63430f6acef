package walk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
)

// longestWait bounds a wait that a reply may ask for: no server keeps a sender waiting for longer than a queue keeps its message
// (RFC 5321 §4.5.4.1).
const longestWait = 5 * 24 * time.Hour

// units are the words for units of time in replies, by how they begin.
var units = [...]struct {
	word string
	each time.Duration
}{{"sec", time.Second}, {"min", time.Minute}, {"hour", time.Hour}, {"hr", time.Hour}, {"day", 24 * time.Hour}}

// namedWait is how long a reply asks the client to wait: "try again in 300 seconds", "please wait 5 minutes"; 0 where it does not say.
func namedWait(text string) time.Duration {
	words := strings.Fields(strings.ToLower(text))
	for i := 1; i+1 < len(words); i++ {
		n, err := strconv.Atoi(words[i])
		if err != nil || n <= 0 || !slices.Contains([]string{"in", "after", "wait", "least", "about"}, words[i-1]) {
			continue
		}
		for _, u := range units {
			if strings.HasPrefix(words[i+1], u.word) && n <= int(longestWait/u.each) {
				return time.Duration(n) * u.each
			}
		}
	}
	return 0
}

// patient is the advice on a finding with the wait that a reply names in the place of the usual one; nil where it names none.
func patient(code record.FindingCode, text string) []record.Advice {
	wait := namedWait(text)
	if wait == 0 {
		return nil
	}
	row, _ := code.Row()
	list := slices.Clone(row.Advice)
	for i, a := range list {
		if a.Do == record.RetryAfter {
			list[i].After = wait
		}
	}
	return list
}
