package tlswire

// Groups whose key shares have parts.
const (
	groupSecP256r1MLKEM768  = 0x11eb
	groupX25519MLKEM768     = 0x11ec
	groupSecP384r1MLKEM1024 = 0x11ed
	groupX25519Kyber768     = 0x6399
)

// The usual groups, of old and of today.
const (
	groupX25519        = 29
	nameX25519         = "x25519"
	nameX25519MLKEM768 = "X25519MLKEM768"
)

const (
	postQuantum  = "believed safe against quantum computers"
	purelyPQ     = "believed safe against quantum computers, with nothing to fall back on if ML-KEM should break"
	notToday     = "weak: too small or no longer used"
	notInTLS     = "strong enough, but TLS does not use it any more; a quantum computer would break it"
	classicGood  = "good, but a quantum computer would break it"
	discouragedF = "good at this size, slower than the curves; a quantum computer would break it"
)

// groups are the key exchange groups (IANA, TLS Supported Groups).
var groups = []Code{
	{1, "sect163k1", "binary curve, 163 bits", "RFC 8422 §5.1.1", notToday},
	{2, "sect163r1", "binary curve, 163 bits", "RFC 8422 §5.1.1", notToday},
	{3, "sect163r2", "binary curve, 163 bits", "RFC 8422 §5.1.1", notToday},
	{4, "sect193r1", "binary curve, 193 bits", "RFC 8422 §5.1.1", notToday},
	{5, "sect193r2", "binary curve, 193 bits", "RFC 8422 §5.1.1", notToday},
	{6, "sect233k1", "binary curve, 233 bits", "RFC 8422 §5.1.1", notToday},
	{7, "sect233r1", "binary curve, 233 bits", "RFC 8422 §5.1.1", notToday},
	{8, "sect239k1", "binary curve, 239 bits", "RFC 8422 §5.1.1", notToday},
	{9, "sect283k1", "binary curve, 283 bits", "RFC 8422 §5.1.1", notToday},
	{10, "sect283r1", "binary curve, 283 bits", "RFC 8422 §5.1.1", notToday},
	{11, "sect409k1", "binary curve, 409 bits", "RFC 8422 §5.1.1", notToday},
	{12, "sect409r1", "binary curve, 409 bits", "RFC 8422 §5.1.1", notToday},
	{13, "sect571k1", "binary curve, 571 bits", "RFC 8422 §5.1.1", notToday},
	{14, "sect571r1", "binary curve, 571 bits", "RFC 8422 §5.1.1", notToday},
	{15, "secp160k1", "curve of 160 bits", "RFC 8422 §5.1.1", notToday},
	{16, "secp160r1", "curve of 160 bits", "RFC 8422 §5.1.1", notToday},
	{17, "secp160r2", "curve of 160 bits", "RFC 8422 §5.1.1", notToday},
	{18, "secp192k1", "curve of 192 bits", "RFC 8422 §5.1.1", notToday},
	{19, "secp192r1", "curve of 192 bits (P-192)", "RFC 8422 §5.1.1", notToday},
	{20, "secp224k1", "curve of 224 bits", "RFC 8422 §5.1.1", notToday},
	{21, "secp224r1", "curve of 224 bits (P-224)", "RFC 8422 §5.1.1", notToday},
	{22, "secp256k1", "curve of 256 bits, known from Bitcoin", "RFC 8422 §5.1.1", notInTLS},
	{23, "secp256r1", "NIST curve P-256", "RFC 9846 §4.3.7, RFC 8422 §5.1.1", classicGood},
	{24, "secp384r1", "NIST curve P-384", "RFC 9846 §4.3.7, RFC 8422 §5.1.1", classicGood},
	{25, "secp521r1", "NIST curve P-521", "RFC 9846 §4.3.7, RFC 8422 §5.1.1", classicGood},
	{26, "brainpoolP256r1", "Brainpool curve of 256 bits, for TLS 1.2", "RFC 7027", classicGood},
	{27, "brainpoolP384r1", "Brainpool curve of 384 bits, for TLS 1.2", "RFC 7027", classicGood},
	{28, "brainpoolP512r1", "Brainpool curve of 512 bits, for TLS 1.2", "RFC 7027", classicGood},
	{groupX25519, nameX25519, "Curve25519, the usual choice", "RFC 9846 §4.3.7, RFC 7748", classicGood},
	{30, "x448", "Curve448", "RFC 9846 §4.3.7, RFC 7748", classicGood},
	{31, "brainpoolP256r1tls13", "Brainpool curve of 256 bits, for TLS 1.3", "RFC 8734", classicGood},
	{32, "brainpoolP384r1tls13", "Brainpool curve of 384 bits, for TLS 1.3", "RFC 8734", classicGood},
	{33, "brainpoolP512r1tls13", "Brainpool curve of 512 bits, for TLS 1.3", "RFC 8734", classicGood},
	{41, "curveSM2", "the Chinese curve SM2", "RFC 8998", classicGood},
	{0x0100, "ffdhe2048", "finite field Diffie-Hellman, 2048 bits", "RFC 7919", discouragedF},
	{0x0101, "ffdhe3072", "finite field Diffie-Hellman, 3072 bits", "RFC 7919", discouragedF},
	{0x0102, "ffdhe4096", "finite field Diffie-Hellman, 4096 bits", "RFC 7919", discouragedF},
	{0x0103, "ffdhe6144", "finite field Diffie-Hellman, 6144 bits", "RFC 7919", discouragedF},
	{0x0104, "ffdhe8192", "finite field Diffie-Hellman, 8192 bits", "RFC 7919", discouragedF},
	{0x0200, "MLKEM512", "ML-KEM-512 alone", "draft-ietf-tls-mlkem", purelyPQ},
	{0x0201, "MLKEM768", "ML-KEM-768 alone", "draft-ietf-tls-mlkem", purelyPQ},
	{0x0202, "MLKEM1024", "ML-KEM-1024 alone", "draft-ietf-tls-mlkem", purelyPQ},
	{groupSecP256r1MLKEM768, "SecP256r1MLKEM768", "hybrid: P-256 and ML-KEM-768, safe as long as one of them is not broken", "RFC 10024", postQuantum},
	{groupX25519MLKEM768, nameX25519MLKEM768, "hybrid: ML-KEM-768 and X25519, safe as long as one of them is not broken", "RFC 10024", postQuantum},
	{groupSecP384r1MLKEM1024, "SecP384r1MLKEM1024", "hybrid: P-384 and ML-KEM-1024, safe as long as one of them is not broken", "RFC 10024", postQuantum},
	{groupX25519Kyber768, "X25519Kyber768Draft00", "hybrid: X25519 and Kyber-768, an early trial", "draft-tls-westerbaan-xyber768d00", "replaced by X25519MLKEM768"},
	{0xff01, "arbitrary_explicit_prime_curves", "any prime curve, its parameters spelled out", "RFC 8422 §5.1.1", notToday},
	{0xff02, "arbitrary_explicit_char2_curves", "any binary curve, its parameters spelled out", "RFC 8422 §5.1.1", notToday},
}

// groupOf looks a group up. GREASE values are found too.
func groupOf(g uint16) (Code, bool) { return lookup16(groups, g) }

// GroupName names a key exchange group, "0x1234 (unknown)" if it has none. The
// two of nearly every handshake need no table, which is in no cache then.
func GroupName(g uint16) string {
	switch g {
	case groupX25519:
		return nameX25519
	case groupX25519MLKEM768:
		return nameX25519MLKEM768
	}
	return name16(groups, g)
}

// isPostQuantum reports whether a quantum computer would not undo the exchange.
func isPostQuantum(g uint16) bool {
	switch g {
	case 0x0200, 0x0201, 0x0202, groupSecP256r1MLKEM768, groupX25519MLKEM768, groupSecP384r1MLKEM1024, groupX25519Kyber768:
		return true
	}
	return false
}
