package plain

import (
	"context"
	"strings"

	"ehlo/transcripts/words"
)

// Check is what was found of a server that was looked at from all sides.
type Check struct {
	Rows []CheckRow
	// Verdict is what it comes to, said after the rows.
	Verdict []string
}

// CheckRow is one thing that was found, in a sentence that needs no other one.
type CheckRow struct {
	Says string
	More []string // all about it
	// Leads is the session behind it; nil where there is none.
	Leads *Wanted
	// Fine rows are as they should be, and are listed on request.
	Fine bool
}

// Checker looks at a server; told is called with what there is to say meanwhile. It ends with ctx, and gives what is known by then.
type Checker func(ctx context.Context, target string, told func(string)) (*Check, error)

// The keys of what was found.
var (
	keySurvey = key{name: "7", does: "check", help: "check the ports of a server, side by side: check HOST, or 7 alone to be asked"}
	keyRoute  = key{name: "route", does: "route", help: "follow the way of mail to a domain: route DOMAIN", quiet: true, rare: true}
	keyDoctor = key{name: "doctor", does: "doctor", help: "look for what is wrong first, and who has to act: doctor HOST, DOMAIN or ADDRESS", quiet: true, rare: true}
	keyOpens  = key{name: anyNumber, does: "walk", says: "walks through that session", help: "walk through a session with what the row with this number is about; open NUMBER does the same"}
	keyOpened = key{name: "open", does: "walk", help: "open NUMBER walks through the session of this row", quiet: true}
	keyTold   = key{name: "about", does: "a row", says: "and a number tells all about that row", help: "about NUMBER says all about the row with this number"}
	keyAll    = key{name: "all", does: "all", help: "list every row, those too that are as they should be", quiet: true}
	keyAgain  = key{name: "again", does: "again", help: "check again", quiet: true}
)

// check looks at a target, for which question asks where none is named, and at what was found.
func (m *home) check(ctx context.Context, do Checker, target, question string) (err error) {
	if target == "" {
		if target, err = m.ask(ctx, question); err != nil || strings.TrimSpace(target) == "" {
			return err
		}
		m.echo("")
	}
	target = strings.TrimSpace(target)
	for again := true; again; {
		found := m.looked(ctx, do, target)
		if found == nil {
			return nil
		}
		m.list(found, false)
		if again, err = m.among(ctx, found); err != nil {
			return err
		}
	}
	return nil
}

// looked makes the check. An interrupt ends it, and what is known by then is listed.
func (m *home) looked(ctx context.Context, do Checker, target string) (found *Check) {
	m.print("checking; ctrl-c stops it")
	err := m.interruptible(ctx, func(ctx context.Context) (err error) {
		found, err = do(ctx, target, func(text string) { m.print(text) })
		return err
	})
	if err != nil {
		m.printf("warning: %v", err)
		return nil
	}
	return found
}

// list says what was found, with the numbers of the rows. The verdict is last.
func (m *home) list(found *Check, all bool) {
	fine := 0
	for i, r := range found.Rows {
		if r.Fine && !all {
			fine++
			continue
		}
		m.printf("%d: %s", i+1, r.Says)
	}
	if fine > 0 {
		m.printf("%s as it should be; all lists every row", words.Number(fine, "more row"))
	}
	for i, line := range found.Verdict {
		m.printf("%s%s", when(i == 0, "outcome: "), line)
	}
}

// among does what a person asks for about what was found, until they go back; again says that they want to look once more.
func (m *home) among(ctx context.Context, found *Check) (again bool, err error) {
	opens := keyOpens
	opens.most = len(found.Rows)
	keys := []key{opens, keyOpened, keyTold, keyAll, keyAgain, keyUp, keyHelp}
	if len(found.Rows) == 0 {
		keys = keys[4:]
	}
	for {
		line, err := m.key(ctx, keys)
		if err != nil {
			return false, err
		}
		t, ok := match(line, keys)
		if !ok {
			m.ahead = line
			return false, nil
		}
		m.echo(t.echoed())
		switch t.key.name {
		case keyUp.name:
			return false, nil
		case keyAgain.name:
			return true, nil
		case keyHelp.name:
			m.help(keys, t.rest)
		case keyAll.name:
			m.list(found, true)
		default:
			if err := m.row(ctx, found, t); err != nil {
				return false, err
			}
		}
	}
}

// row opens the session of a row, or says all about it.
func (m *home) row(ctx context.Context, found *Check, t typed) error {
	if t.n < 1 || t.n > len(found.Rows) {
		m.printf("there is no number %d here; the last is %d", t.n, len(found.Rows))
		return nil
	}
	r := found.Rows[t.n-1]
	switch {
	case t.key.name == keyTold.name:
		for _, line := range r.More {
			m.printf("%s", line)
		}
		return nil
	case r.Leads == nil:
		m.print("no session belongs to this row")
		return nil
	}
	return m.Start(ctx, m.console(), *r.Leads)
}

// Begin begins with a line, as if a person had typed it. What leads away from it leads home.
func (h Home) Begin(ctx context.Context, line string) error {
	m := &home{dialog: newDialog(h.Console), Home: h}
	m.ahead = line
	return m.run(ctx)
}
