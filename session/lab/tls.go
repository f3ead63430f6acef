package lab

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
)

// tlsConfig is the server's side of one handshake; leaf receives the
// certificate that was presented.
func (l *Lab) tlsConfig(leaf **x509.Certificate) *tls.Config {
	k := l.scenario.Knobs
	highest := cmp.Or(k.TLSMax, l.options.TLSMax, tls.VersionTLS13)
	config := &tls.Config{
		MinVersion: cmp.Or(k.TLSMin, l.options.TLSMin, min(highest, tls.VersionTLS12)),
		MaxVersion: highest,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			cert, err := l.certificate()
			if err == nil {
				*leaf = cert.Leaf
			}
			return cert, err
		},
	}
	if k.ClientCert {
		config.ClientAuth, config.ClientCAs = tls.VerifyClientCertIfGiven, l.RootCAs()
	}
	return config
}

// ClientCertificate issues a certificate for user that the server trusts, for
// scenarios that ask the client for one.
func (l *Lab) ClientCertificate(user string) (*tls.Certificate, error) {
	return l.pki.client(user)
}

// cipher names version and cipher suite, as a trace line or a log has them.
func (f *front) cipher() string {
	return tls.VersionName(f.tls.Version) + " with cipher " + tls.CipherSuiteName(f.tls.CipherSuite)
}
