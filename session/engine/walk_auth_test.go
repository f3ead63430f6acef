package engine

import (
	"ehlo/session/record"
	"ehlo/session/walk"
	"strings"
	"testing"

	"ehlo/session/sasl"
)

func TestWalkLogin(t *testing.T) {
	for _, test := range []struct{ name, script, findings string }{
		{"usual", `
			S: 334 VXNlcm5hbWU6
			C: YW5u
			S: 334 UGFzc3dvcmQ6
			C: VHIwdWI0ZG9yJjMrd3VlcmZlbA==
			S: 235 ok`, ""},
		{"password first", `
			S: 334 UGFzc3dvcmQ6
			C: VHIwdWI0ZG9yJjMrd3VlcmZlbA==
			S: 334 VXNlcm5hbWU6
			C: YW5u
			S: 235 ok`, "login-password-first"},
		{"odd prompts", `
			S: 334 Zm9v
			C: YW5u
			S: 334 YmFy
			C: VHIwdWI0ZG9yJjMrd3VlcmZlbA==
			S: 235 ok`, "login-odd-prompt login-odd-prompt"},
		{"empty prompts without the space", `
			S: 334
			C: YW5u
			S: 334
			C: VHIwdWI0ZG9yJjMrd3VlcmZlbA==
			S: 235 ok`, "login-odd-prompt login-odd-prompt"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: ann(), Mechanism: "login"}, script: submission + `
				C: AUTH LOGIN` + test.script + goodBye})
			p.ends(record.ExitOK)
			if got := strings.Join(p.findings(), " "); !strings.Contains(got, test.findings) {
				t.Errorf("found %q, want %q", got, test.findings)
			}
		})
	}
}

// The rounds of AUTH are counted, and each half has its event.
func TestWalkLoginRounds(t *testing.T) {
	p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: ann(), Mechanism: "LOGIN"}, script: submission + `
		C: AUTH LOGIN
		S: 334 VXNlcm5hbWU6
		C: YW5u
		S: 334 UGFzc3dvcmQ6
		C: …
		S: 535 5.7.8 no` + goodBye})
	_, after, _ := strings.Cut(p.trail(), "AUTH PLAIN LOGIN\n")
	want := `C: AUTH LOGIN
auth C LOGIN 0
S: 334 VXNlcm5hbWU6
auth S LOGIN 1
C: YW5u
auth C LOGIN 1
S: 334 UGFzc3dvcmQ6
auth S LOGIN 2
C: ••••••
auth C LOGIN 2
S: 535 5.7.8 no
auth S LOGIN 2 failure
C: QUIT
S: 221 bye
end auth 11 refused
`
	if after != want {
		t.Errorf("got\n%swant\n%s", after, want)
	}
}

// An initial response that makes the command too long waits for an empty challenge (RFC 4954 §4).
func TestWalkLongInitialResponse(t *testing.T) {
	long := ann()
	long.Authzid = strings.Repeat("x", 400)
	p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: long, Mechanism: "PLAIN"}, script: submission + `
		C: AUTH PLAIN
		S: 334 
		C: eHh4…
		S: 235 ok` + goodBye})
	p.ends(record.ExitOK)
	if strings.Contains(p.trail(), "C: AUTH PLAIN ••••••") {
		t.Errorf("the log shows a response that was not sent:\n%s", p.trail())
	}
}

// A challenge that cannot be answered is canceled, and the walk tells the reason, not the cancel's 501.
func TestWalkUnanswerable(t *testing.T) {
	p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: ann()}, script: submission + `
		C: AUTH PLAIN …
		S: 334 ??
		C: *
		S: 501 5.7.0 cancelled` + goodBye})
	p.ends(record.ExitProtocol, "base64")
	p.found("auth-challenge-not-base64")
}

// A server that answers "*" with another challenge breaks RFC 4954 §4, and would go on for ever.
func TestWalkEndlessChallenges(t *testing.T) {
	p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: ann()}, script: submission + `
		C: AUTH PLAIN …
		S: 334 eA==
		C: *
		S: 334 eA==`})
	p.ends(record.ExitProtocol)
	if p.state().Stage != record.StageBroken {
		t.Errorf("%+v", p.state())
	}
}

// A server that ignores the initial response and asks again gets it as the answer.
func TestInitialResponseIgnored(t *testing.T) {
	p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: ann(), Mechanism: "PLAIN"}, script: submission + `
		C: AUTH PLAIN AGFubgBUcjB1YjRkb3ImMyt3dWVyZmVs
		S: 334
		C: AGFubgBUcjB1YjRkb3ImMyt3dWVyZmVs
		S: 235 ok` + goodBye})
	p.ends(record.ExitOK)
	p.found("auth-initial-response-asked-again")
}

// Nobody is logged in as nobody who has not asked for it: without the password there is no login.
func TestAnonymousOnlyOnRequest(t *testing.T) {
	offer := strings.Replace(submission, "AUTH PLAIN LOGIN", "AUTH PLAIN ANONYMOUS", 1)
	p := walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: sasl.Credentials{Username: theUser}}, script: offer + goodBye})
	p.ends(record.ExitNoAuth)
	p = walkThrough(t, scene{policy: "require", goal: walk.Goal{Credentials: sasl.Credentials{Username: theUser}, Mechanism: "ANONYMOUS"},
		script: offer + "C: AUTH ANONYMOUS YW5u\nS: 235 ok" + goodBye})
	p.ends(record.ExitOK)
}
