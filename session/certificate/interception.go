package certificate

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"strings"

	"ehlo/session/record"
)

// interceptor is a program or a device that opens TLS and issues certificates of its own.
type interceptor struct {
	issuer string // a part of its issuer's name or organization, in lower case
	name   string
	local  bool // it runs on the client's own computer
}

// interceptors are known by the names that they give the issuers of their certificates. What would fit a public CA as well is
// not among them.
var interceptors = []interceptor{
	{"avast", "Avast", true}, {"avg web/mail", "AVG", true}, {"norton web/mail", "Norton", true}, {"web/mail shield", "an antivirus program", true},
	{"mail shield", "an antivirus program", true}, {"kaspersky", "Kaspersky", true}, {"eset ssl filter", "ESET", true}, {"eset, spol", "ESET", true},
	{"bitdefender", "Bitdefender", true}, {"bullguard", "BullGuard", true}, {"dr.web", "Dr.Web", true}, {"drweb", "Dr.Web", true}, {"g data", "G DATA", true},
	{"avira", "Avira", true}, {"mcafee web gateway", "McAfee Web Gateway", false}, {"skyhigh", "Skyhigh Web Gateway", false}, {"mcafee", "McAfee", true}, {"comodo internet security", "Comodo Internet Security", true}, {"f-secure", "F-Secure", true}, {"adguard", "AdGuard", true}, {"panda security", "Panda", true},
	{"fiddler", "Fiddler", true}, {"charles proxy", "Charles", true}, {"portswigger", "Burp", true}, {"mitmproxy", "mitmproxy", true}, {"superfish", "Superfish", true},
	{"fortigate", "FortiGate", false}, {"fortinet", "Fortinet", false}, {"zscaler", "Zscaler", false}, {"netskope", "Netskope", false},
	{"blue coat", "Blue Coat", false}, {"proxysg", "Blue Coat ProxySG", false}, {"palo alto", "Palo Alto Networks", false}, {"paloalto", "Palo Alto Networks", false}, {"check point", "Check Point", false},
	{"checkpoint", "Check Point", false}, {"sophos", "Sophos", false}, {"watchguard", "WatchGuard", false}, {"fireware", "WatchGuard", false},
	{"sonicwall", "SonicWall", false}, {"barracuda", "Barracuda", false}, {"cisco umbrella", "Cisco Umbrella", false}, {"ironport", "Cisco IronPort", false},
	{"forcepoint", "Forcepoint", false}, {"websense", "Websense", false}, {"untangle", "Untangle", false}, {"smoothwall", "Smoothwall", false},
	{"trend micro", "Trend Micro", false}, {"securly", "Securly", false}, {"lightspeed", "Lightspeed", false}, {"iboss", "iboss", false},
	{"gateway ca - cloudflare", "Cloudflare Gateway", false}, {"cloudflare for teams", "Cloudflare Gateway", false}, {"squid", "Squid", false},
	{"forward trust", "a TLS inspection device", false}, {"forward-trust", "a TLS inspection device", false},
	{"tls inspection", "a TLS inspection device", false}, {"ssl inspection", "a TLS inspection device", false}, {"https inspection", "a TLS inspection device", false},
	{"ssl decrypt", "a TLS inspection device", false}, {"ssl intercept", "a TLS inspection device", false}, {"tls intercept", "a TLS inspection device", false},
}

// interceptor finds on the path the first certificate that was issued in the place of a CA, and who. Hardly any path has one: that
// is found out of all its names together.
func (v *Verification) interceptor() (by interceptor, c *x509.Certificate, found bool) {
	issuers := make([]byte, 0, 256)
	for i, c := range v.path {
		if i == 0 || !bytes.Equal(c.RawIssuer, v.path[i-1].RawIssuer) {
			issuers = appendNames(issuers, &c.Issuer)
		}
	}
	if _, found := interceptorAmong(string(issuers)); !found {
		return interceptor{}, nil, false
	}
	for _, c := range v.path {
		if by, found := interceptorAmong(string(appendNames(nil, &c.Issuer))); found {
			return by, c, true
		}
	}
	return interceptor{}, nil, false
}

// appendNames adds what a name is made of to b, in lower case, one a line.
func appendNames(b []byte, name *pkix.Name) []byte {
	for i := range name.Names {
		if text, ok := name.Names[i].Value.(string); ok {
			b = append(appendLower(b, text), '\n')
		}
	}
	return b
}

// appendLower adds a text to b in lower case, as far as it is ASCII: what it is compared with is.
func appendLower(b []byte, text string) []byte {
	for i := range len(text) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return b
}

func interceptorAmong(names string) (interceptor, bool) {
	for i := range interceptors {
		if known := &interceptors[i]; strings.Contains(names, known.issuer) {
			return *known, true
		}
	}
	return interceptor{}, false
}

// intercepted is a certificate for the right name from someone who opens TLS on the path. One for another name may be the
// default certificate of such a device, met on its own.
func (v *Verification) intercepted() (record.Check, bool) {
	if v.Chain[0].VerifyHostname(v.Host) != nil {
		return record.Check{}, false
	}
	if by, c, found := v.interceptor(); found {
		return v.interceptedBy(by, issuerName(c)), true
	}
	return record.Check{}, false
}

// inspected is a good certificate of an issuer that opens TLS on the way, under a root that is trusted here. Whoever set the
// machine up so may want it: it is remarked, and fails nothing.
func (v *Verification) inspected() (record.Check, bool) {
	by, c, found := v.interceptor()
	if !found {
		return record.Check{}, false
	}
	check := holds("chain", "the chain leads to the trusted root "+subjectName(v.anchor)+"; the issuer name "+issuerName(c)+" is typical of "+by.name+", so "+by.where()+" probably terminates TLS and can read the session")
	check.Finding = record.FoundCertificateInspected
	return check, true
}

// added is a good certificate under a root that someone added on this machine: a company's own CA, or who inspects TLS.
func (v *Verification) added() (record.Check, bool) {
	if v.Added == nil || !slices.ContainsFunc(v.Added(), v.anchor.Equal) {
		return record.Check{}, false
	}
	check := holds("chain", "the chain leads to "+subjectName(v.anchor)+", a root that was added on this machine: either the CA of an organization, or a program or device that inspects TLS")
	check.Finding = record.FoundCertificateAddedRoot
	return check, true
}

// where says in a few words where it stands.
func (i interceptor) where() string {
	if i.local {
		return i.name + " on this computer"
	}
	return i.name + " in this network"
}

func (v *Verification) interceptedBy(by interceptor, issuer string) record.Check {
	leaf := v.called(v.Chain[0])
	if by.local {
		return fails("chain", record.FoundCertificateIntercepted, "%s was issued by %s, not by the server's CA: %s intercepts TLS", leaf, issuer, by.where()).
			Mend(record.WhoYou, "turn off the mail or TLS scanning of %s, or trust its root if you installed it yourself", by.name)
	}
	return fails("chain", record.FoundCertificateIntercepted, "%s was issued by %s, not by the server's CA: %s intercepts TLS", leaf, issuer, by.where()).
		Mend(record.WhoNetwork, "exempt mail from TLS inspection, or install its root certificate on the clients").
		Or("ask the administrator of the network whether it inspects TLS")
}
