package explain

import (
	"slices"
	"strings"
	"testing"
)

// What is typed finds what begins so, with every letter, and what a whole line means stands first.
func TestMatchesWhileTyping(t *testing.T) {
	for typed, want := range map[string]string{
		"sp": "topic:SPF", "spf": "topic:SPF", "SPF": "topic:SPF", "grey": "topic:greylisting", "greyl": "topic:greylisting",
		"STARTT": "topic:STARTTLS", "535": "reply:535", "53": "reply:530", "5.7.8": "enhanced:5.7.8", "587": "port:587", "PLAI": "mechanism:PLAIN",
		"open rel": "topic:open relay", "cert-exp": "finding:cert-expired", "TLS_AES_128_G": "tls-suite:TLS_AES_128_GCM_SHA256",
		"x25": "tls-group:x25519", "relay access denied": "phrase:", "bad_cert": "alert:bad_certificate", "465 vs 587": "topic:mail ports",
		"what is spf": "topic:SPF", "why do 465 and 587 differ": "topic:mail ports", "465 587": "topic:mail ports", "client hel": "tls-message:ClientHello",
	} {
		found, all := Matches(typed, 20)
		if len(found) == 0 || all < len(found) {
			t.Errorf("%q: %d of %d", typed, len(found), all)
			continue
		}
		at := slices.IndexFunc(found, func(e Entry) bool { return strings.HasPrefix(e.ID(), want) })
		if at < 0 || at > 2 {
			t.Errorf("%q: %s is number %d of %v", typed, want, at+1, ids(found))
		}
	}
}

func ids(entries []Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.ID())
	}
	return out
}

// A letter more never finds what a letter less did not, but for what the longer line means as a whole.
func TestMatchesNarrow(t *testing.T) {
	const line = "certificate exp"
	before := -1
	for n := 2; n <= len(line); n++ {
		_, all := Matches(line[:n], 1)
		if before >= 0 && all > before+maxFound {
			t.Errorf("%q finds %d, a letter less %d", line[:n], all, before)
		}
		before = all
	}
	if before == 0 || before > 60 {
		t.Errorf("%q finds %d", line, before)
	}
}

func TestMatchesAreCountedAndCut(t *testing.T) {
	best, all := Matches("tls", 7)
	if len(best) != 7 || all < 100 {
		t.Errorf("%d of %d", len(best), all)
	}
	for _, nothing := range []string{"", "  ", "qqqqqq zz"} {
		if best, all := Matches(nothing, 7); len(best) > 0 || all > 0 {
			t.Errorf("%.20q finds %v", nothing, ids(best))
		}
	}
	if best, _ := Matches(strings.Repeat("qx ", 1<<20), 7); len(best) > 0 {
		t.Errorf("a long line finds %v", ids(best))
	}
	found, _ := Matches("tls", 1000)
	seen := map[string]bool{}
	for _, e := range found {
		if seen[e.ID()] {
			t.Errorf("%s twice", e.ID())
		}
		seen[e.ID()] = true
	}
}

// What was found can be found again by its ID, its see-also links too: cards lead from one to the next.
func TestMatchesHaveCards(t *testing.T) {
	for _, typed := range []string{"tls", "auth", "mail", "a", "5"} {
		found, _ := Matches(typed, 2000)
		for _, e := range found {
			if again, ok := ByID(e.ID()); !ok || again.ID() != e.ID() {
				t.Errorf("%q: no card for %s", typed, e.ID())
			}
		}
	}
}

func TestMentioned(t *testing.T) {
	got := ids(Mentioned("The sender's domain publishes SPF and DKIM; greylisting and an open relay are other matters. STARTTLSX is none.", 9))
	want := []string{"topic:SPF", "topic:DKIM", "topic:greylisting", "topic:open relay"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := Mentioned("SPF DKIM DMARC", 2); len(got) != 2 {
		t.Error(ids(got))
	}
	for _, none := range []string{"", "mail was sent to a server", "\xff\xfe"} {
		if got := Mentioned(none, 9); len(got) > 0 {
			t.Errorf("%q names %v", none, ids(got))
		}
	}
}

func BenchmarkMatches(b *testing.B) {
	for _, typed := range []string{"t", "tls", "certificate exp", "qqqq"} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				Matches(typed, 200)
			}
		})
	}
}

// What a learner types has its card in the first place: a name, a whole word of a topic, or what a number stands for. Cards that hold the word in
// their text come later.
func TestWhatALearnerTypesComesFirst(t *testing.T) {
	for typed, want := range map[string]string{
		"strip": "topic:STARTTLS stripping", "stripped": "topic:STARTTLS stripping", "stripping": "topic:STARTTLS stripping", "spf": "topic:SPF",
		"465": "port:465", "587": "port:587", "25": "port:25", "535": "reply:535", "550": "reply:550", "relay": "topic:relay and submission",
		"open relay": "topic:open relay", "mx": "topic:MX", "tls": "topic:TLS", "cert expired": "finding:cert-expired", "expired": "finding:cert-expired",
		"greylist": "topic:greylisting", "greylisting": "topic:greylisting", "smuggling": "topic:bare line feed", "dkim": "topic:DKIM", "dmarc": "topic:DMARC",
		"app password": "topic:application password", "bounce": "topic:bounce", "port 25": "port:25", "starttls": "command:STARTTLS", "ehlo": "command:EHLO",
		"auth": "command:AUTH", "login": "mechanism:LOGIN", "base64": "topic:base64", "spam": "topic:spam and bots", "blacklist": "topic:DNSBL",
		"block list": "topic:DNSBL", "dane": "topic:DANE", "mta-sts": "topic:MTA-STS", "reverse dns": "topic:PTR", "ptr": "topic:PTR", "queue": "term:mail queue",
		"encryption": "topic:TLS", "certificate": "topic:certificate chain", "self-signed": "term:self-signed", "sni": "tls-extension:server_name",
		"scram": "term:SCRAM", "nonce": "term:nonce", "salt": "term:salt", "oauth": "topic:OAuth", "token": "term:bearer token", "timeout": "topic:timeout",
		"size": "keyword:SIZE", "envelope": "topic:envelope", "backscatter": "topic:backscatter", "imap": "topic:POP and IMAP", "dns": "port:53",
		"man in the middle": "topic:man in the middle", "downgrade": "term:downgrade", "handshake": "topic:TLS handshake", "cipher": "topic:cipher suite",
		"eavesdrop": "topic:eavesdropping",
	} {
		if found, _ := Matches(typed, 5); len(found) == 0 || found[0].ID() != want {
			t.Errorf("%q: %v, want %s first", typed, ids(found), want)
		}
	}
}
