package tlswire

var versions = []Code{
	{0x0002, "SSL 2.0", "from 1995, the first public version of SSL", "RFC 6176", "prohibited (RFC 6176)"},
	{versionSSL30, "SSL 3.0", "from 1996, the last version of SSL", "RFC 6101", "prohibited (RFC 7568)"},
	{versionTLS10, "TLS 1.0", "from 1999, obsolete since 2021", "RFC 2246", "must not be used (RFC 8996)"},
	{versionTLS11, "TLS 1.1", "from 2006, obsolete since 2021", "RFC 4346", "must not be used (RFC 8996)"},
	{versionTLS12, "TLS 1.2", "from 2008, in wide use", "RFC 5246", "secure with a good configuration; frozen for new features (RFC 9851)"},
	{versionTLS13, "TLS 1.3", "from 2018, the current version", "RFC 9846 (was 8446)", "recommended (RFC 9325 §3.1.1)"},
}

// versionOf looks a version up. GREASE values are found too.
func versionOf(v uint16) (Code, bool) { return lookup16(versions, v) }

// VersionName names a version, "0x1234 (unknown)" if it has none.
func VersionName(v uint16) string { return name16(versions, v) }

var pointFormats = []Code{
	{0, "uncompressed", "both coordinates in full", "RFC 8422 §5.1.2", ""},
	{1, "ansiX962_compressed_prime", "one coordinate and a sign, prime curves", "RFC 8422 §5.1.2", "deprecated"},
	{2, "ansiX962_compressed_char2", "one coordinate and a sign, binary curves", "RFC 8422 §5.1.2", "deprecated"},
}

var pskModes = []Code{
	{0, "psk_ke", "the pre-shared key alone", "RFC 9846 §4.3.9", "no forward secrecy"},
	{1, "psk_dhe_ke", "the pre-shared key and a fresh (EC)DHE exchange", "RFC 9846 §4.3.9", "forward secrecy"},
}

var statusTypes = []Code{
	{1, "ocsp", "one OCSP response", "RFC 6066 §8", ""},
	{2, "ocsp_multi", "an OCSP response for each certificate", "RFC 6961 §2.2", "obsolete"},
}

// clientCertificateTypes are the certificate_types of a CertificateRequest of
// TLS 1.2 and older (IANA, TLS ClientCertificateType Identifiers).
var clientCertificateTypes = []Code{
	{1, "rsa_sign", "an RSA key that signs", "RFC 5246 §7.4.4", ""},
	{2, "dss_sign", "a DSA key that signs", "RFC 5246 §7.4.4", ""},
	{3, "rsa_fixed_dh", "a static DH key signed with RSA", "RFC 5246 §7.4.4", ""},
	{4, "dss_fixed_dh", "a static DH key signed with DSA", "RFC 5246 §7.4.4", ""},
	{5, "rsa_ephemeral_dh", "SSL 3.0", "RFC 5246 §7.4.4", "reserved"},
	{6, "dss_ephemeral_dh", "SSL 3.0", "RFC 5246 §7.4.4", "reserved"},
	{20, "fortezza_dms", "SSL 3.0", "RFC 5246 §7.4.4", "reserved"},
	{22, "gost_sign256", "a GOST key of 256 bits", "RFC 9189", "regional"},
	{23, "gost_sign512", "a GOST key of 512 bits", "RFC 9189", "regional"},
	{64, "ecdsa_sign", "an elliptic curve key that signs (ECDSA or EdDSA)", "RFC 8422 §5.5", ""},
	{65, "rsa_fixed_ecdh", "a static ECDH key signed with RSA", "RFC 8422 §5.5", "deprecated"},
	{66, "ecdsa_fixed_ecdh", "a static ECDH key signed with ECDSA", "RFC 8422 §5.5", "deprecated"},
}

// certificateTypes are the kinds of certificate of RFC 7250.
var certificateTypes = []Code{
	{0, "X509", "an X.509 certificate", "RFC 7250 §3", ""},
	{1, "OpenPGP", "an OpenPGP key", "RFC 6091", "no longer used"},
	{2, "RawPublicKey", "a bare public key", "RFC 7250 §3", ""},
}

var compressionMethods = []Code{
	{0, "null", "no compression", "RFC 5246 §6.2.2", ""},
	{1, "DEFLATE", "compression of records", "RFC 3749", "insecure (CRIME; RFC 9325 §3.3)"},
	{64, "LZS", "compression of records", "RFC 3943", "insecure (CRIME; RFC 9325 §3.3)"},
}

var certificateCompressions = []Code{
	{1, "zlib", "zlib", "RFC 8879 §3", ""},
	{2, "brotli", "Brotli", "RFC 8879 §3", ""},
	{3, "zstd", "Zstandard", "RFC 8879 §3", ""},
}

var maxFragmentLengths = []Code{
	{1, "512 bytes", "records of at most 512 bytes", "RFC 6066 §4", ""},
	{2, "1024 bytes", "records of at most 1024 bytes", "RFC 6066 §4", ""},
	{3, "2048 bytes", "records of at most 2048 bytes", "RFC 6066 §4", ""},
	{4, "4096 bytes", "records of at most 4096 bytes", "RFC 6066 §4", ""},
}

var curveTypes = []Code{
	{1, "explicit_prime", "a prime curve with explicit parameters", "RFC 8422 §5.4", "deprecated"},
	{2, "explicit_char2", "a binary curve with explicit parameters", "RFC 8422 §5.4", "deprecated"},
	{3, "named_curve", "a named curve", "RFC 8422 §5.4", ""},
}

var nameTypes = []Code{
	{0, "host_name", "a DNS host name", "RFC 6066 §3", ""},
}

var heartbeatModes = []Code{
	{1, "peer_allowed_to_send", "the peer may send heartbeats", "RFC 6520 §2", ""},
	{2, "peer_not_allowed_to_send", "the peer must not send heartbeats", "RFC 6520 §2", ""},
}

var keyUpdateRequests = []Code{
	{0, "update_not_requested", "only the sender's key changes", "RFC 9846 §4.7.3", ""},
	{1, "update_requested", "the receiver has to change its key too", "RFC 9846 §4.7.3", ""},
}

var echTypes = []Code{
	{0, "outer", "the ClientHello that anyone on the path can read", "RFC 9849 §5", ""},
	{1, "inner", "the hidden ClientHello", "RFC 9849 §5", ""},
}

var hpkeKDFs = []Code{
	{1, "HKDF-SHA256", "", "RFC 9180 §7.2", ""},
	{2, "HKDF-SHA384", "", "RFC 9180 §7.2", ""},
	{3, "HKDF-SHA512", "", "RFC 9180 §7.2", ""},
}

var hpkeAEADs = []Code{
	{1, "AES-128-GCM", "", "RFC 9180 §7.3", ""},
	{2, "AES-256-GCM", "", "RFC 9180 §7.3", ""},
	{3, "ChaCha20Poly1305", "", "RFC 9180 §7.3", ""},
}
