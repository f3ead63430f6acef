package ui

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/doctor"
	"ehlo/session/record"
	"ehlo/session/route"
	"ehlo/session/setup"
	"ehlo/session/survey"
	"ehlo/session/walk"
	"ehlo/ui/checkup"
	table "ehlo/ui/columns"
	"ehlo/ui/paint"
	"ehlo/ui/routes"
)

// Routed is a route that was found, and the scenario whose practice server has the domain; empty for a real one.
type Routed struct {
	*route.Report
	Scenario string
}

// News is called with what is known so far, without a verdict, or with how far it has come; nil and empty where that is as before. It is
// called from one goroutine at a time, and what is known stays as it is.
type News[T any] func(known *T, state string)

// Reach is what a session with port 25 of a mail server is asked for by. The practice server is reached by its scenario, whatever the
// records call it.
func (r *Routed) Reach(host string, c *survey.Cell) setup.Request {
	asked := setup.Request{Target: host, Port: c.Port, Address: c.Address, TLS: c.Mode(), Bare: true}
	if r.Scenario != "" {
		asked.Target, asked.ServerName = "lab:"+r.Scenario, host
	}
	return asked
}

// routeMsg asks for the route to a domain, doctorMsg for a diagnosis.
type (
	routeMsg  string
	doctorMsg string
)

// ShowRoute follows the way to a domain on the screen until a person quits.
func (a App) ShowRoute(ctx context.Context, domain string) error {
	return a.showCheck(ctx, func(app *App) *check { return newRouteCheck(app, domain) })
}

// ShowDiagnosis looks for what is wrong first with a target, on the screen, until a person quits.
func (a App) ShowDiagnosis(ctx context.Context, target string) error {
	return a.showCheck(ctx, func(app *App) *check { return newDoctorCheck(app, target) })
}

// newRouteCheck is the page of a route.
func newRouteCheck(app *App, domain string) *check {
	return &check{name: "route", run: func(ctx context.Context, tell func(checked)) error {
		found, err := app.Route(ctx, domain, newsOf(routedSoFar, tell))
		if err != nil {
			return err
		}
		tell(routedSoFar(found))
		return nil
	}}
}

// newsOf is what a page shows while it fills.
func newsOf[T any](page func(*T) checked, tell func(checked)) News[T] {
	var now checked
	return func(known *T, state string) {
		if known != nil {
			now = page(known)
		}
		now.state = cmp.Or(state, now.state, "asking")
		tell(now)
	}
}

// routedSoFar is a route as a page, which opens at its verdict once there is one.
func routedSoFar(found *Routed) checked {
	_, rows := routes.Rows(found.Report, minWidth)
	state := ""
	if found.Verdict.Outcome == "" {
		state = "asking DNS and the servers"
	}
	return checked{state: state, first: max(slices.IndexFunc(rows, func(r routes.Row) bool { return r.Group == "verdict" }), 0), rows: func(width int) (paint.Line, []checkedRow) { return routeRows(found, width) }}
}

func routeRows(found *Routed, width int) (head paint.Line, out []checkedRow) {
	names, rows := routes.Rows(found.Report, width-lineMark)
	if names != "" {
		head = paint.Dim.Line("  " + names)
	}
	for _, r := range rows {
		row := plainRow(r.Row)
		if c := r.Cell; c != nil {
			row.leads = &lead{name: "port 25", request: Request{Request: found.Reach(r.Host, c)}}
			if len(c.Sessions) > 0 {
				row.leads.had = c.Sessions[0]
			}
		}
		out = append(out, row)
	}
	return head, out
}

// plainRow is a row that leads nowhere so far.
func plainRow(r table.Row) checkedRow {
	return checkedRow{group: r.Group, line: r.Line(), about: func(width int) (lines []paint.Line) {
		for _, l := range r.About(width) {
			lines = append(lines, paint.Text(l))
		}
		return lines
	}}
}

// newDoctorCheck is the page of a diagnosis.
func newDoctorCheck(app *App, target string) *check {
	return &check{name: "doctor", run: func(ctx context.Context, tell func(checked)) error {
		found, err := app.Doctor(ctx, target, newsOf(diagnosedSoFar, tell))
		if err != nil {
			return err
		}
		tell(diagnosedSoFar(found))
		return nil
	}}
}

// diagnosedSoFar is a diagnosis as a page.
func diagnosedSoFar(found *doctor.Diagnosis) checked {
	rows := checkup.Rows(found)
	first := max(slices.IndexFunc(rows, func(r table.Row) bool { return r.Group == "verdict" }), 0)
	state := ""
	if i := slices.IndexFunc(found.Steps, func(c doctor.Check) bool { return c.Text == "" }); i >= 0 && found.Verdict.Outcome == "" {
		state = "looking at: " + found.Steps[i].Name
	}
	return checked{state: state, first: first, rows: func(int) (paint.Line, []checkedRow) { return nil, doctorRows(found, rows) }}
}

// doctorRows all lead to the session that decided.
func doctorRows(found *doctor.Diagnosis, rows []table.Row) (out []checkedRow) {
	l := toDecided(found)
	for _, r := range rows {
		row := plainRow(r)
		row.leads = l
		out = append(out, row)
	}
	return out
}

// toDecided leads to the session that decided a diagnosis; nil where there was none.
func toDecided(found *doctor.Diagnosis) *lead {
	asked, ok := Decided(found)
	if !ok {
		return nil
	}
	return &lead{name: "it", request: Request{Request: asked, AskSecrets: !strings.HasPrefix(asked.Target, "lab:")}, had: found.Session}
}

// Decided is what the session that decided a diagnosis is asked for by once more; ok is false where there was none.
func Decided(found *doctor.Diagnosis) (asked setup.Request, ok bool) {
	if found.Session == nil || found.Session.Len() == 0 {
		return asked, false
	}
	first := record.Skim(found.Session, 0)
	if first.Start == nil {
		return asked, false
	}
	return setup.Again(first.Start.Plan, walk.Trail{Plan: first.Start.Plan}.Wanted()), true
}

// askDomain and askDoctor ask what to look at.
func (h *home) askDomain() tea.Cmd {
	h.sheet = oneLine("domain", "follow", "the part of a mail address after the @, or the whole address; lab: and a practice domain, such as lab:alias.example", func(typed string) tea.Msg { return routeMsg(typed) })
	return nil
}

func (h *home) askDoctor() tea.Cmd {
	h.sheet = oneLine("what to look at", "look", "a host, host:port or a URL for a server; a domain or a mail address for how mail arrives there; lab: and a scenario", func(typed string) tea.Msg { return doctorMsg(typed) })
	return nil
}

// oneLine asks for what is not empty.
func oneLine(label, verb, help string, then func(string) tea.Msg) *editor {
	return &editor{label: label, input: newInput(""), verb: verb, help: help, check: func(typed string) error {
		if strings.TrimSpace(typed) == "" {
			return errors.New("type a name, or leave it with esc")
		}
		return nil
	}, accept: func(typed string) tea.Cmd {
		return func() tea.Msg { return then(strings.TrimSpace(typed)) }
	}}
}
