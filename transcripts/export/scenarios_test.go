package export

import (
	"context"
	"testing"
	"time"

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
			log := practiced(t, scenario.Name)
			if log.Len() < 5 {
				t.Fatalf("the session has %d events", log.Len())
			}
			s := sessionOf(log)
			for name := range formats {
				checks[name](t, exported(t, name, s))
			}
		})
	}
}

// practiced walks a scenario to its end.
func practiced(t testing.TB, name string) *record.Log {
	t.Helper()
	asked := setup.Request{Target: "lab:" + name, Program: "ehlo test", Timeout: time.Second}
	asked.Goal.SendMessage = true
	p, err := setup.New(asked)
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	s := p.Session()
	_ = engine.Walk(context.Background(), s, p.Goal) // how it ended is in the log
	s.Finish()
	return s.Log()
}
