package engine

import (
	"context"
	"ehlo/session/record"
	"ehlo/session/walk"
	"errors"
)

// Walk does the proposed step again and again until the goal is reached or nothing more can be done, and closes
// politely where it can. The error is what kept it from the goal: an [*Error], a [*GuardError], or ctx's.
func Walk(ctx context.Context, s *Session, g walk.Goal) error {
	var failure error
	for {
		next := walk.Propose(s.snap, g)
		if next.Blocked != nil && failure == nil {
			failure = next.Blocked
		}
		if walk.Over(s.snap, g) {
			return walk.Partly(failure, s.snap.State, len(g.To))
		}
		events := s.log.Len()
		err := s.Do(ctx, next.Step)
		if ctx.Err() != nil {
			return errors.Join(record.ErrCancelled, err)
		}
		failure = walk.Weigh(failure, err, next.Step.Verb, walk.Propose(s.snap, g).Step.Verb, walk.GoesOnWithout(s.snap, next.Step.Verb))
		if s.log.Len() == events { // a guard, or a line that cannot be sent: it would be proposed again
			s.Do(ctx, walk.Compose(s.snap, g, record.VerbQuit))
			return failure
		}
	}
}
