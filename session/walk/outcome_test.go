package walk

import (
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// What a server listed before STARTTLS is no success where TLS was to start after it, also where the policy does without TLS: not
// before STARTTLS is sent, not while its reply or the handshake is awaited. Where STARTTLS is not offered, or failed, it is.
func TestAListBeforeTLSDecidesNothing(t *testing.T) {
	for _, c := range []struct {
		offers string
		done   record.Phase
		failed record.Phase
		want   record.Outcome
		when   string
	}{
		{"PIPELINING", record.PhaseEHLO, "", record.OutcomeDone, "STARTTLS is not offered"},
		{"STARTTLS", record.PhaseEHLO, "", record.OutcomeStopped, "STARTTLS was not sent, or not answered"},
		{"STARTTLS", record.PhaseSTARTTLS, "", record.OutcomeStopped, "the handshake was stopped"},
		{"STARTTLS", record.PhaseEHLO, record.PhaseSTARTTLS, record.OutcomeDone, "STARTTLS was refused"},
		{"STARTTLS", record.PhaseEHLO, record.PhaseHandshake, record.OutcomeDone, "the handshake of an earlier connection failed"},
	} {
		s := waiting(25)
		s.Start.Policy.Must = record.MustOpportunistic
		s.Capabilities = &record.Capabilities{Capabilities: wire.Capabilities{Keywords: []wire.Capability{{Keyword: c.offers}}}}
		s.State = s.State.WithDone(record.PhaseEHLO).WithDone(c.done).WithFailed(c.failed)
		s.State.Stage = record.StageClosed
		if v := Outcome(s, Ending{}); v.Outcome != c.want {
			t.Errorf("%s: %s, want %s", c.when, v.Outcome, c.want)
		}
	}
}

// A session that is done says what it came across all the same, and two that came across different things do not share a cause.
func TestADoneSessionSaysWhatWasOdd(t *testing.T) {
	said := map[string]record.FindingCode{}
	for _, o := range oddWords {
		s := waiting(587)
		s.Start.Policy.Start = record.StartImplicit
		s.State = s.State.WithDone(record.PhaseEHLO)
		s.State.Security, s.State.Stage = record.SecurityVerified, record.StageClosed
		s.TLS = &record.TLS{Version: "TLS 1.3"}
		clean := Outcome(s, Ending{})
		s = s.Next(&record.Event{Seq: 9, Kind: record.KindFinding, Finding: record.NewFinding(o.code, "")})
		v := Outcome(s, Ending{})
		if v.Outcome != record.OutcomeDone || clean.Outcome != record.OutcomeDone || v.Exit != 0 || v.Finding != "" || v.Cause != clean.Cause+" But "+o.words+"." {
			t.Errorf("%s: %s, %q", o.code, v.Outcome, v.Cause)
		}
		if said[v.Cause] != "" {
			t.Errorf("%s and %s share %q", o.code, said[v.Cause], v.Cause)
		}
		said[v.Cause] = o.code
	}
}

// The reason for a mechanism says nothing twice: what happens in it, and why it stands where it does.
func TestAReasonSaysNothingTwice(t *testing.T) {
	for _, name := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2", "EXTERNAL", "ANONYMOUS"} {
		for _, c := range sasl.Rank([]string{name}, true, true) {
			first, second, _ := strings.Cut(authReason(c), "; ")
			for _, verb := range []string{" sends ", " sends the password"} {
				if strings.Contains(" "+first, verb) && strings.Contains(" "+second, verb) {
					t.Errorf("%s: %s; %s", name, first, second)
				}
			}
		}
	}
}

func TestAnExpiredCertificateInTheFacts(t *testing.T) {
	for _, left := range []time.Duration{-time.Hour, time.Hour} {
		s := waiting(587)
		s.Start.Time = time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
		s.TLS = &record.TLS{Chain: record.Listed([]record.Certificate{{NotAfter: s.Start.Time.Add(left)}})}
		if f := Outcome(s, Ending{}).Facts; f.Expired != (left < 0) {
			t.Errorf("%s before its end: %v", left, f.Expired)
		}
	}
}

// The verdict names those that the server accepted, whoever was planned: each line can be edited before it is sent.
func TestTheVerdictNamesWhomTheServerAccepted(t *testing.T) {
	ok := &wire.Reply{Code: 250}
	s := waiting(25)
	s.Start.To = []string{"bob@lab.test"}
	s.State = afterRcpt(afterMail(s.State, "MAIL FROM:<ann@lab.test>", ok), "RCPT TO:<carol@lab.test>", ok)
	sent := s
	sent.State = afterContent(s.State, "", ok)
	two := sent
	two.State = afterContent(afterRcpt(afterMail(sent.State, "MAIL FROM:<ann@lab.test>", ok), "RCPT TO:<dave@lab.test>", ok), "", ok)
	for want, s := range map[string]record.Snapshot{
		"accepts a message for carol@lab.test; none was sent.":   s,
		"accepted 1 message for carol@lab.test.":                 sent,
		"accepted 2 messages for carol@lab.test, dave@lab.test.": two,
	} {
		if said := achieved(s); !strings.HasSuffix(said, want) {
			t.Errorf("%s, want %s", said, want)
		}
	}
	refused := record.Failure{Step: record.VerbRcpt, Line: "RCPT TO:<eve@lab.test>", Finding: &record.Finding{Phase: record.PhaseRcpt}}
	if said := andTheOthers(sent, &refused, "No."); said != "No. The message was accepted for carol@lab.test." {
		t.Error(said)
	}
}

// A person who stops a session knows why; why another program went no further, its record does not say.
func TestWhyAnotherProgramStoppedIsUnknown(t *testing.T) {
	for imported, want := range map[bool]record.Verdict{
		false: {Who: record.WhoYou, Cause: "The session with mail.example was stopped after STARTTLS, before anything was decided."},
		true:  {Who: record.WhoUnknown, Cause: "The session with mail.example ended after STARTTLS, before anything was decided."},
	} {
		s := waiting(25)
		s.Start.Imported = imported
		s.State = s.State.WithDone(record.PhaseEHLO).WithDone(record.PhaseSTARTTLS)
		if v := Outcome(s, Ending{}); v.Outcome != record.OutcomeStopped || v.Who != want.Who || v.Cause != want.Cause {
			t.Errorf("%s, %s: %s", v.Outcome, v.Who, v.Cause)
		}
	}
}
