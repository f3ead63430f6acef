package lab

import (
	"crypto/tls"

	"ehlo/session/sasl"
)

// loginScenarios are one mechanism each, in the order in which they are best
// understood, and all of them together.
func loginScenarios() []Scenario {
	return []Scenario{
		{
			Name: "auth-plain", Mechanism: "PLAIN", Title: "AUTH PLAIN: all in one message",
			Story: "Ann's program sends name and password in one line of base64. Whoever can read the line has the password; TLS is all that protects it.",
			Task:  "Open the base64 and find the two NUL bytes, and the empty place before the first.",
			Hint:  "to see it, have the secrets shown before AUTH (S, or --reveal); in front of the first NUL stands whom to act as, empty for oneself",
		},
		{
			Name: "auth-login", Mechanism: "LOGIN", Title: "AUTH LOGIN: two prompts, two answers",
			Story: "The server asks for the name and then for the password. It was never more than a draft and protects nothing, and nearly every server still has it.",
			Task:  "Count the round trips, and compare what an eavesdropper would read with PLAIN.",
			Hint:  "the prompts are base64 too, and say Username: and Password:",
			Knobs: Knobs{Mechanisms: []string{"LOGIN", "XOAUTH2"}},
		},
		{
			Name: "auth-cram-md5", Mechanism: "CRAM-MD5", Title: "AUTH CRAM-MD5: a digest in place of the password",
			Story:   "The server sends something new, and Ann's program answers with an HMAC over it, keyed by her password. An eavesdropper cannot use the answer again, but can try passwords on it at home, millions each second.",
			Task:    "Find what is different in a second log-in, and say what the server has to keep for this to work.",
			Hint:    "to compute the same HMAC the server needs the password itself",
			Finding: sasl.CodeWeakDigest,
			Knobs:   Knobs{Mechanisms: []string{"CRAM-MD5", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-digest-md5", Mechanism: "DIGEST-MD5", Title: "AUTH DIGEST-MD5: both sides compute",
			Story:   "Nonces from both sides, a realm and a counter go into the digest, and the server answers with a digest of its own. RFC 6331 has retired the mechanism: too many options, and only MD5 between an eavesdropper and the password.",
			Task:    "Find the server's proof, rspauth, and the line that the client sends after it.",
			Hint:    "SMTP cannot carry data beside 235, so an empty line comes in between",
			Finding: sasl.CodeWeakDigest,
			Knobs:   Knobs{Mechanisms: []string{"DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-scram-sha-1", Mechanism: "SCRAM-SHA-1", Title: "AUTH SCRAM-SHA-1: a proof for a proof",
			Story:   "Neither side sends the password: the client proves that it knows it, and the server that it knows the account. The server keeps salted hashes only. An eavesdropper can still guess, slowed down by the salt and the iterations.",
			Task:    "Follow the password from SaltedPassword to the proof, and find what the server keeps of it.",
			Hint:    "StoredKey and ServerKey; neither is enough to log in",
			Finding: sasl.CodeSHA1,
			Knobs:   Knobs{Mechanisms: []string{"SCRAM-SHA-1", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-scram-sha-256", Mechanism: "SCRAM-SHA-256", Title: "AUTH SCRAM-SHA-256: the same with a better hash",
			Story: "SCRAM again, with SHA-256. The server proves itself too, so a false server that only says 235 is found out.",
			Task:  "Find the server's signature, and say what would be wrong with a 235 that comes without it.",
			Hint:  "the client computes ServerSignature as well, and compares",
			Knobs: Knobs{Mechanisms: []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-scram-sha-1-plus", Mechanism: "SCRAM-SHA-1-PLUS", Title: "AUTH SCRAM-SHA-1-PLUS: bound to this TLS connection",
			Story:   "The proof covers a value that both ends take from their TLS connection. This server stops at TLS 1.2, where the value is tls-unique; SCRAM-SHA-256-PLUS shows that of TLS 1.3. Somebody in the middle has two connections with two values, and the proof fits neither.",
			Task:    "Find the type of channel binding in the first message, and its data in the third.",
			Hint:    "tls-unique is made from the Finished messages of TLS 1.2; in TLS 1.3 there is none, whatever --tls-max allows",
			Finding: sasl.CodeSHA1,
			Knobs: Knobs{TLSMax: tls.VersionTLS12,
				Mechanisms: []string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-scram-sha-256-plus", Mechanism: "SCRAM-SHA-256-PLUS", Title: "AUTH SCRAM-SHA-256-PLUS: the best with a password",
			Story: "Both sides prove that they know the password, over this TLS connection and no other. An eavesdropper, a false server and somebody in the middle all come away with nothing to use.",
			Task:  "Compare the first message with that of SCRAM without PLUS, and say why it begins with p and not with n or y.",
			Hint:  "in TLS 1.3 the value is tls-exporter, RFC 9266",
			Knobs: Knobs{Mechanisms: []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-xoauth2", Mechanism: "XOAUTH2", Title: "AUTH XOAUTH2: a token, in Google's form",
			Story: "Ann has signed in with a browser and her program was given a token for mail. It goes over the wire as it is: who reads it can use it, but only until it ends, and not to change her password.",
			Task:  "Open the base64 and find the 0x01 bytes between the fields.",
			Hint:  "to see it, have the secrets shown before AUTH (S, or --reveal): user=, auth=Bearer, and two 0x01 at the end",
			Knobs: Knobs{Mechanisms: []string{"XOAUTH2", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-oauthbearer", Mechanism: "OAUTHBEARER", Title: "AUTH OAUTHBEARER: a token, in the standard form",
			Story: "RFC 7628 made a standard of it: the same token with a GS2 header before it, and host and port beside it, so that a server can tell where it was meant to go.",
			Task:  "Compare the message with that of XOAUTH2, field by field.",
			Hint:  "the account's name has moved to a=, in the header",
			Knobs: Knobs{Mechanisms: []string{"OAUTHBEARER", "XOAUTH2", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-external", Mechanism: "EXTERNAL", ClientCertificate: true, Title: "AUTH EXTERNAL: shown by certificate already",
			Story: "The server asks for a client certificate and Ann's program has one. AUTH says only: take me for whom the certificate names. No secret crosses the wire, then or later.",
			Task:  "Find what stands behind EXTERNAL, and the message of the handshake that did the work.",
			Hint:  "= is an empty initial response; CertificateVerify is the proof",
			Knobs: Knobs{ClientCert: tls.VerifyClientCertIfGiven, Mechanisms: []string{"EXTERNAL", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-anonymous", Mechanism: "ANONYMOUS", Title: "AUTH ANONYMOUS: nobody in particular",
			Story: "A suggestion box: anybody may write to the people here, under no name, and to nobody else. The client may leave a trace that helps when there is trouble; it proves nothing.",
			Task:  "Say what was proved, then try a recipient elsewhere.",
			Hint:  "RCPT TO:<someone@example.net>",
			From:  anonymous + "@" + Domain,
			Knobs: Knobs{Mechanisms: []string{"ANONYMOUS", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-all", ClientCertificate: true, Title: "all mechanisms at once",
			Story: "This server has every mechanism of this group, and Ann has all that they need: a password, a token and a certificate.",
			Task:  "Compare the server's order with the one that a good client would take them in, then log in by another.",
			Hint:  "what does each hand over, and to whom would it be of use?",
			Knobs: Knobs{ClientCert: tls.VerifyClientCertIfGiven, Mechanisms: []string{
				"EXTERNAL", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
				"OAUTHBEARER", "XOAUTH2", "DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN", "ANONYMOUS"}},
		},
	}
}
