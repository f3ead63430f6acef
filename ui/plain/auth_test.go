package plain

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
)

func annsGoal() walk.Goal {
	return walk.Goal{Credentials: sasl.Credentials{Username: "ann", Password: sasl.NewSecret("tulip-42")}}
}

// After a refusal another attempt needs no new connection.
func TestWalkAnotherAttempt(t *testing.T) {
	f, goal := authSteps(annsGoal())
	f.refuses = true
	out, _ := f.walk(t, goal, "", "", "", "", "", "c", "bob", "bicycle-7", "", "", "", "", "q")
	inOrder(t, out, "server refuses AUTH in cleartext: 535, 5.7.8, no", "advice 1: give another password\n",
		"username, empty keeps ann:", "password of bob, hidden; empty keeps the current one:", "access token of bob",
		"mechanism, empty for the best one offered:", "more settings? y chooses, empty for none:", "next in cleartext: AUTH PLAIN (masked)", "server refuses AUTH ")
	last := f.done[len(f.done)-1]
	if last.Credentials.Username != "bob" || last.Credentials.Password.Reveal() != "bicycle-7" || strings.Contains(out, "bicycle") {
		t.Errorf("logged in as %s", last.Credentials.Username)
	}
	if strings.Count(f.verbs(), "connect") != 1 {
		t.Errorf("steps %s", f.verbs())
	}
}

func TestWalkOneMechanismOrAnother(t *testing.T) {
	f, goal := authSteps(annsGoal())
	out, _ := f.walk(t, goal, "", "", "", "", "m", "c", "", "", "", "login", "", "c", "", "", "", "CRAM-MD5", "", "c", "", "", "", "no-such", "", "q")
	inOrder(t, out, "1: PLAIN: ", "what an eavesdropper gains from PLAIN: reads the password and logs in with it", "not offered, expect 504: ",
		"next in cleartext: AUTH LOGIN", "next in cleartext: AUTH CRAM-MD5", "AUTH CRAM-MD5 is out of order: expect 504 5.5.4", "there is no such mechanism", "next in cleartext: AUTH PLAIN")
}

// A response is built from its parts, hidden, and the difference told before it is sent.
func TestWalkBuilds(t *testing.T) {
	const right = "AGFubgB0dWxpcC00Mg=="
	for name, script := range map[string][]string{
		"the line":           {"l", right},
		"the mechanism's":    {"", "", "ann", "tulip-42"},
		"by its number":      {"1", "=0", "=0", "tulip-42", "w", "", "", "", ""},
		"text":               {"13", `\0ann\0tulip-42`},
		"hexadecimal":        {"13", "=hex", "zz", "00616e6e00 74756c69702d3432"},
		"in a form it has":   {"13", "=base64", right},
		"the general PLAIN":  {"14", "", "ann", "tulip-42"},
		"typed and revealed": {"S", "s", "", "", "ann", "tulip-42"},
	} {
		f, goal := authSteps(annsGoal())
		f.right = right
		lines := append([]string{"", "", "", "", "w", "l", "Zm9v", "w"}, script...)
		out, _ := f.walk(t, goal, append(lines, "", "q")...)
		inOrder(t, out, "w builds the AUTH data", "the line differs: passwd has a different value", "the line is the same as the program would send", "next in cleartext: AUTH PLAIN (masked)")
		if last := f.done[len(f.done)-1]; last.Line != "AUTH PLAIN "+right || !last.Edited {
			t.Errorf("%s: another line was sent", name)
		}
		for _, secret := range []string{"tulip", right, "Zm9v"} {
			if strings.Contains(out, secret) {
				t.Errorf("%s: %s is in the output", name, secret)
			}
		}
	}
	f, goal := authSteps(annsGoal())
	if out, _ := f.walk(t, goal, "", "", "", "", "w", "no", "99", "q", "q"); !strings.Contains(out, "nothing was built") {
		t.Error(out)
	}
}

// Secrets are revealed after a question, and masked again without.
func TestWalkReveals(t *testing.T) {
	for answer, revealed := range map[string]bool{"yes": true, "": false, "no": false} {
		f, goal := authSteps(annsGoal())
		out, _ := f.walk(t, goal, "", "", "", "", "reveal", answer, "q")
		inOrder(t, out, "unmasked here and in the transcript", "show the secrets of this session? yes or no, empty is no:")
		if got := strings.Contains(out, `AUTH PLAIN "NUL ann NUL tulip-42" in base64`); got != revealed {
			t.Errorf("%q: revealed %v:\n%s", answer, got, out)
		}
	}
	f, goal := authSteps(annsGoal())
	out, _ := f.walk(t, goal, "", "", "", "", "reveal", "yes", "reveal", "q")
	inOrder(t, out, `AUTH PLAIN "NUL ann NUL tulip-42" in base64`, "remark: From here on secrets are masked again.", "next in cleartext: AUTH PLAIN (masked)")
}

