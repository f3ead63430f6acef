package plain

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/ui/plain/plaintest"
)

var update = flag.Bool("update", false, "write what is heard of the scenarios anew")

// heard is what a person hears of a scenario who types nothing but these lines. Each step has so much time.
func heard(t *testing.T, scenario string, limit time.Duration, lines ...string) string {
	t.Helper()
	out, _ := walked(t, scenario, limit, lines...)
	return out
}

// walked is heard, with the log of the session.
func walked(t *testing.T, scenario string, limit time.Duration, lines ...string) (string, record.Source) {
	t.Helper()
	asked := setup.Request{Target: "lab:" + scenario, Timeout: limit}
	asked.Goal.SendMessage = true
	s, err := setup.New(asked)
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	e := s.Session()
	defer e.Close()
	var out strings.Builder
	if _, err := walkOf(e, s, &out, lines).Run(t.Context()); err != nil {
		t.Error(err)
	}
	return out.String(), e.Log()
}

func walkOf(e *engine.Session, s *setup.Setup, out *strings.Builder, lines []string) Walk {
	return Walk{Console: Console{In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: out}, Engine: e, Events: e.Log(), Goal: s.Goal}
}

// steady takes out what is another at another time or place: days, sizes that depend on how a day is written, and loopback
// addresses.
func steady(text string) string {
	for _, changing := range []struct{ pattern, to string }{
		{`[0-9]{1,2} [A-Z][a-z]+ 20[0-9]{2}`, "1 January 2000"}, {`SIZE=[0-9]+`, "SIZE=199"}, {`[0-9]+ bytes of message`, "199 bytes of message"},
		{`(?:is at (?:::1|127\.0\.0\.1)|has 2 addresses)`, "has 2 addresses"}, {`connected to (?:::1|127\.0\.0\.1)`, "connected to ::1"},
	} {
		text = regexp.MustCompile(changing.pattern).ReplaceAllString(text, changing.to)
	}
	return text
}

// Five sessions by the Enter key alone, for people to listen to as much as for the test: testdata/*.heard.
func TestHeard(t *testing.T) {
	for _, scenario := range []string{"submission", "wrong-password", "stripped", "expired", "greylist"} {
		t.Run(scenario, func(t *testing.T) {
			got := steady(heard(t, scenario, time.Minute, enter(60)...))
			path := filepath.Join("testdata", scenario+".heard")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(path); err != nil || got != string(want) {
				t.Errorf("%v; heard is\n%s", err, got)
			}
		})
	}
}

// Whatever a scenario shows, at any depth, is told without signs and columns.
func TestNothingButWords(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			var lines []string
			for range 25 {
				lines = append(lines, "x", "x", "x", "")
			}
			for _, line := range plaintest.Unheard(heard(t, sc.Name, time.Second, append(lines, enter(20)...)...)) {
				t.Errorf("%q", line)
			}
		})
	}
}

// Who is asked for the password of a practice user hears again what is known of this user, and of no other.
func TestThePracticePasswordIsHeardAgain(t *testing.T) {
	s, err := setup.New(setup.Request{Target: "lab:wrong-password", Timeout: time.Minute})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	e := s.Session()
	defer e.Close()
	var out strings.Builder
	w := walkOf(e, s, &out, append(enter(9), "1", "", "q"))
	w.Accounts = []string{"practice password tulip-42 for ann", "practice account bob, password bicycle-7: a note"}
	if _, err := w.Run(t.Context()); err != nil {
		t.Error(err)
	}
	inOrder(t, out.String(), "1 follows the advice", "practice password tulip-42 for ann", "password of ann")
	if strings.Contains(out.String(), "bicycle") {
		t.Errorf("another account is told in\n%s", out.String())
	}
}

// What an attempt hears does not lean on the one before: the server's lines are told whole, and explained, again.
func TestTheSecondAttemptIsHeardWhole(t *testing.T) {
	lines := append(enter(6), "1", "yes")
	out := heard(t, "expired", time.Minute, append(lines, enter(20)...)...)
	for _, want := range []string{"server in cleartext to EHLO: 250 mail.lab greets laptop.lab.test\n", "keyword PIPELINING: commands may be sent in a group\n"} {
		if n := strings.Count(out, want); n != 2 {
			t.Errorf("%q is heard %d times, want 2, in\n%s", want, n, out)
		}
	}
}
