package session

import "time"

// deadlines are how long a step may take (RFC 5321 §4.5.3.2). Steps that the RFC does not speak of get what the
// nearest one it does would get.
var deadlines = map[Verb]time.Duration{
	VerbResolve:   30 * time.Second,
	VerbConnect:   2 * time.Minute,
	VerbGreeting:  5 * time.Minute,  // §4.5.3.2.1
	VerbMail:      5 * time.Minute,  // §4.5.3.2.2
	VerbRcpt:      5 * time.Minute,  // §4.5.3.2.3
	VerbData:      2 * time.Minute,  // §4.5.3.2.4
	VerbContent:   10 * time.Minute, // §4.5.3.2.6: a server that gets the final dot may take that long
	VerbBdat:      10 * time.Minute,
	VerbHandshake: 2 * time.Minute,
	VerbQuit:      30 * time.Second, // nobody waits for minutes to be told good-bye
}

// Deadline is how long a step may take before it is given up.
func Deadline(v Verb) time.Duration {
	if d, ok := deadlines[v]; ok {
		return d
	}
	return 5 * time.Minute
}

func (s *Session) deadline(v Verb) time.Duration {
	if s.cfg.Timeout > 0 {
		return s.cfg.Timeout
	}
	return Deadline(v)
}
