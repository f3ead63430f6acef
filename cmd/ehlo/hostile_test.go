package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"ehlo/session/record"
)

// The servers and the path that are after the password in AUTH: each ends in a finding that no other has, and of all
// that the program sent nothing holds the password. With --reveal the transcript has every line as it was sent.
func TestHostileServersGetNothing(t *testing.T) {
	hostile := []struct {
		scenario, finding string
		args              []string
	}{
		{"challenge-not-base64", "auth-challenge-not-base64", nil},
		{"challenge-huge", "auth-challenge-too-long", nil},
		{"challenge-endless", "auth-challenge-unexpected", nil},
		{"server-signature-wrong", "auth-server-proof-wrong", nil},
		{"server-nonce-changed", "auth-nonce-changed", nil},
		{"server-iterations-huge", "auth-iterations-high", nil},
		{"downgraded-list", "auth-downgraded", []string{"--auth", "PLAIN", "--tls", "opportunistic"}},
	}
	const password = "tulip-42"
	for _, h := range hostile {
		t.Run(h.scenario, func(t *testing.T) {
			out, cmd := runProgram(t, t.TempDir(), []string{"EHLO_PASSWORD=" + password}, append([]string{"run", "lab:" + h.scenario, "--user", "ann", "--reveal", "--json"}, h.args...)...)
			if cmd.ProcessState.ExitCode() == int(record.ExitOK) {
				t.Error("the walk ended well")
			}
			sent, found := sentAndFound(t, out)
			for _, other := range hostile {
				if got := strings.Contains(found, " "+other.finding+" "); got != (other.finding == h.finding) {
					t.Errorf("%s found: %v\n%s", other.finding, got, found)
				}
			}
			for _, form := range forms(password) {
				if strings.Contains(sent, form) {
					t.Errorf("%q was sent", form)
				}
			}
			for word := range strings.FieldsSeq(sent) {
				if data, err := base64.StdEncoding.DecodeString(word); err == nil && strings.Contains(string(data), password) {
					t.Errorf("the password was sent inside %q", word)
				}
			}
			if !strings.Contains(sent, "EHLO ") {
				t.Errorf("nothing was sent:\n%s", out)
			}
		})
	}
}

// sentAndFound reads all lines that were sent, and the codes of what was found, from a transcript.
func sentAndFound(t *testing.T, transcript string) (sent, found string) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(transcript))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "warning: ") { // on standard error, that the secrets are in the file
			continue
		}
		var e record.Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v in %.200s", err, lines.Text())
		}
		switch e.Kind {
		case record.KindSend:
			sent += string(e.Send.Raw)
		case record.KindFinding:
			found += " " + string(e.Finding.Code) + " "
		}
	}
	return sent, found
}
