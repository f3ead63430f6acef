// Package sasl takes the SASL mechanisms of SMTP apart: each message, each named part of it and each value it was
// computed from can be looked at, and everything that is secret, or from which a secret could be guessed offline,
// is marked where it is made.
//
// The client's side is a [Mechanism], made by [New] and driven by Start, Next and Done (RFC 4422, RFC 4954). The
// package reads and writes decoded bytes; [DecodeChallenge], [EncodeResponse] and [Command] are the base64 around
// them. [Rank] chooses among the mechanisms that a server offers, [OpenResponse], [OpenChallenge] and [Recognize]
// open recorded lines, [Compare] tells a person how a line that they typed differs from the right one. The server's
// side is [Server]; it is made for practice and keeps passwords.
//
// Spoken here are PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), DIGEST-MD5 with qop=auth (RFC 2831, historic by
// RFC 6331), the SCRAM family with and without -PLUS (RFC 5802, RFC 7677), OAUTHBEARER (RFC 7628), XOAUTH2, EXTERNAL
// (RFC 4422 appendix A) and ANONYMOUS (RFC 4505). Others are known by name, with the reason why they are not spoken.
//
// # A mechanism
//
// A mechanism is one value of the type mechanism, in the file of its family, which registers it: what it needs, hides
// and proves, its rank, both sides of the exchange, how its messages are opened, compared and built by hand. Nothing
// else in the package asks for a name. To add one, write that value and its vectors; the tests walk the table and fail
// for what is missing. A name without a value is an error of the code "auth-mechanism-unsupported", never another
// mechanism.
//
// # Secrets
//
// A password or token is a [Secret]. A [Value], [Response] or [Challenge] that hides something prints and marshals
// without it; [Value.Display] shows it when asked to. The fields hold the content, as someone has to send it:
// print these types, not their fields, and do not keep them in unexported fields of types that are printed, since
// fmt calls no methods there.
//
// # A hostile server
//
// Everything a server sends is bounded and parsed strictly, and nothing expensive is computed before it was
// checked. An error of Next means that the challenge must not be answered. An error of Done means that the server
// said 235 without having proved itself, which is a failure whatever the reply says.
//
// # Why no library
//
// emersion/go-sasl and xdg-go/scram make a client's next message and nothing else; here every part of a message is named, opened and
// compared, and its way from the password is shown. In tests they are the other side. SASLprep (RFC 4013) is written by hand, too:
// xdg-go/stringprep drops U+200B where the order of the RFC makes it a space, does not say which rule a character breaks, and has no
// form for queries, in which younger characters are allowed; its tables are held against those here by a test.
package sasl
