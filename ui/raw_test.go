package ui

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// atUsername is the practice server's LOGIN at its first prompt.
func atUsername(t *testing.T) *sim {
	t.Helper()
	s := simLive(t, practice(t, "auth-login"), 80, 24)
	for range 8 {
		s.press("enter")
	}
	return s.shows("● auth", "Username:")
}

// Responses that are typed as any line bring the exchange to its end, and what is proposed then belongs to that.
func TestRawResponsesOnTheScreen(t *testing.T) {
	s := atUsername(t).press(":").typed("Ym9i").press("enter").press(":").typed("Ym9i").press("enter")
	s.shows("535 5.7.8", "✗ auth").hides("● auth", "answer the challenge", "Ym9i")
	if st := s.root.walk.snap.State; st.Auth != record.AuthNone || st.Pending != nil {
		t.Errorf("state %+v", st)
	}
	s = atUsername(t).press(":").typed("YW5u").press("enter").press(":").typed("dHVsaXAtNDI=").press("enter")
	s.shows("235 2.7.0", "authenticated as ann", "› MAIL FROM").hides("dHVsaXA")
	s = atUsername(t).press(":").typed("*").press("enter")
	s.shows("501 5.").hides("● auth")
}

// A mechanism that is chosen on purpose is no failure before anything was sent.
func TestAnUnofferedMechanismIsNotAFailureYet(t *testing.T) {
	s, _ := walked(t, 7, 80, 24)
	s.press("c", "up", "up")
	for range 3 {
		s.press("right")
	}
	s.press("enter").shows("● auth", "○ quit").hides("✗ auth", "● quit")
}

// Once an exchange cannot be answered the list of choices has its cancel once.
func TestTheCancelIsListedOnce(t *testing.T) {
	s := simLive(t, practice(t, "challenge-endless"), 80, 24)
	for range 9 {
		s.press("enter")
	}
	s.shows("asks for the username again").press("esc", "tab")
	if n := strings.Count(s.frame(), " *  "); n > 1 {
		t.Errorf("%d cancels:\n%s", n, s.frame())
	}
}

// What only just misses AUTH is hidden while it is typed, and afterwards.
func TestALineThatMissesAuthIsHidden(t *testing.T) {
	for _, line := range []string{"AUTHPLAIN AGFubgB0dWxpcC00Mg==", "AUTH=PLAIN AGFubgB0dWxpcC00Mg==", "AGFubgB0dWxpcC00Mg=="} {
		s := simLive(t, practice(t, "auth-plain"), 80, 24)
		for range 7 {
			s.press("enter")
		}
		s.press(":").typed(line).hides("AGFub").press("enter").shows(sasl.Mask).hides("AGFub")
		s.press("1").hides("AGFub")
	}
	s := simLive(t, practice(t, "auth-plain"), 80, 24)
	for range 7 {
		s.press("enter")
	}
	s.press(":").typed("NOOP tulip-42").press("enter").shows("NOOP " + sasl.Mask).hides("tulip")
}
