package sasl

import (
	"bytes"
	"slices"
	"strings"
)

// gs2Header is the beginning of the first message of SCRAM and OAUTHBEARER (RFC 5801 §4): whether and how the
// exchange is bound to the TLS connection, and whom to act as.
type gs2Header struct {
	flag    string // "n", "y" or "p=type"
	why     string
	authzid string // prepared
	data    []byte // channel binding data for "p"
	forgone bool   // the server offers binding and it is not used
}

// newGS2Header chooses the flag of a SCRAM mechanism (RFC 5802 §6).
func newGS2Header(plus bool, s settings) (gs2Header, error) {
	authzid, err := preparedName("authorization identity", s.credentials.Authzid)
	if err != nil {
		return gs2Header{}, err
	}
	g := gs2Header{authzid: authzid}
	kind, data := s.binding.choose(s.bindingType)
	serverBinds := offersBinding(s.offered)
	switch {
	case plus && data == nil:
		return g, noBinding(s)
	case plus:
		g.flag, g.data, g.why = "p="+kind, data, "bound to the TLS connection by "+kind
	case data == nil:
		g.flag, g.why = "n", "this connection has no channel binding data"
	case serverBinds:
		g.flag, g.why, g.forgone = "n", "the client does not use it, although the server offers -PLUS", true
	default:
		g.flag, g.why = "y", "the client supports it, but received no -PLUS offer; a server that did offer it detects that its list was changed"
	}
	return g, nil
}

func offersBinding(offered []string) bool {
	return slices.ContainsFunc(offered, func(name string) bool {
		info, known := Lookup(name)
		return known && info.Family == "SCRAM" && info.Bound
	})
}

func noBinding(s settings) error {
	e := &Error{Code: CodeNoBinding, Text: "-PLUS needs channel binding data, and this connection has none",
		Hint: "start TLS first, or use the mechanism without -PLUS", Ref: "RFC 5802 §6"}
	switch {
	case s.binding.TLSVersion != 0 && s.bindingType != "":
		e.Text = "this TLS connection has no channel binding data of the type " + s.bindingType
		e.Hint = "TLS 1.3 does not define tls-unique (RFC 9266 §3), and a certificate signed with Ed25519 has no tls-server-end-point; " +
			"do not choose a type, or use the mechanism without -PLUS"
	case s.binding.TLSVersion != 0:
		e.Hint = "the TLS connection has none, for example after a resumption without extended master secret; " +
			"connect again, or use the mechanism without -PLUS"
	}
	return e
}

// text is the header as sent.
func (g gs2Header) text() string {
	if g.authzid == "" {
		return g.flag + ",,"
	}
	return g.flag + ",a=" + saslName(g.authzid) + ","
}

// cbindInput is what the attribute c holds (RFC 5802 §7).
func (g gs2Header) cbindInput() []byte { return append([]byte(g.text()), g.data...) }

func (g gs2Header) how() string {
	if g.data == nil {
		return "only the gs2-header, because there is no channel binding"
	}
	return "gs2-header and the channel binding data"
}

func (g gs2Header) values() []Value {
	v := []Value{text("gs2-cbind-flag", g.flag, g.why, "RFC 5802 §6")}
	if g.data != nil {
		v = append(v, raw("cbind-data", g.data, strings.TrimPrefix(g.flag, "p=")+" of this TLS connection; not secret",
			bindingRef(g.flag)))
	}
	if g.authzid != "" {
		v = append(v, text("authzid", g.authzid, "the identity to act as", "RFC 5802 §5.1"))
	}
	return append(v, text("gs2-header", g.text(), "gs2-cbind-flag , authzid ,", "RFC 5802 §7"))
}

// clientGS2 is a gs2-header as a client sent it.
type clientGS2 struct {
	flag    string // "n", "y" or "p"
	binding string // the type after "p="
	authzid string
	header  string // all of it, with both commas
}

// parseGS2 reads a gs2-header (RFC 5801 §4, RFC 5802 §7); what is after it is the rest.
func parseGS2(b []byte) (g clientGS2, rest []byte, ok bool) {
	flag, rest, ok := bytes.Cut(b, []byte{','})
	authzid, rest, more := bytes.Cut(rest, []byte{','})
	if !ok || !more {
		return g, nil, false
	}
	g.header = string(b[:len(b)-len(rest)])
	g.flag, g.binding, _ = strings.Cut(string(flag), "=")
	switch {
	case g.flag == "p" && g.binding != "":
	case (g.flag == "n" || g.flag == "y") && len(flag) == 1:
	default:
		return g, nil, false
	}
	if len(authzid) == 0 {
		return g, rest, true
	}
	name, found := bytes.CutPrefix(authzid, []byte("a="))
	g.authzid, ok = unescapeName(string(name))
	return g, rest, ok && found && g.authzid != ""
}

func (g clientGS2) values() []Value {
	flag := map[string]string{"n": "not bound to the TLS connection", "y": "the client supports channel binding, but received no -PLUS offer",
		"p": "bound to the TLS connection"}[g.flag]
	v := []Value{text("gs2-cbind-flag", strings.TrimSuffix(g.flag+"="+g.binding, "="), flag, "RFC 5802 §6")}
	if g.authzid != "" {
		v = append(v, text("authzid", g.authzid, "the identity to act as", "RFC 5802 §5.1"))
	}
	return v
}
