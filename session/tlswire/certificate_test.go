package tlswire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"
)

// find returns the field at a path of names, "" for any.
func find(t testing.TB, fields []Field, path ...string) Field {
	t.Helper()
	for _, f := range fields {
		if f.Name != path[0] {
			continue
		}
		if len(path) == 1 {
			return f
		}
		return find(t, f.Children, path[1:]...)
	}
	t.Fatalf("no field %v in\n%s", path, outline(fields, "  "))
	return Field{}
}

func wantValue(t testing.TB, fields []Field, value string, path ...string) Field {
	t.Helper()
	f := find(t, fields, path...)
	if f.Value != value {
		t.Errorf("%s is %q, want %q", strings.Join(path, " › "), f.Value, value)
	}
	return f
}

// TestCertificate reads a certificate with everything in it.
func TestCertificate(t *testing.T) {
	ca := testAuthority()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	page, _ := url.Parse("https://mail.lab/")
	stamps := append([]byte{4, 58, 0, 56, 0, 54, 0}, make([]byte, 32)...)
	stamps = append(stamps, 0, 0, 1, 0x9b, 0, 0, 0, 0, 0, 0, 4, 3, 0, 7, 1, 2, 3, 4, 5, 6, 7)
	stamps[3], stamps[5], stamps[1] = byte(len(stamps)-4), byte(len(stamps)-6), byte(len(stamps)-2)
	domainValidated, err := x509.OIDFromInts([]uint64{2, 23, 140, 1, 2, 1})
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(0x1234567890), Subject: pkix.Name{CommonName: "mail.lab", Organization: []string{"Lab, Übung"}, Country: []string{"DE"}},
		NotBefore: from, NotAfter: from.AddDate(0, 3, 0),
		DNSNames: []string{"mail.lab", "*.mail.lab"}, IPAddresses: []net.IP{net.IPv6loopback}, EmailAddresses: []string{"ann@mail.lab"}, URIs: []*url.URL{page},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true, MaxPathLen: 1,
		OCSPServer: []string{"http://ocsp.lab/"}, CRLDistributionPoints: []string{"http://ca.lab/ca.crl"},
		SubjectKeyId: []byte{1, 2, 3}, Policies: []x509.OID{domainValidated},
		PermittedDNSDomains: []string{".lab"}, ExcludedDNSDomains: []string{"evil.lab"},
		ExtraExtensions: []pkix.Extension{
			{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: stamps},
			{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Value: []byte("who knows")},
		},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, ca.cert, &key.PublicKey, ca.key)
	if err != nil {
		t.Fatal(err)
	}
	fields := ParseCertificate(der, from.AddDate(0, 0, 60))
	wantCovered(t, "certificate", fields, 0, len(der))
	wantUnderstood(t, "certificate", fields)

	tbs := func(path ...string) []string { return append([]string{"certificate", "tbsCertificate"}, path...) }
	ext := func(path ...string) []string { return append(tbs("extensions", "extensions"), path...) }
	long, short := fingerprints(der)
	if f := wantValue(t, fields, `CN=mail.lab, O=Lab\, Übung, C=DE`, "certificate"); !strings.Contains(f.Meaning, long) || !strings.Contains(f.Meaning, short) {
		t.Errorf("no fingerprints: %s", f.Meaning)
	}
	wantValue(t, fields, "v3 (2)", tbs("version", "version")...)
	wantValue(t, fields, "1234567890", tbs("serialNumber")...)
	wantValue(t, fields, "CN=test authority", tbs("issuer")...)
	wantValue(t, fields, "ecdsa-with-SHA256 (1.2.840.10045.4.3.2)", "certificate", "signatureAlgorithm")
	wantValue(t, fields, "ECDSA P-384", tbs("subjectPublicKeyInfo")...)
	if f := wantValue(t, fields, "2026-01-01 to 2026-04-01", tbs("validity")...); f.Meaning != "30 days left of 90 days" {
		t.Errorf("validity: %s", f.Meaning)
	}
	wantValue(t, fields, "mail.lab, *.mail.lab, ann@mail.lab, ::1, https://mail.lab/", ext("subjectAltName")...)
	wantValue(t, fields, "digitalSignature, keyCertSign", ext("keyUsage")...)
	wantValue(t, fields, "serverAuth (1.3.6.1.5.5.7.3.1)", ext("extKeyUsage")...)
	wantValue(t, fields, "a certificate authority, at most 1 more below", ext("basicConstraints")...)
	wantValue(t, fields, "ocsp http://ocsp.lab/", ext("authorityInfoAccess")...)
	wantValue(t, fields, "http://ca.lab/ca.crl", ext("cRLDistributionPoints")...)
	wantValue(t, fields, "010203", ext("subjectKeyIdentifier")...)
	wantValue(t, fields, hexValue(ca.cert.SubjectKeyId), ext("authorityKeyIdentifier")...)
	wantValue(t, fields, "domainValidated (2.23.140.1.2.1)", ext("certificatePolicies")...)
	wantValue(t, fields, "1 entry", ext("signedCertificateTimestampList")...)
	wantValue(t, fields, hexValue([]byte("who knows")), ext("1.2.3.4")...)
	wantValue(t, fields, "permitted .lab, excluded evil.lab", ext("nameConstraints")...)
}

