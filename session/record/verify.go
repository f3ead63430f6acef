package record

import (
	"fmt"
)

// Failed reports whether the certificate does not stand up to the question.
func (c Check) Failed() bool { return !c.OK && !c.Open }

// Remedy is who has to do what to put it right; empty if nothing is wrong. Until then nobody knows who is at the other
// end, so it says first what to hold back.
func (c Check) Remedy() string {
	switch {
	case c.Fix == "":
		return ""
	case c.Failed():
		return "send no password here; " + c.Who + ": " + c.Fix
	}
	return c.Who + ": " + c.Fix
}

// mend adds who has to do what about it.
func (c Check) Mend(who, format string, args ...any) Check {
	c.Who, c.Fix = who, fmt.Sprintf(format, args...)
	return c
}
