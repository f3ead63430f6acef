// Package script plays a session that someone has written down, line by line, with what is expected of the server: so that a policy
// becomes a test.
//
//	case a stranger may not relay
//	EHLO client.example.org
//	expect 250
//	STARTTLS
//	expect verified
//	with rcpt code
//	  bob@example.net  250
//	  eve@far.example  554
//	MAIL FROM:<ann@example.org>
//	RCPT TO:<$rcpt>
//	expect $code /relay|ok/
//
// A line is sent as it is, unless its first word is one of the words of a script, which are in lower case: expect, case, with, login,
// message, close, wait. What stands between DATA and a dot alone is the message, whatever its words, with its empty lines. Connection,
// greeting and TLS handshake come by themselves where they are due.
package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// A Case is a session of its own.
type Case struct {
	Name       string
	Statements []Statement
}

// A Statement is one line of a script.
type Statement struct {
	Line  int // in the script, from 1
	Text  string
	do    action
	holds []condition // of an expectation
	of    bool        // of an expectation: nobody wrote it, the text is the line that it is about
	wait  time.Duration
}

type action int

const (
	reads action = iota // not known yet: the words tell
	sends
	expects
	logsIn
	delivers
	closes
	waits
)

// An Error is a mistake in a script.
type Error struct {
	Line int
	Text string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

// Bounds of a script: bytes, cases with those that tables make, and a wait.
const (
	MaxSize     = 1 << 20
	mostCases   = 1000
	longestWait = 10 * time.Minute
)

// Parse reads a script. In a text of one line semicolons separate statements. The error is an [*Error].
func Parse(text string) ([]Case, error) {
	if len(text) > MaxSize {
		return nil, &Error{1, fmt.Sprintf("the script has more than %d bytes", MaxSize)}
	}
	text = strings.TrimPrefix(text, "\ufeff") // a byte order mark, as editors on Windows write it
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if !strings.Contains(text, "\n") {
		return parse(statements(text), func(int) int { return 1 })
	}
	return parse(strings.Split(text, "\n"), func(i int) int { return i + 1 })
}

// statements are those of a text of one line. The spaces around a semicolon belong to none, and one in a pattern divides nothing.
func statements(text string) (all []string) {
	for {
		end := statementEnd(text)
		all = append(all, strings.TrimSpace(text[:end]))
		if end == len(text) {
			return all
		}
		text = text[end+1:]
	}
}

// statementEnd is where the first statement of a text ends: at a semicolon, or at the end of the text. A pattern of expect ends with a slash
// that nothing follows but the end of the statement.
func statementEnd(text string) int {
	end := strings.IndexByte(text, ';')
	if end < 0 {
		return len(text)
	}
	open := strings.IndexByte(text[:end], '/')
	if word, _, _ := strings.Cut(strings.TrimSpace(text), " "); word != "expect" || open < 0 {
		return end
	}
	if closed := patternEnd.Get().FindStringSubmatchIndex(text[open+1:]); closed != nil {
		return open + 1 + closed[2]
	}
	return end
}

func parse(lines []string, number func(int) int) ([]Case, error) {
	p := parser{}
	for i, line := range lines {
		if p.content(number(i), line, lines[i+1:]) {
			continue
		}
		if err := p.line(number(i), line); err != nil {
			return nil, err
		}
	}
	return p.done()
}

// parser collects the cases. The statements of a case are kept as text until its table is known.
type parser struct {
	cases []Case
	name  string
	at    int
	raw   []Statement
	names []string   // of the table
	rows  [][]string // of the table
	table bool       // the lines that are indented are its rows
	data  bool       // the lines up to a dot alone are a message
}

// content takes a line of a message. One begins after DATA if a dot alone ends it within the case; what is expected of the reply to DATA
// stands before it.
func (p *parser) content(n int, line string, after []string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch {
	case !p.data:
		p.data = strings.EqualFold(strings.TrimSpace(line), "DATA") && dotted(after)
		return false
	case word == "expect" && p.begins():
		return false
	}
	p.raw = append(p.raw, Statement{Line: n, Text: line, do: sends})
	p.data = line != "."
	return true
}

// begins reports whether no line of the message has come yet.
func (p *parser) begins() bool { return p.raw[len(p.raw)-1].do == reads }

// dotted reports whether a dot alone comes before the next case.
func dotted(lines []string) bool {
	for _, line := range lines {
		switch word, _, _ := strings.Cut(strings.TrimSpace(line), " "); {
		case line == ".":
			return true
		case word == "case":
			return false
		}
	}
	return false
}

func (p *parser) line(n int, line string) error {
	text := strings.TrimSpace(line)
	word, rest, _ := strings.Cut(text, " ")
	switch indented := line != "" && (line[0] == ' ' || line[0] == '\t'); {
	case text == "", strings.HasPrefix(text, "#"):
		return nil
	case p.table && indented:
		return p.row(n, text)
	case word == "case":
		if err := p.end(); err != nil {
			return err
		}
		p.name, p.at = strings.TrimSpace(rest), n
		return nil
	case word == "with":
		p.table = true
		return p.head(n, rest)
	}
	p.table = false
	p.raw = append(p.raw, Statement{Line: n, Text: text})
	return nil
}

func (p *parser) head(n int, rest string) error {
	if p.names != nil {
		return &Error{n, "a case has one table at most"}
	}
	p.names = strings.Fields(rest)
	if len(p.names) == 0 {
		return &Error{n, "with: the names of the columns are missing, such as: with rcpt code"}
	}
	for i, name := range p.names {
		if !columnName.Get().MatchString(name) || slices.Contains(p.names[:i], name) {
			return &Error{n, fmt.Sprintf("with: %q is not a valid column name: want letters, each name once", name)}
		}
	}
	return nil
}

// patternEnd is the slash at the end of a pattern, with the end of its statement.
var patternEnd = lazy.Pattern{Text: `/\s*(;|$)`}

var columnName = lazy.Pattern{Text: `^[a-z]+$`}

func (p *parser) row(n int, text string) error {
	fields := strings.Fields(text)
	if len(fields) != len(p.names) {
		return &Error{n, fmt.Sprintf("the row has %d values, and the table %d columns: %s", len(fields), len(p.names), strings.Join(p.names, " "))}
	}
	p.rows = append(p.rows, fields)
	return nil
}

// end closes a case: it is one session, or one for each row of its table.
func (p *parser) end() error {
	defer func() { *p = parser{cases: p.cases} }()
	switch {
	case p.names != nil && p.rows == nil:
		return &Error{p.at + 1, "the table has no rows; they are indented"}
	case len(p.raw) == 0 && p.name == "":
		return nil
	case len(p.raw) == 0:
		return &Error{p.at, fmt.Sprintf("the case %q has no lines", p.name)}
	case p.names == nil:
		return p.add(p.name, nil)
	}
	for _, row := range p.rows {
		filled := map[string]string{}
		for i, name := range p.names {
			filled[name] = row[i]
		}
		if err := p.add(strings.TrimSpace(p.name+" ("+strings.Join(p.named(row), " ")+")"), filled); err != nil {
			return err
		}
	}
	return nil
}

// named are the values of a row that its case is called by. What goes into AUTH or is a whole line, as a response is, may be a secret.
func (p *parser) named(row []string) []string {
	row = slices.Clone(row)
	for _, s := range p.raw {
		if verb, _ := walk.CommandVerb(s.Text); verb != record.VerbAuth && !strings.HasPrefix(s.Text, "$") {
			continue
		}
		for _, found := range reference.Get().FindAllString(s.Text, -1) {
			if i := slices.Index(p.names, found[1:]); i >= 0 {
				row[i] = "…"
			}
		}
	}
	return row
}

func (p *parser) add(name string, filled map[string]string) error {
	c := Case{Name: name}
	for _, s := range p.raw {
		s.Text = fill(s.Text, filled)
		if err := s.read(); err != nil {
			return err
		}
		c.Statements = append(c.Statements, s)
	}
	if p.cases = append(p.cases, c); len(p.cases) > mostCases {
		return &Error{p.raw[0].Line, fmt.Sprintf("the script has more than %d cases", mostCases)}
	}
	return nil
}

// fill puts the values of a row in place of $name. Other dollar signs stay.
func fill(text string, filled map[string]string) string {
	if filled == nil {
		return text
	}
	return reference.Get().ReplaceAllStringFunc(text, func(found string) string {
		if value, ok := filled[found[1:]]; ok {
			return value
		}
		return found
	})
}

var reference = lazy.Pattern{Text: `\$[a-z]+`}

func (p *parser) done() ([]Case, error) {
	if err := p.end(); err != nil {
		return nil, err
	}
	if len(p.cases) == 0 {
		return nil, &Error{1, "the script is empty"}
	}
	for i := range p.cases {
		p.cases[i].imply()
	}
	return p.cases, nil
}

// read finds out what a statement does.
func (s *Statement) read() (err error) {
	if s.do == sends {
		return nil
	}
	s.do = sends
	word, rest, _ := strings.Cut(s.Text, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "expect":
		s.do = expects
		s.holds, err = conditions(rest)
	case "login":
		s.do = logsIn
	case "message":
		s.do = delivers
	case "close":
		s.do = closes
	case "wait":
		s.do = waits
		if s.wait, err = time.ParseDuration(rest); err != nil || s.wait <= 0 || s.wait > longestWait {
			err = errors.New("wait: want a time up to 10m, such as 5s")
		}
	}
	if err == nil && rest != "" && (s.do == delivers || s.do == closes) {
		err = fmt.Errorf("%s takes no words; an SMTP command is written in capitals", word)
	}
	if err != nil {
		return &Error{s.Line, err.Error()}
	}
	return nil
}

// imply expects of each command to succeed, in a case that says nothing of what is expected.
func (c *Case) imply() {
	if slices.ContainsFunc(c.Statements, func(s Statement) bool { return s.do == expects }) {
		return
	}
	var all []Statement
	for _, s := range c.Statements {
		if all = append(all, s); s.do == sends || s.do == logsIn || s.do == delivers {
			all = append(all, Statement{Line: s.Line, Text: s.Text, do: expects, of: true, holds: []condition{success}})
		}
	}
	c.Statements = all
}

// Expectations is how many there are in the case.
func (c *Case) Expectations() (n int) {
	for _, s := range c.Statements {
		if s.do == expects {
			n++
		}
	}
	return n
}
