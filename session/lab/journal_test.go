package lab

import "testing"

// A line that is no command is not counted, and so its refusal is none of a command's.
func TestTheTallyCountsCommands(t *testing.T) {
	var got tally
	got.add("EHLO")
	got.add("FROM:")
	got.refuse("FROM:")
	for _, line := range []string{"\x16\x03\x01", "", "\x80"} {
		got.add(line)
		got.refuse(line)
	}
	if want := "ehlo=1 unknown=0/1 commands=1/2"; got.String() != want {
		t.Errorf("%s, want %s", got.String(), want)
	}
}
