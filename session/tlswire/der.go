package tlswire

import (
	"cmp"
	"encoding/asn1"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Tags of ASN.1 types (X.690 §8).
const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagBitString   = 0x03
	tagOctetString = 0x04
	tagNull        = 0x05
	tagOID         = 0x06
	tagEnumerated  = 0x0a
	tagUTCTime     = 0x17
	tagTime        = 0x18
	tagBMPString   = 0x1e
	tagSequence    = 0x30
	tagSet         = 0x31
	tagContext     = 0x80 // [0], primitive; 0xa0 is [0], constructed
	tagConstructed = 0x20
)

// maxDepth bounds how deep DER of unknown structure is opened.
const maxDepth = 12

// element is one DER element at the front of some bytes: a tag, a length and
// content (X.690 §8.1).
type element struct {
	tag     byte
	header  int // bytes of tag and length
	content []byte
}

// readElement reads the element at the front of b. Tags beyond 30 and lengths
// that are not definite have no place in a certificate (X.690 §10.1).
func readElement(b []byte) (e element, err error) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return e, fmt.Errorf("not the start of a DER element")
	}
	e.tag, e.header = b[0], 2
	n := int(b[1])
	if n > 0x80 {
		size := n & 0x7f
		if size > 3 || len(b) < 2+size {
			return e, fmt.Errorf("a DER length of %d bytes", size)
		}
		n, e.header = 0, 2+size
		for _, x := range b[2 : 2+size] {
			n = n<<8 | int(x)
		}
	} else if n == 0x80 {
		return e, fmt.Errorf("an indefinite length, which DER forbids")
	}
	if n > len(b)-e.header {
		return e, fmt.Errorf("declares %s, %d left", count(n, "byte"), len(b)-e.header)
	}
	e.content = b[e.header : e.header+n]
	return e, nil
}

func (e element) size() int { return e.header + len(e.content) }

// next reads the next element without taking it.
func (p *parser) next() (element, error) { return readElement(p.peek(p.left())) }

// has reports whether the next element has that tag.
func (p *parser) has(tag byte) bool {
	e, err := p.next()
	return p.more() && err == nil && e.tag == tag
}

// der makes a field of the next element, whose content body parses, after a
// field for its tag and length.
func (p *parser) der(name string, tag byte, meaning, ref string, body func(*parser)) {
	e, ok := p.expect(name, tag)
	if !ok {
		return
	}
	p.group(name, e.size(), meaning, ref, func(p *parser) {
		p.header(e)
		body(p)
	})
}

// header makes the field of an element's tag and length.
func (p *parser) header(e element) {
	p.add(Field{Name: "DER header", Value: tagName(e.tag) + ", " + count(len(e.content), "byte"), Meaning: "tag and length"}, e.header)
}

// leaf makes one field of the next element and returns its content.
func (p *parser) leaf(name string, tag byte, meaning, ref string) []byte {
	e, ok := p.expect(name, tag)
	if !ok || !p.add(Field{Name: name, Value: e.value(), Meaning: meaning, Ref: ref}, e.size()) {
		return nil
	}
	return e.content
}

// expect reads the next element and fails if it is not of that type.
func (p *parser) expect(name string, tag byte) (element, bool) {
	if p.failed {
		return element{}, false
	}
	e, err := p.next()
	switch {
	case err != nil:
		p.fail(name, err.Error())
	case e.tag != tag:
		p.fail(name, fmt.Sprintf("is %s, not %s", tagName(e.tag), tagName(tag)))
	}
	return e, !p.failed
}

// each takes elements until the field around them is full.
func (p *parser) each(body func(*parser)) {
	for p.more() {
		before := p.pos
		if body(p); p.pos == before && !p.failed {
			p.fail("element", "not understood")
		}
	}
}

// tree makes fields of DER whose structure is not known here.
func (p *parser) tree(depth int) {
	p.each(func(p *parser) {
		e, err := p.next()
		switch {
		case err != nil:
			p.fail("element", err.Error())
		case e.tag&tagConstructed != 0 && depth < maxDepth:
			p.der(tagName(e.tag), e.tag, "", "", func(p *parser) { p.tree(depth + 1) })
		default:
			p.leaf(tagName(e.tag), e.tag, "", "")
		}
	})
}

