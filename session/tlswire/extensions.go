package tlswire

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// optionalExtensions parses extensions that TLS 1.2 and older may leave out
// altogether (RFC 5246 §7.4.1.2).
func (p *parser) optionalExtensions(ref string) {
	if p.more() {
		p.extensions(ref)
	}
}

func (p *parser) extensions(ref string) {
	p.list("extensions", 2, "", ref, (*parser).extension)
}

// extension parses one extension: type, length and what the type means in
// this message (RFC 9846 §4.3).
func (p *parser) extension() {
	head := cursor{b: p.peek(4)}
	typ, length := head.u16(), int(head.u16())
	c, known := extensionOf(typ)
	name, meaning := unknown16(typ), ""
	if known {
		name, meaning = c.Name, p.means(kindExtension, typ, p.msg.Name)
	}
	switch {
	case head.bad:
		p.fail("extension", fmt.Sprintf("needs a type and a length, %s left", count(p.left(), "byte")))
		return
	case length > p.left()-4:
		p.fail(name, fmt.Sprintf("declares %s, %d left", count(length, "byte"), p.left()-4))
		return
	}
	p.group(name, 4+length, meaning, c.Ref, func(p *parser) {
		p.code("extension_type", 2, Code{Name: c.Name}, known, fmt.Sprint(typ))
		p.number("length", 2, "bytes that follow", "")
		p.extensionData(typ)
	})
	if !p.failed {
		summarize(p.last())
	}
}

// summarize gives an extension the value of its only content.
func summarize(f *Field) {
	if len(f.Children) == 3 && f.Children[2].Bad == "" {
		f.Value = f.Children[2].Value
	}
}

// asked reports whether the message makes an offer, which the other forms of
// an extension answer.
func (p *parser) asked() bool {
	return p.msg.Type == typeClientHello || p.msg.Type == typeCertificateRequest
}

func (p *parser) extensionData(typ uint16) {
	parse := extensionParser(typ)
	if parse == nil {
		p.rest("extension_data", "", "")
		return
	}
	parse(p)
}

// extensionParser returns what parses an extension, nil for one that is bytes
// to us. An extension that is empty by its definition has nothing to parse;
// bytes in it are reported as trailing.
func extensionParser(typ uint16) func(*parser) {
	switch typ {
	case extServerName:
		return (*parser).serverName
	case extMaxFragmentLength:
		return func(p *parser) { p.code8("max_fragment_length", maxFragmentLengths) }
	case extStatusRequest:
		return (*parser).statusRequest
	case extSupportedGroups:
		return codes16("named_group_list", 2, "named_group", groupOf)
	case extECPointFormats:
		return codes8("ec_point_format_list", "ec_point_format", pointFormats)
	case extSignatureAlgorithms, extSignatureAlgosCert:
		return codes16("supported_signature_algorithms", 2, "signature_scheme", SignatureScheme)
	case extHeartbeat:
		return func(p *parser) { p.code8("mode", heartbeatModes) }
	case extALPN, extALPS, extALPSDraft:
		return (*parser).protocolNames
	case extSCT:
		return (*parser).timestamps
	case extClientCertificateType, extServerCertificateType:
		return (*parser).certificateType
	case extPadding:
		return func(p *parser) { p.rest("padding", "zeroes", "") }
	case extEncryptThenMAC, extExtendedMasterSecret, extPostHandshakeAuth:
		return func(*parser) {}
	case extCompressCertificate:
		return codes16("algorithms", 1, "algorithm", in(certificateCompressions))
	case extRecordSizeLimit:
		return func(p *parser) {
			p.number("record_size_limit", 2, "the most bytes of content that a record may have", "")
		}
	case extDelegatedCredential:
		return (*parser).delegatedCredential
	case extSessionTicket:
		return func(p *parser) { p.rest("ticket", "a ticket of an earlier session", "") }
	}
	return extensionParser13(typ)
}

// codes16 and codes8 parse a list of code points.
func codes16(name string, n int, element string, find func(uint16) (Code, bool)) func(*parser) {
	return func(p *parser) {
		p.list(name, n, "", "", func(p *parser) { p.code16(element, find) })
	}
}

func codes8(name, element string, table []Code) func(*parser) {
	return func(p *parser) {
		p.list(name, 1, "", "", func(p *parser) { p.code8(element, table) })
	}
}

