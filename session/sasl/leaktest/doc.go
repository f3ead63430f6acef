// Package leaktest finds secrets of AUTH where they must not be. A [Tap] records what crossed a connection and opens its
// TLS; from that, and from the secret, [Needles] computes everything from which the secret can be had or guessed, each in
// every form in which a program could let it out. It shares no code with package sasl, so that both cannot be wrong in
// the same way.
package leaktest
