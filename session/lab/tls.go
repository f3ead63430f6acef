package lab

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"

	"ehlo/session/tlswire"
)

// tlsConfig is the server's side of every handshake. There is one for the life
// of the lab, so that a client that comes back can resume its session.
func (l *Lab) tlsConfig() *tls.Config {
	k := l.scenario.Knobs
	highest := cmp.Or(uint16(k.TLSMax), l.options.TLSMax, tls.VersionTLS13)
	config := &tls.Config{
		CurvePreferences: k.Groups,
		MinVersion:       cmp.Or(uint16(k.TLSMin), l.options.TLSMin, min(highest, tls.VersionTLS12)),
		MaxVersion:       highest,
		Time:             l.clock.now,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return l.certificate()
		},
	}
	if k.ClientCert != tls.NoClientCert {
		config.ClientAuth, config.ClientCAs = k.ClientCert, l.RootCAs()
	}
	return config
}

// ClientCertificate issues a certificate for user that the server trusts, for
// scenarios that ask the client for one.
func (l *Lab) ClientCertificate(user string) (*tls.Certificate, error) {
	return l.pki.client(user, x509.ExtKeyUsageClientAuth)
}

// OwnCertificate issues the certificate that the client of the scenario shows, nil where it shows none.
func (l *Lab) OwnCertificate() (*tls.Certificate, error) {
	switch sc := &l.scenario; {
	case !sc.ClientCertificate:
		return nil, nil
	case sc.ForServers:
		return l.pki.client(sc.User, x509.ExtKeyUsageServerAuth)
	default:
		return l.ClientCertificate(sc.User)
	}
}

// cipher names version and cipher suite, as a trace line or a log has them.
func (f *front) cipher() string {
	return tls.VersionName(f.tls.Version) + " with cipher " + tlswire.CipherSuiteName(f.tls.CipherSuite)
}
