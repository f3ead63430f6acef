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
		each(m.Fields(m.At, means), func(f Field) {
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

// means stands for the texts, which are elsewhere.
func means(kind string, value uint16, in string) string {
	r, _ := RegistryOf(kind)
	c, ok := r.Find(value)
	switch {
	case !ok:
		return ""
	case in == "":
		return "means " + c.Name
	}
	return "means " + c.Name + " in " + in
}

// TestMeans: an extension that asks in one message answers in another, so the texts are asked for both.
func TestMeans(t *testing.T) {
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
		"ClientHello status_request", "ServerHello status_request", "Certificate status_request", "CertificateRequest status_request",
		"ClientHello supported_versions", "ServerHello supported_versions", "HelloRetryRequest supported_versions",
		"ClientHello key_share", "ServerHello key_share", "HelloRetryRequest key_share", "ClientHello pre_shared_key", "ServerHello pre_shared_key",
		"EncryptedExtensions application_layer_protocol_negotiation", "CertificateRequest signature_algorithms",
	} {
		message, extension, _ := strings.Cut(want, " ")
		if want += ": means " + extension + " in " + message; !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
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
		tls.VersionTLS10: "the version that the server chose (up to TLS 1.2); from 1999, obsolete since 2021; must not be used (RFC 8996)",
	} {
		client, server := configs(t, "rsa", version, false)
		for _, m := range converse(t, Limits{}, client, server).messages {
			if m.Name != "ServerHello" {
				continue
			}
			if f := m.Fields(m.At, means)[2]; f.Name != "legacy_version" || !strings.Contains(f.Meaning, want) {
				t.Errorf("%s: %+v", VersionName(version), f)
			}
		}
	}
}
