package diff

import (
	"strings"
	"testing"

	"ehlo/session/record"
)

// Each row that is not alike in both sessions has a mark, what is counted are those rows, and a step that is elsewhere is neither missing nor different.
func TestFacing(t *testing.T) {
	hands := record.Event{Kind: record.KindTLS, Step: record.VerbHandshake, TLS: &record.TLS{Version: "TLS 1.3"}}
	greeting := answered(record.VerbGreeting, 220, "hi")
	verdict := func(cause string) *record.Verdict {
		return &record.Verdict{Phase: record.PhaseQuit, Outcome: record.OutcomeDone, Cause: cause}
	}
	a := server{events: []record.Event{hands, greeting, sent(record.VerbEHLO, "EHLO a")}, verdict: verdict("It went.")}
	b := server{events: []record.Event{greeting, sent(record.VerbSTARTTLS, "STARTTLS"), hands, sent(record.VerbEHLO, "EHLO b")}, verdict: verdict("It went well.")}
	rows := Compare(a.log("x"), b.log("y")).Facing()
	var marks []string
	for _, r := range rows {
		marks = append(marks, r.Mark.Sign()+" "+r.A+" | "+r.B)
	}
	want := `≠ outcome: done at quit, exit code 0 | outcome: done at quit, exit code 0
  :0, 2026-03-01 12:00:00 UTC | :0, 2026-03-01 12:00:00 UTC
~ the TLS handshake → TLS 1.3, unknown whether the certificate was verified | 
  the greeting → 220 “hi” | the greeting → 220 “hi”
B  | STARTTLS
~  | the TLS handshake → TLS 1.3, unknown whether the certificate was verified
≠ EHLO a | EHLO b`
	if got := strings.Join(marks, "\n"); got != want {
		t.Errorf("rows\n%s\nwant\n%s", got, want)
	}
	if got, want := Sum(rows), "≠ 2 different · B 1 only in B · ~ 2 at another place"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Sum(Compare(a.log("x"), a.log("y")).Facing()); got != "" {
		t.Errorf("equal sessions: %q", got)
	}
}
