package main

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"ehlo/session/doctor"
	checks "ehlo/session/doctor/ask"
	"ehlo/session/route"
	"ehlo/session/setup"
	"ehlo/session/survey"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui"
	"ehlo/ui/checkup"
	"ehlo/ui/columns"
	"ehlo/ui/plain"
	"ehlo/ui/routes"
)

// routeFor follows the way to a domain that a person names on the screen.
func routeFor(ctx context.Context, base *options, named string, told func(string)) (*ui.Routed, error) {
	r := &router{o: *base.forAnother(ui.Request{})}
	domain, scenario, practice, err := r.domainOf(ctx, named)
	if err != nil {
		return nil, err
	}
	p, err := r.setUp(ctx, domain, scenario, practice)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	o, err := r.options(p)
	if err != nil {
		return nil, err
	}
	o.Told = func(done, all int, host string) { told(fmt.Sprintf("%d of %s", done, words.Number(all, "host"))) }
	return &ui.Routed{Report: route.Route(ctx, domain, o), Scenario: scenario}, nil
}

// diagnosisFor looks for what is wrong first with what a person names on the screen. Nobody is logged in: a session that follows asks.
func diagnosisFor(ctx context.Context, std streams, base *options, named string, told func(string)) (*doctor.Diagnosis, error) {
	d := &doctorOptions{o: *base.forAnother(ui.Request{})}
	host, err := d.o.called(named)
	if err != nil {
		return nil, err
	}
	d.o.asked.Goal.Credentials.Username = ""
	cfg, err := d.config(ctx, std, host)
	if err != nil {
		return nil, err
	}
	defer cfg.Setup.Close()
	cfg.Asked = wire.VisibleString(named)
	cfg.Told = func(done, all int, _ survey.Cell) { told(fmt.Sprintf("%d of %s", done, words.Number(all, "port"))) }
	return checks.Ask(ctx, cfg)
}

// checkRoute and checkDoctor are the same in words.
func checkRoute(ctx context.Context, base *options, named string, told func(string)) (*plain.Check, error) {
	found, err := routeFor(ctx, base, named, told)
	if err != nil {
		return nil, err
	}
	said := &plain.Check{}
	_, rows := routes.Rows(found.Report, math.MaxInt16)
	for _, r := range rows {
		var leads *plain.Wanted
		if r.Cell != nil {
			leads = sought(found.Reach(r.Host, r.Cell))
		}
		say(said, r.Row, leads)
	}
	return said, nil
}

func checkDoctor(ctx context.Context, std streams, base *options, named string, told func(string)) (*plain.Check, error) {
	found, err := diagnosisFor(ctx, std, base, named, told)
	if err != nil {
		return nil, err
	}
	var leads *plain.Wanted
	if asked, ok := ui.Decided(found); ok {
		leads = sought(asked)
	}
	said := &plain.Check{}
	for _, r := range checkup.Rows(found) {
		say(said, r, leads)
	}
	return said, nil
}

// sought is a session that a prompt begins.
func sought(asked setup.Request) *plain.Wanted {
	return &plain.Wanted{Target: asked.Target, Port: asked.Port, Address: asked.Address, TLS: asked.TLS}
}

// say adds a row. The verdict is said last, and is none.
func say(said *plain.Check, r columns.Row, leads *plain.Wanted) {
	if r.Group == "verdict" {
		said.Verdict = r.About(math.MaxInt16)
		return
	}
	said.Rows = append(said.Rows, plain.CheckRow{Says: cmp.Or(r.Says, r.Text), More: r.About(math.MaxInt16), Leads: leads})
}
