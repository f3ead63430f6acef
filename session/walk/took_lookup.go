package walk

import (
	"net/netip"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
)

// matters says what a record is for, by its topic: in a few words where it is there, and where it is not.
var matters = lazy.Value[map[string]struct{ found, missing string }]{Make: func() map[string]struct{ found, missing string } {
	return map[string]struct{ found, missing string }{
		"MX":            {"the mail servers of the domain, lowest number first", "no MX record: the domain's own address is used"},
		"null MX":       {"the domain accepts no mail", ""},
		"IPv4 and IPv6": {"addresses of the host", "the host has no address of this type"},
		"PTR":           {"the name of an IP address", "the IP address has no name"},
		"DNSBL":         {"the address is on this block list", "the address is not on this block list"},
		"SPF":           {"who may send for the domain", "the domain does not say who may send for it"},
		"DKIM":          {"the public key of this selector", "no key at this selector: a signature that names it cannot be verified"},
		"DMARC":         {"what to do with mail that fails DMARC", "no DMARC policy at this name"},
		"MTA-STS":       {"the domain's promise of TLS", "the domain has no MTA-STS policy"},
		"TLSRPT":        {"where TLS reports are sent", "the domain requests no TLS reports"},
		"DANE":          {"which certificate or key the server has", "no TLSA record: DANE is not in use"},
		"DNSSEC":        {"keys that sign the zone", "the zone is not signed"},
	}
}}

// explainLookup says what a record is for. The knowledge has more under the name of the topic.
func explainLookup(l *record.Lookup) *explain.Explanation {
	name := topicOf(l)
	x := &explain.Explanation{Short: matters.Get()[name].found}
	if entry, ok := explain.Topic(name); ok {
		x.Text, x.Refs, x.Entries = entry.Text, entry.Refs, []string{entry.ID()}
	}
	switch {
	case l.Trouble != "" || l.Status != record.StatusNoError && l.Status != record.StatusNXDomain:
		x.Short, x.Cause = "no usable answer", "The name server gave no usable answer: "+l.Error+l.Status+"."
	case l.Empty():
		x.Short = matters.Get()[name].missing
	case name == "DANE" && !l.Proved:
		x.Short = "not signed, so it has no effect"
	}
	return x
}

// topicOf is what a question is about: the type tells, or the name where the type is TXT.
func topicOf(l *record.Lookup) string {
	switch l.Type {
	case "MX":
		if slices.Equal(l.Of("MX"), []string{nullMX}) {
			return "null MX"
		}
		return "MX"
	case "PTR":
		return "PTR"
	case "TLSA":
		return "DANE"
	case "DNSKEY", "DS":
		return "DNSSEC"
	case record.TypePolicy:
		return "MTA-STS"
	case "TXT":
		return topicOfText(l.Name)
	}
	if inBlockList(l.Name) {
		return "DNSBL"
	}
	return "IPv4 and IPv6"
}

// nullMX is the data of an MX record that says that there is no server (RFC 7505 §3).
const nullMX = "0 ."

// topicOfText goes by the names that RFC 9989 §4.7, RFC 8461 §3.1, RFC 8460 §3 and RFC 6376 §3.6.2.1 give to text records.
func topicOfText(name string) string {
	switch {
	case strings.HasPrefix(name, "_dmarc."):
		return "DMARC"
	case strings.HasPrefix(name, "_mta-sts."):
		return "MTA-STS"
	case strings.HasPrefix(name, "_smtp._tls."):
		return "TLSRPT"
	case strings.Contains(name, "._domainkey."):
		return "DKIM"
	case inBlockList(name):
		return "DNSBL"
	}
	return "SPF"
}

// inBlockList reports whether a name asks a block list for an address: it begins with one, reversed (RFC 5782 §2.1).
func inBlockList(name string) bool {
	labels := strings.SplitN(name, ".", 5)
	if len(labels) < 5 || strings.HasSuffix(name, ".arpa") {
		return false
	}
	_, err := netip.ParseAddr(strings.Join(labels[:4], "."))
	return err == nil
}
