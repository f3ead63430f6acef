package tlstest

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/tlswire"
)

// Dissect has tshark open the flows with a key log that holds the secrets of all of them (RFC 9850), and returns what it
// saw of each.
func Dissect(t testing.TB, flows []Flow, keyLog []byte) []Report {
	t.Helper()
	dir := t.TempDir()
	file, keys := filepath.Join(dir, "flows.pcap"), filepath.Join(dir, "keys")
	if err := errors.Join(os.WriteFile(file, capture(flows), 0o600), os.WriteFile(keys, keyLog, 0o600)); err != nil {
		t.Fatal(err)
	}
	return DissectFile(t, file, len(flows), "-o", "tls.keylog_file:"+keys)
}

// DissectFile is [Dissect] of a capture with so many connections to ports that tshark knows. More options may say where the
// secrets are that the file does not hold.
func DissectFile(t testing.TB, file string, flows int, options ...string) []Report {
	t.Helper()
	d := &dissection{}
	for range flows {
		d.flows = append(d.flows, Report{Program: "tshark", prints: tsharkPrints(), closed: tsharkClosed})
	}
	cmd, complaints := tshark(t, append([]string{"-r", file, "-T", "pdml", "-J", "tcp tls", "-Y", "tls"}, options...)...)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.read(out), cmd.Wait()); err != nil {
		t.Fatalf("tshark's PDML: %v\n%s", err, complaints)
	}
	return d.flows
}

// Tshark is what tshark prints; it looks no names up.
func Tshark(t testing.TB, args ...string) []byte {
	t.Helper()
	cmd, complaints := tshark(t, args...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, complaints)
	}
	return out
}

// tshark is a run of it, and what it will complain about.
func tshark(t testing.TB, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	Need(t, "tshark")
	cmd, complaints := exec.Command("tshark", append([]string{"-n"}, args...)...), &bytes.Buffer{}
	cmd.Env, cmd.Stderr = append(os.Environ(), "HOME="+t.TempDir()), complaints // no person's preferences
	return cmd, complaints
}

// lastKnownPort is below every port that a system picks for a client (RFC 6056 §3.2).
const lastKnownPort = 1023

// dissection reads PDML, the XML in which tshark writes its trees: the fields come in the order of the bytes.
type dissection struct {
	flows  []Report
	flow   int
	dir    string
	record []Field // of the message that comes next
	start  int     // of the message at hand
}

// read reads the elements that say something of TLS: each stands in a line of its own, and what is around them is most of a tree.
func (d *dissection) read(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err == nil && told(line) {
			err = d.line(line)
		}
		if err != nil {
			return err
		}
	}
}

// told reports whether a line of PDML begins an element that is read.
func told(line []byte) bool {
	_, name, _ := bytes.Cut(line, []byte(` name="`))
	return slices.ContainsFunc([]string{"tls.", "tcp.srcport", "tcp.stream"}, func(what string) bool { return bytes.HasPrefix(name, []byte(what)) })
}

func (d *dissection) line(line []byte) error {
	x := xml.NewDecoder(bytes.NewReader(line))
	for {
		token, err := x.RawToken()
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			d.element(e)
			return nil
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// element reads one element. What is not of TLS is passed over: so is what is inside of a certificate, which is compared
// as a whole.
func (d *dissection) element(e xml.StartElement) {
	name, show := attribute(e, "name"), attribute(e, "show")
	f := Field{Value: attribute(e, "value"), At: decimal(attribute(e, "pos")), Len: decimal(attribute(e, "size"))}
	switch name {
	case "tcp.srcport":
		if d.dir = tlswire.ServerToClient; decimal(show) > lastKnownPort {
			d.dir = tlswire.ClientToServer
		}
	case "tcp.stream":
		d.flow = decimal(show)
	case "tls.record":
		d.record = nil
	case "tls.handshake.type":
		d.message(strings.ReplaceAll(between(attribute(e, "showname"), ": ", " ("), " ", ""), f.At)
	case "tls.change_cipher_spec":
		d.message("ChangeCipherSpec", f.At)
		d.current().Length = f.Len
	case "tls.app_data":
		r := &d.flows[d.flow]
		r.data = append(r.data, dataRecord{d.dir, len(r.Messages)})
	case "tls.alert_message":
		d.message("", f.At)
		d.current().Length = f.Len
	case "tls.alert_message.level": // what was decrypted has places of its own
		d.start = f.At
	case "tls.alert_message.desc":
		d.current().Name = "Alert " + show
	case "tls.handshake.length":
		d.current().Length = decimal(show)
	}
	d.field(name, f, attribute(e, "showname"))
}

func (d *dissection) field(name string, f Field, showname string) {
	short, ours := strings.CutPrefix(name, "tls.")
	if !ours {
		return
	}
	known := false
	if f.Name, known = tsharkNames[short]; !known {
		r := &d.flows[d.flow]
		r.Unknown = append(r.Unknown, name)
		return
	}
	switch {
	case f.Name == "" || f.Len == 0:
	case strings.HasPrefix(short, "record."):
		d.head(f, showname)
	default:
		f.At -= d.start
		if f.Name == "request_update" { // tshark 4.0 counts from the packet here
			f.At = nowhere
		}
		f.Word = tsharkWord(f, between(showname, ": ", " ("))
		s := d.current()
		s.Fields = append(s.Fields, f)
	}
}

// head keeps a field of a record. What stands after the length is the type of what is inside.
func (d *dissection) head(f Field, showname string) {
	f.At = nowhere
	if len(d.record) == len([]string{"type", "version", "length"}) {
		code, _ := strconv.Atoi(between(showname, "(", ")"))
		f.Name, f.Value = "record.inner", fixed(uint64(code), 1)
	}
	d.record = append(d.record, f)
}

// tsharkWord is the name of a code point if that is the one IANA has: tshark 4.0 calls pairs of TLS 1.2 that have no
// scheme "SHA224 ECDSA", GREASE (RFC 8701) "Reserved", and groups from 0x0200 on as an experiment did that used them before ML-KEM.
func tsharkWord(f Field, word string) string {
	experiment := strings.HasSuffix(f.Name, "group") && strings.HasPrefix(f.Value, "02")
	if !named(f.Name) || strings.HasPrefix(word, "Unknown") || word == "Reserved" || f.Name == "signature_scheme" && strings.Contains(word, " ") || experiment {
		return ""
	}
	return word
}

func (d *dissection) message(name string, at int) {
	r := &d.flows[d.flow]
	r.Messages = append(r.Messages, Seen{Dir: d.dir, Name: name, Fields: append([]Field(nil), d.record...)})
	d.start = at
}

func (d *dissection) current() *Seen {
	all := d.flows[d.flow].Messages
	return &all[len(all)-1]
}

// between is the text between two marks, the first that there are.
func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, _ = strings.Cut(s, after)
	return s
}

func decimal(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// tsharkClosed are the key exchanges that tshark 4.0 does not know: Diffie-Hellman that a key shared before vouches for.
func tsharkClosed(m tlswire.Message) bool {
	return strings.HasSuffix(m.Name, "KeyExchange") && strings.Contains(tlswire.CipherSuiteName(m.Suite), "DHE_PSK")
}

// tsharkPrints are all names that the table below has.
func tsharkPrints() map[string]bool {
	all := map[string]bool{"record.inner": true}
	for _, name := range tsharkNames {
		all[name] = true
	}
	return all
}
