package tlstest

import "sync"

// traceNumbers are lines of one number: what stands before it, and how many bytes it has.
var traceNumbers = []struct {
	before, name string
	width        int
}{
	{"client_version=", "legacy_version", 2},
	{"server_version=", "legacy_version", 2},
	{"cipher_suites (len=", "cipher_suites.length", 2},
	{"compression_methods (len=", "legacy_compression_methods.length", 1},
	{"extensions, length = ", "extensions.length", 2},
	{"certificate_list, length=", "certificate_list.length", 3},
	{"ASN.1Cert, length=", "cert_data.length", 3},
	{"certificate_types (len=", "certificate_types.length", 1},
	{"certificate_authorities (len=", "certificate_authorities.length", 2},
	{"DistinguishedName (len=", "distinguished_name.length", 2},
	{"ticket_lifetime_hint=", "ticket_lifetime_hint", 4},
	{"ticket_age_add=", "ticket_age_add", 4},
	{"max_early_data=", "max_early_data_size", 4},
	{"Uncompressed length=", "uncompressed_length", 3},
	{"Compressed length=", "compressed_certificate_message.length", 3},
}

// traceList is a list of code points, a line each.
type traceList struct {
	name  string
	width int
	words bool // named as IANA does
}

// traceExtensions are the extensions that are opened.
var traceExtensions = map[int]*traceList{
	10: {"named_group", 2, false},
	11: {"ec_point_format", 1, false},
	13: {"signature_scheme", 2, true},
	16: {"protocol_name", 0, false},
	27: {"algorithm", 2, false},
	35: {"ticket", 0, false},
	43: {"version", 2, true},
	45: {"ke_mode", 1, false},
	51: {"group", 2, false},
}

// traceBytes are the lines of bytes by our names.
var traceBytes = map[string]string{
	"session_id": "legacy_session_id", "context": "certificate_request_context", "request_context": "certificate_request_context",
	"key_exchange:": "key_exchange", "point": "public", "ecdh_Yc": "ecdh_Yc", "dh_p": "dh_p", "dh_g": "dh_g", "dh_Ys": "dh_Ys", "dh_Yc": "dh_Yc",
	"EncryptedPreMasterSecret": "encrypted_pre_master_secret", "psk_identity": "psk_identity", "psk_identity_hint": "psk_identity_hint",
	"Signature": "signature", "verify_data": "verify_data", "ticket_nonce": "ticket_nonce", "ticket": "ticket",
	"client_verify_data": "renegotiated_connection",
}

// tracePrints are all names that the tables above have.
var tracePrints = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, name := range []string{"record.type", "record.version", "record.length", "record.inner", "level", "description", "length", "random",
		"cipher_suite", "extension_type", "extension.length", "extension_data", "compression_method", "certificate_type", "namedcurve",
		"request_update", "cert_data", "compressed_certificate_message", "algorithm"} {
		all[name] = true
	}
	for _, n := range traceNumbers {
		all[n.name] = true
	}
	for _, l := range traceExtensions {
		all[l.name] = true
	}
	for _, name := range traceBytes {
		all[name] = true
	}
	return all
})
