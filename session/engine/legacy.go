package engine

import (
	"crypto/tls"
	"strings"
)

// suites are the cipher suites to offer up to TLS 1.2: those that were chosen, crypto/tls's own choice, or on request all that it has, but for RC4,
// which must not be used (RFC 7465).
func suites(own TLSConfig) (ids []uint16) {
	if !own.Legacy || len(own.Suites) > 0 {
		return own.Suites
	}
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if !strings.Contains(s.Name, "RC4") {
			ids = append(ids, s.ID)
		}
	}
	return ids
}
