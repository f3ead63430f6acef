package detail

import (
	"fmt"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/ui/dialogue"
)

func TestTheEndSumsUp(t *testing.T) {
	secret := record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("AUTH PLAIN " + sasl.Mask + "\r\n"), Masked: []string{sasl.HidesPassword}}}
	danger := record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "x", Severity: "danger", Text: "The password went out."}}
	end := record.Event{Kind: record.KindEnd, End: &record.Verdict{Phase: record.PhaseAuth, Exit: record.ExitAuth, Outcome: record.OutcomeRefused,
		Finding: record.FoundCredentialsWrong, Cause: "mail.lab rejected the login of ann.", Who: record.WhoYou,
		Advice: []record.Advice{{Do: record.GivePassword}, {Do: record.TryMechanism, Name: "LOGIN"}},
		Facts:  record.Facts{Peer: "mail.lab", Address: "[::1]:587", Exposed: "password", Offered: []string{"PLAIN", "LOGIN"}}}}
	has(t, page(Explain, 3, secret, danger, danger, end), "refused at auth, exit code 11", "mail.lab rejected the login of ann.", "must act    you",
		"try         check the username and the password", "or          log in with AUTH LOGIN", "AUTH        offered PLAIN, LOGIN", "exposed     the password, to an eavesdropper", "‼ The password went out.")
	has(t, page(Fields, 3, secret, danger, danger, end), "outcome     refused", "exit code   11, AUTH rejected", "advice      try-mechanism LOGIN")
	good := record.Event{Kind: record.KindEnd, End: &record.Verdict{Phase: record.PhaseQuit, Outcome: record.OutcomeDone, Cause: "TLS 1.3 with mail.lab works.",
		Facts: record.Facts{Address: "[::1]:587", TLS: "TLS 1.3", Verified: true}}}
	has(t, page(Explain, 0, good), "done at quit, exit code 0", "TLS         TLS 1.3, verified", "nothing but what was sent before TLS")
}

// counted counts how often an event is asked for.
type counted struct {
	*record.Log
	asked int
}

func (c *counted) At(i int) *record.Event { c.asked++; return c.Log.At(i) }

func TestTheEndOfALongLogIsShort(t *testing.T) {
	const long = 20_000
	log := &counted{Log: &record.Log{}}
	for i := range long {
		log.Append(record.Event{Kind: record.KindFinding, Finding: &record.Finding{Severity: record.SeverityWarn, Text: fmt.Sprint("warning ", i%300)}})
	}
	log.Append(record.Event{Kind: record.KindFinding, Finding: &record.Finding{Severity: record.SeverityDanger, Text: "the password went out"}})
	log.Append(record.Event{Kind: record.KindEnd, End: &record.Verdict{Outcome: record.OutcomeDone, Cause: "mail.lab took it."}})
	x := dialogue.NewIndex(log)
	x.Extend()
	log.asked = 0
	got := text(Open(Subject{Index: x, Row: x.Row(x.Upto(x.Len()) - 1), Upto: x.Len()}, Explain, 60))
	has(t, got, "‼ the password went out", "! warning 2", "and 297 more findings above")
	if log.asked > 20 {
		t.Errorf("%d events were read", log.asked)
	}
}

func TestAMaskedLineHasNoLength(t *testing.T) {
	raw := record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("XLOGIN " + sasl.Mask + "\r\n"), Masked: []string{"typed"}}}
	has(t, page(Fields, 0, raw), "length      withheld")
}
