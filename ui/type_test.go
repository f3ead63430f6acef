package ui

import "testing"

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
	s.typed("42 and more").shows("› NOOP ••••••▏").hides("tulip", "more").press("enter")
	if st := sc.last(); st.Line != "NOOP tulip-42 and more" {
		t.Error("another line was sent")
	}
}
