package tlstest

import (
	"encoding/hex"
	"encoding/pem"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"ehlo/session/tlswire"
)

// The sides from which -trace tells a connection.
const (
	byClient = "s_client"
	byServer = "s_server"
)

// readTrace reads what -trace printed of one connection, as one of its sides saw it.
func readTrace(side, text string) Report {
	r := &traceReader{Report: Report{Program: side + " -trace", prints: tracePrints(), wordy: true}, side: side, dir: tlswire.ClientToServer}
	for line := range strings.Lines(text) {
		r.line(strings.TrimRight(line, "\r\n"))
	}
	return r.Report
}

// traceReader goes through the output line by line. A message is indented, and ends with an empty line; what stands
// between is of no interest.
type traceReader struct {
	Report
	side, dir string
	open      bool // in a message
	record    []Field
	extension int    // the type of the one at hand, or noExtension
	seconds   string // the first bytes of a random
	list      *traceList
	details   bool            // in what openssl makes of a certificate
	cert      strings.Builder // PEM
	dump      bool            // in the bytes of an extension
}

const noExtension = -1

// contentChangeCipherSpec is a content type (RFC 5246 §6.2.1).
const contentChangeCipherSpec = 20

// tracePatterns are what frames the messages.
type tracePatterns struct{ message, alert, record, inner, dump, code *regexp.Regexp }

var traceLines = sync.OnceValue(func() tracePatterns {
	return tracePatterns{
		message: regexp.MustCompile(`^    (\w+), Length=(\d+)$`),
		alert:   regexp.MustCompile(`^    Level=\w+\((\d+)\), description=.*\((\d+)\)$`),
		record:  regexp.MustCompile(`^  (Version|Content Type|Length) = (?:[^(]*\()?(\w+)\)?$`),
		inner:   regexp.MustCompile(`^  Inner Content Type = \w+ \((\d+)\)$`),
		dump:    regexp.MustCompile(`^ +[0-9a-f]{4} - ((?:[0-9a-f]{2}[ -])+)`),
		code:    regexp.MustCompile(`^(.*?) ?\((\w+)\)$`),
	}
})

func (r *traceReader) line(line string) {
	p := traceLines()
	switch {
	case strings.HasSuffix(line, "Sent Record"), strings.HasSuffix(line, "Sent TLS Record"): // data may stand in front
		r.begin(map[string]string{byClient: tlswire.ClientToServer, byServer: tlswire.ServerToClient}[r.side])
	case strings.HasSuffix(line, "Received Record"), strings.HasSuffix(line, "Received TLS Record"):
		r.begin(map[string]string{byClient: tlswire.ServerToClient, byServer: tlswire.ClientToServer}[r.side])
	case r.details:
		r.certificate(line)
	case p.record.MatchString(line):
		r.head(p.record.FindStringSubmatch(line))
	case p.inner.MatchString(line):
		r.number("record.inner", p.inner.FindStringSubmatch(line)[1], 1)
	case line == "    change_cipher_spec (1)": // is not printed of one that was received in TLS 1.2: the record says it
	case p.alert.MatchString(line):
		m := p.alert.FindStringSubmatch(line)
		r.message("Alert "+m[2], 2)
		r.number("level", m[1], 1)
		r.number("description", m[2], 1)
		r.open = false
	case p.message.MatchString(line):
		m := p.message.FindStringSubmatch(line)
		length, _ := strconv.Atoi(m[2])
		r.message(m[1], length)
		r.number("length", m[2], 3)
	case line == "":
		r.open = false
	case r.open:
		r.content(line)
	}
}

// begin is a new record.
func (r *traceReader) begin(dir string) {
	r.dir, r.record, r.open, r.details = dir, nil, false, false
}

