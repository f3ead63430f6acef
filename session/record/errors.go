package record

import (
	"errors"

	"ehlo/session/wire"
)

// Sentinels. [Error] wraps them where a caller may want to tell them apart.
var (
	// ErrBusy occurs when Do is called while another step runs.
	ErrBusy = errors.New("another step is running")
	// ErrNotConnected occurs when a step needs a connection and there is none.
	ErrNotConnected = errors.New("there is no connection")
	// ErrOutOfSync occurs when a step would send on a connection whose replies can no longer be matched to commands.
	ErrOutOfSync = errors.New("the session is out of sync")
	// ErrCredentials occurs when a target has a user or a password in it, which is not repeated.
	ErrCredentials = errors.New("the target contains a username or password; give them separately")
	// ErrCanceled occurs when a person stopped the step.
	ErrCanceled = errors.New("canceled")
	// ErrGaveUp is the cause of a context whose person waits no longer for this step, and goes on with the session.
	ErrGaveUp = errors.New("gave up waiting")
	// ErrTimeout occurs when the step's deadline passed.
	ErrTimeout = errors.New("no answer in time")
	// ErrInjected occurs when bytes came after the 220 to STARTTLS.
	ErrInjected = errors.New("bytes in cleartext after the 220 to STARTTLS")
	// ErrRefused occurs when the server's reply was 4yz or 5yz.
	ErrRefused = errors.New("the server refused")
)

// Error is what went wrong in a step.
type Error struct {
	Phase    Phase
	Verb     Verb
	Command  string // the line that was sent, masked; empty if none
	Code     int    // the reply code, 0 if there was no reply
	Enhanced wire.Enhanced
	Lines    []string // the reply's text, as the server sent it: not fit for a terminal
	Finding  FindingCode
	Text     string // what happened
	Hint     string // what to try
	Exit     Exit
	Err      error
}

// Error is what happened, without the hint.
func (e *Error) Error() string { return e.Text }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// TroubleOf names the kind of an error of reading a reply.
func TroubleOf(err error) Trouble {
	switch {
	case errors.Is(err, wire.ErrTLSBytes):
		return TroubleTLSBytes
	case errors.Is(err, wire.ErrNotSMTP):
		return TroubleNotSMTP
	case errors.Is(err, wire.ErrLineTooLong), errors.Is(err, wire.ErrReplyTooLong), errors.Is(err, wire.ErrTooManyLines):
		return TroubleTooLong
	case errors.Is(err, wire.ErrClosed):
		return TroubleClosed
	case errors.Is(err, wire.ErrUnexpectedEOF):
		return TroubleCutOff
	}
	return TroubleReset
}
