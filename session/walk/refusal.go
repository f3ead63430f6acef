package walk

import (
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
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
	if greets && (namesLMTP(r) || unknownCommand(r.Code) && (namesLMTP(s.Reply) || isDovecot(s.Reply))) {
		return record.FoundLMTPServer // RFC 2033 §4.1: LHLO in place of EHLO
	}
	if greets && r.Code/100 == 5 && greetsAs(s.Reply) != "" {
		return record.FoundNotSMTP
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
	if code == record.FoundCredentialsWrong && phase != record.PhaseAuth { // nothing was said yet that could be wrong
		code = record.FoundLoginRequired
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

// isDovecot holds for the greeting of Dovecot, whose LMTP names itself no more than that. On its port for submission it knows EHLO.
func isDovecot(greeting *record.Reply) bool {
	return greeting != nil && greeting.Code == 220 && strings.Contains(greeting.Text(), "Dovecot ready")
}

// numbered are protocols that greet and answer with three digits as SMTP does, by what their servers say of themselves.
var numbered = lazy.Table[string, []string]{
	{"FTP", []string{" ftp ", "ftpd", "filezilla"}},
	{"NNTP", []string{"nntp", "nnrp", "internetnews", "posting ok", "posting allowed"}},
}

// greetsAs is which of them a greeting is one of; empty where it may be one of SMTP.
func greetsAs(greeting *record.Reply) string {
	if greeting == nil || greeting.Code/100 != 2 {
		return ""
	}
	text := " " + strings.ToLower(greeting.Text()) + " "
	if strings.Contains(text, "smtp") {
		return ""
	}
	for _, o := range numbered {
		if slices.ContainsFunc(o.Value, func(word string) bool { return strings.Contains(text, word) }) {
			return o.Key
		}
	}
	return ""
}

// unknownCommand reports whether a code says that the command is not known, rather than that it is refused (RFC 5321 §4.2.4).
func unknownCommand(code int) bool { return code == 500 || code == 502 }

// sensible keeps the words of a delay from explaining a rejection. A limit passes, and a full mailbox is emptied, whatever the digit.
func sensible(row record.FindingRow, code int) bool {
	return row.Outcome != record.OutcomeDeferred || code/100 == 4 || row.Code == record.FoundMailboxFull || row.Code == record.FoundRateLimited
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
		return helloRefusal(s, r)
	case record.PhaseAuth:
		return authRefusal(s, r.Code)
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

// helloRefusal is what a 5yz to EHLO means: that EHLO is not known, that the name after it is not accepted, or, where a 550 or 554
// does not speak of a name, no more than that a policy excludes the client (RFC 5321 §4.1.4, §7.9).
func helloRefusal(s record.Snapshot, r *record.Reply) record.FindingCode {
	switch r.Code {
	case 501, 553:
		return record.FoundEHLONameRefused
	case 550, 554:
		return either(speaksOfName(s, r), record.FoundEHLONameRefused, record.FoundPolicyRefused)
	}
	return record.FoundEHLORefused
}

// nameWords are in what a server says of the name after EHLO.
var nameWords = [...]string{"helo", "ehlo", "name", "domain", "fqdn", "fully", "argument", "greet"}

func speaksOfName(s record.Snapshot, r *record.Reply) bool {
	text := strings.ToLower(r.Text())
	_, name, _ := strings.Cut(strings.ToLower(strings.TrimSpace(string(s.Sent.Raw))), " ")
	return name != "" && strings.Contains(text, name) || slices.ContainsFunc(nameWords[:], func(word string) bool { return strings.Contains(text, word) })
}

// authRefusal follows RFC 4954 §6.
func authRefusal(s record.Snapshot, code int) record.FindingCode {
	switch code {
	case 432:
		return record.FoundPasswordTransition
	case 504:
		return record.FoundMechanismRefused
	case 530, 538:
		return either(s.State.Security.Encrypted(), record.FoundLoginRefused, record.FoundEncryptionRequired)
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
	tooMuch := r.Code == 552 && explain.AboutSize([3]int{e.Class, e.Subject, e.Detail})
	switch {
	case e.Subject == 2 && e.Detail == 2, tooMuch && phase == record.PhaseRcpt:
		return record.FoundMailboxFull
	case e.Subject == 3 && e.Detail == 4, tooMuch:
		return record.FoundMessageTooLarge
	case temporary:
		return record.FoundServiceUnavailable
	case r.Code == 555: // a parameter after the address is not known
		return record.FoundCommandRefused
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
