package words_test

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/transcripts/labtest"
	"ehlo/transcripts/words"
)

// others is what others wrote down and did in a session, a line each with its step.
func others(log *record.Log, kind record.Kind) (list []string) {
	for i := range log.Len() {
		e := log.At(i)
		for _, p := range words.Beside(e) {
			if e.Kind == kind {
				list = append(list, string(e.Step)+": "+p.Text())
			}
		}
	}
	return list
}

// What the log of a real server would have at that point of each scenario, and what a device on the path says of itself. In brackets
// stands which of the two it is.
var besides = []struct{ scenario, lines string }{
	{"submission", `
		[log]  connect: mail.lab submission/smtpd[1]: connect from localhost[*]
		[log]  handshake: mail.lab submission/smtpd[1]: Anonymous TLS connection established from localhost[*]: TLSv1.3 with cipher *
		[log]  rcpt: mail.lab submission/smtpd[1]: LAB0001: client=localhost[*], sasl_method=PLAIN, sasl_username=ann
		[log]  content: mail.lab cleanup[1]: LAB0001: message-id=<*@lab.test>
		[log]  content: mail.lab qmgr[1]: LAB0001: from=<ann@lab.test>, size=199, nrcpt=1 (queue active)
		[log]  content: mail.lab local[1]: LAB0001: to=<bob@lab.test>, relay=local, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (delivered to mailbox)
		[log]  content: mail.lab qmgr[1]: LAB0001: removed
		[log]  quit: mail.lab submission/smtpd[1]: disconnect from localhost[*] ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8`},
	{"wrong-password", `
		[log]  auth: mail.lab submission/smtpd[1]: warning: localhost[*]: SASL PLAIN authentication failed: login refused: username or password is wrong
		[log]  quit: mail.lab submission/smtpd[1]: disconnect from localhost[*] ehlo=2 starttls=1 auth=0/1 quit=1 commands=4/5`},
	{"auth-backend-down", `
		[log]  auth: mail.lab submission/smtpd[1]: warning: localhost[*]: SASL PLAIN authentication failed: the password service does not answer`},
	{"relay-denied", `
		[log]  rcpt: mx.lab smtpd[1]: NOQUEUE: reject: RCPT from localhost[*]: 554 5.7.1 <someone@example.net>: relay access denied; from=<stranger@example.org> to=<someone@example.net> proto=ESMTP helo=<mail.example.org>`},
	{"greylist", `
		[log]  rcpt: mx.lab smtpd[1]: NOQUEUE: reject: RCPT from localhost[*]: 451 4.7.1 <bob@lab.test>: greylisted, try again in 300 seconds; from=<stranger@example.org> to=<bob@lab.test> proto=ESMTP helo=<mail.example.org>`},
	{"greeting-refused", `
		[log]  connect: mx.lab smtpd[1]: NOQUEUE: reject: CONNECT from localhost[*]: 554 *; proto=SMTP`},
	{"old-tls", `
		[log]  handshake: mail.lab submission/smtpd[1]: SSL_accept error from localhost[*]: -1
		[log]  handshake: mail.lab submission/smtpd[1]: warning: TLS library problem: tls: client offered only unsupported versions: *
		[log]  handshake: mail.lab submission/smtpd[1]: lost connection after STARTTLS from localhost[*]`},
	{"auth-external", `
		[log]  handshake: mail.lab submission/smtpd[1]: Trusted TLS connection established from localhost[*]: *`},
	{"stripped", `
		[path] greeting: saw: reply 220, 36 bytes in cleartext
		[path] ehlo: saw: EHLO, 22 bytes in cleartext
		[path] ehlo: saw: reply 250, 11 lines, 194 bytes in cleartext
		[path] ehlo: removed: 250-STARTTLS
		[log]  quit: mail.lab submission/smtpd[1]: disconnect from localhost[*] ehlo=1 quit=1 commands=2`},
	{"garbled", `
		[path] ehlo: changed: 250-STARTTLS to 250-XXXXXXXA`},
	{"injected", `
		[path] starttls: added: 250-mail.lab and 1 more line`},
	{"man-in-the-middle", `
		[path] handshake: intercepted: TLS ends at the device, with a certificate from On-Path Interception CA; it reads everything
		[path] quit: saw: QUIT, 6 bytes decrypted`},
	{"tls-inspection", `
		[path] handshake: intercepted: TLS ends at the device, with a certificate from TLS Inspection CA; it reads everything
		[path] auth: saw: AUTH SCRAM-SHA-256-PLUS, * decrypted`},
	{"downgraded-list", `
		[path] ehlo: changed: 250-AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN to 250-AUTH PLAIN LOGIN`},
	{"shortened-list", `
		[path] handshake: saw: * bytes in TLS records from the client
		[path] mail: saw: * bytes in TLS records from the server`},
	{"large-hello", `
		[path] handshake: reset: the connection, because the ClientHello has * bytes
		[log]  handshake: mail.lab submission/smtpd[1]: SSL_accept error from localhost[*]: lost connection`},
	{"closed", `
		[path] ehlo: cut off: 40 of 172 bytes of the reply arrived, then the device closed the connection
		[log]  ehlo: mail.lab submission/smtpd[1]: lost connection after EHLO from localhost[*]`},
	{"endless", `
		[path] ehlo: sent without end: 250-AND-ONE-MORE, in place of the reply`},
	{"bad-replies", `
		[path] mail: replaced: 250 2.1.0 sender ok by 250`},
	{"stall", `
		[path] ehlo: held back: 250-mail.lab greets laptop.lab.test; it never arrived`},
	{"silent", `
		[path] greeting: held back: the greeting; it never arrived`},
}

func TestBeside(t *testing.T) {
	t.Parallel()
	for _, b := range besides {
		t.Run(b.scenario, func(t *testing.T) {
			t.Parallel()
			sc, err := lab.Find(b.scenario)
			if err != nil {
				t.Fatal(err)
			}
			log := labtest.Run(t, sc)
			got := map[string][]string{"[log]": others(log, record.KindServerLog), "[path]": others(log, record.KindOnPath)}
			for line := range strings.Lines(strings.TrimSpace(b.lines)) {
				which, want, _ := strings.Cut(strings.TrimSpace(line), " ")
				pattern := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(want)), `\*`, ".*") + "$")
				at := slices.IndexFunc(got[which], pattern.MatchString)
				if at < 0 {
					t.Fatalf("no %s after those before it, in\n%s", want, strings.Join(got[which], "\n"))
				}
				got[which] = got[which][at+1:]
			}
		})
	}
}

// What was logged and done in a step is told with that step, each time: the server and the device are waited for. What a clock, a key
// or a nonce makes differs, and two connections that end at once do so in any order.
func TestBesideIsSteady(t *testing.T) {
	t.Parallel()
	drawn := regexp.MustCompile(`message-id=\S+|[\d,]+ bytes in TLS records|=0?/?\d+|localhost\[\S+\]`)
	for _, sc := range lab.Scenarios() {
		if sc.Name == "slow" || sc.Finding == string(record.FoundTimeout) {
			continue
		}
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			var told [3]string
			var runs sync.WaitGroup // some of which wait
			for i := range told {
				runs.Go(func() {
					log := labtest.Run(t, sc)
					lines := append(others(log, record.KindServerLog), others(log, record.KindOnPath)...)
					slices.Sort(lines)
					told[i] = drawn.ReplaceAllString(strings.Join(lines, "\n"), "…")
				})
			}
			runs.Wait()
			for _, now := range told[1:] {
				if now != told[0] {
					t.Fatalf("this time\n%s\nanother time\n%s", now, told[0])
				}
			}
		})
	}
}
