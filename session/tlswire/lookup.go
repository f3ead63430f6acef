package tlswire

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Registry is a table of code points, as IANA keeps it.
type Registry struct {
	Kind string // tls-message, tls-extension, alert, tls-version, tls-suite, tls-group, tls-signature, tls-record
	Bits int    // of its numbers
	// words are what else people call a code point of it, folded.
	words []string
	// table is where its code points are. There is none for the suites, whose
	// meanings are made of their names.
	table *[]Code
}

// Registries lists the tables in which [Named] and [Numbered] look.
func Registries() []*Registry { return registries }

// The registries that are looked at by themselves.
const (
	kindMessage   = "tls-message"
	kindExtension = "tls-extension"
	kindAlert     = "alert"
	kindSuite     = "tls-suite"
)

var registries = []*Registry{
	{kindMessage, 8, []string{"message", "handshake", "handshaketype", "handshakemessage", "tlshandshake"}, &handshakeTypes},
	{kindExtension, 16, []string{"extension", "ext", "extensiontype"}, &extensionTypes},
	{kindAlert, 8, []string{"tlsalert", "sslalert", "alertnumber", "sslalertnumber"}, &alerts},
	{"tls-version", 16, []string{"version", "protocol", "protocolversion"}, &versions},
	{kindSuite, 16, []string{"suite", "cipher", "ciphersuite"}, nil},
	{"tls-group", 16, []string{"group", "curve", "namedgroup", "namedcurve", "curveid"}, &groups},
	{"tls-signature", 16, []string{"signature", "scheme", "signaturescheme", "sigalg", "signaturealgorithm"}, &signatureSchemes},
	{"tls-record", 8, []string{"record", "contenttype", "recordtype"}, &contentTypes},
}

// Codes lists the code points.
func (r *Registry) Codes() []Code {
	if r.Kind == kindSuite {
		return cipherSuites()
	}
	return slices.Clone(*r.table)
}

// Names lists the names of the code points alone, which costs less than what they mean.
func (r *Registry) Names() []string {
	var names []string
	if r.Kind == kindSuite {
		for _, row := range suiteTable {
			names = append(names, row.name)
		}
		return names
	}
	for _, c := range *r.table {
		names = append(names, c.Name)
	}
	return names
}

// Find looks a code point up by its number.
func (r *Registry) Find(value uint16) (Code, bool) {
	switch {
	case r.Kind == kindSuite:
		return suiteOf(value)
	case r.Bits == 8:
		return lookup(*r.table, value)
	}
	return lookup16(*r.table, value)
}

// word is what a person puts in front of a number or a name to mean this registry.
func (r *Registry) word() string { return strings.TrimPrefix(r.Kind, "tls-") }

// Point is a code point with the registry that has it.
type Point struct {
	*Registry
	Code
}

// RegistryOf finds the registry that a word stands for, such as "extension".
func RegistryOf(word string) (*Registry, bool) {
	folded := fold(word)
	for _, r := range registries {
		if folds(r.Kind, folded) || folds(r.word(), folded) || slices.Contains(r.words, folded) {
			return r, true
		}
	}
	return nil, false
}

// Named finds the code points of that name: the registry's, or one that people
// or programs use, such as P-256 or ECDHE-RSA-AES128-GCM-SHA256. Case, blanks,
// hyphens and the like do not matter.
func Named(name string) []Point {
	var out []Point
	for _, r := range registries {
		if c, ok := r.Named(name); ok {
			out = append(out, Point{r, c})
		}
	}
	return out
}

// Named is the function of that name for one registry.
func (r *Registry) Named(name string) (Code, bool) {
	folded := fold(name)
	if folded == "" {
		return Code{}, false
	}
	if r.Kind == kindSuite {
		return suiteNamed(folded)
	}
	for _, c := range *r.table {
		if folds(c.Name, folded) || r.alias(c, folded) {
			return c, true
		}
	}
	return Code{}, false
}

