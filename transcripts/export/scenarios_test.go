package export

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/setup"
)

// Every scenario of the practice server is exported in each form.
func TestScenariosAreExported(t *testing.T) {
	t.Parallel()
	for _, scenario := range lab.Scenarios() {
		t.Run(scenario.Name, func(t *testing.T) {
			t.Parallel()
			log := practiced(t, scenario.Name)
			if log.Len() < 5 {
				t.Fatalf("the session has %d events", log.Len())
			}
			readsNoExplanation(t, log)
			s := sessionOf(log)
			for name := range formats {
				checks[name](t, exported(t, name, s))
			}
		})
	}
}

// readsNoExplanation wants the depths at which a session is not explained to be the same without its explanations.
func readsNoExplanation(t *testing.T, log *record.Log) {
	t.Helper()
	for _, depth := range []Depth{Quiet, Brief} {
		whole, bare := Text{Depth: depth}, Text{Depth: depth}
		for i := range log.Len() {
			e := *log.At(i)
			want := whole.Event(&e)
			e.Explain = nil
			if got := bare.Event(&e); !slices.Equal(got, want) {
				t.Errorf("event %d without its explanation: %q, with it %q", i+1, got, want)
			}
		}
	}
}

// practiced walks a scenario to its end.
func practiced(t testing.TB, name string) *record.Log {
	t.Helper()
	asked := setup.Request{Target: "lab:" + name, Program: "ehlo test", Timeout: time.Second, After: func(d time.Duration) <-chan time.Time { return time.After(d / 20) }}
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

// What others saw stands in parts of its own, and between the steps only where that is asked for.
func TestBeside(t *testing.T) {
	log := practiced(t, "stripped")
	s := sessionOf(log)
	for form, wants := range map[string][]string{
		"text":     {" *   The server's log\n", " mail.lab lab/submission/smtpd[1]: connect from localhost[", " *   On the path\n", "         removed: 250-STARTTLS\n"},
		"markdown": {"\n## The server's log\n", " mail.lab lab/submission/smtpd[1]: disconnect from localhost[", "\n## On the path\n", "\n    EHLO\n       saw: EHLO, 22 bytes in cleartext\n"},
		"html":     {"<h2 id=\"log\">The server", "<a href=\"#path\">On the path</a>", "<li class=\"bad\"><strong>removed</strong> 250-STARTTLS</li>"},
	} {
		got := exported(t, form, s)
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s has no %q:\n%s", form, want, got)
			}
		}
	}
	var between []string
	text := Text{Depth: Brief, OnPath: true}
	for i := range log.Len() {
		between = append(between, text.Event(log.At(i))...)
	}
	if all := strings.Join(between, "\n"); !strings.Contains(all, "\npath removed: 250-STARTTLS\n") || strings.Contains(all, "smtpd") {
		t.Errorf("between the steps:\n%s", all)
	}
}
