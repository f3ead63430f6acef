package lab

import "ehlo/session/sasl"

// refusedScenarios are logins that fail, each for a reason of its own.
func refusedScenarios() []Scenario {
	return []Scenario{
		{
			Name: "wrong-password", EHLOName: "phone." + Domain, Title: "a wrong password",
			Story:    "Ann changed her password yesterday, and her phone still uses the old one.",
			Task:     "Read both codes of the refusal, then log in with the right password.",
			Password: "tulip-41", Reply: "535 5.7.8",
		},
		{
			Name: "wrong-password-454", EHLOName: "phone." + Domain, Title: "a wrong password, answered with 454",
			Story:    "Ann's phone still uses her old password. This server answers wrong credentials with 454, a temporary failure, as some SMTP libraries do.",
			Task:     "Say what the code tells the client to do and what the text tells Ann to do, then log in.",
			Password: "tulip-41", Reply: "454 4.7.0",
			Knobs: Knobs{WrongLogin: "454 4.7.0 invalid username or password"},
		},
		{
			Name: "no-initial-response", Mechanism: "PLAIN", Title: "AUTH without an initial response",
			Story: "This server is old. It refuses the login of a new mail client, and accepts that of an old one with the same password.",
			Task:  "Find what follows the mechanism's name in the refused command, then log in without it.",
			Reply: "501 5.5.4",
			Knobs: Knobs{Answers: []answer{{To: "AUTH", Initial: true, Reply: "501 5.5.4 Syntax: AUTH mechanism"}}},
		},
		{
			Name: "app-password", Mechanism: "PLAIN", Title: "a login that needs an application password",
			Story: "Bob uses two-step verification. A mail client cannot perform the second step, so the server requires an application password.",
			Task:  "Say how this refusal differs from that of a wrong password, and log in.",
			User:  "bob", To: "ann@" + Domain, Reply: "534 5.7.9",
			Knobs: Knobs{Mechanisms: []string{"XOAUTH2", "PLAIN", "LOGIN"}},
		},
		{
			Name: "disabled", EHLOName: "printer." + Domain, Title: "a disabled account",
			Story: "Carol left the company last week. Her printer still tries to send scans with her account.",
			Task:  "Read the refusal, and say who can change this and who cannot.",
			User:  "carol", Reply: "525 5.7.13",
		},
		{
			Name: "expired-token", Mechanism: "XOAUTH2", Title: "an expired access token",
			Story:   "Dave's mail client logs in with an OAuth access token. In the morning it worked.",
			Task:    "Find the server's reason in the challenge and the line that the client has to send before the 535, then log in with a new token.",
			Finding: sasl.CodeToken,
			User:    "dave", Reply: "535 5.7.8",
			Knobs: Knobs{Mechanisms: []string{"OAUTHBEARER", "XOAUTH2", "PLAIN", "LOGIN"}},
		},
		{
			Name: "two-factor", Title: "a sign-in that needs confirmation",
			Story: "Erin logs in from a new place. Her password is right.",
			Task:  "Read in the reply what Erin has to do.",
			User:  "erin", Reply: "534 5.7.14",
		},
		{
			Name: "password-transition", Mechanism: "SCRAM-SHA-256", Title: "a password from an old system",
			Story: "Frank's account was moved to a new server, which has his password in a form that it cannot use for SCRAM. After one login with PLAIN it can store the right form.",
			Task:  "Find what the first digit of the code means here, then log in with a mechanism that gives the server the password itself.",
			User:  "frank", Reply: "432 4.7.12",
			Knobs: Knobs{Mechanisms: []string{"SCRAM-SHA-256", "PLAIN", "LOGIN"}},
		},
		{
			Name: "smtp-auth-disabled", Mechanism: "LOGIN", Title: "SMTP AUTH disabled for an organization",
			Story: "Grace's organization has disabled SMTP AUTH for all its mailboxes. Her password is right, and so is her token.",
			Task:  "Say who can enable SMTP AUTH again, and whether Grace's token helps.",
			User:  "grace", Reply: "535 5.7.139",
			Knobs: Knobs{Mechanisms: []string{"LOGIN", "XOAUTH2"}},
		},
		{
			Name: "basic-auth-retired", Mechanism: "LOGIN", Title: "passwords are no longer accepted",
			Story: "Heidi's provider no longer accepts passwords for submission, from anyone. No password will help: her mail client has to get an access token.",
			Task:  "Find what 5.7.30 means in the registry of enhanced status codes, and log in with a mechanism that still works.",
			User:  "heidi", Reply: "550 5.7.30",
			Knobs: Knobs{Mechanisms: []string{"LOGIN", "XOAUTH2"}},
		},
		{
			Name: "auth-backend-down", Mechanism: "PLAIN", Title: "the password check is unavailable",
			Story: "Since a minute ago nobody can log in to this server.",
			Task:  "Say what the reply says about the password, then try again.",
			Reply: "454 4.7.0",
			Knobs: Knobs{Answers: []answer{{To: "AUTH", Reply: "454 4.7.0 the password service does not answer", Times: 1}}},
		},
		{
			Name: "mechanism-missing", EHLOName: "phone." + Domain, Mechanism: "CRAM-MD5", Insist: true, Title: "a mechanism that is not offered",
			Story: "Ann's old phone is set to CRAM-MD5 and uses it even if the server does not offer it. The server no longer supports it, because it would have to store the passwords themselves.",
			Task:  "Compare the AUTH line with the mechanism that the client uses, then log in with a mechanism that the server offers.",
			Reply: "504 5.5.4",
		},
		{
			Name: "auth-required", NoLogin: true, Title: "mail without a login",
			Story: "A script sends mail over the submission port and does not log in. TLS is active, and the server still requires a login.",
			Task:  "Find the command that is refused and the line of the second EHLO reply that announced it, then log in.",
			Reply: "530 5.7.0",
		},
		{
			Name: "encryption-required", Mechanism: "PLAIN", TLS: "off", Title: "refused after the password was sent",
			Story: "TLS is turned off in Ann's mail client. The server offers AUTH PLAIN before TLS, but refuses the command. By then the client has already sent the password in cleartext.",
			Task:  "Say what an eavesdropper has when the 538 arrives, and which step should have come first.",
			Reply: "538 5.7.11",
			Knobs: Knobs{ClearAuth: true, Answers: []answer{{To: "AUTH", Reply: "538 5.7.11 encryption required for this mechanism", Clear: true}}},
		},
	}
}
