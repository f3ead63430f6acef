package explain

import (
	"os"
	"strings"
	"testing"
)

// What learners read and say is found by their own words, whichever they choose, and as they are typed.
func TestClaimsAreFoundByTheirWords(t *testing.T) {
	text, err := os.ReadFile("testdata/claims.txt")
	if err != nil {
		t.Fatal(err)
	}
	ways := map[string]int{}
	for line := range strings.Lines(string(text)) {
		name, worded, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for way := range strings.SplitSeq(worded, "; ") {
			ways[name]++
			if got := firstName(Lookup(strings.Fields(way)).Entries); got != name {
				t.Errorf("%q finds %s, not %s", way, got, name)
			}
			if near, _ := Matches(way, 1); firstName(near) != name {
				t.Errorf("%q, as it is typed, finds %s, not %s", way, firstName(near), name)
			}
		}
	}
	for _, e := range entriesOf(&claimTable) {
		if got := firstName(Lookup(strings.Fields(e.Name)).Entries); got != e.Name || ways[e.Name] < 3 {
			t.Errorf("%s: %d ways, and its own name finds %s", e.Name, ways[e.Name], got)
		}
		delete(ways, e.Name)
	}
	for name := range ways {
		t.Errorf("no claim is called %s", name)
	}
}

func firstName(entries []Entry) string {
	if len(entries) == 0 {
		return "nothing"
	}
	return entries[0].Name
}

// What only has the words of a claim, and is a reply, a log line or a subject, is found as before.
func TestNoClaimIsFoundForWhatIsSaidOtherwise(t *testing.T) {
	for _, line := range []string{
		"550 5.7.1 relaying denied", "554 5.7.1 <a@example.org>: Relay access denied", "port 465", "465", "587", "2525", "port 25", "STARTTLS",
		"465 vs 587", "MX", "DMARC", "DKIM", "SPF softfail", "MTA-STS", "CRAM-MD5", "DIGEST-MD5", "LOGIN", "second EHLO", "TLS 1.0", "RFC 8314",
		"openssl s_client", "connect to mx.example.org[192.0.2.1]:25: Connection timed out", "port 25 blocked", "250-AUTH LOGIN PLAIN",
		"STARTTLS is required to send mail", "AUTH PLAIN", "relay access denied", "OAuth", "SSL", "mail rejected 550 relay not permitted", "server closed port 25 connection", "unauthenticated smtp", "mx priority", "isp blocks port 25",
		"dmarc fail", "spf fail", "tls 1.1 disabled", "is 465 secure", "smtp ssl error", "ehlo after starttls", "port 25 connection timed out",
	} {
		if found := Lookup(strings.Fields(line)).Entries; len(found) > 0 && found[0].Kind == KindClaim {
			t.Errorf("%q finds %s", line, found[0].ID())
		}
	}
}

// A claim has its three sides, in whole sentences of at most twenty-four words, and names no text that made it.
func TestAClaimHasThreeSides(t *testing.T) {
	for _, e := range entriesOf(&claimTable) {
		for _, side := range e.Sides() {
			if !strings.HasSuffix(side.Text, ".") {
				t.Errorf("%s, %s: %q", e.Name, side.Name, side.Text)
			}
			for sentence := range strings.SplitSeq(side.Text, ". ") {
				if n := len(strings.Fields(sentence)); n > 24 {
					t.Errorf("%s, %s: %d words: %s", e.Name, side.Name, n, sentence)
				}
			}
		}
		if len(e.Says()) != 3 || e.Said == "" || e.Exam == "" {
			t.Errorf("%s: a side is missing", e.Name)
		}
	}
	if n := len(entriesOf(&claimTable)); n < 43 {
		t.Errorf("%d claims: the 42 and the conflict with the exam are there", n)
	}
}
