package tlswire

import (
	"sort"
	"strings"
)

// suiteRow is one registered cipher suite.
type suiteRow struct {
	value uint16
	name  string // IANA
	ref   string
}

// cipherSuites lists the known cipher suites by value.
func cipherSuites() []Code {
	out := make([]Code, len(suiteTable))
	for i, row := range suiteTable {
		out[i] = row.code()
	}
	return out
}

// suiteOf looks a cipher suite up. GREASE values are found too.
func suiteOf(value uint16) (Code, bool) {
	if isGREASE(value) {
		return greaseCode(value), true
	}
	row, ok := suite(value)
	if !ok {
		return Code{}, false
	}
	return row.code(), true
}

func suite(value uint16) (suiteRow, bool) {
	i := sort.Search(len(suiteTable), func(i int) bool { return suiteTable[i].value >= value })
	if i == len(suiteTable) || suiteTable[i].value != value {
		return suiteRow{}, false
	}
	return suiteTable[i], true
}

// CipherSuiteName returns the IANA name, "0x1234 (unknown)" if there is none.
func CipherSuiteName(value uint16) string {
	if row, ok := suite(value); ok {
		return row.name
	}
	if isGREASE(value) {
		return greaseCode(value).Name
	}
	return unknown16(value)
}

func (r suiteRow) code() Code {
	c := Code{Value: r.value, Name: r.name, Ref: r.ref}
	switch r.value {
	case suiteRenegotiationInfo:
		c.Meaning = "not a suite: the client knows secure renegotiation"
	case suiteFallback:
		c.Meaning = "not a suite: the client has tried a higher version before (downgrade protection)"
	default:
		p := partsOf(r.name)
		c.Meaning, c.Verdict = p.meaning(), p.verdict()
	}
	return c
}

// Values in the list of suites that are signals (RFC 5746 §3.3, RFC 7507 §2).
const (
	suiteRenegotiationInfo = 0x00ff
	suiteFallback          = 0x5600
)

// suiteParts is what a cipher suite is made of, as its name says: TLS_<key
// exchange>_<authentication>_WITH_<cipher>_<hash>. TLS 1.3 names only cipher
// and hash.
type suiteParts struct {
	exchange string // ECDHE, DHE, RSA, ECDH, DH, PSK, …; "" in TLS 1.3
	auth     string // RSA, ECDSA, DSS, PSK, anon; "" in TLS 1.3
	cipher   string // AES_128_GCM, AES_256_CBC, CHACHA20_POLY1305, …
	hash     string // SHA, SHA256, SHA384, MD5, or "" where the cipher implies SHA256
	export   bool
}

func partsOf(name string) suiteParts {
	var p suiteParts
	name = strings.TrimPrefix(name, "TLS_")
	if before, after, ok := strings.Cut(name, "_WITH_"); ok {
		p.exchange, p.export = strings.CutSuffix(before, "_EXPORT")
		p.exchange, p.auth = splitExchange(p.exchange)
		name = after
	}
	p.cipher = name
	if i := strings.LastIndexByte(name, '_'); i >= 0 && isHash(name[i+1:]) {
		p.cipher, p.hash = name[:i], name[i+1:]
	}
	return p
}

func isHash(s string) bool {
	return s == "SHA" || s == "SHA256" || s == "SHA384" || s == "MD5"
}

// splitExchange takes the part before _WITH_ apart.
func splitExchange(s string) (exchange, auth string) {
	switch s {
	case "RSA", "PSK", "NULL":
		return s, s
	case "PSK_DHE": // the registry's own spelling of two CCM suites
		return "DHE", "PSK"
	case "SRP_SHA":
		return "SRP", "SRP"
	}
	if rest, ok := strings.CutPrefix(s, "SRP_SHA_"); ok {
		return "SRP", rest
	}
	exchange, auth, _ = strings.Cut(s, "_")
	return exchange, auth
}

func (p suiteParts) meaning() string {
	cipher := strings.ReplaceAll(p.cipher, "_", "-")
	said := make([]string, 0, 4)
	switch {
	case p.exchange == "":
		said = append(said, "TLS 1.3")
	case p.auth == "anon":
		said = append(said, p.exchange+" key exchange without authentication")
	case p.exchange == p.auth:
		said = append(said, p.exchange+" for key exchange and authentication")
	default:
		said = append(said, p.exchange+" key exchange", p.auth+" authentication")
	}
	said = append(said, cipher)
	if p.hash != "" {
		said = append(said, hashInWords(p.hash))
	}
	return strings.Join(said, ", ")
}

func hashInWords(hash string) string {
	switch hash {
	case "SHA":
		return "SHA-1"
	case "SHA256":
		return "SHA-256"
	case "SHA384":
		return "SHA-384"
	}
	return hash
}

// verdict judges a suite by RFC 9325 §4.1 and §4.2, and by the column
// "Recommended" of the registry (IANA, TLS Cipher Suites).
func (p suiteParts) verdict() string {
	aead := p.aead()
	switch {
	case strings.HasPrefix(p.cipher, "NULL"):
		return "insecure: nothing is encrypted (RFC 9325 §4.1)"
	case p.auth == "anon":
		return "insecure: neither side is authenticated"
	case p.export, strings.HasPrefix(p.cipher, "DES"), strings.HasPrefix(p.cipher, "RC2"):
		return "insecure: the key can be found by brute force (RFC 9325 §4.1)"
	case strings.HasPrefix(p.cipher, "RC4"):
		return "insecure: RC4 is prohibited (RFC 7465)"
	case strings.HasPrefix(p.cipher, "3DES"), strings.HasPrefix(p.cipher, "IDEA"):
		return "weak: a cipher of 64-bit blocks (Sweet32; RFC 9325 §4.1)"
	case strings.HasSuffix(p.cipher, "CCM_8"):
		return "not recommended in general (IANA): its authentication tag has 8 bytes instead of 16, for constrained devices"
	case p.exchange == "":
		return "recommended (RFC 9325 §4.3)"
	case !p.forwardSecret():
		return "discouraged: no forward secrecy (RFC 9325 §4.1)"
	case !aead:
		return "discouraged: CBC, in which encryption and authentication are separate (RFC 9325 §4.2)"
	case p.exchange == "DHE":
		return "acceptable, but ECDHE is better (RFC 9325 §4.1)"
	}
	if usual := strings.HasPrefix(p.cipher, "AES") && strings.HasSuffix(p.cipher, "GCM") || p.cipher == "CHACHA20_POLY1305"; !usual || p.auth == "PSK" {
		return "forward secrecy and authenticated encryption; rarely used for mail"
	}
	return "recommended (RFC 9325 §4.2)"
}

func (p suiteParts) aead() bool {
	return strings.Contains(p.cipher, "GCM") || strings.Contains(p.cipher, "CCM") || p.cipher == "CHACHA20_POLY1305"
}

// forwardSecret reports whether the key exchange uses keys that are thrown
// away. TLS 1.3 always does, but for a bare PSK.
func (p suiteParts) forwardSecret() bool {
	return p.exchange == "" || p.exchange == "ECDHE" || p.exchange == "DHE"
}
