package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"ehlo/session/doctor"
	checks "ehlo/session/doctor/ask"
	"ehlo/session/record"
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

// screenFlags let a command show what it finds on the screen.
func screenFlags(c *cobra.Command, o *options, screen *bool) {
	c.Flags().BoolVar(screen, "screen", false, "show it on the screen, where each row opens its session")
	plainFlag(c, o)
}

// screenAlone refuses flags that do not go together with a screen, or without one.
func screenAlone(c *cobra.Command, others ...string) error {
	if !c.Flags().Changed("screen") && c.Flags().Changed("plain") {
		return usage(errors.New("--plain needs --screen: without it everything is printed as lines of text"))
	}
	var wrong []error
	for _, other := range others {
		wrong = append(wrong, exclusive(c, "screen", other))
	}
	return errors.Join(wrong...)
}

// onPage shows a page on the screen, or says it at a prompt where there is none, and ends with the exit code that was found last.
func onPage(ctx context.Context, std streams, o *options, exit *record.Exit, show func(context.Context, *ui.App) error, say func(context.Context, *plain.Home) error) error {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	o.keep()
	o.kept.screen, o.kept.abandon = true, abandon
	var err error
	if hasScreen(std, o) {
		err = screenError(show(ctx, app(ctx, std, o)))
	} else {
		console, stop := consoleOf(std)
		defer stop()
		home := plainHome(ctx, std, o, console)
		err = say(ctx, &home)
	}
	if err != nil || *exit == record.ExitOK {
		return err
	}
	return &ended{*exit}
}

// explore shows the route on the screen, and ends with its exit code.
func (r *router) explore(ctx context.Context, std streams, named string) error {
	if _, _, _, err := r.domainOf(ctx, named); err != nil {
		return err
	}
	var exit record.Exit
	look := func(ctx context.Context, _ string, news ui.News[ui.Routed]) (*ui.Routed, error) {
		one := *r
		found, err := one.found(ctx, named, news)
		if err == nil {
			exit = found.Verdict.Exit
		}
		return found, err
	}
	return onPage(ctx, std, &r.o, &exit, func(ctx context.Context, a *ui.App) error {
		a.Route = look
		return a.ShowRoute(ctx, named)
	}, func(ctx context.Context, h *plain.Home) error {
		h.Route = func(ctx context.Context, domain string, told func(string)) (*plain.Check, error) {
			return spokenRoute(look(ctx, domain, spoken[ui.Routed](told)))
		}
		return h.Begin(ctx, "route "+named)
	})
}

// explore shows the diagnosis on the screen, and ends with its exit code.
func (d *doctorOptions) explore(ctx context.Context, std streams, named string) error {
	var exit record.Exit
	look := func(ctx context.Context, _ string, news ui.News[doctor.Diagnosis]) (*doctor.Diagnosis, error) {
		one := *d
		found, err := one.found(ctx, std, named, news)
		if err == nil {
			exit = found.Verdict.Exit
		}
		return found, err
	}
	return onPage(ctx, std, &d.o, &exit, func(ctx context.Context, a *ui.App) error {
		a.Doctor = look
		return a.ShowDiagnosis(ctx, named)
	}, func(ctx context.Context, h *plain.Home) error {
		h.Doctor = func(ctx context.Context, target string, told func(string)) (*plain.Check, error) {
			return spokenDiagnosis(look(ctx, target, spoken[doctor.Diagnosis](told)))
		}
		return h.Begin(ctx, "doctor "+named)
	})
}

// routeFor follows the way to a domain that a person names on the screen.
func routeFor(ctx context.Context, base *options, named string, news ui.News[ui.Routed]) (*ui.Routed, error) {
	r := &router{o: *base.forAnother(ui.Request{})}
	return r.found(ctx, named, news)
}

func (r *router) found(ctx context.Context, named string, news ui.News[ui.Routed]) (*ui.Routed, error) {
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
	o.Told = func(done, all int, host string) {
		news(nil, fmt.Sprintf("looked at %d of %s", done, words.Number(all, "host")))
	}
	o.Known = func(so *route.Report) { news(&ui.Routed{Report: so, Scenario: scenario}, "") }
	return &ui.Routed{Report: route.Route(ctx, domain, o), Scenario: scenario}, nil
}

// diagnosisFor looks for what is wrong first with what a person names on the screen.
func diagnosisFor(ctx context.Context, std streams, base *options, named string, news ui.News[doctor.Diagnosis]) (*doctor.Diagnosis, error) {
	d := &doctorOptions{o: *base.forAnother(ui.Request{})}
	return d.found(ctx, std, named, news)
}

// found looks without a login: a session that follows asks for a password, and a page cannot.
func (d *doctorOptions) found(ctx context.Context, std streams, named string, news ui.News[doctor.Diagnosis]) (*doctor.Diagnosis, error) {
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
	cfg.Told = func(done, all int, _ survey.Cell) {
		news(nil, fmt.Sprintf("looked at %d of %s", done, words.Number(all, "port")))
	}
	cfg.Known = func(so *doctor.Diagnosis) { news(so, "") }
	return checks.Ask(ctx, cfg)
}

// spoken are news in words: how far it has come.
func spoken[T any](told func(string)) ui.News[T] {
	return func(_ *T, state string) {
		if state != "" {
			told(state)
		}
	}
}

// spokenRoute and spokenDiagnosis are the same in words.
func spokenRoute(found *ui.Routed, err error) (*plain.Check, error) {
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

func spokenDiagnosis(found *doctor.Diagnosis, err error) (*plain.Check, error) {
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
	return &plain.Wanted{Target: asked.Target, Port: asked.Port, Address: asked.Address, TLS: asked.TLS, Bare: asked.Bare}
}

// say adds a row. The verdict is said last, and is none.
func say(said *plain.Check, r columns.Row, leads *plain.Wanted) {
	if r.Group == "verdict" {
		said.Verdict = r.About(math.MaxInt16)
		return
	}
	said.Rows = append(said.Rows, plain.CheckRow{Says: cmp.Or(r.Says, r.Text), More: r.About(math.MaxInt16), Leads: leads})
}
