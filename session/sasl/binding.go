package sasl

import (
	"crypto"
	_ "crypto/sha512" // SHA-384 and SHA-512 for tls-server-end-point
	"crypto/tls"
	"crypto/x509"
)

// Binding is channel binding data of the TLS connection; nil fields are not available.
type Binding struct {
	TLSVersion     uint16 // as in crypto/tls; 0 without TLS
	Exporter       []byte // tls-exporter, RFC 9266
	Unique         []byte // tls-unique, RFC 5929 §3; TLS 1.2 and older
	ServerEndPoint []byte // tls-server-end-point, RFC 5929 §4
}

// Types of channel binding.
const (
	BindingExporter = "tls-exporter"
	BindingUnique   = "tls-unique"
	BindingEndPoint = "tls-server-end-point"
)

// NewBinding takes the data from a finished handshake. server is the certificate that the server showed: on the
// client's side the first of PeerCertificates, on the server's its own; nil leaves tls-server-end-point out.
func NewBinding(state tls.ConnectionState, server *x509.Certificate) Binding {
	b := Binding{TLSVersion: state.Version, Unique: state.TLSUnique}
	// crypto/tls refuses where the master secret may not be unique, as RFC 9266 §4.2 wants.
	if key, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32); err == nil {
		b.Exporter = key
	}
	if server != nil {
		b.ServerEndPoint = endPoint(server)
	}
	return b
}

// endPoint hashes a certificate with the hash function of its signature, SHA-256 in place of MD5 and SHA-1; a
// signature without a hash function of its own, as Ed25519, has no tls-server-end-point (RFC 5929 §4.1).
func endPoint(c *x509.Certificate) []byte {
	var h crypto.Hash
	switch c.SignatureAlgorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1,
		x509.SHA256WithRSA, x509.SHA256WithRSAPSS, x509.DSAWithSHA256, x509.ECDSAWithSHA256:
		h = crypto.SHA256
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		h = crypto.SHA384
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		h = crypto.SHA512
	default:
		return nil
	}
	sum := h.New()
	sum.Write(c.Raw)
	return sum.Sum(nil)
}

// choose gives a type of channel binding and its data: the one asked for or the default, which is tls-exporter on
// TLS 1.3 (RFC 9266 §3) and tls-unique before (RFC 5802 §6.1), else tls-server-end-point. Data is nil if there is
// none.
func (b Binding) choose(want string) (kind string, data []byte) {
	if b.TLSVersion == 0 {
		return "", nil
	}
	for _, c := range [...]struct {
		kind    string
		data    []byte
		defined bool
	}{
		{BindingExporter, b.Exporter, b.TLSVersion >= tls.VersionTLS13 || want == BindingExporter},
		{BindingUnique, b.Unique, b.TLSVersion < tls.VersionTLS13},
		{BindingEndPoint, b.ServerEndPoint, true},
	} {
		if c.defined && len(c.data) > 0 && (want == "" || want == c.kind) {
			return c.kind, c.data
		}
	}
	return "", nil
}

func bindingRef(flag string) string {
	switch flag {
	case "p=" + BindingUnique:
		return "RFC 5929 §3"
	case "p=" + BindingEndPoint:
		return "RFC 5929 §4"
	}
	return "RFC 9266"
}
