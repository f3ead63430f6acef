// Package pcap reads and writes files of packets: pcapng, whose blocks can hold comments and the secrets that open TLS, and
// the older pcap, which is only read.
//
// What is in a packet, and whether it makes sense, is not looked at here.
//
// Sources: draft-ietf-opsawg-pcapng, draft-ietf-opsawg-pcap, and the registry of link types in
// draft-ietf-opsawg-pcaplinktype.
//
// It is written by hand for the reasons that package streams gives against gopacket.
package pcap

import (
	"errors"
	"fmt"
	"time"
)

// Link says what a packet begins with.
type Link uint16

// The link types that this program has to do with.
const (
	LinkNull       Link = 0   // four bytes of address family, in the byte order of the machine that captured
	LinkEthernet   Link = 1   //
	LinkRaw        Link = 101 // the IP header
	LinkLoop       Link = 108 // as LinkNull, in network byte order
	LinkCooked     Link = 113 // Linux "any", version 1
	LinkIPv4       Link = 228 //
	LinkIPv6       Link = 229 //
	LinkCooked2    Link = 276 // Linux "any", version 2
	linkRawBSD     Link = 12  // what some systems wrote for LinkRaw
	linkRawOpenBSD Link = 14  //
)

// Packet is one packet, or its beginning.
type Packet struct {
	At       time.Time // the zero time where the file has none
	Link     Link
	Data     []byte
	Length   int // on the wire; more than there is of Data where the capture cut it
	Comments []string
}

// Block is what a file has next: a packet, or secrets in the format of a key log (RFC 9850).
type Block struct {
	Packet  *Packet
	Secrets []byte
}

// maxBlock bounds one block or packet, in bytes. The largest IP packet has 64 KiB; a key log may be longer.
const maxBlock = 16 << 20

// ErrFormat says that a file is neither pcap nor pcapng.
var ErrFormat = errors.New("neither pcap nor pcapng")

// damaged is an error about a file that contradicts itself.
func damaged(format string, values ...any) error {
	return fmt.Errorf("damaged capture: "+format, values...)
}

// The types of block (draft-ietf-opsawg-pcapng §11.1), and the marks at the beginning of a file.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockOldPacket = 2 // obsolete, and still in files
	blockSimple    = 3
	blockPacket    = 6
	blockSecrets   = 10

	byteOrderMark = 0x1a2b3c4d
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
)

// The options that are read or written, and the only type of secrets.
const (
	optionEnd        = 0
	optionComment    = 1
	optionProgram    = 4  // of a section
	optionName       = 2  // of an interface
	optionResolution = 9  //
	optionOffset     = 14 //

	secretsOfTLS = 0x544c534b
)
