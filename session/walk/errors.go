package walk

import "ehlo/session/record"

// GuardError says that a step was not done because a person has to agree first. Nothing was sent.
type GuardError struct {
	Guard Guard
	Step  record.Step
}

func (e *GuardError) Error() string { return "Not done: " + e.Guard.Why }

// Exit is the exit code where nobody agreed.
func (e *GuardError) Exit() record.Exit {
	row, _ := e.Guard.Code.Row()
	return row.Exit
}
