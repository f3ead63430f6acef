package main

import (
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"

	"ehlo/session/lazy"
)

// addedRootsDirs are where the administrator of a machine puts roots of their own: on Debian, Alpine and Void; Fedora; Arch; SUSE;
// FreeBSD (certctl(8)). macOS and Windows keep them in a store of their own, NixOS in the bundle of all roots: there none is told apart.
var addedRootsDirs = []string{"/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors", "/etc/ca-certificates/trust-source/anchors", "/etc/pki/trust/anchors",
	"/usr/local/etc/ssl/certs"}

const (
	mostRootFiles = 200
	mostRootBytes = 1 << 20
)

// addedRoots reads them, once. What cannot be read is left out: it only serves a remark.
var addedRoots = lazy.Value[[]*x509.Certificate]{Make: func() []*x509.Certificate { return rootsIn(addedRootsDirs) }}

func rootsIn(dirs []string) (roots []*x509.Certificate) {
	files := 0
	for _, dir := range dirs {
		filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if files++; err != nil || files > mostRootFiles {
				return filepath.SkipDir
			}
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() <= mostRootBytes {
				roots = append(roots, rootsOf(path)...)
			}
			return nil
		})
	}
	return roots
}

// rootsOf are the certificates in a file, PEM or DER.
func rootsOf(path string) (roots []*x509.Certificate) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	if c, err := x509.ParseCertificate(data); err == nil {
		return []*x509.Certificate{c}
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if c, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
			roots = append(roots, c)
		}
	}
	return roots
}
