package plain

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/transcripts"
)

var _ Engine = (*engine.Session)(nil)

// The Enter key alone walks a whole session; each step is announced before it is done.
func TestWalkEnterAlone(t *testing.T) {
	f := newFake(noTLS)
	out, exit := f.walk(t, walk.Goal{EHLOName: "laptop.test"}, enter(7)...)
	inOrder(t, out,
		"-> to the server, <- from it",
		"1  *   mail.test:25 (relay), no TLS",
		"next: look up mail.test", "enter go on, ", "? help >",
		"*   mail.test is 192.0.2.1",
		"next: connect to port 25",
		"*   connected to 192.0.2.1:25 from 192.0.2.2:4000",
		"next: wait for the greeting",
		"<-   220 mail.test \\x1b[2JESMTP", "=   EHLO comes next",
		"next: EHLO laptop.test\n", "enter send, e edit, o options, r raw, b back,",
		"->  EHLO laptop.test\n", "<-   250-mail.test\n", "<-   250 AUTH PLAIN LOGIN\n",
		"next: QUIT\n",
		"->  QUIT\n", "<-   221 2.0.0 Bye\n", "=   the connection is closed\n",
		"the session is over\n", "enter end, o options, b back,",
		"*   end at quit, exit code 0")
	if exit != record.ExitOK || f.verbs() != "resolve connect greeting ehlo quit" {
		t.Errorf("exit %d, steps %s", exit, f.verbs())
	}
	if strings.Contains(out, "\x1b") {
		t.Error("an escape sequence of the server reached the output")
	}
}

// However early the input ends, the walk ends with it, and no step is done that nobody asked for.
func TestWalkEndOfInput(t *testing.T) {
	scripts := [][]string{{}, enter(1), enter(3), enter(5), {"o"}, {"", "", "", "e"}, {"", "", "", "r"}, {"n"}, {"x"}, {"?"}, {"b"}, {"1"}, {"nonsense"}}
	for _, script := range scripts {
		f := newFake(noTLS)
		out, exit := f.walk(t, walk.Goal{}, append(script, "")...)
		enters := 0
		for _, line := range script {
			if line == "" {
				enters++
			}
		}
		if exit != record.ExitOK || len(f.done) > enters {
			t.Errorf("%q: exit %d, steps %s", script, exit, f.verbs())
		}
		if prompts := strings.Count(out, " >"); prompts > len(script)+2 {
			t.Errorf("%q: %d prompts:\n%s", script, prompts, out)
		}
	}
}

func TestWalkFailureIsTheOutcome(t *testing.T) {
	goal := walk.Goal{From: "a@x.test", To: []string{"b@x.test"}, SendMessage: true}
	f := newFake(noTLS)
	f.rcpt = "550 5.1.1 no such user"
	out, exit := f.walk(t, goal, append(enter(6), "q")...)
	inOrder(t, out, "->  RCPT TO:<b@x.test>", "<-!  550 5.1.1 no such user", " !   the recipient was refused", "  check the address", "exit code 12")
	if exit != record.ExitEnvelope {
		t.Errorf("exit %d", exit)
	}
	f = newFake(noTLS)
	f.rcpt = "550 5.1.1 no such user"
	later := append(append(enter(5), "r", "RCPT TO:<b@x.test>"), "q")
	if _, exit := f.walk(t, goal, later...); exit != record.ExitOK || !strings.HasSuffix(f.verbs(), "mail raw") {
		t.Errorf("exit %d after %s", exit, f.verbs())
	}
}

// Where the walk is blocked it says so, and closing in good order does not make it a success.
func TestWalkBlocked(t *testing.T) {
	f := newFake(record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire})
	out, exit := f.walk(t, walk.Goal{}, enter(7)...)
	inOrder(t, out, "stopped: ", "next: QUIT\n", "<-   221 2.0.0 Bye", "the session is over")
	if exit != record.ExitSTARTTLS {
		t.Errorf("exit %d", exit)
	}
}

func TestWalkEdit(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{EHLOName: "laptop.test"}, "", "", "", "e", "", "e", "EHLO wrong name", "", "q")
	inOrder(t, out, "next: EHLO laptop.test", "new line, empty keeps it >", "next: EHLO laptop.test", "new line", "next: EHLO wrong name\n", "->  EHLO wrong name\n")
	if st := f.done[3]; st.Verb != record.VerbEHLO || st.Line != "EHLO wrong name" || !st.Edited {
		t.Errorf("step %+v", st)
	}
}