// value shows a primitive element.
func (e element) value() string {
	switch e.tag {
	case tagBoolean:
		return fmt.Sprint(len(e.content) == 1 && e.content[0] != 0)
	case tagInteger, tagEnumerated:
		return integer(e.content)
	case tagOID:
		return oidValue(e.content)
	case tagNull:
		return "NULL"
	case tagUTCTime, tagTime:
		return visible(string(e.content))
	}
	if text, ok := e.text(); ok {
		return text
	}
	return hexValue(e.content)
}

// text is the content of a string type.
func (e element) text() (string, bool) {
	switch e.tag {
	case 0x0c, 0x12, 0x13, 0x14, 0x16, 0x1a:
		return visible(string(e.content)), true
	case tagBMPString:
		return visible(string(utf16.Decode(u16s(e.content)))), true
	}
	return "", false
}

// integer shows a small number in decimal, a large one in hexadecimal.
func integer(b []byte) string {
	if len(b) == 0 || len(b) > 4 {
		return hexValue(b)
	}
	v := int64(int8(b[0]))
	for _, x := range b[1:] {
		v = v<<8 | int64(x)
	}
	return fmt.Sprint(v)
}

func tagName(tag byte) string {
	if tag&0xc0 == tagContext {
		return fmt.Sprintf("[%d]", tag&0x1f)
	}
	names := [...]string{
		tagBoolean: "BOOLEAN", tagInteger: "INTEGER", tagBitString: "BIT STRING", tagOctetString: "OCTET STRING",
		tagNull: "NULL", tagOID: "OBJECT IDENTIFIER", tagEnumerated: "ENUMERATED", 0x0c: "UTF8String",
		0x12: "NumericString", 0x13: "PrintableString", 0x14: "TeletexString", 0x16: "IA5String",
		tagUTCTime: "UTCTime", tagTime: "GeneralizedTime", 0x1a: "VisibleString", tagBMPString: "BMPString",
		tagSequence: "SEQUENCE", tagSet: "SET",
	}
	if int(tag) < len(names) && names[tag] != "" {
		return names[tag]
	}
	return fmt.Sprintf("tag 0x%02x", tag)
}

// dotted is the usual form of an object identifier.
func dotted(content []byte) (string, bool) {
	if len(content) > 127 {
		return "", false
	}
	var oid asn1.ObjectIdentifier
	rest, err := asn1.Unmarshal(append([]byte{tagOID, byte(len(content))}, content...), &oid)
	return oid.String(), err == nil && len(rest) == 0
}

// oidValue names an object identifier as well as it can.
func oidValue(content []byte) string {
	d, ok := dotted(content)
	if !ok {
		return hexValue(content)
	}
	if name := oidName(d); name != "" {
		return name + " (" + d + ")"
	}
	return d
}

// nameOf writes a distinguished name in DER as text, most specific first (RFC
// 4514 §2.1).
func nameOf(der []byte) (string, bool) {
	name, err := readElement(der)
	if err != nil || name.tag != tagSequence {
		return "", false
	}
	var parts []string
	for b := name.content; len(b) > 0; {
		rdn, err := readElement(b)
		if err != nil {
			return "", false
		}
		parts = append([]string{relativeName(rdn.content)}, parts...)
		b = b[rdn.size():]
	}
	return strings.Join(parts, ", "), true
}

// relativeName writes one set of attributes: CN=mail.lab, or several with +.
func relativeName(set []byte) string {
	var parts []string
	for len(set) > 0 {
		pair, err := readElement(set)
		if err != nil {
			break
		}
		parts = append(parts, attribute(pair.content))
		set = set[pair.size():]
	}
	return strings.Join(parts, "+")
}

func attribute(b []byte) string {
	typ, err := readElement(b)
	if err != nil {
		return hexValue(b)
	}
	value, err := readElement(b[typ.size():])
	if err != nil {
		return hexValue(b)
	}
	d, _ := dotted(typ.content)
	return cmp.Or(attributeName(d), d) + "=" + strings.ReplaceAll(value.value(), ",", `\,`)
}
