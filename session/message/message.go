// Package message reads a mail message as it lies in a mailbox, and says how it came there: the path through the servers with the time
// at each, which of the checks in it are to be believed, what each header field means, and, if it is a bounce, what went wrong and who
// has to act.
//
// It asks nobody anything, but for keys and policies in DNS, where it is given a way to. A message is hostile: all that is read of it is bounded, and all that comes out is made visible.
//
// Encoded words and parts are decoded by package mime. The header is read here and not by net/mail, which gives up at the first fault and
// does not say in which order the fields stood.
package message

import "time"

// Format is the version of the JSON of a report, first in it.
const Format = "ehlo-message/1"

// Bounds of what is read of a message.
const (
	MostBytes   = 16 << 20 // of the whole
	mostHeader  = 1 << 20  // bytes of the header
	mostFields  = 1000     // header fields
	mostHops    = 200      // RFC 5321 §6.3 takes 100 for the sign of a loop
	mostResults = 50       // fields of results, and results in each
	mostParts   = 100      // parts of a multipart message
	mostNesting = 8        // multipart in multipart
	mostText    = 1 << 20  // bytes of the text of a bounce
	mostValue   = 2000     // bytes of a value that is shown
	// mostStructured is as much of a field, in bytes, as is taken apart into its words.
	mostStructured = 16 << 10
)

// Report is what was found out about a message.
type Report struct {
	Format string `json:"format"` // [Format]
	Kind   Kind   `json:"kind"`
	// These are fields of the header, decoded and made visible.
	From    string    `json:"from,omitempty"`
	To      string    `json:"to,omitempty"`
	Subject string    `json:"subject,omitempty"`
	ID      string    `json:"message-id,omitempty"`
	Date    time.Time `json:"date,omitzero"`
	// Own are the domains whose servers are believed. Assumed is set where the newest Received field gave them.
	Own     []string `json:"own,omitempty"`
	Assumed bool     `json:"own-assumed,omitempty"`
	// Hops are the Received fields, the oldest first; Total is the time between the first and the last.
	Hops       []Hop         `json:"hops"`
	Total      time.Duration `json:"total,omitempty"`
	Results    []Results     `json:"results,omitempty"`
	Signatures []Signature   `json:"signatures,omitempty"`
	// SPF and DMARC were evaluated now, nil where DNS was not asked; ARC is the chain of seals, nil where there is none.
	SPF   *SPF   `json:"spf,omitempty"`
	DMARC *DMARC `json:"dmarc,omitempty"`
	ARC   *ARC   `json:"arc,omitempty"`
	// Fields are those of the header that are known, each name once, in their order; Unknown are the names of the others.
	Fields  []Field  `json:"fields"`
	Unknown []string `json:"unknown-fields,omitempty"`
	Bounce  *Bounce  `json:"bounce,omitempty"`
	// Findings are what is worth pointing at, what matters most first.
	Findings []Finding `json:"findings"`
}

// Kind is what a message is.
type Kind string

// The kinds.
const (
	KindMessage Kind = "message"
	KindBounce  Kind = "bounce"  // a report that a message was not delivered
	KindDelay   Kind = "delay"   // a report that a message was not delivered yet
	KindReceipt Kind = "receipt" // a report that a message was delivered or relayed
	KindHeader  Kind = "header"  // no more than the header of a message
)

// Finding is something about a message that is worth pointing at.
type Finding struct {
	Code string `json:"code"`
	// Text is about this message: one or two sentences, complete in themselves.
	Text string `json:"text"`
	Who  Party  `json:"who,omitempty"`
	// Mend is what the one who has to act does.
	Mend string `json:"mend,omitempty"`
	Refs string `json:"refs,omitempty"`
}

// Options are what the reader of a message knows.
type Options struct {
	// Own are the domains of the reader's own servers; without any, that of the newest Received field is assumed.
	Own []string
	// DNS is asked for keys and policies. Without it, nothing is checked that needs them.
	DNS DNS
}

// Read says what is in a message. It is false for a text that is no message: one that does not begin with header fields that mail has.
func Read(text string, o Options) (*Report, bool) {
	m := split(text)
	if !m.isMail() {
		return nil, false
	}
	r := &Report{Format: Format, Kind: KindMessage}
	r.summary(m)
	r.path(m, o)
	r.checks(m)
	r.signatures(m)
	r.looked(m, o.DNS)
	r.explained(m)
	r.opened(m)
	r.judged(m)
	return r, true
}

// looked checks what takes answers of DNS, if there is a way to get them. The names that are asked for are in the message, so its sender can see
// that someone asks.
func (r *Report) looked(m *mail, dns DNS) {
	if dns == nil {
		r.chain(m, nil)
		return
	}
	a := newAnswers(dns)
	r.verify(m, a.txt)
	r.chain(m, a)
	r.sender(m, a)
	r.author(m, a)
}

// summary takes the fields by which a person knows the message.
func (r *Report) summary(m *mail) {
	r.From, r.To, r.Subject, r.ID = m.shown("From"), m.shown("To"), m.shown("Subject"), m.shown("Message-ID")
	if at, ok := stamp(m.first("Date")); ok {
		r.Date = at
	}
	if m.body == "" {
		r.Kind = KindHeader
	}
}
