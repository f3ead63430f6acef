package survey

import (
	"fmt"
	"slices"
	"testing"

	"ehlo/session/record"
)

// A session with a port starts TLS where the port has shown it to start; where it has shown nothing, as the port is for it.
func TestMode(t *testing.T) {
	for _, c := range []struct {
		cell Cell
		want string
	}{
		{Cell{Port: 25, State: StateSTARTTLS}, "opportunistic"},
		{Cell{Port: 25, State: StateTLS}, "implicit"},
		{Cell{Port: 25, State: StateRefused}, "opportunistic"},
		{Cell{Port: 465, State: StateTLS}, "implicit"},
		{Cell{Port: 465, State: StateFiltered}, "implicit"},
		{Cell{Port: 465, State: StateSTARTTLS}, "require"},
		{Cell{Port: 465, State: StateCleartext}, "opportunistic"},
		{Cell{Port: 465, State: StateRejects, TLS: &TLS{}}, "implicit"},
		{Cell{Port: 587, State: StateSTARTTLS}, "require"},
		{Cell{Port: 587, State: StateCleartext}, "require"},
		{Cell{Port: 587, State: StateTLS}, "implicit"},
		{Cell{Port: 587, State: StateUnknown}, "require"},
		{Cell{Port: 2525, State: StateSTARTTLS, TLS: &TLS{}, Listed: true}, "require"},
		{Cell{Port: 2525, State: StateCleartext, Listed: true}, "opportunistic"},
		{Cell{Port: 993, State: StateForeign, TLS: &TLS{}}, "implicit"},
		{Cell{Port: 143, State: StateForeign}, "opportunistic"},
	} {
		got := c.cell.Mode()
		if _, err := record.ParsePolicy(got, record.Target{}, false); got != c.want || err != nil {
			t.Errorf("port %d, %s: %q, want %q: %v", c.cell.Port, c.cell.State, got, c.want, err)
		}
	}
}

// What is taken for ports is a list of ports: each once, each possible, no more than may be asked at once.
func FuzzParsePorts(f *testing.F) {
	for _, text := range []string{"", "25", "25,465,587", "25, 465 587", "25,25", ",,", "0", "65536", "-1", "+5", "x", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ports, err := ParsePorts(text)
		if err != nil && ports != nil {
			t.Errorf("%v and %v", ports, err)
		}
		for i, p := range ports {
			if p < 1 || p > 65535 || slices.Contains(ports[:i], p) || i >= MostPorts {
				t.Errorf("%q gives %v", text, ports)
			}
		}
		if again, err := ParsePorts(fmt.Sprint(ports)[1 : len(fmt.Sprint(ports))-1]); err != nil || !slices.Equal(again, ports) {
			t.Errorf("%v comes back as %v: %v", ports, again, err)
		}
	})
}