func TestValidityInWords(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	until := from.AddDate(0, 0, 10)
	for now, want := range map[time.Time]string{
		from.Add(-49 * time.Hour): "not yet valid: becomes valid in 2 days",
		from.Add(time.Hour):       "9 days left of 10 days",
		until.Add(-time.Hour):     "1 hour left of 10 days",
		until.Add(72 * time.Hour): "expired 3 days ago",
		{}:                        "",
	} {
		if got := newParser(nil, now).span(from, until); got != want {
			t.Errorf("%s: %q, want %q", now, got, want)
		}
	}
}

// TestDamagedCertificate: whatever is missing at the end, the fields before it
// are there and the rest is bytes.
func TestDamagedCertificate(t *testing.T) {
	der := issue(t, "rsa").Certificate[0]
	for n := range len(der) {
		fields := ParseCertificate(der[:n], time.Now())
		wantCovered(t, "cut certificate", fields, 0, n)
		if n > 0 && fields[len(fields)-1].Bad == "" {
			t.Fatalf("nobody noticed that %d bytes are missing", len(der)-n)
		}
	}
}

// ocspAnswer makes an OCSP response with that certStatus.
func ocspAnswer(t *testing.T, status asn1.RawValue, until time.Time) []byte {
	t.Helper()
	type certID struct {
		Hash         pkix.AlgorithmIdentifier
		Name, Key    []byte
		SerialNumber int
	}
	type single struct {
		ID         certID
		Status     asn1.RawValue
		ThisUpdate time.Time `asn1:"generalized"`
		NextUpdate time.Time `asn1:"generalized,explicit,tag:0"`
	}
	type data struct {
		Responder []byte    `asn1:"explicit,tag:2"`
		Produced  time.Time `asn1:"generalized"`
		Responses []single
	}
	type basic struct {
		Data      data
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	type responseBytes struct {
		Type     asn1.ObjectIdentifier
		Response []byte
	}
	type response struct {
		Status asn1.Enumerated
		Bytes  responseBytes `asn1:"explicit,tag:0"`
	}
	sha := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}}
	inner, err := asn1.Marshal(basic{
		data{[]byte{1, 2}, until.AddDate(0, 0, -7), []single{{certID{sha, []byte{1}, []byte{2}, 3}, status, until.AddDate(0, 0, -7), until}}},
		pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}}, asn1.BitString{Bytes: []byte{0}, BitLength: 8},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := asn1.Marshal(response{0, responseBytes{asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}, inner}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestStapledStatus: TLS 1.2 sends the OCSP response as a message of its own, TLS
// 1.3 beside the certificate.
func TestStapledStatus(t *testing.T) {
	until := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	good := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0}
	revoked := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: []byte("\x18\x0f20260401000000Z\xa0\x03\x0a\x01\x01")}
	for says, status := range map[string]asn1.RawValue{"good until 2026-05-01": good, "revoked on 2026-04-01, keyCompromise; this response is valid until 2026-05-01": revoked} {
		client, server := configs(t, "ecdsa", tls.VersionTLS12, false)
		server.Certificates[0].OCSPStaple = ocspAnswer(t, status, until)
		client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		s := converse(t, Limits{}, client, server)
		wantScript(t, s, full12(false, false, true)...)
		m := s.messages[3]
		wantValue(t, m.Fields(until.AddDate(0, 0, -1), means), says, "response")
		wantValue(t, m.Fields(until.AddDate(0, 0, 1), means), says+", which has passed", "response")
		wantValue(t, m.Fields(time.Time{}, means), says, "response")

		client, server13 := configs(t, "ecdsa", tls.VersionTLS13, false)
		server13.Certificates = server.Certificates
		s = converse(t, Limits{}, client, server13)
		if sum := Describe(s.messages); !sum.Stapled {
			t.Error("the staple of TLS 1.3 was not noticed")
		}
		wantTrees(t, s.messages)
	}
}
