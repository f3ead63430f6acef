package foreign

import (
	"errors"
	"strings"
	"testing"

	"ehlo/session/record"
)

// A source that says nothing of host or port gets no other than the session itself shows.
func TestTarget(t *testing.T) {
	const upgraded = "send: 'ehlo me\\r\\n'\nreply: b'250-mail.example\\r\\n'\nreply: b'250 STARTTLS\\r\\n'\nsend: 'STARTTLS\\r\\n'\nreply: b'220 go\\r\\n'\n" +
		"send: 'ehlo me\\r\\n'\nreply: b'250-mail.example\\r\\n'\nreply: b'250 AUTH PLAIN\\r\\n'\n"
	const said = "< 220 mail.example ESMTP\n> EHLO me\n< 250 mail.example\n> QUIT\n< 221 bye\n"
	for name, test := range map[string]struct{ text, want string }{
		"smtplib without its first lines, STARTTLS":          {upgraded + "send: 'AUTH PLAIN AGFubgB4\\r\\n'\nreply: b'535 no\\r\\n'\n", "mail.example:587"},
		"curl where --connect-to put another host":           {"* Connected to (nil) (192.0.2.1) port 2587 (#0)\n" + said, "192.0.2.1:2587"},
		"curl where the host is the one of the command line": {"* Connected to mx.example (192.0.2.1) port 25 (#0)\n" + said, "mx.example:25"},
	} {
		list, err := Read([]byte(test.text), "")
		if err != nil || len(list) != 1 {
			t.Errorf("%s: %d sessions, %v", name, len(list), err)
			continue
		}
		start := list[0].Log("test").Log.At(0).Start
		if got := start.Target; got.String() != test.want || got.Implicit {
			t.Errorf("%s: %s, implicit %t", name, got, got.Implicit)
		}
	}
}

// A log that is cut in a reply is that, and no server that closed the connection; what the reply would have said is not known.
func TestCutInAReply(t *testing.T) {
	for name, script := range map[string]string{
		"capabilities": "S 220 mail.example ready\nC EHLO me\nS 250-mail.example\nS 250-PIPEL|",
		"greeting":     "S 220-mail.example\nS 220-no spam|",
	} {
		got := conversation(script).Log("test")
		if v := got.Verdict; v.Outcome != record.OutcomeStopped || v.Finding != "" || !strings.Contains(strings.Join(got.Lacks, " "), "The end of the last reply is missing") {
			t.Errorf("%s: %s %s %q\n%s", name, v.Outcome, v.Finding, got.Lacks, told(got.Log))
		}
	}
	if got := conversation("S 220 mail.example ready\nC EHLO me\nS 250-mail.example\nX").Log("test"); got.Verdict.Exit != record.ExitProtocol {
		t.Errorf("closed by the server: %d %s", got.Verdict.Exit, got.Verdict.Cause)
	}
}

// What comes to openssl by a pipe is not in its output. A response of AUTH that the replies tell of does not make it a session that
// can be judged: it would be the server that spoke out of turn.
func TestOpenSSLByPipe(t *testing.T) {
	const source = "CONNECTED(00000003)\n---\nNew, TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256\n---\n220 mail.example ESMTP\n250-mail.example\n250 AUTH LOGIN\n" +
		"334 VXNlcm5hbWU6\n334 UGFzc3dvcmQ6\n535 5.7.8 no\nDONE\n"
	_, err := Read([]byte(source), "")
	if e, ok := errors.AsType[*Error](err); !ok || e.Text != "it contains no line from the client" {
		t.Error(err)
	}
}
