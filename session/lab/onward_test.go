package lab_test

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/setup"
)

// arrived walks a scenario by its proposals, and returns what lies in the mailboxes then.
func arrived(t *testing.T, scenario string) []lab.Arrival {
	t.Helper()
	all, _ := walked(t, scenario)
	return all
}

// walked walks a scenario by its proposals, and returns what lies in the mailboxes then, and the log of the session.
func walked(t *testing.T, scenario string) ([]lab.Arrival, *record.Log) {
	t.Helper()
	asked := setup.Request{Target: "lab:" + scenario}
	asked.Goal.SendMessage = true
	return walkedAs(t, asked)
}

func walkedAs(t *testing.T, asked setup.Request) ([]lab.Arrival, *record.Log) {
	t.Helper()
	p, err := setup.New(asked)
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	s := p.Session()
	engine.Walk(t.Context(), s, p.Goal)
	s.Finish()
	return p.Practice().Arrived(), s.Log()
}

// Each line of the servers' log names the server that wrote it: the first hands the message on to the second.
func TestTwoHopsHaveTwoLogs(t *testing.T) {
	_, log := walked(t, "two-hops")
	hosts := map[string]string{}
	for i := range log.Len() {
		if l := log.At(i).ServerLog; l != nil {
			for _, line := range l.Lines {
				program, _, _ := strings.Cut(line.Process, "[")
				hosts[program] += line.Host + " "
			}
		}
	}
	for program, host := range map[string]string{"lab/submission/smtpd": "mail.lab", "lab/smtpd": "mx.lab", "lab/smtp": "mail.lab", "lab/local": "mx.lab"} {
		if got := hosts[program]; got == "" || strings.ReplaceAll(got, host+" ", "") != "" {
			t.Errorf("%s is on %q, want %s", program, got, host)
		}
	}
}

// Each server adds its Received field above the others, and the envelope's sender is kept at the top.
func TestTwoHopsLeaveTwoTraces(t *testing.T) {
	all := arrived(t, "two-hops")
	if len(all) != 1 || !slices.Equal(all[0].To, []string{"bob@lab.test"}) {
		t.Fatalf("arrived: %v", all)
	}
	lines := strings.Join(all[0].Lines(), "\n")
	upper, lower := strings.Index(lines, "by mx.lab (practice server) with ESMTPS id"), strings.Index(lines, "by mail.lab (practice server) with ESMTPSA id")
	if !strings.HasPrefix(lines, "Return-Path: <ann@lab.test>\nReceived: from mail.lab") || upper < 0 || lower < upper {
		t.Errorf("the message:\n%s", lines)
	}
}

// Who wrote a message and who sent it are two things.
func TestEnvelopeAndLetterDiffer(t *testing.T) {
	lines := arrived(t, "envelope")[0].Lines()
	if lines[0] != "Return-Path: <sales@example.net>" || !slices.Contains(lines, "From: The Director <director@lab.test>") {
		t.Errorf("the message: %q", lines)
	}
}

// What the next server refuses comes back to the sender, with its reply, and nothing arrives at the recipient.
func TestBounce(t *testing.T) {
	all := arrived(t, "bounce")
	if len(all) != 1 || !slices.Equal(all[0].To, []string{"ann@lab.test"}) {
		t.Fatalf("arrived: %v", all)
	}
	lines := all[0].Lines()
	for _, want := range []string{"Return-Path: <>", "Action: failed", "Status: 5.2.2", "Final-Recipient: rfc822; bob@lab.test",
		"Diagnostic-Code: smtp; 552 5.2.2 mailbox is over quota, and stays so for thirty days"} {
		if !slices.Contains(lines, want) {
			t.Errorf("%q is missing in\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

// A message is shown in part where it is long, and what anyone put into it does not reach the terminal as it is.
func TestArrivalsAreShownSafely(t *testing.T) {
	a := lab.Arrival{Text: []byte("Subject: \x1b[2J\r\n\r\n" + strings.Repeat("line\r\n", 1000))}
	lines := a.Lines()
	if len(lines) != 201 || lines[200] != "…" || strings.Contains(lines[0], "\x1b") {
		t.Errorf("%d lines, %q … %q", len(lines), lines[0], lines[len(lines)-1])
	}
}

// A relay that checks SPF says in the header of what it accepts how the check came out (RFC 7208 §9.1).
func TestReceivedSPF(t *testing.T) {
	sc := lab.Scenario{Name: "spf", Target: "smtp://mx.lab", From: "a@shop.example", To: "bob@lab.test", Knobs: lab.Knobs{SPF: true, Client: "192.0.2.25"}}
	asked := setup.Request{Target: "lab:spf", Own: []lab.Scenario{sc}}
	asked.Goal.SendMessage = true
	all, _ := walkedAs(t, asked)
	if len(all) != 1 || !slices.Contains(all[0].Lines(), "Received-SPF: pass (mx.lab: ip4:192.0.2.25)") {
		t.Errorf("%v", all)
	}
}
