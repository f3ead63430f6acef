package explain

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestLogExplainsTheLinesThatMatter(t *testing.T) {
	log := `Nov 22 09:59:58 mx postfix/smtpd[9]: connect from client.example.org[192.0.2.7]
S: 220 mail.example.org ESMTP Postfix
C: AUTH PLAIN AHRlc3QAMTIzNA==
S: 535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6
250 2.1.0 Ok
Nov 22 10:00:00 mx postfix/smtp[1]: 4A: to=<a@example.org>, dsn=4.7.1, status=deferred (host mx.example.org said: 450 4.7.1 <a@example.org>: Recipient address rejected: Greylisted)
Nov 22 10:05:00 mx postfix/smtp[1]: 4B: to=<b@example.org>, dsn=4.7.1, status=deferred (host mx.example.org said: 450 4.7.1 <b@example.org>: Recipient address rejected: Greylisted)
Authentication-Results: mx.example.net; spf=softfail smtp.mailfrom=example.org
ssl.SSLError: [SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca (_ssl.c:1006)

The weather is fine.
`
	var got []string
	for _, n := range Log(log) {
		got = append(got, strings.Repeat(".", n.Line)+n.Entries[0].ID())
	}
	want := []string{"....line:a reply", "......phrase:greylisted", "........wording:spf-softfail", ".........alert:unknown_ca"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

// A bounce and a reply of several lines say in the next line what the first leaves open.
func TestLogReadsALineWithThoseItGoesOnIn(t *testing.T) {
	for text, want := range map[string]string{
		"<b@example.net>: host mx.example.net[192.0.2.1] said: 552 5.2.2\n    <b@example.net>: Mailbox full (in reply to RCPT TO command)\n":                                            "1 phrase:mailbox-full",
		"\nS: 550-5.7.26 This mail has been blocked because\nS: 550-5.7.26 the sender is unauthenticated.\nS: 550 5.7.26 - gsmtp\n":                                                     "2 line:a reply",
		"Authentication-Results: mx.example.net;\n dkim=fail header.d=example.org;\n spf=softfail smtp.mailfrom=a@example.org;\n":                                                       "2 wording:dkim-fail, 3 wording:spf-softfail",
		"Nov 22 mx postfix/smtp[1]: to=<a@example.org>, status=sent (250 2.0.0 Ok: queued as 4X)\n":                                                                                     "",
		"Authentication-Results: mx.example.net;\n dkim=neutral (bad format) header.d=example.org;\n":                                                                                   "2 wording:dkim-neutral",
		"2026-11-22 10:00:00 1abcde-000001-AB == b@example.net R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host\n":                                            "1 wording:log-retry-not-due",
		"2026-11-22 10:00:00 1abcde-000001-AB ** b@example.net R=dnslookup T=remote_smtp: all hosts for 'example.net' have been failing for a long time (and retry time not reached)\n": "1 wording:log-retry-timeout",
		"2026-11-22 10:00:00 1abcde-000001-AB ** b@example.net: retry time not reached for any host after a long failure period\n":                                                      "1 wording:log-retry-timeout",
		"550-5.1.1 The email account that you tried to reach does\r\n550 5.1.1 not exist - gsmtp\r\n":                                                                                   "1 line:a reply",
	} {
		var got []string
		for _, n := range Log(text) {
			got = append(got, strconv.Itoa(n.Line)+" "+n.Entries[0].ID())
		}
		if joined := strings.Join(got, ", "); joined != want {
			t.Errorf("%s\n got %s\nwant %s", text, joined, want)
		}
	}
}

func TestLogIsBounded(t *testing.T) {
	for _, text := range []string{"", "\n\n", strings.Repeat("C: QUIT\n", MaxLogLines+10) + "550 5.1.1 no such user here\n"} {
		if notes := Log(text); len(notes) > 0 {
			t.Errorf("%+v", notes[0])
		}
	}
}

func FuzzLog(f *testing.F) {
	f.Add("535 5.7.8 no\r\nalert number 40\nspf=fail")
	f.Fuzz(func(t *testing.T, text string) {
		for _, n := range Log(text) {
			for _, e := range n.Entries {
				fitEntry(t, e)
			}
		}
	})
}

func TestAreasHoldEveryTopicOnce(t *testing.T) {
	var names []string
	for _, area := range Areas() {
		if area.Name == "" || len(area.Topics) == 0 {
			t.Errorf("area %q has %d topics", area.Name, len(area.Topics))
		}
		for _, e := range area.Topics {
			names = append(names, e.Name)
		}
	}
	var want []string
	for _, t := range []*table{&topicTable, &claimTable} {
		for r := range t.rows() {
			want = append(want, r.name())
		}
	}
	if !slices.Equal(names, want) {
		t.Errorf("\n got %q\nwant %q", names, want)
	}
}

func TestAnIDIsFound(t *testing.T) {
	for _, id := range []string{"topic:open relay", "reply:550 after RCPT", "keyword:SIZE", "wording:host-gmail", "enhanced:5.7.8"} {
		if found := Search([]string{id}); len(found) == 0 || found[0].ID() != id {
			t.Errorf("%s is not found", id)
		}
	}
}

// A line of syslog is named by what stands before its text, and by its queue ID; a line that could hold a secret there is not repeated.
func TestLogNamesALine(t *testing.T) {
	for line, want := range map[string]string{
		"Nov 22 10:00:00 mx postfix/smtp[811]: 4F1A2B: host mx said: 450 4.7.1 Greylisted":               "Nov 22 10:00:00 mx postfix/smtp[811] 4F1A2B",
		"2026-11-22T10:00:00.123456+01:00 mx postfix/smtpd[9]: NOQUEUE: reject: 554 Relay access denied": "2026-11-22T10:00:00.123456+01:00 mx postfix/smtpd[9]",
		"Nov  2 10:00:00 mx exim: Connection refused":                                                    "Nov  2 10:00:00 mx exim",
		"C: AUTH PLAIN AHRlc3QAMTIzNA==":                                                                 "",
		"S: 535 5.7.8 authentication failed":                                                             "",
		"Nov 22 10:00:00 my password is hunter2: 535 5.7.8 authentication failed":                        "",
	} {
		for _, n := range Log(line) {
			if n.Logged != want {
				t.Errorf("%q: %q, want %q", line, n.Logged, want)
			}
		}
		if got := logged(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
