package doctor

import (
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

func refusedWith(text string) *reading {
	r := &reading{refusal: &record.Reply{}}
	r.start.Target = record.Target{Host: "mx.example.org", Port: 25}
	for line := range strings.SplitSeq(text, "\n") {
		r.refusal.Lines = append(r.refusal.Lines, wire.Line{Text: line})
	}
	return r
}

// What a reply says of the block list is repeated; what it says of the server, of the client and of others is none of that.
func TestListing(t *testing.T) {
	for _, test := range []struct {
		text string
		want listing
	}{
		{"Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1",
			listing{"zen.spamhaus.org", "https://www.spamhaus.org/query/ip/192.0.2.1", false}},
		{"Service unavailable; client [192.0.2.1] blocked using b.barracudacentral.org", listing{name: "b.barracudacentral.org"}},
		{"host a.example.net [192.0.2.1] is in a black list at bl.spamcop.net\nBlocked - see https://www.spamcop.net/bl.shtml?192.0.2.1.",
			listing{"bl.spamcop.net", "https://www.spamcop.net/bl.shtml?192.0.2.1", false}},
		{"Mail from 192.0.2.1 refused by blackhole site dnsbl.example.net", listing{name: "dnsbl.example.net"}},
		{"[BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list", listing{name: "Spamhaus"}},
		{"Client host [192.0.2.1] blocked using pbl.spamhaus.org", listing{name: "pbl.spamhaus.org", policy: true}},
		{"192.0.2.1 listed at Spamhaus PBL (see <https://www.spamhaus.org/pbl/>)", listing{"Spamhaus", "https://www.spamhaus.org/pbl/", true}},
		{"connections from residential networks are not accepted", listing{policy: true}},
		{"mx.example.org your address is blocked here", listing{}},
		{"blocked by mx.example.org", listing{}},
		{"Client host a.example.net[192.0.2.1] rejected", listing{}},
		{"The sender IP 192.0.2.1 is blacklisted", listing{}},
		{"blocked using 192.0.2.1", listing{}},
		{"blocked using bl.ex\x1bample.net", listing{}},
		{"see https://bl.example.net/\x1b[2J", listing{page: "https://bl.example.net/\\x1b[2J"}},
		{"see https://bl.example.net/" + strings.Repeat("x", 2*mostPage), listing{}},
	} {
		if got := refusedWith(test.text).listing(); got != test.want {
			t.Errorf("%q: %+v, want %+v", test.text, got, test.want)
		}
	}
}

// The lookup of a list is of the address that the server sees, and there is none where that is not known or the list has no name.
func TestListLookup(t *testing.T) {
	for _, test := range []struct{ text, client, want string }{
		{"blocked using bl.example.net", "198.51.100.7", "dig 7.100.51.198.bl.example.net A"},
		{"blocked using bl.example.net", "2001:db8::1", "dig 1." + strings.Repeat("0.", 23) + "8.b.d.0.1.0.0.2.bl.example.net A"},
		{"blocked using bl.example.net", "192.168.1.5", ""},
		{"blocked using bl.example.net", "", ""},
		{"the ip is in Spamhaus's list", "198.51.100.7", ""},
	} {
		r := refusedWith(test.text)
		if r.beside.Client = test.client; r.listLookup() != test.want {
			t.Errorf("%+v: %q", test, r.listLookup())
		}
	}
}

// A code says what its reply is about, and the same digits in an address do not.
func TestSays(t *testing.T) {
	for _, test := range []struct {
		code, text              string
		reverse, authentication bool
	}{
		{"4.7.25", "Client host rejected", true, false},
		{"5.7.1", "Client host rejected: cannot find your hostname, [192.0.2.20]", true, false},
		{"5.7.1", "host 5.7.25.23 is refused", false, false},
		{"5.7.23", "refused", false, true},
		{"5.7.1", "rejected by the DMARC policy of bank.example", false, true},
		{"5.7.1", "rejected by policy", false, false},
	} {
		r := refusedWith(test.text)
		if err := r.refusal.Enhanced.UnmarshalText([]byte(test.code)); err != nil {
			t.Fatal(err)
		}
		if a, b := r.says("Reverse"), r.says("Authentication"); a != test.reverse || b != test.authentication {
			t.Errorf("%+v: %t, %t", test, a, b)
		}
	}
}
