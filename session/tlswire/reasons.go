package tlswire

import (
	"fmt"
	"slices"
	"strings"
)

// reasons counts what of each offer can be used in the version chosen, and says
// why one was chosen, as far as the messages show it.
func (d *description) reasons() {
	d.Version.Usable, d.Version.Why = len(d.Version.Offered), d.whyVersion()
	d.Suite.decide(d.Suite.Offered, suiteIn(d.version), "", "; in TLS 1.2 and older it also has to match the type of the server's key")
	d.Group.decide(d.Group.Offered, groupIn(d.version), d.whyGroup(), "")
	d.whySignature()
}

// whyVersion: the server takes the highest version that both have (RFC 9846
// §4.2.3, RFC 5246 §7.4.1.3).
func (d *description) whyVersion() string {
	chosen := d.Version.Chosen
	higher := slices.ContainsFunc(d.Version.Offered, func(c Code) bool { return c.Value > chosen.Value && !isGREASE(c.Value) })
	switch {
	case chosen.Name == "":
		return ""
	case d.Downgrade:
		return "a higher version was offered, and the server's random value says that the server supports a higher one too: an attacker may have changed the ClientHello"
	case higher:
		return "a higher one was offered, and the server stopped here"
	case chosen.Value == versionTLS13:
		return "the highest version; both sides support it"
	case d.marked:
		return "the highest that was offered; the server's random value says that it supports a higher one"
	}
	return "the highest that was offered; it is unknown whether the server supports a higher one"
}

// decide fills in a Choice by the order of the offer. why stands in place of
// what the order says, more after it where it is not the client's first.
func (c *Choice) decide(offered []Code, usable func(Code) bool, why, more string) {
	first := Code{}
	for _, o := range offered {
		if !usable(o) {
			continue
		}
		if c.Usable++; c.Usable == 1 {
			first = o
		}
	}
	switch {
	case c.Chosen.Name == "" || c.Usable == 0:
	case why != "":
		c.Why = why
	case c.Usable == 1:
		c.Why = "the only one offered for this version"
	case first.Value == c.Chosen.Value:
		c.Why = "the client's first choice, which may be the server's own too"
	default:
		c.Why = "not the client's first choice: the server follows its own order, or does not support the earlier ones" + more
	}
}

// suiteIn reports whether a suite belongs to a version: TLS 1.3 has its own (RFC
// 9846 appendix B.4), and AEAD and SHA-2 came with TLS 1.2 (RFC 5246 appendix A.5, RFC 5288 §3, RFC 5289 §3).
func suiteIn(version uint16) func(Code) bool {
	return func(c Code) bool {
		p := partsOf(c.Name)
		switch {
		case isGREASE(c.Value) || c.Value == suiteRenegotiationInfo || c.Value == suiteFallback:
			return false
		case version == versionTLS13:
			return p.exchange == ""
		case version == versionTLS12:
			return p.exchange != ""
		}
		return p.exchange != "" && !p.aead() && p.hash != "SHA256" && p.hash != "SHA384"
	}
}

// groupIn reports whether a group can be used in a version: those with ML-KEM
// need TLS 1.3 (RFC 10024), which has no use for the small and rare curves (RFC
// 9846 §4.3.7); Brainpool has numbers for each (RFC 8734 §2).
func groupIn(version uint16) func(Code) bool {
	return func(c Code) bool {
		switch v := c.Value; {
		case isGREASE(v):
			return false
		case isPostQuantum(v) || v >= 31 && v <= 33:
			return version == versionTLS13
		case v < 23 || v >= 26 && v <= 28 || v >= 0xff01:
			return version < versionTLS13
		}
		return true
	}
}

// whyGroup is what the messages of TLS 1.3 say of the group.
func (d *description) whyGroup() string {
	chosen := d.Group.Chosen
	switch {
	case chosen.Name == "" || d.version != versionTLS13:
		return ""
	case d.Retry:
		return "the server requested it with HelloRetryRequest, because the client had sent no key share for a group that the server accepts"
	case len(d.shares) > 0 && !isGREASE(d.shares[0]) && d.shares[0] == chosen.Value:
		return "the client's first choice, for which it had sent a key share"
	case slices.Contains(d.shares, chosen.Value):
		return "not the client's first choice: the server follows its own order, or does not support the earlier ones; the client had sent a key share for it too"
	}
	return ""
}

// whySignature: the kind of the server's key decides, and the offer within it.
func (d *description) whySignature() {
	s := &d.Signature
	if s.Chosen.Name == "" {
		return
	}
	if d.version < versionTLS12 {
		s.Why = "before TLS 1.2 the type of the server's key determines this; the offer has no effect"
		return
	}
	kind := keyKind(s.Chosen.Name)
	if d.version == versionTLS13 && kind != "RSA" && kind != "RSA-PSS" { // RFC 9846 §4.3.3
		s.Why = "the server's key is of type " + kind + "; in TLS 1.3 only this scheme fits its curve or size"
		s.Usable = d.signable()
		return
	}
	s.decide(s.Offered, func(c Code) bool { return signatureIn(d.version, c) && keyKind(c.Name) == kind }, "", "")
	if s.Usable > 0 {
		s.Why = fmt.Sprintf("the server's key is of type %s; of the %s offered for it, %s", kind, count(s.Usable, "scheme"), s.order())
	}
	s.Usable = d.signable()
}

// signable counts the schemes offered that may sign the handshake.
func (d *description) signable() (n int) {
	for _, o := range d.Signature.Offered {
		if signatureIn(d.version, o) {
			n++
		}
	}
	return n
}

// order is whose preference it was, in short.
func (c *Choice) order() string {
	switch {
	case strings.HasPrefix(c.Why, "not "):
		return "not the client's first"
	case c.Usable == 1:
		return "the only one"
	}
	return "the client's first"
}

// signatureIn reports whether a scheme may sign a handshake of that version:
// TLS 1.3 has neither PKCS #1 v1.5, nor SHA-1, SHA-224, MD5 or DSA (RFC 9846 §4.3.3).
func signatureIn(version uint16, c Code) bool {
	switch {
	case isGREASE(c.Value):
		return false
	case version != versionTLS13:
		return true
	}
	name := c.Name
	old := strings.HasPrefix(name, "rsa_pkcs1") || strings.HasPrefix(name, "dsa_") || strings.HasSuffix(name, "_sha1") ||
		strings.HasSuffix(name, "_sha224") || strings.HasSuffix(name, "_md5")
	return !old
}
