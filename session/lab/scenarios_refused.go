package lab

import "ehlo/session/sasl"

// refusedScenarios are log-ins that fail, each for a reason of its own.
func refusedScenarios() []Scenario {
	return []Scenario{
		{
			Name: "wrong-password", Title: "a wrong password",
			Story:    "Ann's password was changed yesterday; her phone still has the old one.",
			Task:     "Read both codes of the refusal, then log in without a new connection.",
			Hint:     "the account list shows the right password",
			Password: "tulip-41", Reply: "535 5.7.8",
		},
		{
			Name: "wrong-password-454", Title: "a wrong password, answered with 454",
			Story:    "Ann's phone still has her old password. The server is written in Go, and its SMTP library answers 454, a temporary failure, where credentials are wrong.",
			Task:     "Say what the code tells the client to do and what the text tells Ann to do, then log in.",
			Hint:     "the words say that the username or the password is wrong, and repeating the same one cannot help; the account list has the right one",
			Password: "tulip-41", Reply: "454 4.7.0",
			Knobs: Knobs{WrongLogin: "454 4.7.0 invalid username or password"},
		},
		{
			Name: "no-initial-response", Mechanism: "PLAIN", Title: "an AUTH command that may carry nothing",
			Story: "The server knows AUTH from before RFC 4954. It refuses an AUTH command with an initial response and accepts the same response when it has asked for it.",
			Task:  "Find what follows the mechanism's name in the refused command, then log in without it.",
			Hint:  "AUTH PLAIN alone is answered with 334, and the response goes on a line of its own",
			Reply: "501 5.5.4",
			Knobs: Knobs{Answers: []Answer{{To: "AUTH", Initial: true, Reply: "501 5.5.4 Syntax: AUTH mechanism"}}},
		},
		{
			Name: "app-password", Mechanism: "PLAIN", Title: "the right password, refused",
			Story: "Bob has two-step verification on. A mail program cannot ask for the second step, so the server wants a password made for this program.",
			Task:  "Say how this refusal differs from that of a wrong password, and get in.",
			Hint:  "Bob's app password is in the account list; a token works too",
			User:  "bob", To: "ann@" + Domain, Reply: "534 5.7.9",
			Knobs: Knobs{Mechanisms: []string{"XOAUTH2", "PLAIN", "LOGIN"}},
		},
		{
			Name: "disabled", Title: "a disabled account",
			Story: "Carol left last week. Her printer still tries to send scans in her name.",
			Task:  "Read the refusal, and say who can mend this and who cannot.",
			Hint:  "no password helps, and no token",
			User:  "carol", Reply: "525 5.7.13",
		},
		{
			Name: "expired-token", Mechanism: "XOAUTH2", Title: "an access token that ran out",
			Story:   "Dave's program logs in with an OAuth token. Tokens live an hour, and this one is older.",
			Task:    "Find the server's reason inside the challenge, and the line that the client must send before it is told 535.",
			Hint:    "the challenge is JSON in base64; OAUTHBEARER says it in other words; Dave's new token is in the account list",
			Finding: sasl.CodeToken,
			User:    "dave", Reply: "535 5.7.8",
			Knobs: Knobs{Mechanisms: []string{"OAUTHBEARER", "XOAUTH2", "PLAIN", "LOGIN"}},
		},
		{
			Name: "two-factor", Title: "a sign-in that looks odd",
			Story: "Erin writes from a new place. Before the server takes her password it wants to see her in a browser.",
			Task:  "Read in the reply what Erin has to do.",
			Hint:  "the code alone does not say",
			User:  "erin", Reply: "534 5.7.14",
		},
		{
			Name: "password-transition", Mechanism: "SCRAM-SHA-256", Title: "a password from an old system",
			Story: "Frank's account was moved. The new server was given his password in a form that it cannot use for SCRAM, until he shows it once.",
			Task:  "Say what the first digit of the code promises, and make it come true.",
			Hint:  "log in once with PLAIN, inside TLS; then QUIT, connect again from here and take SCRAM: this server remembers, one that is started over does not",
			User:  "frank", Reply: "432 4.7.12",
			Knobs: Knobs{Mechanisms: []string{"SCRAM-SHA-256", "PLAIN", "LOGIN"}},
		},
		{
			Name: "smtp-auth-disabled", Mechanism: "LOGIN", Title: "password log-in switched off",
			Story: "Grace's organisation has switched SMTP AUTH with passwords off. Her password is right.",
			Task:  "Name the person who can switch password log-in on again, and the better way.",
			Hint:  "5.7.139 is one vendor's own code; the same server takes tokens",
			User:  "grace", Reply: "535 5.7.139",
			Knobs: Knobs{Mechanisms: []string{"LOGIN", "XOAUTH2"}},
		},
		{
			Name: "basic-auth-retired", Mechanism: "LOGIN", Title: "no passwords any more",
			Story: "Heidi's provider has stopped taking passwords for submission, from everybody. Nothing that she types will help: her program has to get a token.",
			Task:  "Find what 5.7.30 stands for in the registry of codes, and get in by the way that is left.",
			Hint:  "the list has XOAUTH2, and Heidi's token is in the account list",
			User:  "heidi", Reply: "550 5.7.30",
			Knobs: Knobs{Mechanisms: []string{"LOGIN", "XOAUTH2"}},
		},
		{
			Name: "auth-backend-down", Mechanism: "PLAIN", Title: "nobody there to check the password",
			Story: "The server asks another service whether a password is right, and that service is being restarted. Ann's password is fine, and the next try will show it.",
			Task:  "Say what the reply tells about the password, then try again on the same connection.",
			Hint:  "4 and not 5: nothing has been judged; a program that asks for the password anew misleads Ann",
			Reply: "454 4.7.0",
			Knobs: Knobs{Answers: []Answer{{To: "AUTH", Reply: "454 4.7.0 the password service does not answer", Times: 1}}},
		},
		{
			Name: "mechanism-missing", Mechanism: "CRAM-MD5", Insist: true, Title: "a mechanism that is not offered",
			Story: "Ann's old phone is set to CRAM-MD5 and asks for it whatever the list says. The server has given it up: it would have to keep the passwords themselves.",
			Task:  "Compare the AUTH line with what the client asks for, then log in without a new connection.",
			Hint:  "what EHLO lists inside TLS is what works: PLAIN",
			Reply: "504 5.5.4",
		},
		{
			Name: "auth-required", NoLogin: true, Title: "mail without a log-in",
			Story: "A script sends by the submission port and has never heard of AUTH. TLS is active, and the server still wants to know who is sending.",
			Task:  "Find the command that is refused, and the line of the second EHLO reply that announced it.",
			Hint:  "log in as Ann, then try MAIL again",
			Reply: "530 5.7.0",
		},
		{
			Name: "encryption-required", Mechanism: "PLAIN", TLS: "off", Title: "refused after the password was sent",
			Story: "TLS is switched off in Ann's program. The server offers PLAIN in clear text all the same, and refuses it when it is used: by then the password has been on the wire.",
			Task:  "Say what somebody who listens has when 538 arrives, and which step should have come first.",
			Hint:  "STARTTLS is in the list; inside TLS the same AUTH is taken",
			Reply: "538 5.7.11",
			Knobs: Knobs{ClearAuth: true, Answers: []Answer{{To: "AUTH", Reply: "538 5.7.11 encryption required for this mechanism", Clear: true}}},
		},
	}
}
