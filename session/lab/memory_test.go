package lab

import (
	"net/netip"
	"testing"
)

// A visitor who fills what can be remembered loses their own past alone.
func TestMemoryOfVisitors(t *testing.T) {
	var m memory[int, bool]
	quiet, loud := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	put := func(who netip.Prefix, n int) {
		known, done := m.visitor(who)
		defer done()
		known[n] = true
	}
	put(quiet, 1)
	for n := range 3*maxRemembered + 1 {
		put(loud, n)
	}
	for who, most := range map[netip.Prefix]int{quiet: 1, loud: maxRemembered} {
		known, done := m.visitor(who)
		if len(known) == 0 || len(known) > most {
			t.Errorf("%s: %d", who, len(known))
		}
		done()
	}
}
