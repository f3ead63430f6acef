package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/session/survey/ask"
	"ehlo/transcripts/words"
	"ehlo/ui"
	"ehlo/ui/plain"
	"ehlo/ui/ports"
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
	var found *survey.Survey
	var err error
	if hasScreen(std, &s.o) {
		found, err = app(ctx, std, &s.o).Surveyed(ctx, asked)
	} else {
		found, err = s.listen(ctx, std, asked)
	}
	if err != nil || found == nil || found.Verdict.Exit == record.ExitOK {
		return screenError(err)
	}
	return &ended{found.Verdict.Exit}
}

// listen says the survey at a prompt, and gives what was found last.
func (s *surveyor) listen(ctx context.Context, std streams, asked ui.SurveyRequest) (last *survey.Survey, err error) {
	console, stop := consoleOf(std)
	defer stop()
	h := plainHome(ctx, std, &s.o, console)
	h.Check = func(ctx context.Context, target string, told func(string)) (*plain.Check, error) {
		asked.Target = target
		return checkPorts(ctx, &s.o, asked, told, func(found *survey.Survey) { last = found })
	}
	err = h.Checked(ctx, asked.Target)
	return last, err
}

// checkPorts is a survey in words. over, which may be nil, is told what it came to.
func checkPorts(ctx context.Context, o *options, asked ui.SurveyRequest, told func(string), over func(*survey.Survey)) (*plain.Check, error) {
	found, err := surveyFor(ctx, o, asked, func(s survey.Survey, left int) {
		if left > 0 {
			told(words.Number(left, "port") + " to come")
		}
	})
	if err != nil {
		return nil, err
	}
	if over != nil {
		over(found)
	}
	return spokenSurvey(found, asked.Target), nil
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
			row.Leads = &plain.Wanted{Target: target, Port: c.Port, Address: c.Address, TLS: c.Mode()}
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
