package walk

import (
	"reflect"

	"ehlo/session/record"
)

// Settled is the change of the plan by a goal that a person has set by hand, such as in a form; before is the goal as the log has it.
// changed is false where nothing that the plan holds is another. A secret is not in it.
func Settled(s record.Snapshot, before, g Goal) (c record.Change, changed bool) {
	if s.Start == nil {
		return c, false
	}
	c.Plan = s.Start.Plan
	was, wanted := before.Plan(), g.Plan()
	for _, f := range settingFields {
		to, old, now := f.of(&c.Plan), f.of(&was), f.of(&wanted)
		if reflect.DeepEqual(reflect.ValueOf(old).Elem().Interface(), reflect.ValueOf(now).Elem().Interface()) {
			continue
		}
		reflect.ValueOf(to).Elem().Set(reflect.ValueOf(now).Elem())
		c.Settings = append(c.Settings, f.name)
	}
	return c, len(c.Settings) > 0
}

// settingFields are the fields of a plan that a goal sets, with their names in a file.
var settingFields = []struct {
	name string
	of   func(*record.Plan) any
}{
	{"user", func(p *record.Plan) any { return &p.User }},
	{"mechanism", func(p *record.Plan) any { return &p.Mechanism }},
	{"act-as", func(p *record.Plan) any { return &p.ActAs }},
	{"insist", func(p *record.Plan) any { return &p.Insist }},
	{"auth", func(p *record.Plan) any { return &p.Auth }},
	{"from", func(p *record.Plan) any { return &p.From }},
	{"to", func(p *record.Plan) any { return &p.To }},
	{"message", func(p *record.Plan) any { return &p.Message }},
	{"send-message", func(p *record.Plan) any { return &p.SendMessage }},
}

// Settles reports whether a step is taken by what the plan says: what was changed by hand is recorded before it, and not before one
// that ends or gives up.
func Settles(v record.Verb) bool {
	switch v {
	case record.VerbQuit, record.VerbCancel, record.VerbRaw, record.VerbRset, record.VerbNoop:
		return false
	}
	return true
}
