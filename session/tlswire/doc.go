// Package tlswire reads TLS from outside: it is given the bytes that cross a
// connection and the key log of one of its ends, and tells what they say.
//
// It never takes part in a handshake and never changes one. The steps, in the
// order in which the bytes take them:
//
//  1. [Decoder.Bytes] cuts the bytes of each direction into records
//     (RFC 9846 §5.1, was RFC 8446; RFC 5246 §6.2 for TLS 1.2 and older).
//  2. A protected record waits until the key log has brought its secret, then
//     it is opened: TLS 1.3 with the traffic secrets (RFC 9846 §5.2, §7.3),
//     older versions with keys derived from the master secret (RFC 5246 §6.3).
//  3. The content is put together to messages: a handshake message may span
//     records and a record may hold several messages.
//  4. [Decoder.Take] hands the messages out in the order in which their first
//     bytes crossed the connection, both directions together. With a message
//     that was protected goes what an eavesdropper saw of it, see [RecordInfo].
//  5. [Message.Fields] opens one message to a tree of fields, each with its
//     byte range, value, meaning and reference.
//  6. [Describe] says what the handshake decided, [Diagnose] why it died.
//
// Application data is counted, never kept, and opened only where nothing else
// tells it from the messages between it (NewSessionTicket, KeyUpdate, alerts).
// Secrets live in the Decoder alone; no Message holds one.
//
// [Named] and [Numbered] find code points by what people and programs call them.
//
// Everything read is bounded: the memory in use stays under 16 times the bytes
// seen, plus a constant. Bytes that make no sense are kept as bytes with the
// reason; nothing panics.
//
// It is written by hand, since no library says where a value stood: crypto/tls
// hands out no messages, and cryptobyte and encoding/asn1 give the values of DER
// without their byte ranges, which are what is shown. A ClientHello that offers
// what crypto/tls lacks is written here from the same tables.
package tlswire
