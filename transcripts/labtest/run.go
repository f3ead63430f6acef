// Package labtest walks through scenarios of the practice server for tests of what is done with the log.
package labtest

import (
	"testing"
	"time"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/setup"
)

// Run walks through a scenario as its user, as from the command line. It may be called from any goroutine. What the server delays comes
// in a twentieth of the time.
func Run(t testing.TB, sc lab.Scenario) *record.Log {
	asked := setup.Request{Target: "lab:" + sc.Name, After: func(d time.Duration) <-chan time.Time { return time.After(d / 20) }}
	asked.Goal.SendMessage = true
	p, err := setup.New(asked)
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Error(err)
		return &record.Log{}
	}
	defer p.Close()
	if sc.Finding == string(record.FoundTimeout) {
		p.Config.Timeout = 2 * time.Second // to see a silence, no longer
	}
	s := p.Session()
	engine.Walk(t.Context(), s, p.Goal)
	s.Finish()
	return s.Log()
}
