package diff

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// Table holds several sessions against each other: a column for each, a row for each thing that is compared, and what is not alike.
type Table struct {
	// Where goes before the name of a session in a sentence: "at", "in".
	Where string `json:"-"`
	Names []string
	Rows  []Row
	// Keywords are those of the last EHLO replies that not all have alike, each with where it stands and how.
	Keywords []string
}

// Row is one thing, with its value in each session, empty for none. Differ says that they are not alike; what takes time, and the
// number of round trips and bytes, makes no difference.
type Row struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
	Differ bool     `json:"differ,omitempty"`
}

// Tabulate reads the sessions. Where goes before the name of one in a sentence.
func Tabulate(where string, list []Session) *Table {
	t := &Table{Where: where}
	var sites []*session
	for _, from := range list {
		sites = append(sites, read(from))
		t.Names = append(t.Names, wire.VisibleString(from.Name))
	}
	plain := newNoise(nil) // the names stay: each server may have its own
	for _, c := range columns {
		row := Row{Name: c.name}
		var keys []string
		for _, s := range sites {
			row.Values = append(row.Values, s.visible(c.value(s)))
			keys = append(keys, c.key(s, plain))
		}
		row.Differ = len(slices.Compact(keys)) > 1
		t.Rows = append(t.Rows, row)
	}
	t.Keywords = t.keywordDifferences(sites)
	return t
}

// columns are what is held against each other besides EHLO.
var columns = []column{
	{"outcome", byText, outcome},
	{"STARTTLS", byText, func(s *session) string { return offered(s.lists[0], "STARTTLS") }},
	{"TLS", byText, func(s *session) string { return s.seen().TLS }},
	{"suite", byText, func(s *session) string { return s.seen().Suite }},
	{"certificate", byCertificate, func(s *session) string { return shortHash(s.seen().SHA256) }},
	{"verified", byText, verified},
	{"banner", byText, func(s *session) string { return s.banner }},
	{"AUTH", byText, func(s *session) string { return strings.Join(s.seen().Offered, " ") }},
	{"round trips", never, func(s *session) string { return fmt.Sprint(s.trips()) }},
	{"in cleartext", never, func(s *session) string { return words.Number(s.readable, "byte") }},
	{"inside TLS", never, func(s *session) string { return words.Number(s.protected, "byte") }},
	{"waited", never, func(s *session) string { return words.Duration(s.waited()) }},
}

type column struct {
	name     string
	compared compared
	value    func(*session) string
}

// compared says how the values of a column are.
type compared int

const (
	byText        compared = iota // without noise
	byCertificate                 // as they are; those of the practice server are made each time that it starts
	never
)

// key is what is compared of a value.
func (c *column) key(s *session, plain noise) string {
	switch {
	case c.compared == byText:
		return plain.out(c.value(s))
	case c.compared == byCertificate && !s.plan.Target.Lab:
		return c.value(s)
	}
	return ""
}

// seen are the facts of the verdict; none while the session runs.
func (s *session) seen() *record.Facts {
	if s.verdict == nil {
		return &record.Facts{}
	}
	return &s.verdict.Facts
}

// outcome is how a session ended: done, or the outcome with the exit code and the finding.
func outcome(s *session) string {
	v := s.verdict
	switch {
	case v == nil:
		return "running"
	case !v.Failed():
		return string(v.Outcome)
	}
	return words.List(" ", string(v.Outcome), fmt.Sprint(int(v.Exit)), string(v.Finding))
}

func offered(list map[string]string, keyword string) string {
	if list == nil {
		return ""
	}
	if _, ok := list[keyword]; ok {
		return "offered"
	}
	return "not offered"
}

func verified(s *session) string {
	switch f := s.seen(); {
	case f.TLS == "":
		return ""
	case f.Verified:
		return "yes"
	}
	return "no"
}

// shortHash is the beginning of a fingerprint, enough to tell certificates apart.
func shortHash(hash string) string { return hash[:min(len(hash), 16)] }

// banner is the text of a greeting's first line.
func banner(r *record.Reply) string {
	if len(r.Lines) == 0 {
		return ""
	}
	text := []rune(r.Lines[0].Text)
	if len(text) > mostBanner {
		return string(text[:mostBanner-1]) + "…"
	}
	return string(text)
}

// mostBanner bounds a banner in the table, in characters.
const mostBanner = 48

func keywordsOf(c *record.Capabilities) map[string]string {
	list := map[string]string{}
	for _, k := range c.Keywords {
		list[wire.VisibleString(k.Keyword)] = wire.VisibleString(strings.Join(k.Params, " "))
	}
	return list
}

// keywordDifferences compares the EHLO replies that came, those in cleartext and those inside TLS each among themselves.
func (t *Table) keywordDifferences(sites []*session) (lines []string) {
	for place, prefix := range []string{"", "inside TLS, "} {
		var all []string
		for _, s := range sites {
			for name := range s.lists[place] {
				all = append(all, name)
			}
		}
		slices.Sort(all)
		for _, name := range slices.Compact(all) {
			if forms := t.formsOf(name, place, sites); len(forms) > 1 {
				lines = append(lines, prefix+name+": "+strings.Join(forms, "; "))
			}
		}
	}
	return lines
}

// formsOf says where a keyword stands, with which parameters, and where it is missing.
func (t *Table) formsOf(name string, place int, sites []*session) (forms []string) {
	var kinds []string
	where := map[string][]string{}
	for i, s := range sites {
		if s.lists[place] == nil {
			continue
		}
		form, listed := s.lists[place][name]
		switch {
		case !listed:
			form = "not"
		case form == "":
			form = "listed"
		}
		if where[form] == nil {
			kinds = append(kinds, form)
		}
		where[form] = append(where[form], t.Names[i])
	}
	for _, form := range kinds {
		forms = append(forms, form+" "+t.Where+" "+strings.Join(where[form], ", "))
	}
	return forms
}

// Equal reports whether all are alike.
func (t *Table) Equal() bool { return len(t.Different()) == 0 }

// Different names what is not alike everywhere.
func (t *Table) Different() (names []string) {
	for _, row := range t.Rows {
		if row.Differ {
			names = append(names, row.Name)
		}
	}
	if len(t.Keywords) > 0 {
		names = append(names, "EHLO reply")
	}
	return names
}
