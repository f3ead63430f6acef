package engine

import (
	"context"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// Walk does the proposed step again and again until the goal is reached or nothing more can be done, and closes politely
// where it can. What it came to is in the verdict of [Session.Finish]; the error is a guard that nobody could be asked
// about, a line that cannot be sent, a fault of the program, or ctx's.
func Walk(ctx context.Context, s *Session, g walk.Goal) error {
	for !walk.Over(s.snap, g) {
		events := s.log.Len()
		err := s.Do(ctx, walk.Next(s.snap, g))
		switch {
		case ctx.Err() != nil:
			return canceled("", err)
		case s.snap.Faulted != nil:
			return err
		case s.log.Len() == events: // it would be proposed again
			s.Do(ctx, walk.Compose(s.snap, g, record.VerbQuit))
			return err
		}
	}
	return nil
}
