package walk

import (
	"ehlo/session/record"
	"time"
)

// deadlines are how long a step may take (RFC 5321 §4.5.3.2). Steps that the RFC does not speak of get what the
// nearest one it does would get.
var deadlines = map[record.Verb]time.Duration{
	record.VerbResolve:   30 * time.Second,
	record.VerbConnect:   2 * time.Minute,
	record.VerbGreeting:  5 * time.Minute,  // §4.5.3.2.1
	record.VerbMail:      5 * time.Minute,  // §4.5.3.2.2
	record.VerbRcpt:      5 * time.Minute,  // §4.5.3.2.3
	record.VerbData:      2 * time.Minute,  // §4.5.3.2.4
	record.VerbContent:   10 * time.Minute, // §4.5.3.2.6: a server that gets the final dot may take that long
	record.VerbBdat:      10 * time.Minute,
	record.VerbHandshake: 2 * time.Minute,
	record.VerbQuit:      30 * time.Second, // nobody waits for minutes to be told good-bye
}

// Deadline is how long a step may take before it is given up.
func Deadline(v record.Verb) time.Duration {
	if d, ok := deadlines[v]; ok {
		return d
	}
	return 5 * time.Minute
}
