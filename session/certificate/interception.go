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
	name  string
	local bool // it runs on the client's own computer
}

// interceptors are known by the names that they give the issuers of their certificates: a line has a part of such a name, in lower case, who
// that is, and "here" where it runs on the client's own computer. What would fit a public CA as well is not among them. They are one text, since
// every certificate that is verified is held against all of them: strings of a table lie in as many places of memory as they have lengths, and a
// program that has just started has been in none of them.
const interceptors = `avast|Avast|here
avg web/mail|AVG|here
norton web/mail|Norton|here
web/mail shield|an antivirus program|here
mail shield|an antivirus program|here
kaspersky|Kaspersky|here
eset ssl filter|ESET|here
eset, spol|ESET|here
bitdefender|Bitdefender|here
bullguard|BullGuard|here
dr.web|Dr.Web|here
drweb|Dr.Web|here
g data|G DATA|here
avira|Avira|here
mcafee web gateway|McAfee Web Gateway
skyhigh|Skyhigh Web Gateway
mcafee|McAfee|here
comodo internet security|Comodo Internet Security|here
f-secure|F-Secure|here
adguard|AdGuard|here
panda security|Panda|here
fiddler|Fiddler|here
charles proxy|Charles|here
portswigger|Burp|here
mitmproxy|mitmproxy|here
superfish|Superfish|here
fortigate|FortiGate
fortinet|Fortinet
zscaler|Zscaler
netskope|Netskope
blue coat|Blue Coat
proxysg|Blue Coat ProxySG
palo alto|Palo Alto Networks
paloalto|Palo Alto Networks
check point|Check Point
checkpoint|Check Point
sophos|Sophos
watchguard|WatchGuard
fireware|WatchGuard
sonicwall|SonicWall
barracuda|Barracuda
cisco umbrella|Cisco Umbrella
ironport|Cisco IronPort
forcepoint|Forcepoint
websense|Websense
untangle|Untangle
smoothwall|Smoothwall
trend micro|Trend Micro
securly|Securly
lightspeed|Lightspeed
iboss|iboss
gateway ca - cloudflare|Cloudflare Gateway
cloudflare for teams|Cloudflare Gateway
squid|Squid
forward trust|a TLS inspection device
forward-trust|a TLS inspection device
tls inspection|a TLS inspection device
ssl inspection|a TLS inspection device
https inspection|a TLS inspection device
ssl decrypt|a TLS inspection device
ssl intercept|a TLS inspection device
tls intercept|a TLS inspection device`

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
	for rest := interceptors; rest != ""; {
		part, line, _ := strings.Cut(rest, "|")
		if line, rest, _ = strings.Cut(line, "\n"); strings.Contains(names, part) {
			name, here, _ := strings.Cut(line, "|")
			return interceptor{name, here != ""}, true
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
