package foreign

import (
	"fmt"
	"strings"
	"testing"

	"ehlo/session/record"
)

// smtplib says nothing of TLS that begins with the connection. On port 465 there is no other, and no password is told to be exposed; on
// a port that is for nothing it is said that it is not known.
func TestTLSThatNothingTellsOf(t *testing.T) {
	const talk = `connect: to ('mail.example.org', %d) None
reply: b'220 mail.example.org ESMTP\r\n'
send: 'ehlo laptop\r\n'
reply: b'250-mail.example.org\r\n'
reply: b'250 AUTH PLAIN\r\n'
send: 'AUTH PLAIN AGFubgBodW50ZXIyLXBhc3M=\r\n'
reply: b'535 5.7.8 wrong\r\n'
send: 'quit\r\n'
reply: b'221 bye\r\n'
`
	for port, want := range map[int]struct {
		inside bool
		says   string
	}{465: {true, "because the port is 465"}, 2465: {false, "Whether TLS began with the first byte is unknown"}, 587: {false, ""}} {
		list, err := Read(fmt.Appendf(nil, talk, port), "")
		if err != nil || len(list) != 1 {
			t.Fatal(port, len(list), err)
		}
		got := list[0].Log("test")
		exposed, inside := false, true
		for i := range got.Log.Len() {
			switch e := got.Log.At(i); {
			case e.Finding != nil:
				exposed = exposed || e.Finding.Code == "secret-exposed"
			case e.Reply != nil:
				inside = inside && e.Reply.TLS
			}
		}
		lacks := strings.Join(got.Lacks, " ")
		if inside != want.inside || exposed == want.inside || !strings.Contains(lacks, want.says) || want.says == "" && strings.Contains(lacks, "first byte") || got.Verdict.Exit != record.ExitAuth {
			t.Errorf("port %d: inside %v, exposed %v, %s; %s", port, inside, exposed, lacks, got.Verdict.Cause)
		}
	}
}
