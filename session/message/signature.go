package message

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"ehlo/session/dkim"
)

// Signature is a DKIM-Signature field (RFC 6376 §3.5).
type Signature struct {
	Line      int    `json:"line"`
	Domain    string `json:"domain,omitempty"`    // d=
	Selector  string `json:"selector,omitempty"`  // s=
	Algorithm string `json:"algorithm,omitempty"` // a=
	// Fields are those that are signed, h=.
	Fields  []string  `json:"fields,omitempty"`
	Signed  time.Time `json:"signed,omitzero"`  // t=
	Expires time.Time `json:"expires,omitzero"` // x=
	// Partly is set where l= says how much of the body is signed, so that what follows may be anyone's; Unsigned are the bytes that do follow.
	Partly   bool `json:"partly,omitempty"`
	Unsigned int  `json:"unsigned,omitempty"`
	// Body says whether the body is the one that was signed.
	Body BodyHash `json:"body"`
	// Aligned says how the domain relates to that of From.
	Aligned string `json:"aligned,omitempty"`
	// Checked says what is known of the signature itself, Reason why it is not valid or not checked.
	Checked Checked `json:"checked"`
	Reason  string  `json:"reason,omitempty"`
}

// BodyHash is what a look at the hash of the body came to.
type BodyHash string

// What it may come to.
const (
	BodySame    BodyHash = "unchanged"
	BodyDiffers BodyHash = "changed"
	BodyUnknown BodyHash = "not checked"
)

// Checked is what came of checking a signature with its key.
type Checked string

// What may come of it.
const (
	NotChecked Checked = "not checked"
	Valid      Checked = "valid"
	Invalid    Checked = "not valid"
	NoKey      Checked = "no key"    // DNS has none, which is usual for an old message
	NoAnswer   Checked = "no answer" // of DNS
)

// mostSignatures bounds how many are looked at: for each, the body is hashed.
const mostSignatures = 10

func (r *Report) signatures(m *mail) {
	fields := m.all(signatureField)
	from := fromDomain(m.first("From"))
	for _, f := range fields[:min(len(fields), mostSignatures)] {
		tags, _ := dkim.Tags(f.structured())
		s := Signature{Line: f.line, Domain: shown(host(tags["d"])), Selector: shown(tags["s"]), Algorithm: shown(tags["a"]), Checked: NotChecked}
		s.Signed, s.Expires = seconds(tags["t"]), seconds(tags["x"])
		if _, s.Partly = tags["l"]; s.Partly {
			s.Unsigned = m.signed().Unsigned(tags)
		}
		for name := range strings.SplitSeq(tags["h"], ":") {
			if name = shown(name); name != "" && len(s.Fields) < mostFields {
				s.Fields = append(s.Fields, name)
			}
		}
		s.Body = m.bodyOf(tags)
		s.Aligned = aligned(s.Domain, from)
		r.Signatures = append(r.Signatures, s)
	}
}

// seconds reads a time in seconds since 1970.
func seconds(value string) time.Time {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n <= 0 || n > 1<<38 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// aligned says how the domain of a signature relates to that of From (RFC 9989 §4.4).
func aligned(signer, from string) string {
	switch {
	case signer == "" || from == "":
		return ""
	case signer == from:
		return "the domain of From"
	case under(from, signer):
		return "a domain above that of From"
	case organization(signer) == organization(from):
		return "a domain beside or below that of From"
	}
	return "another domain than that of From"
}

// fromDomain is the domain of the first address of a field, empty where it has none.
func fromDomain(value string) string {
	at := strings.LastIndexByte(value, '@')
	if at < 0 {
		return ""
	}
	domain := value[at+1:]
	if end := strings.IndexAny(domain, "> ,;(\t\""); end >= 0 {
		domain = domain[:end]
	}
	return host(domain)
}

// bodyOf compares the body with the hash in the signature (RFC 6376 §3.7). It needs no key.
func (m *mail) bodyOf(tags dkim.TagList) BodyHash {
	if m.cut || m.body == "" {
		return BodyUnknown
	}
	switch err := m.signed().CheckBody(tags); {
	case err == nil:
		return BodySame
	case errors.Is(err, dkim.ErrBody):
		return BodyDiffers
	}
	return BodyUnknown
}

// signed is the message as its signatures see it.
func (m *mail) signed() *dkim.Message {
	if m.asSigned == nil {
		m.asSigned = &dkim.Message{Body: m.body}
		for i := range m.fields {
			m.asSigned.Fields = append(m.asSigned.Fields, m.fields[i].raw)
		}
	}
	return m.asSigned
}
