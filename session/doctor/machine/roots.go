package machine

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"ehlo/session/doctor"
)

// Where the systems keep the roots that they trust; crypto/x509 looks in the same places. The first file that can be read counts, and
// every folder.
var (
	rootFiles = []string{
		"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Arch, Gentoo
		"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, RHEL 6
		"/etc/ssl/ca-bundle.pem",                            // openSUSE
		"/etc/pki/tls/cacert.pem",                           // OpenELEC
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL 7
		"/etc/ssl/cert.pem",                                 // Alpine, OpenBSD, FreeBSD
		"/usr/local/etc/ssl/cert.pem",                       // FreeBSD
		"/usr/local/share/certs/ca-root-nss.crt",            // DragonFly
		"/etc/openssl/certs/ca-certificates.crt",            // NetBSD
	}
	rootFolders = []string{"/etc/ssl/certs", "/etc/pki/tls/certs", "/usr/local/share/certs", "/etc/openssl/certs"}
)

// What is read of the trust store at most.
const (
	mostRootBytes = 8 << 20 // a file
	mostRootFiles = 2000    // of a folder
)

// roots counts the trusted roots.
func roots(now time.Time, getenv func(string) string) (r doctor.Roots) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return doctor.Roots{System: true}
	}
	files, folders := rootFiles, rootFolders
	if named := getenv("SSL_CERT_FILE"); named != "" {
		files, r.Named = []string{named}, append(r.Named, "SSL_CERT_FILE")
	}
	if named := getenv("SSL_CERT_DIR"); named != "" {
		folders, r.Named = filepath.SplitList(named), append(r.Named, "SSL_CERT_DIR")
	}
	c := counted{now: now, seen: map[[sha256.Size]byte]bool{}, into: &r}
	for _, path := range files {
		if c.file(path) {
			r.Files = append(r.Files, homely(path))
			break
		}
	}
	for _, path := range folders {
		if c.folder(path) > 0 {
			r.Files = append(r.Files, homely(path))
		}
	}
	return r
}

// counted goes through certificates, each once.
type counted struct {
	now  time.Time
	seen map[[sha256.Size]byte]bool
	into *doctor.Roots
}

// folder counts what the files of a folder add, and says how many that are.
func (c *counted) folder(path string) (added int) {
	before := c.into.Count
	entries, err := os.ReadDir(path)
	if err != nil {
		return 0
	}
	for _, e := range entries[:min(len(entries), mostRootFiles)] {
		c.file(filepath.Join(path, e.Name()))
	}
	return c.into.Count - before
}

// file counts the certificates in a file, and says whether it could be read.
func (c *counted) file(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostRootBytes))
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		c.certificate(block)
	}
	return err == nil
}

func (c *counted) certificate(block *pem.Block) {
	key := sha256.Sum256(block.Bytes)
	if block.Type != "CERTIFICATE" || c.seen[key] {
		return
	}
	c.seen[key] = true
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return
	}
	c.into.Count++
	if !c.now.Before(cert.NotBefore) && !c.now.After(cert.NotAfter) {
		c.into.Valid++
	}
}
