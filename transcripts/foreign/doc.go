// Package foreign reads what other programs recorded of an SMTP session: transcripts, debug output, logs.
//
// An importer yields a [Conversation]: raw bytes with their direction and, where the source has it, their time; and what the
// source says of TLS. Everything else (replies, findings, explanations, the verdict) follows from that as it does in a live
// session: [Conversation.Log] hands each observation to [walk.Took]. What the source does not hold is said and not made up.
// Secrets are masked on the way into the log.
package foreign
