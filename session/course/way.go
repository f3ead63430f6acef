package course

import (
	"slices"
	"time"

	"ehlo/session/document"
	"ehlo/session/lab"
	"ehlo/session/lazy"
)

// Station is a scenario on the way of a learner.
type Station struct {
	lab.Scenario
	*Exercise
	place func(*lab.FieldError) *document.Error // in the file that it is written in; nil for those of the practice server
}

// Fault says what is wrong with a field, at its place, or at that of the scenario where the field was left out.
func (s Station) Fault(field, text string) *document.Error {
	wrong := &lab.FieldError{Field: field, Text: text}
	if s.place == nil {
		return &document.Error{Text: s.Name + ": " + wrong.Error()}
	}
	return s.place(wrong)
}

// Way are all scenarios in an order for learners: what takes less for granted comes first, and what belongs together stays together.
func Way() []Station { return way.Get() }

var way = lazy.Value[[]Station]{Make: func() []Station {
	var out []Station
	for _, sc := range lab.Scenarios() {
		if e := Of(sc.Name); e != nil {
			out = append(out, Station{Scenario: sc, Exercise: e})
		}
	}
	slices.SortStableFunc(out, func(a, b Station) int { return int(a.Level - b.Level) })
	return out
}}

// After is the station to go to from a scenario: the next one that is not solved, from the beginning again where there is none ahead; nil
// where every other is solved. Scenarios of one's own come before all others, in the order of their file.
func After(scenario string, solved map[string]time.Time, own ...Station) *Station {
	way := slices.Concat(own, Way())
	at := slices.IndexFunc(way, func(s Station) bool { return s.Name == scenario })
	for i := range way {
		next := &way[(at+1+i)%len(way)]
		if _, done := solved[next.Name]; !done && next.Name != scenario {
			return next
		}
	}
	return nil
}
