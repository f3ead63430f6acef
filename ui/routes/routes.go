// Package routes shows a route as text: the hosts in the order in which they are tried, what was found, and the verdict.
package routes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/survey"
	"ehlo/transcripts/words"
	"ehlo/ui/columns"
)

// narrowest is the least width that is written for.
const narrowest = 40

// Lines is a route as text, at most width columns wide where words allow. With all it has each question with its answer too.
func Lines(r *route.Report, width int, all bool) (lines []string) {
	width = max(width, narrowest)
	parts := [][]string{hosts(r, width), around(r, width), findings(r, width), Verdict(r, width)}
	if all {
		parts = append([][]string{lookups(r, width), trace(r, width)}, parts...)
	}
	for _, part := range parts {
		if len(part) > 0 && len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, part...)
	}
	return lines
}

// Verdict is what a route comes to, and who has to act.
func Verdict(r *route.Report, width int) []string {
	v := r.Verdict
	lines := columns.Wrapped("", fmt.Sprintf("%s, exit code %d: %s", v.Outcome, v.Exit, v.Cause), width)
	if v.Who != "" {
		lines = append(lines, columns.Wrapped("  ", "who has to act: "+v.Who.String(), width)...)
	}
	if v.Mend != "" {
		lines = append(lines, columns.Wrapped("  ", "try: "+v.Mend, width)...)
	}
	return lines
}

// head of the table.
var head = []columns.Column{{Name: "pref"}, {Name: "host"}, {Name: "address"}, {Name: "PTR", Spare: 1}, {Name: "port 25", Spare: 3}, {Name: "TLS", Spare: 4}, {Name: "certificate", Spare: 2}}

// hosts are the mail servers, a row for each address.
func hosts(r *route.Report, width int) []string {
	lines := columns.Wrapped("", heading(r), width)
	var rows [][]string
	for _, h := range r.Hosts {
		rows = append(rows, rowsOf(r, h)...)
	}
	if len(rows) > 0 {
		lines = append(lines, columns.Lay(head, rows, width)...)
	}
	if r.Left > 0 {
		lines = append(lines, "not looked at: "+record.Plural(r.Left, "more host", "more hosts"))
	}
	return lines
}

// heading says how mail comes to the domain, and who said so.
func heading(r *route.Report) string {
	how := map[route.Way]string{route.WayMX: "by MX records", route.WayImplicit: "without MX records: its own address", route.WayNull: "null MX", route.WayNone: "no mail server"}[r.Way]
	proved := ""
	if r.Proved {
		proved = ", proved by DNSSEC"
	}
	return survey.Called(r.Domain) + words.Labelled(", ", how) + proved + " (resolver: " + r.Server + ")"
}

func rowsOf(r *route.Report, h route.Host) (rows [][]string) {
	preference := fmt.Sprint(h.Preference)
	if r.Way == route.WayImplicit {
		preference = "-"
	}
	name := survey.Called(h.Name)
	if h.Alias != "" {
		name += " = " + survey.Called(h.Alias)
	}
	if len(h.Addresses) == 0 {
		return [][]string{{preference, name, "-", "", "", "", ""}}
	}
	for i, a := range h.Addresses {
		if i > 0 {
			preference, name = "", ""
		}
		rows = append(rows, append([]string{preference, name, a.Address + words.Labelled(", ", a.Special), nameOf(a)}, portOf(r, a)...))
	}
	return rows
}

// nameOf is the name of an address, with whether it is confirmed.
func nameOf(a route.Address) string {
	switch {
	case a.Special != "":
		return ""
	case a.Confirmed != "":
		return survey.Called(a.Confirmed)
	case len(a.Names) > 0:
		return survey.Called(a.Names[0]) + " (not confirmed)"
	}
	return "none"
}

// portOf is [port], or a mark where it is still to be seen.
func portOf(r *route.Report, a route.Address) []string {
	if a.Port == nil && a.Special == "" && r.Verdict.Outcome == "" {
		return []string{"…", "", ""}
	}
	return port(a)
}

