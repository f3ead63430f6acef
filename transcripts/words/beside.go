package words

import (
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
)

// Beside are the lines of an event that tells what others wrote down or did: of the server's log with the program in front, of a
// device on the path a phrase for each deed. It is empty for all other kinds.
func Beside(e *record.Event) []Part {
	switch {
	case e.ServerLog != nil:
		return logged(e.ServerLog)
	case e.OnPath != nil:
		return deeds(e.OnPath)
	}
	return nil
}

func logged(l *record.ServerLog) []Part {
	var parts []Part
	for _, line := range l.Lines {
		parts = append(parts, Part{Name: process(line), Value: line.Text, Bad: alarms(line.Text)})
	}
	return andMore(parts, l.More, "line")
}

// process is the program that wrote a line, with its host.
func process(l record.LogLine) string {
	if l.Host == "" {
		return l.Process
	}
	return l.Host + " " + strings.TrimPrefix(l.Process, "lab/")
}

// alarms reports whether a line of a log is one that an operator looks for.
func alarms(text string) bool {
	for _, word := range []string{"reject:", "warning:", "SSL_accept error", "lost connection", "timeout after", "too many errors", "status=bounced", "status=deferred"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

func andMore(parts []Part, n int, of string) []Part {
	if n > 0 {
		parts = append(parts, Part{Value: "and " + Number(n, "more "+of)})
	}
	return parts
}

// deeds are those of a device; Bad is what changed something.
func deeds(p *record.OnPath) []Part {
	var parts []Part
	for _, d := range p.Deeds {
		parts = append(parts, deed(d))
	}
	return andMore(parts, p.More, "deed")
}

// The phrases for what a device did, by the kind of deed. In braces stand its values: what and became, who sent it, how many bytes
// there were and how many passed, how long it was held, and whether it could be read.
var deedPhrases = lazy.Value[map[record.DeedKind]struct{ name, text string }]{Make: func() map[record.DeedKind]struct{ name, text string } {
	return map[record.DeedKind]struct{ name, text string }{
		record.DeedSaw:         {"saw", "{what}, {amount}{open}"},
		record.DeedCarried:     {"saw", "{amount in}TLS records from the {from}"},
		record.DeedRemoved:     {"removed", "{what}"},
		record.DeedChanged:     {"changed", "{what} to {became}"},
		record.DeedAdded:       {"added", "{became}"},
		record.DeedReplaced:    {"replaced", "{what} by {became}"},
		record.DeedAnswered:    {"answered", "{what} with {became}; the server never saw it"},
		record.DeedDelayed:     {"delayed", "the reply by {wait}"},
		record.DeedWithheld:    {"held back", "{what}; it never arrived"},
		record.DeedCut:         {"cut off", "{passed} of {bytes} of the reply arrived, then the device closed the connection"},
		record.DeedFlooded:     {"sent without end", "{became}, in place of the reply"},
		record.DeedIntercepted: {"intercepted", "TLS ends at the device, with a certificate from {what}; it reads everything"},
		record.DeedReset:       {"reset", "the connection, because the ClientHello has {bytes}"},
	}
}}

// deed is a deed in a phrase.
func deed(d record.Deed) Part {
	p, known := deedPhrases.Get()[d.Did]
	if !known {
		return Part{Name: string(d.Did), Value: d.What}
	}
	open := "in cleartext"
	if d.TLS {
		open = "decrypted"
	}
	values := strings.NewReplacer("{what}", what(d), "{became}", d.Became, "{from}", sides.Of(d.From), "{bytes}", Number(d.Bytes, "byte"),
		"{amount}", amount(d, " "), "{amount in}", amount(d, " in "),
		"{passed}", Count(d.Passed), "{wait}", Duration(d.Wait), "{open}", open)
	changes := d.Did != record.DeedSaw && d.Did != record.DeedCarried
	return Part{Name: p.name, Value: values.Replace(p.text), Bad: changes}
}

// amount is how many bytes there were, which nobody says of a step that carried a secret.
func amount(d record.Deed, before string) string {
	if d.Bytes == 0 {
		return ""
	}
	return Number(d.Bytes, "byte") + before
}

var sides = lazy.Table[string, string]{{"C", "client"}, {"S", "server"}}

// what says of what was seen what it is.
func what(d record.Deed) string {
	switch {
	case d.Did != record.DeedSaw:
		return d.What
	case d.From == "S":
		return "reply " + d.What
	case d.What == "message":
		return "the message"
	case d.What == "response":
		return "an AUTH response"
	}
	return d.What
}

// besides is the line of such an event: what it is, and how much there is of it.
func besides(e *record.Event) Line {
	parts := Beside(e)
	l := Line{Topic: "server log", Head: "the server logged " + Number(len(parts), "line")}
	if e.OnPath != nil {
		l = Line{Topic: "path", Head: "on the path: " + Number(len(parts), "thing") + " seen or done"}
	}
	return l
}
