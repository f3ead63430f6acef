package foreign

import (
	"time"

	"ehlo/session/lazy"
)

// stamps are the forms of a time at the beginning of a line, most exact first. A syslog has no year: there the differences alone
// count.
var stamps = []struct {
	looks  *lazy.Pattern
	layout string
	dated  bool
}{
	{&lazy.Pattern{Text: `^\[?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))`}, time.RFC3339Nano, true},
	{&lazy.Pattern{Text: `^\[?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})`}, "2006-01-02 15:04:05,000", true},
	{&lazy.Pattern{Text: `^\[?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)`}, "2006-01-02 15:04:05.999999999", true},
	{&lazy.Pattern{Text: `^\[(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d [+-]\d{4})\]`}, "02-Jan-2006 15:04:05 -0700", true},
	{&lazy.Pattern{Text: `^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?)`}, "Jan _2 15:04:05.999999999", false},
	{&lazy.Pattern{Text: `^\[?(\d\d:\d\d:\d\d(?:\.\d+)?)`}, "15:04:05.999999999", false},
}

// stamp is the time that a line begins with; dated says that it is a day of a year.
func stamp(line string) (t time.Time, dated, ok bool) {
	line = line[:min(len(line), 48)]
	for _, s := range stamps {
		if m := s.looks.Get().FindStringSubmatch(line); m != nil {
			if t, err := time.Parse(s.layout, m[1]); err == nil {
				return t, s.dated, true
			}
		}
	}
	return time.Time{}, false, false
}

// clock gives the pieces of a conversation their times, as long as each of its lines has one.
type clock struct {
	first  time.Time
	lacked bool
}

// at is how long after the first line this one came.
func (k *clock) at(c *Conversation, line string) time.Duration {
	t, dated, ok := stamp(line)
	switch {
	case !ok || k.lacked:
		k.lacked, c.Timed = true, false
		return 0
	case k.first.IsZero():
		k.first, c.Timed = t, true
		if dated {
			c.Began = t
		}
	}
	return max(0, t.Sub(k.first))
}
