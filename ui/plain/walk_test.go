package plain

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

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
	out, verdict := f.walk(t, walk.Goal{EHLOName: "laptop.test"}, enter(7)...)
	inOrder(t, out,
		"type help for the commands",
		"session with mail.test port 25, relay\n",
		"next: look up mail.test", "enter looks up the name:",
		"mail.test is at 192.0.2.1",
		"next: connect to mail.test port 25",
		"connected to mail.test at 192.0.2.1",
		"next: wait for the greeting",
		"server greets in cleartext: 220 mail.test \\x1b[2JESMTP",
		"next in cleartext: EHLO laptop.test:", "enter sends EHLO:",
		"server answers EHLO in cleartext: 250 mail.test\n", "the server offers AUTH PLAIN LOGIN: ",
		"next in cleartext: QUIT:",
		"server answers QUIT in cleartext: 221 Bye", "the connection to mail.test is closed\n",
		"outcome: done at quit, exit code 0\n", "result: mail.test answered, up to QUIT. But some of its replies were malformed.\n", "enter ends the session:")
	if verdict.Exit != record.ExitOK || f.verbs() != "resolve connect greeting ehlo quit" {
		t.Errorf("exit %d, steps %s", verdict.Exit, f.verbs())
	}
	if strings.Contains(out, "\x1b") {
		t.Error("an escape sequence of the server reached the output")
	}
}

// However early the input ends, the walk ends with it, and no step is done that nobody asked for.
func TestWalkEndOfInput(t *testing.T) {
	scripts := [][]string{{}, enter(1), enter(2), enter(3), {"o"}, {"", "", "", "e"}, {"", "", "", "r"}, {"n"}, {"x"}, {"?"}, {"b"}, {"1"}, {"nonsense"}}
	for _, script := range scripts {
		f := newFake(noTLS)
		out, verdict := f.walk(t, walk.Goal{}, append(script, "")...)
		enters := 0
		for _, line := range script {
			if line == "" {
				enters++
			}
		}
		if verdict.Exit != record.ExitStopped || len(f.done) > enters {
			t.Errorf("%q: exit %d, steps %s", script, verdict.Exit, f.verbs())
		}
		if prompts := strings.Count(out, "enter "); prompts > len(script)+2 {
			t.Errorf("%q: %d prompts:\n%s", script, prompts, out)
		}
	}
}

func TestWalkFailureIsTheOutcome(t *testing.T) {
	goal := walk.Goal{From: "a@x.test", To: []string{"b@x.test"}, SendMessage: true}
	f := newFake(noTLS)
	f.rcpt = "550 5.1.1 no such user"
	out, verdict := f.walk(t, goal, append(enter(6), "q")...)
	inOrder(t, out, "server refuses RCPT TO in cleartext: 550, 5.1.1, no such user", "advice 1: give another address\n", "next in cleartext: QUIT", "end of the session",
		"cause: ", "<b@x.test>", "who has to act: you", "advice 1: give another address: check the spelling of the recipient's address")
	if verdict.Exit != record.ExitEnvelope {
		t.Errorf("exit %d", verdict.Exit)
	}
}

// Where the walk is blocked it says so, and closing in good order does not make it a success.
func TestWalkBlocked(t *testing.T) {
	f := newFake(record.Policy{Start: record.StartSTARTTLS, Must: record.MustRequire})
	out, verdict := f.walk(t, walk.Goal{}, enter(7)...)
	inOrder(t, out, "The EHLO reply of mail.test does not offer STARTTLS.", "next in cleartext: QUIT: the session cannot continue as asked\n", "server answers QUIT in cleartext: 221 Bye", "outcome: ")
	if verdict.Exit != record.ExitSTARTTLS {
		t.Errorf("exit %d", verdict.Exit)
	}
}

func TestWalkEdit(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{EHLOName: "laptop.test"}, "", "", "", "e", "", "e", "EHLO wrong name", "", "q")
	inOrder(t, out, "next in cleartext: EHLO laptop.test", "new line, empty keeps it:", "next in cleartext: EHLO laptop.test", "new line", "next in cleartext: EHLO wrong name:", "server answers EHLO ")
	if st := f.done[3]; st.Verb != record.VerbEHLO || st.Line != "EHLO wrong name" || !st.Edited {
		t.Errorf("step %+v", st)
	}
}

