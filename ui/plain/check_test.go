package plain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// checkedAtHome types lines at a home that finds the same whatever it checks, and gives what was printed, what was checked and what was begun.
func checkedAtHome(t *testing.T, found *Check, wrong error, lines ...string) (out string, targets []string, begun []Wanted) {
	t.Helper()
	var printed strings.Builder
	h := Home{Console: Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &printed}, Check: func(_ context.Context, target string, told func(string)) (*Check, error) {
		targets = append(targets, target)
		told("1 port to come")
		return found, wrong
	}, Start: func(_ context.Context, _ Console, w Wanted) error { begun = append(begun, w); return nil }}
	if err := h.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return printed.String(), targets, begun
}

var aCheck = &Check{
	Rows: []CheckRow{
		{Says: "port 25 at 192.0.2.1: filtered, no answer", More: []string{"The connection to port 25 timed out."}, Leads: &Wanted{Target: "mail.example.org", Port: 25, TLS: "opportunistic"}},
		{Says: "port 465 at 192.0.2.1: TLS from the first byte", Leads: &Wanted{Target: "mail.example.org", Port: 465, TLS: "implicit", Address: "192.0.2.1"}},
		{Says: "submission service: fails, recommended: \x1b[2J郵便"},
		{Says: "submission service: holds, required: TLS can be started", Fine: true},
	},
	Verdict: []string{"failed, exit code 4: nothing listens."},
}

// What was found is said row by row, the verdict last. A number walks through the session of its row, more says all about it, and what is
// as it should be is said on request.
func TestACheckAtHome(t *testing.T) {
	out, targets, begun := checkedAtHome(t, aCheck, nil, "check mail.example.org", "2", "open 1", "3", "about 1", "9", "all", "again", "b", "7", " lab: ", "b", "7", "", "q")
	if got := fmt.Sprint(targets); got != "[mail.example.org mail.example.org lab:]" {
		t.Errorf("checked %s", got)
	}
	if len(begun) != 2 || begun[0] != *aCheck.Rows[1].Leads || begun[1] != *aCheck.Rows[0].Leads {
		t.Errorf("begun: %+v", begun)
	}
	for _, want := range []string{"1 port to come\n1: port 25 at 192.0.2.1: filtered", "1 more row as it should be; all lists every row\noutcome: failed, exit code 4: nothing listens.\n", "no session belongs to this row",
		"The connection to port 25 timed out.", "there is no number 9 here; the last is 4", "4: submission service: holds", `\x1b[2J郵便`} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Errorf("an escape is in\n%q", out)
	}
}

// What cannot be checked says why, and the home goes on. Where nothing was found but a verdict there is nothing to open.
func TestACheckThatFails(t *testing.T) {
	out, targets, _ := checkedAtHome(t, nil, errors.New("want only a host"), "check a:25", "check b", "q")
	if len(targets) != 2 || strings.Count(out, "warning: want only a host") != 2 {
		t.Errorf("%q, and\n%s", targets, out)
	}
	out, _, _ = checkedAtHome(t, &Check{Verdict: []string{"failed, exit code 3: there is no such name."}}, nil, "check nowhere", "about 1", "q")
	if !strings.Contains(out, "there is no such name.\nb goes back: ") {
		t.Errorf("got\n%s", out)
	}
}

// The way to a domain and what is wrong first are words of the home too, with a target or a question.
func TestRouteAndDoctorAtHome(t *testing.T) {
	var out strings.Builder
	var asked []string
	of := func(what string) Checker {
		return func(_ context.Context, target string, _ func(string)) (*Check, error) {
			asked = append(asked, what+" "+target)
			return aCheck, nil
		}
	}
	lines := []string{"route example.org", "b", "doctor bob@example.org", "b", "route", "example.net", "b", "doctor", "", "q"}
	h := Home{Console: Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out}, Check: of("check"), Route: of("route"), Doctor: of("doctor")}
	if err := h.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(asked, ", "); got != "route example.org, doctor bob@example.org, route example.net" {
		t.Errorf("asked for %s, in\n%s", got, out.String())
	}
}

// An interrupt ends a check, and what is known by then is said.
func TestACheckIsInterrupted(t *testing.T) {
	interrupts := make(chan os.Signal, 1)
	var out strings.Builder
	h := Home{Console: Console{In: strings.NewReader("b\nq\n"), Out: &out, Interrupt: interrupts}, Check: func(ctx context.Context, _ string, _ func(string)) (*Check, error) {
		interrupts <- os.Interrupt
		<-ctx.Done()
		return aCheck, nil
	}}
	if err := h.Begin(t.Context(), "check mail.example.org"); err != nil || !strings.Contains(out.String(), "1: port 25") {
		t.Errorf("%v, and\n%s", err, out.String())
	}
}
