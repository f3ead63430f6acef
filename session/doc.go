// Package session is the engine: it walks an SMTP session one step at a time and keeps a record of everything.
//
// It has no screen, opens no files and prints nothing. A [Session] is told what to do by [Step]; what happens goes
// into a [Log] of [Event]s that only grows. Whoever wants to know reads the log: a screen, a recorder, a test.
//
//  1. [New] makes a session and does no I/O.
//  2. Resolve finds addresses, connect opens TCP. Both are steps like the others.
//  3. The server speaks first (RFC 5321 §3.1), unless TLS does (RFC 8314 §3.3).
//  4. EHLO asks what the server can do (RFC 5321 §4.1.1.1); HELO where EHLO is refused.
//  5. STARTTLS asks for TLS (RFC 3207 §4). Anything behind its 220 in clear text ends the session.
//  6. The handshake runs on unmodified crypto/tls; package tlswire reads it from outside. The certificate is judged
//     apart from what the judgement leads to.
//  7. What was learned before TLS is forgotten (RFC 3207 §4.2), and EHLO is sent again.
//  8. AUTH runs in rounds (RFC 4954 §4), each of them a step.
//  9. MAIL, RCPT, DATA or BDAT make a transaction (RFC 5321 §3.3, RFC 3030 §2).
//  10. QUIT ends it (RFC 5321 §4.1.1.10).
//
// [Options] says what is legal in a [State], what a good client would do next and what would be out of order. A step
// out of order can be taken all the same: seeing 503 is how one learns. Only a [Guard] asks first.
//
// After a framing error nobody knows which reply belongs to which command. The session is then broken, a stage of its
// own, and sends nothing more.
//
// Secrets are masked where they are put on the wire, see maskedLine; the log never holds one.
package session
