// Package explain is what the product knows about an SMTP session: commands,
// EHLO keywords, reply codes, enhanced status codes, SASL mechanisms, TLS
// messages, extensions and alerts, ports, topics, the phrases of common mail
// servers, and the findings of the engine.
//
// The knowledge is data: people edit one text file a kind under data/, and the
// files are embedded as they are. A file is split at the names of its entries
// when it is first asked for something, and an entry is parsed when it is looked
// up, so that a start of the program costs nothing. Messages, extensions and
// alerts of TLS are keyed by their names in package tlswire, which has the
// numbers. The code only looks up and composes.
//
// Everything has three depths:
//
//  1. Short, at most [MaxShort] characters, for the margin of the dialogue;
//  2. Text, one to four sentences of at most [MaxText] characters;
//  3. Refs, the RFC and section where the rest is.
//
// Look up by kind with [Command], [Keyword], [Code], [Enhanced], [Mechanism],
// [TLSMessage], [TLSExtension], [Alert], [Port], [Topic] and [Finding]; explain
// a line in its place with [Send], [Reply] and [Banner]; find anything with
// [Search].
//
// Names are matched without regard to case and to the punctuation inside them.
// The package does no I/O, and nothing it returns shares memory with its
// tables. What a server sent may be given to it as is: it is bounded here, and
// never repeated in a result except where the function says so.
//
// The search is written by hand: an index of a library would be made at each
// start, and knows nothing of codes, of what a server says in other words and of
// names that are written in several ways.
package explain
