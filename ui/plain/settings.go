package plain

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// setting is one of the choices about AUTH that few people need.
type setting struct {
	name string // as [session.SettingError] has it
	ask  string
	text func(*walk.Goal) *string
	// count is set instead of text where it is a number
	count func(*walk.Goal) *int
}

// settings are asked in this order: the floor of the iterations is held against their ceiling.
var settings = [...]setting{
	{name: "authzid", ask: "act as (authzid)", text: func(g *walk.Goal) *string { return &g.Credentials.Authzid }},
	{name: "initial-response", ask: "first response: yes goes with the AUTH command, no waits until the server asks",
		text: func(g *walk.Goal) *string { return &g.Auth.Initial }},
	{name: "channel-binding", ask: "channel binding of a mechanism with -PLUS: " + sasl.BindingExporter + ", " + sasl.BindingUnique + ", " + sasl.BindingEndPoint,
		text: func(g *walk.Goal) *string { return &g.Auth.Binding }},
	{name: "max-iterations", ask: "give SCRAM up above this many iterations", count: func(g *walk.Goal) *int { return &g.Auth.MaxIterations }},
	{name: "min-iterations", ask: "give SCRAM up below this many iterations", count: func(g *walk.Goal) *int { return &g.Auth.MinIterations }},
	{name: "realm", ask: "realm, for DIGEST-MD5", text: func(g *walk.Goal) *string { return &g.Credentials.Realm }},
	{name: "trace", ask: "trace to be found by, for ANONYMOUS", text: func(g *walk.Goal) *string { return &g.Credentials.Trace }},
}

// value is what is chosen, "" for nothing.
func (s setting) value(g walk.Goal) string {
	if s.count == nil {
		return *s.text(&g)
	}
	if n := *s.count(&g); n != 0 {
		return strconv.Itoa(n)
	}
	return ""
}

// put makes a choice. What is no count becomes one that [session.Goal.CheckAuth] refuses.
func (s setting) put(g *walk.Goal, value string) {
	if s.count == nil {
		*s.text(g) = value
		return
	}
	n, err := strconv.Atoi(value)
	if value != "" && (err != nil || n < 1) {
		n = -1
	}
	*s.count(g) = n
}

// wrong says what is wrong with the choice, "" for nothing.
func (s setting) wrong(g walk.Goal) string {
	joined, _ := g.CheckAuth().(interface{ Unwrap() []error })
	if joined == nil {
		return ""
	}
	for _, err := range joined.Unwrap() {
		if e, ok := err.(*walk.SettingError); ok && e.Setting == s.name {
			return e.Text
		}
	}
	return ""
}

// moreSettings asks whether there is more to choose about AUTH, until what is chosen means something.
func (w *explorer) moreSettings(ctx context.Context) error {
	for {
		line, err := w.ask(ctx, "more settings? y chooses, "+w.chosenSettings()+" >")
		if err != nil {
			return err
		}
		answer := strings.ToLower(strings.TrimSpace(line))
		if !slices.Contains([]string{"", "y", "n"}, answer) {
			w.echo("")
			w.print("that is neither y nor n")
			continue
		}
		w.echo(answer)
		if err := w.settle(ctx, answer); err != nil {
			return err
		}
		wrong := w.goal.CheckAuth()
		if wrong == nil {
			return nil
		}
		w.printf(" !   %s", strings.ReplaceAll(wrong.Error(), "\n", "; "))
	}
}

// chosenSettings is what an empty answer keeps.
func (w *explorer) chosenSettings() string {
	var said []string
	for _, s := range settings {
		if value := s.value(w.goal); value != "" {
			said = append(said, s.name+" "+value)
		}
	}
	if len(said) == 0 {
		return "empty for none"
	}
	return "n for none, empty keeps " + strings.Join(said, ", ")
}

// settle takes the settings out, or asks for each.
func (w *explorer) settle(ctx context.Context, answer string) error {
	for _, s := range settings {
		switch answer {
		case "n":
			s.put(&w.goal, "")
		case "y":
			if err := w.choice(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// choice asks for one setting until it means something.
func (w *explorer) choice(ctx context.Context, s setting) error {
	for {
		question := s.ask + ", empty for none >"
		if had := s.value(w.goal); had != "" {
			question = s.ask + ", empty keeps " + had + ", - for none >"
		}
		line, err := w.line(ctx, question, false)
		if err != nil {
			return err
		}
		tried := w.goal
		switch value := strings.TrimSpace(line); value {
		case "":
		case "-":
			s.put(&tried, "")
		default:
			s.put(&tried, value)
		}
		wrong := s.wrong(tried)
		if wrong == "" {
			w.goal = tried
			return nil
		}
		w.printf(" !   %s", wrong)
	}
}
