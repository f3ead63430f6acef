package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ehlo/session/lab/scripttest"
	"ehlo/session/record"
)

// Whoever runs mail and knows nothing of this program finds the cause in the last lines of one command, in whichever way the server fails.
func TestAdministratorsHour(t *testing.T) {
	t.Parallel()
	const ready, envelope = "S: 220 mail.example ESMTP\nC: EHLO …\nS: 250-mail.example\nS: 250 SIZE 100000\n", "C: MAIL …\nS: 250 ok\nC: RCPT …\nS: 250 ok\nC: DATA\nS: 354 go on\nMESSAGE\n"
	sends := []string{"--tls", "off", "--from", "ann@example.org", "--to", "bob@example.net"}
	for name, test := range map[string]struct {
		target string // of the practice server; else script is served
		script string
		args   []string
		exit   record.Exit
		says   string // the cause, and who has to act
	}{
		"the certificate expired":      {"lab:expired", "", nil, record.ExitCertificate, `certificate \(mail\.lab\) expired on 20.*who has to act: the server's operator.*renew the certificate`},
		"the chain is incomplete":      {"lab:missing-intermediate", "", nil, record.ExitCertificate, `lacks the certificate of its issuer, Practice Issuing CA.*the server's operator`},
		"the port wants TLS at once":   {"lab:wrong-port", "", nil, record.ExitGreeting, `expects TLS from the first byte.*who has to act: you`},
		"STARTTLS is refused":          {"lab:starttls-refused", "", nil, record.ExitSTARTTLS, `refuses STARTTLS: mail\.lab answered 454.*read the log, and check the certificate and the key`},
		"TLS is too old":               {"lab:old-tls", "", nil, record.ExitHandshake, `accepts none of the offered versions, TLS 1\.3, TLS 1\.2.*enable TLS 1\.2 and 1\.3`},
		"the password is wrong":        {"lab:wrong-password", "", nil, record.ExitAuth, `username or password is wrong.*535 5\.7\.8.*who has to act: you`},
		"relaying is denied":           {"lab:relay-denied", "", nil, record.ExitEnvelope, `does not relay for you.*554 5\.7\.1`},
		"the client is greylisted":     {"lab:greylist", "", nil, record.ExitDeferred, `greylisting.*try again after 5 minutes`},
		"nothing listens":              {"lab:refused", "", nil, record.ExitConnect, `refused the connection: nothing listens at .*check that the service runs`},
		"too many connections":         {"", "S: 421 4.7.0 mail.example too many connections from your address\nCLOSE", nil, record.ExitDeferred, `[Tt]oo many connections.*421 4\.7\.0.*who has to act: you`},
		"another program has the port": {"", "R: \"SSH-2.0-OpenSSH_9.2\\r\\n\"\nCLOSE", nil, record.ExitGreeting, `SSH`},
		"it hangs up at once":          {"", "CLOSE", nil, record.ExitGreeting, `closed at once, without a greeting\. who has to act`},
		"no AUTH is offered":           {"", ready, []string{"--tls", "off", "--user", "ann", "--allow-cleartext-auth"}, record.ExitNoAuth, `does not offer AUTH here.*STARTTLS`},
		"the content is refused":       {"", ready + envelope + "S: 550 5.7.1 this message looks like spam", sends, record.ExitData, `550 5\.7\.1 to the message for bob@example\.net, “this message looks like spam”`},
		"it hangs up after the dot":    {"", ready + envelope + "CLOSE", sends, record.ExitData, `may have been accepted`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := test.target
			if target == "" {
				server, err := scripttest.Start(test.script, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer server.Close()
				target = server.Address()
			}
			cmd := exec.Command(os.Args[0], append([]string{"run", target}, test.args...)...)
			cmd.Env = append(os.Environ(), "EHLO_AS_PROGRAM=1", "EHLO_PASSWORD=quite wrong", "XDG_STATE_HOME="+filepath.Join(t.TempDir(), "state"))
			out, _ := cmd.Output()
			last := string(out[max(0, strings.LastIndex(string(out), ", exit code ")):])
			if got := record.Exit(cmd.ProcessState.ExitCode()); got != test.exit {
				t.Errorf("exit code %d, want %d", got, test.exit)
			}
			if !regexp.MustCompile(test.says).MatchString(flat(last)) {
				t.Errorf("the last lines do not say %s\n%s", test.says, out)
			}
		})
	}
}
