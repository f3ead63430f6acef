package walk

import (
	"slices"
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// advance is the state after reply answered line, sent as verb. It changes nothing that the RFCs do not say the
// reply changes; what only the engine can know (TLS, a lost connection) is not decided here.
func advance(s record.State, v record.Verb, line string, r *wire.Reply) record.State {
	if r.Code == 421 { // RFC 5321 §3.8: the server closes, whatever was asked
		s.Stage = record.StageClosed
		return s.WithFailed(PhaseOf(v, s))
	}
	if move := rowOf(v).move; move != nil {
		return move(s, line, r)
	}
	return s
}

func positive(r *wire.Reply) bool { return r.Code/100 == 2 }

func afterGreeting(s record.State, _ string, r *wire.Reply) record.State {
	if !positive(r) {
		s.Stage = record.StageRefused // RFC 5321 §3.1, RFC 7504 §3: the client may only QUIT
		return s.WithFailed(record.PhaseGreeting)
	}
	s.Stage = record.StageGreeted
	s.Peer = firstWord(r)
	return s.WithDone(record.PhaseGreeting)
}

func afterEHLO(s record.State, line string, r *wire.Reply) record.State {
	phase := PhaseOf(record.VerbEHLO, s)
	word := commandWord(line)
	helo := word == "HELO"
	s.TriedHELO = s.TriedHELO || helo
	if !positive(r) {
		return s.WithFailed(phase) // RFC 5321 §4.1.4: a refused EHLO leaves the session as it was
	}
	s.Stage, s.ESMTP, s.LMTP, s.Peer = record.StageReady, !helo, word == "LHLO", firstWord(r)
	return clearTransaction(s).WithDone(phase)
}

func afterSTARTTLS(s record.State, _ string, r *wire.Reply) record.State {
	if r.Code != 220 {
		return s.WithFailed(record.PhaseSTARTTLS)
	}
	s.Stage = record.StageUpgrading
	return s.WithDone(record.PhaseSTARTTLS)
}

func afterMail(s record.State, line string, r *wire.Reply) record.State {
	if !positive(r) {
		return s.WithFailed(record.PhaseMail)
	}
	s = clearTransaction(s)
	s.Transaction, s.Sender, s.PRDR = record.TransactionMail, pathOf(line), hasWord(line, "PRDR")
	return s.WithDone(record.PhaseMail)
}

// hasWord reports whether a line has a word, in either case.
func hasWord(line, word string) bool { return named(strings.Fields(line), word) }

func afterRcpt(s record.State, line string, r *wire.Reply) record.State {
	if !positive(r) {
		s.Refused = append(slices.Clone(s.Refused), pathOf(line))
		if len(s.Recipients) == 0 {
			return s.WithFailed(record.PhaseRcpt)
		}
		return s
	}
	if s.Transaction == record.TransactionMail {
		s.Transaction = record.TransactionRcpt
	}
	s.Recipients = append(slices.Clone(s.Recipients), pathOf(line))
	return s.WithDone(record.PhaseRcpt)
}

func afterData(s record.State, _ string, r *wire.Reply) record.State {
	if r.Code != 354 {
		return s.WithFailed(record.PhaseData)
	}
	s.Transaction = record.TransactionData
	return s
}

// afterContent ends the transaction whether the message was taken or not (RFC 5321 §4.1.1.4). In LMTP each recipient has a reply, and
// the last of them ends it. With PRDR a server that answers 353 has one for each recipient too, and then the one that decides.
func afterContent(s record.State, _ string, r *wire.Reply) record.State {
	switch {
	case opensAnswers(s, r):
		s.Answering = true
		return s
	case answersEach(s):
		return afterAnswer(s, positive(r))
	case s.Answering:
		s.Recipients = s.Taken
	}
	return afterMessage(s, positive(r))
}

// opensAnswers reports whether replies for each recipient follow a reply to a message (draft-hall-prdr).
func opensAnswers(s record.State, r *wire.Reply) bool { return s.PRDR && !s.Answering && r.Code == 353 }

// afterMessage is the state after a reply that decides about a message for all its recipients.
func afterMessage(s record.State, taken bool) record.State {
	accepted := s.Recipients
	s = clearTransaction(s)
	if !taken {
		return s.WithFailed(record.PhaseData)
	}
	s.Delivered++
	s.DeliveredTo = union(s.DeliveredTo, accepted)
	return s.WithDone(record.PhaseData)
}

// answersEach reports whether the next reply to a message is for one recipient: the one that has none yet.
func answersEach(s record.State) bool {
	return (s.LMTP || s.PRDR && s.Answering) && s.Answered >= 0 && s.Answered < len(s.Recipients)
}

// afterAnswer is the state after a reply to a message for one recipient. A server that says yes has taken the message for it, whatever
// becomes of the others (RFC 2033 §4.2).
func afterAnswer(s record.State, yes bool) record.State {
	if yes && len(s.Taken) == 0 && s.LMTP {
		s.Delivered++
	}
	if yes {
		s.Taken = append(slices.Clone(s.Taken), s.Recipients[s.Answered])
	}
	if s.Answered++; !s.LMTP { // with PRDR another reply decides
		return s
	}
	s.DeliveredTo = union(s.DeliveredTo, s.Taken)
	if s.Answering = s.Answered < len(s.Recipients); s.Answering {
		return s
	}
	some := len(s.Taken) > 0
	if s = clearTransaction(s); some {
		return s.WithDone(record.PhaseData)
	}
	return s.WithFailed(record.PhaseData)
}

// union is a with what of b it lacks.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func afterBdat(s record.State, line string, r *wire.Reply) record.State {
	switch {
	case isLast(line):
		return afterContent(s, line, r)
	case !positive(r):
		return afterMessage(s, false)
	}
	s.Transaction = record.TransactionBdat
	s.Chunked += chunkSize(line)
	return s
}

