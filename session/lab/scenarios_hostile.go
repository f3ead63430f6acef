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
// Their certificates pass verification, so nothing before AUTH gives them away.
func hostileScenarios() []Scenario {
	scram := []string{"SCRAM-SHA-256", "PLAIN", "LOGIN"}
	return append([]Scenario{
		{
			Name: "challenge-not-base64", Mechanism: "LOGIN", Title: "a challenge in plain text",
			Story:   "A faulty server asks for the username in plain text, but AUTH requires base64. A client that guesses the meaning uses a protocol that no standard defines.",
			Task:    "Find a character that base64 does not use, and the line that the client sends instead of a response.",
			Finding: sasl.CodeNotBase64,
			Knobs:   Knobs{Mechanisms: []string{"LOGIN"}, Challenges: []challenge{{Text: "Username:", Raw: true}}},
		},
		{
			Name: "challenge-huge", Mechanism: "CRAM-MD5", Title: "a challenge of ten million bytes",
			Story:   "The challenge is one line of ten million bytes. A server could fill the memory of a client that stores all of it.",
			Task:    "Find the limit at which the client stops, and where it comes from.",
			Finding: sasl.CodeTooLong,
			Knobs: Knobs{Mechanisms: []string{"CRAM-MD5", "PLAIN", "LOGIN"},
				Challenges: []challenge{{Text: "<1896.697170952@mail.lab>", Bytes: 7_500_000}}},
		},
		{
			Name: "challenge-endless", Mechanism: "LOGIN", Title: "the same question again and again",
			Story:   "The server asks for the username, gets it, and asks for the username again. A client that only counts the challenges answers the second one with the password.",
			Task:    "Count the challenges until the client stops, and say what a client would send that does not read them.",
			Finding: sasl.CodeUnexpected,
			Knobs:   Knobs{Mechanisms: []string{"LOGIN"}, Challenges: []challenge{{Text: "Username:", Endless: true}}},
		},
		{
			Name: "server-signature-wrong", Mechanism: "SCRAM-SHA-256", Title: "a server that does not have Ann's keys",
			Story:   "An attacker controls the name mail.lab and has a certificate for it, but does not have the accounts. The server accepts any proof, and its own signature is made up.",
			Task:    "Find the two signatures that differ, and say what the client found out about this server.",
			Finding: sasl.CodeServerProof,
			Knobs:   Knobs{Mechanisms: scram, Challenges: []challenge{{Text: plausibleFirst}, {Text: forgedFinal}}},
		},
		{
			Name: "server-nonce-changed", Mechanism: "SCRAM-SHA-256", Title: "a replayed server message",
			Story:   "The server's first message does not begin with the nonce (a number used once) that Ann's mail client has just made: it was recorded in another session and is replayed.",
			Task:    "Compare the two nonces, and say why the client stopped.",
			Finding: sasl.CodeNonce,
			Knobs:   Knobs{Mechanisms: scram, Challenges: []challenge{{Text: replayedFirst}, {Text: forgedFinal}}},
		},
		{
			Name: "server-iterations-huge", Mechanism: "SCRAM-SHA-256", Title: "two billion (2³¹) iterations",
			Story:   "A server can make every client that logs in compute for many minutes. It only has to send a number.",
			Task:    "Find the number of iterations, and the limit at which the client stopped.",
			Finding: sasl.CodeIterationsHigh,
			Knobs:   Knobs{Mechanisms: scram, Challenges: []challenge{{Text: costlyFirst}, {Text: forgedFinal}}},
		},
		{
			Name: "server-proof-missing", Mechanism: "SCRAM-SHA-256", Title: "success without the server's proof",
			Story:   "The server accepts the client's proof and sends 235 at once. It never proves that it holds the account's keys, so it may be an impostor.",
			Task:    "Find the message that is missing, and say to whom the client has logged in.",
			Finding: sasl.CodeServerSilent,
			Knobs:   Knobs{Mechanisms: scram, Challenges: []challenge{{Text: plausibleFirst}}},
		},
	}, downgradeScenarios()...)
}

// downgradeScenarios are devices on the path that want something weaker.
func downgradeScenarios() []Scenario {
	return []Scenario{
		{
			Name: "downgraded-list", Mechanism: "SCRAM-SHA-256", Title: "mechanisms removed on the path",
			Story:   "The server offers SCRAM and STARTTLS before TLS. A device on the path removes both and leaves PLAIN and LOGIN, so that a client sends the password in cleartext.",
			Task:    "Find what the attacker removed from the EHLO reply, and say which policy of a client stops the attack.",
			Finding: "auth-downgraded",
			Knobs: Knobs{ClearAuth: true, Mechanisms: []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}, Wire: []rule{
				{On: "EHLO", Do: omit, Text: "SCRAM"},
				{On: "EHLO", Do: strip, Text: "STARTTLS"},
				{On: "STARTTLS", Do: block, Text: "502 5.5.1 STARTTLS not implemented\r\n"},
			}},
		},
		{
			Name: "shortened-list", Title: "a list that grows inside TLS",
			Story:   "The server offers SCRAM in cleartext too. A device on the path removes it there and leaves PLAIN, to get the passwords of clients that do not use TLS. Inside TLS it cannot change anything.",
			Task:    "Compare the two AUTH lines, and find the mechanism that is missing in one of them.",
			Finding: "auth-list-shortened",
			Knobs: Knobs{ClearAuth: true, Mechanisms: []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}, Wire: []rule{
				{On: "EHLO", Do: omit, Text: "SCRAM"},
			}},
		},
		{
			Name: "downgraded-binding", Mechanism: "SCRAM-SHA-256", Title: "-PLUS removed from the list",
			Story:   "A device whose CA the clients here trust terminates all TLS connections. To stay undetected it removes every -PLUS mechanism from the AUTH line. In its first message the client says that it supports channel binding, but that the server does not offer it. The server knows that it did.",
			Task:    "Find the y in the first message and the server's answer to it, and say what this login reveals.",
			Finding: sasl.CodeStripped,
			Knobs: Knobs{Explain: true, Mechanisms: []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"}, Wire: []rule{
				{Do: inspect},
				{On: "EHLO", Do: omit, Text: "-PLUS"},
			}},
		},
		{
			Name: "tls-inspection", Mechanism: "SCRAM-SHA-256-PLUS", Title: "TLS inspection by a trusted device",
			Story:   "The organization's security device terminates all TLS connections. Its CA is installed on every computer, so the certificate passes verification. Only the login detects it.",
			Task:    "Find the two signs, one in the certificate chain and one in the exchange, and say why the first does not reveal the device.",
			Finding: sasl.CodeMismatch,
			Knobs: Knobs{Explain: true, Mechanisms: []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"}, Wire: []rule{
				{Do: inspect},
			}},
		},
	}
}
