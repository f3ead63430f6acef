// Package doctor finds the first thing that is wrong, says whose turn it is, and writes down what they need to know. It judges what
// others have looked at, and touches nothing itself: package machine below it reads this machine.
package doctor

import (
	"slices"

	"ehlo/session/record"
)

// Check is one thing that was looked at.
type Check struct {
	Name  string `json:"name"` // "clock"
	State State  `json:"state"`
	// Text is what was found, and Todo what to do about it: sentences.
	Text string `json:"text"`
	Todo string `json:"todo,omitempty"`
	// Exit is the code that a session ends with for a fault of this kind.
	Exit record.Exit `json:"exit,omitempty"`
}

// State is how it is with a thing.
type State string

// The states, from the best on.
const (
	OK    State = "ok"
	Note  State = "note"  // something is less than it could be, and nothing fails for it
	Fault State = "fault" // something fails for it
	// Unseen is what was not come to, or has nothing to it.
	Unseen State = "unseen"
)

// ok, note, fault and unseen make a check.

func ok(name, text string) Check { return Check{Name: name, State: OK, Text: text} }
func note(name, text, todo string) Check {
	return Check{Name: name, State: Note, Text: text, Todo: todo}
}
func fault(name string, exit record.Exit, text, todo string) Check {
	return Check{Name: name, State: Fault, Text: text, Todo: todo, Exit: exit}
}

func unseen(name, text string) Check { return Check{Name: name, State: Unseen, Text: text} }

// FirstFault is the exit code of the first of them that is a fault.
func FirstFault(checks []Check) record.Exit {
	if i := slices.IndexFunc(checks, func(c Check) bool { return c.State == Fault }); i >= 0 {
		return checks[i].Exit
	}
	return record.ExitOK
}
