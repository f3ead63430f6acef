package tlswire

import (
	"crypto/tls"
	"strings"
	"testing"
)

// meaningsOf lists "message extension: meaning" for the extensions of all messages.
func meaningsOf(messages []Message) []string {
	var out []string
	for _, m := range messages {
		each(m.Fields(m.At), func(f Field) {
			if len(f.Children) > 1 && f.Children[0].Name == "extension_type" {
				out = append(out, m.Name+" "+f.Name+": "+f.Meaning)
			}
		})
	}
	return out
}

func each(fields []Field, do func(Field)) {
	for _, f := range fields {
		do(f)
		each(f.Children, do)
	}
}

// TestRoles: an extension that asks in one message answers in another, and its words say which.
func TestRoles(t *testing.T) {
	var all []string
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := configs(t, "ecdsa", version, true)
		client.NextProtos, server.NextProtos = []string{"smtp"}, []string{"smtp"}
		client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		if version == tls.VersionTLS13 {
			server.CurvePreferences = []tls.CurveID{tls.CurveP384} // with a HelloRetryRequest
		}
		cert := server.Certificates[0]
		cert.OCSPStaple, cert.SignedCertificateTimestamps = []byte{0x30, 0}, [][]byte{make([]byte, 47)}
		server.Certificates = []tls.Certificate{cert}
		for range 2 { // the second is resumed
			all = append(all, meaningsOf(converse(t, Limits{}, client, server).messages)...)
		}
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		"ClientHello status_request: the client asks for a stapled OCSP answer",
		"ServerHello status_request: the server will staple an OCSP answer",
		"Certificate status_request: the stapled OCSP answer",
		"CertificateRequest status_request: the server asks",
		"ClientHello supported_versions: the versions the client can speak",
		"ServerHello supported_versions: the version the server chose",
		"HelloRetryRequest supported_versions: the version the server chose",
		"ClientHello key_share: the public halves",
		"ServerHello key_share: the server's public half",
		"HelloRetryRequest key_share: the group for which the server wants",
		"ClientHello pre_shared_key: resumption",
		"ServerHello pre_shared_key: the server takes one",
		"ClientHello application_layer_protocol_negotiation: the protocols the client can speak",
		"ServerHello application_layer_protocol_negotiation: the protocol the server chose",
		"EncryptedExtensions application_layer_protocol_negotiation: the protocol the server chose",
		"EncryptedExtensions server_name: the server used the name",
		"ServerHello ec_point_formats: how elliptic curve points may be written to the server",
		"ServerHello session_ticket: the server will give a ticket",
		"ServerHello extended_master_secret: the server agrees",
		"ServerHello renegotiation_info: the server knows",
		"CertificateRequest signature_algorithms: the signatures the server can check",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, line := range all {
		message, meaning, _ := strings.Cut(line, " ")
		if message != "ClientHello" && (strings.Contains(meaning, ": the client asks") || strings.Contains(meaning, ": the client wants")) {
			t.Error(line)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

// TestUnknownExtension has no role, whatever its number.
func TestUnknownExtension(t *testing.T) {
	fields := extensionTree(t, 0x7777, typeEncryptedExtensions, ServerToClient, "0102")
	if fields[0].Name != "0x7777 (unknown)" || fields[0].Meaning != "" {
		t.Errorf("%+v", fields[0])
	}
}

// TestLegacyVersion: the version of a hello is not the one that is spoken where supported_versions says otherwise.
func TestLegacyVersion(t *testing.T) {
	for version, want := range map[uint16]string{
		tls.VersionTLS13: "supported_versions has the real one",
		tls.VersionTLS10: "the version the server chose; of 1999, obsolete since 2021; must not be used (RFC 8996)",
	} {
		client, server := configs(t, "rsa", version, false)
		for _, m := range converse(t, Limits{}, client, server).messages {
			if m.Name != "ServerHello" {
				continue
			}
			if f := m.Fields(m.At)[2]; f.Name != "legacy_version" || !strings.Contains(f.Meaning, want) {
				t.Errorf("%s: %+v", VersionName(version), f)
			}
		}
	}
}
