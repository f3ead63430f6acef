package tlswire

import (
	"strings"
)

const (
	sha1Broken = "weak: SHA-1 collides (RFC 9155)"
	md5Broken  = "insecure: MD5 collides (RFC 9155)"
	pkcs1Only  = "fine in certificates; TLS 1.3 does not sign handshakes with it"
)

// signatureSchemes are the values of signature_algorithms (IANA, TLS
// SignatureScheme). Those below 0x0800 are also TLS 1.2's pairs of hash and
// signature (RFC 5246 §7.4.1.4.1).
var signatureSchemes = []Code{
	{0x0101, "rsa_pkcs1_md5", "RSA PKCS #1 v1.5 with MD5", "RFC 5246 §7.4.1.4.1", md5Broken},
	{0x0102, "dsa_md5", "DSA with MD5", "RFC 5246 §7.4.1.4.1", md5Broken},
	{0x0103, "ecdsa_md5", "ECDSA with MD5", "RFC 5246 §7.4.1.4.1", md5Broken},
	{0x0201, "rsa_pkcs1_sha1", "RSA PKCS #1 v1.5 with SHA-1", "RFC 9846 §4.3.3", sha1Broken},
	{0x0202, "dsa_sha1", "DSA with SHA-1", "RFC 5246 §7.4.1.4.1", sha1Broken},
	{0x0203, "ecdsa_sha1", "ECDSA with SHA-1", "RFC 9846 §4.3.3", sha1Broken},
	{0x0301, "rsa_pkcs1_sha224", "RSA PKCS #1 v1.5 with SHA-224", "RFC 5246 §7.4.1.4.1", "no longer used"},
	{0x0302, "dsa_sha224", "DSA with SHA-224", "RFC 5246 §7.4.1.4.1", "no longer used"},
	{0x0303, "ecdsa_sha224", "ECDSA with SHA-224", "RFC 5246 §7.4.1.4.1", "no longer used"},
	{0x0401, "rsa_pkcs1_sha256", "RSA PKCS #1 v1.5 with SHA-256", "RFC 9846 §4.3.3", pkcs1Only},
	{0x0402, "dsa_sha256", "DSA with SHA-256", "RFC 5246 §7.4.1.4.1", "no longer used"},
	{0x0403, "ecdsa_secp256r1_sha256", "ECDSA with SHA-256; in TLS 1.3 on P-256 only", "RFC 9846 §4.3.3", "recommended"},
	{0x0420, "rsa_pkcs1_sha256_legacy", "RSA PKCS #1 v1.5 with SHA-256, for client certificates of old devices", "draft-ietf-tls-tls13-pkcs1", "for legacy devices"},
	{0x0501, "rsa_pkcs1_sha384", "RSA PKCS #1 v1.5 with SHA-384", "RFC 9846 §4.3.3", pkcs1Only},
	{0x0502, "dsa_sha384", "DSA with SHA-384", "RFC 5246 §7.4.1.4.1", "no longer used"},
	{0x0503, "ecdsa_secp384r1_sha384", "ECDSA with SHA-384; in TLS 1.3 on P-384 only", "RFC 9846 §4.3.3", "recommended"},
	{0x0601, "rsa_pkcs1_sha512", "RSA PKCS #1 v1.5 with SHA-512", "RFC 9846 §4.3.3", pkcs1Only},
	{0x0602, "dsa_sha512", "DSA with SHA-512", "RFC 5246 §7.4.1.4.1", "no longer used"},
	{0x0603, "ecdsa_secp521r1_sha512", "ECDSA with SHA-512; in TLS 1.3 on P-521 only", "RFC 9846 §4.3.3", "recommended"},
	{0x0708, "sm2sig_sm3", "the Chinese SM2 with SM3", "RFC 8998", "regional"},
	{0x0804, "rsa_pss_rsae_sha256", "RSA-PSS with SHA-256, ordinary RSA key", "RFC 9846 §4.3.3", "recommended"},
	{0x0805, "rsa_pss_rsae_sha384", "RSA-PSS with SHA-384, ordinary RSA key", "RFC 9846 §4.3.3", "recommended"},
	{0x0806, "rsa_pss_rsae_sha512", "RSA-PSS with SHA-512, ordinary RSA key", "RFC 9846 §4.3.3", "recommended"},
	{0x0807, "ed25519", "Ed25519", "RFC 9846 §4.3.3, RFC 8032", "recommended"},
	{0x0808, "ed448", "Ed448", "RFC 9846 §4.3.3, RFC 8032", "recommended"},
	{0x0809, "rsa_pss_pss_sha256", "RSA-PSS with SHA-256, key for PSS only", "RFC 9846 §4.3.3", "recommended"},
	{0x080a, "rsa_pss_pss_sha384", "RSA-PSS with SHA-384, key for PSS only", "RFC 9846 §4.3.3", "recommended"},
	{0x080b, "rsa_pss_pss_sha512", "RSA-PSS with SHA-512, key for PSS only", "RFC 9846 §4.3.3", "recommended"},
	{0x081a, "ecdsa_brainpoolP256r1tls13_sha256", "ECDSA on brainpoolP256r1", "RFC 8734", ""},
	{0x081b, "ecdsa_brainpoolP384r1tls13_sha384", "ECDSA on brainpoolP384r1", "RFC 8734", ""},
	{0x081c, "ecdsa_brainpoolP512r1tls13_sha512", "ECDSA on brainpoolP512r1", "RFC 8734", ""},
	{0x0904, "mldsa44", "ML-DSA-44, a signature safe against quantum computers", "draft-ietf-tls-mldsa", ""},
	{0x0905, "mldsa65", "ML-DSA-65, a signature safe against quantum computers", "draft-ietf-tls-mldsa", ""},
	{0x0906, "mldsa87", "ML-DSA-87, a signature safe against quantum computers", "draft-ietf-tls-mldsa", ""},
}

// SignatureScheme looks a signature scheme up. GREASE values are found too.
func SignatureScheme(s uint16) (Code, bool) { return lookup16(signatureSchemes, s) }

func isWeakSignature(s uint16) bool {
	c, _ := lookup(signatureSchemes, s)
	return strings.HasPrefix(c.Verdict, "weak") || strings.HasPrefix(c.Verdict, "insecure")
}
