package explain

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ehlo/session/tlswire"
)

// point is a number of TLS with the word for its kind and its name with IANA.
type point struct {
	word  string
	value uint16
	name  string
}

// learned are the numbers a learner meets in a handshake of mail.
var learned = []point{
	{"message", 1, "ClientHello"}, {"message", 2, "ServerHello"}, {"message", 4, "NewSessionTicket"}, {"message", 8, "EncryptedExtensions"},
	{"message", 11, "Certificate"}, {"message", 12, "ServerKeyExchange"}, {"message", 13, "CertificateRequest"}, {"message", 14, "ServerHelloDone"},
	{"message", 15, "CertificateVerify"}, {"message", 16, "ClientKeyExchange"}, {"message", 20, "Finished"}, {"message", 22, "CertificateStatus"},
	{"alert", 0, "close_notify"}, {"alert", 10, "unexpected_message"}, {"alert", 40, "handshake_failure"}, {"alert", 42, "bad_certificate"},
	{"alert", 44, "certificate_revoked"}, {"alert", 45, "certificate_expired"}, {"alert", 46, "certificate_unknown"}, {"alert", 48, "unknown_ca"},
	{"alert", 70, "protocol_version"}, {"alert", 71, "insufficient_security"}, {"alert", 80, "internal_error"}, {"alert", 86, "inappropriate_fallback"},
	{"alert", 109, "missing_extension"}, {"alert", 112, "unrecognized_name"}, {"alert", 116, "certificate_required"}, {"alert", 120, "no_application_protocol"},
	{"extension", 0, "server_name"}, {"extension", 1, "max_fragment_length"}, {"extension", 5, "status_request"}, {"extension", 10, "supported_groups"},
	{"extension", 11, "ec_point_formats"}, {"extension", 13, "signature_algorithms"}, {"extension", 16, "application_layer_protocol_negotiation"},
	{"extension", 18, "signed_certificate_timestamp"}, {"extension", 21, "padding"}, {"extension", 22, "encrypt_then_mac"}, {"extension", 23, "extended_master_secret"},
	{"extension", 27, "compress_certificate"}, {"extension", 28, "record_size_limit"}, {"extension", 35, "session_ticket"}, {"extension", 41, "pre_shared_key"},
	{"extension", 42, "early_data"}, {"extension", 43, "supported_versions"}, {"extension", 44, "cookie"}, {"extension", 45, "psk_key_exchange_modes"},
	{"extension", 47, "certificate_authorities"}, {"extension", 49, "post_handshake_auth"}, {"extension", 50, "signature_algorithms_cert"}, {"extension", 51, "key_share"},
	{"extension", 57, "quic_transport_parameters"}, {"extension", 65037, "encrypted_client_hello"}, {"extension", 65281, "renegotiation_info"},
	{"extension", 0x3a3a, "GREASE"}, {"record", 22, "handshake"}, {"record", 23, "ApplicationData"},
}

// negotiable are those that crypto/tls can agree on.
func negotiable() []point {
	var all []point
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		all = append(all, point{"suite", s.ID, s.Name})
	}
	for _, g := range []tls.CurveID{tls.CurveP256, tls.CurveP384, tls.CurveP521, tls.X25519, tls.X25519MLKEM768, tls.SecP256r1MLKEM768, tls.SecP384r1MLKEM1024} {
		all = append(all, point{"group", uint16(g), tlswire.GroupName(uint16(g))})
	}
	for _, s := range []tls.SignatureScheme{tls.PKCS1WithSHA1, tls.PKCS1WithSHA256, tls.PKCS1WithSHA384, tls.PKCS1WithSHA512, tls.PSSWithSHA256, tls.PSSWithSHA384,
		tls.PSSWithSHA512, tls.ECDSAWithSHA1, tls.ECDSAWithP256AndSHA256, tls.ECDSAWithP384AndSHA384, tls.ECDSAWithP521AndSHA512, tls.Ed25519} {
		code, _ := tlswire.SignatureScheme(uint16(s))
		all = append(all, point{"signature", uint16(s), code.Name})
	}
	for v := uint16(tls.VersionTLS10); v <= tls.VersionTLS13; v++ {
		all = append(all, point{"version", v, tls.VersionName(v)})
	}
	return all
}

// Everything is found by its name, by its kind and number in decimal and hexadecimal, and among what a bare number may be.
func TestLookupOfTLS(t *testing.T) {
	for _, p := range slices.Concat(learned, negotiable()) {
		for _, words := range []string{
			p.name, p.word + " " + p.name, fmt.Sprintf("%s %d", p.word, p.value), fmt.Sprintf("%s 0x%x", p.word, p.value), fmt.Sprintf("0x%04x", p.value), strconv.Itoa(int(p.value)),
		} {
			f := Lookup(strings.Fields(words))
			all := append(f.Entries, f.Also...)
			i := slices.IndexFunc(all, func(e Entry) bool { return strings.EqualFold(e.Name, p.name) })
			if i < 0 {
				t.Errorf("%q is %v, want %s", words, entryNames(all), p.name)
				continue
			}
			if strings.HasPrefix(words, p.word) && len(f.Entries) != 1 {
				t.Errorf("%q is %v, want %s alone", words, entryNames(all), p.name)
			}
			if e := all[i]; e.Short == "" {
				t.Errorf("%q: nothing is said about %s", words, e.ID())
			}
		}
	}
}