// head reads a line of a record's header; type comes after version there.
func (r *traceReader) head(m []string) {
	switch m[1] {
	case "Version":
		r.number("record.version", m[2], 2)
	case "Content Type":
		r.number("record.type", m[2], 1)
		r.record[0], r.record[1] = r.record[1], r.record[0]
	case "Length":
		r.number("record.length", m[2], 2)
		if r.record[0].Value == fixed(contentChangeCipherSpec, 1) {
			r.message("ChangeCipherSpec", 1)
			r.open = false
		}
	}
}

func (r *traceReader) message(name string, length int) {
	if r.side == byServer && name == "UnknownHandshakeMessage" {
		r.Unknown = append(r.Unknown, name)
	}
	r.Messages = append(r.Messages, Seen{Dir: r.dir, Name: name, Length: length, Fields: append([]Field(nil), r.record...)})
	r.open, r.extension, r.list, r.dump = true, noExtension, nil, false
}

// number adds a field that is printed as a number, of the record if no message is open.
func (r *traceReader) number(name, text string, width int) {
	v, err := strconv.ParseUint(text, 0, 64)
	if err != nil {
		r.Unknown = append(r.Unknown, name+" "+text)
	}
	r.bytes(name, fixed(v, width), "")
}

// bytes adds a field that is printed as bytes.
func (r *traceReader) bytes(name, digits, word string) {
	if digits == "" {
		return
	}
	f := Field{Name: name, Value: strings.ToLower(digits), At: nowhere, Len: len(digits) / 2, Word: word}
	if strings.HasPrefix(name, "record.") {
		r.record = append(r.record, f)
		return
	}
	last := &r.Messages[len(r.Messages)-1]
	last.Fields = append(last.Fields, f)
}

// fixed is a number in hexadecimal, in this many bytes.
func fixed(v uint64, width int) string {
	digits := strconv.FormatUint(v, 16)
	return strings.Repeat("0", max(0, 2*width-len(digits))) + digits
}

// content reads a line of an open message.
func (r *traceReader) content(line string) {
	text := strings.TrimSpace(line)
	switch m := traceLines().dump.FindStringSubmatch(line); {
	case m != nil && (r.extension != noExtension || r.list != nil):
		r.dumped(strings.NewReplacer(" ", "", "-", "").Replace(m[1]))
		return
	case text == "------details-----":
		r.details = true
		r.cert.Reset()
		return
	}
	r.dump = false
	for _, read := range []func(string) bool{r.named, r.hexadecimal, r.suite, r.lists, r.item} {
		if read(text) {
			return
		}
	}
	r.Unknown = append(r.Unknown, line)
}

// dumped takes the bytes of an extension that is not opened, some in each line.
func (r *traceReader) dumped(digits string) {
	name := "extension_data"
	if r.extension == noExtension {
		name = "compressed_certificate_message"
	}
	if !r.dump {
		r.bytes(name, digits, "")
		r.dump = true
		return
	}
	fields := r.Messages[len(r.Messages)-1].Fields
	last := &fields[len(fields)-1]
	last.Value += digits
	last.Len += len(digits) / 2
}

// certificate passes over what is said about a certificate and takes it as it is.
func (r *traceReader) certificate(line string) {
	if line != "------------------" {
		r.cert.WriteString(line + "\n")
		return
	}
	r.details = false
	block, _ := pem.Decode([]byte(r.cert.String()))
	if block == nil {
		r.Unknown = append(r.Unknown, "a certificate that is not PEM")
		return
	}
	r.bytes("cert_data", hex.EncodeToString(block.Bytes), "")
}

