package export

import (
	"context"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/setup"
)

// Every scenario of the practice server is exported in each form.
func TestScenariosAreExported(t *testing.T) {
	for _, scenario := range lab.Scenarios() {
		t.Run(scenario.Name, func(t *testing.T) {
			t.Parallel()
			s := sessionOf(practiced(t, scenario.Name))
			for name := range formats {
				checks[name](t, exported(t, name, s))
			}
		})
	}
}

// practiced walks a scenario to its end.
func practiced(t testing.TB, name string) *record.Log {
	t.Helper()
	p, err := setup.New(setup.Request{Target: "lab:" + name, Program: "ehlo test"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	s := p.Session()
	_ = engine.Walk(context.Background(), s, p.Goal) // how it ended is in the log
	s.Finish()
	return s.Log()
}
