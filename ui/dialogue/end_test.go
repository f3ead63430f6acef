package dialogue

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/ui/paint"
)

// alerted is an alert inside TLS (RFC 9846 §6).
func alerted(dir tlswire.Direction, level, description byte) record.Event {
	return record.Event{Kind: record.KindTLSMessage, TLSMessage: &tlswire.Message{Dir: dir, Kind: tlswire.KindAlert, Name: "Alert", Raw: []byte{level, description}, Encrypted: true}}
}

// The border at which TLS ends says how it ended: it is green where the server was the one that was meant and nobody broke it off.
func TestHowTLSEnds(t *testing.T) {
	const notify, badMAC = 0, 20
	closed := record.Event{Kind: record.KindState, State: &record.State{Stage: record.StageClosed, Security: record.SecurityVerified}}
	lost := record.Event{Kind: record.KindReply, Reply: &record.Reply{TLS: true, Trouble: record.TroubleClosed, Error: "the server closed the connection"}}
	end := record.Event{Kind: record.KindEnd, End: &record.Verdict{Outcome: record.OutcomeDone}}
	unverified := record.Event{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.3"}}
	for name, test := range map[string]struct {
		events []record.Event
		ink    paint.Ink
		text   string
	}{
		"by the server":      {[]record.Event{handshake[4], closed, alerted("S", 1, notify), alerted("C", 1, notify), end}, paint.Good, "TLS ends · 2 messages"},
		"by the client":      {[]record.Event{handshake[4], closed, alerted("C", 1, notify), end}, paint.Good, "TLS ends · 1 message"},
		"with nobody known":  {[]record.Event{unverified, closed, alerted("S", 1, notify), end}, paint.Bad, "TLS ends · 1 message"},
		"by an alert":        {[]record.Event{handshake[4], closed, alerted("S", 2, badMAC), end}, paint.Bad, "TLS ends: Alert: bad_record_mac · 1 message"},
		"by an alert before": {[]record.Event{handshake[4], alerted("S", 2, badMAC), lost, closed, end}, paint.Bad, "TLS ends: Alert: bad_record_mac"},
		"cut off":            {[]record.Event{handshake[4], lost, closed, alerted("C", 1, notify), end}, paint.Bad, "TLS ends: no close_notify from the server · 1 message"},
		"cut off, not seen":  {[]record.Event{handshake[4], lost, closed, end}, paint.Bad, "TLS ends: no close_notify from the server"},
		"closed where due":   {[]record.Event{handshake[4], lost, closed, alerted("S", 1, notify), end}, paint.Good, "TLS ends · 1 message"},
		"nobody meant, bare": {[]record.Event{unverified, closed, end}, paint.Bad, "TLS ends"},
		"of another attempt": {[]record.Event{handshake[4], lost, {Kind: record.KindConnect, Connect: &record.Connect{}}, handshake[4], closed, end}, paint.Good, "TLS ends"},
	} {
		_, x := indexed(test.events...)
		for i := x.Upto(x.Len()) - 1; i >= 0; i-- {
			if x.Row(i).Kind != RowBare {
				continue
			}
			if look := x.Look(i, x.Len()); look.Edge.ink != test.ink || look.Text.String() != test.text || look.Text[0].In(paint.Plain) != paint.Of(paint.Plain, strings.Split(test.text, " · ")[0]) {
				t.Errorf("%s: ink %d, %q", name, look.Edge.ink, look.Text)
			}
			break
		}
	}
}

// The end has the color of what a session came to: to be deferred or stopped is no failure.
func TestTheEndHasTheColorOfTheOutcome(t *testing.T) {
	for outcome, ink := range map[record.Outcome]paint.Ink{record.OutcomeDone: paint.Good, record.OutcomeDeferred: paint.Warn, record.OutcomeStopped: paint.Dim,
		record.OutcomeRefused: paint.Bad, record.OutcomeFailed: paint.Bad, record.OutcomeUnsafe: paint.Bad} {
		_, x := indexed(record.Event{Kind: record.KindEnd, End: &record.Verdict{Outcome: outcome}})
		if got, want := x.Look(0, 1).Mark, paint.Of(ink, "■"); got != want {
			t.Errorf("%s: %v, want %v", outcome, got, want)
		}
	}
}
