// Package zone holds the practice domains as records of DNS, the name server that answers for them on loopback, and how a name
// server is asked.
//
// The records are data: practice.zone is a file as name servers read it. What is wrong in some of them is wrong on purpose, with the
// reason beside it.
package zone

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// A Zone is what a name server knows: records by name and type. It is not changed once it is made.
type Zone struct {
	records map[key][]dns.RR
	names   map[string]bool // that exist, those with nothing but names below them too
}

type key struct {
	name string // canonical: small letters, with the dot at its end
	kind uint16
}

var (
	//go:embed data/practice.zone
	practiceText string
	//go:embed data/server.zone
	serverText string
)

// Practice are the practice domains, with the practice server. They are read at first use.
func Practice() *Zone { return practice.Get() }

var practice = lazy.Value[*Zone]{Make: func() *Zone {
	z, _ := Parse(serverText + practiceText) // a test holds that it can be read
	return z
}}

// PracticeServer are the names of the practice server alone. Most sessions want no others, and reading those of all practice domains takes
// a good part of the time that such a session has.
func PracticeServer() *Zone { return practiceServer.Get() }

var practiceServer = lazy.Value[*Zone]{Make: func() *Zone {
	z, _ := Parse(serverText)
	return z
}}

// mostRecords bounds what a zone takes, whoever wrote it.
const mostRecords = 10_000

// usualTTL is how long a record may be kept that does not say so, in seconds.
const usualTTL = 300

// Parse reads records in the form of RFC 1035 §5.1; names without a dot at their end are below the root. It includes no other
// files. The error names the line.
func Parse(text string) (*Zone, error) {
	z := &Zone{records: map[key][]dns.RR{}, names: map[string]bool{}}
	p := dns.NewZoneParser(strings.NewReader(text+"\n"), ".", "")
	p.SetDefaultTTL(usualTTL)
	count := 0
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		if count++; count > mostRecords {
			return nil, fmt.Errorf("more than %d records", mostRecords)
		}
		z.add(rr)
	}
	if err := p.Err(); err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	return z, nil
}

// With is the zone with more records, in the form that [Parse] reads. They take the place of those with the same name and type.
func (z *Zone) With(text string) (*Zone, error) {
	more, err := Parse(text)
	if err != nil {
		return nil, err
	}
	for at, list := range z.records {
		if len(more.records[at]) == 0 {
			more.records[at] = list
		}
	}
	maps.Copy(more.names, z.names)
	return more, nil
}

// Check says what keeps a line from being one record; empty where it is one.
func Check(line string) string {
	const form = "it is not one record: a name, a type and its data, as in shop.example. MX 10 mx.lab."
	if strings.ContainsAny(line, "\n\r") || strings.HasPrefix(strings.TrimSpace(line), "$") {
		return form
	}
	words := strings.Fields(line)
	z, err := Parse(line)
	switch {
	case len(words) < 3, dns.StringToType[strings.ToUpper(words[len(words)-1])] != 0: // as an update has it that removes a record (RFC 2136 §2.5.2)
		return form
	case err != nil:
		return form + " (" + strings.TrimPrefix(wire.LastError(err).Error(), "dns: ") + ")"
	case len(z.records) != 1:
		return form
	}
	return ""
}

// CanAsk reports whether a question is one for a name server, or for a policy of MTA-STS.
func CanAsk(q record.Question) bool {
	_, known := dns.StringToType[strings.ToUpper(q.Type)]
	_, isName := dns.IsDomainName(q.Name)
	return (known || q.Type == record.TypePolicy) && isName && q.Name != "" && !strings.ContainsAny(q.Name, " \t")
}

// Exists reports whether there is a name, with records or with names below it.
func (z *Zone) Exists(name string) bool { return z.names[dns.CanonicalName(name)] }

func (z *Zone) add(rr dns.RR) {
	name := dns.CanonicalName(rr.Header().Name)
	at := key{name, rr.Header().Rrtype}
	z.records[at] = append(z.records[at], rr)
	for ; !z.names[name]; name = parent(name) {
		z.names[name] = true
	}
}

