package record

import "ehlo/session/sasl"

// Snapshot is what is known at one position of a log: the fold of the events before it. It is a value; the pointers
// in it point into events and must not be written through.
type Snapshot struct {
	Start        *Start
	Resolve      *Resolve
	Connect      *Connect // the last attempt that worked
	State        State
	Capabilities *Capabilities // of the last EHLO, nil when there is none or it was forgotten
	Forgotten    *Capabilities // of the EHLO before TLS
	TLS          *TLS
	Auth         *Auth // the last half round
	Reply        *Reply
	Finding      *Finding // the worst since the connection began
	End          *End
	// Tampered is set once a log-in of this session has shown that the peer is not the server that it says it is, or
	// that somebody ends TLS in between.
	Tampered bool
	// Revealed is set while secrets are recorded as they are.
	Revealed bool
}

// Next is the snapshot after one more event.
func (s Snapshot) Next(e *Event) Snapshot {
	switch e.Kind {
	case KindStart:
		s = Snapshot{Start: e.Start, State: NewState()}
	case KindResolve:
		s.Resolve = e.Resolve
	case KindConnect:
		s = s.connected(e.Connect)
	case KindReply:
		s.Reply = e.Reply
	case KindCapabilities:
		s.Capabilities = e.Capabilities
	case KindForgot:
		s.Forgotten, s.Capabilities = s.Capabilities, nil
	case KindTLS:
		s.TLS = e.TLS
	case KindAuth:
		s.Auth = e.Auth
	case KindState:
		if s.State = *e.State; !s.State.ESMTP { // after HELO there are no extensions (RFC 5321 §4.1.4)
			s.Capabilities = nil
		}
	case KindFinding:
		s.Finding = worse(s.Finding, e.Finding)
		s.Tampered = s.Tampered || Tampered(e.Finding.Code)
		s.Revealed = e.Finding.Code == "secrets-revealed" || s.Revealed && e.Finding.Code != "secrets-masked"
	case KindEnd:
		s.End = e.End
	}
	return s
}

// connected forgets the connection before.
func (s Snapshot) connected(c *Connect) Snapshot {
	if c.Error != "" {
		return s
	}
	return Snapshot{Start: s.Start, Resolve: s.Resolve, Connect: c, State: s.State, Revealed: s.Revealed, Tampered: s.Tampered}
}

// tampered reports whether a finding means that whoever is there is not, or not alone, the server that was meant.
func Tampered(code string) bool {
	switch code {
	case sasl.CodeMismatch, sasl.CodeStripped, sasl.CodeServerProof, sasl.CodeServerSilent, sasl.CodeNonce:
		return true
	}
	return false
}

var severities = []string{"", "info", "warn", "danger"}

func worse(a, b *Finding) *Finding {
	if a != nil && Rank(a.Severity) >= Rank(b.Severity) {
		return a
	}
	return b
}

func Rank(severity string) int {
	for i, s := range severities {
		if s == severity {
			return i
		}
	}
	return 0
}

// between is how many events lie between two checkpoints of a [Timeline].
const Between = 128

// Timeline finds the snapshot at any position of a growing source at bounded cost: it keeps one snapshot in every
// 128 events and folds the rest. It is not safe for concurrent use.
type Timeline struct {
	src    Source
	points []Snapshot // points[i] is the snapshot after i×between events
	end    Snapshot   // after all events read
	n      int
}

// NewTimeline starts a timeline over src.
func NewTimeline(src Source) *Timeline {
	return &Timeline{src: src, points: []Snapshot{{State: NewState()}}, end: Snapshot{State: NewState()}}
}

// Extend reads what src has gained and returns how many events have been read in all.
func (t *Timeline) Extend() int {
	for n := t.src.Len(); t.n < n; t.n++ {
		t.end = t.end.Next(t.src.At(t.n))
		if (t.n+1)%Between == 0 {
			t.points = append(t.points, t.end)
		}
	}
	return t.n
}

// At is the snapshot after the first n events; n is cut to what has been read.
func (t *Timeline) At(n int) Snapshot {
	if n >= t.n {
		return t.end
	}
	n = max(n, 0)
	s := t.points[n/Between]
	for i := n / Between * Between; i < n; i++ {
		s = s.Next(t.src.At(i))
	}
	return s
}

// Has reports whether the phase is done on this connection.
func (s State) Has(p Phase) bool { return contains(s.Done, p) }

// FailedAt reports whether the phase went wrong and was not put right.
func (s State) FailedAt(p Phase) bool { return contains(s.Failed, p) }

func contains(list []Phase, p Phase) bool {
	for _, q := range list {
		if q == p {
			return true
		}
	}
	return false
}

// done and failed return copies: states are values and share nothing.

func (s State) WithDone(p Phase) State {
	s.Failed = Without(s.Failed, p)
	if !s.Has(p) {
		s.Done = append(append([]Phase(nil), s.Done...), p)
	}
	return s
}

func (s State) WithFailed(p Phase) State {
	if p != "" && !s.FailedAt(p) {
		s.Failed = append(append([]Phase(nil), s.Failed...), p)
	}
	return s
}

func Without(list []Phase, p Phase) []Phase {
	var kept []Phase
	for _, q := range list {
		if q != p {
			kept = append(kept, q)
		}
	}
	return kept
}

// phases lists all phases in the order of a walk.
var AllPhases = []Phase{PhaseResolve, PhaseConnect, PhaseGreeting, PhaseEHLO, PhaseSTARTTLS, PhaseHandshake, PhaseEHLOAgain,
	PhaseAuth, PhaseMail, PhaseRcpt, PhaseData, PhaseQuit}

// ParsePhase reads the value of --until.
func ParsePhase(s string) (Phase, bool) {
	return Phase(s), contains(AllPhases, Phase(s))
}

// Phases lists the names of all phases in the order of a walk.
func Phases() []string {
	names := make([]string, len(AllPhases))
	for i, p := range AllPhases {
		names[i] = string(p)
	}
	return names
}