func TestWalkRaw(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "", "", "r", "", "r", "XYZZY plugh", "q")
	inOrder(t, out, "line to send, empty for none:", "line to send", "client in cleartext: XYZZY plugh\n", "server answers the line in cleartext: 250 Ok")
	if f.verbs() != "resolve connect greeting raw" || !f.done[3].Edited {
		t.Errorf("steps %s", f.verbs())
	}
}

func TestWalkOptions(t *testing.T) {
	f := newFake(noTLS)
	options := walk.Options(f.snap, walk.Goal{})
	out, _ := f.walk(t, walk.Goal{}, "o", "", "o", "99", "o", "2", "", "q")
	inOrder(t, out, "1: look up mail.test: ", "number, empty for none:", "no step was chosen", "no step was chosen",
		"2: connect to mail.test port 25: ", "next: connect to mail.test port 25", "connected to")
	if len(options) < 2 || f.verbs() != string(options[1].Step.Verb) {
		t.Errorf("steps %s of %d options", f.verbs(), len(options))
	}
}

// A step out of order is listed as such, and announced with the reply to expect.
func TestWalkOutOfOrder(t *testing.T) {
	f := newFake(noTLS)
	f.step = record.VerbConnect
	f.answer(record.Step{Verb: record.VerbConnect})
	f.step = record.VerbGreeting
	f.answer(record.Step{Verb: record.VerbGreeting})
	n := 0
	for i, o := range walk.Options(f.snap, walk.Goal{}) {
		if !o.Legal && o.Step.Verb == record.VerbMail {
			n = i + 1
		}
	}
	if n == 0 {
		t.Fatal("MAIL before EHLO is not offered")
	}
	out, _ := f.walk(t, walk.Goal{}, "o", strconv.Itoa(n), "q")
	inOrder(t, out, "out of order: ", "next in cleartext: MAIL FROM:", " is out of order: expect 503")
}

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
		{"password of the user", walk.Goal{Credentials: sasl.Credentials{Username: "ann"}}, []string{"", "", "", "", "1", password, "", "q"}},
		{"mechanism alone", walk.Goal{Mechanism: "PLAIN"}, []string{"", "", "", "", "", "ann", password, "q"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, goal := authSteps(test.goal)
			out, _ := f.walk(t, goal, test.lines...)
			inOrder(t, out, "password of ann", "server answers AUTH ", "authenticated as ann", "mail.test logged in ann")
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
	inOrder(t, out, "unknown command; help lists the commands")
}

// What takes the place of a secret line is typed unseen and announced masked.
func TestWalkEditSecret(t *testing.T) {
	f, goal := authSteps(walk.Goal{Credentials: sasl.Credentials{Username: "ann", Password: sasl.NewSecret("x")}})
	out, _ := f.walk(t, goal, "", "", "", "", "e", "AUTH PLAIN c2VjcmV0", "", "q")
	inOrder(t, out, "next in cleartext: AUTH PLAIN (masked)", "new line, empty keeps it:", "next in cleartext: the line that was typed, masked", "authenticated")
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
		inOrder(t, out, "warning: anyone can read it", "send it anyway? yes or no, empty is no:")
		if got := strings.HasSuffix(f.verbs(), "auth"); got != done || strings.Contains(out, "the step was not taken; nothing was sent") == done {
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
	out, _ := f.walk(t, walk.Goal{}, "", "", "", "b", "b", "", "", "j 2", "b", "l", "", "q")
	inOrder(t, out, "next in cleartext: EHLO",
		"connected to mail.test at 192.0.2.1", "this was up to event 6 of 9", "enter goes forward, l comes back to the end:",
		"mail.test is at 192.0.2.1", "this was up to event 4 of 9",
		"connected to mail.test at 192.0.2.1", "220 mail.test", "next in cleartext: EHLO", "enter sends",
		"session with mail.test port 25, relay", "this was up to event 2 of 9", "this is the first step",
		"220 mail.test", "this was up to event 9 of 9", "next in cleartext: EHLO", "server answers EHLO ")
	if f.verbs() != "resolve connect greeting ehlo" {
		t.Errorf("steps %s", f.verbs())
	}
}

func TestWalkJumpsNowhere(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "j 0", "j -1", "j 3", "j", "j 99999999999999999999", "j "+password, "3", "q")
	inOrder(t, out, "there is no event 0; the last is 2", "there is no event -1; the last is 2", "there is no event 3; the last is 2", "unknown command", "unknown command", "unknown command", "unknown command")
	if strings.Contains(out, password) {
		t.Error("what was typed is repeated")
	}
}

func TestWalkNotes(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "n", "look \x1b[2Jhere", "n 1 the start", "n", "", "n 77", "x", "b", "n while looking back", "q")
	inOrder(t, out, "note on event 3:", "note on event 3: look \\x1b[2Jhere", "note on event 1: the start", "no note was written",
		"there is no event 77; the last is 6", "this was up to event", "note on event", "while looking back", "enter goes forward")
	if n := f.log.Len(); f.log.At(4).Note.Text != "look \x1b[2Jhere" || f.log.At(n-2).Note.Text != "while looking back" {
		t.Errorf("%d events", n)
	}
}