// port is what was found at port 25: state, TLS, certificate.
func port(a route.Address) []string {
	c := a.Port
	switch {
	case c == nil:
		return []string{"-", "", ""}
	case c.TLS == nil:
		return []string{state(c), "", ""}
	case len(c.TLS.Faults) > 0:
		return []string{state(c), c.TLS.Version, strings.TrimPrefix(string(c.TLS.Faults[0].Finding), "cert-")}
	}
	return []string{state(c), c.TLS.Version, "to " + c.TLS.Certificate.NotAfter.UTC().Format(time.DateOnly)}
}

func state(c *survey.Cell) string {
	if c.State == survey.StateForeign {
		return c.Protocol
	}
	return string(c.State)
}

// around is what the domain publishes beside its MX records.
func around(r *route.Report, width int) (lines []string) {
	if s := r.STS; s != nil {
		policy := "no valid policy"
		if s.Mode != "" {
			policy = words.List(", ", s.Mode, "kept for "+days(s.MaxAge), "mx "+strings.Join(s.MX, ", "))
		}
		lines = append(lines, columns.Wrapped("", "MTA-STS: "+policy, width)...)
	}
	for _, h := range r.Hosts {
		if h.DANE != "" {
			lines = append(lines, columns.Wrapped("", fmt.Sprintf("DANE: %s has %s: %s", survey.Called(h.Name), words.Number(len(h.TLSA), "TLSA record"), daneSays.Of(h.DANE)), width)...)
		}
	}
	if len(r.Reports) > 0 {
		lines = append(lines, columns.Wrapped("", "TLSRPT: reports go to "+strings.Join(r.Reports, ", "), width)...)
	}
	if s := r.SPF; s != nil {
		lines = append(lines, columns.Wrapped("", "SPF: "+words.List(", ", result(s), fmt.Sprintf("%d of 10 lookups", s.Lookups)), width)...)
	}
	if d := r.DMARC; d != nil {
		lines = append(lines, columns.Wrapped("", "DMARC: "+words.List(", ", d.Policy+" by _dmarc."+survey.Called(d.At), words.Labelled("reports go to ", strings.Join(d.Reports, ", "))), width)...)
	}
	return append(lines, beside(r, width)...)
}

// beside is what the domain publishes for receivers of its mail and for mail clients.
func beside(r *route.Report, width int) (lines []string) {
	for _, d := range r.DKIM {
		key := "no key that can be used"
		if d.Key != "" {
			key = d.Key
		}
		lines = append(lines, columns.Wrapped("", fmt.Sprintf("DKIM: selector %s, %s", d.Selector, key), width)...)
	}
	var offered []string
	for _, s := range r.Services {
		where := "not offered"
		if s.Host != "" {
			where = fmt.Sprintf("%s:%d", survey.Called(s.Host), s.Port)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(s.Name, "_"), ".")
		offered = append(offered, name+" "+where)
	}
	for _, name := range r.Settings {
		if !slices.ContainsFunc(r.Pages, func(p route.Page) bool { return strings.HasPrefix(p.URL, "https://"+name+"/") }) {
			offered = append(offered, survey.Called(name))
		}
	}
	if len(offered) > 0 {
		lines = append(lines, columns.Wrapped("", "mail clients: "+strings.Join(offered, ", "), width)...)
	}
	return append(lines, settings(r, width)...)
}

// settings are what web servers tell mail clients. What was asked of other web servers is no news here.
func settings(r *route.Report, width int) (lines []string) {
	for _, p := range r.Pages {
		i := slices.IndexFunc(r.Autoconfig, func(a route.Autoconfig) bool { return a.URL == p.URL })
		switch {
		case i >= 0:
			lines = append(lines, columns.Wrapped("", "autoconfig: "+sparing(r.Autoconfig[i])+", from "+p.URL, width)...)
		case strings.HasSuffix(p.URL, "/config-v1.1.xml"):
			lines = append(lines, columns.Wrapped("", "autoconfig: no settings at "+p.URL+"; the web server "+gave(p), width)...)
		case strings.HasSuffix(p.URL, "/autodiscover.xml"):
			lines = append(lines, columns.Wrapped("", "autodiscover: "+p.URL+" "+gave(p), width)...)
		}
	}
	return lines
}

