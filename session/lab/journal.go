package lab

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"ehlo/session/record"
)

// journal writes the server's log. It holds no secrets: no text of AUTH and
// no command it does not know is ever given to it.
type journal struct {
	mu   sync.Mutex
	out  io.Writer
	keep func(record.LogLine) // nil where nobody asks for the lines
	now  func() time.Time
	ids  int
}

func newJournal(out io.Writer, keep func(record.LogLine), now func() time.Time) *journal {
	return &journal{out: out, keep: keep, now: now}
}

// nextID numbers connections from 1.
func (j *journal) nextID() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ids++
	return j.ids
}

// printf logs one line of a program on a host; id stands for the number of its process and is that of the connection.
func (j *journal) printf(host, program string, id int, format string, args ...any) {
	if j.out == nil && j.keep == nil {
		return
	}
	l := record.LogLine{Host: host, Process: fmt.Sprintf("lab/%s[%d]", program, id), Text: fmt.Sprintf(format, args...)}
	j.mu.Lock()
	defer j.mu.Unlock()
	l.Time = j.now()
	if j.keep != nil {
		j.keep(l)
	}
	if j.out != nil {
		io.WriteString(j.out, l.Syslog()+"\n")
	}
}

// tally counts the commands of a connection for its last log line.
type tally struct {
	verbs   []string
	all     []int
	refused []int
}

func (t *tally) add(verb string) {
	if !isText(verb) {
		return
	}
	name := t.name(verb)
	if i := slices.Index(t.verbs, name); i >= 0 {
		t.all[i]++
		return
	}
	t.verbs, t.all, t.refused = append(t.verbs, name), append(t.all, 1), append(t.refused, 0)
}

// refuse says that a command was not accepted. A line that was not taken for a command was not counted.
func (t *tally) refuse(verb string) {
	if !isText(verb) {
		return
	}
	if i := slices.Index(t.verbs, t.name(verb)); i >= 0 {
		t.refused[i]++
	}
}

// isText reports whether a verb can be meant as one. How many lines the bytes of a ClientHello make is drawn by TLS, and no log should say it.
func isText(verb string) bool {
	return verb != "" && !strings.ContainsFunc(verb, func(r rune) bool { return r < ' ' || r > '~' })
}

func (t *tally) name(verb string) string {
	return strings.ReplaceAll(strings.ToLower(knownVerb(verb)), " command", "")
}

// String lists how many commands were accepted, and of how many where that is another number, in the order of first use:
// "ehlo=2 starttls=1 auth=0/1 commands=3/4".
func (t *tally) String() string {
	var b strings.Builder
	all, refused := 0, 0
	for i, v := range t.verbs {
		b.WriteString(counted(v, t.all[i], t.refused[i]) + " ")
		all, refused = all+t.all[i], refused+t.refused[i]
	}
	return b.String() + counted("commands", all, refused)
}

func counted(name string, all, refused int) string {
	if refused == 0 {
		return fmt.Sprintf("%s=%d", name, all)
	}
	return fmt.Sprintf("%s=%d/%d", name, all-refused, all)
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
