// Package ports shows a survey as text and as a page: a table of the ports, what is wrong with them, and the verdict.
package ports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/transcripts/words"
	"ehlo/ui/columns"
)

// Lines is a survey as text, at most width columns wide. With all it has what is as it should be too.
func Lines(s *survey.Survey, width int, all bool) (lines []string) {
	width = max(width, narrowest)
	for _, part := range [][]string{table(s, width), troubles(s, width), greetings(s, width, all), offers(s, width), certificates(s, width), encryption(s, width), score(s, width, all), Verdict(s, width)} {
		if len(part) > 0 && len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, part...)
	}
	return lines
}

// narrowest is the least width that is written for.
const narrowest = 40

// Verdict is what a survey comes to, and who has to act.
func Verdict(s *survey.Survey, width int) (lines []string) {
	v := s.Verdict
	lead := fmt.Sprintf("%s, exit code %d%s: ", v.Outcome, v.Exit, words.Labelled(", ", at(v.Ports)))
	lines = columns.Wrapped("", lead+v.Cause, width)
	if v.Outcome == record.OutcomeDone {
		return lines
	}
	if v.Who != "" {
		lines = append(lines, columns.Wrapped("  ", "who has to act: "+words.Acting(v.Who, v.Advice), width)...)
	}
	return append(lines, advised(v.Advice, width)...)
}

// advised is what can be done, the most likely first.
func advised(list []record.Advice, width int) (lines []string) {
	for i, a := range list {
		lines = append(lines, columns.Wrapped("  ", words.Label(a, i == 0)+": "+words.Advice(a), width)...)
	}
	return lines
}

// values are what the columns of the table show.
var values = []func(survey.Cell) string{func(c survey.Cell) string { return fmt.Sprint(c.Port) }, role, state, versions, auth, certificate, outcome}

// heads are the columns of the table.
var heads = []columns.Column{{Name: "port"}, {Name: "role", Spare: 1}, {Name: "state"}, {Name: "TLS"}, {Name: "AUTH", Spare: 3}, {Name: "certificate", Spare: 2}, {Name: "verdict"}}

// alike are groups of addresses at which all is the same, with the rows of each address.
func alike(s *survey.Survey) (groups [][]string, rows map[string][][]string) {
	rows = map[string][][]string{}
	for _, c := range s.Cells {
		rows[c.Address] = append(rows[c.Address], row(c))
	}
	for _, a := range s.Addresses {
		same := func(g []string) bool { return slices.EqualFunc(rows[g[0]], rows[a], slices.Equal) }
		if i := slices.IndexFunc(groups, same); i >= 0 {
			groups[i] = append(groups[i], a)
			continue
		}
		groups = append(groups, []string{a})
	}
	return groups, rows
}

// table has a row for each port, for each address where those differ.
func table(s *survey.Survey, width int) (lines []string) {
	groups, rows := alike(s)
	var all [][]string
	for _, g := range groups {
		all = append(all, rows[g[0]]...)
	}
	laid := columns.Lay(heads, all, width)
	head, laid := laid[0], laid[1:]
	for i, g := range groups {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, columns.Wrapped("", survey.Called(s.Host)+" at "+strings.Join(g, ", ")+more(s, i), width)...)
		lines = append(append(lines, head), laid[:len(rows[g[0]])]...)
		laid = laid[len(rows[g[0]]):]
	}
	return lines
}

// more says after the first addresses how many were left out.
func more(s *survey.Survey, group int) string {
	if s.Left == 0 || group > 0 {
		return ""
	}
	return " (not checked: " + record.Plural(s.Left, "more address", "more addresses") + ")"
}

func row(c survey.Cell) (list []string) {
	for _, value := range values {
		list = append(list, value(c))
	}
	return list
}

func role(c survey.Cell) string {
	if c.Role == (record.Target{}).Role() {
		return "-"
	}
	return c.Role
}

// state is what the port does, with what speaks there where that is not SMTP.
func state(c survey.Cell) string {
	if c.State == survey.StateForeign {
		return c.Protocol
	}
	return string(c.State)
}

// versions are those that the port accepts, or that of the session where no more was asked.
func versions(c survey.Cell) string {
	var names []string
	for _, v := range accepted(c.Accepts) {
		names = append(names, strings.TrimPrefix(v.Name, "TLS "))
	}
	if len(names) == 0 && c.TLS != nil {
		names = []string{strings.TrimPrefix(c.TLS.Version, "TLS ")}
	}
	return strings.Join(names, ", ")
}