// parent is the name one label up; the root is its own.
func parent(name string) string {
	if i, end := dns.NextLabel(name, 0); !end {
		return name[i:]
	}
	return "."
}

// apex is the nearest name at or above name where a zone begins; empty where none does.
func (z *Zone) apex(name string) string {
	for {
		if len(z.records[key{name, dns.TypeSOA}]) > 0 {
			return name
		}
		if name == "." {
			return ""
		}
		name = parent(name)
	}
}

// signed reports whether name is in a zone that stands for a signed one.
func (z *Zone) signed(name string) bool {
	apex := z.apex(name)
	return apex != "" && len(z.records[key{apex, dns.TypeDNSKEY}]) > 0
}

// NameOf is the name of an address that leads back to it, as a server asks for its client's; empty where there is none.
func (z *Zone) NameOf(addr netip.Addr) string {
	reversed, err := dns.ReverseAddr(addr.String())
	if err != nil {
		return ""
	}
	for _, rr := range z.records[key{reversed, dns.TypePTR}] {
		name := rr.(*dns.PTR).Ptr
		if slices.ContainsFunc(z.records[key{dns.CanonicalName(name), dns.TypeA}], func(rr dns.RR) bool { return rr.(*dns.A).A.String() == addr.String() }) {
			return strings.TrimSuffix(name, ".")
		}
	}
	return ""
}

// Names are those that the PTR records of an address give.
func (z *Zone) Names(addr netip.Addr) (list []string) {
	reversed, _ := dns.ReverseAddr(addr.String())
	for _, rr := range z.records[key{reversed, dns.TypePTR}] {
		list = append(list, strings.TrimSuffix(rr.(*dns.PTR).Ptr, "."))
	}
	return list
}

// The types of record that hold addresses.
const (
	A    = dns.TypeA
	AAAA = dns.TypeAAAA
)

// Addresses are those of a host in the order of kinds, each A or AAAA, behind aliases too; none where the name server would give none.
func (z *Zone) Addresses(host string, kinds ...uint16) (found []netip.Addr) {
	if _, ok := dns.IsDomainName(host); !ok {
		return nil
	}
	for _, kind := range kinds {
		for _, rr := range z.Answer(new(dns.Msg).SetQuestion(dns.Fqdn(host), kind)).Answer {
			if addr, err := netip.ParseAddr(answerOf(rr).Data); err == nil && rr.Header().Rrtype == kind {
				found = append(found, addr)
			}
		}
	}
	return found
}

// TXT are the TXT records of a name, the strings of each joined.
func (z *Zone) TXT(name string) (out []string) {
	for _, rr := range z.found(name, dns.TypeTXT) {
		if txt, ok := rr.(*dns.TXT); ok {
			one := ""
			for _, text := range txt.Txt {
				text, _ = record.TextOf(`"` + text + `"`) // as they are, without the backslashes of a zone file
				one += text
			}
			out = append(out, one)
		}
	}
	return out
}

// MX are the hosts of the MX records of a name, the lowest preference first (RFC 5321 §5.1).
func (z *Zone) MX(name string) (out []string) {
	var found []*dns.MX
	for _, rr := range z.found(name, dns.TypeMX) {
		if mx, ok := rr.(*dns.MX); ok {
			found = append(found, mx)
		}
	}
	slices.SortStableFunc(found, func(a, b *dns.MX) int { return cmp.Compare(a.Preference, b.Preference) })
	for _, mx := range found {
		out = append(out, strings.TrimSuffix(mx.Mx, "."))
	}
	return out
}

func (z *Zone) found(name string, kind uint16) []dns.RR {
	if _, ok := dns.IsDomainName(name); !ok || name == "" {
		return nil
	}
	return z.Answer(new(dns.Msg).SetQuestion(dns.Fqdn(name), kind)).Answer
}
