// Package lab is the built-in practice server: an honest mail server on
// loopback with its own certificate authority, and mischief on the wire in
// front of it or in its policy.
//
// [Start] needs no root, no network and no set-up. Four listeners answer on
// free loopback ports and are known by the names and ports a user meets
// elsewhere: mx.lab:25, mail.lab:587, mail.lab:465 and mail.lab:2525.
// A name server of its own answers for the practice domains
// (ehlo/session/zone), which starts when it is asked; [Lab.LookupNetIP] reads the same records, and [Lab.DialContext] turns
// ports in name into the ports in fact. A [Scenario] is data: a story, what to do, what should be found, and
// the knobs that make it so.
//
// Layers, from the client inwards:
//
//	wire    an on-path device with rules: strips, injects, delays, intercepts
//	front   the face of the server: greeting, order of commands, TLS, policy
//	engine  emersion/go-smtp: parses MAIL and RCPT, runs the rounds of AUTH,
//	        takes messages; ehlo/session/sasl is the mechanisms
//
// The lab has a clock of its own, which [Lab.Advance] moves on, so that nobody
// has to wait for what a server does only later. With [Options.Seed] and
// [Options.Now] two labs say the same, byte for byte.
//
// SPF is evaluated against the practice zone, with what a scenario adds to it. DKIM and DMARC are replies of the scenario: nothing here signs
// a message, so that there would be no signature to verify.
//
// Nothing is ever sent on: accepted messages stay in [Lab.Mailbox].
package lab
