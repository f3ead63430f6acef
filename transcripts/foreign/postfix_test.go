package foreign

import (
	"strings"
	"testing"

	"ehlo/session/record"
)

// A Postfix client sends MAIL, RCPT and DATA in a group, and RSET where nothing came of it: what decided is the recipient that was refused,
// and not that DATA was refused without one. As smtp -v of Postfix 3.7 logs it.
func TestPostfixClientInAGroup(t *testing.T) {
	const log = `< mx.example.net[192.0.2.1]:25: 220 mx.example.net ESMTP
> mx.example.net[192.0.2.1]:25: EHLO mail.example.org
< mx.example.net[192.0.2.1]:25: 250-mx.example.net
< mx.example.net[192.0.2.1]:25: 250 PIPELINING
> mx.example.net[192.0.2.1]:25: MAIL FROM:<ann@example.org> SIZE=374
> mx.example.net[192.0.2.1]:25: RCPT TO:<somebody@example.com> ORCPT=rfc822;somebody@example.com
> mx.example.net[192.0.2.1]:25: DATA
< mx.example.net[192.0.2.1]:25: 250 2.1.0 Ok
< mx.example.net[192.0.2.1]:25: 554 5.7.1 <somebody@example.com>: Relay access denied
< mx.example.net[192.0.2.1]:25: 554 5.5.1 Error: no valid recipients
> mx.example.net[192.0.2.1]:25: RSET
> mx.example.net[192.0.2.1]:25: QUIT
< mx.example.net[192.0.2.1]:25: 250 2.0.0 Ok
`
	list, err := Read([]byte("Nov 29 23:40:17 mail postfix/smtp[16679]: "+strings.ReplaceAll(strings.TrimSpace(log), "\n", "\nNov 29 23:40:17 mail postfix/smtp[16679]: ")), "")
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	v := list[0].Log("test").Verdict
	if v.Finding != record.FoundRelayingDenied || v.Exit != record.ExitEnvelope || !strings.Contains(v.Cause, "<somebody@example.com>") {
		t.Errorf("%s, exit code %d: %s", v.Finding, v.Exit, v.Cause)
	}
}
