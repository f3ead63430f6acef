package ui

import (
	"strings"
	"testing"

	"ehlo/session/sasl"
)

// A mistyped login is veiled from the response on, as the engine masks it.
func TestAMistypedLoginIsVeiled(t *testing.T) {
	s, _ := walked(t, 7, 80, 24)
	s.press(":").typed("ATUH PLAIN AGFubgB").shows("› ATUH PLAIN ••••••▏").hides("AGFubgB").press("esc")
	s.press(":").typed("PASS hunter").shows("› PASS ••••••▏").hides("hunter")
}

// A password that the session knows does not show in a line either, wherever it stands, and not while it is typed.
func TestAKnownSecretInALineIsVeiled(t *testing.T) {
	s, sc := walked(t, 7, 80, 24)
	s.press(":").typed("NOOP tulip").shows("› NOOP tulip▏").typed("-").shows("› NOOP ••••••▏").hides("tulip")
	s.typed("42 and the rest").shows("› NOOP ••••••▏").hides("tulip", "the rest").press("enter")
	if st := sc.last(); st.Line != "NOOP tulip-42 and the rest" {
		t.Error("another line was sent")
	}
}

// The password of the session is not shown where a person types it by mistake: in a note, in a search.
func TestAKnownPasswordIsMaskedWhereverItIsTyped(t *testing.T) {
	live := practice(t, "submission")
	live.Goal.Credentials.Password = sasl.NewSecret("Tr0ub4dor&3wuerfel")
	s := simLive(t, live, 80, 24).press("enter")
	for _, key := range []string{"n", "/"} {
		s.press(key).typed("mine is Tr0ub4dor&3wuerfel").settle().shows("mine is " + sasl.Mask).hides("Tr0ub").press("esc")
	}
	s.press("n").typed("mine is Tr0ub4dor&3wuerfel").press("enter")
	s.until("the note", func() bool { return strings.Contains(s.frame(), "# ") }).shows("mine is " + sasl.Mask).hides("Tr0ub")
}