// named reads a line with a name and a number, or one that says nothing.
func (r *traceReader) named(text string) bool {
	switch {
	case text == "Random:" || text == "No extensions" || text == "<EMPTY>" || text == "No Ticket" || strings.HasPrefix(text, "KeyExchangeAlgorithm="):
		return true
	case strings.HasPrefix(text, "gmt_unix_time=0x"):
		r.seconds = text[len("gmt_unix_time=0x"):]
		return true
	case strings.HasPrefix(text, "extension_type="):
		typ, length, _ := strings.Cut(text, ", length=")
		code := traceLines().code.FindStringSubmatch(typ)
		r.extension, _ = strconv.Atoi(code[2])
		r.list = traceExtensions[r.extension]
		r.number("extension_type", code[2], 2)
		r.number("extension.length", length, 2)
		return true
	}
	for _, n := range traceNumbers {
		if rest, ok := strings.CutPrefix(text, n.before); ok {
			rest = strings.FieldsFunc(rest, func(c rune) bool { return strings.ContainsRune(" ,)", c) })[0]
			r.number(n.name, rest, n.width)
			r.after(n.name, text)
			return true
		}
	}
	if strings.HasPrefix(text, "signature_algorithms (len=") { // only in TLS 1.2, and not in the extension of that name
		r.list = traceExtensions[13]
		return true
	}
	return false
}

// after says what list a length announces, and takes a name from after its own.
func (r *traceReader) after(name, text string) {
	switch name {
	case "distinguished_name.length":
		fields := r.Messages[len(r.Messages)-1].Fields
		fields[len(fields)-1].Word = strings.ReplaceAll(text[strings.Index(text, "): ")+len("): "):], " = ", "=")
	case "legacy_compression_methods.length":
		r.list = &traceList{"compression_method", 1, false}
	case "certificate_types.length":
		r.list = &traceList{"certificate_type", 1, false}
	case "compressed_certificate_message.length":
		r.list = &traceList{}
	}
}

// hexadecimal reads a line of bytes.
func (r *traceReader) hexadecimal(text string) bool {
	name, digits, found := strings.Cut(text, "): ")
	if text, ok := strings.CutSuffix(text, "):"); ok {
		name, found = text, true
	}
	name, _, counted := strings.Cut(name, " (len=")
	name = strings.TrimSpace(name)
	switch {
	case !found || !counted:
		return false
	case name == "random_bytes":
		r.bytes("random", r.seconds+digits, "")
	case name == "server_verify_data":
		fields := r.Messages[len(r.Messages)-1].Fields
		last := &fields[len(fields)-1]
		last.Value += strings.ToLower(digits)
		last.Len += len(digits) / 2
	case traceBytes[name] == "":
		return false
	default:
		r.bytes(traceBytes[name], digits, "")
	}
	return true
}

// suite reads a cipher suite, offered or chosen.
func (r *traceReader) suite(text string) bool {
	text, ok := strings.CutPrefix(strings.TrimPrefix(text, "cipher_suite "), "{0x")
	if !ok || len(text) < len("13, 0x02} ") {
		return false
	}
	r.bytes("cipher_suite", text[0:2]+text[6:8], text[len("13, 0x02} "):])
	return true
}

// lists reads a line with one code point that says what it is.
func (r *traceReader) lists(text string) bool {
	for before, list := range map[string]traceList{
		"compression_method: ": {"compression_method", 1, false}, "named_curve: ": {"namedcurve", 2, false}, "NamedGroup: ": {"group", 2, false},
		"Signature Algorithm: ": {"signature_scheme", 2, true}, "update_": {"request_update", 1, false}, "Compression type=": {"algorithm", 2, false},
	} {
		if rest, ok := strings.CutPrefix(text, before); ok {
			return r.codePoint(list, rest)
		}
	}
	return false
}

// item reads a line of the list at hand.
func (r *traceReader) item(text string) bool {
	switch {
	case r.list == nil:
		return false
	case r.list.name == "protocol_name":
		r.bytes("protocol_name", hex.EncodeToString([]byte(text)), "")
		return true
	}
	return r.codePoint(*r.list, text)
}

func (r *traceReader) codePoint(list traceList, text string) bool {
	m := traceLines().code.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	v, err := strconv.ParseUint(m[2], 0, 16)
	word := m[1]
	if !list.words || word == "UNKNOWN" {
		word = ""
	}
	r.bytes(list.name, fixed(v, list.width), word)
	return err == nil
}
