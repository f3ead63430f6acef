package lab

import (
	"strings"
	"sync"
)

// script gives the scenario's answers. It remembers across connections, so
// that a client which comes back later finds itself known.
type script struct {
	answers []answer
	mu      sync.Mutex
	given   map[string]int // by position and command line
}

// maxRemembered bounds how many command lines a script tells apart.
const maxRemembered = 1000

// find returns the answer to a command line of a client, if there is one for
// it now.
func (s *script) find(to, line string, f *front) (answer, bool) {
	for _, a := range s.answers {
		if a.To == to && a.applies(line, f) && (a.Times == 0 || s.again(to+"\x00"+line, a.Times)) {
			return a, true
		}
	}
	return answer{}, false
}

// applies reports whether the conditions of an answer hold.
func (a answer) applies(line string, f *front) bool {
	_, arg := split(line)
	switch {
	case a.Clear && f.tls != nil,
		a.Role != "" && a.Role != f.service.Role,
		a.IPv6 && !strings.Contains(f.peerIP(), ":"),
		a.Initial && !strings.Contains(arg, " "),
		a.Unless != "" && strings.EqualFold(arg, a.Unless):
		return false
	}
	return true
}

// again counts a use and reports whether it is within times.
func (s *script) again(key string, times int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.given == nil {
		s.given = make(map[string]int)
	}
	if s.given[key] >= times || len(s.given) >= maxRemembered {
		return false
	}
	s.given[key]++
	return true
}
