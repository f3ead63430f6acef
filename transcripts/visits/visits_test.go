package visits

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/course"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/transcripts"
)

// serve runs a practice server whose visits are kept.
func serve(t *testing.T, scenario string, o lab.Options, tell ...func(Event)) (*lab.Lab, *Book) {
	t.Helper()
	b := &Book{Folder: t.TempDir(), Program: "test", Exercise: course.Of}
	if len(tell) > 0 {
		b.Tell = tell[0]
	}
	sc, err := lab.Find(scenario)
	if err != nil {
		t.Fatal(err)
	}
	b.Changed() // so that there is something to wait for
	o.Visits = b.Watch(sc)
	l, err := lab.Start(sc, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, b
}

// empty waits until everyone has left who has come.
func (b *Book) empty(t *testing.T) {
	t.Helper()
	for late := time.After(20 * time.Second); ; {
		if _, counts := b.Rows(); counts.All > 0 && counts.Here == 0 {
			return
		}
		select {
		case <-b.Changed():
		case <-late:
			t.Fatal("someone is still here")
		}
	}
}

func dial(t *testing.T, l *lab.Lab, role int) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Listeners()[role].Addr)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { c.Close() })
	return c
}

// deliver is a client that others wrote; it ends without an error where the message is delivered.
func deliver(t *testing.T, l *lab.Lab, password string) error {
	t.Helper()
	c, err := smtp.NewClient(dial(t, l, 1), "mail.lab")
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.StartTLS(&tls.Config{ServerName: "mail.lab", RootCAs: l.RootCAs()}); err != nil {
		return err
	}
	if err := c.Auth(smtp.PlainAuth("", "ann", password, "mail.lab")); err != nil {
		return err
	}
	c.Mail("ann@lab.test")
	c.Rcpt("bob@lab.test")
	w, err := c.Data()
	if err != nil {
		return err
	}
	fmt.Fprint(w, "Subject: hello\r\n\r\nprivate words\r\n")
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

// said sends lines on a connection, and reads until the server closes or the lines are used up.
func said(c net.Conn, lines ...string) {
	buffer := make([]byte, 4096)
	c.Read(buffer)
	for _, l := range lines {
		fmt.Fprint(c, l)
		if n, err := c.Read(buffer); n == 0 && err != nil {
			return
		}
	}
	c.Close()
}

// delivery are the lines of a client that delivers a message in cleartext.
var delivery = []string{"EHLO mx.example\r\n", "MAIL FROM:<a@example.org>\r\n", "RCPT TO:<bob@lab.test>\r\n", "DATA\r\n", "Subject: hello\r\n\r\nprivate words\r\n.\r\n", "QUIT\r\n"}

// What a visit came to, whether the task is solved, and its transcript.
func TestVisits(t *testing.T) {
	for _, test := range []struct {
		name, scenario string
		visit          func(*testing.T, *lab.Lab)
		outcome        record.Outcome
		exit           record.Exit
		finding        record.FindingCode
		goal           Goal
		cause          string
	}{
		{"solved", "ehlo-name", func(t *testing.T, l *lab.Lab) { said(dial(t, l, 0), delivery...) }, record.OutcomeDone, record.ExitOK, "", Solved, "accepted 1 message for bob@lab.test"},
		{"delivered", "submission", func(t *testing.T, l *lab.Lab) { deliver(t, l, "tulip-42") }, record.OutcomeDone, record.ExitOK, "", Delivered, "accepted 1 message for bob@lab.test"},
		{"around the login", "submission", func(t *testing.T, l *lab.Lab) { said(dial(t, l, 0), delivery...) }, record.OutcomeDone, record.ExitOK, "", Open, "accepted 1 message for bob@lab.test"},
		{"wrong password", "submission", func(t *testing.T, l *lab.Lab) { deliver(t, l, "hunter2-hunter2") }, record.OutcomeRefused, record.ExitAuth, "credentials-wrong", Open, "username or password is wrong"},
		{"left early", "submission", func(t *testing.T, l *lab.Lab) { said(dial(t, l, 1), "EHLO a\r\n") }, record.OutcomeDone, record.ExitOK, "", Open, "up to EHLO"},
		{"left at once", "submission", func(t *testing.T, l *lab.Lab) { said(dial(t, l, 1)) }, record.OutcomeDone, record.ExitOK, "", Open, ""},
		{"greylisted", "greylist", func(t *testing.T, l *lab.Lab) {
			said(dial(t, l, 0), "EHLO a\r\n", "MAIL FROM:<a@example.org>\r\n", "RCPT TO:<bob@lab.test>\r\n", "QUIT\r\n")
		}, record.OutcomeDeferred, record.ExitDeferred, "greylisted", Open, "greylisted"},
		{"a question", "stripped", func(t *testing.T, l *lab.Lab) { said(dial(t, l, 1), "EHLO a\r\n", "QUIT\r\n") }, record.OutcomeDone, record.ExitOK, "", Unseen, ""},
		{"a client that verifies", "expired", func(t *testing.T, l *lab.Lab) { deliver(t, l, "tulip-42") }, record.OutcomeUnsafe, record.ExitCertificate, record.FoundCertificateUnverified, Unseen, "did not accept"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, b := serve(t, test.scenario, lab.Options{})
			test.visit(t, l)
			b.empty(t)
			l.Close()
			b.Close()
			rows, counts := b.Rows()
			if len(rows) != 1 || counts.All != 1 || counts.Here != 0 || counts.Unwritten != 0 {
				t.Fatalf("%+v %+v", rows, counts)
			}
			r := rows[0]
			if v := r.Verdict; v.Outcome != test.outcome || v.Exit != test.exit || test.finding != "" && v.Finding != test.finding || r.Goal != test.goal || !strings.Contains(v.Cause, test.cause) {
				t.Errorf("%s, exit %d, %s, %s: %s", v.Outcome, v.Exit, v.Finding, r.Goal, v.Cause)
			}
			kept(t, r)
		})
	}
}

