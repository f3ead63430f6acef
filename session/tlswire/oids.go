package tlswire

import "sort"

// oidRow names one object identifier.
type oidRow struct{ oid, name string }

// oidName returns the usual name of an object identifier, or nothing.
func oidName(oid string) string { return findOID(oids, oid) }

// attributeName returns the short name of an attribute of a distinguished
// name (RFC 4514 §3), or nothing.
func attributeName(oid string) string { return findOID(attributes, oid) }

func findOID(table []oidRow, oid string) string {
	i := sort.Search(len(table), func(i int) bool { return table[i].oid >= oid })
	if i < len(table) && table[i].oid == oid {
		return table[i].name
	}
	return ""
}

// attributes are sorted by identifier as text.
var attributes = []oidRow{
	{"0.9.2342.19200300.100.1.1", "UID"},
	{"0.9.2342.19200300.100.1.25", "DC"},
	{"1.2.840.113549.1.9.1", "emailAddress"},
	{"1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"},
	{"1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"},
	{"2.5.4.10", "O"},
	{"2.5.4.11", "OU"},
	{"2.5.4.12", "title"},
	{"2.5.4.15", "businessCategory"},
	{"2.5.4.17", "postalCode"},
	{"2.5.4.3", "CN"},
	{"2.5.4.4", "SN"},
	{"2.5.4.42", "GN"},
	{"2.5.4.46", "dnQualifier"},
	{"2.5.4.5", "serialNumber"},
	{"2.5.4.6", "C"},
	{"2.5.4.65", "pseudonym"},
	{"2.5.4.7", "L"},
	{"2.5.4.8", "ST"},
	{"2.5.4.9", "street"},
	{"2.5.4.97", "organizationIdentifier"},
}

// oids are sorted by identifier as text: algorithms (RFC 3279, 4055, 5758,
// 8410), curves (RFC 5480, RFC 5639), extensions and purposes (RFC 5280 §4.2).
var oids = []oidRow{
	{"1.2.840.10040.4.1", "dsa"},
	{"1.2.840.10040.4.3", "dsa-with-sha1"},
	{"1.2.840.10045.2.1", "id-ecPublicKey"},
	{"1.2.840.10045.3.1.7", "secp256r1"},
	{"1.2.840.10045.4.1", "ecdsa-with-SHA1"},
	{"1.2.840.10045.4.3.1", "ecdsa-with-SHA224"},
	{"1.2.840.10045.4.3.2", "ecdsa-with-SHA256"},
	{"1.2.840.10045.4.3.3", "ecdsa-with-SHA384"},
	{"1.2.840.10045.4.3.4", "ecdsa-with-SHA512"},
	{"1.2.840.113549.1.1.1", "rsaEncryption"},
	{"1.2.840.113549.1.1.10", "rsassa-pss"},
	{"1.2.840.113549.1.1.11", "sha256WithRSAEncryption"},
	{"1.2.840.113549.1.1.12", "sha384WithRSAEncryption"},
	{"1.2.840.113549.1.1.13", "sha512WithRSAEncryption"},
	{"1.2.840.113549.1.1.14", "sha224WithRSAEncryption"},
	{"1.2.840.113549.1.1.2", "md2WithRSAEncryption"},
	{"1.2.840.113549.1.1.4", "md5WithRSAEncryption"},
	{"1.2.840.113549.1.1.5", "sha1WithRSAEncryption"},
	{"1.2.840.113549.1.1.8", "mgf1"},
	{"1.3.101.110", "X25519"},
	{"1.3.101.111", "X448"},
	{"1.3.101.112", "Ed25519"},
	{"1.3.101.113", "Ed448"},
	{"1.3.132.0.10", "secp256k1"},
	{"1.3.132.0.33", "secp224r1"},
	{"1.3.132.0.34", "secp384r1"},
	{"1.3.132.0.35", "secp521r1"},
	{"1.3.14.3.2.26", "sha1"},
	{"1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"},
	{"1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"},
	{"1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"},
	{"1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestampList"},
	{"1.3.6.1.4.1.11129.2.4.3", "ctPoison"},
	{"1.3.6.1.4.1.11129.2.4.4", "ctPrecertificateSigning"},
	{"1.3.6.1.5.5.7.1.1", "authorityInfoAccess"},
	{"1.3.6.1.5.5.7.1.11", "subjectInfoAccess"},
	{"1.3.6.1.5.5.7.1.24", "tlsFeature"},
	{"1.3.6.1.5.5.7.1.3", "qcStatements"},
	{"1.3.6.1.5.5.7.2.1", "cps"},
	{"1.3.6.1.5.5.7.2.2", "userNotice"},
	{"1.3.6.1.5.5.7.3.1", "serverAuth"},
	{"1.3.6.1.5.5.7.3.17", "ipsecIKE"},
	{"1.3.6.1.5.5.7.3.2", "clientAuth"},
	{"1.3.6.1.5.5.7.3.3", "codeSigning"},
	{"1.3.6.1.5.5.7.3.4", "emailProtection"},
	{"1.3.6.1.5.5.7.3.8", "timeStamping"},
	{"1.3.6.1.5.5.7.3.9", "OCSPSigning"},
	{"1.3.6.1.5.5.7.48.1", "ocsp"},
	{"1.3.6.1.5.5.7.48.1.1", "ocspBasic"},
	{"1.3.6.1.5.5.7.48.1.2", "ocspNonce"},
	{"1.3.6.1.5.5.7.48.1.5", "ocspNoCheck"},
	{"1.3.6.1.5.5.7.48.2", "caIssuers"},
	{"2.16.840.1.101.3.4.2.1", "sha256"},
	{"2.16.840.1.101.3.4.2.2", "sha384"},
	{"2.16.840.1.101.3.4.2.3", "sha512"},
	{"2.16.840.1.101.3.4.3.17", "ML-DSA-44"},
	{"2.16.840.1.101.3.4.3.18", "ML-DSA-65"},
	{"2.16.840.1.101.3.4.3.19", "ML-DSA-87"},
	{"2.16.840.1.113730.1.1", "netscapeCertType"},
	{"2.23.140.1.1", "extendedValidation"},
	{"2.23.140.1.2.1", "domainValidated"},
	{"2.23.140.1.2.2", "organizationValidated"},
	{"2.23.140.1.2.3", "individualValidated"},
	{"2.5.29.14", "subjectKeyIdentifier"},
	{"2.5.29.15", "keyUsage"},
	{"2.5.29.16", "privateKeyUsagePeriod"},
	{"2.5.29.17", "subjectAltName"},
	{"2.5.29.18", "issuerAltName"},
	{"2.5.29.19", "basicConstraints"},
	{"2.5.29.30", "nameConstraints"},
	{"2.5.29.31", "cRLDistributionPoints"},
	{"2.5.29.32", "certificatePolicies"},
	{"2.5.29.32.0", "anyPolicy"},
	{"2.5.29.33", "policyMappings"},
	{"2.5.29.35", "authorityKeyIdentifier"},
	{"2.5.29.36", "policyConstraints"},
	{"2.5.29.37", "extKeyUsage"},
	{"2.5.29.37.0", "anyExtendedKeyUsage"},
	{"2.5.29.46", "freshestCRL"},
	{"2.5.29.54", "inhibitAnyPolicy"},
}
