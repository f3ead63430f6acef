package walk

import (
	"strings"
	"testing"

	"ehlo/session/record"
)

func mailing(offers ...string) record.Snapshot {
	st := record.NewState()
	st.Stage, st.ESMTP, st.Done = record.StageReady, true, []record.Phase{record.PhaseEHLO}
	return snapshotOf(st, listed(offers...))
}

// The parameters of MAIL and RCPT are those that were asked for and those that the message needs.
func TestEnvelope(t *testing.T) {
	size := int64(7)
	full := &record.Envelope{Notify: "NEVER", Return: "FULL", ID: "a=1+é", Original: "rfc822", RequireTLS: true, By: "60;NT", Hold: "2027-01-31T08:00:00Z", Priority: "9", Size: &size,
		Of: []record.RecipientParameters{{To: "b@c.d", Parameters: "NOTIFY=DELAY X=1"}}}
	all := []string{"SIZE", "8BITMIME", "SMTPUTF8", "DSN", "REQUIRETLS", "DELIVERBY", "FUTURERELEASE", "MT-PRIORITY"}
	utf8 := record.MessageOf([]byte("Subject: grüße\r\n\r\nhi\r\n"))
	for _, test := range []struct {
		goal       Goal
		offers     []string
		mail, rcpt string
	}{
		{Goal{From: NullSender, To: []string{"b@c.d"}, Message: record.MessageOf([]byte("A: b\r\n\r\n"))}, []string{"SIZE"}, "MAIL FROM:<> SIZE=8", "RCPT TO:<b@c.d>"},
		{Goal{From: "a@b.c", To: []string{"b@c.d"}, Envelope: full}, all,
			"MAIL FROM:<a@b.c> SIZE=7 RET=FULL ENVID=a+3D1+2B+C3+A9 REQUIRETLS BY=60;NT HOLDUNTIL=2027-01-31T08:00:00Z MT-PRIORITY=9", "RCPT TO:<b@c.d> ORCPT=rfc822;b@c.d NOTIFY=DELAY X=1"},
		{Goal{From: "a@b.c", To: []string{"ü@c.d"}, Envelope: &record.Envelope{Notify: "SUCCESS", Original: "utf-8;x y"}}, all, "", "RCPT TO:<ü@c.d> NOTIFY=SUCCESS ORCPT=utf-8;x+20y"},
		{Goal{From: "a@bücher.example", To: []string{"b@bücher.example"}}, []string{"8BITMIME"}, "MAIL FROM:<a@xn--bcher-kva.example>", "RCPT TO:<b@xn--bcher-kva.example>"},
		{Goal{From: "a@b.c", To: []string{"ü@bücher.example"}}, []string{"8BITMIME"}, "MAIL FROM:<a@b.c> BODY=8BITMIME", "RCPT TO:<ü@bücher.example>"},
		{Goal{From: "a@b.c", To: []string{"b@bücher.example"}}, []string{"SMTPUTF8"}, "MAIL FROM:<a@b.c> SMTPUTF8", "RCPT TO:<b@bücher.example>"},
		{Goal{From: "a@b.c", To: []string{"b@c.d"}, Message: utf8}, []string{"SMTPUTF8", "8BITMIME"}, "MAIL FROM:<a@b.c> BODY=8BITMIME SMTPUTF8", "RCPT TO:<b@c.d>"},
	} {
		s := mailing(test.offers...)
		s.Start.Plan = test.goal.Plan()
		if got := mailLine(s, test.goal); test.mail != "" && got != test.mail {
			t.Errorf("%q\nwant %q", got, test.mail)
		}
		if got := rcptLine(s, test.goal); got != test.rcpt {
			t.Errorf("%q\nwant %q", got, test.rcpt)
		}
	}
}

// A recipient whose domain is sent in another form is not sent twice.
func TestNextRecipient(t *testing.T) {
	g := Goal{To: []string{"b@bücher.example", "c@d.e"}}
	s := mailing("8BITMIME")
	s.State.Recipients = []string{"b@xn--bcher-kva.example"}
	if got := nextRecipient(s, g); got != "c@d.e" {
		t.Error(got)
	}
}

