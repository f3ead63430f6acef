package main

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"ehlo/session/certificate/pkitest"
)

// The roots of a machine's administrator are found, in either form, and what is none is passed over.
func TestAddedRoots(t *testing.T) {
	dir := t.TempDir()
	p := pkitest.Lab()
	one, two := p.Sign(pkitest.Authority("Example Company Root CA"), nil, nil), p.Sign(pkitest.Authority("Another Root CA"), nil, nil)
	for name, data := range map[string][]byte{
		"company.crt":     pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: one.Raw}),
		"sub/another.der": two.Raw,
		"readme":          []byte("nothing"),
		"key.pem":         pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: one.Raw}),
	} {
		path := filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(path), 0o700)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots := rootsIn([]string{filepath.Join(dir, "missing"), dir})
	if len(roots) != 2 || !roots[0].Equal(one) || !roots[1].Equal(two) {
		t.Errorf("%d roots", len(roots))
	}
}
