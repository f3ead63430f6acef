package message

import (
	"time"

	"ehlo/session/dkim"
)

// ARC is a chain of servers that vouch for what each found before it forwarded a message (RFC 8617).
type ARC struct {
	// Checked says what is known of the chain as a whole, Reason why it is not valid or not known.
	Checked Checked `json:"checked"`
	Reason  string  `json:"reason,omitempty"`
	// Sets are what the servers added, the first one first.
	Sets []Sealed `json:"sets"`
}

// Sealed is what one server added.
type Sealed struct {
	Instance int       `json:"instance"`
	Domain   string    `json:"domain,omitempty"` // of the seal, d=
	Selector string    `json:"selector,omitempty"`
	Signed   time.Time `json:"signed,omitzero"`
	// Claims is what the seal says of the chain before it: none, pass or fail (cv=).
	Claims string `json:"claims,omitempty"`
	// Server and Checks are what the server found.
	Server string   `json:"server,omitempty"`
	Checks []Result `json:"checks,omitempty"`
	// Message is what is known of its signature of the message, Seal of its seal; the reasons say why they are not valid or not known.
	Message       Checked `json:"message"`
	MessageReason string  `json:"message-reason,omitempty"`
	Seal          Checked `json:"seal"`
	SealReason    string  `json:"seal-reason,omitempty"`
}

// chain looks at the seals (RFC 8617 §5.2). Without DNS their form alone is looked at.
func (r *Report) chain(m *mail, a *answers) {
	c, err := m.signed().Chain()
	if len(c) == 0 && err == nil {
		return
	}
	r.ARC = &ARC{Checked: NotChecked}
	for _, s := range c {
		r.ARC.Sets = append(r.ARC.Sets, sealedBy(m, s))
	}
	switch {
	case err != nil:
		r.ARC.Checked, r.ARC.Reason = Invalid, shown(err.Error())
	case a != nil && !m.cut:
		r.ARC.verify(m.signed(), c, a)
	}
}

// sealedBy is what a set says.
func sealedBy(m *mail, s dkim.Set) Sealed {
	one := Sealed{Instance: s.Instance, Domain: shown(host(s.Tags["d"])), Selector: shown(s.Tags["s"]), Signed: seconds(s.Tags["t"]), Claims: shown(s.Tags["cv"]), Message: NotChecked, Seal: NotChecked}
	if s.Results >= 0 {
		found := resultsOf(afterInstance(m.fields[s.Results].structured()))
		one.Server, one.Checks = found.Server, found.Checks
	}
	return one
}

// verify checks the signatures of the message and the seals. The chain is valid if its newest signature is and all seals are; an older signature
// says that the message was not changed since.
func (c *ARC) verify(m *dkim.Message, list dkim.Chain, a *answers) {
	c.Checked = Valid
	for i := len(list) - 1; i >= 0; i-- {
		s := &c.Sets[i]
		s.Message, s.MessageReason = checked(m.CheckMessage(list[i], a.txt))
		s.Seal, s.SealReason = checked(m.CheckSeal(list[:i+1], a.txt))
		if i == len(list)-1 {
			c.lower(s.Message, s.MessageReason)
		}
		c.lower(s.Seal, s.SealReason)
	}
}

// lower takes what one part came to for the whole, the first one that is not valid.
func (c *ARC) lower(one Checked, reason string) {
	if c.Checked == Valid {
		c.Checked, c.Reason = one, reason
	}
}

// Means says what a chain is worth.
func (c *ARC) Means() string {
	switch c.Checked {
	case Valid:
		return "Each of these servers sealed what it found, and nothing of that was changed since. It counts for you as far as you trust them."
	case NotChecked:
		return "Its form is right. Whether the seals are valid takes keys from DNS."
	case Invalid:
		return "A chain that is not valid counts as if it were not there."
	}
	return "A server that cannot check a chain takes it as not valid."
}

// Changed reports whether the message was changed after a server sealed it, where that is known.
func (c *ARC) Changed(i int) bool { return i < len(c.Sets)-1 && c.Sets[i].Message == Invalid }
