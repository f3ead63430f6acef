package lab

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// journal writes the server's log. It holds no secrets: no text of AUTH and
// no command it does not know is ever given to it.
type journal struct {
	mu  sync.Mutex
	out io.Writer
	now func() time.Time
	ids int
}

func newJournal(out io.Writer, now func() time.Time) *journal {
	return &journal{out: out, now: now}
}

// nextID numbers connections from 1.
func (j *journal) nextID() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ids++
	return j.ids
}

// printf writes one line: time, host, role with connection number, text.
func (j *journal) printf(role string, id int, format string, args ...any) {
	if j.out == nil {
		return
	}
	text := fmt.Sprintf(format, args...)
	j.mu.Lock()
	defer j.mu.Unlock()
	fmt.Fprintf(j.out, "%s mail lab/%s[%d]: %s\n", j.now().Format(time.Stamp), role, id, text)
}

// tally counts the commands of a connection for its last log line.
type tally struct {
	verbs  []string
	counts []int
	quit   int
}

func (t *tally) add(verb string) {
	name := strings.ToLower(knownVerb(verb))
	if name == "quit" {
		t.quit++
	}
	for i, v := range t.verbs {
		if v == name {
			t.counts[i]++
			return
		}
	}
	t.verbs, t.counts = append(t.verbs, name), append(t.counts, 1)
}

// String lists the counts in the order of first use: "ehlo=2 starttls=1
// commands=3".
func (t *tally) String() string {
	var b strings.Builder
	total := 0
	for i, v := range t.verbs {
		fmt.Fprintf(&b, "%s=%d ", strings.ReplaceAll(v, " command", ""), t.counts[i])
		total += t.counts[i]
	}
	fmt.Fprintf(&b, "commands=%d", total)
	return b.String()
}

// printable replaces what could disturb a log, a header or a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return '/'
		}
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
