package walk

import (
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
)

// refusalCode says what kind of refusal a 4yz or 5yz is: by its words where they are known, by its codes in their place
// otherwise. Words beat numbers, since vendors use one number for different things.
func refusalCode(s record.Snapshot, v record.Verb, r *record.Reply) record.FindingCode {
	phase := PhaseOf(v, s.State)
	if (v == record.VerbXCLIENT || v == record.VerbXFORWARD) && r.Code != 421 {
		return record.FoundClientIdentityRefused
	}
	if !inOrder(s, v) && r.Code/100 == 5 && r.Code != 530 && r.Code != 535 { // which are about the login, and not about the order
		return record.FoundCommandOutOfOrder
	}
	greets := phase == record.PhaseEHLO || phase == record.PhaseEHLOAgain
	if greets && unknownCommand(r.Code) && commandWord(string(s.Sent.Raw)) == "LHLO" {
		return record.FoundSMTPServer
	}
	if greets && (namesLMTP(r) || unknownCommand(r.Code) && namesLMTP(s.Reply)) {
		return record.FoundLMTPServer // RFC 2033 §4.1: LHLO in place of EHLO
	}
	if phase == record.PhaseSTARTTLS { // whatever the digit: TLS was asked for and did not come
		return record.FoundSTARTTLSRefused
	}
	if unknownTokenUser(s, phase, r) {
		return record.FoundTokenUserUnknown
	}
	if initialRefused(s, v, r) {
		return record.FoundInitialResponseRefused
	}
	code := record.FindingCode(explain.Refusal(replyContext(s, v, &r.Reply)))
	if greets && code == record.FoundCommandRefused { // byPlace says which
		code = ""
	}
	if code != "" {
		if row, ok := code.Row(); ok && sensible(row, r.Code) {
			return code
		}
	}
	if r.Code == 421 {
		return record.FoundServiceUnavailable
	}
	if r.Code == 503 {
		return record.FoundCommandOutOfOrder
	}
	if phase == record.PhaseData && answersEach(s.State) { // it is about one recipient, as a reply to RCPT is
		phase = record.PhaseRcpt
	}
	if code := byPlace(s, phase, r); code != "" {
		return code
	}
	if r.Code/100 == 4 {
		return record.FoundServiceUnavailable
	}
	return record.FoundCommandRefused
}

// namesLMTP reports whether a reply, to EHLO or before it, says that LMTP is spoken.
func namesLMTP(r *record.Reply) bool {
	if r == nil {
		return false
	}
	text := strings.ToUpper(r.Text())
	return strings.Contains(text, "LMTP") || strings.Contains(text, "LHLO")
}

// unknownCommand reports whether a code says that the command is not known, rather than that it is refused (RFC 5321 §4.2.4).
func unknownCommand(code int) bool { return code == 500 || code == 502 }

// sensible keeps the words of a delay from explaining a rejection.
func sensible(row record.FindingRow, code int) bool {
	return row.Outcome != record.OutcomeDeferred || code/100 == 4 || row.Code == record.FoundMailboxFull
}

// inOrder reports whether a step was one that the rules allow.
func inOrder(s record.Snapshot, v record.Verb) bool { return rowOf(v).check(s) == nil }

// byPlace is what a code means as the answer to a command.
func byPlace(s record.Snapshot, phase record.Phase, r *record.Reply) record.FindingCode {
	temporary := r.Code/100 == 4
	switch phase {
	case record.PhaseGreeting:
		return either(temporary, record.FoundServiceUnavailable, record.FoundGreetingRefused)
	case record.PhaseEHLO, record.PhaseEHLOAgain:
		if temporary {
			return record.FoundServiceUnavailable
		}
		return either(r.Code == 550 || r.Code == 553 || r.Code == 554 || r.Code == 501, record.FoundEHLONameRefused, record.FoundEHLORefused)
	case record.PhaseAuth:
		return authRefusal(r.Code)
	case record.PhaseMail, record.PhaseRcpt, record.PhaseData:
		if r.Code == 530 {
			return either(!s.State.Security.Encrypted() && offersSTARTTLS.holds(s), record.FoundEncryptionRequired, record.FoundLoginRequired)
		}
		return envelopeRefusal(phase, r)
	}
	return ""
}

func either(first bool, a, b record.FindingCode) record.FindingCode {
	if first {
		return a
	}
	return b
}

// authRefusal follows RFC 4954 §6.
func authRefusal(code int) record.FindingCode {
	switch code {
	case 432:
		return record.FoundPasswordTransition
	case 504:
		return record.FoundMechanismRefused
	case 530, 538:
		return record.FoundEncryptionRequired
	case 534:
		return record.FoundMechanismRefused
	case 535:
		return record.FoundCredentialsWrong
	}
	return either(code/100 == 4, record.FoundLoginUnavailable, record.FoundLoginRefused)
}

// envelopeRefusal goes by the subject of the enhanced code (RFC 3463 §3) where there is one.
func envelopeRefusal(phase record.Phase, r *record.Reply) record.FindingCode {
	e, temporary := r.Enhanced, r.Code/100 == 4
	switch {
	case e.Subject == 2 && e.Detail == 2, r.Code == 552 && phase == record.PhaseRcpt:
		return record.FoundMailboxFull
	case e.Subject == 3 && e.Detail == 4, r.Code == 552 && !temporary:
		return record.FoundMessageTooLarge
	case temporary:
		return record.FoundServiceUnavailable
	case phase == record.PhaseRcpt && e.Subject == 1 && e.Detail <= 3:
		return record.FoundRecipientUnknown
	case phase == record.PhaseRcpt && strings.Contains(strings.ToLower(r.Text()), "relay"):
		return record.FoundRelayingDenied
	case phase == record.PhaseRcpt:
		return record.FoundRecipientRefused
	case phase == record.PhaseMail:
		return record.FoundSenderRefused
	}
	return record.FoundMessageRefused
}
