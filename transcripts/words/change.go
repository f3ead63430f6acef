package words

import (
	"slices"
	"strings"

	"ehlo/session/record"
)

// changeOfPlan says what a person changed: by an advice, or by hand.
func changeOfPlan(c *record.Change) Line {
	if c.ByHand() {
		return Line{Topic: "settings", Head: "changed by hand: " + Change(c)}
	}
	return Line{Topic: "followed", Head: "followed the advice: " + Change(c)}
}

// Skipped says that a wait was left out on the practice server; empty where none was.
func Skipped(c *record.Change) string {
	if c.Skipped == 0 {
		return ""
	}
	return "without the wait, the practice server's clock is set forward by " + Span(c.Skipped)
}

// followed is an advice as far as the program knows that it was followed: the credentials are others now, whatever else a person was told
// to look at.
func followed(a record.Advice) string {
	switch a.Do {
	case record.GivePassword:
		return "log in with other credentials"
	case record.GiveToken:
		return "log in with another token"
	case record.TrustCA: // a person has agreed to it
		return "trust the CA whose fingerprint was confirmed"
	}
	return Advice(a)
}

// Change is what was changed, in a few words: the advice, or the settings with their values.
func Change(c *record.Change) string {
	if !c.ByHand() {
		return List("; ", followed(c.Advice), Skipped(c))
	}
	var list []string
	for _, s := range settings {
		if slices.Contains(c.Settings, s.name) {
			list = append(list, s.says(&c.Plan))
		}
	}
	return List(", ", list...)
}

// settings say what holds of a setting that was changed by hand.
var settings = []struct {
	name string
	says func(p *record.Plan) string
}{
	{"user", func(p *record.Plan) string { return labelOr("user ", p.User, "no user") }},
	{"mechanism", func(p *record.Plan) string {
		return labelOr("mechanism ", p.Mechanism, "the best mechanism that is offered")
	}},
	{"act-as", func(p *record.Plan) string { return labelOr("to act as ", p.ActAs, "to act as the user") }},
	{"insist", func(*record.Plan) string { return "whether to insist on the mechanism" }},
	{"auth", func(*record.Plan) string { return "the AUTH settings" }},
	{"from", func(p *record.Plan) string { return labelOr("sender ", p.From, "no sender") }},
	{"to", func(p *record.Plan) string { return labelOr("recipients ", strings.Join(p.To, " "), "no recipients") }},
	{"message", func(*record.Plan) string { return "another message" }},
	{"send-message", func(*record.Plan) string { return "whether a message is sent without a question" }},
}

func labelOr(label, value, none string) string {
	if value == "" {
		return none
	}
	return label + value
}
