package lab

import "time"

func policyScenarios() []Scenario {
	return []Scenario{
		{
			Name: "greylist", Title: "greylisting",
			Story:  "The server has never seen this sender with this recipient, and asks to come back. Real mail servers do; much spam software does not. This practice server does not make you wait: it takes the next try. A real one would hold out for some minutes.",
			Task:   "Read the first digit, and try the same command again; then say what a real server would have answered so soon.",
			Hint:   "4 means: try again later; here at once, elsewhere after some minutes and from the same address",
			Target: "smtp://mx.lab", Reply: "451 4.7.1",
			Knobs: Knobs{Answers: []Answer{{To: "RCPT", Reply: "451 4.7.1 greylisted: come back later (here the next try will do, a real server wants some minutes)", Times: 1}}},
		},
		{
			Name: "unknown-user", Title: "a recipient that does not exist",
			Story: "Ann mistypes an address.",
			Task:  "Find the code that refuses the recipient, and say whether trying again can help.",
			Hint:  "5 means: the same will fail again",
			To:    "bbo@" + Domain, Reply: "550 5.1.1",
		},
		{
			Name: "mailbox-full", Title: "a full mailbox",
			Story: "Bob is on holiday, and his mailbox is over quota.",
			Task:  "Find the code that refuses the message, and say whether trying again can help.",
			Hint:  "compare the first digit with that of an unknown user",
			Reply: "452 4.2.2",
			Knobs: Knobs{Answers: []Answer{{To: "RCPT", Reply: "452 4.2.2 mailbox is over quota"}}},
		},
		{
			Name: "sender-mismatch", Title: "a sender that is not yours",
			Story: "Ann logs in and writes under the address of her team.",
			Task:  "Find which of the two addresses of a message the server has judged.",
			Hint:  "the envelope, at MAIL FROM; the letter's From comes later",
			From:  "team@" + Domain, Reply: "553 5.7.1",
		},
		{
			Name: "size-limit", Title: "a message that is too large",
			Story: "The server takes very small messages only, and says so in its EHLO reply.",
			Task:  "Find the limit, and at which command the message fails.",
			Hint:  "a client that states the size in MAIL learns early",
			Reply: "552 5.3.4", Knobs: Knobs{MaxSize: 100},
		},
		{
			Name: "rate-limit", Title: "too much mail too fast",
			Story: "A script sends one message after the other, and the server has had enough.",
			Task:  "Find out what 421 does to the connection.",
			Hint:  "it may come in answer to any command",
			Reply: "421 4.7.0",
			Knobs: Knobs{Answers: []Answer{{To: "MAIL", Reply: "421 4.7.0 mail.lab too many messages from you, try again in an hour"}}},
		},
		{
			Name: "impatient", Title: "a server that does not wait",
			Story: "The server gives a client ten seconds for each command. RFC 5321 asks for five minutes.",
			Task:  "Wait longer than the server does, and read what comes unasked.",
			Hint:  "421 4.4.2, and the connection is gone",
			Reply: "421 4.4.2",
			Knobs: Knobs{Idle: 10 * time.Second},
		},
		{
			Name: "greeting-refused", Title: "a greeting that says no",
			Story:  "The server answers the connection and refuses it: the address is on a block list.",
			Task:   "Read what the server says of you, and end the conversation properly.",
			Hint:   "after a 554 greeting only QUIT is left",
			Target: "smtp://mx.lab",
			Reply:  "554",
			Knobs:  Knobs{Answers: []Answer{{To: "greeting", Reply: "554 mx.lab your address is blocked here"}}},
		},
		{
			Name: "helo-only", Title: "a server that knows HELO only",
			Story:  "A device from before 1995: EHLO is refused, and with it every extension.",
			Task:   "Say what cannot be had without EHLO.",
			Hint:   "no EHLO, no STARTTLS, no AUTH",
			Target: "smtp://mx.lab",
			Reply:  "502",
			Knobs:  Knobs{Answers: []Answer{{To: "EHLO", Reply: "502 command not implemented"}}},
		},
		{
			Name: "chunking-off", Reply: "502 5.5.1", Title: "no BDAT here",
			Story: "The server lacks CHUNKING, DSN and SMTPUTF8, as many do.",
			Task:  "Try BDAT all the same, then send with DATA.",
			Hint:  "502: known, and not available",
			Knobs: Knobs{Hide: []string{"CHUNKING", "DSN", "SMTPUTF8"}},
		},
	}
}
