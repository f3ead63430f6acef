// Package session is the folder of everything that knows SMTP and nothing of people: no screen, no files, no printing. It has no
// code of its own; this page is how a session goes, and where each part of that is decided.
//
//		Goal + Snapshot ─► walk.Options ─► a person or a program picks ─► walk.Prepare ─► engine.Do ─► Log of Events ─► Snapshot
//		                                                                                                │
//		                             walk.Took ─► … ─► walk.Outcome ─► the end event: the verdict ◄─────┘
//
//	 1. A session begins with a plan, which is recorded, and does no I/O yet.
//	 2. Looking the name up and opening TCP are steps like the others.
//	 3. The server speaks first (RFC 5321 §3.1), unless TLS does (RFC 8314 §3.3).
//	 4. EHLO asks what the server can do (RFC 5321 §4.1.1.1); HELO where EHLO is refused.
//	 5. STARTTLS asks for TLS (RFC 3207 §4). Anything after its 220 in cleartext ends the session.
//	 6. The handshake runs on unmodified crypto/tls, and tlswire reads it from outside. The certificate is judged apart from what
//	    the judgment leads to.
//	 7. What was learned before TLS is forgotten (RFC 3207 §4.2), and EHLO is sent again.
//	 8. AUTH runs in rounds (RFC 4954 §4), each of them a step.
//	 9. MAIL, RCPT, DATA or BDAT make a transaction (RFC 5321 §3.3, RFC 3030 §2).
//	 10. QUIT ends it (RFC 5321 §4.1.1.10).
//
// A step out of order can be taken all the same: seeing 503 is how one learns. Only a guard asks first: before a secret crosses
// in cleartext or to a server that proved nothing, and before a real message is sent.
//
// After a framing error, and after a reply that belongs to no command, nobody knows what answers what. The session is then out of
// sync, and sends nothing more.
//
// The log is a function of what was observed: the engine appends what it sent, received and found out, and package walk gives
// every other event from that. So a log can be worked out again from a recording, and all who show one show the same.
//
// Secrets are masked before they are appended; the log holds none unless a person asked to reveal them.
package session
