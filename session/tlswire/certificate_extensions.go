package tlswire

import (
	"cmp"
	"strings"
)

// certificateExtension parses one extension: name, critical or not, and what
// the name means (RFC 5280 §4.2). Its content is DER inside an OCTET STRING.
func (p *parser) certificateExtension() {
	var oid string
	p.der("extension", tagSequence, "", "RFC 5280 §4.2", func(p *parser) {
		oid, _ = dotted(p.leaf("extnID", tagOID, "", ""))
		if p.has(tagBoolean) {
			p.leaf("critical", tagBoolean, "a client that does not know this extension must reject the certificate", "")
		}
		parse, known := certificateExtensions(oid)
		if !known {
			p.leaf("extnValue", tagOctetString, "this program does not decode this extension", "")
			return
		}
		p.der("extnValue", tagOctetString, "", "", parse)
	})
	f := p.made()
	if f == nil {
		return
	}
	f.Name = cmp.Or(oidName(oid), oid, f.Name)
	f.Meaning, f.Ref = extensionMeaning(oid)
	f.Value = gist(f)
}

// gist is the value of the deepest field that has one and stands alone.
func gist(f *Field) string {
	last := &f.Children[len(f.Children)-1]
	for last.Value == "" && len(last.Children) > 0 {
		last = &last.Children[len(last.Children)-1]
	}
	return last.Value
}

// certificateExtensions returns what parses the content of an extension.
func certificateExtensions(oid string) (func(*parser), bool) {
	switch oid {
	case "2.5.29.17", "2.5.29.18":
		return func(p *parser) { p.joinedSequence("GeneralNames", (*parser).generalName) }, true
	case "2.5.29.15":
		return (*parser).keyUsage, true
	case "2.5.29.37":
		return func(p *parser) {
			p.joinedSequence("KeyPurposes", func(p *parser) { p.leaf("KeyPurposeId", tagOID, "", "") })
		}, true
	case "2.5.29.19":
		return (*parser).basicConstraints, true
	case "2.5.29.14":
		return func(p *parser) { p.leaf("KeyIdentifier", tagOctetString, "", "") }, true
	case "2.5.29.35":
		return (*parser).authorityKey, true
	case "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.11":
		return func(p *parser) { p.joinedSequence("AccessDescriptions", (*parser).accessDescription) }, true
	case "2.5.29.31", "2.5.29.46":
		return func(p *parser) { p.joinedSequence("DistributionPoints", (*parser).distributionPoint) }, true
	case "2.5.29.32":
		return func(p *parser) { p.joinedSequence("Policies", (*parser).policy) }, true
	case "2.5.29.30":
		return func(p *parser) { p.joinedSequence("NameConstraints", (*parser).subtrees) }, true
	case "1.3.6.1.4.1.11129.2.4.2":
		return (*parser).embeddedTimestamps, true
	case "1.3.6.1.5.5.7.1.24":
		return func(p *parser) {
			p.joinedSequence("Features", func(p *parser) {
				p.leaf("feature", tagInteger, "a TLS extension that the server must support; 5 is must-staple", "RFC 7633 §4.1")
			})
		}, true
	}
	return func(p *parser) { p.tree(0) }, strings.HasPrefix(oid, "2.5.29.")
}

// joinedSequence parses a sequence whose value is those of its elements.
func (p *parser) joinedSequence(name string, one func(*parser)) {
	p.der(name, tagSequence, "", "", func(p *parser) { p.each(one) })
	if f := p.made(); f != nil && len(f.Children) > 0 {
		var values []string
		for _, c := range f.Children[1:] {
			values = append(values, c.Value)
		}
		f.Value = strings.Join(values, ", ")
	}
}

// generalName parses one name (RFC 5280 §4.2.1.6).
func (p *parser) generalName() {
	e, err := p.next()
	if err != nil {
		p.fail("GeneralName", err.Error())
		return
	}
	switch e.tag {
	case tagContext | 1:
		p.nameLeaf("rfc822Name", e, visible(string(e.content)))
	case tagContext | 2:
		p.nameLeaf("dNSName", e, visible(string(e.content)))
	case tagContext | 6:
		p.nameLeaf("uniformResourceIdentifier", e, visible(string(e.content)))
	case tagContext | 7:
		p.nameLeaf("iPAddress", e, address(e.content))
	case tagContext | 8:
		p.nameLeaf("registeredID", e, oidValue(e.content))
	case tagContext | tagConstructed | 4:
		dn, _ := nameOf(e.content)
		p.nameLeaf("directoryName", e, dn)
	default:
		p.nameLeaf("otherName", e, hexValue(e.content))
	}
}

func (p *parser) nameLeaf(name string, e element, value string) {
	p.add(Field{Name: name, Value: value}, e.size())
}

// keyUses are the bits of keyUsage from the first on (RFC 5280 §4.2.1.3).
var keyUses = [...]string{
	"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
	"keyCertSign", "cRLSign", "encipherOnly", "decipherOnly",
}

func (p *parser) keyUsage() {
	bits := p.leaf("KeyUsage", tagBitString, "", "")
	f := p.made()
	if f == nil || len(bits) == 0 {
		return
	}
	var uses []string
	for i, name := range keyUses {
		if at := 1 + i/8; at < len(bits) && bits[at]&(0x80>>(i%8)) != 0 {
			uses = append(uses, name)
		}
	}
	f.Value = strings.Join(uses, ", ")
}