func TestWalkRaw(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "", "", "r", "", "r", "XYZZY plugh", "q")
	inOrder(t, out, "line to send, empty for none >", "line to send", "->  XYZZY plugh\n", "<-   250 2.0.0 Ok")
	if f.verbs() != "resolve connect greeting raw" || !f.done[3].Edited {
		t.Errorf("steps %s", f.verbs())
	}
}

func TestWalkOptions(t *testing.T) {
	f := newFake(noTLS)
	options := walk.Options(f.snap, walk.Goal{})
	out, _ := f.walk(t, walk.Goal{}, "o", "", "o", "99", "o", "2", "", "q")
	inOrder(t, out, "  1  look up mail.test: ", "number, empty for none >", "none was chosen", "none was chosen",
		"  2  connect to port 25: ", "next: connect to port 25", "*   connected to")
	if len(options) < 2 || f.verbs() != string(options[1].Step.Verb) {
		t.Errorf("steps %s of %d options", f.verbs(), len(options))
	}
}

// A step out of order is listed as such, and announced with the reply to expect.
func TestWalkOutOfOrder(t *testing.T) {
	f := newFake(noTLS)
	if err := errors.Join(f.answer(record.Step{Verb: record.VerbConnect}), f.answer(record.Step{Verb: record.VerbGreeting})); err != nil {
		t.Fatal(err)
	}
	f.moved("")
	n := 0
	for i, o := range walk.Options(f.snap, walk.Goal{}) {
		if !o.Legal && o.Step.Verb == record.VerbMail {
			n = i + 1
		}
	}
	if n == 0 {
		t.Fatal("MAIL before EHLO is not offered")
	}
	out, _ := f.walk(t, walk.Goal{}, "o", itoa(n), "q")
	inOrder(t, out, "out of order: ", "next: MAIL FROM:", "  out of order: expect 503")
}

func itoa(n int) string { return typed{key: keyJump, n: n}.echoed() }

// authSteps brings a fake to the point where AUTH is next.
func authSteps(goal walk.Goal) (*fake, walk.Goal) {
	goal.EHLOName = "laptop.test"
	return newFake(noTLS), goal
}

const password = "correct horse"

func TestWalkAsksForCredentials(t *testing.T) {
	tests := []struct {
		name  string
		goal  walk.Goal
		lines []string
	}{
		{"password of the user", walk.Goal{Credentials: sasl.Credentials{Username: "ann"}}, []string{"", "", "", "", password, "", "q"}},
		{"mechanism alone", walk.Goal{Mechanism: "PLAIN"}, []string{"", "", "", "", "", "ann", password, "q"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, goal := authSteps(test.goal)
			out, _ := f.walk(t, goal, test.lines...)
			inOrder(t, out, "password of ann >", "->  AUTH PLAIN "+sasl.Mask+"\n", "authenticated as ann")
			if strings.Contains(out, password) {
				t.Errorf("the password is in the output:\n%s", out)
			}
			last := f.done[len(f.done)-1]
			if last.Verb != record.VerbAuth || last.Credentials.Password.Reveal() != password || last.Credentials.Username != "ann" {
				t.Errorf("last of %s, as %q", f.verbs(), last.Credentials.Username)
			}
		})
	}
}

// A password that a script sends at the wrong moment is not repeated.
func TestWalkRepeatsNoInput(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, password, "r "+password, "e "+password, "o", password, "q")
	if strings.Contains(out, password) || len(f.done) > 0 {
		t.Errorf("steps %s, output\n%s", f.verbs(), out)
	}
	inOrder(t, out, "that is none of the keys; ? lists them")
}

// What takes the place of a secret line is typed unseen and announced masked.
func TestWalkEditSecret(t *testing.T) {
	f, goal := authSteps(walk.Goal{Credentials: sasl.Credentials{Username: "ann", Password: sasl.NewSecret("x")}})
	out, _ := f.walk(t, goal, "", "", "", "", "e", "AUTH PLAIN c2VjcmV0", "", "q")
	inOrder(t, out, "next: AUTH PLAIN "+sasl.Mask, "new line, empty keeps it >", "next: "+sasl.Mask+"\n", "authenticated")
	if strings.Contains(out, "c2VjcmV0") {
		t.Errorf("the line is in the output:\n%s", out)
	}
	if last := f.done[len(f.done)-1]; last.Line != "AUTH PLAIN c2VjcmV0" || !last.Edited {
		t.Errorf("last step %s %v", last.Verb, last.Edited)
	}
}

