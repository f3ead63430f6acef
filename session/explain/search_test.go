package explain

import (
	"strings"
	"testing"
)

func TestSearchFindsBestFirst(t *testing.T) {
	for _, c := range []struct {
		query string
		want  string // IDs, in this order, at the front
	}{
		{"535", "reply:535"},
		{"354", "reply:354, reply:354 after DATA"},
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
		{"AUTH PLAIN LOGIN", "keyword:AUTH, command:AUTH"},
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
		{"554 5.7.1 <x@example.org>: Relay access denied", "line:a reply, phrase:postfix-relay-denied, reply:554, enhanced:5.7.1"},
		{"relay access denied", "topic:open relay, phrase:postfix-relay-denied"},
		{"220 mail.example.org ESMTP Exim 4.96 date", "software:Exim, reply:220"},
		{"SSL routines:ssl3_get_record:wrong version number", "phrase:tls-wrong-version-number"},
		{"dial tcp 192.0.2.1:25: connect: connection refused", "phrase:net-refused"},
		{"Nov 22 10:00:00 mx postfix/smtp[1]: 4A: to=<a@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, dsn=4.7.1, status=deferred (host mx.example.org said: 450 4.7.1 <a@example.org>: Recipient address rejected: Greylisted (in reply to RCPT TO command))",
			"phrase:greylisted, reply:450, enhanced:4.7.1"},
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

func TestSearchMasksUnlessAsked(t *testing.T) {
	const secret = "tanstaaf"
	for _, query := range []string{
		"AGFubgB0YW5zdGFhZg==",            // NUL ann NUL tanstaaf
		"AUTH PLAIN AGFubgB0YW5zdGFhZg==", //
		"334 AGFubgB0YW5zdGFhZg==",
		"dGFuc3RhYWY=", // tanstaaf
		"C: dGFuc3RhYWY=",
	} {
		for _, e := range Search(strings.Fields(query)) {
			if strings.Contains(e.Name+e.Short+e.Text+e.Remedy, secret) {
				t.Errorf("%s: %s shows it", query, e.ID())
			}
		}
		shown := false
		for _, e := range SearchRevealed(strings.Fields(query)) {
			shown = shown || strings.Contains(e.Text, secret)
		}
		if !shown {
			t.Errorf("%s: not shown when asked", query)
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
		if got := distance(c.a, c.b); got != c.want {
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
