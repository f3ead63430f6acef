package walk

import (
	"testing"
	"time"
)

// The wait that a reply names is read; other numbers in it are none.
func TestNamedWait(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"<bob@lab.test>: greylisted, try again in 72000 seconds":     20 * time.Hour,
		"Greylisted, please try again in 300 seconds, see a.example": 5 * time.Minute,
		"Try again after 10 minutes.":                                10 * time.Minute,
		"please wait at least 1 hour":                                time.Hour,
		"too many messages: the limit is 20 an hour":                 0,
		"mailbox is over quota, and stays so for thirty days":        0,
		"try again in -5 seconds":                                    0,
		"try again in 99999999999999999999 seconds":                  0,
		"try again in 9000 days":                                     0,
		"try again in 5":                                             0,
		"in":                                                         0,
		"":                                                           0,
	} {
		if got := namedWait(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