func TestWalkGuard(t *testing.T) {
	goal := walk.Goal{Credentials: sasl.Credentials{Username: "ann", Password: sasl.NewSecret("x")}}
	for answer, done := range map[string]bool{"yes": true, "Y": true, "no": false, "": false, "yeah": false} {
		f, goal := authSteps(goal)
		f.guard = "cleartext-secret"
		out, _ := f.walk(t, goal, "", "", "", "", "", answer, "q")
		inOrder(t, out, " !   anyone can read it", "send it all the same? yes or no [no] >")
		if got := strings.HasSuffix(f.verbs(), "auth"); got != done || strings.Contains(out, "not done; nothing was sent") == done {
			t.Errorf("%q: steps %s", answer, f.verbs())
		}
	}
	f, goal := authSteps(goal)
	f.guard = "cleartext-secret"
	if out, _ := f.walk(t, goal, "", "", "", "", ""); strings.HasSuffix(f.verbs(), "auth") {
		t.Errorf("the end of the input was taken for a yes:\n%s", out)
	}
}

// Looking back shows steps again and does nothing.
func TestWalkLooksBack(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "", "", "b", "b", "", "", "2", "b", "l", "", "q")
	inOrder(t, out, "next: EHLO",
		"connected to 192.0.2.1:25", "-- after event 6 of 8 --", "enter forward, b back, NUMBER jump, l latest,",
		"mail.test is 192.0.2.1", "-- after event 4 of 8 --",
		"connected to 192.0.2.1:25", "220 mail.test", "next: EHLO", "enter send",
		"mail.test:25 (relay)", "-- after event 2 of 8 --", "this is the first step",
		"220 mail.test", "-- after event 8 of 8 --", "next: EHLO", "->  EHLO")
	if f.verbs() != "resolve connect greeting ehlo" {
		t.Errorf("steps %s", f.verbs())
	}
}

func TestWalkJumpsNowhere(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "0", "-1", "3", "99999999999999999999", "q")
	inOrder(t, out, "there is no event 0; the last is 2", "there is no event -1; the last is 2", "there is no event 3; the last is 2", "none of the keys")
}

func TestWalkNotes(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "n", "look \x1b[2Jhere", "n 1 the start", "n", "", "n 77", "x", "b", "n while looking back", "q")
	inOrder(t, out, "note on event 3 >", "5  *   note on event 3: look \\x1b[2Jhere", "6  *   note on event 1: the start", "no note was written",
		"there is no event 77; the last is 6", "-- after event", "note on event", "while looking back", "enter forward")
	if n := f.log.Len(); f.log.At(4).Note.Text != "look \x1b[2Jhere" || f.log.At(n-2).Note.Text != "while looking back" {
		t.Errorf("%d events", n)
	}
}

func TestWalkExplains(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "", "", "", "x", "x 5.7.8", "x qqqqzzzz", "?", "q")
	inOrder(t, out, "next: QUIT", "capability lines", "SIZE 1000: ", "5.7.8", "see RFC", "nothing is known about that", "  enter   do the next step", "  ?       this list")
}

// An interrupt ends the step that runs; the session goes on.
func TestWalkInterruptCancelsTheStep(t *testing.T) {
	f := newFake(noTLS)
	f.silent = record.VerbEHLO
	interrupt := make(chan os.Signal)
	go func() {
		<-f.running
		interrupt <- os.Interrupt
	}()
	var out strings.Builder
	console := Console{In: strings.NewReader("\n\n\n\nr\nNOOP\nq\n"), Out: &out, Interrupt: interrupt}
	exit, err := Walk{Console: console, Engine: f, Events: &f.log}.Run(context.Background())
	inOrder(t, out.String(), "->  EHLO", " !   the step was cancelled", "  try again", "->  NOOP", "<-   250 2.0.0 Ok")
	if err != nil || exit != record.ExitOK && !errors.Is(f.finished, record.ErrCancelled) {
		t.Errorf("exit %d, error %v, finished with %v", exit, err, f.finished)
	}
}

