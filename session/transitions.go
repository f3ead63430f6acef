package session

import (
	"slices"
	"strings"

	"ehlo/session/wire"
)

// Advance is the state after reply answered line, sent as verb. It changes nothing that the RFCs do not say the
// reply changes; what only the engine can know (TLS, a lost connection) is not decided here.
func advance(s State, v Verb, line string, r *wire.Reply) State {
	if r.Code == 421 { // RFC 5321 §3.8: the server closes, whatever was asked
		s.Stage = StageClosed
		return s.failed(phaseOf(v, s))
	}
	if move, ok := transitions[v]; ok {
		return move(s, line, r)
	}
	return s
}

var transitions = map[Verb]func(State, string, *wire.Reply) State{
	VerbGreeting: afterGreeting,
	VerbEHLO:     afterEHLO,
	VerbHELO:     afterEHLO,
	VerbSTARTTLS: afterSTARTTLS,
	VerbMail:     afterMail,
	VerbRcpt:     afterRcpt,
	VerbData:     afterData,
	VerbContent:  afterContent,
	VerbBdat:     afterBdat,
	VerbRset:     afterRset,
	VerbQuit:     afterQuit,
	VerbAuth:     afterAuth,
	VerbRespond:  afterAuth,
	VerbCancel:   afterAuth,
}

// phaseOf is the leg of the walk that a verb belongs to, empty for commands that belong to none.
func phaseOf(v Verb, s State) Phase {
	switch v {
	case VerbEHLO, VerbHELO:
		if s.Has(PhaseSTARTTLS) {
			return PhaseEHLOAgain
		}
		return PhaseEHLO
	case VerbAuth, VerbRespond, VerbCancel:
		return PhaseAuth
	case VerbData, VerbContent, VerbBdat:
		return PhaseData
	case VerbResolve, VerbConnect, VerbGreeting, VerbSTARTTLS, VerbHandshake, VerbMail, VerbRcpt, VerbQuit:
		return Phase(v)
	}
	return ""
}

func positive(r *wire.Reply) bool { return r.Code/100 == 2 }

func afterGreeting(s State, _ string, r *wire.Reply) State {
	if !positive(r) {
		s.Stage = StageRefused // RFC 5321 §3.1, RFC 7504 §2: the client may only QUIT
		return s.failed(PhaseGreeting)
	}
	s.Stage = StageGreeted
	s.Peer = firstWord(r)
	return s.done(PhaseGreeting)
}

func afterEHLO(s State, line string, r *wire.Reply) State {
	phase := phaseOf(VerbEHLO, s)
	helo := strings.HasPrefix(strings.ToUpper(line), "HELO")
	s.TriedHELO = s.TriedHELO || helo
	if !positive(r) {
		return s.failed(phase) // RFC 5321 §4.1.4: a refused EHLO leaves the session as it was
	}
	s.Stage, s.ESMTP, s.Peer = StageReady, !helo, firstWord(r)
	return clearTransaction(s).done(phase)
}

func afterSTARTTLS(s State, _ string, r *wire.Reply) State {
	if r.Code != 220 {
		return s.failed(PhaseSTARTTLS)
	}
	s.Stage = StageUpgrading
	return s.done(PhaseSTARTTLS)
}

func afterMail(s State, line string, r *wire.Reply) State {
	if !positive(r) {
		return s.failed(PhaseMail)
	}
	s = clearTransaction(s)
	s.Transaction, s.Sender = TransactionMail, path(line)
	return s.done(PhaseMail)
}

func afterRcpt(s State, line string, r *wire.Reply) State {
	if !positive(r) {
		s.Refused = append(slices.Clone(s.Refused), path(line))
		if len(s.Recipients) == 0 {
			return s.failed(PhaseRcpt)
		}
		return s
	}
	if s.Transaction == TransactionMail {
		s.Transaction = TransactionRcpt
	}
	s.Recipients = append(slices.Clone(s.Recipients), path(line))
	return s.done(PhaseRcpt)
}

func afterData(s State, _ string, r *wire.Reply) State {
	if r.Code != 354 {
		return s.failed(PhaseData)
	}
	s.Transaction = TransactionData
	return s
}

// afterContent ends the transaction whether the message was taken or not (RFC 5321 §4.1.1.4).
func afterContent(s State, _ string, r *wire.Reply) State {
	s = clearTransaction(s)
	if !positive(r) {
		return s.failed(PhaseData)
	}
	s.Delivered++
	return s.done(PhaseData)
}

func afterBdat(s State, line string, r *wire.Reply) State {
	last := strings.HasSuffix(strings.ToUpper(strings.TrimSpace(line)), "LAST")
	if !positive(r) || last {
		return afterContent(s, line, r)
	}
	s.Transaction = TransactionBdat
	return s
}

func afterRset(s State, _ string, r *wire.Reply) State {
	if !positive(r) {
		return s
	}
	s = clearTransaction(s)
	s.Failed = without(without(without(s.Failed, PhaseMail), PhaseRcpt), PhaseData)
	return s
}

func afterQuit(s State, _ string, r *wire.Reply) State {
	if !positive(r) {
		return s.failed(PhaseQuit)
	}
	s.Stage = StageClosed
	return s.done(PhaseQuit)
}

func afterAuth(s State, _ string, r *wire.Reply) State {
	switch {
	case r.Code == 334:
		s.Auth = AuthExchange
		return s
	case r.Code == 235:
		s.Auth, s.Pending = AuthDone, nil
		return s.done(PhaseAuth)
	}
	s.Auth, s.Pending, s.User = AuthNone, nil, ""
	return s.failed(PhaseAuth)
}

func clearTransaction(s State) State {
	s.Transaction, s.Sender, s.Recipients, s.Refused = TransactionNone, "", nil, nil
	return s
}

// path is the address between the angle brackets of a MAIL or RCPT line, or what stands in its place.
func path(line string) string {
	if _, rest, ok := strings.Cut(line, "<"); ok {
		addr, _, _ := strings.Cut(rest, ">")
		return addr
	}
	_, rest, _ := strings.Cut(line, ":")
	word, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	return word
}

func firstWord(r *wire.Reply) string {
	if len(r.Lines) == 0 {
		return ""
	}
	word, _, _ := strings.Cut(r.Lines[0].Text, " ")
	return wire.VisibleString(word)
}
