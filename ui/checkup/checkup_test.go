package checkup

import (
	"strings"
	"testing"

	"ehlo/session/doctor"
	"ehlo/session/record"
	"ehlo/ui/paint"
)

func TestSelf(t *testing.T) {
	found := doctor.Self{Program: "ehlo 1.0, linux/amd64", Checks: []doctor.Check{
		{Name: "terminal", State: doctor.OK, Text: "xterm, 80×24 cells."},
		{Name: "trust store", State: doctor.Fault, Text: "This machine has no trusted roots: no certificate passes verification.", Todo: "install the system's root certificates, often the package ca-certificates"},
	}}
	const want = `ehlo 1.0, linux/amd64
ok     terminal       xterm, 80×24 cells.
fault  trust store    This machine has no trusted roots: no certificate
                      passes verification.
                      → install the system's root certificates, often the
                        package ca-certificates
1 fault, 0 notes.`
	if got := strings.Join(Self(found, 74), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, width := range []int{0, 40, 60} {
		for _, line := range Self(found, width) {
			if paint.Width(line) > max(width, narrowest) {
				t.Errorf("%d columns: %q", width, line)
			}
		}
	}
}

func TestDiagnosis(t *testing.T) {
	d := &doctor.Diagnosis{
		Steps: []doctor.Check{
			{Name: "name", State: doctor.OK, Text: "mail.example.org has 1 address: 192.0.2.25."},
			{Name: "route", State: doctor.Unseen, Text: "The host was named, so no MX record is followed."},
			{Name: "port", State: doctor.Fault, Text: "mail.example.org refused the connection.", Exit: 4},
			{Name: "greeting", State: doctor.Unseen}, {Name: "TLS", State: doctor.Unseen},
		},
		Verdict: record.Verdict{Phase: record.PhaseConnect, Exit: 4, Outcome: record.OutcomeFailed, Cause: "mail.example.org refused the connection.", Who: record.WhoOperator,
			Advice: []record.Advice{{Do: record.UseTLS, Port: 465}, {Do: record.RetryAfter}}},
		Letter: &doctor.Letter{To: "the operator of mail.example.org", Subject: "mail.example.org refuses connections", Body: []string{"Hello,", "", "  Server: mail.example.org"}},
	}
	how := func(a record.Advice) string {
		if a.Do == record.UseTLS {
			return "ehlo run submissions://mail.example.org"
		}
		return ""
	}
	const want = `ok     name           mail.example.org has 1 address: 192.0.2.25.
-      route          The host was named, so no MX record is followed.
fault  port           mail.example.org refused the connection.
not reached: greeting, TLS

failed at connect, exit code 4
  who has to act: the server's operator
  try: use TLS from the first byte, on port 465
    ehlo run submissions://mail.example.org
  or: try again later
  next test: ehlo survey mail.example.org

to the operator of mail.example.org:

Subject: mail.example.org refuses connections

Hello,

  Server: mail.example.org`
	if got := strings.Join(Diagnosis(d, 80, "ehlo survey mail.example.org", how), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	d.Verdict.Who = record.WhoYou
	if got := strings.Join(Diagnosis(d, 80, "", how), "\n"); !strings.Contains(got, "\n\nif it is not yours to mend, to the operator of mail.example.org:\n\nSubject: ") {
		t.Errorf("got\n%s", got)
	}
	d.Letter, d.NoLetter = nil, "The port is closed on purpose."
	if got := strings.Join(Diagnosis(d, 80, "", how), "\n"); !strings.HasSuffix(got, "\n  nobody to write to: The port is closed on purpose.") {
		t.Errorf("got\n%s", got)
	}
	d.Steps = d.Steps[:2]
	d.Verdict = record.Verdict{Phase: record.PhaseQuit, Outcome: record.OutcomeDone, Cause: "All went as asked."}
	if got := strings.Join(Diagnosis(d, 80, "", how), "\n"); !strings.Contains(got, "\ndone at quit, exit code 0: All went as asked.") {
		t.Errorf("got\n%s", got)
	}
}

// A verdict reads as that of a session does: whom to ask where nobody knows who has to act, which advice gives up a protection, and
// the cause where no step has it.
func TestVerdict(t *testing.T) {
	stopped := &doctor.Diagnosis{Steps: []doctor.Check{{Name: "name", State: doctor.OK, Text: "An address was given."}, {Name: "port", State: doctor.Unseen}},
		Verdict: record.Verdict{Phase: record.PhaseConnect, Exit: 130, Outcome: record.OutcomeStopped, Cause: "The session was stopped.", Who: record.WhoYou}}
	unsure := &doctor.Diagnosis{Steps: []doctor.Check{{Name: "certificate", State: doctor.Fault, Text: "Verification failed."}},
		Verdict: record.Verdict{Phase: record.PhaseHandshake, Exit: 9, Outcome: record.OutcomeUnsafe, Cause: "Verification failed.", Who: record.WhoUnknown,
			Advice: []record.Advice{{Do: record.AskOperator, Text: "read the log"}, {Do: record.AcceptUnverified}}}}
	how := func(record.Advice) string { return "" }
	for _, c := range []struct {
		d    *doctor.Diagnosis
		want string
	}{
		{stopped, "\nstopped at connect, exit code 130: The session was stopped.\n  who has to act: you"},
		{unsure, "\nunsafe at handshake, exit code 9\n  who has to act: the session does not tell; ask the server's operator\n  try: tell the server's operator: read the log\n  not safe: continue although "},
	} {
		if got := strings.Join(Diagnosis(c.d, 100, "", how), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}
