package walk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// A second connection is made where it can tell something, and where nobody stopped the session.
func TestControlIsWorthIt(t *testing.T) {
	upgrading := waiting(587)
	upgrading.State = upgrading.State.WithDone(record.PhaseSTARTTLS)
	for _, test := range []struct {
		s    record.Snapshot
		tls  record.TLS
		want bool
	}{
		{upgrading, record.TLS{Error: "reset", Sent: 1500}, true},
		{upgrading, record.TLS{Error: "no answer", Trouble: record.TroubleTimeout, Sent: 1500}, true},
		{upgrading, record.TLS{Error: "reset", Sent: 240}, false},
		{waiting(465), record.TLS{Error: "reset", Sent: 240}, true},
		{waiting(465), record.TLS{Error: "reset", Sent: 1500, Received: 7}, false},
		{waiting(465), record.TLS{Error: "stopped", Trouble: record.TroubleCanceled, Sent: 1500}, false},
		{waiting(465), record.TLS{Error: "stopped", Trouble: record.TroubleGaveUp, Sent: 1500}, false},
		{waiting(465), record.TLS{Sent: 1500, Received: 3000}, false},
	} {
		if got := Control(test.s, &test.tls); got != test.want {
			t.Errorf("%+v: %v", test.tls, got)
		}
	}
}

// A lower version is not advised where it is offered already.
func TestCapIsAdvisedOnce(t *testing.T) {
	for version, want := range map[string]bool{"": true, "1.3": true, "1.2": false, "1.0": false} {
		s := waiting(465)
		s.Start.TLSMax = version
		advice := AdviceOn(s, record.NewFinding(record.FoundTLSReset, "x"))
		if got := slices.ContainsFunc(advice, func(a record.Advice) bool { return a.Do == record.CapTLS }); got != want {
			t.Errorf("%q offered: %v", version, advice)
		}
	}
}

// Whoever reads for minutes before the handshake is not told that the size of the ClientHello is at fault.
func TestAPauseBeforeTheHandshakeIsNamed(t *testing.T) {
	for pause, want := range map[time.Duration]string{
		2 * time.Minute: "had paused for 2 minutes before its ClientHello",
		time.Second:     "the size of the ClientHello is the likely cause",
	} {
		s := waiting(587)
		s.State, s.Heard = s.State.WithDone(record.PhaseSTARTTLS), 10*time.Second
		s.Probe = &record.Probe{Control: true, Hello: 240, TLS: true, Took: 3 * time.Second}
		tls := record.TLS{Sent: 1500, Error: "EOF", Took: time.Second}
		var told string
		for _, e := range Took(&s, &record.Event{Kind: record.KindTLS, Step: record.VerbHandshake, T: 14*time.Second + pause, TLS: &tls}) {
			if f := e.Finding; f != nil {
				told += f.Text
			}
		}
		if !strings.Contains(told, want) {
			t.Errorf("%v: %q", pause, told)
		}
	}
}

// What the second connection showed decides why there was no answer to a ClientHello.
func TestControlDecides(t *testing.T) {
	for _, test := range []struct {
		implicit bool
		max      string
		tls      record.TLS
		probe    record.Probe
		code     record.FindingCode
		advice   record.Action
		words    string
	}{
		{false, "", record.TLS{Sent: 1500}, record.Probe{Hello: 240, TLS: true}, record.FoundTLSReset, record.CapTLS, "the size of the ClientHello is the likely cause"},
		{false, "", record.TLS{Sent: 1500}, record.Probe{Hello: 240, Trouble: record.TroubleReset}, record.FoundTLSReset, record.DoAsTold, "240 bytes was reset too: the size is not the cause"},
		{false, "", record.TLS{Sent: 1500}, record.Probe{Hello: 240, Trouble: record.TroubleTimeout}, record.FoundTLSReset, record.DoAsTold, "got no answer either"},
		{false, "", record.TLS{Sent: 1500}, record.Probe{Hello: 240, Trouble: record.TroubleCanceled}, record.FoundTLSReset, record.CapTLS, "was stopped before it showed anything"},
		{false, "", record.TLS{Sent: 1500}, record.Probe{Trouble: record.TroubleGaveUp}, record.FoundTLSReset, record.CapTLS, "was stopped before it showed anything"},
		{false, "", record.TLS{Sent: 1500}, record.Probe{Raw: wire.Raw("421 too many connections\r\n"), Trouble: ""}, record.FoundTLSReset, record.CapTLS, "“421 too many connections”"},
		{false, "", record.TLS{Sent: 1500}, record.Probe{Trouble: record.TroubleRefused}, record.FoundTLSReset, record.CapTLS, "it was refused"},
		{true, "1.2", record.TLS{Sent: 240}, record.Probe{Hello: 240, TLS: true}, record.FoundTLSReset, record.RetryAfter, "fails intermittently"},
		{true, "", record.TLS{Sent: 500}, record.Probe{Hello: 240, TLS: true}, record.FoundTLSReset, record.CapTLS, "the offer of TLS 1.3 may be the cause"},
		{true, "", record.TLS{Sent: 1500}, record.Probe{Raw: wire.Raw("220 mail ESMTP\r\n")}, record.FoundImplicitTLSOnSTARTTLSPort, record.UseSTARTTLS, "“220 mail ESMTP”"},
		{true, "", record.TLS{Sent: 1500}, record.Probe{Raw: wire.Raw("+OK POP3\r\n")}, record.FoundNotSMTP, record.UseSTARTTLS, "“+OK POP3”"},
		{true, "", record.TLS{Sent: 1500}, record.Probe{Trouble: record.TroubleClosed}, record.FoundClosedAtOnce, record.RetryAfter, "this one was reset at the ClientHello, and a second one, which sent nothing, was closed too"},
	} {
		s := waiting(4465)
		s.Start.TLSMax = test.max
		if s.Start.Policy.Start = record.StartImplicit; !test.implicit {
			s.Start.Policy.Start = record.StartSTARTTLS
			s.State = s.State.WithDone(record.PhaseSTARTTLS)
		}
		test.probe.Control, s.Probe = true, &test.probe
		test.tls.Error, test.tls.Took = "reset", time.Second
		test.tls.Diagnosis = &record.Diagnosis{Code: record.FoundTLSReset, Text: "the connection was reset"}
		var f *record.Finding
		for _, e := range Took(&s, &record.Event{Kind: record.KindTLS, Step: record.VerbHandshake, TLS: &test.tls}) {
			if e.Finding != nil && e.Finding.Phase != "" {
				f = e.Finding
			}
		}
		if f == nil || f.Code != test.code || !strings.Contains(f.Text, test.words) {
			t.Errorf("%+v: %+v, want %s with %q", test.probe, f, test.code, test.words)
			continue
		}
		if v := VerdictOf(s, record.Failure{Finding: f}); !slices.ContainsFunc(v.Advice[:1], func(a record.Advice) bool { return a.Do == test.advice }) {
			t.Errorf("%+v: advice %v, want %s first", test.probe, v.Advice, test.advice)
		}
	}
}
