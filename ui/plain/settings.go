package plain

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ehlo/session/walk"
)

// settings are what there is to choose about AUTH beside the mechanism. To insist on one that is not offered is to choose
// it.
func settings() []walk.AuthSetting {
	return slices.DeleteFunc(walk.AuthSettingList(), func(s walk.AuthSetting) bool { return s.Kind == walk.SettingSwitch })
}

// question asks for a setting.
func question(s walk.AuthSetting) string {
	q := s.Name + ": " + s.Help
	if len(s.Values) > 0 {
		q += ": " + strings.Join(s.Values, ", ")
	}
	if scope := s.Scope(); scope != "" {
		q += "; " + scope
	}
	return q
}

// moreSettings asks whether there is more to choose about AUTH, until what is chosen means something.
func (w *explorer) moreSettings(ctx context.Context) error {
	for {
		line, err := w.ask(ctx, "more settings? y chooses, "+w.chosenSettings()+":")
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
		w.printf("warning: %s", strings.ReplaceAll(wrong.Error(), "\n", "; "))
	}
}

// chosenSettings is what an empty answer keeps.
func (w *explorer) chosenSettings() string {
	var said []string
	for _, s := range settings() {
		if value := s.Value(w.goal); value != "" {
			said = append(said, s.Name+" "+value)
		}
	}
	if len(said) == 0 {
		return "empty for none"
	}
	return "n for none, empty keeps " + strings.Join(said, ", ")
}

// settle takes the settings out, or asks for each.
func (w *explorer) settle(ctx context.Context, answer string) error {
	for _, s := range settings() {
		switch answer {
		case "n":
			s.Set(&w.goal, "")
		case "y":
			if err := w.choice(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// choice asks for one setting until it means something.
func (w *explorer) choice(ctx context.Context, s walk.AuthSetting) error {
	for {
		ask := question(s) + ", empty for none:"
		if had := s.Value(w.goal); had != "" {
			ask = question(s) + ", empty keeps " + had + ", - for none:"
		}
		line, err := w.line(ctx, ask, false)
		if err != nil {
			return err
		}
		tried := w.goal
		wrong := decide(s, &tried, strings.TrimSpace(line))
		if wrong == "" {
			w.goal = tried
			return nil
		}
		w.printf("warning: %s", wrong)
	}
}

// decide makes a choice and says what is wrong with it, "" for nothing.
func decide(s walk.AuthSetting, g *walk.Goal, answer string) string {
	value := answer
	switch answer {
	case "":
		value = s.Value(*g)
	case "-":
		value = ""
	}
	var wrong *walk.SettingError
	if errors.As(s.Set(g, value), &wrong) {
		return wrong.Text
	}
	return s.Wrong(*g)
}
