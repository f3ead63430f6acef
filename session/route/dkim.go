package route

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/record"
)

const dkimStops = "DKIM of mail that is signed with this selector: it counts as not signed"

var dkimRows = []row{
	{"dkim-missing", warn, 0, "There is no DKIM key at %s.", "RFC 6376 §3.6.2.1, §6.1.2", recipient, "publish the key of this selector, or sign with one that is published", dkimStops},
	{"dkim-lookup-failed", warn, 0, "The DKIM key at %s could not be looked up: %s.", "RFC 6376 §6.1.2", recipient, "check the name servers of the domain", "DKIM of mail that is signed with this selector, for as long as this lasts"},
	{"dkim-several", warn, 0, "There are %d records at %s: which one receivers take is undefined.", "RFC 6376 §3.6.2.2", recipient, "keep one record at each selector", dkimStops},
	{"dkim-record", warn, 0, "The DKIM key at %s is not valid: %s.", "RFC 6376 §3.6.1", recipient, "publish the record that the signing server generates, whole and in one TXT record", dkimStops},
	{"dkim-revoked", warn, 0, "The DKIM key at %s was revoked: its p= is empty.", "RFC 6376 §3.6.1", recipient, "sign with another selector", dkimStops},
	{"dkim-weak", warn, 0, "The DKIM key at %s has %d bits; receivers refuse less than 1024.", "RFC 8301 §3.2", recipient, "generate a key of 2048 bits under a new selector", dkimStops},
	{"dkim-short", info, 0, "The DKIM key at %s has %d bits; 2048 are recommended.", "RFC 8301 §3.2", recipient, "generate a key of 2048 bits under a new selector", "nothing today"},
	{"dkim-testing", info, 0, "The DKIM key at %s is marked as a test (t=y): receivers may treat the mail as not signed.", "RFC 6376 §3.6.1", recipient, "remove t=y when signing works", "DKIM at some receivers"},
	{"dkim-elsewhere", warn, 0, "The DKIM key at %s is not for mail: its s= is %s.", "RFC 6376 §3.6.1", recipient, "remove s=, or add email to it", dkimStops},
	{"dkim-hash", warn, 0, "The DKIM key at %s does not permit SHA-256: its h= is %s.", "RFC 6376 §3.6.1, RFC 8301 §3.1", recipient, "remove h=, or add sha256 to it", dkimStops},
}

// DKIM is the key of a selector (RFC 6376 §3.6.1).
type DKIM struct {
	Selector string `json:"selector"`
	// Key is its kind with its bits, such as "RSA 2048"; empty where there is no key that can be used.
	Key string `json:"key,omitempty"`
}

// keys looks at the DKIM keys of the selectors that were named: nothing lists those of a domain.
func (a *asking) keys() {
	for _, s := range a.Selectors {
		d := DKIM{Selector: s}
		a.key(&d)
		a.report.DKIM = append(a.report.DKIM, d)
	}
}

func (a *asking) key(d *DKIM) {
	name := d.Selector + "._domainkey." + a.report.Domain
	l := a.ask("TXT", name)
	switch {
	case l.failed():
		a.find(found("dkim-lookup-failed", name, called(name), l.why()))
	case len(l.data) == 0:
		a.find(found("dkim-missing", name, called(name)))
	case len(l.data) > 1:
		a.find(found("dkim-several", name, len(l.data), called(name)))
	default:
		text, whole := record.TextOf(l.data[0])
		list, ok := record.Tags(text)
		if !ok || !whole {
			a.find(found("dkim-record", name, called(name), "it is not a list of names with values, separated by semicolons"))
			return
		}
		a.judgeKey(name, list, d)
	}
}

// judgeKey says what keeps a key from being used.
func (a *asking) judgeKey(name string, list []record.Tag, d *DKIM) {
	add := func(code Code, args ...any) { a.find(found(code, name, append([]any{called(name)}, args...)...)) }
	if v, has := record.TagOf(list, "v"); has && (v != "DKIM1" || list[0].Name != "v") {
		add("dkim-record", "v=DKIM1 has to be its first tag")
		return
	}
	switch p, has := record.TagOf(list, "p"); {
	case !has:
		add("dkim-record", "it has no p")
		return
	case p == "":
		add("dkim-revoked")
		return
	}
	kind, bits, why := keyOf(list)
	if why != "" {
		add("dkim-record", why)
		return
	}
	d.Key = kind
	if bits > 0 {
		d.Key = fmt.Sprintf("%s %d", kind, bits)
	}
	switch {
	case bits > 0 && bits < 1024:
		add("dkim-weak", bits)
	case bits > 0 && bits < 2048:
		add("dkim-short", bits)
	}
	a.judgeFlags(list, add)
}

// judgeFlags looks at what a key is for.
func (a *asking) judgeFlags(list []record.Tag, add func(Code, ...any)) {
	if t, _ := record.TagOf(list, "t"); slices.Contains(parts(t), "y") {
		add("dkim-testing")
	}
	if s, has := record.TagOf(list, "s"); has && !slices.Contains(parts(s), "*") && !slices.Contains(parts(s), "email") {
		add("dkim-elsewhere", short(orNone(s)))
	}
	if h, has := record.TagOf(list, "h"); has && !slices.Contains(parts(h), "sha256") {
		add("dkim-hash", short(orNone(h)))
	}
}

// parts are the words of a value, which colons separate.
func parts(value string) (list []string) {
	for part := range strings.SplitSeq(value, ":") {
		list = append(list, strings.ToLower(strings.TrimSpace(part)))
	}
	return list
}

// keyOf reads the public key of a record. RSA keys come as SubjectPublicKeyInfo, by some also as RSAPublicKey (RFC 6376 §3.6.1); those of
// Ed25519 are 32 bytes (RFC 8463 §4).
func keyOf(list []record.Tag) (kind string, bits int, why string) {
	kind, has := record.TagOf(list, "k")
	if !has {
		kind = "rsa"
	}
	p, _ := record.TagOf(list, "p")
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(p), ""))
	switch {
	case err != nil:
		return "", 0, "its p is not base64, or was cut off"
	case strings.EqualFold(kind, "ed25519") && len(raw) == 32:
		return "Ed25519", 0, ""
	case strings.EqualFold(kind, "ed25519"):
		return "", 0, fmt.Sprintf("its p has %d bytes, and an Ed25519 key has 32", len(raw))
	case !strings.EqualFold(kind, "rsa"):
		return "", 0, "its k is " + short(orNone(kind)) + ", which no receiver knows"
	}
	key, err := x509.ParsePKIXPublicKey(raw)
	if err != nil {
		key, err = x509.ParsePKCS1PublicKey(raw)
	}
	if public, ok := key.(*rsa.PublicKey); ok && err == nil {
		return "RSA", public.N.BitLen(), ""
	}
	return "", 0, "its p is not an RSA key"
}
