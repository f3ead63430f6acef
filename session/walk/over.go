package walk

import (
	"slices"

	"ehlo/session/record"
)

// Parting is the place among options of the QUIT that ends a session which a person does not go on with; -1 where the server cannot be
// told: there is no connection, or it reads no command now.
func Parting(s record.Snapshot, options []Option) int {
	if !s.State.Connected() || s.State.Stage == record.StageBroken {
		return -1
	}
	return slices.IndexFunc(options, func(o Option) bool { return o.Step.Verb == record.VerbQuit && o.Legal })
}

// Over reports whether there is nothing left to do.
func Over(s record.Snapshot, g Goal) bool {
	st := s.State
	switch st.Stage {
	case record.StageClosed:
		return !fallsBack(s) && !loginsLeft(s, g)
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
