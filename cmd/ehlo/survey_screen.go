package main

import (
	"context"
	"slices"

	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/session/survey/ask"
	"ehlo/transcripts/words"
	"ehlo/ui"
	"ehlo/ui/plain"
	"ehlo/ui/ports"
)

// explore shows the survey on the screen, and ends with its exit code.
func (s *surveyor) explore(ctx context.Context, std streams, host string) error {
	numbers, err := s.numbers()
	if err == nil {
		_, err = s.prepared(ctx, host)
	}
	if err != nil {
		return err
	}
	asked := ui.SurveyRequest{Request: ui.Request{Request: s.o.request(host), CAFile: s.o.ca}, Ports: numbers, Quick: s.quick}
	var exit record.Exit
	look := func(ctx context.Context, told ui.SurveyNews) (*survey.Survey, error) {
		found, err := surveyFor(ctx, &s.o, asked, told)
		if err == nil {
			exit = found.Verdict.Exit
		}
		return found, err
	}
	return onPage(ctx, std, &s.o, &exit, func(ctx context.Context, a *ui.App) error {
		a.Survey = func(ctx context.Context, _ ui.SurveyRequest, told ui.SurveyNews) (*survey.Survey, error) {
			return look(ctx, told)
		}
		return a.ShowSurvey(ctx, asked)
	}, func(ctx context.Context, h *plain.Home) error {
		h.Check = func(ctx context.Context, _ string, told func(string)) (*plain.Check, error) {
			return checkPorts(host, told, func(news ui.SurveyNews) (*survey.Survey, error) { return look(ctx, news) })
		}
		return h.Begin(ctx, "check "+host)
	})
}

// checkPorts is a survey in words.
func checkPorts(target string, told func(string), look func(ui.SurveyNews) (*survey.Survey, error)) (*plain.Check, error) {
	found, err := look(func(_ survey.Survey, left int) {
		if left > 0 {
			told(words.Number(left, "port") + " to come")
		}
	})
	if err != nil {
		return nil, err
	}
	return spokenSurvey(found, target), nil
}

// spokenSurvey is what was found, row by row, and what it comes to.
func spokenSurvey(s *survey.Survey, target string) *plain.Check {
	said := &plain.Check{}
	for _, r := range ports.Rows(s) {
		if r.Cell == nil && r.Point == nil {
			said.Verdict = ports.Told(s, r)
			continue
		}
		row := plain.CheckRow{Says: ports.Spoken(s, r), More: ports.Told(s, r), Fine: r.Point != nil && r.Point.Result == survey.Holds}
		if c := r.Meant(s); c != nil {
			row.Leads = &plain.Wanted{Target: target, Port: c.Port, Address: c.Address, TLS: c.Mode(), Bare: true}
		}
		said.Rows = append(said.Rows, row)
	}
	return said
}

// surveyFor makes a survey that a person asks for on the screen, and tells whenever more is known.
func surveyFor(ctx context.Context, base *options, r ui.SurveyRequest, told ui.SurveyNews) (*survey.Survey, error) {
	s := &surveyor{o: *base.forAnother(r.Request), named: len(r.Ports) > 0, quick: r.Quick}
	p, err := s.setUp(ctx, r.Target)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	cfg := s.asks(p, r.Ports)
	cfg.Began, cfg.Told = followed(told)
	return ask.Ask(ctx, cfg), nil
}

// followed has told called with all that is known so far.
func followed(told ui.SurveyNews) (began func(survey.Survey), each func(done, all int, c survey.Cell)) {
	var now survey.Survey
	began = func(s survey.Survey) {
		now = s
		told(now, len(now.Cells))
	}
	each = func(done, all int, c survey.Cell) {
		now.Cells = slices.Clone(now.Cells)
		i := slices.IndexFunc(now.Cells, func(other survey.Cell) bool { return other.Address == c.Address && other.Port == c.Port })
		now.Cells[i] = c
		told(now, all-done)
	}
	return began, each
}

// surveyOf asks for a survey of a target as it is.
func surveyOf(target string) (asked ui.SurveyRequest) {
	asked.Target = target
	return asked
}
