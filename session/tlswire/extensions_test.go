package tlswire

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// unhex reads bytes as RFCs print them.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "\n", "", "\t", "", ":", "").Replace(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// extensionTree parses one extension as a message of that type from dir has it.
func extensionTree(t *testing.T, typ uint16, message uint8, dir Direction, body string) []Field {
	t.Helper()
	b := unhex(t, body)
	raw := append([]byte{byte(typ >> 8), byte(typ), byte(len(b) >> 8), byte(len(b))}, b...)
	p := newParser(raw, time.Now())
	p.means = means
	p.msg = Message{Kind: KindHandshake, Type: message, Version: versionTLS13, Dir: dir}
	p.extension()
	wantCovered(t, name16(extensionTypes, typ), p.out, 0, len(raw))
	return p.out
}

// TestExtensions goes through the structures crypto/tls does not send.
func TestExtensions(t *testing.T) {
	const ch, sh, ee, cr, cert, nst = typeClientHello, typeServerHello, typeEncryptedExtensions, typeCertificateRequest, typeCertificate, typeNewSessionTicket
	for _, v := range []struct {
		typ     uint16
		message uint8
		body    string
		path    string // names below the extension, with ›
		value   string
	}{
		{extMaxFragmentLength, ch, "02", "max_fragment_length", "1024 bytes (2)"},
		{extHeartbeat, ch, "01", "mode", "peer_allowed_to_send (1)"},
		{extRecordSizeLimit, ee, "4001", "record_size_limit", "16385"},
		{extCompressCertificate, ch, "04 0002 0001", "algorithms › algorithm", "brotli (0x0002)"},
		{extServerCertificateType, ch, "02 0002", "certificate_types › certificate_type", "X509 (0)"},
		{extServerCertificateType, ee, "02", "certificate_type", "RawPublicKey (2)"},
		{extCookie, ch, "0003 010203", "cookie", "010203"},
		{extPSKKeyExchangeModes, ch, "01 01", "ke_modes › ke_mode", "psk_dhe_ke (1)"},
		{extEarlyData, nst, "00004000", "max_early_data_size", "16384"},
		{extPreSharedKey, sh, "0000", "selected_identity", "0"},
		{extPreSharedKey, ch, "0008 0002 0102 00000005 0004 03 a1a2a3", "identities › identity", "0102"},
		{extPreSharedKey, ch, "0008 0002 0102 00000005 0004 03 a1a2a3", "binders › binder", "a1a2a3"},
		{extSupportedVersions, ch, "06 7a7a 0304 0303", "versions › version", "GREASE (0x7a7a)"},
		{extSupportedVersions, sh, "0304", "selected_version", "TLS 1.3 (0x0304)"},
		{extKeyShare, ch, "0029 9a9a 0001 00 001d 0020 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20", "client_shares › key_share_entry", "GREASE, 1 byte"},
		{extTicketRequest, ch, "0201", "resumption_count", "1"},
		{extTicketRequest, ee, "02", "expected_count", "2"},
		{extOIDFilters, cr, "0007 03 551d25 0001 05", "filters › certificate_extension_oid", "551d25"},
		{extDelegatedCredential, ch, "0002 0403", "supported_signature_algorithms › signature_scheme", "ecdsa_secp256r1_sha256 (0x0403)"},
		{extDelegatedCredential, cert, "00093a80 0403 000002 3000 0403 0001 09", "valid_time", "604800 s (168h0m0s)"},
		{extEncryptedClientHello, ch, "00 0001 0003 2a 0002 0102 0003 010203", "aead_id", "ChaCha20Poly1305 (0x0003)"},
		{extEncryptedClientHello, ch, "01", "type", "inner (1)"},
		{extEncryptedClientHello, ee, "0007 fe0d 0003 010203", "retry_configs › version", "encrypted_client_hello (0xfe0d)"},
		{extEncryptedClientHello, sh, "0102030405060708", "confirmation", "0102030405060708"},
		{extECHOuterExtensions, ch, "02 0033", "outer_extensions › extension_type", "key_share (0x0033)"},
		{extALPS, ch, "0003 02 6832", "protocol_name_list", "h2"},
		{extStatusRequestV2, ch, "0000", "extension_data", "0000"},
		{extSessionTicket, ch, "0102", "ticket", "0102"},
		{extPadding, ch, "000000", "padding", "000000"},
		{0x2a2a, ch, "00", "extension_data", "00"},
		{0x4242, ch, "0102", "extension_data", "0102"},
	} {
		tree := extensionTree(t, v.typ, v.message, ServerToClient, v.body)
		if tree[0].Bad != "" || v.message == ch && v.typ != extKeyShare {
			wantUnderstood(t, name16(extensionTypes, v.typ), tree)
		}
		wantValue(t, tree[0].Children, v.value, strings.Split(v.path, " › ")...)
	}
}

// TestBadExtensions: what does not fit is said and kept.
func TestBadExtensions(t *testing.T) {
	for _, v := range []struct {
		typ  uint16
		body string
		bad  string
	}{
		{extSupportedGroups, "0004 001d", "declares 4 bytes, 2 left"},
		{extSupportedGroups, "0003 001d 00", "needs 2 bytes, 1 left"},
		{extSupportedGroups, "00", "needs a length of 2 bytes, 1 left"},
		{extEncryptThenMAC, "00", "1 byte more than the structure has room for"},
		{extALPN, "0003 05 6832", "declares 5 bytes, 2 left"},
		{extKeyShare, "0006 001d 0002 0102", "a share of x25519 has 32 bytes, this one 2 bytes"},
		{extServerName, "0002 00", "declares 2 bytes, 1 left"},
	} {
		text := outline(extensionTree(t, v.typ, typeClientHello, ClientToServer, v.body), "")
		if !strings.Contains(text, v.bad) {
			t.Errorf("%s %s: no %q in\n%s", name16(extensionTypes, v.typ), v.body, v.bad, text)
		}
	}
}

