package explain

import (
	"slices"
	"strings"
	"testing"
)

func TestSearchFindsBestFirst(t *testing.T) {
	for _, c := range []struct {
		query string
		want  string // IDs, in this order, at the front
	}{
		{"535", "reply:535"},
		{"354", "reply:354"},
		{"503 RCPT", "reply:503 after RCPT, reply:503"},
		{"502 starttls", "reply:502 after STARTTLS, reply:502"},
		{"554 greeting", "reply:554 after greeting"},
		{"250 after MAIL", "reply:250 after MAIL"},
		{"what does 550 mean?", "reply:550"},
		{"5.7.8", "enhanced:5.7.8"},
		{"535 5.7.8", "line:a reply, reply:535, enhanced:5.7.8"},
		{"X.7.8", "enhanced:X.7.8"},
		{"5.7.139", "enhanced:5.7.139"},
		{"STARTTLS", "command:STARTTLS, keyword:STARTTLS, topic:STARTTLS"},
		{"starttls", "command:STARTTLS"},
		{"SIZE", "keyword:SIZE, parameter:SIZE"},
		{"SIZE 10240000", "keyword:SIZE"},
		{"250-SIZE 10240000", "keyword:SIZE, reply:250"},
		{"S: 250 AUTH PLAIN LOGIN", "keyword:AUTH"},
		{"AUTH PLAIN LOGIN", "keyword:AUTH"},
		{"AUTH PLAIN", "line:a command, command:AUTH"},
		{"AUTH PLAIN AHRlc3QAMTIzNA==", "line:a command, base64:AUTH PLAIN message, command:AUTH"},
		{"C: MAIL FROM:<> SIZE=1000", "line:a command"},
		{"EHLO laptop", "line:a command"},
		{"PLAIN", "mechanism:PLAIN"},
		{"XOAUTH2", "mechanism:XOAUTH2"},
		{"ClientHello", "tls-message:ClientHello"},
		{"key_share", "tls-extension:key_share"},
		{"unknown ca", "alert:unknown_ca"},
		{"alert 70", "alert:protocol_version"},
		{"extension 51", "tls-extension:key_share"},
		{"message 20", "tls-message:Finished"},
		{"25", "port:25"},
		{"port 587", "port:587"},
		{":465", "port:465"},
		{"cert-expired", "finding:cert-expired"},
		{"greylisting", "topic:greylisting"},
		{"what is greylisting?", "topic:greylisting"},
		{"Postfix", "software:Postfix"},
		{"XFOO", "keyword:X…"},
		{"dGVzdAB0ZXN0ADEyMzQ=", "base64:AUTH PLAIN message, mechanism:PLAIN"},
		{"VXNlcm5hbWU6", "base64:prompt of AUTH LOGIN, mechanism:LOGIN"},
		{"554 5.7.1 <x@example.org>: Relay access denied", "line:a reply, reply:554, enhanced:5.7.1"},
		{"relay access denied", "topic:open relay, phrase:postfix-relay-denied"},
		{"220 mail.example.org ESMTP Exim 4.96 date", "software:Exim, reply:220"},
		{"SSL routines:ssl3_get_record:wrong version number", "phrase:tls-wrong-version-number"},
		{"dial tcp 192.0.2.1:25: connect: connection refused", "phrase:net-refused"},
		{"Nov 22 10:00:00 mx postfix/smtp[1]: 4A: to=<a@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, dsn=4.7.1, status=deferred (host mx.example.org said: 450 4.7.1 <a@example.org>: Recipient address rejected: Greylisted (in reply to RCPT TO command))",
			"phrase:greylisted, wording:log-deferred, enhanced:4.7.1, reply:450"},
	} {
		var got []string
		for _, e := range Search(strings.Fields(c.query)) {
			got = append(got, e.ID())
		}
		if joined := strings.Join(got, ", "); !strings.HasPrefix(joined+", ", c.want+", ") {
			t.Errorf("%s\n got %s\nwant %s", c.query, joined, c.want)
		}
		if len(got) > maxFound {
			t.Errorf("%s: %d entries", c.query, len(got))
		}
	}
}