// sparing are the servers that a user need not know, since their mail client reads them.
func sparing(a route.Autoconfig) string {
	var list []string
	for _, s := range a.Servers {
		how := words.List(", ", s.Socket, strings.Join(s.Logins, " or "))
		if how != "" {
			how = " (" + how + ")"
		}
		list = append(list, s.At()+how)
	}
	return "spares users the settings of a mail client: " + strings.Join(list, ", ")
}

// gave is what a web server gave.
func gave(p route.Page) string {
	switch {
	case p.Error != "":
		return "gives no answer: " + p.Error
	case p.To != "":
		return fmt.Sprintf("answers %d and leads to %s, which was not contacted", p.Status, p.To)
	case p.Status == 401:
		return "asks for a login" + words.Labelled(" by ", strings.Join(p.Logins, ", ")) + ", which is not given here"
	case p.Status == 404:
		return "answers 404, which is no fault"
	}
	return fmt.Sprintf("answers %d", p.Status) + words.Labelled(" with ", p.Type)
}

// result is what SPF says of a client, or the record where nobody asked about one.
func result(s *route.SPF) string {
	if s.Client == "" {
		return s.Record
	}
	return fmt.Sprintf("%s for %s%s", s.Result, s.Client, words.Labelled(" by ", s.Term))
}

// trace are the terms of SPF in the order in which they were looked at.
func trace(r *route.Report, width int) (lines []string) {
	if r.SPF == nil {
		return nil
	}
	lines = append(lines, "SPF, term by term:")
	for _, s := range r.SPF.Steps {
		matched := ""
		if s.Matches {
			matched = " (matches)"
		}
		lines = append(lines, columns.Wrapped(strings.Repeat("  ", min(s.Depth, 10)+1), s.Domain+" "+s.Term+matched, width)...)
	}
	return lines
}

// daneSays is how a host stands by its TLSA records.
var daneSays = lazy.Table[route.DANE, string]{
	{route.DANEUnproved, "not proved, so they count for nothing"}, {route.DANEUnknown, "whether they are proved is unknown"}, {route.DANEUnusable, "proved, and none can be used"},
	{route.DANEProved, "proved by DNSSEC"}, {route.DANEMatches, "proved by DNSSEC, and the certificate matches"}, {route.DANEFails, "proved by DNSSEC, and the server does not meet them"},
}

// days is a time in whole days, hours or seconds.
func days(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day:
		return words.Number(int(d/day), "day")
	case d >= time.Hour:
		return words.Number(int(d/time.Hour), "hour")
	}
	return words.Number(int(d/time.Second), "second")
}

// marks are what findings are read by.
var marks = lazy.Table[record.Severity, string]{{record.SeverityDanger, "danger"}, {record.SeverityWarn, "warning"}, {record.SeverityInfo, "note"}}

// findings are what was found, with where that is written, who mends it and what it stops.
func findings(r *route.Report, width int) (lines []string) {
	for _, f := range r.Findings {
		lines = append(lines, columns.Wrapped("", fmt.Sprintf("%s: %s (%s)", marks.Of(f.Severity), f.Text, f.Refs), width)...)
		lines = append(lines, columns.Wrapped("  ", "stops: "+f.Stops, width)...)
		if f.Mend != "" {
			lines = append(lines, columns.Wrapped("  ", f.Who.String()+": "+f.Mend, width)...)
		}
	}
	return lines
}

// lookups are the questions with their answers.
func lookups(r *route.Report, width int) (lines []string) {
	for _, l := range r.Lookups {
		text := l.Question().String() + ": " + came(l)
		if l.Proved {
			text += " (proved)"
		}
		lines = append(lines, columns.Wrapped("", text, width)...)
		for _, a := range l.Answers {
			lines = append(lines, columns.Wrapped("  ", fmt.Sprintf("%s %d %s %s", a.Name, a.TTL, a.Type, a.Data), width)...)
		}
	}
	return lines
}

// came is what came of a question.
func came(l record.Lookup) string {
	switch {
	case l.Trouble != "":
		return words.List(" ", string(l.Trouble), l.Error)
	case l.Empty() && l.Status == record.StatusNoError:
		return "no such record"
	}
	return l.Status
}
