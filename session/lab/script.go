package lab

import "strings"

// script gives the scenario's answers. It remembers across connections how often it has given them to a client.
type script struct {
	answers []answer
	given   memory[string, int] // by command and its line
}

// find returns the answer to a command line of a client, if there is one for
// it now.
func (s *script) find(to, line string, f *front) (answer, bool) {
	for _, a := range s.answers {
		if a.To == to && a.applies(line, f) && (a.Times == 0 || s.again(f, to+"\x00"+line, a.Times)) {
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
		a.For != "" && !strings.EqualFold(arg, a.For),
		a.Unless != "" && strings.EqualFold(arg, a.Unless):
		return false
	}
	return true
}

// again counts a use for a client and reports whether it is within times.
func (s *script) again(f *front, key string, times int) bool {
	given, done := s.given.visitor(f.visitor())
	defer done()
	if given[key] >= times {
		return false
	}
	given[key]++
	return true
}
