package lab

import "testing"

// A line that is no command is not counted, and so its refusal is none of a command's.
func TestTheTallyCountsCommands(t *testing.T) {
	var got tally
	got.add("EHLO")
	got.add("\x16\x03")
	got.refuse("\x16\x03")
	for range 7 {
		got.refuse("")
	}
	if want := "ehlo=1 unknown=0/1 commands=1/2"; got.String() != want {
		t.Errorf("%s, want %s", got.String(), want)
	}
}