// suiteNamed goes by the names alone: what each suite means is made of its name
// and would cost more than all of the search.
//
// LibreSSL calls those of TLS 1.3 AEAD-AES128-GCM-SHA256 and the like.
func suiteNamed(folded string) (Code, bool) {
	if rest, libre := strings.CutPrefix(folded, "aead"); libre {
		folded = "tls" + rest
	}
	for _, row := range suiteTable {
		if folds(row.name, folded) || isOpenSSLName(folded, partsOf(row.name)) {
			return row.code(), true
		}
	}
	return Code{}, false
}

// alias reports whether a code point is also called so.
func (r *Registry) alias(c Code, folded string) bool {
	same := func(name string) bool { return folds(name, folded) }
	if r.table == &versions {
		return slices.ContainsFunc(versionNames(c), same)
	}
	for _, a := range aliases {
		if a.kind == r.Kind && a.value == c.Value {
			return slices.ContainsFunc(a.names, same)
		}
	}
	return false
}

// Numbered finds the code points with that number, each name once: GREASE is
// the same everywhere.
func Numbered(value uint16) []Point {
	var out []Point
	for _, r := range registries {
		c, ok := r.Find(value)
		same := func(p Point) bool { return p.Name == c.Name }
		if ok && !slices.ContainsFunc(out, same) {
			out = append(out, Point{r, c})
		}
	}
	return out
}

// fold makes names comparable that differ in case and in what stands between
// their words.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if isFolded(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

func isFolded(r rune) bool {
	switch r {
	case '-', '_', ' ', '.', '+', '/':
		return true
	}
	return false
}

// folds reports whether fold makes folded of name, and makes nothing for it.
func folds(name, folded string) bool {
	rest, ok := cutFolded(folded, name)
	return ok && rest == ""
}

// cutFolded takes what fold makes of name off the start of folded.
func cutFolded(folded, name string) (rest string, ok bool) {
	for _, r := range name {
		if isFolded(r) {
			continue
		}
		c, size := utf8.DecodeRuneInString(folded)
		if size == 0 || c != unicode.ToLower(r) {
			return folded, false
		}
		folded = folded[size:]
	}
	return folded, true
}

// aliases are other names of code points: of other registries, of programs, and
// what people say.
var aliases = []struct {
	kind  string
	value uint16
	names []string
}{
	{"tls-message", typeNewSessionTicket, []string{"NST"}},
	{"tls-message", typeEncryptedExtensions, []string{"EE"}},
	{"tls-message", typeServerKeyExchange, []string{"SKE"}},
	{"tls-message", typeClientKeyExchange, []string{"CKE"}},
	{"tls-message", typeServerHelloDone, []string{"SHD"}},
	{"tls-extension", extServerName, []string{"SNI", "server name indication"}},
	{"tls-extension", extStatusRequest, []string{"OCSP stapling", "OCSP staple", "stapling"}},
	{"tls-extension", extSupportedGroups, []string{"elliptic_curves"}},
	{"tls-extension", extALPN, []string{"ALPN"}},
	{"tls-extension", extSCT, []string{"SCT", "certificate transparency"}},
	{"tls-extension", extEncryptThenMAC, []string{"EtM"}},
	{"tls-extension", extExtendedMasterSecret, []string{"EMS"}},
	{"tls-extension", extSessionTicket, []string{"SessionTicket TLS"}},
	{"tls-extension", extPreSharedKey, []string{"PSK"}},
	{"tls-extension", extEarlyData, []string{"0-RTT"}},
	{"tls-extension", extPostHandshakeAuth, []string{"PHA"}},
	{"tls-extension", extEncryptedClientHello, []string{"ECH", "encrypted SNI"}},
	{"tls-extension", extRenegotiationInfo, []string{"secure renegotiation"}},
	{"tls-group", 19, []string{"P-192", "prime192v1"}},
	{"tls-group", 21, []string{"P-224"}},
	{"tls-group", 23, []string{"P-256", "NIST P-256", "prime256v1", "CurveP256"}},
	{"tls-group", 24, []string{"P-384", "NIST P-384", "CurveP384"}},
	{"tls-group", 25, []string{"P-521", "NIST P-521", "CurveP521"}},
	{"tls-group", 29, []string{"Curve25519"}},
	{"tls-group", 30, []string{"Curve448"}},
	{"tls-group", 0x0201, []string{"ML-KEM", "ML-KEM-768"}},
	{"tls-group", groupX25519MLKEM768, []string{"mlkem768x25519"}},
	{"tls-group", groupX25519Kyber768, []string{"Kyber", "X25519Kyber768"}},
	{"tls-signature", 0x0201, []string{"PKCS1WithSHA1", "RSA+SHA1"}},
	{"tls-signature", 0x0203, []string{"ECDSAWithSHA1", "ECDSA+SHA1"}},
	{"tls-signature", 0x0401, []string{"PKCS1WithSHA256", "RSA+SHA256"}},
	{"tls-signature", 0x0403, []string{"ECDSAWithP256AndSHA256", "ECDSA+SHA256"}},
	{"tls-signature", 0x0501, []string{"PKCS1WithSHA384", "RSA+SHA384"}},
	{"tls-signature", 0x0503, []string{"ECDSAWithP384AndSHA384", "ECDSA+SHA384"}},
	{"tls-signature", 0x0601, []string{"PKCS1WithSHA512", "RSA+SHA512"}},
	{"tls-signature", 0x0603, []string{"ECDSAWithP521AndSHA512", "ECDSA+SHA512"}},
	{"tls-signature", 0x0804, []string{"PSSWithSHA256", "RSA-PSS", "PSS", "RSA-PSS+SHA256"}},
	{"tls-signature", 0x0805, []string{"PSSWithSHA384", "RSA-PSS+SHA384"}},
	{"tls-signature", 0x0806, []string{"PSSWithSHA512", "RSA-PSS+SHA512"}},
	{"tls-record", contentChangeCipherSpec, []string{"CCS"}},
}

