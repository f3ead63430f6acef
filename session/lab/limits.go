package lab

import (
	"fmt"
	"slices"
	"time"
)

// messageLimit is how many messages a client may send in an hour.
type messageLimit struct {
	PerHour int `yaml:"per-hour"` // 0 for no limit
	Sent    int `yaml:"sent"`     // how many each client is taken to have sent in the hour before the lab began, evenly spaced
}

// greylisted is the reply to a recipient whom a sender has to try again, or "": the server remembers when a client, a sender and a recipient came
// together first (RFC 6647 §2.4).
func (f *front) greylisted(from, to string) string {
	wait := f.lab.scenario.Knobs.Greylist
	if wait == 0 || f.user != "" {
		return ""
	}
	left := f.sinceFirst([2]string{from, to}, wait)
	if left <= 0 {
		return ""
	}
	return fmt.Sprintf("451 4.7.1 <%s>: greylisted, try again in %d seconds", printable(to), (left+time.Second-1)/time.Second)
}

// sinceFirst is how much of wait is still to pass, 0 or less once it has.
func (f *front) sinceFirst(pair [2]string, wait time.Duration) time.Duration {
	now := f.lab.clock.now()
	known, done := f.lab.greylist.visitor(f.visitor())
	defer done()
	first, ok := known[pair]
	if !ok {
		first = now
		known[pair] = first
	}
	return first.Add(wait).Sub(now)
}

// mayCount counts a message of a client, and reports false where the limit leaves none.
func (f *front) mayCount(limit messageLimit) bool {
	now := f.lab.clock.now()
	known, done := f.lab.senders.visitor(f.visitor())
	defer done()
	sent, ok := known[hour{}]
	if !ok {
		sent = spaced(limit.Sent, f.lab.began)
	}
	sent = slices.DeleteFunc(sent, func(t time.Time) bool { return now.Sub(t) >= time.Hour })
	allowed := len(sent) < limit.PerHour
	if allowed {
		sent = append(sent, now)
	}
	known[hour{}] = sent
	return allowed
}

// hour is what a client has sent in.
type hour struct{}

// spaced are n times, evenly in the hour before end, the oldest first.
func spaced(n int, end time.Time) []time.Time {
	times := make([]time.Time, n)
	for i := range times {
		times[i] = end.Add(-time.Hour + time.Duration(i+1)*time.Hour/time.Duration(n+1))
	}
	return times
}

// limited is the reply to a message beyond the limit, or "".
func (f *front) limited() string {
	limit := f.lab.scenario.Knobs.Limit
	if limit.PerHour == 0 || f.mayCount(limit) {
		return ""
	}
	return fmt.Sprintf("421 4.7.0 %s too many messages: the limit is %d an hour, try again later", f.service.Host, limit.PerHour)
}
