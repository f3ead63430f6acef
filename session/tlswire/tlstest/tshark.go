package tlstest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"ehlo/session/tlswire"
)

// Dissect has tshark open the flows with a key log that holds the secrets of all of them (RFC 9850), and returns the
// messages of each, in order.
func Dissect(t testing.TB, flows []Flow, keyLog []byte) [][]Seen {
	t.Helper()
	Need(t, "tshark")
	dir := t.TempDir()
	file, keys := filepath.Join(dir, "flows.pcap"), filepath.Join(dir, "keys")
	if err := errors.Join(os.WriteFile(file, capture(flows), 0o600), os.WriteFile(keys, keyLog, 0o600)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("tshark", "-r", file, "-n", "-o", "tls.keylog_file:"+keys, "-T", "pdml", "-J", "tcp tls")
	cmd.Env = append(os.Environ(), "HOME="+dir) // no person's preferences
	var report bytes.Buffer
	cmd.Stderr = &report
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, report.Bytes())
	}
	d := &dissection{flows: make([][]Seen, len(flows))}
	if err := d.read(bytes.NewReader(out)); err != nil {
		t.Fatalf("tshark's PDML: %v", err)
	}
	return d.flows
}

// dissection reads PDML, the XML in which tshark writes its trees: the fields come in the order of the bytes.
type dissection struct {
	flows   [][]Seen
	flow    int
	dir     string
	current *Seen
}

func (d *dissection) read(r io.Reader) error {
	for x := xml.NewDecoder(r); ; {
		token, err := x.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			d.field(attribute(e, "name"), attribute(e, "show"))
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

func (d *dissection) field(name, show string) {
	switch name {
	case "tcp.srcport":
		if d.dir = tlswire.ServerToClient; decimal(show) >= firstPort {
			d.dir = tlswire.ClientToServer
		}
	case "tcp.stream":
		d.flow = decimal(show)
	case "tls.handshake.type":
		d.message(tlswire.HandshakeTypeName(uint8(decimal(show))), 0)
	case "tls.handshake.length":
		d.current.Length = decimal(show)
	case "tls.change_cipher_spec":
		d.message("ChangeCipherSpec", 1)
	case "tls.alert_message.desc":
		d.message("Alert "+show, 2)
	case "tls.handshake.ciphersuite":
		d.current.Suites = append(d.current.Suites, show[len("0x"):])
	case "tls.handshake.extension.type":
		d.current.Extensions = append(d.current.Extensions, show)
	case "tls.handshake.extension.len":
		last := &d.current.Extensions[len(d.current.Extensions)-1]
		*last = fmt.Sprintf("%s:%s", *last, show)
	}
}

func (d *dissection) message(name string, length int) {
	all := append(d.flows[d.flow], Seen{Dir: d.dir, Name: name, Length: length})
	d.flows[d.flow], d.current = all, &all[len(all)-1]
}

func decimal(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
