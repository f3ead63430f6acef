package ui

import (
	"strings"
	"testing"

	"ehlo/session/record"
)

// toTrouble walks to the first step that fails.
func toTrouble(t *testing.T, scenario string) *sim {
	t.Helper()
	s := simLive(t, practice(t, scenario), 80, 24)
	for range 12 {
		if _, failed := s.root.walk.sheet.(*trouble); failed {
			return s
		}
		s.press("enter")
	}
	t.Fatalf("nothing failed:\n%s", s.frame())
	return nil
}

// sent counts what went out.
func sent(s *sim) int {
	n := 0
	for i := range s.root.walk.src.Len() {
		if s.root.walk.src.At(i).Kind == record.KindSend {
			n++
		}
	}
	return n
}

// To a challenge that cannot be answered no key sends an answer that nobody made: the exchange is given up. Nor
// is another attempt offered to whom these servers may be.
func TestNoAnswerThatNobodyMade(t *testing.T) {
	for _, scenario := range []string{"server-signature-wrong", "tls-inspection", "server-nonce-changed"} {
		s := toTrouble(t, scenario)
		before := sent(s)
		s.shows("* cancel AUTH").hides("a again", "a retry").press("a")
		if n := sent(s); n != before {
			t.Errorf("%s: %d lines went out", scenario, n-before)
		}
		s.press("*").shows("501 5.7.0", "AUTH was canceled", "send no password").hides("a again", "a retry", "tried again", "another AUTH")
		for _, o := range s.root.walk.options() {
			if o.Step.Verb == record.VerbRespond {
				t.Errorf("%s: an answer is offered where none is asked for", scenario)
			}
		}
	}
	s := toTrouble(t, "server-signature-wrong").press("tab").hides("answer the challenge")
	s.press("esc")
	if err := s.root.walk.live.Engine.Do(t.Context(), record.Step{Verb: record.VerbRespond}); err == nil {
		t.Error("an empty answer was sent that nobody typed")
	}
}

// Where a login is wanted first, its key is named.
func TestALogInThatIsWantedFirst(t *testing.T) {
	toTrouble(t, "auth-required").shows("Try    send AUTH before MAIL", "c log in").press("c").shows("credentials")
}

// What the exchange has shown about the path stays the advice, whatever the server says to a line that is typed after it.
func TestAdviceDoesNotFlip(t *testing.T) {
	s := toTrouble(t, "tls-inspection").shows("Try  send no password here by another mechanism")
	s.press("enter", ":").typed("=").press("enter")
	if _, asked := s.root.walk.sheet.(*question); asked {
		s.press("y")
	}
	s.shows("535 5.7.8", "Try  send no password here").hides("check user name", "check username")
}

// At 80 columns the ranking can be read from the list: no reason is cut.
func TestRankingIsReadable(t *testing.T) {
	s := simLive(t, practice(t, "auth-all"), 80, 24)
	for range 7 {
		s.press("enter")
	}
	s.press("tab").shows("sends the password; needs TLS", "password not sent; server proves itself")
	for _, line := range strings.Split(s.frame(), "\n") {
		if strings.Contains(line, "   AUTH ") && strings.Contains(line, "…") {
			t.Errorf("cut: %s", line)
		}
	}
}

// What cannot be read in a field is said where it stands, and nothing counts as compared before it is built.
func TestWorkbenchSaysWhatItCannotRead(t *testing.T) {
	s, _ := walked(t, 7, 80, 24)
	s.press("w", "tab").typed("hello")
	s.press("ctrl+o").shows("✗ hex", "this is not hexadecimal", "compared    not yet: username: this is not hexadecimal")
	s.press("tab").typed("x").shows("✗ hex").hides("compared    ✓")
	s.press("shift+tab", "ctrl+o").shows("✗ base64").press("ctrl+o").hides("✗", "not hexadecimal").shows("text")
}

// A ? belongs to the text in the workbench; f1 has the keys.
func TestWorkbenchNamesItsKeys(t *testing.T) {
	s, _ := walked(t, 7, 80, 24)
	s.press("w").shows("f1 keys").press("f1").shows("workbench: keys", "insert a value", "as text, as hexadecimal", "esc")
	s.press("esc").hides("as text, as hexadecimal").shows("workbench: PLAIN").press("esc").hides("workbench")
}

// What is wrong is said once, and a key says what it gives: "another" token only where one was refused.
func TestTroubleSaysEachThingOnce(t *testing.T) {
	toTrouble(t, "expired-token").shows("✗ The server refuses the token", "1 give another token").hides("Cause")
	toTrouble(t, "basic-auth-retired").shows("1 log in with XOAUTH2 · 2 give a token")
	toTrouble(t, "app-password").shows("1 give another password · 2 log in with XOAUTH2")
	toTrouble(t, "no-initial-response").shows("Cause  The client sent its first response")
	toTrouble(t, "helo-only").shows("Cause  The server supports only HELO")
}

// Each advice of a verdict is said to the one who can follow it.
func TestAdviceIsForTheOneWhoCanFollowIt(t *testing.T) {
	verdict := func(scenario string) *sim {
		s := toTrouble(t, scenario)
		for range 8 {
			if s.root.walk.canConclude() {
				break
			}
			s.press("enter")
		}
		return s
	}
	verdict("mailbox-full").shows("exit 75 · who must act: the recipient's side", "1 try again after 1 h", "z 1 more").press("z").shows("Ask the recipient through another channel").press("esc").hides("The recipient's side")
	verdict("smtp-auth-disabled").shows("Operator: enable SMTP AUTH", "z 2 more").press("z").shows("Send by webmail")
	verdict("ipv6-broken").shows("You  1 use the other address family", "z 2 more").press("z").shows("et a PTR record for the client's address")
	verdict("downgraded-binding").shows("who must act: the network", "You: send no password here with PLAIN or LOGIN").hides("The network")
}

// A password that was read by others has to be changed, and the verdict says so.
func TestTheVerdictTakesASecretBack(t *testing.T) {
	s := simLive(t, practice(t, "encryption-required"), 80, 24)
	for range 12 {
		if s.root.walk.canConclude() && s.root.walk.sheet == nil {
			break
		}
		if _, asked := s.root.walk.sheet.(*question); asked {
			s.press("y")
			continue
		}
		s.press("enter")
	}
	s.shows("538 5.7.11", "You  change the password · 1 require STARTTLS, port 587 · 2 TLS, port 465", "z 1 more")
}
