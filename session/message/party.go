package message

import (
	"cmp"

	"ehlo/session/lazy"
)

// Party is who has to act on a message or a bounce.
type Party string

// The parties. Of a bounce, the reader is the one who sent the message.
const (
	You       Party = "you"
	Operator  Party = "operator"  // of the reader's own mail server
	Sender    Party = "sender"    // of a message that was received
	Receiver  Party = "recipient" // of a message that came back
	Between   Party = "between"   // the operator of a server on the path
	Uncertain Party = "unknown"
)

// String names them in a sentence.
func (p Party) String() string {
	switch p {
	case You:
		return "you"
	case Operator:
		return "the operator of your own mail server"
	case Sender:
		return "the sender's side"
	case Receiver:
		return "the recipient's side"
	case Between:
		return "the operator of the server that is named"
	}
	return "unknown"
}

// ruling says who has to act on a bounce, and what the sender does where that is something else than in a session.
type ruling struct {
	party  Party
	remedy string
}

// ofFinding are the rulings where a server refused a message for a reason that has a name. What a session calls the operator of the
// server is here the one who sent or the one who received, by the reason.
var ofFinding = lazy.Table[string, ruling]{
	{"recipient-unknown", ruling{You, ""}},
	{"recipient-refused", ruling{Receiver, ""}},
	{"too-many-recipients", ruling{You, "send the message to fewer recipients at a time"}},
	{"mailbox-full", ruling{Receiver, ""}},
	{"message-refused", ruling{Receiver, tellRecipient}},
	{"relaying-denied", ruling{Receiver, "check the spelling of the domain; else tell the recipient through another channel that the server of their domain refuses mail for it"}},
	{"service-unavailable", ruling{Receiver, sendAgain}},
	{"message-too-large", ruling{You, ""}},
	{"sender-refused", ruling{You, ""}},
	{"sender-not-owned", ruling{You, ""}},
	{"message-malformed", ruling{You, ""}},
	{"sending-blocked", ruling{You, ""}},
	{"smtputf8-missing", ruling{You, ""}},
	{"greylisted", ruling{Operator, "let the server try again after some minutes; a program that does not try again is the wrong one"}},
	{"rate-limited", ruling{Operator, ""}},
	{"address-listed", ruling{Operator, ""}},
	{"policy-refused", ruling{Operator, ""}},
	{"encryption-required", ruling{Operator, ""}},
	{"login-required", ruling{Operator, ""}},
	{"ehlo-name-refused", ruling{Operator, ""}},
}

// What a sender can do where only others can mend it.
const (
	tellRecipient = "tell the recipient through another channel, and send them the text above"
	sendAgain     = "send the message again later; if it fails again, tell the recipient through another channel"
	wait          = "wait: you do not have to send the message again"
)

// ofStatus are the rulings by subject and detail of an enhanced status code (RFC 3463 §3), where no finding has one; a detail of 0 is
// any.
var ofStatus = [...]struct {
	subject, detail int
	ruling          ruling
}{
	{1, 7, ruling{You, ""}},
	{1, 8, ruling{Operator, ""}},
	{1, 0, ruling{You, ""}},
	{2, 3, ruling{You, ""}},
	{2, 0, ruling{Receiver, ""}},
	{3, 4, ruling{You, ""}},
	{3, 0, ruling{Receiver, ""}},
	{4, 1, ruling{Uncertain, sendAgain}},
	{4, 2, ruling{Uncertain, sendAgain}},
	{4, 3, ruling{Operator, sendAgain}},
	{4, 4, ruling{You, "check the spelling of the domain; if it is right, its owner has to mend its records in DNS"}},
	{4, 6, ruling{Receiver, tellRecipient}},
	{4, 7, ruling{Uncertain, sendAgain}},
	{5, 0, ruling{Operator, ""}},
	{6, 0, ruling{You, ""}},
	{7, 1, ruling{Receiver, ""}},
	{7, 0, ruling{Operator, ""}},
}

// judge says who has to act.
func (c *Recipient) judge(status [3]int) {
	r := ruling{party: Uncertain}
	if of, ok := ofFinding.Find(c.Finding); ok {
		r = of
	} else {
		for _, s := range ofStatus {
			if s.subject == status[1] && (s.detail == status[2] || s.detail == 0) {
				r = s.ruling
				break
			}
		}
	}
	c.Who, c.Remedy = r.party, cmp.Or(r.remedy, c.Remedy)
	if c.Action == Delayed {
		c.Remedy = wait
	}
}
