package anonymize

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"ehlo/session/wire"
)

// rewrite is a value without names.
func (a *Anonymizer) rewrite(p place, v any) any {
	switch v := v.(type) {
	case map[string]any:
		return a.rewriteObject(p, v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = a.rewrite(p, item)
		}
		return out
	case string:
		return a.rewriteString(p, v)
	}
	return v
}

func (a *Anonymizer) rewriteObject(p place, v map[string]any) any {
	if b := opaque(v); b != nil {
		return a.opaque(b)
	}
	out := map[string]any{}
	for key, value := range v {
		if !dropped(p, v, key) {
			out[key] = a.rewrite(p.in(key), value)
		}
	}
	if raw, has := v["raw"].(string); has && p.key == "tls-message" && out["raw"] == nil {
		out["partial"], out["reason"] = true, "its bytes were removed, because they may identify the participants"
		if v["kind"] == "handshake" {
			out["raw"] = raw[:min(len(raw), headerText)]
		}
	}
	if v["content"] == true && p.key == "send" {
		out["raw"] = fmt.Sprintf("Subject: %s\r\n\r\nThe message was removed. It had %v bytes.\r\n.\r\n", Removed, v["size"])
	}
	return out
}

// headerText is as much of the base64 of a message as holds no more than type and length: three of its four bytes.
const headerText = 4

// dropped reports whether a field is left out: certificates, messages of TLS other than those of two bytes, and ciphertext, which
// whoever has the keys can read.
func dropped(p place, v map[string]any, key string) bool {
	switch {
	case key == "raw" && p.key == "proxy": // a header that may hold anything
		return true
	case key == "raw" && p.key == "tls-message":
		raw, _ := v["raw"].(string)
		return v["kind"] != "alert" && v["kind"] != "change_cipher_spec" || len(raw) > len("AAA=")
	case key == "raw":
		return v["not-after"] != nil // a certificate
	case key == "bytes":
		return p.key == "records" || p.key == "cipher"
	}
	return false
}

// opaque rewrites bytes that are no text.
func (a *Anonymizer) opaque(b []byte) any {
	clean := a.text(string(b))
	if wire.ShownProxyHeader(b) != "" {
		clean = a.header(b)
	}
	if utf8.ValidString(clean) {
		return clean
	}
	return map[string]any{"base64": base64.StdEncoding.EncodeToString([]byte(clean))}
}

func (a *Anonymizer) rewriteString(p place, s string) any {
	switch {
	case p.key == "raw" && wire.ShownProxyHeader([]byte(s)) != "":
		return a.header([]byte(s))
	case listed(s):
		return s
	case p.key == "section" && section.Get().MatchString(s):
		return s
	case p.key == "keylog":
		return "not written"
	case p.key == "bytes" && p.above == "values":
		return a.bytes(s)
	case dnFields.has(p.key):
		return a.distinguished(s)
	case p.names() || userFields.has(p.key):
		if to := a.names.field(s); to != s {
			return to
		}
	case p.key == "raw" && p.above == "send":
		if verb, rest, ok := strings.Cut(s, " "); ok && listed(strings.ToLower(verb)) {
			return verb + " " + a.text(rest)
		}
	case p.key == "text" && p.above == "values":
		if to := a.names.field(s); to != s {
			return to
		}
	}
	return a.text(s)
}

// header rewrites the addresses in a PROXY header of version 2, which are bytes. One that cannot be read keeps its beginning alone.
func (a *Anonymizer) header(b []byte) string {
	h, err := wire.ParseProxyHeader(b)
	if err != nil {
		return string(wire.RawProxyHeader(2, []byte(Removed)))
	}
	for _, end := range []*netip.AddrPort{&h.Source, &h.Dest} {
		if addr, err := netip.ParseAddr(a.text(end.Addr().String())); err == nil {
			*end = netip.AddrPortFrom(addr, end.Port())
		}
	}
	return string(h.Bytes())
}

// distinguished rewrites a distinguished name value by value.
func (a *Anonymizer) distinguished(dn string) string {
	for _, value := range attributes(dn) {
		if to := a.names.field(value); to != value {
			dn = strings.Replace(dn, "="+strings.ReplaceAll(value, ",", `\,`), "="+to, 1)
		}
	}
	return a.text(dn)
}

// bytes rewrites a value of AUTH that is bytes: one that is long enough to be a hash is salted.
func (a *Anonymizer) bytes(text string) string {
	b, err := base64.StdEncoding.DecodeString(text)
	switch {
	case err != nil:
		return ""
	case len(b) >= 16:
		b = a.hash(b, len(b))
	default:
		b = []byte(a.text(string(b)))
	}
	return base64.StdEncoding.EncodeToString(b)
}
