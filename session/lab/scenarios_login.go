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
			Name: "auth-plain", Mechanism: "PLAIN", Title: "AUTH PLAIN: username and password in one message",
			Story: "Ann's mail client sends username and password in one line of base64. Anyone who can read the line has the password, so only TLS protects it.",
			Task:  "Decode the base64 and find the two NUL bytes (bytes of value 0), and the empty field before the first.",
		},
		{
			Name: "auth-login", Mechanism: "LOGIN", Title: "AUTH LOGIN: two prompts, two answers",
			Story: "The server asks for the username and then for the password. LOGIN never became a standard and protects nothing, and nearly every server still offers it.",
			Task:  "Count the round trips, and compare what an eavesdropper could read with PLAIN.",
			Knobs: Knobs{Mechanisms: []string{"LOGIN", "XOAUTH2"}},
		},
		{
			Name: "auth-cram-md5", Mechanism: "CRAM-MD5", Title: "AUTH CRAM-MD5: a digest instead of the password",
			Story:   "The server sends a challenge that is new each time, and Ann's mail client answers with an HMAC over it, with her password as the key. An eavesdropper cannot use the answer again, but can test millions of passwords a second against it offline.",
			Task:    "Find what is different in a second login, and say what the server has to store for this to work.",
			Finding: sasl.CodeWeakDigest,
			Knobs:   Knobs{Mechanisms: []string{"CRAM-MD5", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-digest-md5", Mechanism: "DIGEST-MD5", Title: "AUTH DIGEST-MD5: both sides compute",
			Story:   "Nonces of both sides, a realm and a counter go into the digest, and the server answers with a digest of its own. RFC 6331 has made the mechanism historic: it has too many options, and only MD5 protects the password from guessing.",
			Task:    "Find the server's proof, rspauth, and the line that the client sends after it.",
			Finding: sasl.CodeWeakDigest,
			Knobs:   Knobs{Mechanisms: []string{"DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-scram-sha-1", Mechanism: "SCRAM-SHA-1", Title: "AUTH SCRAM-SHA-1: both sides prove themselves",
			Story:   "The password is not sent: the client proves that it knows it, and the server proves that it holds the account's keys. The server stores only salted hashes. Someone who plays the server gets enough to guess the password offline, and only the iterations slow that down: a salt makes no single guess slower.",
			Task:    "Follow the password from SaltedPassword to the proof, and find what the server stores of it.",
			Finding: sasl.CodeSHA1,
			Knobs:   Knobs{Mechanisms: []string{"SCRAM-SHA-1", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-scram-sha-256", Mechanism: "SCRAM-SHA-256", Title: "AUTH SCRAM-SHA-256: the same with a better hash",
			Story: "This is SCRAM with SHA-256. The server proves its identity too, so the client detects a false server that only sends 235.",
			Task:  "Find the server's signature, and say what would be wrong with a 235 without it.",
			Knobs: Knobs{Mechanisms: []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-scram-sha-1-plus", Mechanism: "SCRAM-SHA-1-PLUS", Title: "AUTH SCRAM-SHA-1-PLUS: bound to this TLS connection",
			Story:   "The proof covers a value that both ends take from their TLS connection (channel binding). This server supports TLS 1.2 at most, where the value is tls-unique. A man in the middle has two connections with two values, and the proof fits neither.",
			Task:    "Find the type of channel binding in the first message, and its data in the third.",
			Finding: sasl.CodeSHA1,
			Knobs: Knobs{TLSMax: tls.VersionTLS12,
				Mechanisms: []string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-scram-sha-256-plus", Mechanism: "SCRAM-SHA-256-PLUS", Title: "AUTH SCRAM-SHA-256-PLUS: the strongest of those with a password",
			Story: "Both sides prove that they know the password, over this TLS connection and no other. Neither an eavesdropper nor an attacker on the path can log in with what they see. A false server cannot either, but it gets enough to guess a weak password offline.",
			Task:  "Compare the first message with that of SCRAM without PLUS, and say why it begins with p and not with n or y.",
			Knobs: Knobs{Mechanisms: []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-xoauth2", Mechanism: "XOAUTH2", Title: "AUTH XOAUTH2: a token, in Google's format",
			Story: "Ann has signed in with a web browser, and her mail client got an access token. The token itself is sent: anyone who reads it can use it until it expires, but cannot change her password with it.",
			Task:  "Decode the base64 and find the 0x01 bytes between the fields.",
			Knobs: Knobs{Mechanisms: []string{"XOAUTH2", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-oauthbearer", Mechanism: "OAUTHBEARER", Title: "AUTH OAUTHBEARER: a token, in the standard format",
			Story: "RFC 7628 is the standard for logging in with a token: it puts a GS2 header before the token and host and port after it, so that a server can check for whom the token was meant.",
			Task:  "Compare the message with that of XOAUTH2, field by field.",
			Knobs: Knobs{Mechanisms: []string{"OAUTHBEARER", "XOAUTH2", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-external", Mechanism: "EXTERNAL", ClientCertificate: true, Title: "AUTH EXTERNAL: identity already proved by the client certificate",
			Story: "The server asks for a client certificate and Ann's mail client has one. AUTH EXTERNAL only says: use the identity in my certificate. No secret is sent.",
			Task:  "Find what follows EXTERNAL, and the handshake message that contains the proof.",
			Knobs: Knobs{ClientCert: tls.VerifyClientCertIfGiven, Mechanisms: []string{"EXTERNAL", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-anonymous", Mechanism: "ANONYMOUS", Title: "AUTH ANONYMOUS: a login without an identity",
			Story: "A suggestion box: everyone may write to the people here without a name, and to no one else. The client may send trace information, such as a mail address, which proves nothing.",
			Task:  "Say what the login proves, then try a recipient in another domain.",
			From:  anonymous + "@" + Domain,
			Knobs: Knobs{Mechanisms: []string{"ANONYMOUS", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-all", ClientCertificate: true, Title: "every mechanism at once",
			Story: "This server offers every mechanism of this group, and Ann has all that they need: a password, a token and a certificate.",
			Task:  "Compare the server's order with the order in which a good client would choose, then log in by another mechanism.",
			Knobs: Knobs{ClientCert: tls.VerifyClientCertIfGiven, Mechanisms: []string{
				"EXTERNAL", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
				"OAUTHBEARER", "XOAUTH2", "DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN", "ANONYMOUS"}},
		},
	}
}
