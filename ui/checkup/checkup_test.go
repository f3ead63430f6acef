package checkup

import (
	"strings"
	"testing"

	"ehlo/session/doctor"
	"ehlo/ui/paint"
)

func TestSelf(t *testing.T) {
	found := doctor.Self{Program: "ehlo 1.0, linux/amd64", Checks: []doctor.Check{
		{Name: "terminal", State: doctor.OK, Text: "xterm, 80×24 cells."},
		{Name: "trust store", State: doctor.Fault, Text: "This machine has no trusted roots: no certificate passes verification.", Todo: "install the system's root certificates, often the package ca-certificates"},
	}}
	const want = `ehlo 1.0, linux/amd64
ok     terminal       xterm, 80×24 cells.
fault  trust store    This machine has no trusted roots: no certificate
                      passes verification.
                      → install the system's root certificates, often the
                        package ca-certificates
1 fault, 0 notes.`
	if got := strings.Join(Self(found, 74), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, width := range []int{0, 40, 60} {
		for _, line := range Self(found, width) {
			if paint.Width(line) > max(width, narrowest) {
				t.Errorf("%d columns: %q", width, line)
			}
		}
	}
}