func entryNames(list []Entry) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.ID())
	}
	return out
}

// What people call things, and numbers that are more than one.
func TestLookup(t *testing.T) {
	for words, want := range map[string]string{
		"P-256":                       "tls-group:secp256r1",
		"tls1.3":                      "tls-version:TLS 1.3",
		"HRR":                         "tls-message:HelloRetryRequest",
		"SNI":                         "tls-extension:server_name",
		"OCSP stapling":               "tls-extension:status_request",
		"CCS":                         "tls-message:ChangeCipherSpec",
		"AES128-GCM-SHA256":           "tls-suite:TLS_RSA_WITH_AES_128_GCM_SHA256",
		"ECDHE-RSA-AES128-GCM-SHA256": "tls-suite:TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
		"1301":                        "tls-suite:TLS_AES_128_GCM_SHA256",
		"4865":                        "tls-suite:TLS_AES_128_GCM_SHA256",
		"c02f":                        "tls-suite:TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
		"0x00,0x2F":                   "tls-suite:TLS_RSA_WITH_AES_128_CBC_SHA",
		"0x0035":                      "tls-suite:TLS_RSA_WITH_AES_256_CBC_SHA",
		"002f":                        "tls-suite:TLS_RSA_WITH_AES_128_CBC_SHA",
		"009C":                        "tls-suite:TLS_RSA_WITH_AES_128_GCM_SHA256",
		"2525":                        "port:2525",
		"4588":                        "tls-group:X25519MLKEM768",
		"5321":                        "topic:history of SMTP",
		"cipher suite 1301":           "tls-suite:TLS_AES_128_GCM_SHA256",
		"alert 40":                    "alert:handshake_failure",
		"SSL alert number 46":         "alert:certificate_unknown",
		"40":                          "alert:handshake_failure",
		"extension 40":                "| alert:handshake_failure",
		"extension 51":                "tls-extension:key_share",
		"51":                          "| tls-extension:key_share alert:decrypt_error tls-suite:TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
		"65281":                       "| tls-extension:renegotiation_info tls-group:arbitrary_explicit_prime_curves",
		"535":                         "reply:535",
		"basicConstraints":            "topic:basicConstraints",
		"subjectAltName":              "topic:subjectAltName",
		"SAN":                         "topic:subjectAltName",
		"key usage":                   "topic:keyUsage",
		"AIA":                         "topic:authorityInfoAccess",
		"caIssuers":                   "topic:authorityInfoAccess",
		"OCSP":                        "topic:OCSP",
		"SCT list":                    "topic:signedCertificateTimestampList",
		"notAfter":                    "topic:validity",
		"resumption":                  "topic:session resumption",
		"587":                         "port:587",
		"25":                          "port:25 | tls-message:CompressedCertificate tls-extension:cached_info tls-suite:TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA tls-group:secp521r1",
		"STARTTLS":                    "command:STARTTLS keyword:STARTTLS topic:STARTTLS",
		"extension nonsense":          "",
	} {
		f := Lookup(strings.Fields(words))
		got := strings.Join(entryNames(f.Entries), " ")
		if len(f.Also) > 0 {
			got = strings.TrimSpace(got + " | " + strings.Join(entryNames(f.Also), " "))
		}
		if got != want && !(want == "" && len(f.Also) == 0) && !strings.HasPrefix(got, want+" ") {
			t.Errorf("%q is %s, want %s", words, got, want)
		}
	}
}

// The cause comes first, and what its codes mean in general is said once, or not at all.
func TestALineIsExplainedOnce(t *testing.T) {
	for line, want := range map[string]string{
		"554 5.7.1 <a@example.org>: Relay access denied":                         "line:a reply",
		"535 5.7.8 Error: authentication failed":                                 "line:a reply",
		"550 5.7.1 Message rejected":                                             "line:a reply",
		"503 5.5.1 Error: nested MAIL command":                                   "line:a reply",
		"452 4.2.2 The email account that you tried to reach is over quota":      "line:a reply",
		"host mx.example.org said: 554 5.7.1 <a@b.example>: Relay access denied": "phrase:postfix-relay-denied reply:554 enhanced:5.7.1",
	} {
		if got := strings.Join(entryNames(Lookup(strings.Fields(line)).Entries), " "); got != want {
			t.Errorf("%q is %s, want %s", line, got, want)
		}
	}
	e := Lookup([]string{"554", "5.7.1", "Relay", "access", "denied"}).Entries[0]
	if e.Means != "relaying-denied" || !strings.Contains(e.Text, "neither logged in") {
		t.Errorf("%+v", e)
	}
}
