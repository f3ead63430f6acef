package engine

import (
	"strings"
	"testing"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// What a mechanism is stands with the first line of an exchange, and only there; each further line says what it tells
// someone who reads it.
func TestAMechanismIsExplainedOnce(t *testing.T) {
	json := "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0="
	for name, c := range map[string]struct {
		goal   walk.Goal
		script string
		want   []string // in each round, in order
	}{
		"LOGIN": {walk.Goal{Credentials: ann(), Mechanism: "LOGIN"}, `
			C: AUTH LOGIN
			S: 334 VXNlcm5hbWU6
			C: YW5u
			S: 334 UGFzc3dvcmQ6
			C: …
			S: 535 5.7.8 no` + goodBye,
			[]string{"only the mechanism", "a challenge", "without a secret", "a challenge", "the password is sent", "failed"}},
		"OAUTHBEARER": {walk.Goal{Credentials: tokenOnly(), Mechanism: "OAUTHBEARER"}, `
			C: AUTH OAUTHBEARER …
			S: 334 ` + json + `
			C: AQ==
			S: 535 5.7.8 no` + goodBye,
			[]string{"the token is sent", "a challenge", "without a secret", "failed"}},
	} {
		p := walkThrough(t, scene{policy: "require", goal: c.goal, script: submissionOf(name) + c.script})
		e, _ := explain.Mechanism(name)
		rounds, told := 0, 0
		for _, event := range p.log {
			if event.Kind != record.KindAuth {
				continue
			}
			x := event.Explain
			if strings.Contains(x.Text, e.Text) {
				told++
			}
			if rounds >= len(c.want) || !strings.Contains(x.Short, c.want[rounds]) || x.Text == "" {
				t.Errorf("%s, line %d: %q, %q", name, rounds+1, x.Short, x.Text)
			}
			rounds++
		}
		if rounds != len(c.want) || told != 1 {
			t.Errorf("%s: %d lines, explained %d times", name, rounds, told)
		}
	}
}