// accepted are the versions that a port accepts.
func accepted(a *survey.Accepts) (list []survey.Version) {
	if a == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.Versions), func(v survey.Version) bool { return !v.Accepted })
}

// auth says where AUTH is offered: in cleartext everyone on the path reads what is sent.
func auth(c survey.Cell) string {
	switch {
	case !c.Listed && !c.ListedInside:
		return ""
	case len(c.AuthBefore) > 0:
		return "in cleartext"
	case len(c.AuthInside) > 0:
		return "inside TLS"
	}
	return "none"
}

// certificate is whether it passed, and until when it is valid or what is wrong first.
func certificate(c survey.Cell) string {
	switch {
	case c.TLS == nil:
		return ""
	case len(c.TLS.Faults) > 0:
		return strings.TrimPrefix(string(c.TLS.Faults[0].Finding), "cert-")
	}
	return "to " + c.TLS.Certificate.NotAfter.UTC().Format(time.DateOnly)
}

// outcome is the verdict in two words.
func outcome(c survey.Cell) string {
	switch v := c.Verdict; {
	case !c.State.Open() && c.State != survey.StateUnknown, c.State == survey.StateUnknown && v.Outcome == "":
		return ""
	case !v.Failed(), v.Outcome == record.OutcomeStopped:
		return string(v.Outcome)
	default:
		return fmt.Sprintf("%s %d", v.Outcome, v.Exit)
	}
}

// troubles are the verdicts of the ports that do not work, each cause once, but for the one that is the verdict of the whole.
func troubles(s *survey.Survey, width int) (lines []string) {
	var causes grouped[record.Verdict]
	for _, c := range s.Failing() {
		if v := c.Verdict; v.Outcome != record.OutcomeStopped && v.Cause != s.Verdict.Cause {
			causes.add(v.Cause, c.Port, v)
		}
	}
	for _, g := range causes {
		lines = append(lines, columns.Wrapped("", at(g.ports)+": "+g.key, width)...)
		lines = append(lines, columns.Wrapped("  ", "who has to act: "+words.Acting(g.value.Who, g.value.Advice), width)...)
	}
	return lines
}

// grouped are values that several ports share, in the order in which they came.
type grouped[T any] []group[T]

type group[T any] struct {
	key   string
	ports []int
	value T
}

func (l *grouped[T]) add(key string, port int, value T) {
	i := slices.IndexFunc(*l, func(g group[T]) bool { return g.key == key })
	if i < 0 {
		i = len(*l)
		*l = append(*l, group[T]{key: key, value: value})
	}
	if g := &(*l)[i]; !slices.Contains(g.ports, port) {
		g.ports = append(g.ports, port)
	}
}

// at names ports.
func at(ports []int) string {
	switch len(ports) {
	case 0:
		return ""
	case 1:
		return "port " + survey.List(ports)
	}
	return "ports " + survey.List(ports)
}

// mostCertificates bounds how many are described: a proxy that makes one for each connection has no end of them.
const mostCertificates = 4

// certificates are those that were shown, each once, with what is wrong with it.
func certificates(s *survey.Survey, width int) (lines []string) {
	var shown grouped[*survey.TLS]
	for _, c := range s.Cells {
		if c.TLS != nil && c.TLS.Certificate.SHA256 != "" {
			shown.add(c.TLS.Certificate.SHA256, c.Port, c.TLS)
		}
	}
	for i, g := range shown {
		if i == mostCertificates {
			return append(lines, record.Plural(len(shown)-i, "more certificate", "more certificates"))
		}
		lines = append(lines, columns.Wrapped("", "certificate at "+at(g.ports)+": "+described(g.value), width)...)
		for _, f := range g.value.Faults {
			lines = append(lines, columns.Wrapped("  ", words.List("; ", f.Text, f.Operators()), width)...)
		}
	}
	return lines
}

func described(t *survey.TLS) string {
	c := t.Certificate
	return words.List(", ", strings.Join(c.Names, ", "), "issued by "+c.Issuer, c.Key, "valid from "+c.NotBefore.UTC().Format(time.DateOnly)+" to "+c.NotAfter.UTC().Format(time.DateOnly),
		words.Number(t.Chain, "certificate")+" sent", "SHA-256 "+c.SHA256)
}