func (p *parser) basicConstraints() {
	authority, path := "not a CA: it must not sign certificates", ""
	p.der("BasicConstraints", tagSequence, "", "", func(p *parser) {
		if p.has(tagBoolean) {
			if b := p.leaf("cA", tagBoolean, "may sign certificates", ""); len(b) == 1 && b[0] != 0 {
				authority = "a certificate authority"
			}
		}
		if p.has(tagInteger) {
			path = ", at most " + integer(p.leaf("pathLenConstraint", tagInteger, "the number of CA certificates that may follow below", "")) + " more below"
		}
	})
	if f := p.made(); f != nil {
		f.Value = authority + path
	}
}

func (p *parser) authorityKey() {
	var id []byte
	p.der("AuthorityKeyIdentifier", tagSequence, "", "", func(p *parser) {
		if p.has(tagContext) {
			id = p.leaf("keyIdentifier", tagContext, "subjectKeyIdentifier of the issuer", "")
		}
		p.tree(0)
	})
	if f := p.made(); f != nil {
		f.Value = hexValue(id)
	}
}

func (p *parser) accessDescription() {
	p.der("AccessDescription", tagSequence, "", "", func(p *parser) {
		p.leaf("accessMethod", tagOID, "", "")
		p.generalName()
	})
	if f := p.made(); f != nil && len(f.Children) > 2 {
		method, _, _ := strings.Cut(f.Children[1].Value, " ")
		f.Value = method + " " + f.Children[2].Value
	}
}

// distributionPoint parses where a revocation list is (RFC 5280 §4.2.1.13).
func (p *parser) distributionPoint() {
	var where []string
	p.der("DistributionPoint", tagSequence, "", "", func(p *parser) {
		if p.has(tagContext | tagConstructed) {
			p.der("distributionPoint", tagContext|tagConstructed, "", "", func(p *parser) {
				if !p.has(tagContext | tagConstructed) {
					p.tree(0)
					return
				}
				p.der("fullName", tagContext|tagConstructed, "", "", func(p *parser) {
					p.each((*parser).generalName)
					for _, f := range p.out[1:] {
						where = append(where, f.Value)
					}
				})
			})
		}
		p.tree(0)
	})
	if f := p.made(); f != nil {
		f.Value = strings.Join(where, ", ")
	}
}

// subtrees parses the names an authority may, or may not, sign for.
func (p *parser) subtrees() {
	name, tag := "permitted", byte(tagContext|tagConstructed)
	if p.has(tag | 1) {
		name, tag = "excluded", tag|1
	}
	p.der(name, tag, "", "", func(p *parser) {
		p.each(func(p *parser) {
			p.joinedSequence("GeneralSubtree", (*parser).generalName)
		})
	})
	if f := p.made(); f != nil && len(f.Children) > 0 {
		for _, c := range f.Children[1:] {
			name += " " + c.Value
		}
		f.Value = name
	}
}

func (p *parser) policy() {
	var oid string
	p.der("PolicyInformation", tagSequence, "", "", func(p *parser) {
		oid = oidValue(p.leaf("policyIdentifier", tagOID, "", ""))
		p.tree(0)
	})
	if f := p.made(); f != nil {
		f.Value = oid
	}
}

// embeddedTimestamps parses SCTs inside a certificate: TLS structures in an
// OCTET STRING (RFC 6962 §3.3).
func (p *parser) embeddedTimestamps() {
	p.der("SignedCertificateTimestampList", tagOctetString, "", "RFC 6962 §3.3", func(p *parser) {
		p.timestampList()
	})
	if f := p.made(); f != nil && len(f.Children) > 1 {
		f.Value = f.Children[1].Value
	}
}

// extensionMeaning says what an extension of a certificate is for.
func extensionMeaning(oid string) (meaning, ref string) {
	switch oid {
	case "2.5.29.17":
		return "the names that the certificate is valid for; clients compare the host with them, not with the subject", "RFC 5280 §4.2.1.6, RFC 9525 §6"
	case "2.5.29.18":
		return "other names of the issuer", "RFC 5280 §4.2.1.7"
	case "2.5.29.15":
		return "what the key may be used for", "RFC 5280 §4.2.1.3"
	case "2.5.29.37":
		return "what the certificate may be used for; a server needs serverAuth", "RFC 5280 §4.2.1.12"
	case "2.5.29.19":
		return "whether it may sign other certificates", "RFC 5280 §4.2.1.9"
	case "2.5.29.14":
		return "names the key of this certificate", "RFC 5280 §4.2.1.2"
	case "2.5.29.35":
		return "names the key that signed it", "RFC 5280 §4.2.1.1"
	case "2.5.29.30":
		return "the names for which the CA may issue", "RFC 5280 §4.2.1.10"
	case "2.5.29.31":
		return "where the list of revoked certificates is", "RFC 5280 §4.2.1.13"
	case "2.5.29.32":
		return "the rules under which it was issued", "RFC 5280 §4.2.1.4"
	case "1.3.6.1.5.5.7.1.1":
		return "the URLs of the issuer's certificate and of the OCSP responder", "RFC 5280 §4.2.2.1"
	case "1.3.6.1.4.1.11129.2.4.2":
		return "proof that the certificate is in public logs", "RFC 6962 §3.3"
	case "1.3.6.1.5.5.7.1.24":
		return "TLS features that the server must support, such as OCSP stapling", "RFC 7633 §4"
	}
	return "", "RFC 5280 §4.2"
}
