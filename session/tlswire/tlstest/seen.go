package tlstest

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/tlswire"
)

// Seen is one message in the words that all programs share.
type Seen struct {
	Dir    string // C from the client, S from the server
	Name   string // ClientHello, ChangeCipherSpec, "Alert 40"; a HelloRetryRequest is a ServerHello
	Length int    // of a handshake message's body, or of the whole message
	Fields []Field
}

// Field is one value that a program prints of a message, by the name that ehlo has for it. The value of a vector is
// what follows its length.
type Field struct {
	Name  string
	Value string // in hexadecimal; empty if only the length is printed
	At    int    // where in the message; nowhere if that is not printed
	Len   int
	Word  string // the name of a code point, if both print the IANA's, or a distinguished name
}

// nowhere is the place of a field that was printed without one.
const nowhere = -1

func (f Field) String() string {
	text := f.Name + " " + f.Value
	if f.At != nowhere {
		text += fmt.Sprintf(" @%d+%d", f.At, f.Len)
	}
	return strings.TrimSpace(text + " " + f.Word)
}

// Of describes our messages in these words, every field of them.
func Of(messages []tlswire.Message) []Seen {
	var out []Seen
	for _, m := range messages {
		out = append(out, describe(m, nil))
	}
	return out
}

// handshakeHeader is type and length of a handshake message.
const handshakeHeader = 4

// describe is Of for one message. Extensions of the types in dumped are not opened: their content is one value.
func describe(m tlswire.Message, dumped map[string]bool) Seen {
	d := description{Seen: headOf(m), raw: m.Raw, dumped: dumped}
	d.record(m)
	for _, f := range m.Fields(m.At, untold) {
		d.open(f)
	}
	return d.Seen
}

// untold stands for texts, which nothing here looks at.
func untold(string, uint16, string) string { return "" }

// headOf describes a message without its fields.
func headOf(m tlswire.Message) Seen {
	s := Seen{Dir: m.Dir, Name: m.Name, Length: len(m.Raw)}
	switch m.Kind {
	case tlswire.KindHandshake:
		s.Length -= handshakeHeader
		if s.Name == "HelloRetryRequest" {
			s.Name = "ServerHello"
		}
	case tlswire.KindAlert:
		s.Name = fmt.Sprintf("Alert %d", m.Type)
	}
	return s
}

// description is a Seen on its way.
type description struct {
	Seen
	raw    []byte
	dumped map[string]bool
	inside bool // an extension
}

// record describes the last record that carried the message. In TLS 1.3 the type of what is inside is hidden.
func (d *description) record(m tlswire.Message) {
	if len(m.Records) == 0 {
		return
	}
	head := m.Records[len(m.Records)-1].Header()
	d.unplaced("record.type", head[:1])
	d.unplaced("record.version", head[1:3])
	d.unplaced("record.length", head[3:])
	if inner, ok := map[tlswire.Kind]byte{tlswire.KindHandshake: 22, tlswire.KindAlert: 21}[m.Kind]; ok && m.Encrypted && head[0] == 23 {
		d.unplaced("record.inner", []byte{inner})
	}
}

func (d *description) unplaced(name string, b []byte) {
	d.Fields = append(d.Fields, Field{Name: name, Value: hex.EncodeToString(b), At: nowhere, Len: len(b)})
}

// closed are the fields that other programs do not take apart, opened the lists that they print whole and in parts.
var (
	closed = []string{"legacy_session_id", "host_name", "protocol_name", "key_exchange", "public", "ecdh_Yc", "ticket", "ticket_nonce",
		"identity", "binder", "signature", "certificate_request_context", "distinguished_name", "dh_p", "dh_g", "dh_Ys", "dh_Yc",
		"psk_identity", "psk_identity_hint", "encrypted_pre_master_secret", "renegotiated_connection", "cookie", "responder_id",
		"request_extensions", "cert_data", "compressed_certificate_message"}
	opened = []string{"binders"}
)

// sameAs are fields that have one name in a hello and another in its answer, or one in each version.
func sameAs(name string) string {
	switch name {
	case "legacy_session_id_echo":
		return "legacy_session_id"
	case "legacy_compression_method":
		return "compression_method"
	case "selected_version":
		return "version"
	case "selected_group":
		return "group"
	case "ticket_lifetime":
		return "ticket_lifetime_hint"
	case "supported_signature_algorithms":
		return "signature_algorithms"
	case "authorities":
		return "certificate_authorities"
	}
	return name
}

