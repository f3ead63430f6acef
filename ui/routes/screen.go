package routes

import (
	"fmt"
	"math"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/survey"
	"ehlo/transcripts/words"
	"ehlo/ui/columns"
)

// Row is a row of a route on the screen: an address of a mail server, the verdict, a finding, or what the domain publishes.
type Row struct {
	columns.Row
	Host string       // the mail server that it is about; empty for none
	Cell *survey.Cell // its port 25; nil where nobody was contacted
}

// Rows are those of a route in lines of a width, with the head of the table of servers. One without an outcome goes on.
func Rows(r *route.Report, width int) (table string, rows []Row) {
	table, rows = servers(r, width)
	if r.Verdict.Outcome != "" {
		rows = append(rows, Row{Row: columns.Row{Group: "verdict", Mark: cameTo(r.Verdict.Outcome), Text: Verdict(r, math.MaxInt16)[0], About: func(width int) []string { return Verdict(r, width) }}})
	}
	for _, f := range r.Findings {
		one := &route.Report{Findings: []route.Finding{f}}
		says := marks.Of(f.Severity) + ": " + f.Text
		rows = append(rows, Row{Row: columns.Row{Group: "findings", Mark: weighs.Of(f.Severity), Text: f.Text, Says: says, About: func(width int) []string { return findings(one, width) }}, Host: f.Host, Cell: cellOf(r, f.Host)})
	}
	for _, line := range around(r, math.MaxInt16) {
		rows = append(rows, Row{Row: columns.Row{Group: "published", Mark: columns.Calm, Text: line, About: func(width int) []string { return columns.Wrapped("", line, width) }}})
	}
	return table, rows
}

// weighs is how findings are marked.
var weighs = lazy.Table[record.Severity, columns.Mark]{{record.SeverityDanger, columns.Bad}, {record.SeverityWarn, columns.Warn}, {record.SeverityInfo, columns.Calm}}

func cameTo(o record.Outcome) columns.Mark {
	switch o {
	case record.OutcomeDone:
		return columns.Good
	case record.OutcomeStopped:
		return columns.Calm
	}
	return columns.Bad
}

// servers are the mail servers, a row for each address.
func servers(r *route.Report, width int) (table string, rows []Row) {
	var values [][]string
	for i := range r.Hosts {
		h := &r.Hosts[i]
		values = append(values, rowsOf(r, *h)...)
		if len(h.Addresses) == 0 {
			rows = append(rows, server(r, h, route.Address{}))
		}
		for _, a := range h.Addresses {
			rows = append(rows, server(r, h, a))
		}
	}
	laid := columns.Lay(head, values, width)
	for i := range rows {
		rows[i].Text = laid[i+1]
	}
	if len(rows) == 0 {
		return "", nil
	}
	return laid[0], rows
}

// server is a mail server at an address; the zero address is none.
func server(r *route.Report, h *route.Host, a route.Address) Row {
	row := Row{Row: columns.Row{Group: heading(r), Mark: columns.Good}, Host: h.Name, Cell: a.Port}
	switch {
	case h.Failing, a.Port != nil && !a.Port.State.Speaks():
		row.Mark = columns.Bad
	case a.Port == nil:
		row.Mark = columns.Calm
	case h.Unsafe, a.Port.Verdict.Failed():
		row.Mark = columns.Warn
	}
	row.Says = fmt.Sprintf("preference %d, %s", h.Preference, survey.Called(h.Name))
	if a.Address != "" {
		row.Says += " at " + a.Address + ": " + words.List(", ", words.Labelled("PTR ", nameOf(a)), words.Labelled("port 25 ", strings.Join(port(a)[:1], "")), port(a)[1], words.Labelled("certificate ", port(a)[2]))
	}
	row.About = func(width int) []string { return aboutServer(r, h, a, width) }
	return row
}

// aboutServer is what a session with a server came to, and what was found of it.
func aboutServer(r *route.Report, h *route.Host, a route.Address, width int) (lines []string) {
	switch {
	case a.Port != nil:
		lines = columns.Wrapped("", a.Port.Verdict.Cause, width)
	case a.Special != "":
		lines = columns.Wrapped("", fmt.Sprintf("%s is an address for %s use and is not contacted.", a.Address, a.Special), width)
	case a.Address == "":
		lines = columns.Wrapped("", survey.Called(h.Name)+" has no address.", width)
	case r.Verdict.Outcome == "":
		lines = columns.Wrapped("", "What answers at "+a.Address+" is not known yet.", width)
	default:
		lines = columns.Wrapped("", a.Address+" was not contacted.", width)
	}
	of := &route.Report{}
	for _, f := range r.Findings {
		if f.Host == h.Name {
			of.Findings = append(of.Findings, f)
		}
	}
	return append(lines, findings(of, width)...)
}

// cellOf is the first port of a server that was contacted; nil for none.
func cellOf(r *route.Report, host string) *survey.Cell {
	for _, h := range r.Hosts {
		for _, a := range h.Addresses {
			if h.Name == host && a.Port != nil {
				return a.Port
			}
		}
	}
	return nil
}