// chunkSize is the size that a BDAT command announces; 0 where it does not.
func chunkSize(line string) int64 {
	if words := strings.Fields(line); len(words) > 1 {
		if n, err := strconv.ParseInt(words[1], 10, 64); err == nil {
			return max(n, 0)
		}
	}
	return 0
}

// isLast reports whether a BDAT command has the last chunk (RFC 3030 §2).
func isLast(line string) bool {
	return strings.HasSuffix(strings.ToUpper(strings.TrimSpace(line)), "LAST")
}

func afterRset(s record.State, _ string, r *wire.Reply) record.State {
	if !positive(r) {
		return s
	}
	s = clearTransaction(s)
	s.Failed = record.Without(record.Without(record.Without(s.Failed, record.PhaseMail), record.PhaseRcpt), record.PhaseData)
	return s
}

func afterQuit(s record.State, _ string, r *wire.Reply) record.State {
	s.Stage = record.StageClosed // whatever the answer, the client leaves
	if !positive(r) {
		return s.WithFailed(record.PhaseQuit)
	}
	return s.WithDone(record.PhaseQuit)
}

func afterAuth(s record.State, _ string, r *wire.Reply) record.State {
	switch {
	case r.Code == 334:
		s.Auth = record.AuthExchange
		return s
	case r.Code == 235:
		s.Auth, s.Pending = record.AuthDone, nil
		return s.WithDone(record.PhaseAuth)
	}
	s.Auth, s.Pending, s.User = record.AuthNone, nil, ""
	return s.WithFailed(record.PhaseAuth)
}

func clearTransaction(s record.State) record.State {
	s.Transaction, s.Sender, s.Recipients, s.Refused = record.TransactionNone, "", nil, nil
	s.PRDR, s.Answering, s.Answered, s.Taken, s.Chunked = false, false, 0, nil, 0
	return s
}

// pathOf is the address between the angle brackets of a MAIL or RCPT line, or what stands in its place, with what a terminal
// could take for a command made visible: it goes into the state, and into sentences.
func pathOf(line string) string {
	if _, rest, ok := strings.Cut(line, "<"); ok {
		addr, _, _ := strings.Cut(rest, ">")
		return wire.VisibleString(addr)
	}
	_, rest, _ := strings.Cut(line, ":")
	word, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	return wire.VisibleString(word)
}

func firstWord(r *wire.Reply) string {
	if len(r.Lines) == 0 {
		return ""
	}
	word, _, _ := strings.Cut(r.Lines[0].Text, " ")
	return wire.VisibleString(word)
}
