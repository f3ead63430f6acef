package lab

import "ehlo/session/sasl"

// Server-first messages of SCRAM (RFC 5802 §7). The salts are arbitrary.
const (
	plausibleFirst = "r={nonce}Qk7pZ2xvYmJlcg,s=cHJhY3RpY2Ugc2FsdA==,i=4096"
	replayedFirst  = "r=aW4gYW4gb2xkIHNlc3Npb24Qk7pZ2xvYmJlcg,s=cHJhY3RpY2Ugc2FsdA==,i=4096"
	costlyFirst    = "r={nonce}Qk7pZ2xvYmJlcg,s=cHJhY3RpY2Ugc2FsdA==,i=2147483648" // 2^31
	// a signature over nothing, of the right length
	forgedFinal = "v=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

// hostileScenarios are servers and devices that are after something in AUTH.
// Their certificates hold, so nothing before AUTH gives them away.
func hostileScenarios() []Scenario {
	scram := []string{"SCRAM-SHA-256", "PLAIN", "LOGIN"}
	return append([]Scenario{
		{
			Name: "challenge-not-base64", Mechanism: "LOGIN", Title: "a prompt in plain text",
			Story:   "A home-made server asks for the name in plain text, where base64 belongs. Who guesses what was meant is in a protocol that nobody has defined.",
			Task:    "Find the character that no base64 has, and what the client sends in place of an answer.",
			Hint:    "* gives an exchange up",
			Finding: sasl.CodeNotBase64,
			Knobs:   Knobs{Mechanisms: []string{"LOGIN"}, Challenges: []Challenge{{Text: "Username:", Raw: true}}},
		},
		{
			Name: "challenge-huge", Mechanism: "CRAM-MD5", Title: "a challenge of ten million bytes",
			Story:   "The challenge goes on for ten megabytes on one line. A client that keeps all of it before it looks can be filled up by any server.",
			Task:    "Find the bound at which the client stops, and where it comes from.",
			Hint:    "RFC 4954 asks both sides to be ready for 12288 octets",
			Finding: sasl.CodeTooLong,
			Knobs: Knobs{Mechanisms: []string{"CRAM-MD5", "PLAIN", "LOGIN"},
				Challenges: []Challenge{{Text: "<1896.697170952@mail.lab>", Bytes: 7_500_000}}},
		},
		{
			Name: "challenge-endless", Mechanism: "LOGIN", Title: "the same question again and again",
			Story:   "The server asks for the name, gets it, and asks for the name. A client that answers by counting sends the password to the second question.",
			Task:    "Say how often a question may be asked, and what has been given away when the client stops.",
			Hint:    "the name has gone out once, the password never",
			Finding: sasl.CodeUnexpected,
			Knobs:   Knobs{Mechanisms: []string{"LOGIN"}, Challenges: []Challenge{{Text: "Username:", Endless: true}}},
		},
		{
			Name: "server-signature-wrong", Mechanism: "SCRAM-SHA-256", Title: "a server that does not know Ann",
			Story:   "Somebody has taken over the name mail.lab and has a certificate for it, but not the list of accounts. It takes any proof, and its own is made up.",
			Task:    "Find the two signatures that differ, and say why PLAIN would not have noticed.",
			Hint:    "who knows neither the password nor ServerKey cannot compute ServerSignature; with secrets shown from before AUTH on, both can be read",
			Finding: sasl.CodeServerProof,
			Knobs:   Knobs{Mechanisms: scram, Challenges: []Challenge{{Text: plausibleFirst}, {Text: forgedFinal}}},
		},
		{
			Name: "server-nonce-changed", Mechanism: "SCRAM-SHA-256", Title: "an answer to another question",
			Story:   "The server's first message does not begin with the nonce that Ann's program has just made: it was recorded in another session and is played back.",
			Task:    "Compare the two nonces, and say what a proof over the wrong one could be used for.",
			Hint:    "the server's nonce must begin with all of the client's",
			Finding: sasl.CodeNonce,
			Knobs:   Knobs{Mechanisms: scram, Challenges: []Challenge{{Text: replayedFirst}, {Text: forgedFinal}}},
		},
		{
			Name: "server-iterations-huge", Mechanism: "SCRAM-SHA-256", Title: "two thousand million iterations",
			Story:   "The server asks for 2147483648 rounds of hashing. A client that obeys is busy for many minutes, and the server only had to write a number.",
			Task:    "Find the number of iterations, and the bound at which the client stopped.",
			Hint:    "usual are 4096 to some hundred thousand",
			Finding: sasl.CodeIterationsHigh,
			Knobs:   Knobs{Mechanisms: scram, Challenges: []Challenge{{Text: costlyFirst}, {Text: forgedFinal}}},
		},
		{
			Name: "server-proof-missing", Mechanism: "SCRAM-SHA-256", Title: "success without a proof",
			Story:   "The server takes the client's proof and says 235 at once. It never shows that it knows the account, as anybody could who wants Ann's mail.",
			Task:    "Find the message that is missing, and say whom the client has logged in to.",
			Hint:    "v= comes before the 235, or it is no SCRAM",
			Finding: sasl.CodeServerSilent,
			Knobs:   Knobs{Mechanisms: scram, Challenges: []Challenge{{Text: plausibleFirst}}},
		},
	}, downgradeScenarios()...)
}

// downgradeScenarios are devices on the path that want something weaker.
func downgradeScenarios() []Scenario {
	return []Scenario{
		{
			Name: "downgraded-list", Mechanism: "SCRAM-SHA-256", Title: "a list made shorter on the way",
			Story:   "The server offers SCRAM before TLS already, and STARTTLS. A device on the way takes both out and leaves PLAIN and LOGIN, which would bring it the password in clear text.",
			Task:    "Say which is missed first, SCRAM or STARTTLS, and what a client that takes what it is offered would have sent.",
			Hint:    "a list in clear text is whatever the last device on the way wants it to be",
			Finding: "auth-downgraded",
			Knobs: Knobs{ClearAuth: true, Mechanisms: []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}, Wire: []Rule{
				{On: "EHLO", Do: Omit, Text: "SCRAM"},
				{On: "EHLO", Do: Strip, Text: "STARTTLS"},
				{On: "STARTTLS", Do: Block, Text: "502 5.5.1 STARTTLS not implemented\r\n"},
			}},
		},
		{
			Name: "shortened-list", Title: "a list that grows inside TLS",
			Story:   "The server offers SCRAM in clear text already. A device on the way takes it out there and leaves PLAIN, for the clients that do without TLS. Into TLS it cannot reach.",
			Task:    "Compare the two AUTH lines, and say why a server has no reason for the difference.",
			Hint:    "SCRAM keeps the password even where everybody reads along; PLAIN does not",
			Finding: "auth-list-shortened",
			Knobs: Knobs{ClearAuth: true, Mechanisms: []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}, Wire: []Rule{
				{On: "EHLO", Do: Omit, Text: "SCRAM"},
			}},
		},
		{
			Name: "downgraded-binding", Mechanism: "SCRAM-SHA-256", Title: "PLUS taken out of the list",
			Story:   "A device that clients here trust opens all TLS. To stay unnoticed it takes every -PLUS out of the AUTH line. The client says in its first message that it could have bound and saw no offer, and the server knows better.",
			Task:    "Find the y in the first message, and the server's answer to it.",
			Hint:    "the flag is part of what both sides prove, so the device cannot change it",
			Finding: sasl.CodeStripped,
			Knobs: Knobs{Explain: true, Mechanisms: []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"}, Wire: []Rule{
				{Do: Inspect},
				{On: "EHLO", Do: Omit, Text: "-PLUS"},
			}},
		},
		{
			Name: "tls-inspection", Mechanism: "SCRAM-SHA-256-PLUS", Title: "somebody in the middle whom everybody trusts",
			Story:   "The organisation's security device opens all TLS and closes it again. Its authority is installed on every computer, so the certificate holds. Only the log-in notices.",
			Task:    "Find the two signs: one in the certificate chain, one in the exchange.",
			Hint:    "who issued the certificate? and what do client and server see differently?",
			Finding: sasl.CodeMismatch,
			Knobs: Knobs{Explain: true, Mechanisms: []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"}, Wire: []Rule{
				{Do: Inspect},
			}},
		},
	}
}
