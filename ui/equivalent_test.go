package ui

import "testing"

// The same session with another program: the list, its page, and back; in the past only what was done up to there.
func TestSameWithAnotherProgram(t *testing.T) {
	s := toTrouble(t, "wrong-password")
	s.press("$").shows("the same with another program · 1 of 14", "› telnet", "swaks")
	s.press("down", "down", "down", "enter").shows("swaks --server mail.lab --port 587 --tls --tls-verify", "swaks asks for the password.")
	s.press("esc").shows("› swaks")
	s.press("esc", "home", "]", "]", "$", "down", "enter").shows("nc (netcat)").hides("STARTTLS")
}