// open describes a field of a tree and what is in it.
func (d *description) open(f tlswire.Field) {
	name, inside := sameAs(f.Name), f.Children
	if len(inside) == 0 {
		d.leaf(name, f)
		return
	}
	if inside[0].Name == "length" {
		length, word := inside[0], ""
		if name == "distinguished_name" { // openssl prints it after its length, and not as bytes
			word = f.Value
		}
		d.place(name+".length", length, word)
		content := tlswire.Field{Off: length.Off + length.Len, Len: f.Len - length.Len}
		if content.Len > 0 && slices.Contains(append(opened, closed...), name) {
			d.place(name, content, "")
		}
		if slices.Contains(closed, name) {
			d.parts(name, inside[1:])
			return
		}
		inside = inside[1:]
	} else if inside[0].Name == "extension_type" {
		inside = d.extension(f)
		d.inside = true
		defer func() { d.inside = false }()
	}
	for _, c := range inside {
		d.open(c)
	}
}

// extension describes type and length of an extension and returns the rest, or describes that too.
func (d *description) extension(f tlswire.Field) (rest []tlswire.Field) {
	typ, length := f.Children[0], f.Children[1]
	d.leaf("extension_type", typ)
	d.place("extension.length", length, "")
	data := tlswire.Field{Off: length.Off + length.Len, Len: f.Len - typ.Len - length.Len}
	if !d.dumped[d.hex(typ)] {
		return f.Children[2:]
	}
	if data.Len > 0 {
		d.place("extension_data", data, "")
	}
	return nil
}

// leaf describes a field that has no parts. What it says of its bytes has to be true.
func (d *description) leaf(name string, f tlswire.Field) {
	if name == "algorithm" && !d.inside && d.Name != "CompressedCertificate" {
		name = "signature_scheme"
	}
	word, _, coded := strings.Cut(f.Value, " (")
	if !coded || !named(name) {
		word = ""
	}
	d.place(name, f, word)
	d.doubt(f)
}

// parts looks at what only ehlo takes apart. A name is printed as text.
func (d *description) parts(name string, inside []tlswire.Field) {
	for _, f := range inside {
		if len(f.Children) == 0 && name != "distinguished_name" {
			d.doubt(f)
		}
	}
}

// doubt spoils the last field if what ehlo prints is not what the bytes say.
func (d *description) doubt(f tlswire.Field) {
	if b := d.raw[f.Off : f.Off+f.Len]; !says(f.Value, b) || f.Bad != "" {
		d.Fields[len(d.Fields)-1].Value += fmt.Sprintf(", which ehlo prints as %q %s", f.Value, f.Bad)
	}
}

// named are the fields whose values others call as IANA does; of the rest only the number is compared.
func named(field string) bool {
	return slices.Contains([]string{"cipher_suite", "signature_scheme", "named_group", "group", "namedcurve", "extension_type", "version", "legacy_version",
		"compression_method", "ec_point_format"}, field)
}

func (d *description) place(name string, f tlswire.Field, word string) {
	d.Fields = append(d.Fields, Field{Name: name, Value: d.hex(f), At: f.Off, Len: f.Len, Word: word})
}

func (d *description) hex(f tlswire.Field) string {
	return hex.EncodeToString(d.raw[f.Off : f.Off+f.Len])
}

// says reports whether a printed value is one of these bytes: themselves, in full or cut short, or a number, alone or
// after its name or in front of its unit.
func says(value string, b []byte) bool {
	full := hex.EncodeToString(b)
	number, _ := strconv.ParseUint(full, 16, 64)
	short, _, cut := strings.Cut(value, "…")
	switch {
	case value == full, value == string(b), value == strconv.FormatUint(number, 10):
		return true
	case cut:
		return short != "" && strings.HasPrefix(full, short) && strings.HasSuffix(value, fmt.Sprintf("… (%d bytes)", len(b)))
	}
	return strings.HasSuffix(value, fmt.Sprintf(" (%d)", number)) || strings.HasSuffix(value, fmt.Sprintf(" (0x%s)", full)) ||
		strings.HasSuffix(value, " (unknown)") && (strings.HasPrefix(value, "0x"+full) || strings.HasPrefix(value, strconv.FormatUint(number, 10)+" ")) ||
		strings.HasPrefix(value, strconv.FormatUint(number, 10)+" s (")
}