// Where an extension that was asked for is missing, the walk stops before MAIL, and the verdict says which.
func TestExtensionMissing(t *testing.T) {
	g := Goal{From: "a@b.c", To: []string{"b@c.d"}, SendMessage: true, Envelope: &record.Envelope{Notify: "NEVER", Return: "FULL", Priority: "1"}}
	s := mailing("SIZE", "MT-PRIORITY")
	s.Start.Plan = g.Plan()
	s.Start.Policy = record.Policy{Start: record.StartNever, Must: record.MustOff}
	v, why := nextVerb(s, g)
	if v != record.VerbQuit || why == nil || !strings.Contains(why.Text, "does not offer DSN, needed for RET and NOTIFY") {
		t.Errorf("%s, %+v", v, why)
	}
	if got := Outcome(s, Ending{}); got.Finding != record.FoundExtensionMissing || got.Exit != record.ExitEnvelope {
		t.Errorf("%+v", got)
	}
	alone := Goal{From: "a@b.c", To: []string{"b@c.d"}, SendMessage: true, Envelope: &record.Envelope{Priority: "1"}}
	s.Capabilities = mailing("SIZE").Capabilities
	if _, why := nextVerb(s, alone); why == nil || !strings.Contains(why.Text, "does not offer MT-PRIORITY, which was asked for.") {
		t.Errorf("%+v", why)
	}
	s.Capabilities = mailing("DSN", "MT-PRIORITY").Capabilities
	if v, why := nextVerb(s, g); v != record.VerbMail || why != nil {
		t.Errorf("%s, %+v", v, why)
	}
	if got := nextGoalWithout(s, g); got != record.VerbMail {
		t.Error(got)
	}
}

// nextGoalWithout is what comes next where nothing beside the addresses was asked for.
func nextGoalWithout(s record.Snapshot, g Goal) record.Verb {
	g.Envelope = nil
	v, _ := nextVerb(s, g)
	return v
}

// What is wrong with a message is said with its line before the message is sent, and what the server takes is not.
func TestForeseeContent(t *testing.T) {
	content := "Subject: grüße\r\nno field\r\n\r\n" + strings.Repeat("x", 999) + "\r\na\nb\nc\rd\r\n\x00\r\n"
	for offers, want := range map[string]string{
		"SIZE":     "message-malformed-header: Line 2, message-no-date: The message, message-no-from: The message, message-no-message-id: The message, message-8bit-header: Line 1, message-long-line: Line 4, message-bare-cr: Line 7, message-bare-lf: Line 5, message-nul: Line 9",
		"SMTPUTF8": "message-malformed-header: Line 2, message-no-date: The message, message-no-from: The message, message-no-message-id: The message, message-long-line: Line 4, message-bare-cr: Line 7, message-bare-lf: Line 5, message-nul: Line 9",
	} {
		g := Goal{From: "a@b.c", To: []string{"b@c.d"}, Message: record.MessageOf([]byte(content))}
		s := mailing(offers)
		s.Start.Plan = g.Plan()
		var got []string
		for _, f := range foreseen(s, mailLine(s, g)) {
			words := strings.Fields(f.Text)
			got = append(got, string(f.Code)+": "+words[0]+" "+words[1])
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s:\n%s\nwant\n%s", offers, strings.Join(got, ", "), want)
		}
	}
	if code, text := checked(record.Problem{Code: "nonsense"}); code != "" || text != "" {
		t.Errorf("%q %q", code, text)
	}
}

// A rehearsal comes to the end of each walk.
func TestRehearse(t *testing.T) {
	for _, g := range []Goal{{}, {To: []string{"b@c.d", "c@d.e"}, From: "a@b.c"}, {Until: record.PhaseMail, To: []string{"b@c.d"}, From: "a@b.c"}} {
		for _, p := range []record.Policy{{Start: record.StartNever, Must: record.MustOff}, {Start: record.StartSTARTTLS, Must: record.MustRequire}, {Start: record.StartImplicit, Must: record.MustRequire}} {
			start := &record.Start{Plan: g.Plan()}
			start.Policy = p
			steps := Rehearse(start, g)
			if last := steps[len(steps)-1]; last.Step.Verb != record.VerbQuit {
				t.Errorf("%+v %+v: %d steps, the last is %s", g, p, len(steps), last.Step.Verb)
			}
		}
	}
}
