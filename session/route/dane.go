package route

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/survey"
)

var daneRows = []row{
	{"dane-unproved", warn, 0, "%s has TLSA records, and the answer is not proved: the zone is not signed, or its signatures are broken. The records count for nothing.", "RFC 7672 §2.2, RFC 6698 §4.1", recipient,
		"sign the zone with DNSSEC, and have the parent zone publish the DS record", "nothing; DANE protects no mail to this host"},
	{"dane-unknown", info, 0, "%s has TLSA records; whether they are proved is unknown: the resolver was asked over a network without TLS.", "RFC 7672 §2.2.2, RFC 4035 §4.9.3", record.WhoYou,
		"ask a resolver that checks DNSSEC, on this machine or over TLS", "this test; whether DANE stops mail is unknown"},
	{"dane-mx-unproved", warn, 0, "%s has proved TLSA records, and the MX records of %s are not proved: senders with DANE may ignore it.", "RFC 7672 §2.2.1", recipient, "sign the zone of the domain with DNSSEC", "nothing; an attacker can replace the MX records"},
	{"dane-lookup-failed", warn, record.ExitDeferred, "The TLSA records of %s could not be looked up: %s.", "RFC 7672 §2.1.1", recipient, "check the name servers of this host name and its DNSSEC signatures; they must answer for TLSA too",
		"mail to this host from senders with DANE: they keep it and try again"},
	{"dane-unusable", warn, 0, "%s has TLSA records that senders cannot use: %s.", "RFC 7672 §3.1, §3.1.3, RFC 7671 §4", recipient, "publish 3 1 1 records, with the SHA-256 of the public key", "nothing; such a record proves nothing about the certificate"},
	{"dane-cleartext", warn, record.ExitSTARTTLS, "%s has proved TLSA records, and does not start TLS.", "RFC 7672 §2.2", operator, "repair STARTTLS on port 25", "mail to this host from senders with DANE"},
	{"dane-mismatch", warn, record.ExitCertificate, "The certificate of %s matches none of its TLSA records.", "RFC 7672 §3.1, RFC 6698 §2.1", operator, "publish the TLSA record of the new certificate beside the old one, and wait for the TTL, before each change of the key",
		"mail to this host from senders with DANE"},
}

// DANE is how a host stands by its TLSA records; empty where it has none.
type DANE string

// How a host can stand.
const (
	DANEUnproved DANE = "unproved" // the records count for nothing
	DANEUnknown  DANE = "unknown"  // nothing proves or disproves them here
	DANEUnusable DANE = "unusable" // proved, and none says anything
	DANEProved   DANE = "proved"   // proved; nobody was contacted
	DANEMatches  DANE = "matches"
	DANEFails    DANE = "fails"
)

// TLSA is a record that says which certificate or key a server has (RFC 6698 §2.1).
type TLSA struct {
	Usage    int    `json:"usage"`    // 2 is a CA (DANE-TA), 3 the server's own (DANE-EE)
	Selector int    `json:"selector"` // 0 the whole certificate, 1 its public key
	Matching int    `json:"matching"` // 0 itself, 1 SHA-256, 2 SHA-512
	Data     []byte `json:"data"`
	// Unusable says why no sender may use it, empty where they may.
	Unusable string `json:"unusable,omitempty"`
}

// tlsaOf reads a record as a zone file writes it.
func tlsaOf(data string) TLSA {
	fields := strings.Fields(data)
	if len(fields) < 4 {
		return TLSA{Unusable: "it is not whole"}
	}
	var numbers [3]int
	for i := range numbers {
		n, err := strconv.ParseUint(fields[i], 10, 8)
		if err != nil {
			return TLSA{Unusable: "it is not whole"}
		}
		numbers[i] = int(n)
	}
	raw, err := hex.DecodeString(strings.Join(fields[3:], ""))
	t := TLSA{Usage: numbers[0], Selector: numbers[1], Matching: numbers[2], Data: raw}
	switch sizes := map[int]int{1: sha256.Size, 2: sha512.Size}; {
	case err != nil || len(raw) == 0:
		t.Unusable = "its data are not hexadecimal, or were cut off"
	case t.Usage == 0 || t.Usage == 1:
		t.Unusable = fmt.Sprintf("usage %d, which is not for SMTP", t.Usage)
	case t.Usage > 3:
		t.Unusable = fmt.Sprintf("unknown usage %d", t.Usage)
	case t.Selector > 1:
		t.Unusable = fmt.Sprintf("unknown selector %d", t.Selector)
	case t.Matching > 2:
		t.Unusable = fmt.Sprintf("unknown matching type %d", t.Matching)
	case t.Matching > 0 && len(raw) != sizes[t.Matching]:
		t.Unusable = fmt.Sprintf("matching type %d with %d bytes", t.Matching, len(raw))
	}
	return t
}

