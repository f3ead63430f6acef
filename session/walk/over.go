package walk

import "ehlo/session/record"

// Over reports whether there is nothing left to do.
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
