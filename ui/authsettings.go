package ui

import (
	"errors"
	"slices"
	"strings"

	"ehlo/session/walk"
)

// settings are the fields of the credentials form that few people need: they stay folded away until they are asked for.
type settings struct {
	more *field
	all  []settingField
}

// settingField is the field of one setting.
type settingField struct {
	walk.AuthSetting
	*field
}

func newSettings(g walk.Goal) *settings {
	s := &settings{}
	open := 0
	var names []string
	for _, a := range walk.AuthSettingList() {
		if a.Kind == walk.SettingSwitch { // to insist on a mechanism is to choose one that is not offered
			continue
		}
		s.all = append(s.all, settingField{a, fieldOf(a, g)})
		names = append(names, a.Name)
		if a.Value(g) != "" {
			open = 1
		}
	}
	s.more = choiceField("more", open, strings.Join(names, ", "), "as usual", "choose below")
	return s
}

// fieldOf makes the field that a setting needs.
func fieldOf(a walk.AuthSetting, g walk.Goal) *field {
	help := a.Help
	if scope := a.Scope(); scope != "" {
		help += "; " + scope
	}
	if a.Kind == walk.SettingChoice {
		picked := 1 + slices.Index(a.Values, a.Value(g))
		return choiceField(a.Label, picked, help, append([]string{a.Default}, a.Says...)...)
	}
	return textField(a.Label, a.Value(g), a.Default, help)
}

// chosen is what the field holds, as the setting has it.
func (f settingField) chosen() string {
	switch {
	case f.Kind != walk.SettingChoice:
		return strings.TrimSpace(f.field.value())
	case f.picked == 0:
		return ""
	}
	return f.Values[f.picked-1]
}

// fold puts the fields after the others, or takes them away. What they hold counts only while they are seen.
func (s *settings) fold(f *form) {
	usual := f.fields
	show := func() {
		f.fields = append(slices.Clone(usual), s.more)
		if s.more.picked == 1 {
			for _, a := range s.all {
				f.fields = append(f.fields, a.field)
			}
		}
	}
	s.more.changed = show
	show()
}

// put writes what the fields hold into the goal.
func (s *settings) put(g *walk.Goal) error {
	for _, f := range s.all {
		value := ""
		if s.more.picked == 1 {
			value = f.chosen()
		}
		if err := s.at(f.Set(g, value)); err != nil {
			return err
		}
	}
	if s.more.picked == 0 {
		return nil
	}
	return s.at(g.CheckAuth())
}

// at says which field means nothing.
func (s *settings) at(err error) error {
	var e *walk.SettingError
	if !errors.As(err, &e) {
		return nil
	}
	i := slices.IndexFunc(s.all, func(f settingField) bool { return f.Name == e.Setting })
	return &fieldError{s.all[i].field, e.Text}
}
