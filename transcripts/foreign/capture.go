package foreign

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
	"ehlo/transcripts/pcap"
	"ehlo/transcripts/streams"
)

// A capture has the bytes of each connection and their times. What crossed inside TLS is opened by the secrets that stand in the file
// or come beside it; without them it is known up to there.

func fitsCapture(source []byte) bool {
	_, err := pcap.NewReader(bytes.NewReader(source))
	return err == nil
}

// readCapture reads the connections with SMTP on them; keys is a key log (RFC 9850).
func readCapture(source, keys []byte) ([]Conversation, error) {
	c, err := streams.Read(bytes.NewReader(source))
	if err != nil {
		return nil, &Error{Text: "it is not a packet capture", Hint: "a packet capture is a file from tcpdump, dumpcap or Wireshark, in pcap or pcapng format"}
	}
	if len(keys) > 0 && len(keyLines(keys)) == 0 {
		return nil, &Error{Text: "the file that should contain the TLS secrets has none", Hint: "each line of such a file is a label, the client random and a secret (RFC 9850)"}
	}
	d := dissector{keys: keyLines(keys, c.Secrets)}
	var list []Conversation
	for _, s := range c.Streams {
		t := d.talk(s)
		if streams.Mail(s.Server.Port()) || speaksSMTP(t.c.Pieces) {
			t.c.Lacks = append(t.c.Lacks, lost(c)...)
			list = append(list, t.c)
		}
	}
	if len(list) == 0 {
		text := fmt.Sprintf("it contains no SMTP in %s and %s", record.Plural(c.Packets, "packet", "packets"), record.Plural(len(c.Streams), "TCP connection", "TCP connections"))
		return nil, &Error{Text: strings.Join(append([]string{text}, lost(c)...), ". "), Hint: "on a port that is not for mail, SMTP inside TLS is recognized only with the TLS secrets"}
	}
	return list, nil
}

// lost is what of a capture was not read, in sentences.
func lost(c *streams.Capture) (list []string) {
	say := func(n int, format string) {
		if n > 0 {
			list = append(list, fmt.Sprintf(format, record.Plural(n, "packet", "packets")))
		}
	}
	say(c.Fragments, "%s of the capture contain fragments of larger ones, which are not reassembled.")
	say(c.Dropped, "%s of the capture belong to connections beyond the limit, which are not read.")
	if c.Damage != nil {
		list = append(list, fmt.Sprintf("The capture was read up to a point where it is damaged or cut off (%s).", wire.VisibleString(c.Damage.Error())))
	}
	return list
}

var (
	serverSaid = &lazy.Pattern{Text: `^[2-5]\d\d[ -]`}
	clientSaid = &lazy.Pattern{Text: `(?i)^(EHLO|HELO|LHLO|MAIL FROM:|RCPT TO:|AUTH |STARTTLS|DATA\r|BDAT )`}
)

// speaksSMTP reports whether a side says what only SMTP does, and the other answers. FTP greets in the same way.
func speaksSMTP(pieces []Piece) bool {
	asked, answered := false, false
	for _, p := range pieces {
		asked = asked || p.From == wire.ClientToServer && clientSaid.Get().Match(p.Bytes)
		answered = answered || p.From == wire.ServerToClient && serverSaid.Get().Match(p.Bytes)
	}
	return asked && answered
}

// dissector turns streams into conversations. What one connection says of a TLS session opens another that resumes it.
type dissector struct {
	keys     map[[32]byte][]byte
	sessions tlswire.Sessions
}

// keyLines are the lines of key logs by the client random that they are for.
func keyLines(logs ...[]byte) map[[32]byte][]byte {
	all := map[[32]byte][]byte{}
	for _, log := range logs {
		for line := range bytes.Lines(log) {
			words := bytes.Fields(line)
			var random [32]byte
			if len(words) != 3 || len(words[1]) != hex.EncodedLen(len(random)) {
				continue
			}
			if _, err := hex.Decode(random[:], words[1]); err == nil {
				all[random] = append(append(all[random], bytes.TrimRight(line, "\r\n")...), '\n')
			}
		}
	}
	return all
}

// clientRandom is that of a ClientHello at the beginning of what a client says in TLS (RFC 9846 §4.2.2).
func clientRandom(b []byte) (random [32]byte) {
	const before = 5 + 4 + 2 // the headers of the record and of the message, and the version
	if len(b) >= before+len(random) {
		copy(random[:], b[before:])
	}
	return random
}
