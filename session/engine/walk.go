package engine

import (
	"context"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// Walk does the proposed step again and again until the goal is reached or nothing more can be done, and closes politely
// where it can. What it came to is in the verdict of [Session.Finish]; the error is a guard that nobody could be asked
// about, a line that cannot be sent, a fault of the program, or ctx's.
func Walk(ctx context.Context, s *Session, g walk.Goal) (err error) {
	for more := true; more; {
		more, err = Advance(ctx, s, g)
	}
	return err
}

// Advance does one step of [Walk] and reports whether there is another one to do.
func Advance(ctx context.Context, s *Session, g walk.Goal) (more bool, _ error) {
	if walk.Over(s.snap, g) {
		return false, nil
	}
	events := s.log.Len()
	err := s.Do(ctx, walk.Next(s.snap, g))
	switch {
	case ctx.Err() != nil:
		return false, canceled("", err)
	case s.snap.Faulted != nil:
		return false, err
	case s.log.Len() == events: // it would be proposed again
		if s.snap.State.Stage != record.StageConnected { // else the server has not greeted, and waits for no goodbye
			s.Do(ctx, walk.Compose(s.snap, g, record.VerbQuit))
		}
		return false, err
	}
	return !walk.Over(s.snap, g), nil
}
