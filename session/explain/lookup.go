package explain

import (
	"slices"
	"strconv"
	"strings"
)

// Command explains an SMTP command by its verb. "" is the greeting, "." the
// end of DATA and "*" the line that cancels AUTH.
func Command(verb string) (Entry, bool) {
	if verb == "" {
		verb = "greeting"
	}
	return lookup(KindCommand, verb)
}

// Mechanism explains a SASL mechanism.
func Mechanism(name string) (Entry, bool) { return lookup(KindMechanism, name) }

// TLSMessage explains a TLS handshake message or record type by name, such as
// "ClientHello" or "client_hello", or by its number.
func TLSMessage(name string) (Entry, bool) { return byNumber(KindMessage, name) }

// TLSExtension explains a TLS extension by name or number.
func TLSExtension(name string) (Entry, bool) { return byNumber(KindExtension, name) }

// Alert explains a TLS alert by name or number.
func Alert(name string) (Entry, bool) { return byNumber(KindAlert, name) }

// Port explains a TCP port of electronic mail.
func Port(n int) (Entry, bool) { return lookup(KindPort, strconv.Itoa(n)) }

// Topic explains a subject such as "greylisting" or "STARTTLS stripping".
func Topic(name string) (Entry, bool) { return lookup(KindTopic, name) }

// Finding explains a finding of the engine by its code.
func Finding(code string) (Entry, bool) { return lookup(KindFinding, code) }

// FindingCodes returns the code of every finding, sorted.
func FindingCodes() []string {
	var codes []string
	for _, r := range rowsOf(KindFinding) {
		codes = append(codes, r.Name)
	}
	slices.Sort(codes)
	return codes
}

func byNumber(kind, name string) (Entry, bool) {
	if e, ok := lookup(kind, name); ok {
		return e, true
	}
	for _, r := range rowsOf(kind) {
		if r.Number == name {
			return r.clone(), true
		}
	}
	return Entry{}, false
}

// Code explains a reply code. A code that no table holds is explained by its
// first two digits (RFC 5321 §4.2.1); ok is false for a number that cannot be
// a reply code (first digit 2 to 5, second 0 to 5, RFC 5321 §4.2).
func Code(code int) (e Entry, ok bool) {
	if code < 200 || code > 559 || code/10%10 > 5 {
		return Entry{}, false
	}
	name := strconv.Itoa(code)
	if e, ok := lookup(KindReply, name); ok {
		return e, true
	}
	class, _ := lookup(KindReply, name[:1]+"xx")
	subject, _ := lookup(KindReply, "x"+name[1:2]+"x")
	return join(KindReply, name, class, subject), true
}

// Enhanced explains an enhanced status code (RFC 3463). A detail that no table
// holds is explained by its class and subject; ok is false for a class other
// than 2, 4 and 5 and for numbers over 999 (RFC 3463 §2).
func Enhanced(class, subject, detail int) (e Entry, ok bool) {
	if class != 2 && class != 4 && class != 5 || !digits3(subject) || !digits3(detail) {
		return Entry{}, false
	}
	name := enhancedName([3]int{class, subject, detail})
	classEntry, _ := lookup(KindEnhanced, strconv.Itoa(class)+".X.X")
	if e, ok := lookup(KindEnhanced, "X"+name[1:]); ok {
		e.Name = name
		e.Text = sentence(classEntry.Short) + " " + e.Text
		return e, true
	}
	subjectEntry, ok := lookup(KindEnhanced, "X."+strconv.Itoa(subject)+".X")
	if !ok {
		subjectEntry = classEntry
	}
	return join(KindEnhanced, name, classEntry, subjectEntry), true
}

// sentence makes a sentence of a short form.
func sentence(short string) string {
	return strings.ToUpper(short[:1]) + short[1:] + "."
}

func digits3(n int) bool { return n >= 0 && n <= 999 }

// join makes an entry for a code of which only class and subject are known.
func join(kind, name string, class, subject Entry) Entry {
	e := class
	e.Kind, e.Name, e.Also = kind, name, nil
	if subject.Name != class.Name {
		e.Short = class.Short + ", " + subject.Short
		e.Text = class.Text + " " + subject.Text
		e.Refs = append(e.Refs, subject.Refs...)
	}
	return e
}

// parseEnhanced reads "5.7.8"; the third number of a class letter "X" is refused.
func parseEnhanced(word string) (code [3]int, ok bool) {
	parts := strings.Split(word, ".")
	if len(parts) != 3 {
		return code, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || len(part) > 3 || !digits3(n) {
			return code, false
		}
		code[i] = n
	}
	return code, code[0] == 2 || code[0] == 4 || code[0] == 5
}

func enhancedName(code [3]int) string {
	return strconv.Itoa(code[0]) + "." + strconv.Itoa(code[1]) + "." + strconv.Itoa(code[2])
}
