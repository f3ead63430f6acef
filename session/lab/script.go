package lab

import "sync"

// script gives the scenario's answers. It remembers across connections, so
// that a client which comes back later finds itself known.
type script struct {
	answers []Answer
	mu      sync.Mutex
	given   map[string]int // by position and command line
}

// maxRemembered bounds how many command lines a script tells apart.
const maxRemembered = 1000

// find returns the answer to a command line, if there is one for it now.
func (s *script) find(to, line string, tls bool) (Answer, bool) {
	for _, a := range s.answers {
		if a.To == to && !(a.Clear && tls) && (a.Times == 0 || s.again(to+"\x00"+line, a.Times)) {
			return a, true
		}
	}
	return Answer{}, false
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
