package lab

import (
	"bytes"
	"fmt"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
)

// What a device tells of itself. An argument of a command is in none of it: it may be a secret.

// The two sides, as [record.Deed] names them.
const (
	fromClient = "C"
	fromServer = "S"
)

// did notes a deed.
func (d *device) did(deed record.Deed) {
	deed.TLS = d.inside
	d.lab.witness.did(deed)
	d.lab.visitOf(d.socket).see(Sight{Deed: &deed})
}

// saw notes a command that can be read here.
func (d *device) saw(verb, arg string, size int) {
	what := knownVerb(verb)
	if name, _, _ := strings.Cut(strings.ToUpper(arg), " "); verb == "AUTH" {
		if _, known := sasl.Lookup(name); known {
			what += " " + name
		}
	}
	d.did(record.Deed{Did: record.DeedSaw, From: fromClient, What: what, Bytes: size})
}

// sawInput notes what a client sent after 334 or 354.
func (d *device) sawInput(code string, size int) {
	what := "response"
	if code == "354" {
		what = "message"
	}
	d.did(record.Deed{Did: record.DeedSaw, From: fromClient, What: what, Bytes: size})
}

// sawReply notes a reply as the server sent it.
func (d *device) sawReply(reply []byte) {
	what := string(reply[:3])
	if n := bytes.Count(reply, []byte("\n")); n > 1 {
		what = fmt.Sprintf("%s, %d lines", what, n)
	}
	d.did(record.Deed{Did: record.DeedSaw, From: fromServer, What: what, Bytes: len(reply)})
}

// bent notes what a rule has made of a reply: nothing where it is as it was.
func (d *device) bent(r rule, was, is []byte) {
	deed := record.Deed{From: fromServer}
	switch {
	case bytes.Equal(was, is):
		return
	case r.Do == inject:
		deed.Did, deed.Became = record.DeedAdded, lines(r.Text)
	case r.Do == replace:
		deed.Did, deed.What, deed.Became = record.DeedReplaced, lines(string(was)), lines(r.Text)
	default:
		deed.What, deed.Became = apart(was, is)
		deed.Did = record.DeedChanged
		if deed.Became == "" {
			deed.Did = record.DeedRemoved
		}
	}
	d.did(deed)
}

// apart is the line of a reply that a rule has removed or changed, and what it has become. The hyphen that turns into a blank where
// the last line is gone is no change.
func apart(was, is []byte) (before, after string) {
	kept := map[string]bool{}
	for line := range strings.Lines(string(is)) {
		kept[line[min(len(line), 4):]] = true
	}
	old := map[string]bool{}
	for line := range strings.Lines(string(was)) {
		rest := line[min(len(line), 4):]
		if old[rest] = true; !kept[rest] {
			before = firstLine(line)
		}
	}
	for line := range strings.Lines(string(is)) {
		if !old[line[min(len(line), 4):]] {
			after = firstLine(line)
		}
	}
	return before, after
}

// firstLine is a text up to its first line end, made printable.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return printable(strings.TrimRight(line, "\r"))
}

// lines is the first line of a text, and how many more there are.
func lines(text string) string {
	first := firstLine(text)
	switch n := strings.Count(strings.TrimRight(text, "\r\n"), "\n"); n {
	case 0:
		return first
	case 1:
		return first + " and 1 more line"
	default:
		return fmt.Sprintf("%s and %d more lines", first, n)
	}
}