// kept holds a transcript against what is known: it opens, names its side and scenario, ends with the verdict of the row, and has no secret.
func kept(t *testing.T, r Row) {
	t.Helper()
	f, err := transcripts.Open(r.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	start := f.At(0).Start
	if start.Side != record.SideServer || start.Scenario != r.Scenario || !start.Target.Lab || start.Target.Host != r.Listener.Host {
		t.Errorf("begins with %+v", start)
	}
	if v := f.Verdict(); v.Cause != r.Verdict.Cause {
		t.Errorf("the file ends with %q, the row with %q", v.Cause, r.Verdict.Cause)
	}
	text, err := os.ReadFile(r.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"tulip-42", "hunter2", "private words", "dHVsaXAtNDI", "aHVudGVyMi1odW50ZXIy"} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s has %q", filepath.Base(r.Path), secret)
		}
	}
}

// What a device on the path changes is told, and what it only sees is not; the transcript is of the server's side.
func TestDeedsOnThePath(t *testing.T) {
	var mu sync.Mutex
	var told []string
	l, b := serve(t, "stripped", lab.Options{}, func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Deed != nil {
			told = append(told, fmt.Sprintf("%s %d %s %s", e.What, e.Number, e.Deed.Did, e.Deed.What))
		}
	})
	said(dial(t, l, 1), "EHLO a\r\n", "QUIT\r\n")
	b.empty(t)
	l.Close()
	b.Close()
	if want := []string{"on-path 1 removed 250-STARTTLS"}; !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
}

// A visit can be looked at while it goes on, and is told about step by step.
func TestVisitUnderWay(t *testing.T) {
	var mu sync.Mutex
	var told []string
	l, b := serve(t, "submission", lab.Options{}, func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, e.What+" "+string(e.Step))
	})
	changed := b.Changed()
	c := dial(t, l, 0)
	buffer := make([]byte, 4096)
	c.Read(buffer)
	fmt.Fprint(c, "EHLO laptop\r\n")
	c.Read(buffer)
	<-changed
	log := b.Log(1)
	if log == nil || log.At(0).Start.Scenario != "submission" || b.Log(2) != nil {
		t.Fatalf("no log of the visit under way")
	}
	var heard bool
	for i := range log.Len() {
		e := log.At(i)
		heard = heard || e.Send != nil && string(e.Send.Raw) == "EHLO laptop\r\n"
	}
	if rows, counts := b.Rows(); !heard || counts.Here != 1 || rows[0].Step != record.VerbEHLO || rows[0].Over {
		t.Errorf("heard %v, %+v, %+v", heard, rows, counts)
	}
	l.Close()
	b.Close()
	if b.Log(1) != nil {
		t.Error("a visit that is over is still kept in memory")
	}
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(told, ", "); got != "connected connect, step ehlo, left ehlo" {
		t.Errorf("told: %s", got)
	}
}

// However much a visitor says, what is kept of the visit is bounded, and says so.
func TestVisitIsBounded(t *testing.T) {
	l, b := serve(t, "submission", lab.Options{})
	c := dial(t, l, 0)
	go fmt.Fprint(c, strings.Repeat("NOOP "+strings.Repeat("x", 1000)+"\r\n", 1000)+"QUIT\r\n")
	for buffer := make([]byte, 4096); ; {
		if _, err := c.Read(buffer); err != nil {
			break
		}
	}
	l.Close()
	b.Close()
	rows, _ := b.Rows()
	text, err := os.ReadFile(rows[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 2<<20 || !strings.Contains(string(text), "sent more than is stored") {
		t.Errorf("%d bytes", len(text))
	}
}

// Rows beyond what is shown make room, those of visitors who are connected stay, and the sums count all.
func TestRowsMakeRoom(t *testing.T) {
	b := &Book{}
	for n := range maxRows + 3 {
		b.rows = append(b.rows, &entry{Row: Row{Number: n, Over: n > 0}})
		b.makeRoom()
	}
	if rows, _ := b.Rows(); len(rows) != maxRows || rows[0].Number != 0 || rows[1].Number != 4 {
		t.Errorf("%d rows, the first %d and %d", len(rows), rows[0].Number, rows[1].Number)
	}
}