// serverName parses SNI; the server's answer is empty (RFC 6066 §3).
func (p *parser) serverName() {
	if !p.more() {
		return
	}
	var first string
	p.list("server_name_list", 2, "", "", func(p *parser) {
		p.code8("name_type", nameTypes)
		first = cmp.Or(first, p.text("host_name", 2, "without a trailing dot"))
	})
	if !p.failed {
		p.last().Value = first
	}
}

// text makes a field of a length and as many bytes of text.
func (p *parser) text(name string, n int, meaning string) string {
	b := p.opaque(name, n, "text", meaning, "")
	if p.failed {
		return ""
	}
	s := visible(string(b))
	p.last().Value = s
	if c := p.last().Children; len(c) > 1 {
		c[1].Value = s
	}
	return s
}

// visible returns text as it is if every character can be printed, else quoted:
// these are bytes from outside.
func visible(s string) string {
	for _, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return fmt.Sprintf("%q", s)
		}
	}
	return s
}

// protocolNames parses ALPN (RFC 7301 §3.1).
func (p *parser) protocolNames() {
	var all []string
	p.list("protocol_name_list", 2, "", "", func(p *parser) { all = append(all, p.text("protocol_name", 1, "")) })
	if !p.failed {
		p.last().Value = strings.Join(all, ", ")
	}
}

// statusRequest parses the request for an OCSP response, and the answer of TLS
// 1.3 in the Certificate message (RFC 6066 §8, RFC 9846 §4.5.1.1).
func (p *parser) statusRequest() {
	switch {
	case p.msg.Type == typeCertificate:
		p.certificateStatus()
	case p.asked() && p.more():
		p.code8("status_type", statusTypes)
		p.list("responder_id_list", 2, "OCSP responders that the client trusts; an empty list means any", "", func(p *parser) { p.opaque("responder_id", 2, "DER", "", "") })
		p.opaque("request_extensions", 2, "DER", "", "")
	}
}

// timestamps parses the list of SCTs, or the request for it (RFC 6962 §3.3).
func (p *parser) timestamps() {
	if p.asked() && !p.more() {
		return
	}
	p.timestampList()
}

func (p *parser) timestampList() {
	p.list("sct_list", 2, "", "RFC 6962 §3.3", func(p *parser) {
		p.vector("sct", 2, "a log promises to publish this certificate", "RFC 6962 §3.2", (*parser).timestamp)
	})
}

func (p *parser) timestamp() {
	p.number("version", 1, "0: version 1", "")
	p.bytes("log_id", 32, "the identifier of the log", "")
	millis := p.number("timestamp", 8, "when the log accepted the certificate", "")
	if !p.failed {
		p.last().Value = time.UnixMilli(int64(millis)).UTC().Format(time.RFC3339)
	}
	p.opaque("extensions", 2, "extensions", "", "")
	p.code16("algorithm", SignatureScheme)
	p.opaque("signature", 2, "signature", "made by the log", "")
}

// certificateType parses the kinds of certificate offered, or the one chosen
// (RFC 7250 §3).
func (p *parser) certificateType() {
	if p.msg.Type == typeClientHello {
		codes8("certificate_types", "certificate_type", certificateTypes)(p)
		return
	}
	p.code8("certificate_type", certificateTypes)
}

func (p *parser) delegatedCredential() {
	if p.asked() {
		codes16("supported_signature_algorithms", 2, "signature_scheme", SignatureScheme)(p)
		return
	}
	p.seconds("valid_time", "after the start of the certificate's validity", "RFC 9345 §4")
	p.code16("dc_cert_verify_algorithm", SignatureScheme)
	p.opaque("ASN1_subjectPublicKeyInfo", 3, "DER", "", "")
	p.code16("algorithm", SignatureScheme)
	p.opaque("signature", 2, "signature", "made with the certificate's key", "")
}

// names parses a list of distinguished names.
func (p *parser) names(name, meaning, ref string) {
	p.list(name, 2, meaning, ref, func(p *parser) {
		der := p.opaque("distinguished_name", 2, "Name", "", "RFC 5280 §4.1.2.4")
		if dn, ok := nameOf(der); ok && !p.failed {
			f := p.last()
			f.Value, f.Children[1].Value = dn, dn
		}
	})
}

// address makes a readable address of the bytes of one.
func address(b []byte) string {
	if a, ok := netip.AddrFromSlice(b); ok {
		return a.String()
	}
	return hexValue(b)
}
