package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/session/survey/ask"
	"ehlo/ui"
)

// onScreen refuses flags that do not go together with a screen, or without one.
func (s *surveyor) onScreen(c *cobra.Command) error {
	if !s.screen {
		if c.Flags().Changed("plain") {
			return usage(errors.New("--plain needs --screen: a survey is printed as lines of text without it"))
		}
		return nil
	}
	var wrong []error
	for _, printed := range []string{"json", "quiet", "verbose", "html", "output", "open-relay"} {
		wrong = append(wrong, exclusive(c, "screen", printed))
	}
	return errors.Join(wrong...)
}

// explore shows the survey on the screen, and ends with its exit code.
func (s *surveyor) explore(ctx context.Context, std streams, host string, numbers []int) error {
	if _, err := s.prepared(ctx, host); err != nil {
		return err
	}
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	s.o.keep()
	s.o.kept.screen, s.o.kept.abandon = true, abandon
	asked := ui.SurveyRequest{Request: ui.Request{Request: s.o.request(host), CAFile: s.o.ca}, Ports: numbers, Quick: s.quick}
	found, err := app(ctx, std, &s.o).Surveyed(ctx, asked)
	if err != nil || found == nil || found.Verdict.Exit == record.ExitOK {
		return screenError(err)
	}
	return &ended{found.Verdict.Exit}
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