// A person who is asked answers with one thing, or with few.
func TestQuestionsAreAnsweredAsAPersonWould(t *testing.T) {
	for query, want := range map[string]string{
		"smtp":                    "topic:SMTP, port:25",
		"how does smtp work":      "topic:SMTP, port:25",
		"how do I send mail?":     "topic:SMTP",
		"TLS":                     "topic:TLS",
		"what is tls":             "topic:TLS",
		"encryption":              "topic:TLS",
		"mail server":             "topic:mail roles",
		"SMTPS":                   "topic:SMTPS, port:465",
		"smtps 587":               "claim:SMTPS is port 587, topic:N10-009 exam, port:587",
		"dot":                     "command:(end of data)",
		"smtp port":               "topic:mail ports",
		"what port does smtp use": "topic:mail ports",
		"465 vs 587":              "topic:mail ports",
		"250":                     "reply:250",
		"error codes":             "topic:reply codes",
		"EHLO command":            "command:EHLO",
		"ehlo or helo":            "command:EHLO, command:HELO",
		"plain or login":          "mechanism:PLAIN, mechanism:LOGIN",
		"spf record":              "topic:SPF",
		"help me":                 "command:HELP, keyword:HELP",
		"data loss":               "command:DATA",
		"quit smoking":            "command:QUIT",
		"mail rejected":           "topic:bounce",
		"login":                   "mechanism:LOGIN, topic:SASL",
		"imap":                    "topic:POP and IMAP, port:143",
		"expired certificate":     "finding:cert-expired",
		"wrong password":          "reply:535, phrase:wrong-credentials",
		"starttls failed":         "finding:starttls-refused",
		"certificate error":       "topic:certificate errors",
		"greylisted":              "finding:greylisted, topic:greylisting, phrase:greylisted",
		"does 587 require TLS":    "claim:port 587 mandates TLS, topic:port is not encryption",
		"why was I refused with 550 today by that server": "reply:550",
		"dns": "port:53",
	} {
		var got []string
		for _, e := range Search(strings.Fields(query)) {
			got = append(got, e.ID())
		}
		if joined := strings.Join(got, ", "); joined != want {
			t.Errorf("%s\n got %s\nwant %s", query, joined, want)
		}
	}
}

// Words that begin with a verb are a command only if they go on like one, or if
// a transcript says that the client sent them.
func TestAVerbDoesNotMakeACommand(t *testing.T) {
	for query, isLine := range map[string]bool{
		"mail server": false, "MAIL server": false, "send mail": false, "data loss": false, "help me": false, "auth failed": false,
		"quit smoking": false, "STARTTLS refused": false, "starttls stripping": false, "EHLO name": false, "ehlo reply": false,
		"auth login failed now": false, "size limit": false, "noop or rset": false, "C: STARTTLS now": true, "> data loss": true,
		"MAIL FROM:<a@b.example>": true, "mail from:<a@b.example>": true, "mail a@b.example": true, "RCPT TO:<b@c.example>": true,
		"ehlo laptop.example.org": true, "EHLO laptop": true, "EHLO [192.0.2.1]": true, "AUTH PLAIN": true, "AUTH EXTERNAL =": true,
		"BDAT 12 LAST": true, "VRFY bob": true, "HELP MAIL": true, "XCLIENT NAME=x": true, "S: MAIL FROM:<a@b.example>": false,
	} {
		found := slices.ContainsFunc(Search(strings.Fields(query)), func(e Entry) bool { return e.ID() == "line:a command" })
		if found != isLine {
			t.Errorf("%s: taken for a command %v, want %v", query, found, isLine)
		}
	}
	for _, query := range []string{"size limit", "help me", "auth failed", "starttls stripping"} {
		if found := Search(strings.Fields(query)); found[0].Kind == KindKeyword {
			t.Errorf("%s is taken for a line of EHLO", query)
		}
	}
}

