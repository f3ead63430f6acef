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
			Story: "The server asks for the username and then for the password. LOGIN never became a standard and does not protect the password, but many servers still offer it.",
			Task:  "Count the round trips, and compare what an eavesdropper could read with PLAIN.",
			Knobs: Knobs{Mechanisms: []string{"LOGIN", "XOAUTH2"}},
		},
		{
			Name: "auth-cram-md5", Mechanism: "CRAM-MD5", Title: "AUTH CRAM-MD5: a digest instead of the password",
			Story:   "The server sends a challenge that is new each time, and Ann's mail client answers with an HMAC over it, with her password as the key. An eavesdropper cannot reuse the response, but can test millions of passwords per second against it offline.",
			Task:    "Find what changes in a second login, and say what the server has to store for this mechanism.",
			Finding: sasl.CodeWeakDigest,
			Knobs:   Knobs{Mechanisms: []string{"CRAM-MD5", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-digest-md5", Mechanism: "DIGEST-MD5", Title: "AUTH DIGEST-MD5: both sides compute",
			Story:   "The digest covers nonces of both sides, a realm and a counter, and the server answers with its own digest. RFC 6331 has made the mechanism historic: it has too many options, and only MD5 protects the password from guessing.",
			Task:    "Find the server's proof, rspauth, and the line that the client sends after it.",
			Finding: sasl.CodeWeakDigest,
			Knobs:   Knobs{Mechanisms: []string{"DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-scram-sha-1", Mechanism: "SCRAM-SHA-1", Title: "AUTH SCRAM-SHA-1: both sides prove themselves",
			Story:   "The password is not sent: the client proves that it knows it, and the server proves that it holds the account's keys. The server stores only salted hashes. An impostor who acts as the server can guess the password offline afterwards. Only the iterations slow this down: a salt makes no single guess slower.",
			Task:    "Follow the computation from SaltedPassword to the proof, and find which values the server stores.",
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
			Story:   "The proof covers a value that both ends take from their TLS connection (channel binding). This server supports TLS 1.2 at most, so the value is tls-unique. An attacker who terminates TLS has two connections with different values, so the server rejects the proof.",
			Task:    "Find the type of channel binding in the first message, and its data in the third.",
			Finding: sasl.CodeSHA1,
			Knobs: Knobs{TLSMax: tls.VersionTLS12,
				Mechanisms: []string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-scram-sha-256-plus", Mechanism: "SCRAM-SHA-256-PLUS", Title: "AUTH SCRAM-SHA-256-PLUS: the strongest password mechanism",
			Story: "Both sides prove that they know the account's keys, bound to this TLS connection. Neither an eavesdropper nor an on-path attacker can log in with the recorded messages. An impostor that acts as the server cannot either, but it can guess a weak password offline.",
			Task:  "Compare the first message with that of SCRAM without PLUS, and say why it begins with p and not with n or y.",
			Knobs: Knobs{Mechanisms: []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-xoauth2", Mechanism: "XOAUTH2", Title: "AUTH XOAUTH2: a token, in Google's format",
			Story: "Ann has signed in with a web browser, and her mail client got an access token. The client sends the token itself: anyone who reads it can use it until it expires, but cannot change her password with it.",
			Task:  "Decode the base64, find the token between the 0x01 bytes, and say who could use it.",
			Knobs: Knobs{Mechanisms: []string{"XOAUTH2", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-oauthbearer", Mechanism: "OAUTHBEARER", Title: "AUTH OAUTHBEARER: a token, in the standard format",
			Story: "RFC 7628 is the standard for logging in with a token: the message has a GS2 header, the host and port, and the token, so that a server can check for which service the token was meant.",
			Task:  "Compare the message with that of XOAUTH2, field by field.",
			Knobs: Knobs{Mechanisms: []string{"OAUTHBEARER", "XOAUTH2", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-external", Mechanism: "EXTERNAL", ClientCertificate: true, Title: "AUTH EXTERNAL: identity already proved by the client certificate",
			Story: "The server requests a client certificate, and Ann's mail client has one. AUTH EXTERNAL tells the server to use the identity in the certificate. No secret is sent.",
			Task:  "Find what follows EXTERNAL, and the handshake message that contains the proof.",
			Knobs: Knobs{ClientCert: tls.VerifyClientCertIfGiven, Mechanisms: []string{"EXTERNAL", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-anonymous", Mechanism: "ANONYMOUS", Title: "AUTH ANONYMOUS: a login without an identity",
			Story: "This server is a suggestion box: anyone may write to its own users without an account, but to no one else. The client may send trace information, such as a mail address, which proves nothing.",
			Task:  "Try a recipient in another domain, and say what the login proves.",
			From:  anonymous + "@" + Domain,
			Knobs: Knobs{Mechanisms: []string{"ANONYMOUS", "PLAIN", "LOGIN"}},
		},
		{
			Name: "auth-all", ClientCertificate: true, Title: "every mechanism at once",
			Story: "This server offers every mechanism of this group, and Ann has the credentials for all of them: a password, a token and a certificate.",
			Task:  "Compare the server's order of mechanisms with that of a good client, and say which one a client with a password should prefer.",
			Knobs: Knobs{ClientCert: tls.VerifyClientCertIfGiven, Mechanisms: []string{
				"EXTERNAL", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
				"OAUTHBEARER", "XOAUTH2", "DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN", "ANONYMOUS"}},
		},
	}
}
