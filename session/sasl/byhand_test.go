package sasl

import (
	"strings"
	"testing"
)

// A 235 after typed responses is worth what came before it.
func TestDoneByHand(t *testing.T) {
	for _, c := range []struct {
		mechanism string
		lines     int
		proved    bool
		code      string // of the finding, or of the error
		believed  bool
	}{
		{"SCRAM-SHA-256", 1, false, CodeTooEarly, false},
		{"scram-sha-1", 2, false, CodeServerSilent, false},
		{"SCRAM-SHA-512", 3, true, CodeUnchecked, true},
		{"DIGEST-MD5", 1, false, CodeServerSilent, false},
		{"DIGEST-MD5", 2, true, CodeUnchecked, true},
		{"GSSAPI", 2, false, CodeUnchecked, true},
		{"LOGIN", 1, false, CodeTooEarly, false},
		{"LOGIN", 2, false, CodeUnproven, true},
		{"PLAIN", 0, false, CodeTooEarly, false},
		{"CRAM-MD5", 1, false, CodeUnproven, true},
	} {
		findings, err := DoneByHand(c.mechanism, c.lines, c.proved)
		if !c.believed {
			wantCode(t, err, c.code)
		} else if err != nil || len(findings) != 1 || findings[0].Code != c.code {
			t.Errorf("%s after %d lines: %v, %v", c.mechanism, c.lines, findings, err)
		}
	}
	if findings, err := DoneByHand("X-ODD", 0, false); findings != nil || err != nil {
		t.Errorf("of an unknown mechanism: %v, %v", findings, err)
	}
}

// A prompt that has had its answer is said to be asked again, not to be one too many.
func TestLoginAsksAgain(t *testing.T) {
	for prompt, want := range map[string]string{"Username:": "the username again", "Password:": "the password again"} {
		m := begin(t, "LOGIN", everything())
		m.Start()
		m.Next([]byte(prompt))
		if _, _, err := m.Next([]byte(prompt)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", prompt, err)
		}
	}
}

// A failure of OAuth that is no JSON, or JSON over several lines, is shown as the text that it is.
func TestOAuthFailureAsText(t *testing.T) {
	for challenge, want := range map[string]string{
		"token expired\r\n": "token expired", "a\tb\n c": "a b c", "{\"status\":\"401\",\"more\":{\n \"a\": 1}}": `{ "a": 1}`, "\x1b[2J": "1b5b324a",
	} {
		values, _ := readOAuthFailure([]byte(challenge), "")
		if got := values[len(values)-1].Display(false); got != want {
			t.Errorf("%q: %q, want %q", challenge, got, want)
		}
	}
}
