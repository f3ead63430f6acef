package lab

import "time"

func policyScenarios() []Scenario {
	return []Scenario{
		{
			Name: "greylist", Title: "greylisting",
			Story:  "The server has never seen this client, this sender and this recipient together.",
			Task:   "Find out whether another attempt can help and when, then wait that long and try again.",
			Target: "smtp://mx.lab", Reply: "451 4.7.1",
			Knobs: Knobs{Greylist: 5 * time.Minute},
		},
		{
			Name: "unknown-user", Title: "a recipient that does not exist",
			Story: "Ann has mistyped Bob's address.",
			Task:  "Find the code that refuses the recipient and whether trying again can help, then send the message to the right address.",
			To:    "bbo@" + Domain, Reply: "550 5.1.1",
		},
		{
			Name: "mailbox-full", Title: "a full mailbox",
			Story: "Bob is on holiday, and has not read his mail for weeks.",
			Task:  "Find the code that defers the recipient, and say why the server did not accept the message.",
			Reply: "452 4.2.2",
			Knobs: Knobs{Answers: []answer{{To: "RCPT", Reply: "452 4.2.2 mailbox is over quota"}}},
		},
		{
			Name: "sender-mismatch", Title: "a sender address that is not yours",
			Story: "Ann logs in and sends with the address of her team.",
			Task:  "Find which of the two sender addresses of a message the server checks.",
			From:  "team@" + Domain, Reply: "553 5.7.1",
		},
		{
			Name: "size-limit", Title: "a message that is too large",
			Story: "Ann sends a scanned page. The server accepts only small messages, and says so in its EHLO reply.",
			Task:  "Find the limit and the command at which the message fails, then send a message that fits.",
			Size:  30_000,
			Reply: "552 5.3.4", Knobs: Knobs{MaxSize: 20_000},
		},
		{
			Name: "rate-limit", Title: "too much mail too fast",
			Story: "A script on this computer has sent a message every three minutes. The server accepts twenty messages an hour from one client and defers the next.",
			Task:  "Find out what 421 does to the connection, then wait until the server accepts a message again.",
			Reply: "421 4.7.0",
			Knobs: Knobs{Limit: messageLimit{PerHour: 20, Sent: 20}},
		},
		{
			Name: "impatient", Title: "a server with a short idle timeout",
			Story: "The server waits ten seconds for each command. RFC 5321 recommends at least five minutes.",
			Task:  "Wait longer than the server does, and say why a reply arrives without a command.",
			Reply: "421 4.4.2",
			Knobs: Knobs{Idle: 10 * time.Second},
		},
		{
			Name: "greeting-refused", Title: "a refusal in the greeting",
			Story:  "The server refuses the client before it has said anything.",
			Task:   "Read the server's reason, and say why it refuses this client.",
			Target: "smtp://mx.lab",
			Reply:  "554",
			Knobs:  Knobs{Answers: []answer{{To: "greeting", Reply: "554 mx.lab your address is blocked here"}}},
		},
		{
			Name: "ehlo-name", Title: "a client name that is refused",
			Story:  "The relay looks up the name that a client gives in EHLO. The name of this computer does not exist in DNS; its public name, mx.example, does.",
			Task:   "Find the name that the server refuses, then try again with a name that exists.",
			Target: "smtp://mx.lab", EHLOName: "server7.office.test",
			Reply: "550 5.7.1",
			Knobs: Knobs{Answers: []answer{
				{To: "EHLO", Unless: "mx.example", Reply: "550 5.7.1 Helo command rejected: Host not found"},
				{To: "HELO", Unless: "mx.example", Reply: "550 5.7.1 Helo command rejected: Host not found"},
			}},
		},
		{
			Name: "ipv6-broken", Title: "a server that refuses this client over IPv6",
			Story:  "The relay has an IPv6 and an IPv4 address, and the client tries IPv6 first. Over IPv6 the server accepts mail only from addresses with a PTR record, and this computer has none there.",
			Task:   "Find the address family of the connection and the reason for the refusal, and say what the client's network lacks.",
			Target: "smtp://mx.lab",
			Reply:  "554 5.7.1",
			Knobs:  Knobs{Answers: []answer{{To: "greeting", IPv6: true, Reply: "554 5.7.1 mx.lab accepts no mail over IPv6 from an address without a PTR record"}}},
		},
		{
			Name: "helo-only", Title: "a server that supports only HELO",
			Story:  "This is a very old device: it refuses EHLO, and therefore offers no extensions.",
			Task:   "Say what is not available without EHLO.",
			Target: "smtp://mx.lab",
			Reply:  "502",
			Knobs:  Knobs{Answers: []answer{{To: "EHLO", Reply: "502 command not implemented"}}},
		},
		{
			Name: "chunking-off", Reply: "502 5.5.1", Title: "a server without BDAT",
			Story: "The server does not support CHUNKING, DSN or SMTPUTF8.",
			Task:  "Send BDAT although it is not offered, and say how a client can know beforehand that the server refuses it.",
			Knobs: Knobs{Hide: []string{"CHUNKING", "DSN", "SMTPUTF8"}},
		},
	}
}