// At a prompt an interrupt ends the walk, and so does the end of the context, although nobody types.
func TestWalkInterruptAtThePrompt(t *testing.T) {
	for name, prepare := range map[string]func(*Console, context.CancelFunc){
		"interrupt": func(c *Console, _ context.CancelFunc) { c.Interrupt = sent(os.Interrupt) },
		"context":   func(_ *Console, cancel context.CancelFunc) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(noTLS)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			silence, typing := io.Pipe()
			defer typing.Close()
			var out strings.Builder
			console := Console{In: silence, Out: &out}
			prepare(&console, cancel)
			exit, err := Walk{Console: console, Engine: f, Events: &f.log}.Run(ctx)
			if err != nil || exit != record.ExitInterrupted || !errors.Is(f.finished, record.ErrCancelled) || len(f.done) > 0 {
				t.Errorf("exit %d, error %v, steps %s", exit, err, f.verbs())
			}
		})
	}
}

func sent(signal os.Signal) chan os.Signal {
	c := make(chan os.Signal, 1)
	c <- signal
	return c
}

// The context also ends the step that runs.
func TestWalkContextEndsTheStep(t *testing.T) {
	f := newFake(noTLS)
	f.silent = record.VerbGreeting
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-f.running
		cancel()
	}()
	var out strings.Builder
	exit, err := Walk{Console: Console{In: strings.NewReader("\n\n\n"), Out: &out}, Engine: f, Events: &f.log}.Run(ctx)
	if err != nil || exit != record.ExitInterrupted || f.verbs() != "resolve connect greeting" {
		t.Errorf("exit %d, error %v, steps %s", exit, err, f.verbs())
	}
}

// What is shown has gone through the recorder: it is in the file.
func TestWalkShowsWhatIsRecorded(t *testing.T) {
	f := newFake(noTLS)
	rec, err := transcripts.Record(&f.log, filepath.Join(t.TempDir(), "a.ehlo.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	out := &checked{t: t, path: rec.Path()}
	_, err = Walk{Console: Console{In: strings.NewReader("\n\n\n\nn noted\n\n\n"), Out: out}, Engine: f, Events: rec}.Run(context.Background())
	if err := errors.Join(err, rec.Close()); err != nil {
		t.Fatal(err)
	}
	inOrder(t, out.String(), "220 mail.test", "250 AUTH", "note on event", "noted", "221 2.0.0 Bye", "end at quit")
	if !out.seen {
		t.Error("nothing was checked")
	}
}

// checked is an output that finds each numbered event in the file when it is printed.
type checked struct {
	strings.Builder
	t    *testing.T
	path string
	seen bool
}

func (c *checked) WriteString(s string) (int, error) { return c.Write([]byte(s)) }

func (c *checked) Write(b []byte) (int, error) {
	number := strings.TrimSpace(string(b[:min(len(b), 6)]))
	if t, ok := match(number, []key{keyJump}); ok {
		c.seen = true
		if text, err := os.ReadFile(c.path); err != nil || strings.Count(string(text), "\n") < t.n {
			c.t.Errorf("event %d is shown and not in the file: %v", t.n, err)
		}
	}
	return c.Builder.Write(b)
}

// torn is an output that breaks after some writes.
type torn struct{ left int }

func (w *torn) Write(b []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(b), nil
}

func TestWalkOutputBreaks(t *testing.T) {
	for n := range 12 {
		f := newFake(noTLS)
		_, err := Walk{Console: Console{In: strings.NewReader(strings.Repeat("\n", 100)), Out: &torn{n}}, Engine: f, Events: &f.log}.Run(context.Background())
		if !errors.Is(err, io.ErrClosedPipe) || !f.ended {
			t.Errorf("after %d writes: error %v, finished %v", n, err, f.ended)
		}
	}
}

func TestWalkRefusesLongLines(t *testing.T) {
	f := newFake(noTLS)
	var out strings.Builder
	in := strings.NewReader("r\n" + strings.Repeat("x", 3*maxLine) + "\nq\n")
	if _, err := (Walk{Console: Console{In: in, Out: &out}, Engine: f, Events: &f.log}).Run(context.Background()); err == nil || len(f.done) > 0 {
		t.Errorf("error %v, steps %s", err, f.verbs())
	}
}
