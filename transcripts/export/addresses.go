package export

import (
	"fmt"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// Addresses compares the same session at several addresses of one name: a row for each, what is not alike, and the keywords of
// EHLO that not all list. The logs are over, and the plan of each names its address.
func (t Text) Addresses(logs []*record.Log) []string {
	var rows []site
	for _, log := range logs {
		rows = append(rows, siteOf(log))
	}
	lines := []string{"", fmt.Sprintf("The same session at %s:", record.Plural(len(rows), "address", "addresses"))}
	lines = append(lines, table(rows)...)
	return append(lines, differences(rows)...)
}

// site is what a session at one address has shown.
type site struct {
	address  string
	columns  [len(columnNames)]string
	keywords map[string]string // of the last EHLO reply, with their parameters; nil where none came
}

// columnNames are what is compared besides EHLO.
var columnNames = [...]string{"outcome", "TLS", "certificate", "banner"}

func siteOf(log *record.Log) (s site) {
	for i := range log.Len() {
		switch e := log.At(i); {
		case e.Start != nil:
			s.address = e.Start.Address
		case e.Reply != nil && e.Step == record.VerbGreeting:
			s.columns[3] = banner(e.Reply)
		case e.Capabilities != nil:
			s.keywords = keywordsOf(e.Capabilities)
		case e.End != nil:
			s.columns[0], s.columns[1], s.columns[2] = ending(e.End), e.End.Facts.TLS, shortHash(e.End.Facts.SHA256)
		}
	}
	return s
}

// ending is how a session ended: done, or the outcome with the exit code and the finding.
func ending(v *record.Verdict) string {
	if !v.Failed() {
		return string(v.Outcome)
	}
	return words.List(" ", string(v.Outcome), fmt.Sprint(int(v.Exit)), string(v.Finding))
}

// shortHash is the beginning of a fingerprint, enough to tell certificates apart.
func shortHash(hash string) string { return hash[:min(len(hash), 16)] }

// banner is the text of a greeting's first line.
func banner(r *record.Reply) string {
	if len(r.Lines) == 0 {
		return ""
	}
	text := []rune(wire.VisibleString(r.Lines[0].Text))
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

// table is a row for each address below the names of the columns, aligned.
func table(sites []site) (lines []string) {
	rows := [][]string{append([]string{"address"}, columnNames[:]...)}
	for _, s := range sites {
		rows = append(rows, append([]string{s.address}, s.columns[:]...))
	}
	for _, row := range rows {
		line := " "
		for i, cell := range row {
			if cell == "" {
				cell = "-"
			}
			line += fmt.Sprintf(" %-*s", widest(rows, i), cell)
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

func widest(rows [][]string, column int) (width int) {
	for _, row := range rows {
		width = max(width, len([]rune(row[column])))
	}
	return width
}

// differences names what is not the same everywhere, and says of each keyword where it is.
func differences(sites []site) []string {
	var differ, lines []string
	for i, name := range columnNames {
		if slices.ContainsFunc(sites, func(s site) bool { return s.columns[i] != sites[0].columns[i] }) {
			differ = append(differ, name)
		}
	}
	if lines = keywordDifferences(sites); len(lines) > 0 {
		differ = append(differ, "EHLO reply")
	}
	if len(differ) == 0 {
		return []string{"All addresses answered alike."}
	}
	return append([]string{"Different: " + strings.Join(differ, ", ") + "."}, lines...)
}

// keywordDifferences compares the EHLO replies that came.
func keywordDifferences(sites []site) (lines []string) {
	sites = slices.DeleteFunc(slices.Clone(sites), func(s site) bool { return s.keywords == nil })
	var all []string
	for _, s := range sites {
		for name := range s.keywords {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	for _, name := range slices.Compact(all) {
		if forms := formsOf(name, sites); len(forms) > 1 {
			lines = append(lines, "  "+name+": "+strings.Join(forms, "; "))
		}
	}
	return lines
}

// formsOf says where a keyword stands, with which parameters, and where it is missing.
func formsOf(name string, sites []site) (forms []string) {
	var kinds []string
	where := map[string][]string{}
	for _, s := range sites {
		form, listed := s.keywords[name]
		switch {
		case !listed:
			form = "not"
		case form == "":
			form = "listed"
		}
		if where[form] == nil {
			kinds = append(kinds, form)
		}
		where[form] = append(where[form], s.address)
	}
	for _, form := range kinds {
		forms = append(forms, form+" at "+strings.Join(where[form], ", "))
	}
	return forms
}