// versionNames are those of programs: TLSv1.2, TLS1.2, VersionTLS12; TLSv1 is 1.0.
func versionNames(c Code) []string {
	protocol, number, _ := strings.Cut(c.Name, " ")
	names := []string{protocol + "v" + number, "Version" + c.Name}
	if major, minor, _ := strings.Cut(number, "."); minor == "0" {
		names = append(names, protocol+"v"+major, protocol+major)
	}
	return names
}

// isOpenSSLName reports whether OpenSSL calls a suite of TLS 1.2 or older so
// (ciphers(1)): key exchange and authentication with RSA go unsaid, as do CBC
// and what a cipher implies.
func isOpenSSLName(folded string, p suiteParts) bool {
	if p.exchange == "" || p.export {
		return false
	}
	exchange, auth := openSSLExchange(p)
	hash := p.hash
	if p.cipher == "CHACHA20_POLY1305" {
		hash = ""
	}
	for _, part := range [...]string{exchange, auth, openSSLCipher(p), hash} {
		var ok bool
		if folded, ok = cutFolded(folded, part); !ok {
			return false
		}
	}
	return folded == ""
}

func openSSLExchange(p suiteParts) (exchange, auth string) {
	switch {
	case p.auth == "anon":
		return "A", p.exchange
	case p.exchange == p.auth && p.auth == "RSA":
		return "", ""
	case p.exchange == p.auth, p.exchange == "ECDHE" && p.auth == "RSA" && strings.HasPrefix(p.cipher, "ARIA"):
		return p.exchange, ""
	}
	return p.exchange, p.auth
}

func openSSLCipher(p suiteParts) string {
	shared := p.auth == "PSK" || p.exchange == "SRP"
	switch cipher, cbc := strings.CutSuffix(p.cipher, "_CBC"); {
	case cipher == "3DES_EDE" && !shared:
		return "DES-CBC3"
	case cipher == "RC4_128":
		return "RC4"
	case cbc && shared && !strings.HasPrefix(cipher, "CAMELLIA"), cipher == "IDEA", cipher == "DES":
		return p.cipher
	case cbc:
		return cipher
	}
	return p.cipher
}