func TestWalkExplains(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "", "", "", "x", "x 5.7.8", "", "x qqqqzzzz", "?", "q")
	inOrder(t, out, "next in cleartext: QUIT", "event 10, EHLO, as sent on the wire: EHLO", "event 11, the reply to EHLO, as sent on the wire: 250-", "the reply to EHLO, as sent on the wire: 250-SIZE 1000\n", "the reply to EHLO, meaning: ", "the server offers AUTH before TLS, remedy: start TLS first", "x again shows the details of the server offers AUTH before TLS", "5.7.8, enhanced status code: ", "source: RFC", "enter leaves", "no card is about these words", "enter: do the next step", "help, or ?: this list")
}

// interrupted walks with n interrupts once a step waits.
func (f *fake) interrupted(t *testing.T, n int, lines ...string) (string, record.Verdict) {
	t.Helper()
	interrupt := make(chan os.Signal)
	go func() {
		<-f.running
		for range n {
			interrupt <- os.Interrupt
		}
	}()
	var out strings.Builder
	console := Console{In: strings.NewReader(strings.Join(lines, "\n")), Out: &out, Interrupt: interrupt}
	verdict, err := Walk{Console: console, Engine: f, Events: &f.log}.Run(context.Background())
	if err != nil {
		t.Error(err)
	}
	return out.String(), verdict
}

// An interrupt ends the wait: what the silence means is said, and the session goes on with what is left of it.
func TestWalkInterruptGivesUpWaiting(t *testing.T) {
	f := newFake(noTLS)
	f.silent = record.VerbEHLO
	f.log.At(0).Start.Target.Port = 587
	out, verdict := f.interrupted(t, 1, "", "", "", "", "1", "", "q")
	inOrder(t, out, "next in cleartext: EHLO", "outcome: ", "cause: mail.test sent nothing more", "who has to act: you", "advice: wait longer: a server may take up to 5 minutes",
		"advice 1: use TLS from the first byte, on port 465", "enter ends", "followed the advice: use TLS from the first byte, on port 465", "next: look up mail.test", "mail.test is at")
	if verdict.Exit != record.ExitStopped || len(verdict.Facts.Earlier) != 1 {
		t.Errorf("%+v", verdict)
	}
	f = newFake(noTLS)
	f.silent = record.VerbEHLO
	if _, verdict = f.interrupted(t, 1, "", "", "", "", ""); verdict.Finding != record.FoundTimeout || verdict.Exit != record.ExitTimeout {
		t.Errorf("%+v", verdict)
	}
}

