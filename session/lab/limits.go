package lab

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// messageLimit is how many messages a client may send in an hour.
type messageLimit struct {
	PerHour int `yaml:"per-hour"` // 0 for no limit
	Sent    int `yaml:"sent"`     // how many each client is taken to have sent in the hour before the lab began, evenly spaced
}

// greylist remembers when each client, sender and recipient came together first (RFC 6647 §2.4).
type greylist struct {
	mu    sync.Mutex
	first map[[3]string]time.Time
}

// left is how much of wait is still to pass for a triplet, 0 or less once it has. A table that is full is begun again.
func (g *greylist) left(triplet [3]string, now time.Time, wait time.Duration) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	first, known := g.first[triplet]
	if !known {
		if first = now; g.first == nil || len(g.first) >= maxRemembered {
			g.first = make(map[[3]string]time.Time)
		}
		g.first[triplet] = first
	}
	return first.Add(wait).Sub(now)
}

// greylisted is the reply to a recipient whom a sender has to try again, or "".
func (f *front) greylisted(from, to string) string {
	wait := f.lab.scenario.Knobs.Greylist
	if wait == 0 || f.user != "" {
		return ""
	}
	left := f.lab.greylist.left([3]string{f.peerIP(), from, to}, f.lab.clock.now(), wait)
	if left <= 0 {
		return ""
	}
	return fmt.Sprintf("451 4.7.1 <%s>: greylisted, try again in %d seconds", printable(to), (left+time.Second-1)/time.Second)
}

// senders remembers when each client sent its messages of the last hour.
type senders struct {
	mu   sync.Mutex
	sent map[string][]time.Time
}

// may counts a message of a client, and reports false where the limit leaves none.
func (s *senders) may(client string, limit messageLimit, began, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	sent, known := s.sent[client]
	if !known {
		sent = spaced(limit.Sent, began)
	}
	sent = slices.DeleteFunc(sent, func(t time.Time) bool { return now.Sub(t) >= time.Hour })
	allowed := len(sent) < limit.PerHour
	if allowed {
		sent = append(sent, now)
	}
	if s.sent == nil || len(s.sent) >= maxRemembered {
		s.sent = make(map[string][]time.Time)
	}
	s.sent[client] = sent
	return allowed
}

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
	if limit.PerHour == 0 || f.lab.senders.may(f.peerIP(), limit, f.lab.began, f.lab.clock.now()) {
		return ""
	}
	return fmt.Sprintf("421 4.7.0 %s too many messages: the limit is %d an hour, try again later", f.service.Host, limit.PerHour)
}