// is reports whether a certificate is the one that the record is about.
func (t TLSA) is(c *x509.Certificate) bool {
	of := c.Raw
	if t.Selector == 1 {
		of = c.RawSubjectPublicKeyInfo
	}
	switch t.Matching {
	case 1:
		sum := sha256.Sum256(of)
		of = sum[:]
	case 2:
		sum := sha512.Sum512(of)
		of = sum[:]
	}
	return slices.Equal(of, t.Data)
}

// pinned looks up the TLSA records of a host. Those of the name behind an alias come first (RFC 7672 §2.2.2).
func (a *asking) pinned(h *Host) {
	if len(h.Addresses) == 0 {
		return
	}
	for _, name := range []string{h.Alias, h.Name} {
		if name == "" || !hostName(name) {
			continue
		}
		l := a.ask("TLSA", "_25._tcp."+name)
		switch {
		case l.failed() && h.Proved:
			h.refuse(unanswered(found("dane-lookup-failed", h.Name, called(name), l.why()), l))
			return
		case l.failed(), len(l.data) == 0:
			continue
		}
		for _, data := range l.data {
			h.TLSA = append(h.TLSA, tlsaOf(data))
		}
		a.standing(h, l.Proved)
		return
	}
}

// standing says what the records of a host are worth before its certificate is seen.
func (a *asking) standing(h *Host, proved bool) {
	var odd []string
	for _, t := range h.TLSA {
		if t.Unusable != "" && !slices.Contains(odd, t.Unusable) {
			odd = append(odd, t.Unusable)
		}
	}
	name := called(h.Name)
	switch {
	case !a.Proves:
		h.DANE = DANEUnknown
		h.note(found("dane-unknown", h.Name, name))
		return
	case !proved:
		h.DANE = DANEUnproved
		h.note(found("dane-unproved", h.Name, name))
		return
	}
	h.DANE = DANEProved
	if len(odd) > 0 {
		h.note(found("dane-unusable", h.Name, name, strings.Join(odd, ", ")))
	}
	if !slices.ContainsFunc(h.TLSA, func(t TLSA) bool { return t.Unusable == "" }) {
		h.DANE = DANEUnusable
	}
	if !a.report.Proved {
		h.note(found("dane-mx-unproved", h.Name, name, called(a.report.Domain)))
	}
}

// judgeDANE holds the certificates that a host showed against its TLSA records.
func (a *asking) judgeDANE(h *Host) {
	if h.DANE != DANEProved && h.DANE != DANEUnusable {
		return
	}
	usable := h.DANE == DANEProved
	for _, c := range h.met() {
		switch {
		case !survey.Answers(c):
		case c.TLS == nil:
			h.DANE = DANEFails
			h.refuse(found("dane-cleartext", h.Name, called(h.Name)))
			return
		case usable && !h.matches(c.TLS.Raw, a.Now()):
			h.DANE = DANEFails
			h.refuse(found("dane-mismatch", h.Name, called(h.Name)))
			return
		case usable:
			h.DANE = DANEMatches
		}
	}
}

// Belies reports whether the certificates that a session with a host met, DER in order, match none of its TLSA records, which were proved.
func (h *Host) Belies(certificates [][]byte, now time.Time) bool {
	return h.DANE == DANEProved && len(certificates) > 0 && !h.matches(certificates, now)
}

// matches reports whether a chain stands by one of the usable records: with usage 3 the server's own certificate is it, whatever else is in
// there (RFC 7672 §3.1.1); with usage 2 the chain leads to it, and has the name of the host (§3.1.2, §3.2.2).
func (h *Host) matches(certificates [][]byte, now time.Time) bool {
	var chain []*x509.Certificate
	for _, raw := range certificates {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			return false
		}
		chain = append(chain, c)
	}
	return len(chain) > 0 && slices.ContainsFunc(h.TLSA, func(r TLSA) bool {
		switch {
		case r.Unusable != "":
			return false
		case r.Usage == 3:
			return r.is(chain[0])
		}
		return r.leads(chain, h.Name, now)
	})
}

// leads reports whether a chain leads to the CA of a record.
func (t TLSA) leads(chain []*x509.Certificate, host string, now time.Time) bool {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range chain[1:] {
		if t.is(c) {
			roots.AddCert(c)
		} else {
			between.AddCert(c)
		}
	}
	if t.Matching == 0 && t.Selector == 0 { // the record itself may have the CA, so that the server need not send it
		if c, err := x509.ParseCertificate(t.Data); err == nil {
			roots.AddCert(c)
		}
	}
	_, err := chain[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between, CurrentTime: now})
	return err == nil
}