// A wait that lasts is said, with what it is for and what is done about it; so is that a person has ended it.
func TestALongWaitIsSaid(t *testing.T) {
	f := newFake(noTLS)
	f.silent = record.VerbGreeting
	f.log.At(0).Start.Target.Port = 587
	late, interrupt := make(chan time.Time), make(chan os.Signal)
	go func() {
		<-f.running
		late <- time.Time{}
		interrupt <- os.Interrupt
	}()
	steps := 0
	silent := func() <-chan time.Time {
		if steps++; steps < 3 { // lookup and connection are quick
			return nil
		}
		return late
	}
	var out strings.Builder
	console := Console{In: strings.NewReader("\n\n\n"), Out: &out, Interrupt: interrupt}
	if _, err := (Walk{Console: console, Engine: f, Events: &f.log, Late: silent}).Run(context.Background()); err != nil {
		t.Error(err)
	}
	inOrder(t, out.String(), "next: wait for the greeting", "waiting for the server to send first; a second connection tests whether this port expects TLS from the first byte; ctrl-c stops waiting", "cause: mail.test sent nothing")
	inOrder(t, out.String(), "ctrl-c stops waiting", "no longer waiting")
}

// A second interrupt ends the session.
func TestWalkSecondInterruptEnds(t *testing.T) {
	f := newFake(noTLS)
	f.silent = record.VerbEHLO
	out, verdict := f.interrupted(t, 2, "", "", "", "", "1", "", "")
	if verdict.Finding != record.FoundTimeout || len(f.changes) > 0 || !strings.Contains(out, "outcome: failed at ehlo, exit code 124") {
		t.Errorf("%+v\n%s", verdict, out)
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
			verdict, err := Walk{Console: console, Engine: f, Events: &f.log}.Run(ctx)
			if err != nil || verdict.Exit != record.ExitStopped || len(f.done) > 0 {
				t.Errorf("exit %d, error %v, steps %s", verdict.Exit, err, f.verbs())
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
	verdict, err := Walk{Console: Console{In: strings.NewReader("\n\n\n"), Out: &out}, Engine: f, Events: &f.log}.Run(ctx)
	if err != nil || verdict.Exit != record.ExitStopped || f.verbs() != "resolve connect greeting" {
		t.Errorf("exit %d, error %v, steps %s", verdict.Exit, err, f.verbs())
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
	inOrder(t, out.String(), "220 mail.test", "the server offers AUTH", "note on event", "noted", "221 Bye", "outcome: done")
	if !out.seen {
		t.Error("nothing was checked")
	}
}

// checked is an output that finds the greeting in the file when it is printed.
type checked struct {
	strings.Builder
	t    *testing.T
	path string
	seen bool
}

func (c *checked) WriteString(s string) (int, error) { return c.Write([]byte(s)) }

func (c *checked) Write(b []byte) (int, error) {
	if banner, ok := strings.CutPrefix(string(b), "server greets in cleartext: 220 "); ok {
		c.seen = true
		if text, err := os.ReadFile(c.path); err != nil || !strings.Contains(string(text), "220 "+banner[:len("mail.test")]) {
			c.t.Errorf("%q is shown and not in the file: %v", banner, err)
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
		if !errors.Is(err, io.ErrClosedPipe) || f.snap.End == nil {
			t.Errorf("after %d writes: error %v, end %v", n, err, f.snap.End)
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

// Who leaves an open session is asked first, as on the screen; one that has not begun or has come to its end is left at once.
func TestAnOpenSessionIsLeftAfterAQuestion(t *testing.T) {
	f := newFake(noTLS)
	out, _ := f.walk(t, walk.Goal{}, "", "", "", "q", "no", "", "q", "yes")
	if inOrder(t, out, "the session is still open: quit anyway? yes or no, empty is no:", "server answers EHLO in cleartext", "quit anyway?"); f.verbs() != "resolve connect greeting ehlo" {
		t.Errorf("steps %s\n%s", f.verbs(), out)
	}
	f = newFake(noTLS)
	if out, _ := f.walk(t, walk.Goal{}, "q"); strings.Contains(out, "quit anyway?") {
		t.Errorf("before the first step:\n%s", out)
	}
}
