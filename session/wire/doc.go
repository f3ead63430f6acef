// Package wire is SMTP as lines and replies: a bounded reader that keeps every
// byte, the capabilities of an EHLO reply, a connection that shows its bytes to
// an observer, and the encoding of a message for DATA.
//
// Whatever a server sends is hostile until proven otherwise. Everything read is
// bounded, nothing read is lost when an error ends the reading, and [VisibleString]
// makes server bytes fit to be shown.
package wire