// TestHybridShares: client and server send different things of different sizes.
func TestHybridShares(t *testing.T) {
	for group, want := range map[tls.CurveID][2]string{
		tls.X25519MLKEM768:     {"ml_kem_768+1184 x25519+32", "ml_kem_768+1088 x25519+32"},
		tls.SecP256r1MLKEM768:  {"secp256r1+65 ml_kem_768+1184", "secp256r1+65 ml_kem_768+1088"},
		tls.SecP384r1MLKEM1024: {"secp384r1+97 ml_kem_1024+1568", "secp384r1+97 ml_kem_1024+1568"},
		tls.X25519:             {"x25519+32", "x25519+32"},
		tls.CurveP256:          {"legacy_form+1 x+32 y+32", "legacy_form+1 x+32 y+32"},
		tls.CurveP521:          {"legacy_form+1 x+66 y+66", "legacy_form+1 x+66 y+66"},
	} {
		client, server := configs(t, "ecdsa", tls.VersionTLS13, false)
		client.CurvePreferences = []tls.CurveID{group}
		s := converse(t, Limits{}, client, server)
		wantTrees(t, s.messages)
		offer := find(t, s.messages[0].Fields(s.messages[0].At, means), "extensions", "key_share", "client_shares", "key_share_entry", "key_exchange")
		answer := find(t, s.messages[1].Fields(s.messages[1].At, means), "extensions", "key_share", "key_share_entry", "key_exchange")
		if got := [2]string{partNames(offer), partNames(answer)}; got != want {
			t.Errorf("%s: %q, want %q", group, got, want)
		}
		if sum := Describe(s.messages); sum.Group.Chosen.Value != uint16(group) {
			t.Errorf("%s: described as %s", group, sum.Group.Chosen.Name)
		}
	}
}

func partNames(f Field) string {
	var out []string
	for _, c := range f.Children[1:] {
		out = append(out, c.Name+"+"+integer([]byte{byte(c.Len >> 8), byte(c.Len)}))
	}
	return strings.Join(out, " ")
}

// TestEncryptedClientHello reads the outer hello of crypto/tls.
func TestEncryptedClientHello(t *testing.T) {
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	config := echConfig(key.PublicKey().Bytes())
	client, server := configs(t, "ecdsa", tls.VersionTLS13, false)
	client.EncryptedClientHelloConfigList = append([]byte{0, byte(len(config))}, config...)
	server.EncryptedClientHelloKeys = []tls.EncryptedClientHelloKey{{Config: config, PrivateKey: key.Bytes()}}
	s := converse(t, Limits{}, client, server)
	if !s.state.ECHAccepted {
		t.Fatalf("ECH was not accepted: %v, %v", s.clientErr, s.serverErr)
	}
	wantTrees(t, s.messages)
	sum := Describe(s.messages)
	if !sum.ECH || sum.ServerName != "cover.lab" || !sum.Complete {
		t.Errorf("%+v", sum)
	}
	wantValue(t, s.messages[0].Fields(s.messages[0].At, means), "outer (0)", "extensions", "encrypted_client_hello", "type")
}

// echConfig is an ECHConfig with X25519, HKDF-SHA256 and AES-128-GCM (RFC 9849 §4).
func echConfig(public []byte) []byte {
	var b bytes.Buffer
	b.Write([]byte{7, 0, byte(hpke.DHKEM(ecdh.X25519()).ID()), 0, byte(len(public))})
	b.Write(public)
	b.Write([]byte{0, 4, 0, 1, 0, 1, 32, byte(len("cover.lab"))})
	b.WriteString("cover.lab")
	b.Write([]byte{0, 0})
	return append([]byte{0xfe, 0x0d, 0, byte(b.Len())}, b.Bytes()...)
}

// TestServerName shows that names from outside are made visible.
func TestServerName(t *testing.T) {
	tree := extensionTree(t, extServerName, typeClientHello, ClientToServer, "0009 00 0006 6d1b5b41e280")
	wantValue(t, tree, `"m\x1b[A\xe2\x80"`, "server_name")
}

// TestJSON: messages live in transcripts and come back the same.
func TestJSON(t *testing.T) {
	client, server := configs(t, "rsa", tls.VersionTLS13, true)
	s := converse(t, Limits{}, client, server)
	text, err := json.Marshal(s.messages)
	if err != nil {
		t.Fatal(err)
	}
	var back []Message
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	for i := range back {
		at := s.messages[i].At
		if !bytes.Equal(back[i].Raw, s.messages[i].Raw) || outline(back[i].Fields(at, means), "") != outline(s.messages[i].Fields(at, means), "") {
			t.Errorf("%s came back different", s.messages[i].Name)
		}
	}
	if !slices.Equal(script(back), script(s.messages)) {
		t.Errorf("%v", script(back))
	}
}

// TestNoSecrets: nothing of the key log is in what goes out.
func TestNoSecrets(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := configs(t, "rsa", version, true)
		s := converse(t, Limits{}, client, server)
		text, err := json.Marshal(struct {
			Messages []Message
			Summary  Summary
		}{s.messages, Describe(s.messages)})
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(s.keys) {
			secret := unhex(t, strings.Fields(line)[2])
			for _, m := range s.messages {
				if bytes.Contains(m.Raw, secret) {
					t.Errorf("%s holds a secret", m.Name)
				}
			}
			if strings.Contains(strings.ToLower(string(text)), strings.Fields(line)[2]) {
				t.Error("a secret is in the JSON")
			}
		}
	}
}
