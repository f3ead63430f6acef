// Package engine does the steps of a session: it resolves, dials, sends, reads, and runs the TLS handshake and the rounds of AUTH,
// each within its time (RFC 5321 §4.5.3.2) and until its context ends.
//
// A [Session] appends what it observed to its log, and what package walk makes of that; it decides nothing by itself, prints nothing
// and opens no file. [Walk] takes all steps that a good client would take, for who watches no screen.
package engine
