package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"

	"ehlo/session/lab"
)

// clientFiles are the paths of a client's certificate and its key.
type clientFiles struct{ cert, key string }

// writeCertificates puts the root of all servers, and the client certificates of scenarios that are about one, where other programs can
// read them. What it puts into a temporary folder goes with the function returned, which is never nil.
func (s *server) writeCertificates() (remove func(), err error) {
	if s.ca != "" {
		if err := noFolder("--ca-file", filepath.Dir(s.ca)); err != nil {
			return func() {}, err
		}
	}
	dir, err := os.MkdirTemp("", "ehlo-lab-")
	if err != nil {
		return func() {}, err
	}
	remove = func() { os.RemoveAll(dir) }
	if s.ca == "" {
		s.ca = filepath.Join(dir, "ca.pem")
	}
	if err := os.WriteFile(s.ca, s.labs[0].CAPEM(), 0o644); err != nil {
		return remove, notWritten("--ca-file", s.ca, err)
	}
	s.clients = map[*lab.Lab]*clientFiles{}
	for _, l := range s.labs {
		if err := s.writeClient(dir, l); err != nil {
			return remove, err
		}
	}
	return remove, nil
}

func (s *server) writeClient(dir string, l *lab.Lab) error {
	sc := l.Scenario()
	c, err := l.OwnCertificate()
	if c == nil && sc.Knobs.ClientCert != tls.NoClientCert { // the story may be that the client has yet to be given one
		c, err = l.ClientCertificate(sc.User)
	}
	if c == nil || err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		return err
	}
	files := &clientFiles{filepath.Join(dir, sc.Name+"-client.pem"), filepath.Join(dir, sc.Name+"-client-key.pem")}
	s.clients[l] = files
	if err := writeKeyFile(files.cert, "CERTIFICATE", c.Certificate[0], 0o644); err != nil {
		return err
	}
	return writeKeyFile(files.key, "PRIVATE KEY", key, 0o600)
}

func writeKeyFile(path, kind string, der []byte, mode os.FileMode) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode)
}
