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
		s.TLS = &record.TLS{Chain: []record.Certificate{{NotAfter: s.Start.Time.Add(left)}}}
		if f := Outcome(s, Ending{}).Facts; f.Expired != (left < 0) {
			t.Errorf("%s before its end: %v", left, f.Expired)
		}
	}
}
