package diff

import "testing"

// What no two sessions share is taken out, and nothing else is.
func TestNoise(t *testing.T) {
	n := newNoise([]string{"laptop.example", "‹client›", "198.51.100.7", "‹client›"})
	for _, row := range []struct {
		a, b  string
		equal bool
	}{
		{"2.0.0 Ok: queued as 4Sg6lJ2Kzdz9rxY", "2.0.0 Ok: queued as 1A2B3C4D5E", true},
		{"OK id=1rABCD-000123-AB", "OK id=1rABCE-0AB123-Q9", true},
		{"OK  1700000000 5b1f17b1804b1-45b84si123456wmd.12 - gsmtp", "OK  1799999999 a9c817b1804b1-12b84si9956wmd.7 - gsmtp", true},
		{"3ATJ8Zk2012345 Message accepted for delivery", "3BBJ9Yk2912345 Message accepted for delivery", true},
		{"ready at Sun, 29 Nov 2026 19:07:11 +0000", "ready at Mon, 30 Nov 2026 07:00:01 +0100 (CET)", true},
		{"ready at 2026-11-29T19:07:11Z", "ready at 2026-11-30 08:07:11 UTC", true},
		{"Thu Jan  1 12:30:00 2026", "Fri Jan 2 07:00:00 2026", true},
		{"hello laptop.example [198.51.100.7]:4711", "hello laptop.example [198.51.100.7]:4712", true},
		{"connected to 192.0.2.1:25", "connected to 192.0.2.1:50025", true},
		{"connected to 192.0.2.1:25", "connected to 192.0.2.2:25", false},
		{"wait 30 seconds", "wait 31 seconds", true},
		{"SCRAM-SHA-256 only", "SCRAM-SHA-512 only", false},
		{"mx1.example.org ESMTP", "mx2.example.org ESMTP", false},
		{"am7eur06ft038.mail.example", "am7eur06ft039.mail.example", false},
		{"4.7.0 too many", "4.7.1 too many", false},
		{"max 10 recipients", "max 20 recipients", false},
	} {
		if got := n.out(row.a) == n.out(row.b); got != row.equal {
			t.Errorf("%q and %q: %v\n%q\n%q", row.a, row.b, got, n.out(row.a), n.out(row.b))
		}
	}
}
