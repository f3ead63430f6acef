package setup

import (
	"net/netip"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// attributes are those of XCLIENT and XFORWARD as they stand in the command, each with a value that may be empty: Postfix's
// XCLIENT_README and XFORWARD_README, which encode values as RFC 3461 §4 does.
const attributes = `^[A-Za-z][A-Za-z0-9_-]*=[!-~]*( [A-Za-z][A-Za-z0-9_-]*=[!-~]*)*$`

// longestAttributes leaves room for the command in a line of 512 bytes (RFC 5321 §4.5.3.1.4).
const longestAttributes = 500

// checkIdentity refuses what no server could read as another client's identity.
func (r Request) checkIdentity() error {
	g := r.Goal
	for _, list := range []struct {
		field  Field
		values []string
	}{{FieldXCLIENT, g.XCLIENT}, {FieldXFORWARD, g.XFORWARD}} {
		for _, value := range list.values {
			if len(value) > longestAttributes || !matches(attributes, value) {
				return &Error{Field: list.field, Value: value, Text: "want attribute=value, several separated by spaces, at most 500 bytes; a space within a value is written +20"}
			}
		}
	}
	if len(g.XFORWARD) > 0 && r.Alone && len(g.To) == 0 {
		return &Error{Field: FieldXFORWARD, Text: "it comes before a message, and there is no recipient"}
	}
	if g.HELO && len(g.XCLIENT)+len(g.XFORWARD) > 0 {
		return &Error{Field: FieldHELO, Text: "after HELO there is neither XCLIENT nor XFORWARD"}
	}
	return checkHeader(g.Proxy)
}

func checkHeader(p *record.ProxyHeader) error {
	if p == nil {
		return nil
	}
	for _, c := range []struct {
		field Field
		value string
		port  int
		of    Field
	}{{FieldProxySource, p.Source, p.SourcePort, FieldProxySourcePort}, {FieldProxyDest, p.Dest, p.DestPort, FieldProxyDestPort}} {
		if a, err := netip.ParseAddr(c.value); c.value != "" && (err != nil || a.Zone() != "") {
			return &Error{Field: c.field, Value: c.value, Text: "want an IP address"}
		}
		if c.port < 0 || c.port > 65535 {
			return &Error{Field: c.of, Text: "want a number from 1 to 65535"}
		}
	}
	source, _ := netip.ParseAddr(p.Source)
	dest, _ := netip.ParseAddr(p.Dest)
	if p.Source != "" && p.Dest != "" && source.Unmap().Is4() != dest.Unmap().Is4() {
		return &Error{Field: FieldProxyDest, Value: p.Dest, Text: "it is of another address family than the source"}
	}
	if len(p.Raw) > wire.MaxAuthLine {
		return &Error{Field: FieldProxyHeader, Text: "it is too long"}
	}
	return nil
}
