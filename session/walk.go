package session

import (
	"context"
	"errors"
	"fmt"
)

// Walk does the proposed step again and again until the goal is reached or nothing more can be done, and closes
// politely where it can. The error is what kept it from the goal: an [*Error], a [*GuardError], or ctx's.
func Walk(ctx context.Context, s *Session, g Goal) error {
	var failure error
	for {
		next := propose(s.snap, g)
		if next.Blocked != nil && failure == nil {
			failure = next.Blocked
		}
		if over(s.snap, g) {
			return partly(failure, s.snap.State, len(g.To))
		}
		events := s.log.Len()
		err := s.Do(ctx, next.Step)
		if ctx.Err() != nil {
			return errors.Join(ErrCancelled, err)
		}
		failure = weigh(failure, err, next.Step.Verb, propose(s.snap, g).Step.Verb, goesOnWithout(s.snap, next.Step.Verb))
		if s.log.Len() == events { // a guard, or a line that cannot be sent: it would be proposed again
			s.Do(ctx, compose(s.snap, g, VerbQuit))
			return failure
		}
	}
}

// partly says that the message went out although a recipient was refused.
func partly(failure error, st State, wanted int) error {
	var e *Error
	if !errors.As(failure, &e) || e.Verb != VerbRcpt || st.Delivered == 0 {
		return failure
	}
	told := *e
	told.Text = fmt.Sprintf("the message was delivered, but not to all %d recipients: %s", wanted, e.Text)
	return &told
}

// over reports whether there is nothing left to do.
func over(s Snapshot, g Goal) bool {
	st := s.State
	switch st.Stage {
	case StageClosed:
		return !fallsBack(s)
	case StageBroken:
		return true
	case StageIdle:
		return st.FailedAt(PhaseResolve)
	case StageResolved:
		return reached(st, g, PhaseResolve) || st.FailedAt(PhaseConnect)
	case StageUpgrading: // the server waits for a ClientHello and for nothing else
		return reached(st, g, PhaseSTARTTLS)
	case StageConnected: // before the greeting there is nobody to say QUIT to
		return reached(st, g, PhaseConnect) // after TLS the greeting is read: a refusal may come only then
	}
	return false
}

// goesOnWithout reports whether TLS has just failed under a policy that does without it: on a new connection, or on
// this one where STARTTLS was refused.
func goesOnWithout(s Snapshot, done Verb) bool {
	return fallsBack(s) || done == VerbSTARTTLS && s.State.Stage == StageReady && s.Start.Policy.Must == MustOpportunistic
}

func guarded(err error) bool {
	var g *GuardError
	return errors.As(err, &g)
}

// weigh decides which error the walk ends with. One that the walk gets round does not count, but a refused recipient
// always does: not all was done as asked.
func weigh(failure, err error, done, next Verb, without bool) error {
	switch {
	case failure != nil || err == nil:
		return failure
	case done == VerbQuit && !refusedLate(err): // what mattered is done
		return nil
	case without: // TLS failed, and the policy goes on without
		return nil
	case next == VerbQuit, next == VerbCancel, next == done, done == VerbRcpt, guarded(err):
		return err
	case next == VerbResolve: // the connection is gone
		return err
	}
	return nil
}

// refusedLate reports whether a step behind the handshake failed since the server refused TLS after the client took it for
// done.
func refusedLate(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Phase == PhaseHandshake
}
