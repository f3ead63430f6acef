package main

import (
	"context"

	"ehlo/session/course"
	"ehlo/session/doctor"
	"ehlo/session/lab"
	"ehlo/session/lesson"
	"ehlo/session/survey"
	"ehlo/transcripts/words"
	"ehlo/ui"
	"ehlo/ui/plain"
)

// homePlain is the home screen as lines of text.
func homePlain(ctx context.Context, std streams, o *options) error {
	console, stop := consoleOf(std)
	defer stop()
	return plainHome(ctx, std, o, console).Run(ctx)
}

func plainHome(ctx context.Context, std streams, o *options, console plain.Console) plain.Home {
	h := plain.Home{Console: console, Recent: recentPlain, Files: files{}, Compare: comparePaths(ctx), Kept: soFar, Questions: questions, Targets: plainBook{},
		Check: func(ctx context.Context, target string, told func(string)) (*plain.Check, error) {
			return checkPorts(target, told, func(news ui.SurveyNews) (*survey.Survey, error) { return surveyFor(ctx, o, surveyOf(target), news) })
		},
		Route: func(ctx context.Context, domain string, told func(string)) (*plain.Check, error) {
			return spokenRoute(routeFor(ctx, o, domain, spoken[ui.Routed](told)))
		},
		Doctor: func(ctx context.Context, target string, told func(string)) (*plain.Check, error) {
			return spokenDiagnosis(diagnosisFor(ctx, std, o, target, spoken[doctor.Diagnosis](told)))
		},
		Beside: func(ctx context.Context, scenarios []string) ([]string, error) {
			return besideLines(ctx, std, o, scenarios)
		},
		Sessions: func(path string) ([]plain.Session, error) { return plainSessions(ctx, path) },
		Start:    func(ctx context.Context, c plain.Console, w plain.Wanted) error { return startPlain(ctx, std, o, c, w) },
		Open:     func(ctx context.Context, c plain.Console, path string) error { return replayPlain(ctx, std, c, path) },
		Learn:    func(ctx context.Context, c plain.Console, p *lesson.Pass) error { return learnPlain(ctx, std, o, c, p) }}
	for _, s := range lab.Scenarios() {
		h.Scenarios = append(h.Scenarios, plain.Scenario{Name: s.Name, Group: s.Group, Title: s.Title, Story: s.Story, Codes: course.Codes(s.Name)})
	}
	return h
}

func recentPlain() []plain.Recent {
	var list []plain.Recent
	for _, r := range recent() {
		title := r.Title
		if title == "" {
			title = r.Target
		}
		list = append(list, plain.Recent{Path: r.Path, Title: title + ": " + r.Outcome, When: r.When.Local().Format("2 January 2006, 15:04"),
			Also: words.List(" ", r.Target, r.Also, r.When.Local().Format("2006-01-02"))})
	}
	return list
}

// startPlain walks a session that the home begins. What goes wrong with it is said, and the home goes on.
func startPlain(ctx context.Context, std streams, base *options, c plain.Console, w plain.Wanted) error {
	_, err := walkPlain(ctx, std, base, c, w)
	report(std.out, err)
	return nil
}

// walkPlain walks a session and tells what has come of it.
func walkPlain(ctx context.Context, std streams, base *options, c plain.Console, w plain.Wanted) (plain.Came, error) {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	o := *base
	o.asked.Goal.Credentials.Username, o.asked.LegacyTLS, o.asked.Bare, o.kept = w.User, w.LegacyTLS, w.Bare, nil
	if w.Port != 0 || w.TLS != "" {
		o.asked.Port, o.asked.Address, o.asked.TLS = w.Port, w.Address, w.TLS
	}
	defer o.keep()()
	live, err := uninterrupted(abandon, o.launcher(ctx, std, w.Target, false))
	if err != nil {
		return plain.Came{}, err
	}
	return exploreOn(ctx, c, live, base.predict, w.Part)
}

// replayPlain goes through a transcript that the home opens.
func replayPlain(ctx context.Context, std streams, c plain.Console, path string) error {
	report(std.out, openOn(ctx, std, c, path, opening{}))
	return nil
}