// However early the input ends, nothing is sent that nobody asked for.
func TestWalkEndsInTheMiddleOfAQuestion(t *testing.T) {
	for _, script := range [][]string{{"c"}, {"c", "bob"}, {"c", "bob", "x"}, {"c", "bob", "x", "y"}, {"w"}, {"c", "bob", "x", "y", ""}, {"c", "bob", "x", "y", "", "y", "z"}, {"w", "l"}, {"w", ""}, {"w", "", ""}, {"w", "1", "", "ann"}, {"w", "14"}, {"reveal"}} {
		f, goal := authSteps(annsGoal())
		f.walk(t, goal, append([]string{"", "", "", ""}, script...)...)
		if strings.HasSuffix(f.verbs(), "auth") {
			t.Errorf("%q: steps %s", script, f.verbs())
		}
	}
}

// What few people need is asked on request, and asked again while it means nothing.
func TestWalkMoreSettings(t *testing.T) {
	f, goal := authSteps(annsGoal())
	out, _ := f.walk(t, goal, "", "", "", "", "c", "", "", "", "SCRAM-SHA-256", "maybe", "y",
		"bob", "perhaps", "no", "tls-unique", "", "many", "100000", "200000", "4096", "", "", "", "q")
	inOrder(t, out, "mechanism, empty for the best", "more settings? y chooses, empty for none:", "that is neither y nor n", "more settings?",
		"authzid: the identity to act as", "initial-response: whether the client sends the initial response", "want yes or no", "initial-response:",
		"channel-binding: what ties the exchange to the TLS connection: tls-exporter, tls-unique, tls-server-end-point", "SCRAM-SHA-256 has no channel binding", "channel-binding:",
		"max-iterations:", "want a count", "max-iterations:", "min-iterations:", "200000 is above the maximum, 100000", "min-iterations:",
		"realm: the realm of the account, if the server names several; for DIGEST-MD5", "anonymous-trace: trace information", "next in cleartext: AUTH SCRAM-SHA-256")
	want := record.AuthSettings{Initial: record.InitialNo, MinIterations: 4096, MaxIterations: 100000}
	if last := f.done[len(f.done)-1]; last.Auth != want || last.Credentials.Authzid != "bob" || last.Mechanism != "SCRAM-SHA-256" {
		t.Errorf("%+v as %q", last.Auth, last.Credentials.Authzid)
	}
}

// Settings stay for the next attempt, until they are taken out or do not fit the mechanism any more.
func TestWalkKeepsSettings(t *testing.T) {
	goal := annsGoal()
	goal.Auth = record.AuthSettings{MaxIterations: 5000}
	goal.Credentials.Realm = "mail.test"
	f, goal := authSteps(goal)
	out, _ := f.walk(t, goal, "", "", "", "", "c", "", "", "", "SCRAM-SHA-1", "", "y", "", "", "", "", "", "-", "",
		"c", "", "", "", "PLAIN", "", "y", "", "", "", "-", "", "", "", "", "q")
	inOrder(t, out, "more settings? y chooses, n for none, empty keeps max-iterations 5000, realm mail.test:",
		"realm: SCRAM-SHA-1 has no realm: only DIGEST-MD5 has one", "more settings?", "for DIGEST-MD5, empty keeps mail.test, - for none:", "next in cleartext: AUTH SCRAM-SHA-1",
		"max-iterations: PLAIN has no iterations", "more settings?", "max-iterations: the highest iteration count that this client accepts; for SCRAM, empty keeps 5000, - for none:", "next in cleartext: AUTH PLAIN")
	if last := f.done[len(f.done)-1]; last.Auth != (record.AuthSettings{}) || last.Credentials.Realm != "" {
		t.Errorf("%+v, realm %q", last.Auth, last.Credentials.Realm)
	}
	f, goal = authSteps(goal)
	out, _ = f.walk(t, goal, "", "", "", "", "c", "", "", "", "", "n", "", "q")
	if last := f.done[len(f.done)-1]; last.Auth != (record.AuthSettings{}) || last.Credentials.Realm != "" {
		t.Errorf("%+v, realm %q\n%s", last.Auth, last.Credentials.Realm, out)
	}
}
