package pcap

import (
	"encoding/binary"
	"io"
	"unicode/utf8"
)

// Section says what a file is about.
type Section struct {
	Link    Link
	Name    string // of the interface
	Program string // that writes the file
	Comment string
}

// Writer writes one section of pcapng with one interface, times in nanoseconds. Each call is one write of whole blocks.
type Writer struct {
	out  io.Writer
	link Link
}

// NewWriter begins a file.
func NewWriter(out io.Writer, s Section) (*Writer, error) {
	head := binary.LittleEndian.AppendUint32(nil, byteOrderMark)
	head = binary.LittleEndian.AppendUint16(head, 1) // version 1.0
	head = binary.LittleEndian.AppendUint16(head, 0)
	head = binary.LittleEndian.AppendUint64(head, ^uint64(0)) // the length of the section, which is not known yet
	head = options(head, option{optionComment, s.Comment}, option{optionProgram, s.Program})
	link := binary.LittleEndian.AppendUint16(nil, uint16(s.Link))
	link = binary.LittleEndian.AppendUint16(link, 0)
	link = binary.LittleEndian.AppendUint32(link, 0) // no limit to a packet
	link = options(link, option{optionName, s.Name}, option{optionResolution, "\x09"})
	_, err := out.Write(append(block(blockSection, head), block(blockInterface, link)...))
	return &Writer{out, s.Link}, err
}

// Packet writes a packet; its link type is that of the section.
func (w *Writer) Packet(p Packet) error {
	at := uint64(p.At.UnixNano())
	b := binary.LittleEndian.AppendUint32(nil, 0) // the interface
	b = binary.LittleEndian.AppendUint32(b, uint32(at>>32))
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(p.Data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(max(p.Length, len(p.Data))))
	b = padded(append(b, p.Data...))
	var list []option
	for _, c := range p.Comments {
		list = append(list, option{optionComment, c})
	}
	_, err := w.out.Write(block(blockPacket, options(b, list...)))
	return err
}

// Secrets writes lines of a key log (RFC 9850). They belong before the packets that they open.
func (w *Writer) Secrets(lines []byte) error {
	b := binary.LittleEndian.AppendUint32(nil, secretsOfTLS)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(lines)))
	_, err := w.out.Write(block(blockSecrets, padded(append(b, lines...))))
	return err
}

// block puts the type and the length around a body, which has whole words of four bytes.
func block(kind uint32, body []byte) []byte {
	size := uint32(len(body) + 12)
	b := binary.LittleEndian.AppendUint32(nil, kind)
	b = binary.LittleEndian.AppendUint32(b, size)
	return binary.LittleEndian.AppendUint32(append(b, body...), size)
}

type option struct {
	code  uint16
	value string
}

// options adds those that are not empty, and their end where there are any.
func options(b []byte, list ...option) []byte {
	n := len(b)
	for _, o := range list {
		if o.value == "" {
			continue
		}
		value := fitting(o.value)
		b = binary.LittleEndian.AppendUint16(b, o.code)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
		b = padded(append(b, value...))
	}
	if len(b) == n {
		return b
	}
	return binary.LittleEndian.AppendUint32(b, optionEnd)
}

// maxOption bounds the value of an option: its length has 16 bits, and the padding has to fit too.
const maxOption = 1<<16 - 4

// fitting cuts a value to what an option can hold, between two characters.
func fitting(s string) string {
	if len(s) <= maxOption {
		return s
	}
	n := maxOption
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func padded(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}
