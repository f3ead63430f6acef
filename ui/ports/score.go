package ports

import (
	"fmt"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/transcripts/words"
	"ehlo/ui/columns"
)

// services are what the scorecards are about, in a heading.
var services = lazy.Table[survey.Service, string]{{survey.Submission, "submission service"}, {survey.MX, "MX"}}

// score is the scorecard of each service: what fails, with its reason and who mends it, then what is unknown, and with all what holds.
func score(s *survey.Survey, width int, all bool) (lines []string) {
	results := []survey.Result{survey.Fails, survey.Unknown}
	if all {
		results = append(results, survey.Holds)
	}
	for _, service := range []survey.Service{survey.Submission, survey.MX} {
		card := of(s.Score, service)
		if len(card) == 0 {
			continue
		}
		lines = append(lines, columns.Wrapped("", scored(service, card), width)...)
		for _, result := range results {
			for _, p := range card {
				if p.Result == result {
					lines = append(lines, point(p, width)...)
				}
			}
		}
	}
	return lines
}

// scored says how many points of a scorecard hold.
func scored(service survey.Service, card []survey.Point) string {
	return fmt.Sprintf("scorecard of the %s: %d of %s", services.Of(service), count(card, survey.Holds), record.Plural(len(card), "point holds", "points hold"))
}

func of(all []survey.Point, service survey.Service) (list []survey.Point) {
	for _, p := range all {
		if p.Service == service {
			list = append(list, p)
		}
	}
	return list
}

func count(card []survey.Point, result survey.Result) (n int) {
	for _, p := range card {
		if p.Result == result {
			n++
		}
	}
	return n
}

// point is how it stands, how much it matters and what it is; of one that does not hold, where, why, and who does what.
func point(p survey.Point, width int) (lines []string) {
	const room = 17
	lead := fmt.Sprintf("  %-7s %-6s ", p.Result, p.Level)
	for i, line := range columns.Wrapped("", p.Wanted+" ("+p.Refs+")", width-room+2) {
		if i > 0 {
			lead = strings.Repeat(" ", room-2)
		}
		lines = append(lines, lead+line)
	}
	for _, text := range []string{words.Labelled(at(p.Ports)+": ", p.Reason), words.Labelled(p.Who.String()+": ", p.Mend)} {
		if text != "" {
			lines = append(lines, columns.Wrapped(strings.Repeat(" ", room), text, width)...)
		}
	}
	return lines
}
