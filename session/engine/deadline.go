package engine

import (
	"ehlo/session/record"
	"ehlo/session/walk"
	"time"
)

func (s *Session) deadline(v record.Verb) time.Duration {
	if s.cfg.Timeout > 0 {
		return s.cfg.Timeout
	}
	return walk.Deadline(v)
}
