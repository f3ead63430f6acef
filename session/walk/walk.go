package walk

import (
	"ehlo/session/record"
	"errors"
	"fmt"
)

// partly says that the message went out although a recipient was refused.
func Partly(failure error, st record.State, wanted int) error {
	var e *record.Error
	if !errors.As(failure, &e) || e.Verb != record.VerbRcpt || st.Delivered == 0 {
		return failure
	}
	told := *e
	told.Text = fmt.Sprintf("the message was delivered, but not to all %d recipients: %s", wanted, e.Text)
	return &told
}

// over reports whether there is nothing left to do.
func Over(s record.Snapshot, g Goal) bool {
	st := s.State
	switch st.Stage {
	case record.StageClosed:
		return !fallsBack(s)
	case record.StageBroken:
		return true
	case record.StageIdle:
		return st.FailedAt(record.PhaseResolve)
	case record.StageResolved:
		return reached(st, g, record.PhaseResolve) || st.FailedAt(record.PhaseConnect)
	case record.StageUpgrading: // the server waits for a ClientHello and for nothing else
		return reached(st, g, record.PhaseSTARTTLS)
	case record.StageConnected: // before the greeting there is nobody to say QUIT to
		return reached(st, g, record.PhaseConnect) // after TLS the greeting is read: a refusal may come only then
	}
	return false
}

// goesOnWithout reports whether TLS has just failed under a policy that does without it: on a new connection, or on
// this one where STARTTLS was refused.
func GoesOnWithout(s record.Snapshot, done record.Verb) bool {
	return fallsBack(s) || done == record.VerbSTARTTLS && s.State.Stage == record.StageReady && s.Start.Policy.Must == record.MustOpportunistic
}

func guarded(err error) bool {
	var g *GuardError
	return errors.As(err, &g)
}

// weigh decides which error the walk ends with. One that the walk gets round does not count, but a refused recipient
// always does: not all was done as asked.
func Weigh(failure, err error, done, next record.Verb, without bool) error {
	switch {
	case failure != nil || err == nil:
		return failure
	case done == record.VerbQuit && !refusedLate(err): // what mattered is done
		return nil
	case without: // TLS failed, and the policy goes on without
		return nil
	case next == record.VerbQuit, next == record.VerbCancel, next == done, done == record.VerbRcpt, guarded(err):
		return err
	case next == record.VerbResolve: // the connection is gone
		return err
	}
	return nil
}

// refusedLate reports whether a step behind the handshake failed since the server refused TLS after the client took it for
// done.
func refusedLate(err error) bool {
	var e *record.Error
	return errors.As(err, &e) && e.Phase == record.PhaseHandshake
}
