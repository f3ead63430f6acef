package walk

import (
	"fmt"

	"ehlo/session/record"
)

// GuardError says that a step was not done because a person has to agree first. Nothing was sent.
type GuardError struct {
	Guard Guard
	Step  record.Step
}

func (e *GuardError) Error() string { return fmt.Sprintf("not done: %s", e.Guard.Why) }

// Hint says how to agree beforehand.
func (e *GuardError) Hint() string { return guardFlags[e.Guard.Code] }

var guardFlags = map[string]string{
	"cleartext-secret":  "start TLS first; --allow-cleartext-auth sends it all the same",
	"unverified-secret": "see why the certificate does not hold; --allow-unverified sends it all the same",
	"tampered-secret":   "see the finding that the log-in before led to; compare from another network",
	"cert-unverified":   "see why the certificate does not hold; --allow-unverified goes on all the same",
	"real-message":      "the walk stops before a message on servers that are not the lab, unless it is asked for",
}

// Exit is the exit code for a guard that nobody could be asked about.
func (e *GuardError) Exit() record.Exit {
	switch e.Guard.Code {
	case "cert-unverified":
		return record.ExitCertificate
	case "real-message":
		return record.ExitData
	}
	return record.ExitNoAuth
}
