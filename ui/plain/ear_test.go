package plain

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ehlo/session/course"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/ui/plain/plaintest"
)

var update = flag.Bool("update", false, "write what is heard of the scenarios again")

// heard is what a person hears of a scenario who types nothing but these lines. Each step has so much time.
func heard(t *testing.T, scenario string, limit time.Duration, lines ...string) string {
	t.Helper()
	out, _ := walked(t, scenario, limit, lines...)
	return out
}

// walked is heard, with the log of the session.
func walked(t *testing.T, scenario string, limit time.Duration, lines ...string) (string, record.Source) {
	t.Helper()
	w, out := begun(t, scenario, limit, lines...)
	return ran(t, w, out), w.Events
}

// begun is a walk through a scenario that nobody has begun, by one who types nothing but these lines, with what is heard of it.
func begun(t *testing.T, scenario string, limit time.Duration, lines ...string) (Walk, *strings.Builder) {
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
	t.Cleanup(func() { s.Close() })
	e, out := s.Session(), &strings.Builder{}
	t.Cleanup(func() { e.Close() })
	return Walk{Console: Console{In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: out}, Engine: e, Events: e.Log(), Goal: s.Goal}, out
}

// ran is what was heard of a walk when it is over.
func ran(t *testing.T, w Walk, out *strings.Builder) string {
	t.Helper()
	if _, err := w.Run(t.Context()); err != nil {
		t.Error(err)
	}
	return out.String()
}

// steady takes out what is another at another time or place: days, sizes that depend on how a day is written, and loopback
// addresses.
func steady(text string) string {
	for _, changing := range []struct{ pattern, to string }{
		{`[0-9]{1,2} [A-Z][a-z]+ 20[0-9]{2}`, "1 January 2000"}, {`SIZE=[0-9]+`, "SIZE=199"}, {`[0-9]+ bytes of message`, "199 bytes of message"},
		{`(?:is at (?:::1|127\.0\.0\.1)|has 2 IP addresses)`, "has 2 IP addresses"}, {`over IPv6|at 127\.0\.0\.1`, "over IPv6"},
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

// Whoever hears a line of any scenario needs no other one: a connection names its host, a fingerprint what it is of, a prompt what is sent.
// Nothing is said twice: no line follows itself, what failed is not told before a cause that says it whole, and no line but a prompt comes
// again and again.
func TestEachLineAlone(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			w, out := begun(t, sc.Name, time.Second, append(append(enter(7), "h", "h", "f"), enter(60)...)...)
			if e := course.Of(sc.Name); e != nil {
				w.Exercise = &Exercise{Exercise: e}
			}
			alone(t, ran(t, w, out), w.Events.At(0).Start.Target.Host)
		})
	}
}

// alone reports the lines that break a rule of [TestEachLineAlone].
func alone(t *testing.T, text, host string) {
	t.Helper()
	often, before := map[string]int{}, ""
	cause := regexp.MustCompile(`(?m)^cause: (.*)$`).FindStringSubmatch(text)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		often[line]++
		switch prompt := strings.HasPrefix(line, "enter "); {
		case line == "":
			continue
		case connects.MatchString(line) && !strings.Contains(line, host) && !regexp.MustCompile(`to (?:[a-z0-9-]+\.)+[a-z]+ `).MatchString(line):
			t.Errorf("no host is named: %q", line)
		case hash.MatchString(line) && !regexp.MustCompile(`certificate|root|CA`).MatchString(line):
			t.Errorf("it is not said what the fingerprint is of: %q", line)
		case strings.HasPrefix(line, "enter sends:"), strings.HasPrefix(line, "enter sends,"):
			t.Errorf("it is not said what is sent: %q", line)
		case leans.MatchString(line):
			t.Errorf("it is not said which, or what: %q", line)
		case line == before:
			t.Errorf("said twice in a row: %q", line)
		case cause != nil && regexp.MustCompile(`^(?:warning|danger): `+regexp.QuoteMeta(cause[1])+`$`).MatchString(line):
			t.Errorf("said twice: %q", cause[1])
		case !prompt && often[line] == mostSaid+1:
			t.Errorf("said more than %d times: %q", mostSaid, line)
		}
		before = line
	}
}

// mostSaid is how often a line is heard at most in a session, but for prompts.
const mostSaid = 3

// leans matches what points at a line before, or does not say what it does.
var leans = regexp.MustCompile(`^enter (?:continues|leaves)[:,]|follows? the advice[:,]|^answer [0-9]|^(?:advice|cause|danger|warning|remark|followed).*\b(?:[Tt]hese|[Tt]his|[Tt]hat) (?:CA|port|certificate|reply)\b`)

var (
	connects = regexp.MustCompile(`^(?:warning: )?(?:connected|no connection) to `)
	hash     = regexp.MustCompile(`(?:[0-9A-F]{4} ){15}[0-9A-F]{4}`)
)

// Who is asked for the password of a practice user hears again what is known of this user, and of no other.
func TestThePracticePasswordIsHeardAgain(t *testing.T) {
	w, out := begun(t, "wrong-password", time.Minute, append(enter(9), "1", "", "q")...)
	w.Accounts = []string{"practice account: password tulip-42, username ann", "practice account bob, password bicycle-7: a note"}
	text := ran(t, w, out)
	inOrder(t, text, "1 gives another password", "practice account: password tulip-42, username ann", "password of ann")
	if strings.Contains(text, "bicycle") {
		t.Errorf("another account is told in\n%s", text)
	}
}

// What an attempt hears does not lean on the one before: the server's lines are told whole, and explained, again.
func TestTheSecondAttemptIsHeardWhole(t *testing.T) {
	lines := append(enter(6), "1", "yes")
	out := heard(t, "expired", time.Minute, append(lines, enter(20)...)...)
	for _, want := range []string{"server answers EHLO in cleartext: 250 mail.lab greets laptop.lab.test\n", "the server offers PIPELINING: commands may be sent in a group\n"} {
		if n := strings.Count(out, want); n != 2 {
			t.Errorf("%q is heard %d times, want 2, in\n%s", want, n, out)
		}
	}
}
