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
	return found(commandTable.find(verb))
}

// Mechanism explains a SASL mechanism.
func Mechanism(name string) (Entry, bool) { return found(mechanismTable.find(name)) }

// TLSMessage explains a TLS handshake message or record type by name, such as
// "ClientHello" or "client_hello", or by its number.
func TLSMessage(name string) (Entry, bool) { return found(messageTable.numbered(name)) }

// MessageExplanation and AlertExplanation are what [TLSMessage] and [Alert] find as the annotation of an event, nil if
// that is nothing. Events share it: it is not to be changed.
func MessageExplanation(name string) *Explanation { return messageTable.explanation(name) }
func AlertExplanation(name string) *Explanation   { return alertTable.explanation(name) }

var toldMessages, toldAlerts shared

func (t *table) explanation(name string) *Explanation {
	if x := t.told.of(name); x != nil {
		return x
	}
	r, ok := t.pointed(name)
	if !ok {
		return nil
	}
	e := r.table.parse(r.source())
	x := &Explanation{Short: e.Short, Text: e.Text, Remedy: e.Remedy, Operator: e.Operator, Refs: slices.Clip(e.Refs), Entries: []string{e.ID()}}
	if name == r.name() { // other names of the entry may come from anywhere, and there is no end of them
		t.told.keep(name, x) // as it was asked for: who asks again has the same bytes, and nothing is compared
	}
	return x
}

// TLSExtension explains a TLS extension by name or number.
func TLSExtension(name string) (Entry, bool) { return found(extensionTable.numbered(name)) }

// Alert explains a TLS alert by name or number.
func Alert(name string) (Entry, bool) { return found(alertTable.numbered(name)) }

// HeaderField explains a field of the header of a message by its name.
func HeaderField(name string) (Entry, bool) {
	if e := fieldTable.find(name + " header"); e != nil && strings.Trim(name, " ") == name {
		return *e, true
	}
	return found(fieldTable.find(name))
}

// Port explains a TCP port of electronic mail.
func Port(n int) (Entry, bool) { return found(portTable.find(strconv.Itoa(n))) }

// Topic explains a subject such as "greylisting" or "STARTTLS stripping".
func Topic(name string) (Entry, bool) { return found(topicTable.find(name)) }

// Finding explains a finding of the engine by its code.
func Finding(code string) (Entry, bool) {
	if e := findingTable.named(code); e != nil {
		return *e, true
	}
	return found(findingTable.find(code))
}

// Code explains a reply code. A code that no table holds is explained by its
// first two digits (RFC 5321 §4.2.1); ok is false for a number that cannot be
// a reply code (first digit 2 to 5, second 0 to 5, RFC 5321 §4.2).
func Code(code int) (e Entry, ok bool) { return found(findCode(code)) }

func findCode(code int) *Entry {
	if !isReplyCode(code) {
		return nil
	}
	name := strconv.Itoa(code)
	if e := replyTable.at(name); e != nil {
		return e
	}
	return join(name, replyTable.at(name[:1]+"xx"), replyTable.at("x"+name[1:2]+"x"))
}

func isReplyCode(code int) bool { return code >= 200 && code <= 559 && code/10%10 <= 5 }

// Enhanced explains an enhanced status code (RFC 3463) as its class has it: a
// detail may mean one thing in a refusal and another in a success. A detail
// that no table holds is explained by its class and subject; ok is false for a
// class other than 2, 4 and 5 and for numbers over 999 (RFC 3463 §2).
func Enhanced(class, subject, detail int) (e Entry, ok bool) {
	return found(findEnhanced([3]int{class, subject, detail}))
}

func findEnhanced(code [3]int) *Entry {
	if !isEnhanced(code) {
		return nil
	}
	name := enhancedName(code)
	class, _ := enhancedTable.row(name[:1] + ".x.x")
	e := detailOf(name)
	if e == nil {
		return join(name, class.entry(), enhancedTable.at("x."+strconv.Itoa(code[1])+".x"))
	}
	e.Name = name
	e.Text = sentence(class.field("Short")) + " " + e.Text
	return e
}

// detailOf finds what is known about the detail of a code in its class. The
// entries for any class speak of a fault, which a success has not (RFC 3463 §2).
func detailOf(name string) *Entry {
	if e := enhancedTable.at(name); e != nil || name[0] == '2' {
		return e
	}
	return enhancedTable.at("x" + name[1:])
}

func isEnhanced(code [3]int) bool {
	return (code[0] == 2 || code[0] == 4 || code[0] == 5) && digits3(code[1]) && digits3(code[2])
}

// sentence makes a sentence of a short form.
func sentence(short string) string {
	return strings.ToUpper(short[:1]) + short[1:] + "."
}

func digits3(n int) bool { return n >= 0 && n <= 999 }

// join makes an entry for a code of which only the class and perhaps the
// subject are known; every class is in its table.
func join(name string, class, subject *Entry) *Entry {
	e := *class
	e.Name = name
	if subject != nil {
		e.Short = class.Short + ", " + subject.Short
		e.Text = class.Text + " " + subject.Text
		e.Refs = JoinRefs(class.Refs, subject.Refs)
	}
	return &e
}

// parseEnhanced reads "5.7.8"; the third number of a class letter "X" is refused.
func parseEnhanced(word string) (code [3]int, ok bool) {
	parts := strings.Split(word, ".")
	if len(parts) != 3 {
		return code, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || len(part) > 3 {
			return code, false
		}
		code[i] = n
	}
	return code, isEnhanced(code)
}

func enhancedName(code [3]int) string {
	return strconv.Itoa(code[0]) + "." + strconv.Itoa(code[1]) + "." + strconv.Itoa(code[2])
}
