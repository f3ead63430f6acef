// Package wire is SMTP as lines and replies: a bounded reader that keeps every
// byte, the capabilities of an EHLO reply, a connection that shows its bytes to
// an observer, and the encoding of a message for DATA.
//
// Whatever a server sends is hostile until proven otherwise. Everything read is
// bounded, nothing read is lost when an error ends the reading, and [VisibleString]
// makes server bytes fit to be shown.
//
// It does not stand on net/textproto, which reads replies for a program: it joins
// the lines of a reply, drops what ended them and what does not fit, and has no
// bounds for what a person is to see byte by byte.
package wire