func TestACodeIsSummedUp(t *testing.T) {
	found := Search([]string{"250"})
	if len(found) != 1 {
		t.Fatalf("%d entries", len(found))
	}
	for _, says := range []string{"The server carried out the command.", "after EHLO (the server lists its extensions)", "after MAIL (sender accepted)",
		"after end of data (message accepted)"} {
		if !strings.Contains(found[0].Text, says) {
			t.Errorf("%q is missing in %q", says, found[0].Text)
		}
	}
	if !slices.Contains(found[0].See, "reply:250 after MAIL") {
		t.Errorf("%v", found[0].See)
	}
	if alone := Search([]string{"556"}); strings.Contains(alone[0].Text, "place") {
		t.Errorf("%q", alone[0].Text)
	}
}

func TestStems(t *testing.T) {
	for _, c := range []struct {
		text, word string
		want       bool
	}{
		{"a block list", "blocked", true}, {"blocked here", "block", true}, {"certificates", "certificate", true},
		{"mailbox", "mail", false}, {"unblock", "block", false}, {"address", "address", true}, {"addresses", "address", true},
		{"the port", "ports", true}, {"report", "port", false}, {"", "port", false}, {"export, port", "port", true},
	} {
		if got := holds(c.text, stem(c.word)); got != c.want {
			t.Errorf("%q in %q: %v", c.word, c.text, got)
		}
	}
}

func TestSearchMasks(t *testing.T) {
	const secret = "tanstaaf"
	for _, query := range []string{
		"AGFubgB0YW5zdGFhZg==",            // NUL ann NUL tanstaaf
		"AUTH PLAIN AGFubgB0YW5zdGFhZg==", //
		"334 AGFubgB0YW5zdGFhZg==",
		"dGFuc3RhYWY=", // tanstaaf
		"C: dGFuc3RhYWY=",
	} {
		masked := false
		for _, e := range Search(strings.Fields(query)) {
			masked = masked || strings.Contains(e.Text, mask)
			if strings.Contains(e.Name+e.Short+e.Text+e.Remedy, secret) {
				t.Errorf("%s: %s shows it", query, e.ID())
			}
		}
		if !masked {
			t.Errorf("%s: nothing is opened", query)
		}
	}
}

func TestSearchByText(t *testing.T) {
	for query, want := range map[string]string{
		"printer":                        "topic:devices that send mail",
		"smuggling":                      "topic:bare line feed",
		"how do I get hold of a printer": "topic:devices that send mail",
		"certificate wildcard":           "topic:certificate names",
	} {
		found := false
		for _, e := range Search(strings.Fields(query)) {
			found = found || e.ID() == want
		}
		if !found {
			t.Errorf("%s does not find %s", query, want)
		}
	}
}

func TestSearchForNothing(t *testing.T) {
	for _, words := range [][]string{nil, {""}, {"  "}, {"qqqqqq"}, {"the"}, {strings.Repeat("x ", 1<<17)}} {
		if found := Search(words); len(found) != 0 {
			t.Errorf("%.20q finds %s", words, found[0].ID())
		}
	}
}

func TestSuggest(t *testing.T) {
	for word, want := range map[string]string{
		"STARTLS":       "STARTTLS",
		"pipelinig":     "PIPELINING",
		"greylsiting":   "greylisting",
		"SCRAM-SHA-265": "SCRAM-SHA-256",
		"cert-expird":   "cert-expired",
		"EHOL":          "EHLO",
	} {
		if got := Suggest([]string{word}); len(got) == 0 || got[0] != want || len(got) > maxSuggestions {
			t.Errorf("%s: %q, want %q first", word, got, want)
		}
	}
	for _, words := range [][]string{nil, {"zz"}, {"qqqqqqqqqqqq"}, {strings.Repeat("a", 1<<16)}} {
		if got := Suggest(words); len(got) != 0 {
			t.Errorf("%.20q: %q", words, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"ehlo", "ehlo", 0}, {"ehol", "ehlo", 1}, {"kitten", "sitting", 3}, {"abc", "", 3}} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	words := strings.Fields("554 5.7.1 <x@example.org>: Relay access denied")
	for b.Loop() {
		Search(words)
	}
}
