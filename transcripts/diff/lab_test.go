package diff

import (
	"strings"
	"sync"
	"testing"

	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/transcripts/labtest"
)

// Two runs of one scenario of the practice server differ in nothing, although each has its own certificates, ports, nonces and times.
func TestTwoRunsDifferInNothing(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		if sc.Name == "dane" { // its TLSA record has the hash of the certificate, and each practice server has keys of its own
			continue
		}
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			var logs [2]*record.Log
			var both sync.WaitGroup
			for i := range logs {
				both.Go(func() { logs[i] = labtest.Run(t, sc) })
			}
			both.Wait()
			if t.Failed() {
				return
			}
			if sc.Finding != "" && !found(logs[0], sc.Finding) {
				t.Errorf("the run does not come to %s", sc.Finding)
			}
			c := Compare(Session{Name: "first", Source: logs[0]}, Session{Name: "second", Source: logs[1]})
			if !c.Equal() {
				t.Error(strings.Join(c.Lines(0), "\n"))
			}
			if table := Tabulate("in", []Session{{Name: "first", Source: logs[0]}, {Name: "second", Source: logs[1]}}); !table.Equal() {
				t.Error(strings.Join(table.Lines(0), "\n"))
			}
		})
	}
}

func found(log *record.Log, code string) bool {
	for i := range log.Len() {
		if f := log.At(i).Finding; f != nil && string(f.Code) == code {
			return true
		}
	}
	return false
}

// What has changed between two runs is told in sentences: here two scenarios, as before and after a change of the server.
func TestBeforeAndAfter(t *testing.T) {
	scenarios := map[string]lab.Scenario{}
	for _, sc := range lab.Scenarios() {
		scenarios[sc.Name] = sc
	}
	plain := newNoise(nil)
	for after, want := range map[string]string{
		"stripped": `EHLO: A was offered STARTTLS, B was not.
			EHLO: B was offered AUTH PLAIN, LOGIN; A was not.
			steps: A took steps that B did not: STARTTLS, the TLS handshake, EHLO, AUTH, MAIL, RCPT, DATA, the message content.
			findings: Only in B: warn auth-before-tls
			findings: Only in B: danger auth-downgraded
			verdict: The outcomes differ.
			A: done at quit, exit code 0. mail.lab accepted 1 message for bob@lab.test.
			B: unsafe at starttls, exit code 7. The EHLO reply of mail.lab does not offer STARTTLS, and TLS is required.`,
		"expired": `certificate: The certificate passed verification in A, and failed verification (the server's certificate (mail.lab) expired on ‹date›, ‹time› ago) in B.
			steps: A took steps that B did not: EHLO, AUTH, MAIL, RCPT, DATA, the message content.
			verdict: The outcomes differ.
			A: done at quit, exit code 0. mail.lab accepted 1 message for bob@lab.test.
			B: unsafe at handshake, exit code 9, unverified. Verification of mail.lab failed: the server's certificate (mail.lab) expired on ‹date›, ‹time› ago.`,
		"wrong-password": `AUTH: AUTH: 235 2.7.0 “authentication successful” in A, 535 5.7.8 “login refused: username or password is wrong” in B.
			steps: A took steps that B did not: MAIL, RCPT, DATA, the message content.
			verdict: The outcomes differ.
			A: done at quit, exit code 0. mail.lab accepted 1 message for bob@lab.test.
			B: refused at auth, exit code 11. The username or password is wrong: mail.lab answered 535 5.7.8 to AUTH PLAIN as ann, “login refused: username or password is wrong”.`,
		"tls-1.2": `TLS: The version is TLS 1.3 in A, TLS 1.2 in B.
			TLS: The cipher suite is TLS_AES_128_GCM_SHA256 in A, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 in B.
			TLS: The key exchange group is ‹id› in A, x25519 in B.`,
		"submissions": "steps: A took steps that B did not: EHLO, STARTTLS.",
	} {
		c := Compare(Session{Source: labtest.Run(t, scenarios["submission"])}, Session{Source: labtest.Run(t, scenarios[after])})
		var got []string
		for _, line := range told(c) {
			if strings.HasPrefix(line, string(TopicFindings)) { // with its code, and not the text behind it
				line = strings.Join(strings.SplitN(line, ":", 4)[:3], ":")
			}
			if !strings.HasPrefix(line, string(TopicAsked)) && !strings.HasPrefix(line, string(TopicLog)) {
				got = append(got, plain.out(line))
			}
		}
		want = strings.ReplaceAll(want, "\n\t\t\t", "\n")
		if told := strings.Join(got, "\n"); told != want {
			t.Errorf("%s:\n%s\nwant\n%s", after, told, want)
		}
	}
}
