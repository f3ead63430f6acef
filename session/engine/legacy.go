package engine

import (
	"crypto/tls"
	"os"
	"strings"
	"sync"
)

// suites are the cipher suites to offer up to TLS 1.2: crypto/tls's own choice, or on request all that it has, but for RC4,
// which must not be used (RFC 7465).
func suites(legacy bool) (ids []uint16) {
	if !legacy {
		return nil
	}
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if !strings.Contains(s.Name, "RC4") {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// allowSHA1 has crypto/tls offer signatures with SHA-1 in TLS 1.2. It is a setting of the whole program, and there is no
// way back: another session may be in its handshake.
var allowSHA1 = sync.OnceFunc(func() {
	setting := "tlssha1=1"
	if before := os.Getenv("GODEBUG"); before != "" {
		setting = before + "," + setting
	}
	os.Setenv("GODEBUG", setting)
})
