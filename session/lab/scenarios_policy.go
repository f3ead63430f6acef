package lab

import "time"

func authScenarios() []Scenario {
	return []Scenario{
		{
			Name: "wrong-password", Title: "a wrong password",
			Story:    "Ann's password was changed yesterday; her phone still has the old one.",
			Task:     "read both codes of the refusal, then log in without a new connection",
			Hint:     "the account list shows the right password",
			Password: "tulip-41", Reply: "535 5.7.8",
		},
		{
			Name: "app-password", Title: "the right password, refused",
			Story: "Bob has two-step verification on. A mail program cannot ask for the second step, so the server wants a password made for this program.",
			Task:  "tell this refusal from a wrong password, and get in",
			Hint:  "Bob's app password is in the account list",
			User:  "bob", To: "ann@" + Domain, Reply: "534 5.7.9",
		},
		{
			Name: "disabled", Title: "a disabled account",
			Story: "Carol left last week. Her printer still tries to send scans in her name.",
			Task:  "say who can mend this, and who cannot",
			Hint:  "no password helps",
			User:  "carol", Reply: "525 5.7.13",
		},
		{
			Name: "expired-token", Title: "an access token that ran out",
			Story: "Dave's program logs in with an OAuth token. Tokens live an hour, and this one is older.",
			Task:  "find the server's reason inside the challenge",
			Hint:  "the challenge is JSON in base64",
			User:  "dave", Reply: "535 5.7.8",
		},
		{
			Name: "two-factor", Title: "a sign-in that looks odd",
			Story: "Erin writes from a new place. Before the server takes her password it wants to see her in a browser.",
			Task:  "find what to do in the reply's text",
			Hint:  "the code alone does not say",
			User:  "erin", Reply: "534 5.7.14",
		},
		{
			Name: "password-transition", Title: "a password from an old system",
			Story: "Frank's account was moved. The new server cannot use his old password for this mechanism until he sets it again.",
			Task:  "say what the first digit of the code promises",
			Hint:  "4 means: not now",
			User:  "frank", Reply: "432 4.7.12",
		},
		{
			Name: "smtp-auth-disabled", Title: "password log-in switched off",
			Story: "Grace's organisation has switched SMTP AUTH with passwords off. Her password is right.",
			Task:  "name the person who can switch it on again, and the better way",
			Hint:  "5.7.139 is one vendor's own code",
			User:  "grace", Reply: "535 5.7.139",
		},
	}
}

func policyScenarios() []Scenario {
	return []Scenario{
		{
			Name: "greylist", Title: "greylisting",
			Story:  "The server has never seen this sender with this recipient, and asks to come back. Real mail servers do; much spam software does not.",
			Task:   "read the first digit, and try the same command again",
			Hint:   "4 means: try again later, here a second attempt is enough",
			Target: "smtp://mx.lab", Reply: "451 4.7.1",
			Knobs: Knobs{Answers: []Answer{{To: "RCPT", Reply: "451 4.7.1 greylisted, try again in a minute", Times: 1}}},
		},
		{
			Name: "unknown-user", Title: "a recipient that does not exist",
			Story: "Ann mistypes an address.",
			Task:  "say whether trying again can help",
			Hint:  "5 means: the same will fail again",
			To:    "bbo@" + Domain, Reply: "550 5.1.1",
		},
		{
			Name: "mailbox-full", Title: "a full mailbox",
			Story: "Bob is on holiday, and his mailbox is over quota.",
			Task:  "say whether trying again can help",
			Hint:  "compare the first digit with that of an unknown user",
			Reply: "452 4.2.2",
			Knobs: Knobs{Answers: []Answer{{To: "RCPT", Reply: "452 4.2.2 mailbox is over quota"}}},
		},
		{
			Name: "sender-mismatch", Title: "a sender that is not yours",
			Story: "Ann logs in and writes under the address of her team.",
			Task:  "find which of the two addresses of a message the server has judged",
			Hint:  "the envelope, at MAIL FROM; the letter's From comes later",
			From:  "team@" + Domain, Reply: "553 5.7.1",
		},
		{
			Name: "size-limit", Title: "a message that is too large",
			Story: "The server takes very small messages only, and says so in its EHLO reply.",
			Task:  "find the limit, and at which command the message fails",
			Hint:  "a client that states the size in MAIL learns early",
			Reply: "552 5.3.4", Knobs: Knobs{MaxSize: 100},
		},
		{
			Name: "rate-limit", Title: "too much mail too fast",
			Story: "A script sends one message after the other, and the server has had enough.",
			Task:  "say what 421 does to the connection",
			Hint:  "it may come in answer to any command",
			Reply: "421 4.7.0",
			Knobs: Knobs{Answers: []Answer{{To: "MAIL", Reply: "421 4.7.0 mail.lab too many messages from you, try again in an hour"}}},
		},
		{
			Name: "impatient", Title: "a server that does not wait",
			Story: "The server gives a client ten seconds for each command. RFC 5321 asks for five minutes.",
			Task:  "take your time, and look at what comes unasked",
			Hint:  "421 4.4.2, and the connection is gone",
			Reply: "421 4.4.2",
			Knobs: Knobs{Idle: 10 * time.Second},
		},
		{
			Name: "greeting-refused", Title: "a greeting that says no",
			Story:  "The server answers the connection and refuses it: the address is on a block list.",
			Task:   "end the conversation properly",
			Hint:   "after a 554 greeting only QUIT is left",
			Target: "smtp://mx.lab",
			Reply:  "554",
			Knobs:  Knobs{Answers: []Answer{{To: "greeting", Reply: "554 mx.lab your address is blocked here"}}},
		},
		{
			Name: "helo-only", Title: "a server that knows HELO only",
			Story:  "A device from before 1995: EHLO is refused, and with it every extension.",
			Task:   "say what cannot be had without EHLO",
			Hint:   "no EHLO, no STARTTLS, no AUTH",
			Target: "smtp://mx.lab",
			Reply:  "502",
			Knobs:  Knobs{Answers: []Answer{{To: "EHLO", Reply: "502 command not implemented"}}},
		},
		{
			Name: "chunking-off", Reply: "502 5.5.1", Title: "no BDAT here",
			Story: "The server lacks CHUNKING, DSN and SMTPUTF8, as many do.",
			Task:  "try BDAT all the same, then send with DATA",
			Hint:  "502: known, and not available",
			Knobs: Knobs{Hide: []string{"CHUNKING", "DSN", "SMTPUTF8"}},
		},
	}
}
